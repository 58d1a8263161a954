#include "collector/decode/pcap_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/suite.h"

/* A capture file in a temporary place, written octet by octet. */
static char path[] = "/tmp/weir-pcap-XXXXXX";
static FILE *file;
static struct pcap_file *reader;
static char error[PCAP_FILE_ERROR_MAX];

#define PUT(octets) \
	ck_assert_uint_eq(fwrite((octets), 1, sizeof(octets) - 1, file), sizeof(octets) - 1)

#define MICROSECONDS  "\xd4\xc3\xb2\xa1"
#define NANOSECONDS   "\x4d\x3c\xb2\xa1"
#define RAW_IP        "\x65\0\0\0"
#define HEADER(magic) magic "\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0" RAW_IP

/* 1700000000.000000005 s or us, and 30 octets of which all are there. */
#define STAMP  "\x00\xf1\x53\x65\x05\0\0\0"
#define LENGTH "\x1e\0\0\0\x1e\0\0\0"
#define CUT    "\x19\0\0\0\x1e\0\0\0"
#define IPV4   "\x45\0\0\x1e\0\0\0\0\x40\x11\0\0\xc0\0\x02\x01\xc0\0\x02\x02"
#define UDP    "\x9c\x40\x08\x07\0\x0a\0\0hi"

static void file_setup(void)
{
	int fd;

	strcpy(path, "/tmp/weir-pcap-XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	file = fdopen(fd, "wb");
	ck_assert_ptr_nonnull(file);
	reader = NULL;
}

static void file_teardown(void)
{
	pcap_file_close(reader);
	ck_assert_int_eq(unlink(path), 0);
}

static int file_open(void)
{
	ck_assert_int_eq(fclose(file), 0);
	return pcap_file_open(path, &reader, error);
}

static void expect_datagram(uint64_t want_ns)
{
	struct udp_frame frame;
	uint64_t received_ns;

	ck_assert_int_eq(pcap_file_next(reader, &frame, &received_ns, error), 1);
	ck_assert_uint_eq(received_ns, want_ns);
	ck_assert_uint_eq(frame.source_port, 40000);
	ck_assert_uint_eq(frame.dest_port, 2055);
	ck_assert_uint_eq(frame.payload.left, 2);
	ck_assert_mem_eq(frame.payload.pos, "hi", 2);
}

static void expect_end(int want)
{
	struct udp_frame frame;
	uint64_t received_ns;

	ck_assert_int_eq(pcap_file_next(reader, &frame, &received_ns, error), want);
}

START_TEST(stamps_of_microseconds_become_nanoseconds)
{
	PUT(HEADER(MICROSECONDS) STAMP LENGTH IPV4 UDP);
	ck_assert_int_eq(file_open(), 0);
	expect_datagram(1700000000000005000);
	expect_end(0);
}
END_TEST

START_TEST(stamps_of_nanoseconds_stay_exact)
{
	PUT(HEADER(NANOSECONDS) STAMP LENGTH IPV4 UDP);
	ck_assert_int_eq(file_open(), 0);
	expect_datagram(1700000000000000005);
	expect_end(0);
}
END_TEST

START_TEST(what_is_no_datagram_is_skipped_and_counted)
{
	PUT(HEADER(MICROSECONDS));
	PUT(STAMP CUT
	    "\x45\0\0\x1e\0\0\0\0\x40\x11\0\0\xc0\0\x02\x01\xc0\0\x02\x02\x9c\x40\x08\x07\0");
	PUT(STAMP LENGTH "\x45\0\0\x1e\0\0\0\0\x40\x06\0\0\xc0\0\x02\x01\xc0\0\x02\x02" UDP);
	PUT(STAMP LENGTH "\x45\0\0\x1e\0\0\x20\0\x40\x11\0\0\xc0\0\x02\x01\xc0\0\x02\x02" UDP);
	PUT(STAMP LENGTH IPV4 UDP);
	ck_assert_int_eq(file_open(), 0);
	expect_datagram(1700000000000005000);
	expect_end(0);
	ck_assert_uint_eq(pcap_file_skipped(reader, FRAME_TRUNCATED), 1);
	ck_assert_uint_eq(pcap_file_skipped(reader, FRAME_NOT_UDP), 1);
	ck_assert_uint_eq(pcap_file_skipped(reader, FRAME_FRAGMENT), 1);
	ck_assert_uint_eq(pcap_file_skipped(reader, FRAME_NOT_IP), 0);
	ck_assert_uint_eq(pcap_file_skipped(reader, FRAME_NONE), 0);
}
END_TEST

START_TEST(a_file_that_ends_within_a_packet_is_an_error_behind_what_is_whole)
{
	PUT(HEADER(MICROSECONDS) STAMP LENGTH IPV4 UDP STAMP LENGTH IPV4);
	ck_assert_int_eq(file_open(), 0);
	expect_datagram(1700000000000005000);
	expect_end(-EIO);
	ck_assert_str_ne(error, "");
}
END_TEST

START_TEST(a_file_of_another_kind_is_refused)
{
	PUT("{\"not\":\"a capture file\"}");
	ck_assert_int_eq(file_open(), -EINVAL);
	ck_assert_str_ne(error, "");
}
END_TEST

START_TEST(a_missing_file_is_refused_by_its_name)
{
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(pcap_file_open("/nonexistent/flows.pcap", &reader, error), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error, "/nonexistent/flows.pcap"));
}
END_TEST

SUITE(pcap_file)
{
	TCase *tc = suite_case(s, "files");

	tcase_add_checked_fixture(tc, file_setup, file_teardown);
	tcase_add_test(tc, stamps_of_microseconds_become_nanoseconds);
	tcase_add_test(tc, stamps_of_nanoseconds_stay_exact);
	tcase_add_test(tc, what_is_no_datagram_is_skipped_and_counted);
	tcase_add_test(tc, a_file_that_ends_within_a_packet_is_an_error_behind_what_is_whole);
	tcase_add_test(tc, a_file_of_another_kind_is_refused);
	tcase_add_test(tc, a_missing_file_is_refused_by_its_name);
}
