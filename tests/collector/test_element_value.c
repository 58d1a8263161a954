#include "collector/encode/element_value.h"

#include <string.h>

#include "tests/support/suite.h"

static void expect(enum ie_type type, const void *octets, size_t len, const char *want)
{
	char room[256];
	struct text t = text_over(room, sizeof(room) - 1);

	element_value_put(&t, type, octets, len);
	ck_assert(text_ok(&t));
	room[t.len] = '\0';
	ck_assert_str_eq(room, want);
}

#define EXPECT(type, octets, want) expect((type), (octets), sizeof(octets) - 1, (want))

START_TEST(unsigned_integers_are_numbers_in_one_to_eight_octets)
{
	EXPECT(IE_U32, "\xfe", "254");
	EXPECT(IE_U8, "\x01\x02", "258"); /* wider than its type, and still a number */
	EXPECT(IE_U64, "\x01\x02\x03", "66051");
	EXPECT(IE_U64, "\x01\x02\x03\x04\x05", "4328719365");
	EXPECT(IE_U64, "\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615");
}
END_TEST

START_TEST(an_integer_wider_than_eight_octets_is_hex)
{
	EXPECT(IE_U64, "\0\0\0\0\0\0\0\0\x01", "\"000000000000000001\"");
	EXPECT(IE_S64, "\0\0\0\0\0\0\0\0\x01", "\"000000000000000001\"");
}
END_TEST

START_TEST(signed_integers_are_sign_extended_from_any_width)
{
	EXPECT(IE_S32, "\xff\xfb", "-5");
	EXPECT(IE_S32, "\x7f\xff", "32767");
	EXPECT(IE_S32, "\x80\0\0", "-8388608");
	EXPECT(IE_S64, "\x80\0\0\0\0\0\0\0", "-9223372036854775808");
}
END_TEST

START_TEST(floats_are_numbers_in_four_or_eight_octets)
{
	EXPECT(IE_F32, "\x3f\xc0\0\0", "1.5");
	EXPECT(IE_F64, "\x3f\xc0\0\0", "1.5"); /* reduced size: RFC 7011 section 6.2 */
	EXPECT(IE_F64, "\xc0\x02\0\0\0\0\0\0", "-2.25");
	EXPECT(IE_F32, "\x3f\xc0", "\"3fc0\"");
	EXPECT(IE_F32, "\x7f\xc0\0\0", "\"7fc00000\""); /* NaN */
	EXPECT(IE_F64, "\x7f\xf0\0\0\0\0\0\0", "\"7ff0000000000000\"");
}
END_TEST

START_TEST(one_is_true_and_two_is_false)
{
	EXPECT(IE_BOOL, "\x01", "true");
	EXPECT(IE_BOOL, "\x02", "false");
	EXPECT(IE_BOOL, "\0", "\"00\"");
	EXPECT(IE_BOOL, "\x03", "\"03\"");
	EXPECT(IE_BOOL, "\0\x01", "\"0001\"");
}
END_TEST

START_TEST(addresses_are_text_only_in_their_own_length)
{
	EXPECT(IE_IPV4, "\xc0\0\x02\x01", "\"192.0.2.1\"");
	EXPECT(IE_IPV4, "\xc0\0\x02", "\"c00002\"");
	EXPECT(IE_IPV6, " \x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", "\"2001:db8::1\"");
	EXPECT(IE_IPV6, "\xc0\0\x02\x01", "\"c0000201\"");
	EXPECT(IE_MAC, "\x02\0\xde\xad\xbe\xef", "\"02:00:de:ad:be:ef\"");
	EXPECT(IE_MAC, "\x02\0\xde\xad\xbe\xef\0\0", "\"0200deadbeef0000\"");
}
END_TEST

START_TEST(seconds_and_milliseconds_are_as_sent)
{
	EXPECT(IE_SECONDS, "\x65\xec\xd3\x81", "1710019457");
	EXPECT(IE_MILLISECONDS, "\0\0\x01\x8e\x20\x6f\x38\xd2", "1709941143762");
}
END_TEST

START_TEST(ntp_times_become_a_count_from_1970_rounded_down)
{
	/* 2016-11-11 19:59:27 and 545461 / 2^32 s: 127.0001 us. */
	EXPECT(IE_MICROSECONDS, "\xdb\xd0\xa1\x9f\0\x08\x52\xb5", "1478894367000127");
	EXPECT(IE_NANOSECONDS, "\xdb\xd0\xa1\x9f\0\x08\x52\xb5", "1478894367000127000");
	EXPECT(IE_MICROSECONDS, "\x83\xaa\x7e\x80\0\0\0\0", "0");
	EXPECT(IE_MICROSECONDS, "\x83\xaa\x7e\x80\xff\xff\xff\xff", "999999");
	EXPECT(IE_MICROSECONDS, "\x83\xaa\x7e\x80", "\"83aa7e80\"");
}
END_TEST

START_TEST(ntp_seconds_before_1970_belong_to_the_era_of_2036)
{
	/* 2036-02-07 06:28:16, the first second of era 1. */
	EXPECT(IE_MICROSECONDS, "\0\0\0\0\0\0\0\0", "2085978496000000");
	EXPECT(IE_NANOSECONDS, "\x83\xaa\x7e\x7f\0\0\0\0", "4294967295000000000");
}
END_TEST

START_TEST(strings_lose_their_trailing_nuls_only)
{
	EXPECT(IE_STRING, "eth0\0\0\0\0", "\"eth0\"");
	EXPECT(IE_STRING, "a\0b\0", "\"a\\u0000b\"");
	EXPECT(IE_STRING, "\0\0", "\"\"");
	EXPECT(IE_STRING, "\xc5\xbc", "\"\xc5\xbc\"");
}
END_TEST

START_TEST(a_string_that_is_not_utf8_is_kept_in_hex)
{
	EXPECT(IE_STRING, "\xc5\xbc\xc3", "{\"hex\":\"c5bcc3\"}");
}
END_TEST

START_TEST(octets_and_lists_are_hex)
{
	EXPECT(IE_OCTETS, "\x03\0\0\x01", "\"03000001\"");
	EXPECT(IE_BASIC_LIST, "\xff", "\"ff\"");
	EXPECT(IE_TMPL_LIST, "\x01\x01\x2c", "\"01012c\"");
	EXPECT(IE_TMPL_MULTILIST, "\xff", "\"ff\"");
}
END_TEST

START_TEST(a_field_of_no_octets_is_empty_text_whatever_its_type)
{
	for (int type = 0; type < IE_TYPE_COUNT; type++)
		expect((enum ie_type)type, "", 0, "\"\"");
}
END_TEST

SUITE(element_value)
{
	TCase *tc = suite_case(s, "values");

	tcase_add_test(tc, unsigned_integers_are_numbers_in_one_to_eight_octets);
	tcase_add_test(tc, an_integer_wider_than_eight_octets_is_hex);
	tcase_add_test(tc, signed_integers_are_sign_extended_from_any_width);
	tcase_add_test(tc, floats_are_numbers_in_four_or_eight_octets);
	tcase_add_test(tc, one_is_true_and_two_is_false);
	tcase_add_test(tc, addresses_are_text_only_in_their_own_length);
	tcase_add_test(tc, seconds_and_milliseconds_are_as_sent);
	tcase_add_test(tc, ntp_times_become_a_count_from_1970_rounded_down);
	tcase_add_test(tc, ntp_seconds_before_1970_belong_to_the_era_of_2036);
	tcase_add_test(tc, strings_lose_their_trailing_nuls_only);
	tcase_add_test(tc, a_string_that_is_not_utf8_is_kept_in_hex);
	tcase_add_test(tc, octets_and_lists_are_hex);
	tcase_add_test(tc, a_field_of_no_octets_is_empty_text_whatever_its_type);
}
