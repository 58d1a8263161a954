#include "collector/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/cli/cli_option.h"
#include "collector/conf/conf_table.h"
#include "collector/log/log.h"
#include "tests/support/suite.h"

#define WORDS_MAX 300

static struct cli cli;
static struct conf conf;
static char error[CONF_ERROR_MAX];
static char words[4096];
static char *argv_of[WORDS_MAX];
static char *no_environment[] = {NULL};

/* Reads a command line that is split at spaces. */
static int read_line(const char *line)
{
	int argc = 0;

	ck_assert_uint_lt(strlen(line), sizeof(words));
	strcpy(words, line);
	for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
		argv_of[argc++] = word;
	argv_of[argc] = NULL;
	return cli_read(argc, argv_of, &cli, error);
}

/* The configuration that comes of a command line alone. */
static int configure(const char *line)
{
	int err = read_line(line);

	ck_assert_msg(err == 0, "%s: %s", line, error);
	conf_fini(&conf);
	return cli_configure(&cli, no_environment, &conf, error);
}

static void teardown(void)
{
	conf_fini(&conf);
}

START_TEST(the_first_word_is_the_command_and_run_is_the_preset)
{
	static const struct {
		const char *line;
		enum cli_command command;
	} lines[] = {
		{"weir", CLI_RUN},
		{"weir run", CLI_RUN},
		{"weir -j 2", CLI_RUN},
		{"weir check -c x", CLI_CHECK},
		{"weir -c x check", CLI_CHECK},
		{"weir config --markdown", CLI_CONFIG},
		{"weir help", CLI_HELP},
		{"weir --help", CLI_HELP},
		{"weir check -h", CLI_HELP},
		{"weir --help check", CLI_HELP},
		{"weir -V", CLI_VERSION},
		{"weir --version", CLI_VERSION},
		{"weir version", CLI_VERSION},
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		ck_assert_msg(read_line(lines[i].line) == 0, "%s: %s", lines[i].line, error);
		ck_assert_msg(cli.command == lines[i].command, "%s", lines[i].line);
	}
}
END_TEST

static const struct {
	const char *line;
	const char *error;
} refused[] = {
	{"weir rum", "unknown command \"rum\"; did you mean run?"},
	{"weir confi", "unknown command \"confi\"; did you mean config?"},
	{"weir frobnicate", "unknown command \"frobnicate\" (see weir --help)"},
	{"weir check weir.json", "check: unexpected argument \"weir.json\""},
	{"weir --lissen :1", "unknown option --lissen; did you mean --listen?"},
	{"weir --quux=1", "unknown option --quux (see weir --help)"},
	{"weir --version foo", "unknown command \"foo\" (see weir --help)"},
	{"weir --version run twice", "run: unexpected argument \"twice\""},
	{"weir version run", "version: unexpected argument \"run\""},
	{"weir --help nonsense", "unknown command \"nonsense\" (see weir --help)"},
	{"weir -x", "unknown option -x (see weir --help)"},
	{"weir -c", "-c: wants FILE"},
	{"weir --nats", "--nats: wants URL"},
	{"weir --help=1", "--help=1: takes no value"},
	{"weir run --markdown", "--markdown: only of config"},
};

START_TEST(a_wrong_command_line_is_refused_in_one_line)
{
	ck_assert_int_eq(read_line(refused[_i].line), -EINVAL);
	ck_assert_str_eq(error, refused[_i].error);
}
END_TEST

START_TEST(each_option_reaches_its_setting)
{
	ck_assert_msg(
		configure("weir -n tls://a:1 -o nats -f json -j 3 --http [::1]:8080 "
			  "--log-level debug --log-format json --set output.batch_age=20ms") == 0,
		"%s", error);
	ck_assert_str_eq(conf.nats.url, "tls://a:1");
	ck_assert_uint_eq(conf.output.type, OUTPUT_NATS);
	ck_assert_uint_eq(conf.workers, 3);
	ck_assert_str_eq(conf.http.address, "::1");
	ck_assert_uint_eq(conf.http.port, 8080);
	ck_assert_uint_eq(conf.log.level, LOG_DEBUG);
	ck_assert_uint_eq(conf.log.format, LOG_JSON);
	ck_assert_uint_eq(conf.output.batch_ms, 20);
}
END_TEST

START_TEST(a_nats_url_alone_does_not_choose_the_output)
{
	ck_assert_int_eq(configure("weir -n nats://a:1"), 0);
	ck_assert_uint_eq(conf.output.type, OUTPUT_STDOUT);
}
END_TEST

START_TEST(an_output_file_is_type_and_path)
{
	ck_assert_int_eq(configure("weir -o file:/tmp/flows:1"), 0);
	ck_assert_uint_eq(conf.output.type, OUTPUT_FILE);
	ck_assert_str_eq(conf.output.path, "/tmp/flows:1");
	ck_assert_int_eq(configure("weir -o file:"), -EINVAL);
	ck_assert_str_eq(error, "--output: wants a path behind file:");
	ck_assert_int_eq(configure("weir -o file"), -EINVAL);
	ck_assert_str_eq(error, "output.path: an output of type file needs one");
}
END_TEST

START_TEST(http_is_an_address_or_off)
{
	ck_assert_int_eq(configure("weir --http off"), 0);
	ck_assert(!conf.http.enabled);
	ck_assert_int_eq(configure("weir --http off --http :1"), 0);
	ck_assert(conf.http.enabled);
	ck_assert_str_eq(conf.http.address, "::");
	ck_assert_int_eq(configure("weir --http localhost:1"), -EINVAL);
	ck_assert_str_eq(error, "--http: wants ADDR:PORT such as 127.0.0.1:9985, or off, not "
				"\"localhost:1\"");
}
END_TEST

START_TEST(listen_takes_the_place_of_the_presets_and_adds_up)
{
	ck_assert_int_eq(configure("weir -l 127.0.0.1:1 --listen=[::1]:2 -l :3"), 0);
	ck_assert_uint_eq(conf.listeners_n, 3);
	ck_assert_str_eq(conf.listeners[0].address, "127.0.0.1");
	ck_assert_str_eq(conf.listeners[1].address, "::1");
	ck_assert_str_eq(conf.listeners[2].address, "::");
	ck_assert_uint_eq(conf.listeners[2].port, 3);
}
END_TEST

START_TEST(bad_values_name_the_option)
{
	ck_assert_int_eq(configure("weir -j many"), -EINVAL);
	ck_assert_str_eq(error, "--workers: wants a whole number from 0 to 256, not \"many\"");
	ck_assert_int_eq(configure("weir -l 2055"), -EINVAL);
	ck_assert_int_eq(strncmp(error, "--listen: wants ADDR:PORT", 25), 0);
	ck_assert_int_eq(configure("weir -n localhost"), -EINVAL);
	ck_assert_str_eq(error, "--nats: the URL does not start with nats:// or tls://");
	ck_assert_int_eq(configure("weir -s workers"), -EINVAL);
	ck_assert_str_eq(error, "--set: wants KEY=VALUE, not \"workers\"");
	ck_assert_int_eq(configure("weir -s workres=1"), -EINVAL);
	ck_assert_str_eq(error, "workres: unknown key; did you mean workers?");
	ck_assert_int_eq(configure("weir -c /nowhere/weir.json"), -ENOENT);
	ck_assert_str_eq(error, "/nowhere/weir.json: No such file or directory");
}
END_TEST

START_TEST(the_last_of_file_environment_and_option_wins)
{
	char path[] = "/tmp/weir-test-cli-XXXXXX";
	char workers[] = "WEIR_WORKERS=2";
	char level[] = "WEIR_LOG_LEVEL=warn";
	char *environment[] = {workers, level, NULL};
	const char *file = "{\"workers\":1,\"shutdown_timeout\":9,\"log\":{\"level\":\"error\"}}";
	int fd = mkstemp(path);
	char line[64];

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, file, strlen(file)), (ssize_t)strlen(file));
	close(fd);
	snprintf(line, sizeof(line), "weir -j 3 -c %s", path);
	ck_assert_int_eq(read_line(line), 0);
	ck_assert_msg(cli_configure(&cli, environment, &conf, error) == 0, "%s", error);
	unlink(path);
	ck_assert_uint_eq(conf.workers, 3);
	ck_assert_uint_eq(conf.log.level, LOG_WARN);
	ck_assert_uint_eq(conf.shutdown_timeout_ms, 9000);
}
END_TEST

START_TEST(too_many_options_are_refused)
{
	char line[5 * CLI_SETTINGS_MAX + 16] = "weir";

	for (int i = 0; i < CLI_SETTINGS_MAX; i++)
		strcat(line, " -j1");
	ck_assert_int_eq(read_line(line), 0);
	strcat(line, " -j1");
	ck_assert_int_eq(read_line(line), -EINVAL);
}
END_TEST

START_TEST(the_options_are_sound_and_unique)
{
	for (size_t i = 0; i < cli_options_n; i++) {
		const struct cli_option *o = &cli_options[i];

		ck_assert_int_eq((o->key != NULL) + (o->apply != NULL) + (o->note != NULL), 1);
		ck_assert(o->key ? conf_table_find(&conf_table, o->key) != NULL : o->help != NULL);
		for (size_t j = 0; j < i; j++) {
			ck_assert_str_ne(o->name, cli_options[j].name);
			ck_assert(!o->letter || o->letter != cli_options[j].letter);
		}
	}
}
END_TEST

START_TEST(help_names_every_option_and_fits_a_terminal)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	cli_help(out);
	fclose(out);
	for (size_t i = 0; i < cli_options_n; i++) {
		char name[32];

		snprintf(name, sizeof(name), "--%s", cli_options[i].name);
		ck_assert_msg(strstr(text, name) != NULL, "%s", name);
	}
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		ck_assert_msg(strlen(line) <= 80, "%s", line);
	free(text);
}
END_TEST

SUITE(cli)
{
	TCase *line = suite_case(s, "line");
	TCase *settings = suite_case(s, "settings");

	tcase_add_test(line, the_first_word_is_the_command_and_run_is_the_preset);
	tcase_add_loop_test(line, a_wrong_command_line_is_refused_in_one_line, 0,
			    sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(line, too_many_options_are_refused);
	tcase_add_test(line, the_options_are_sound_and_unique);
	tcase_add_test(line, help_names_every_option_and_fits_a_terminal);
	tcase_add_checked_fixture(settings, NULL, teardown);
	tcase_add_test(settings, each_option_reaches_its_setting);
	tcase_add_test(settings, a_nats_url_alone_does_not_choose_the_output);
	tcase_add_test(settings, an_output_file_is_type_and_path);
	tcase_add_test(settings, http_is_an_address_or_off);
	tcase_add_test(settings, listen_takes_the_place_of_the_presets_and_adds_up);
	tcase_add_test(settings, bad_values_name_the_option);
	tcase_add_test(settings, the_last_of_file_environment_and_option_wins);
}
