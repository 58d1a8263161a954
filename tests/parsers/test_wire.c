#include "parsers/wire.h"

#include "tests/support/suite.h"

START_TEST(reads_big_endian_in_order)
{
	static const uint8_t octets[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
	struct wire w = wire_over(octets, sizeof(octets));

	ck_assert_uint_eq(wire_u8(&w), 0x01);
	ck_assert_uint_eq(wire_u16(&w), 0x0203);
	ck_assert_uint_eq(wire_u32(&w), 0x04050607);
	ck_assert_uint_eq(wire_u64(&w), UINT64_C(0x08090a0b0c0d0e0f));
	ck_assert(wire_ok(&w));
	ck_assert_uint_eq(w.left, 0);
}
END_TEST

START_TEST(a_short_read_fails_for_good)
{
	static const uint8_t octets[] = {0xff, 0xff, 0xff};
	struct wire w = wire_over(octets, sizeof(octets));

	ck_assert_uint_eq(wire_u32(&w), 0);
	ck_assert_uint_eq(wire_u8(&w), 0); /* there was an octet, but the reader has failed */
	ck_assert(!wire_ok(&w));
}
END_TEST

START_TEST(a_scope_cannot_read_its_sibling)
{
	static const uint8_t octets[] = {1, 2, 3};
	struct wire w = wire_over(octets, sizeof(octets));
	struct wire child = wire_scope(&w, 1);

	ck_assert_uint_eq(wire_u16(&child), 0);
	ck_assert(!wire_ok(&child));
	ck_assert_uint_eq(wire_u16(&w), 0x0203);
	ck_assert(wire_ok(&w));
}
END_TEST

START_TEST(a_scope_that_is_not_there_is_born_failed)
{
	static const uint8_t octets[] = {1, 2, 3};
	struct wire w = wire_over(octets, sizeof(octets));
	struct wire child = wire_scope(&w, 4);

	ck_assert(!wire_ok(&child));
	ck_assert(!wire_ok(&w));
}
END_TEST

START_TEST(any_width_is_an_integer)
{
	static const uint8_t octets[] = {1, 2, 3, 4, 5, 6, 7, 8};

	ck_assert_uint_eq(load_be(octets, 0), 0);
	ck_assert_uint_eq(load_be(octets, 3), 0x010203);
	ck_assert_uint_eq(load_be(octets + 1, 5), UINT64_C(0x0203040506));
	ck_assert_uint_eq(load_be(octets, 8), UINT64_C(0x0102030405060708));
}
END_TEST

SUITE(wire)
{
	TCase *tc = suite_case(s, "reader");

	tcase_add_test(tc, reads_big_endian_in_order);
	tcase_add_test(tc, a_short_read_fails_for_good);
	tcase_add_test(tc, a_scope_cannot_read_its_sibling);
	tcase_add_test(tc, a_scope_that_is_not_there_is_born_failed);
	tcase_add_test(tc, any_width_is_an_integer);
}
