#include "collector/decode/decode.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/suite.h"

#define ARGS_MAX 8

/* One v5 datagram of one record, from 192.0.2.1:40000, in a capture of raw IP. */
static const char capture[] = "\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0\x65\0\0\0"
			      "\x00\xf1\x53\x65\x05\0\0\0\x64\0\0\0\x64\0\0\0"
			      "\x45\0\0\x64\0\0\0\0\x40\x11\0\0\xc0\0\x02\x01\xc0\0\x02\x02"
			      "\x9c\x40\x08\x07\0\x50\0\0"
			      "\0\x05\0\x01\0\x01\0\0\x65\x53\xf1\0\0\0\0\0\0\0\0\x07\0\0\0\0"
			      "\x0a\0\0\x01\x0a\0\0\x02\0\0\0\0\0\x01\0\x02\0\0\0\x03\0\0\x05\xdc"
			      "\0\0\xff\0\0\0\xff\xff\xc0\0\0\x35\0\x18\x11\0\0\0\0\0\0\0\0\0";

static char path[64], out_path[64], err_path[64];
static char out[16384], err[4096];

static void scratch_make(char *name, const char *octets, size_t len)
{
	int fd;

	strcpy(name, "/tmp/weir-decode-XXXXXX");
	fd = mkstemp(name);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, octets, len), (ssize_t)len);
	ck_assert_int_eq(close(fd), 0);
}

static void files_setup(void)
{
	scratch_make(path, capture, sizeof(capture) - 1);
	scratch_make(out_path, "", 0);
	scratch_make(err_path, "", 0);
}

static void files_teardown(void)
{
	unlink(path);
	unlink(out_path);
	unlink(err_path);
}

/* Points a standard stream at a file; returns what it was. */
static int stream_divert(int stream, const char *name, int flags)
{
	int saved = dup(stream);
	int fd = open(name, flags);

	ck_assert_int_ge(saved, 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(dup2(fd, stream), stream);
	close(fd);
	return saved;
}

static void stream_restore(int stream, int saved)
{
	ck_assert_int_eq(dup2(saved, stream), stream);
	close(saved);
}

static void file_read(const char *name, char *into, size_t size)
{
	FILE *f = fopen(name, "rb");

	ck_assert_ptr_nonnull(f);
	into[fread(into, 1, size - 1, f)] = '\0';
	fclose(f);
}

/* Runs the command; its output is in out and err afterwards. */
static int run(const char *a, const char *b, const char *c)
{
	const char *words[] = {"decode", a, b, c};
	char *argv[ARGS_MAX] = {0};
	int argc = 0, saved_out, saved_err, status;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && words[i]; i++) {
		argv[argc] = strdup(words[i]);
		ck_assert_ptr_nonnull(argv[argc++]);
	}
	fflush(stdout);
	fflush(stderr);
	saved_out = stream_divert(STDOUT_FILENO, out_path, O_WRONLY | O_TRUNC);
	saved_err = stream_divert(STDERR_FILENO, err_path, O_WRONLY | O_TRUNC);
	status = decode_main(argc, argv);
	fflush(stdout);
	fflush(stderr);
	stream_restore(STDOUT_FILENO, saved_out);
	stream_restore(STDERR_FILENO, saved_err);
	file_read(out_path, out, sizeof(out));
	file_read(err_path, err, sizeof(err));
	while (argc > 0)
		free(argv[--argc]);
	return status;
}

static unsigned lines(const char *s)
{
	unsigned n = 0;

	for (; *s; s++)
		n += *s == '\n';
	return n;
}

START_TEST(flows_are_printed_with_a_summary_behind_them)
{
	ck_assert_int_eq(run(path, NULL, NULL), 0);
	ck_assert_uint_eq(lines(out), 2);
	ck_assert_ptr_nonnull(strstr(out, "{\"type\":\"NETFLOW_V5\""));
	ck_assert_ptr_nonnull(strstr(out, "\"time_received_ns\":1700000000000005000"));
	ck_assert_ptr_nonnull(strstr(out, "\"bytes\":1500"));
	ck_assert_ptr_nonnull(strstr(out, "\n{\"summary\":{\"datagrams\":1,"));
	ck_assert_ptr_nonnull(strstr(out, "\"data_records\":1,"));
	ck_assert_str_eq(err, "");
}
END_TEST

START_TEST(records_are_printed_losslessly_when_asked_for)
{
	ck_assert_int_eq(run("--format=elements", path, NULL), 0);
	ck_assert_uint_eq(lines(out), 2);
	ck_assert_ptr_nonnull(
		strstr(out, "{\"exporter\":\"192.0.2.1\",\"port\":40000,\"version\":5,"));
	ck_assert_ptr_nonnull(strstr(out, "\"octetDeltaCount\":1500"));
}
END_TEST

START_TEST(the_profile_of_goflow2_has_all_its_keys)
{
	ck_assert_int_eq(run("--profile", "goflow2", path), 0);
	ck_assert_ptr_nonnull(strstr(out, "\"ipv6_routing_header_seg_left\":0"));
}
END_TEST

START_TEST(unmapped_elements_are_printed_on_request)
{
	ck_assert_int_eq(run("--unmapped", path, NULL), 0);
	ck_assert_ptr_null(strstr(out, "unmapped")); /* v5 has none */
	ck_assert_uint_eq(lines(out), 2);
}
END_TEST

START_TEST(a_bad_file_of_elements_is_one_line_and_status_1)
{
	ck_assert_int_eq(run("--elements-file", path, path), 1);
	ck_assert_uint_eq(lines(err), 1);
	ck_assert_ptr_nonnull(strstr(err, path));
	ck_assert_ptr_nonnull(strstr(err, ":1: "));
	ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(a_capture_can_come_by_standard_input)
{
	int saved = stream_divert(STDIN_FILENO, path, O_RDONLY);
	int status = run("-", NULL, NULL);

	stream_restore(STDIN_FILENO, saved);
	ck_assert_int_eq(status, 0);
	ck_assert_uint_eq(lines(out), 2);
}
END_TEST

START_TEST(a_wrong_command_line_is_one_line_and_status_2)
{
	static const char *const wrong[][3] = {
		{NULL, NULL, NULL},         {"--format", "xml", "f"}, {"--format=json", NULL, NULL},
		{"--profile=x", "f", NULL}, {"--nonsense", "f"},      {"f", "g", NULL},
		{"f", "--format", NULL},    {"f", "--elements-file"},
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ck_assert_int_eq(run(wrong[i][0], wrong[i][1], wrong[i][2]), 2);
		ck_assert_uint_eq(lines(err), 1);
		ck_assert_str_eq(out, "");
	}
}
END_TEST

START_TEST(a_missing_file_is_one_line_and_status_1)
{
	ck_assert_int_eq(run("/nonexistent/flows.pcap", NULL, NULL), 1);
	ck_assert_uint_eq(lines(err), 1);
	ck_assert_ptr_nonnull(strstr(err, "/nonexistent/flows.pcap"));
	ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(a_file_that_ends_early_prints_what_is_whole_and_fails)
{
	ck_assert_int_eq(truncate(path, sizeof(capture) - 10), 0);
	ck_assert_int_eq(run(path, NULL, NULL), 1);
	ck_assert_ptr_nonnull(strstr(out, "{\"summary\":{\"datagrams\":0,"));
	ck_assert_uint_eq(lines(err), 1);
}
END_TEST

START_TEST(help_is_printed_and_is_no_error)
{
	ck_assert_int_eq(run("--help", NULL, NULL), 0);
	ck_assert_ptr_nonnull(strstr(out, "usage: weir decode"));
	ck_assert_str_eq(err, "");
}
END_TEST

SUITE(decode)
{
	TCase *tc = suite_case(s, "command");

	tcase_add_checked_fixture(tc, files_setup, files_teardown);
	tcase_add_test(tc, flows_are_printed_with_a_summary_behind_them);
	tcase_add_test(tc, records_are_printed_losslessly_when_asked_for);
	tcase_add_test(tc, the_profile_of_goflow2_has_all_its_keys);
	tcase_add_test(tc, unmapped_elements_are_printed_on_request);
	tcase_add_test(tc, a_bad_file_of_elements_is_one_line_and_status_1);
	tcase_add_test(tc, a_capture_can_come_by_standard_input);
	tcase_add_test(tc, a_wrong_command_line_is_one_line_and_status_2);
	tcase_add_test(tc, a_missing_file_is_one_line_and_status_1);
	tcase_add_test(tc, a_file_that_ends_early_prints_what_is_whole_and_fails);
	tcase_add_test(tc, help_is_printed_and_is_no_error);
}
