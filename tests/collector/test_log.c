#include "collector/log/log.h"

#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/log/log_line.h"
#include "tests/support/suite.h"

#define THREADS          4
#define LINES_PER_THREAD 200

static int stderr_kept;
static uint64_t swallowed_before;

static void setup(void)
{
	stderr_kept = dup(STDERR_FILENO);
	ck_assert_int_ge(stderr_kept, 0);
	log_setup(LOG_INFO, LOG_LOGFMT);
	swallowed_before = log_swallowed();
}

static void teardown(void)
{
	dup2(stderr_kept, STDERR_FILENO);
	close(stderr_kept);
}

/* Until the end of the test, stderr is a file without a name. */
static FILE *stderr_captured(void)
{
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fcntl(fileno(file), F_SETFL, O_APPEND), 0);
	ck_assert_int_ge(dup2(fileno(file), STDERR_FILENO), 0);
	return file;
}

static bool next_line(FILE *file, char line[2 * LOG_LINE_MAX])
{
	if (!fgets(line, 2 * LOG_LINE_MAX, file))
		return false;
	ck_assert_ptr_nonnull(strchr(line, '\n'));
	return true;
}

static const char *rendered(enum log_format format, const char *pairs)
{
	static char line[LOG_LINE_MAX + 1];
	struct log_event event = {
		.level = "info", .module = "m", .msg = "it is so", .pairs = pairs};

	line[log_line(line, format, &event)] = '\0';
	return line;
}

START_TEST(a_line_is_time_level_module_message_and_pairs)
{
	FILE *file = stderr_captured();
	char line[2 * LOG_LINE_MAX];
	int year;
	int after;

	log_info("listening", "addr=%s workers=%u", "[::]:4739", 4u);
	rewind(file);
	ck_assert(next_line(file, line));
	ck_assert_int_eq(sscanf(line, "ts=%4d-%*2d-%*2dT%*2d:%*2d:%*2d.%*3dZ%n", &year, &after), 1);
	ck_assert_int_ge(year, 2024);
	ck_assert_str_eq(line + after,
			 " level=info module=weir msg=listening addr=[::]:4739 workers=4\n");
	ck_assert(!next_line(file, line));
	fclose(file);
}
END_TEST

START_TEST(what_is_below_the_level_is_not_even_evaluated)
{
	FILE *file = stderr_captured();
	char line[2 * LOG_LINE_MAX];
	int evaluated = 0;

	log_debug("quiet", "n=%d", ++evaluated);
	ck_assert_int_eq(evaluated, 0);
	log_setup(LOG_DEBUG, LOG_LOGFMT);
	log_debug("loud", "n=%d", ++evaluated);
	log_setup(LOG_ERROR, LOG_LOGFMT);
	log_warn("quiet again", "n=%d", ++evaluated);
	ck_assert_int_eq(evaluated, 1);
	rewind(file);
	ck_assert(next_line(file, line));
	ck_assert_ptr_nonnull(strstr(line, "level=debug module=weir msg=loud n=1\n"));
	ck_assert(!next_line(file, line));
	fclose(file);
}
END_TEST

START_TEST(a_message_of_several_words_is_quoted)
{
	ck_assert_ptr_nonnull(strstr(rendered(LOG_LOGFMT, ""), " msg=\"it is so\"\n"));
	ck_assert_ptr_nonnull(strstr(rendered(LOG_LOGFMT, " a=1  b=\"x y\" "),
				     " msg=\"it is so\" a=1 b=\"x y\"\n"));
}
END_TEST

START_TEST(json_has_numbers_booleans_and_unquoted_strings)
{
	json_error_t error;
	json_t *o =
		json_loads(rendered(LOG_JSON, "n=-12 big=1234567890123456 zip=007 up=true "
					      "name=\"a \\\"b\\\" \\\\ c=d\" addr=[::1]:5 bare"),
			   JSON_REJECT_DUPLICATES, &error);

	ck_assert_msg(o != NULL, "%s", error.text);
	ck_assert_str_eq(json_string_value(json_object_get(o, "level")), "info");
	ck_assert_str_eq(json_string_value(json_object_get(o, "module")), "m");
	ck_assert_str_eq(json_string_value(json_object_get(o, "msg")), "it is so");
	ck_assert_ptr_nonnull(json_string_value(json_object_get(o, "ts")));
	ck_assert_int_eq(json_integer_value(json_object_get(o, "n")), -12);
	ck_assert_str_eq(json_string_value(json_object_get(o, "big")), "1234567890123456");
	ck_assert_str_eq(json_string_value(json_object_get(o, "zip")), "007");
	ck_assert(json_is_true(json_object_get(o, "up")));
	ck_assert_str_eq(json_string_value(json_object_get(o, "name")), "a \"b\" \\ c=d");
	ck_assert_str_eq(json_string_value(json_object_get(o, "addr")), "[::1]:5");
	ck_assert(json_is_true(json_object_get(o, "bare")));
	json_decref(o);
}
END_TEST

START_TEST(octets_from_outside_cannot_break_a_line)
{
	char out[64];

	ck_assert_str_eq(log_text(out, sizeof(out), "eth0", 4), "eth0");
	ck_assert_str_eq(log_text(out, sizeof(out), "", 0), "\"\"");
	ck_assert_str_eq(log_text(out, sizeof(out), "a b=c", 5), "\"a b=c\"");
	ck_assert_str_eq(log_text(out, sizeof(out), "\n\0\033[31m\"\\\xff", 10),
			 "\"\\x0a\\x00\\x1b[31m\\\"\\\\\\xff\"");
	ck_assert_str_eq(log_string(out, sizeof(out), NULL), "-");
}
END_TEST

START_TEST(text_too_long_for_its_buffer_is_cut_inside_its_quotes)
{
	for (size_t size = 8; size < 64; size++) {
		char *out = malloc(size);

		ck_assert_ptr_nonnull(out);
		log_text(out, size, "0123456789\n0123456789\n0123456789\n", 33);
		ck_assert_int_eq(out[0], '"');
		ck_assert_int_eq(out[strlen(out) - 1], '"');
		free(out);
	}
	for (size_t len = 1; len < 20; len++) {
		char out[10];
		const char *whole = "abcdefghijklmnopqrst";

		log_text(out, sizeof(out), whole, len);
		if (len < sizeof(out))
			ck_assert(strlen(out) == len && strncmp(out, whole, len) == 0);
		else
			ck_assert_str_eq(out, "\"abcd...\"");
	}
}
END_TEST

START_TEST(a_forgotten_escape_is_blanked)
{
	FILE *file = stderr_captured();
	char line[2 * LOG_LINE_MAX];

	log_warn("odd", "name=%s", "a\nts=forged\033[2J\xc3");
	rewind(file);
	ck_assert(next_line(file, line));
	ck_assert_ptr_nonnull(strstr(line, " name=a?ts=forged?[2J?\n"));
	ck_assert(!next_line(file, line));
	fclose(file);
}
END_TEST

START_TEST(a_line_too_long_is_cut_between_pairs_and_says_so)
{
	static const enum log_format formats[] = {LOG_LOGFMT, LOG_JSON};
	static const char *const ends[] = {" first=1 cut=true\n", ",\"first\":1,\"cut\":true}\n"};
	FILE *file = stderr_captured();
	char line[2 * LOG_LINE_MAX];
	char long_value[2 * LOG_LINE_MAX];

	memset(long_value, 'x', sizeof(long_value));
	long_value[sizeof(long_value) - 1] = '\0';
	for (size_t i = 0; i < 2; i++) {
		log_setup(LOG_INFO, formats[i]);
		log_info("long", "first=1 second=%s third=3", long_value);
	}
	rewind(file);
	for (size_t i = 0; i < 2; i++) {
		ck_assert(next_line(file, line));
		ck_assert_ptr_nonnull(strstr(line, ends[i]));
	}
	fclose(file);
}
END_TEST

START_TEST(a_json_line_that_grows_by_escaping_stays_within_its_bound)
{
	char pairs[LOG_PAIRS_MAX];
	const char *line;
	json_t *o;

	memset(pairs, '\\', sizeof(pairs));
	memcpy(pairs, "first=1 second=", strlen("first=1 second="));
	pairs[sizeof(pairs) - 1] = '\0';
	line = rendered(LOG_JSON, pairs);
	ck_assert_uint_le(strlen(line), LOG_LINE_MAX);
	o = json_loads(line, 0, NULL);
	ck_assert_ptr_nonnull(o);
	ck_assert_int_eq(json_integer_value(json_object_get(o, "first")), 1);
	ck_assert(json_is_true(json_object_get(o, "cut")));
	json_decref(o);
}
END_TEST

static void *chatter(void *arg)
{
	for (int i = 0; i < LINES_PER_THREAD; i++)
		log_info("chatter", "thread=%d filler=%0512d", *(int *)arg, i);
	return NULL;
}

START_TEST(lines_of_several_threads_never_mix)
{
	FILE *file = stderr_captured();
	pthread_t threads[THREADS];
	int numbers[THREADS];
	char line[2 * LOG_LINE_MAX];
	uint64_t before = log_lines(LOG_INFO);
	int n = 0;

	for (int i = 0; i < THREADS; i++) {
		numbers[i] = i;
		ck_assert_int_eq(pthread_create(&threads[i], NULL, chatter, &numbers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	rewind(file);
	for (; next_line(file, line); n++) {
		ck_assert_int_eq(strncmp(line, "ts=20", 5), 0);
		ck_assert_uint_eq(strlen(strstr(line, "filler=")), strlen("filler=\n") + 512);
	}
	ck_assert_int_eq(n, THREADS * LINES_PER_THREAD);
	ck_assert_uint_eq(log_lines(LOG_INFO) - before, THREADS * LINES_PER_THREAD);
	fclose(file);
}
END_TEST

START_TEST(the_limiter_says_how_many_it_swallowed)
{
	struct log_limit limit = {0};
	uint64_t swallowed = 99;

	ck_assert(log_pass(&limit, 5000, 1000, &swallowed));
	ck_assert_uint_eq(swallowed, 0);
	ck_assert(!log_pass(&limit, 5001, 1000, &swallowed));
	ck_assert(!log_pass(&limit, 5999, 1000, &swallowed));
	ck_assert(log_pass(&limit, 6000, 1000, &swallowed));
	ck_assert_uint_eq(swallowed, 2);
	ck_assert(log_pass(&limit, 99999, 1000, &swallowed));
	ck_assert_uint_eq(swallowed, 0);
	ck_assert_uint_eq(log_swallowed() - swallowed_before, 2);
}
END_TEST

START_TEST(a_stderr_that_is_gone_stops_nobody)
{
	uint64_t before = log_lines(LOG_ERROR);

	close(STDERR_FILENO);
	log_error("into the void", "n=%d", 1);
	ck_assert_uint_eq(log_lines(LOG_ERROR), before);
	ck_assert_uint_eq(log_swallowed() - swallowed_before, 1);
}
END_TEST

SUITE(log)
{
	TCase *line = suite_case(s, "line");
	TCase *text = suite_case(s, "text");
	TCase *voice = suite_case(s, "voice");

	tcase_add_test(line, a_message_of_several_words_is_quoted);
	tcase_add_test(line, json_has_numbers_booleans_and_unquoted_strings);
	tcase_add_test(line, a_json_line_that_grows_by_escaping_stays_within_its_bound);
	tcase_add_test(text, octets_from_outside_cannot_break_a_line);
	tcase_add_test(text, text_too_long_for_its_buffer_is_cut_inside_its_quotes);
	tcase_add_checked_fixture(voice, setup, teardown);
	tcase_add_test(voice, a_line_is_time_level_module_message_and_pairs);
	tcase_add_test(voice, what_is_below_the_level_is_not_even_evaluated);
	tcase_add_test(voice, a_forgotten_escape_is_blanked);
	tcase_add_test(voice, a_line_too_long_is_cut_between_pairs_and_says_so);
	tcase_add_test(voice, lines_of_several_threads_never_mix);
	tcase_add_test(voice, the_limiter_says_how_many_it_swallowed);
	tcase_add_test(voice, a_stderr_that_is_gone_stops_nobody);
}
