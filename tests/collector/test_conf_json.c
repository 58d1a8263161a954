#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/conf/conf.h"
#include "collector/conf/conf_json.h"
#include "collector/conf/conf_table.h"
#include "tests/support/suite.h"

#define DEEP 5000

static struct conf conf;
static char error[CONF_ERROR_MAX];
static char path[32];

static void setup(void)
{
	conf_init(&conf);
	error[0] = '\0';
}

static void teardown(void)
{
	conf_fini(&conf);
}

static int read_json(const char *text)
{
	size_t len = strlen(text);
	char *exact = (char *)exact_copy(text, len);
	int err = conf_json_read(&conf, exact, len, error);

	free(exact);
	return err;
}

static void write_file(const void *octets, size_t len)
{
	int fd;

	strcpy(path, "/tmp/weir-test-conf-XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, octets, len), (ssize_t)len);
	close(fd);
}

/* Reads the octets as a file; what the error says behind its name is left in error. */
static int read_octets(const void *octets, size_t len)
{
	size_t name;
	int err;

	write_file(octets, len);
	err = conf_read_file(&conf, path, error);
	unlink(path);
	if (!err)
		return 0;
	name = strlen(path);
	ck_assert_int_eq(strncmp(error, path, name), 0);
	memmove(error, error + name, sizeof(error) - name);
	return err;
}

START_TEST(the_minimal_file_is_taken_as_it_is)
{
	static const char minimal[] =
		"{\"listeners\":[{\"address\":\"0.0.0.0\",\"port\":2055,\"allow\":[\"10.0.0.0/"
		"8\"]}],"
		" \"output\":{\"type\":\"nats\",\"format\":\"json\",\"subject\":\"flows.raw.{"
		"family}\"},\n"
		" \"nats\":{\"url\":\"nats://127.0.0.1:4222\"},"
		" \"http\":{\"address\":\"127.0.0.1\",\"port\":9985},"
		" \"template_store\":{\"backend\":\"none\"}, \"workers\":0}\n";

	ck_assert_msg(read_octets(minimal, strlen(minimal)) == 0, "%s", error);
	ck_assert_int_eq(conf_check(&conf, error), 0);
	ck_assert_uint_eq(conf.listeners_n, 1);
	ck_assert_str_eq(conf.listeners[0].address, "0.0.0.0");
	ck_assert_uint_eq(conf.listeners[0].allow_n, 1);
	ck_assert_uint_eq(conf.listeners[0].allow[0].bits, 8);
	ck_assert_uint_eq(conf.output.type, OUTPUT_NATS);
}
END_TEST

START_TEST(an_empty_object_changes_nothing)
{
	ck_assert_int_eq(read_json("{}"), 0);
	ck_assert_uint_eq(conf.listeners_n, 3);
	ck_assert_int_eq(read_json("{\"output\":{},\"nats\":{}}"), 0);
	ck_assert_str_eq(conf.nats.url, "nats://127.0.0.1:4222");
}
END_TEST

START_TEST(every_kind_has_its_json_forms)
{
	ck_assert_msg(
		read_json("{\"shutdown_timeout\":0.25,\"parking\":{\"age\":90,\"bytes\":"
			  "\"2MiB\",\"exporter_bytes\":1024},\"workers\":3,"
			  "\"http\":{\"enabled\":false},\"listeners\":[{\"share\":true,"
			  "\"protocols\":[\"ipfix\",\"netflow9\"],\"receive_buffer\":65536}]}") ==
			0,
		"%s", error);
	ck_assert_uint_eq(conf.shutdown_timeout_ms, 250);
	ck_assert_uint_eq(conf.parking.age_ms, 90000);
	ck_assert_uint_eq(conf.parking.bytes, 2u << 20);
	ck_assert_uint_eq(conf.parking.exporter_bytes, 1024);
	ck_assert_uint_eq(conf.workers, 3);
	ck_assert(!conf.http.enabled);
	ck_assert(conf.listeners[0].share);
	ck_assert_uint_eq(conf.listeners[0].protocols,
			  1u << PROTOCOL_IPFIX | 1u << PROTOCOL_NETFLOW9 | 1u << PROTOCOL_UNKNOWN);
	ck_assert_uint_eq(conf.listeners[0].rcvbuf_bytes, 65536);
}
END_TEST

static const struct {
	const char *json;
	const char *error;
} refused[] = {
	{"{\"listeners\":[{\"prot\":1}]}",
	 "listeners[0].prot: unknown key; did you mean listeners[0].port?"},
	{"{\"listeners\":[{},{\"Port\":1}]}",
	 "listeners[1].Port: unknown key; did you mean listeners[1].port?"},
	{"{\"lisners\":[]}", "lisners: unknown key; did you mean listeners?"},
	{"{\"ouput\":{}}", "ouput: unknown key; did you mean output?"},
	{"{\"nats\":{\"ulr\":\"\"}}", "nats.ulr: unknown key; did you mean nats.url?"},
	{"{\"batch_bytes\":1}", "batch_bytes: unknown key; did you mean output.batch_bytes?"},
	{"{\"kafka\":{}}", "kafka: unknown key"},
	{"{\"\":{}}", ": unknown key"},
	{"{\"nats.url\":\"\"}", "nats.url: sections are objects"},
	{"{\"listeners\":{}}",
	 "listeners: wants a list of listeners such as [{\"port\": 2055}], not an object"},
	{"{\"listeners\":[2055]}",
	 "listeners[0]: wants an object such as {\"port\": 2055}, not a number"},
	{"{\"listeners\":[{\"port\":\"2055\"}]}",
	 "listeners[0].port: wants a port number from 0 to 65535, not a string"},
	{"{\"listeners\":[{\"port\":2055.0}]}",
	 "listeners[0].port: wants a port number from 0 to 65535, not a number"},
	{"{\"listeners\":[{\"port\":65536}]}",
	 "listeners[0].port: \"65536\" is out of range (0 to 65535)"},
	{"{\"listeners\":[{\"port\":-1}]}",
	 "listeners[0].port: wants a port number from 0 to 65535, not \"-1\""},
	{"{\"listeners\":[{\"allow\":\"10.0.0.0/8\"}]}",
	 "listeners[0].allow: wants a list of networks such as [\"10.0.0.0/8\"], not a string"},
	{"{\"listeners\":[{\"allow\":[\"10.0.0.0/8\",\"10.1.2.3/8\"]}]}",
	 "listeners[0].allow[1]: \"10.1.2.3/8\" has bits behind its prefix; did you mean "
	 "10.0.0.0/8?"},
	{"{\"listeners\":[{\"allow\":[\"10.0.0.0/33\"]}]}",
	 "listeners[0].allow[0]: wants a list of networks such as [\"10.0.0.0/8\"], not "
	 "\"10.0.0.0/33\""},
	{"{\"sampling\":{\"overrides\":[\"10.0.0.0/8\"]}}",
	 "sampling.overrides[0]: wants a list of rates such as [\"10.0.0.0/8=1000\"], not "
	 "\"10.0.0.0/8\""},
	{"{\"sampling\":{\"overrides\":[\"10.0.0.0/8=1\",\"10.0.0.1/8=5\"]}}",
	 "sampling.overrides[1]: \"10.0.0.1/8=5\" has bits behind its prefix; did you mean "
	 "10.0.0.0/8?"},
	{"{\"sampling\":{\"overrides\":[\"10.0.0.0/8=0\"]}}",
	 "sampling.overrides[0]: \"10.0.0.0/8=0\" has a rate out of range (1 to 4294967295)"},
	{"{\"sampling\":{\"overrides\":{\"10.0.0.0/8\":5}}}",
	 "sampling.overrides: wants a list of rates such as [\"10.0.0.0/8=1000\"], not an object"},
	{"{\"listeners\":[{\"allow\":[10]}]}",
	 "listeners[0].allow[0]: wants a string, not a number"},
	{"{\"listeners\":[{\"protocols\":[\"ipflix\"]}]}",
	 "listeners[0].protocols[0]: wants a list of protocols such as [\"netflow9\", \"ipfix\"], "
	 "not \"ipflix\""},
	{"{\"output\":\"stdout\"}", "output: wants an object, not a string"},
	{"{\"output\":{\"type\":{}}}",
	 "output.type: wants one of stdout, file, nats, null, not an object"},
	{"{\"output\":{\"type\":null}}",
	 "output.type: wants one of stdout, file, nats, null, not null"},
	{"{\"http\":{\"enabled\":1}}", "http.enabled: wants true or false, not a number"},
	{"{\"workers\":9223372036854775807}",
	 "workers: \"9223372036854775807\" is out of range (0 to 256)"},
	{"{\"shutdown_timeout\":1e300}", "shutdown_timeout: wants a duration"},
	{"{\"shutdown_timeout\":-1.5}", "shutdown_timeout: wants a duration"},
	{"{\"output\":{\"path\":\"a\\u001bb\"}}", "output.path: \"a?b\" has a control character"},
	{"[]", "1:1: wants an object, not a list"},
};

START_TEST(what_does_not_fit_is_named_by_its_path)
{
	ck_assert_int_eq(read_json(refused[_i].json), -EINVAL);
	ck_assert_msg(strncmp(error, refused[_i].error, strlen(refused[_i].error)) == 0, "%s",
		      error);
}
END_TEST

static const struct {
	const char *json;
	const char *error; /* behind the name of the file */
} malformed[] = {
	{"", ":1:0: '[' or '{' expected"},
	{"{\n \"workers\": 1,\n \"nats\" {}\n}", ":3:9: ':' expected"},
	{"{\"workers\":1}}", ":1:14: end of file expected"},
	{"{\"workers\":99999999999999999999}", ":1:31: too big integer"},
	{"{\"nats\":{\"url\" \"nats://u:secret@h\"}}", ":1:34: ':' expected"},
	{"{\"workers\":1,\n\"workers\":2}", ":2:9: duplicate object key near '\"workers\"'"},
	{"{\"output\":{\"path\":\"a\\u0000b\"}}", ":1:28: \\u0000 is not allowed"},
	{"{\"output\":{\"path\":\"\xff\"}}", ":1:19: unable to decode byte 0xff"},
	{"{\"workers\":1 /* two */}", ":1:14: '}' expected"},
};

START_TEST(what_is_no_json_is_named_by_line_and_column)
{
	ck_assert_int_eq(read_octets(malformed[_i].json, strlen(malformed[_i].json)), -EINVAL);
	ck_assert_msg(strncmp(error, malformed[_i].error, strlen(malformed[_i].error)) == 0, "%s",
		      error);
	ck_assert_ptr_null(strstr(error, "secret"));
	ck_assert_ptr_null(strchr(error, '\n'));
}
END_TEST

START_TEST(deep_nesting_is_refused)
{
	char *deep = malloc(DEEP);

	ck_assert_ptr_nonnull(deep);
	memset(deep, '[', DEEP);
	ck_assert_int_eq(read_octets(deep, DEEP), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error, "maximum parsing depth"));
	free(deep);
}
END_TEST

START_TEST(ten_megabytes_are_refused)
{
	const size_t len = 10u << 20;
	char *blanks = malloc(len);

	ck_assert_ptr_nonnull(blanks);
	memset(blanks, ' ', len);
	ck_assert_int_eq(read_octets(blanks, len), -EFBIG);
	ck_assert_str_eq(error, ": longer than 1048576 octets, which no configuration is");
	blanks[0] = '{';
	blanks[1] = '}';
	ck_assert_int_eq(read_octets(blanks, 1u << 20), 0);
	free(blanks);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_named)
{
	ck_assert_int_eq(conf_read_file(&conf, "/nowhere/weir.json", error), -ENOENT);
	ck_assert_str_eq(error, "/nowhere/weir.json: No such file or directory");
	ck_assert_int_eq(conf_read_file(&conf, "/tmp", error), -EISDIR);
	ck_assert_str_eq(error, "/tmp: Is a directory");
}
END_TEST

START_TEST(a_dash_is_standard_input)
{
	write_file("{\"workers\":7}", 13);
	ck_assert_ptr_nonnull(freopen(path, "r", stdin));
	unlink(path);
	ck_assert_int_eq(conf_read_file(&conf, "-", error), 0);
	ck_assert_uint_eq(conf.workers, 7);
	ck_assert_int_eq(conf_read_file(&conf, "-", error), -EINVAL);
	ck_assert_str_eq(error, "standard input:1:0: '[' or '{' expected");
}
END_TEST

START_TEST(too_many_networks_are_refused)
{
	json_t *root = json_pack("{s:[{s:[]}]}", "listeners", "allow");
	json_t *allow =
		json_object_get(json_array_get(json_object_get(root, "listeners"), 0), "allow");
	char *text;

	for (int i = 0; i < CONF_ALLOW_MAX; i++)
		json_array_append_new(allow, json_sprintf("10.%d.%d.0/24", i / 256, i % 256));
	text = json_dumps(root, 0);
	ck_assert_msg(read_json(text) == 0, "%s", error);
	ck_assert_uint_eq(conf.listeners[0].allow_n, CONF_ALLOW_MAX);
	free(text);
	json_array_append_new(allow, json_string("::1"));
	text = json_dumps(root, 0);
	ck_assert_int_eq(read_json(text), -EINVAL);
	ck_assert_str_eq(error, "listeners[0].allow[1024]: \"::1\" is one network too many (1024)");
	free(text);
	json_decref(root);
}
END_TEST

START_TEST(the_effective_configuration_can_be_read_back)
{
	struct conf again;
	char *first;
	char *second;

	ck_assert_int_eq(
		read_json(
			"{\"listeners\":[{\"address\":\"::1\",\"port\":0,\"allow\":[\"10.0.0.0/8\","
			"\"2001:db8::/32\"],\"protocols\":[\"sflow5\"]},{\"port\":9}],"
			"\"output\":{\"type\":\"file\",\"path\":\"/a "
			"\\\"b\\\"\",\"batch_age\":0.02},"
			"\"log\":{\"level\":\"debug\"},\"parking\":{\"age\":\"90s\"}}"),
		0);
	first = conf_json(&conf);
	ck_assert_ptr_nonnull(first);
	conf_init(&again);
	ck_assert_msg(conf_json_read(&again, first, strlen(first), error) == 0, "%s", error);
	second = conf_json(&again);
	ck_assert_str_eq(first, second);
	ck_assert_ptr_nonnull(strstr(first, "\"batch_age\": \"20ms\""));
	ck_assert_ptr_nonnull(strstr(first, "\"workers\": 0"));
	ck_assert_ptr_nonnull(strstr(first, "\"enabled\": true"));
	free(first);
	free(second);
	conf_fini(&again);
}
END_TEST

START_TEST(every_key_is_in_the_effective_configuration)
{
	char *text = conf_json(&conf);
	json_t *root = json_loads(text, 0, NULL);

	for (size_t i = 0; i < conf_table.n; i++) {
		char copy[64];
		const json_t *at = root;

		snprintf(copy, sizeof(copy), "%s", conf_table.keys[i].path);
		for (char *part = strtok(copy, "."); part; part = strtok(NULL, "."))
			at = json_object_get(at, part);
		ck_assert_msg(at != NULL, "%s", conf_table.keys[i].path);
	}
	json_decref(root);
	free(text);
}
END_TEST

START_TEST(passwords_and_tokens_are_never_shown)
{
	char *text;

	ck_assert_int_eq(conf_set(&conf, "nats.url",
				  "nats://user:s3cret@a:4222,nats://s3cret@[::1]:1/,nats://c",
				  error),
			 0);
	text = conf_json(&conf);
	ck_assert_ptr_null(strstr(text, "s3cret"));
	ck_assert_ptr_nonnull(strstr(text, "\"nats://***@a:4222,nats://***@[::1]:1/,nats://c\""));
	free(text);
	ck_assert_int_eq(conf_set(&conf, "nats.url", "nats://user:s3cret@a:x", error), -EINVAL);
	ck_assert_ptr_null(strstr(error, "s3cret"));
}
END_TEST

SUITE(conf_json)
{
	TCase *in = suite_case(s, "in");
	TCase *out = suite_case(s, "out");

	tcase_add_checked_fixture(in, setup, teardown);
	tcase_add_test(in, the_minimal_file_is_taken_as_it_is);
	tcase_add_test(in, an_empty_object_changes_nothing);
	tcase_add_test(in, every_kind_has_its_json_forms);
	tcase_add_loop_test(in, what_does_not_fit_is_named_by_its_path, 0,
			    sizeof(refused) / sizeof(refused[0]));
	tcase_add_loop_test(in, what_is_no_json_is_named_by_line_and_column, 0,
			    sizeof(malformed) / sizeof(malformed[0]));
	tcase_add_test(in, deep_nesting_is_refused);
	tcase_add_test(in, ten_megabytes_are_refused);
	tcase_add_test(in, a_file_that_cannot_be_read_is_named);
	tcase_add_test(in, a_dash_is_standard_input);
	tcase_add_test(in, too_many_networks_are_refused);
	tcase_add_checked_fixture(out, setup, teardown);
	tcase_add_test(out, the_effective_configuration_can_be_read_back);
	tcase_add_test(out, every_key_is_in_the_effective_configuration);
	tcase_add_test(out, passwords_and_tokens_are_never_shown);
}
