#include "collector/decode/udp_frame.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"

#define ETHERNET 1
#define RAW      12
#define COOKED   113
#define COOKED2  276
#define LOOPBACK 0

static uint8_t frame[512];
static size_t len;
static struct udp_frame got;

static void empty_frame(void)
{
	len = 0;
}

static void put(const void *octets, size_t n)
{
	memcpy(frame + len, octets, n);
	len += n;
}

#define PUT(octets) put((octets), sizeof(octets) - 1)

static void put_ethernet(void)
{
	PUT("\x02\0\0\0\0\x01\x02\0\0\0\0\x02");
}

/* 192.0.2.1:40000 to 192.0.2.2:2055, payload "flow". */
static void put_ipv4(void)
{
	PUT("\x45\0\0\x20\0\x01\0\0\x40\x11\0\0\xc0\0\x02\x01\xc0\0\x02\x02");
}

static void put_udp(void)
{
	PUT("\x9c\x40\x08\x07\0\x0c\0\0flow");
}

static void put_ipv6(uint8_t next, uint8_t payload)
{
	const uint8_t start[] = {0x60, 0, 0, 0, 0, payload, next, 64};

	put(start, sizeof(start));
	PUT(" \x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01");
	PUT(" \x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02");
}

/* From an exact-size block, so that a sanitizer sees the first octet too far. */
static enum frame_skip find(int link, size_t n, bool cut)
{
	uint8_t *copy = exact_copy(frame, n);
	enum frame_skip skip = udp_frame_find(link, wire_over(copy, n), cut, &got);

	if (skip == FRAME_NONE && got.payload.left)
		ck_assert_mem_eq(got.payload.pos, "flow", got.payload.left);
	free(copy);
	return skip;
}

static void expect_flow(int link)
{
	ck_assert_int_eq(find(link, len, false), FRAME_NONE);
	ck_assert_uint_eq(got.source_port, 40000);
	ck_assert_uint_eq(got.dest_port, 2055);
	ck_assert_uint_eq(got.payload.left, 4);
}

static void expect_skip(enum frame_skip want)
{
	ck_assert_int_eq(find(ETHERNET, len, false), want);
}

START_TEST(ethernet_and_ipv4)
{
	put_ethernet();
	PUT("\x08\0");
	put_ipv4();
	put_udp();
	expect_flow(ETHERNET);
	ck_assert(addr_equal(&got.source, &(struct addr){.octets = {192, 0, 2, 1}, .len = 4}));
	ck_assert(addr_equal(&got.dest, &(struct addr){.octets = {192, 0, 2, 2}, .len = 4}));
}
END_TEST

START_TEST(padding_of_the_link_is_not_payload)
{
	put_ethernet();
	PUT("\x08\0");
	put_ipv4();
	put_udp();
	PUT("\0\0\0\0\0\0");
	expect_flow(ETHERNET);
}
END_TEST

START_TEST(vlan_tags_are_stepped_over)
{
	put_ethernet();
	PUT("\x88\xa8\0\x64\x91\0\0\x65\x81\0\0\x66\x08\0");
	put_ipv4();
	put_udp();
	expect_flow(ETHERNET);
}
END_TEST

START_TEST(linux_cooked_captures_are_read)
{
	PUT("\0\0\0\x01\0\x06\x02\0\0\0\0\x01\0\0\x08\0");
	put_ipv4();
	put_udp();
	expect_flow(COOKED);

	len = 0;
	PUT("\x08\0\0\0\0\0\0\x02\0\x01\0\x06\x02\0\0\0\0\x01\0\0");
	put_ipv4();
	put_udp();
	expect_flow(COOKED2);
}
END_TEST

START_TEST(raw_ip_and_loopback_are_read)
{
	put_ipv4();
	put_udp();
	expect_flow(RAW);

	len = 0;
	PUT("\x02\0\0\0");
	put_ipv4();
	put_udp();
	expect_flow(LOOPBACK);
}
END_TEST

START_TEST(ipv4_options_are_stepped_over)
{
	PUT("\x46\0\0\x24\0\x01\0\0\x40\x11\0\0\xc0\0\x02\x01\xc0\0\x02\x02\x01\x01\x01\0");
	put_udp();
	expect_flow(RAW);
}
END_TEST

START_TEST(ipv6_and_its_extension_headers)
{
	put_ipv6(0, 12 + 8 + 16 + 8 + 12);
	PUT("\x2b\0\x01\x04\0\0\0\0");                 /* hop by hop */
	PUT("\x2c\x01\x04\0\0\0\0\0\0\0\0\0\0\0\0\0"); /* routing */
	PUT("\x33\0\0\0\0\0\0\x01");                   /* an atomic fragment (RFC 6946) */
	PUT("\x11\x01\0\0\0\0\0\x01\0\0\0\x01");       /* AH of 12 octets */
	put_udp();
	expect_flow(RAW);
	ck_assert_uint_eq(got.source.len, 16);
}
END_TEST

START_TEST(a_mapped_address_is_ipv4)
{
	PUT("\x60\0\0\0\0\x0c\x11\x40");
	PUT("\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\x02\x01");
	PUT(" \x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02");
	put_udp();
	expect_flow(RAW);
	ck_assert_uint_eq(got.source.len, 4);
}
END_TEST

START_TEST(fragments_are_told_from_the_rest)
{
	put_ethernet();
	PUT("\x08\0");
	put_ipv4();
	put_udp();
	frame[14 + 6] = 0x20; /* more fragments */
	expect_skip(FRAME_FRAGMENT);
	frame[14 + 6] = 0;
	frame[14 + 7] = 0xb9; /* an offset */
	expect_skip(FRAME_FRAGMENT);
	frame[14 + 7] = 0;
	frame[14 + 6] = 0x40; /* do not fragment: whole */
	expect_skip(FRAME_NONE);

	len = 0;
	put_ipv6(44, 8 + 12);
	PUT("\x11\0\0\x01\0\0\0\x01");
	put_udp();
	ck_assert_int_eq(find(RAW, len, false), FRAME_FRAGMENT);
}
END_TEST

START_TEST(other_traffic_is_skipped_by_its_reason)
{
	put_ethernet();
	PUT("\x08\x06\0\x01\x08\0\x06\x04\0\x01");
	expect_skip(FRAME_NOT_IP);
	ck_assert_int_eq(find(9999, len, false), FRAME_LINK);

	len = 0;
	put_ethernet();
	PUT("\x08\0");
	put_ipv4();
	put_udp();
	frame[14 + 9] = 6;
	expect_skip(FRAME_NOT_UDP);
}
END_TEST

START_TEST(lengths_that_cannot_be_true_are_malformed)
{
	put_ethernet();
	PUT("\x08\0");
	put_ipv4();
	put_udp();
	frame[14 + 20 + 5] = 7; /* shorter than a UDP header */
	expect_skip(FRAME_MALFORMED);
	frame[14 + 20 + 5] = 13; /* longer than what is there */
	expect_skip(FRAME_MALFORMED);
	frame[14 + 20 + 5] = 12;
	frame[14] = 0x44; /* an IPv4 header of 16 octets */
	expect_skip(FRAME_MALFORMED);
	frame[14] = 0x45;
	frame[14 + 3] = 19; /* a total length within the header */
	expect_skip(FRAME_MALFORMED);
}
END_TEST

START_TEST(every_prefix_of_a_cut_frame_is_truncated)
{
	put_ethernet();
	PUT("\x81\0\0\x64\x08\0");
	put_ipv4();
	put_udp();
	ck_assert_int_eq(find(ETHERNET, (size_t)_i, true), FRAME_TRUNCATED);
	ck_assert_int_eq(find(ETHERNET, (size_t)_i, false), FRAME_MALFORMED);
}
END_TEST

START_TEST(every_prefix_of_a_chain_of_ipv6_headers_is_truncated)
{
	put_ipv6(0, 8 + 16 + 12 + 12);
	PUT("\x2b\0\x01\x04\0\0\0\0");
	PUT("\x33\x01\x04\0\0\0\0\0\0\0\0\0\0\0\0\0");
	PUT("\x11\x01\0\0\0\0\0\x01\0\0\0\x01");
	put_udp();
	ck_assert_int_eq(find(RAW, (size_t)_i, true), FRAME_TRUNCATED);
}
END_TEST

SUITE(udp_frame)
{
	TCase *tc = suite_case(s, "links");

	tcase_add_checked_fixture(tc, empty_frame, NULL);
	tcase_add_test(tc, ethernet_and_ipv4);
	tcase_add_test(tc, padding_of_the_link_is_not_payload);
	tcase_add_test(tc, vlan_tags_are_stepped_over);
	tcase_add_test(tc, linux_cooked_captures_are_read);
	tcase_add_test(tc, raw_ip_and_loopback_are_read);

	tc = suite_case(s, "ip");
	tcase_add_checked_fixture(tc, empty_frame, NULL);
	tcase_add_test(tc, ipv4_options_are_stepped_over);
	tcase_add_test(tc, ipv6_and_its_extension_headers);
	tcase_add_test(tc, a_mapped_address_is_ipv4);

	tc = suite_case(s, "skipped");
	tcase_add_checked_fixture(tc, empty_frame, NULL);
	tcase_add_test(tc, fragments_are_told_from_the_rest);
	tcase_add_test(tc, other_traffic_is_skipped_by_its_reason);
	tcase_add_test(tc, lengths_that_cannot_be_true_are_malformed);
	tcase_add_loop_test(tc, every_prefix_of_a_cut_frame_is_truncated, 0, 12 + 6 + 20 + 12);
	tcase_add_loop_test(tc, every_prefix_of_a_chain_of_ipv6_headers_is_truncated, 0,
			    40 + 8 + 16 + 12 + 12);
}
