#include "metrics/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"

#define ROOM 512

static char room[ROOM];
static struct text t;

static void empty_text(void)
{
	t = text_over(room, sizeof(room));
}

static void expect(const char *want)
{
	ck_assert(text_ok(&t));
	ck_assert_uint_eq(t.len, strlen(want));
	ck_assert_mem_eq(t.start, want, t.len);
	text_cut(&t, 0);
}

START_TEST(numbers_are_exact_digits)
{
	static const struct {
		uint64_t v;
		const char *want;
	} cases[] = {
		{0, "0"},
		{9, "9"},
		{10, "10"},
		{99, "99"},
		{100, "100"},
		{65535, "65535"},
		{99999999, "99999999"},
		{100000000, "100000000"},
		{4294967295, "4294967295"},
		{4294967296, "4294967296"},
		{1700000000000000001, "1700000000000000001"},
		{10000000000000000000u, "10000000000000000000"},
		{UINT64_MAX, "18446744073709551615"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text_u64(&t, cases[i].v);
		expect(cases[i].want);
	}
}
END_TEST

START_TEST(every_power_of_ten_and_its_neighbours_are_right)
{
	char want[32];

	for (uint64_t p = 1; p <= UINT64_MAX / 10; p *= 10) {
		for (uint64_t v = p - 1; v <= p + 1; v++) {
			int n = snprintf(want, sizeof(want), "%llu", (unsigned long long)v);

			ck_assert_int_gt(n, 0);
			text_u64(&t, v);
			expect(want);
		}
	}
}
END_TEST

START_TEST(the_most_negative_number_has_its_digits)
{
	text_i64(&t, INT64_MIN);
	expect("-9223372036854775808");
	text_i64(&t, -1);
	expect("-1");
	text_i64(&t, INT64_MAX);
	expect("9223372036854775807");
}
END_TEST

START_TEST(doubles_are_short_and_read_back)
{
	static const struct {
		double v;
		const char *want;
	} cases[] = {
		{0, "0"},
		{1.5, "1.5"},
		{-2.25, "-2.25"},
		{0.1, "0.1"},
		{1e21, "1e+21"},
		{5e-324, "5e-324"},
		{1.0 / 3.0, "0.3333333333333333"},
		{(double)1.1f, "1.100000023841858"},
		{9007199254740993.0, "9007199254740992"},
		{NAN, "null"},
		{-INFINITY, "null"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text_double(&t, cases[i].v);
		expect(cases[i].want);
	}
}
END_TEST

START_TEST(any_double_reads_back)
{
	uint64_t bits = 0x9e3779b97f4a7c15;

	for (int i = 0; i < 2000; i++) {
		double v, back;

		bits = bits * 6364136223846793005 + 1442695040888963407;
		memcpy(&v, &bits, sizeof(v));
		if (!isfinite(v))
			continue;
		text_double(&t, v);
		text_char(&t, '\0');
		back = strtod(t.start, NULL);
		ck_assert_mem_eq(&back, &v, sizeof(v));
		text_cut(&t, 0);
	}
}
END_TEST

START_TEST(hex_is_lower_case)
{
	text_hex(&t, (const uint8_t[]){0x00, 0x9a, 0xff}, 3);
	expect("009aff");
	text_hex(&t, NULL, 0);
	expect("");
}
END_TEST

START_TEST(ipv4_has_no_leading_zeros)
{
	text_ipv4(&t, (const uint8_t[]){0, 9, 10, 99});
	expect("0.9.10.99");
	text_ipv4(&t, (const uint8_t[]){100, 109, 200, 255});
	expect("100.109.200.255");
}
END_TEST

START_TEST(ipv6_is_written_as_rfc_5952_says)
{
	static const struct {
		uint8_t octets[16];
		const char *want;
	} cases[] = {
		{{0}, "::"},
		{{[15] = 1}, "::1"},
		{{0x20, 0x01, 0x0d, 0xb8, [15] = 1}, "2001:db8::1"},
		{{0x20, 0x01}, "2001::"},
		/* One zero group is not shortened (section 4.2.2). */
		{{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1},
		 "2001:db8:0:1:1:1:1:1"},
		/* The longest run, and the first of two equals (section 4.2.3). */
		{{0x20, 0x01, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1}, "2001:0:0:1::1"},
		{{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1}, "2001:db8::1:0:0:1"},
		{{0xab, 0xcd, 0x0a, 0xbc, 0x00, 0xab, 0x00, 0x0a, 1, 2, 3, 4, 5, 6, 7, 8},
		 "abcd:abc:ab:a:102:304:506:708"},
		{{[10] = 0xff, 0xff, 192, 0, 2, 1}, "::ffff:192.0.2.1"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text_ipv6(&t, cases[i].octets);
		expect(cases[i].want);
	}
}
END_TEST

START_TEST(a_mac_has_colons)
{
	text_mac(&t, (const uint8_t[]){0x02, 0, 0xde, 0xad, 0xbe, 0xef});
	expect("02:00:de:ad:be:ef");
}
END_TEST

static void expect_json(const char *octets, size_t len, const char *want)
{
	text_json(&t, octets, len);
	expect(want);
}

START_TEST(json_escapes_what_would_end_or_break_a_string)
{
	expect_json("", 0, "\"\"");
	expect_json("eth0", 4, "\"eth0\"");
	expect_json("a\"b\\c", 5, "\"a\\\"b\\\\c\"");
	expect_json("\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\"");
	expect_json("\0\x1f\x7f", 3, "\"\\u0000\\u001f\x7f\"");
}
END_TEST

START_TEST(json_keeps_valid_utf8)
{
	expect_json("\xc5\xbc\xe3\x83\x87\xf0\x9f\x98\x80", 9,
		    "\"\xc5\xbc\xe3\x83\x87\xf0\x9f\x98\x80\"");
	expect_json("\xf4\x8f\xbf\xbf", 4, "\"\xf4\x8f\xbf\xbf\"");
}
END_TEST

#define FFFD "\xef\xbf\xbd"

START_TEST(json_replaces_what_is_not_utf8)
{
	expect_json("a\xff"
		    "b",
		    3, "\"a" FFFD "b\"");
	expect_json("\xc5", 1, "\"" FFFD "\"");                            /* cut */
	expect_json("\xe3\x83", 2, "\"" FFFD "\"");                        /* cut later */
	expect_json("\xc0\xaf", 2, "\"" FFFD FFFD "\"");                   /* overlong */
	expect_json("\xed\xa0\x80", 3, "\"" FFFD FFFD FFFD "\"");          /* surrogate */
	expect_json("\xf4\x90\x80\x80", 4, "\"" FFFD FFFD FFFD FFFD "\""); /* beyond U+10FFFF */
	expect_json("\xe3\x83\"", 3, "\"" FFFD "\\\"\"");
}
END_TEST

START_TEST(utf8_is_told_from_what_is_not)
{
	ck_assert(text_is_utf8(NULL, 0));
	ck_assert(text_is_utf8("a\0\xc5\xbc", 4));
	ck_assert(!text_is_utf8("\xc5\xbc\xc3", 3));
	ck_assert(!text_is_utf8("\xc0\xaf", 2));
}
END_TEST

START_TEST(what_does_not_fit_is_refused_for_good)
{
	char small[4];

	t = text_over(small, sizeof(small));
	text_str(&t, "abc");
	ck_assert(text_ok(&t));
	text_u64(&t, 10);
	ck_assert(!text_ok(&t));
	ck_assert_uint_eq(t.len, 3);
	text_char(&t, 'd'); /* would fit, but the line is lost already */
	ck_assert_uint_eq(t.len, 3);
	text_cut(&t, 0);
	text_str(&t, "abcd");
	expect("abcd");
}
END_TEST

/* Every writer at every size: an exact-size heap block, so that a sanitizer sees an octet too many.
 */
START_TEST(no_writer_leaves_its_room)
{
	static const uint8_t octets[16] = {0xfe, 0x80, [15] = 0xff};
	uint8_t *block = exact_copy(room, (size_t)_i);

	t = text_over((char *)block, (size_t)_i);
	text_u64(&t, UINT64_MAX);
	text_i64(&t, -42);
	text_hex(&t, octets, 3);
	text_double(&t, 0.1);
	text_ipv4(&t, octets);
	text_ipv6(&t, octets);
	text_mac(&t, octets);
	text_json(&t, "a\n\xff\xc3\xa4", 5);
	text_format(&t, "%d-%s", 17, "x");
	ck_assert_uint_le(t.len, (size_t)_i);
	ck_assert(text_ok(&t) == (_i > 82));
	free(block);
}
END_TEST

START_TEST(format_writes_what_printf_would)
{
	text_format(&t, "%s=%d", "workers", 4);
	expect("workers=4");
}
END_TEST

SUITE(text)
{
	TCase *tc = suite_case(s, "writers");

	tcase_add_checked_fixture(tc, empty_text, NULL);
	tcase_add_test(tc, numbers_are_exact_digits);
	tcase_add_test(tc, every_power_of_ten_and_its_neighbours_are_right);
	tcase_add_test(tc, the_most_negative_number_has_its_digits);
	tcase_add_test(tc, doubles_are_short_and_read_back);
	tcase_add_test(tc, any_double_reads_back);
	tcase_add_test(tc, hex_is_lower_case);
	tcase_add_test(tc, ipv4_has_no_leading_zeros);
	tcase_add_test(tc, ipv6_is_written_as_rfc_5952_says);
	tcase_add_test(tc, a_mac_has_colons);
	tcase_add_test(tc, json_escapes_what_would_end_or_break_a_string);
	tcase_add_test(tc, json_keeps_valid_utf8);
	tcase_add_test(tc, json_replaces_what_is_not_utf8);
	tcase_add_test(tc, utf8_is_told_from_what_is_not);
	tcase_add_test(tc, format_writes_what_printf_would);

	tc = suite_case(s, "room");
	tcase_add_test(tc, what_does_not_fit_is_refused_for_good);
	tcase_add_loop_test(tc, no_writer_leaves_its_room, 0, 120);
}
