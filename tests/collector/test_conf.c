#include "collector/conf/conf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/conf/conf_hint.h"
#include "collector/conf/conf_number.h"
#include "collector/conf/conf_value.h"
#include "collector/log/log.h"
#include "tests/support/suite.h"

static struct conf conf;
static char error[CONF_ERROR_MAX];

static void setup(void)
{
	conf_init(&conf);
	error[0] = '\0';
}

static void teardown(void)
{
	conf_fini(&conf);
}

static int set(const char *key, const char *value)
{
	return conf_set(&conf, key, value, error);
}

START_TEST(the_presets_are_the_documented_ones)
{
	ck_assert_uint_eq(conf.listeners_n, 3);
	ck_assert_str_eq(conf.listeners[0].address, "::");
	ck_assert_uint_eq(conf.listeners[0].port, 2055);
	ck_assert_uint_eq(conf.listeners[1].port, 4739);
	ck_assert_uint_eq(conf.listeners[2].port, 6343);
	ck_assert_uint_eq(conf.listeners[0].protocols, (1u << PROTOCOL_COUNT) - 1);
	ck_assert_uint_eq(conf.listeners[0].rcvbuf_bytes, 32u << 20);
	ck_assert_uint_eq(conf.listeners[0].allow_n, 0);
	ck_assert(!conf.listeners[0].share);
	ck_assert_uint_eq(conf.output.type, OUTPUT_STDOUT);
	ck_assert_uint_eq(conf.output.profile, PROFILE_COMPACT);
	ck_assert_str_eq(conf.output.subject, "flows.raw.{family}");
	ck_assert_uint_eq(conf.output.batch_bytes, 16384);
	ck_assert_uint_eq(conf.output.batch_ms, 100);
	ck_assert_uint_eq(conf.output.ring_bytes, 32u << 20);
	ck_assert_str_eq(conf.nats.url, "nats://127.0.0.1:4222");
	ck_assert(conf.http.enabled);
	ck_assert_str_eq(conf.http.address, "127.0.0.1");
	ck_assert_uint_eq(conf.http.port, 9985);
	ck_assert_uint_eq(conf.parking.bytes, 8u << 20);
	ck_assert_uint_eq(conf.parking.exporter_bytes, 1u << 20);
	ck_assert_uint_eq(conf.parking.age_ms, 60000);
	ck_assert_uint_eq(conf.limits.scopes, 16384);
	ck_assert_uint_eq(conf.limits.templates, 4096);
	ck_assert_uint_eq(conf.limits.template_bytes, 64u << 20);
	ck_assert_uint_eq(conf.workers, 0);
	ck_assert_uint_eq(conf.shutdown_timeout_ms, 5000);
	ck_assert_uint_eq(conf.log.level, LOG_INFO);
	ck_assert_uint_eq(conf.log.format, LOG_LOGFMT);
	ck_assert_int_eq(conf_check(&conf, error), 0);
}
END_TEST

static size_t size_of(enum conf_kind kind, const struct conf_key *key)
{
	switch (kind) {
	case KIND_NUMBER:
	case KIND_SIZE:
	case KIND_DURATION:
		return sizeof(uint64_t);
	case KIND_PORT:
		return sizeof(uint16_t);
	case KIND_BOOL:
	case KIND_WORD:
		return 1;
	case KIND_PROTOCOLS:
		return sizeof(uint32_t);
	case KIND_NETWORKS:
		return sizeof(struct conf_listener);
	case KIND_RATES:
		return sizeof(struct conf_rates);
	case KIND_LISTENERS:
		return sizeof(conf.listeners);
	case KIND_STRING:
	case KIND_ADDRESS:
	case KIND_SUBJECT:
	case KIND_URLS:
	case KIND_COUNT:
		break;
	}
	return key->size;
}

static void row_check(const struct conf_table *table, const struct conf_key *key)
{
	size_t len = strlen(key->help);

	ck_assert_msg(key->size == size_of(key->kind, key), "%s: size", key->path);
	ck_assert_msg(key->size <= KIND_TEXT_MAX || key->kind >= KIND_PROTOCOLS, "%s", key->path);
	ck_assert_msg(len > 10 && len < 100 && key->help[len - 1] != '.', "%s: help", key->path);
	ck_assert_msg((key->words != NULL) == (key->kind == KIND_WORD), "%s: words", key->path);
	ck_assert_msg(kinds[key->kind].ranged == (key->max != 0) || key->kind == KIND_NETWORKS ||
			      key->kind == KIND_RATES,
		      "%s: range", key->path);
	ck_assert_ptr_eq(conf_table_find(table, key->path), key); /* so it is there once */
}

START_TEST(the_rows_of_the_table_are_sound)
{
	for (size_t i = 0; i < conf_table.n; i++)
		row_check(&conf_table, &conf_table.keys[i]);
	for (size_t i = 0; i < conf_listener_table.n; i++)
		row_check(&conf_listener_table, &conf_listener_table.keys[i]);
}
END_TEST

START_TEST(no_two_keys_share_a_variable)
{
	for (size_t i = 0; i < conf_table.n; i++) {
		for (size_t j = 0; j < i; j++) {
			char a[CONF_ENV_MAX];
			char b[CONF_ENV_MAX];

			conf_key_env(&conf_table.keys[i], a);
			conf_key_env(&conf_table.keys[j], b);
			ck_assert_str_ne(a, b);
		}
	}
}
END_TEST

START_TEST(sizes_and_durations_are_read_with_and_without_units)
{
	static const struct {
		const char *key;
		const char *text;
		uint64_t value;
	} good[] = {
		{"output.batch_bytes", "4096", 4096},
		{"output.batch_bytes", "512B", 512},
		{"output.batch_bytes", "64KiB", 65536},
		{"output.ring_bytes", "1GiB", 1u << 30},
		{"output.batch_age", "20ms", 20},
		{"output.batch_age", "0.05", 50},
		{"output.batch_age", "1.5s", 1500},
		{"output.batch_age", "1m", 60000},
		{"parking.age", "24h", 86400000},
		{"parking.age", "0", 0},
		{"workers", "256", 256},
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const struct conf_key *key = conf_table_find(&conf_table, good[i].key);
		uint64_t got;

		ck_assert_msg(set(good[i].key, good[i].text) == 0, "%s", error);
		memcpy(&got, (const char *)&conf + key->offset, sizeof(got));
		ck_assert_uint_eq(got, good[i].value);
	}
}
END_TEST

static const struct {
	const char *key;
	const char *value;
	const char *error;
} refused[] = {
	{"workers", "", "workers: wants a whole number from 0 to 256, not \"\""},
	{"workers", "-1", "workers: wants a whole number from 0 to 256, not \"-1\""},
	{"workers", "1e2", "workers: wants a whole number from 0 to 256, not \"1e2\""},
	{"workers", "257", "workers: \"257\" is out of range (0 to 256)"},
	{"workers", "18446744073709551616",
	 "workers: wants a whole number from 0 to 256, not \"18446744073709551616\""},
	{"http.port", "65536", "http.port: \"65536\" is out of range (0 to 65535)"},
	{"http.enabled", "yes", "http.enabled: wants true or false, not \"yes\""},
	{"http.address", "localhost",
	 "http.address: wants a numeric address such as \"0.0.0.0\" or \"::\", not \"localhost\""},
	{"output.batch_bytes", "16KB",
	 "output.batch_bytes: wants a size such as 16384 or \"32MiB\" from 512B to 8MiB, not "
	 "\"16KB\""},
	{"output.batch_bytes", "99999999999999999999", NULL},
	{"output.batch_bytes", "17179869184GiB", NULL},
	{"output.batch_bytes", "1", "output.batch_bytes: \"1\" is out of range (512B to 8MiB)"},
	{"output.batch_age", "0", "output.batch_age: \"0\" is out of range (1ms to 1m)"},
	{"output.batch_age", "0.5ms", NULL},
	{"output.batch_age", "1.2.3", NULL},
	{"output.batch_age", ".5", NULL},
	{"output.batch_age", "5 s", NULL},
	{"output.batch_age", "5d", NULL},
	{"output.batch_age", "1e400", NULL},
	{"output.type", "kafka",
	 "output.type: wants one of stdout, file, nats, null, not \"kafka\""},
	{"output.format", "protobuf", "output.format: wants nothing but json, not \"protobuf\""},
	{"output.path", "a\nb", "output.path: \"a?b\" has a control character"},
	{"output.subject", "flows.*",
	 "output.subject: \"flows.*\" is refused: a subject to publish to has no wildcard"},
	{"output.subject", "flows.>", NULL},
	{"output.subject", "flows..raw", NULL},
	{"output.subject", ".flows", NULL},
	{"output.subject", "flows.", NULL},
	{"output.subject", "", NULL},
	{"output.subject", "flows raw", NULL},
	{"output.subject", "flows.{exporter}",
	 "output.subject: \"flows.{exporter}\" is refused: an unknown placeholder; known: "
	 "{family}"},
	{"output.subject", "flows.{family", NULL},
	{"output.subject", "flows.family}", NULL},
	{"nats.url", "", NULL},
	{"nats.url", "127.0.0.1:4222", "nats.url: the URL does not start with nats:// or tls://"},
	{"nats.url", "http://a:1", NULL},
	{"nats.url", "nats://", "nats.url: the URL has no host"},
	{"nats.url", "nats://:4222", NULL},
	{"nats.url", "nats://a:0", "nats.url: the URL has a port that is not 1 to 65535"},
	{"nats.url", "nats://a:65536", NULL},
	{"nats.url", "nats://a:42x", NULL},
	{"nats.url", "nats://a:", NULL},
	{"nats.url", "nats://a/b", "nats.url: the URL has a path behind host and port"},
	{"nats.url", "nats://a b", NULL},
	{"nats.url", "nats://[::1", NULL},
	{"nats.url", "nats://[::g]:4222", NULL},
	{"nats.url", "nats://[::1]4222", NULL},
	{"nats.url", "nats://user:pass@", "nats.url: the URL has no host"},
	{"nats.url", "nats://a,nats://b:x",
	 "nats.url: URL 2 of the list has a port that is not 1 to 65535"},
	{"nats.url", "nats://a,", NULL},
	{"nats.url", "tls://a,nats://b",
	 "nats.url: URL 2 of the list is tls:// while another is not"},
	{"listeners", "2055", NULL},
	{"listeners", "localhost:2055", NULL},
	{"listeners", "::1:2055", NULL},
	{"listeners", "[127.0.0.1]:2055", NULL},
	{"listeners", "[::1]", NULL},
	{"listeners", "127.0.0.1:65536", NULL},
	{"listeners", "", NULL},
	{"listeners", ":1,", NULL},
	{"listeners", "[{\"prot\":1}]",
	 "listeners[0].prot: unknown key; did you mean listeners[0].port?"},
	{"output.typ", "null", "output.typ: unknown key; did you mean output.type?"},
	{"batch_age", "1s", "batch_age: unknown key; did you mean output.batch_age?"},
	{"quux", "1", "quux: unknown key"},
};

START_TEST(bad_values_are_refused_with_one_line_that_says_what_and_where)
{
	ck_assert_msg(set(refused[_i].key, refused[_i].value) == -EINVAL, "%s=%s", refused[_i].key,
		      refused[_i].value);
	ck_assert_int_eq(strncmp(error, refused[_i].key, strlen(refused[_i].key)), 0);
	ck_assert_ptr_null(strchr(error, '\n'));
	if (refused[_i].error)
		ck_assert_str_eq(error, refused[_i].error);
}
END_TEST

START_TEST(good_urls_are_taken)
{
	static const char *const good[] = {
		"nats://localhost",
		"nats://a.b-c_d.example:4222",
		"tls://user:p%40ss@h:1,tls://i",
		"nats://[2001:db8::1]:4222",
		"nats://token@10.0.0.1/",
		"nats://u:p:q@h",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(set("nats.url", good[i]) == 0, "%s: %s", good[i], error);
}
END_TEST

START_TEST(a_value_too_long_for_its_member_is_refused)
{
	char path[sizeof(conf.output.path) + 1];

	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 2] = '\0';
	ck_assert_int_eq(set("output.path", path), 0);
	path[sizeof(path) - 2] = 'x';
	path[sizeof(path) - 1] = '\0';
	ck_assert_int_eq(set("output.path", path), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error, "is longer than 1023 octets"));
}
END_TEST

START_TEST(listeners_are_set_as_addresses_or_as_json)
{
	ck_assert_msg(set("listeners", "127.0.0.1:0,[::1]:4739,:6343") == 0, "%s", error);
	ck_assert_uint_eq(conf.listeners_n, 3);
	ck_assert_str_eq(conf.listeners[0].address, "127.0.0.1");
	ck_assert_uint_eq(conf.listeners[0].port, 0);
	ck_assert_str_eq(conf.listeners[1].address, "::1");
	ck_assert_uint_eq(conf.listeners[1].port, 4739);
	ck_assert_str_eq(conf.listeners[2].address, "::");
	ck_assert_uint_eq(conf.listeners[2].rcvbuf_bytes, 32u << 20);
	ck_assert_int_eq(set("listeners", " [ {\"port\":9, \"allow\":[\"10.0.0.0/8\"]} ]"), 0);
	ck_assert_uint_eq(conf.listeners_n, 1);
	ck_assert_str_eq(conf.listeners[0].address, "::");
	ck_assert_uint_eq(conf.listeners[0].port, 9);
	ck_assert_uint_eq(conf.listeners[0].allow_n, 1);
}
END_TEST

START_TEST(there_is_room_for_so_many_listeners)
{
	char text[(CONF_LISTENERS_MAX + 1) * 3];

	for (size_t i = 0; i < sizeof(text); i += 3)
		memcpy(text + i, ":0,", 3);
	text[sizeof(text) - 4] = '\0';
	ck_assert_int_eq(set("listeners", text), 0);
	ck_assert_uint_eq(conf.listeners_n, CONF_LISTENERS_MAX);
	text[sizeof(text) - 4] = ',';
	text[sizeof(text) - 1] = '\0';
	ck_assert_int_eq(set("listeners", text), -EINVAL);
	ck_assert_str_eq(error, "listeners: more than 32 listeners");
}
END_TEST

static const struct {
	const char *key;
	const char *value;
	const char *error; /* NULL: none */
} checked[] = {
	{"listeners", "127.0.0.1:1,127.0.0.2:1,[::1]:1", NULL},
	{"listeners", "0.0.0.0:1,[::1]:1,:2", NULL},
	{"listeners", ":0,:0", NULL},
	{"listeners", "[]", "listeners: there is none"},
	{"listeners", ":1,:2,:1", "listeners[2]: [::]:1 would take from listeners[0], [::]:1"},
	{"listeners", "0.0.0.0:1,:1",
	 "listeners[1]: [::]:1 would take from listeners[0], 0.0.0.0:1"},
	{"listeners", "127.0.0.1:1,0.0.0.0:1", "listeners[1]: 0.0.0.0:1 would take from"},
	{"listeners", "[::1]:1,[0:0::1]:1", "listeners[1]: [0:0::1]:1 would take from"},
	{"listeners", "[{\"protocols\":[]}]", "listeners[0].protocols: names none"},
	{"output.type", "file", "output.path: an output of type file needs one"},
	{"output.batch_bytes", "8MiB", NULL},
	{"output.ring_bytes", "64KiB", NULL},
	{"parking.bytes", "0", NULL},
};

START_TEST(what_one_key_cannot_see_is_checked)
{
	ck_assert_msg(set(checked[_i].key, checked[_i].value) == 0, "%s", error);
	ck_assert_int_eq(conf_check(&conf, error), checked[_i].error ? -EINVAL : 0);
	if (checked[_i].error)
		ck_assert_msg(strncmp(error, checked[_i].error, strlen(checked[_i].error)) == 0,
			      "%s", error);
}
END_TEST

START_TEST(a_ring_holds_several_batches)
{
	ck_assert_int_eq(set("output.batch_bytes", "16385"), 0);
	ck_assert_int_eq(set("output.ring_bytes", "64KiB"), 0);
	ck_assert_int_eq(conf_check(&conf, error), -EINVAL);
	ck_assert_int_eq(set("output.batch_bytes", "16384"), 0);
	ck_assert_int_eq(conf_check(&conf, error), 0);
}
END_TEST

START_TEST(sizes_and_durations_are_shown_in_the_unit_that_fits)
{
	char out[NUMBER_TEXT_MAX];

	size_print(0, out);
	ck_assert_str_eq(out, "0");
	size_print(16384, out);
	ck_assert_str_eq(out, "16KiB");
	size_print(16385, out);
	ck_assert_str_eq(out, "16385B");
	duration_print(0, out);
	ck_assert_str_eq(out, "0s");
	duration_print(1500, out);
	ck_assert_str_eq(out, "1500ms");
	duration_print(90000, out);
	ck_assert_str_eq(out, "90s");
	duration_print(7200000, out);
	ck_assert_str_eq(out, "2h");
}
END_TEST

START_TEST(the_distance_counts_slips_of_the_finger)
{
	ck_assert_uint_eq(hint_distance("port", "port"), 0);
	ck_assert_uint_eq(hint_distance("prot", "port"), 1);
	ck_assert_uint_eq(hint_distance("por", "port"), 1);
	ck_assert_uint_eq(hint_distance("pport", "port"), 1);
	ck_assert_uint_eq(hint_distance("pord", "port"), 1);
	ck_assert_uint_eq(hint_distance("", "port"), 4);
	ck_assert_uint_eq(hint_distance("kitten", "sitting"), 3);
}
END_TEST

SUITE(conf)
{
	TCase *table = suite_case(s, "table");
	TCase *values = suite_case(s, "values");
	TCase *whole = suite_case(s, "whole");

	tcase_add_checked_fixture(table, setup, teardown);
	tcase_add_test(table, the_presets_are_the_documented_ones);
	tcase_add_test(table, the_rows_of_the_table_are_sound);
	tcase_add_test(table, no_two_keys_share_a_variable);
	tcase_add_checked_fixture(values, setup, teardown);
	tcase_add_test(values, sizes_and_durations_are_read_with_and_without_units);
	tcase_add_test(values, sizes_and_durations_are_shown_in_the_unit_that_fits);
	tcase_add_loop_test(values, bad_values_are_refused_with_one_line_that_says_what_and_where,
			    0, sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(values, good_urls_are_taken);
	tcase_add_test(values, a_value_too_long_for_its_member_is_refused);
	tcase_add_test(values, listeners_are_set_as_addresses_or_as_json);
	tcase_add_test(values, there_is_room_for_so_many_listeners);
	tcase_add_test(values, the_distance_counts_slips_of_the_finger);
	tcase_add_checked_fixture(whole, setup, teardown);
	tcase_add_loop_test(whole, what_one_key_cannot_see_is_checked, 0,
			    sizeof(checked) / sizeof(checked[0]));
	tcase_add_test(whole, a_ring_holds_several_batches);
}
