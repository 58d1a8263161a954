#include "parsers/ie.h"

#include <stdbool.h>

#include "tests/support/suite.h"

START_TEST(tables_are_strictly_sorted)
{
	size_t n;
	const struct ie *t = ie_table((enum ie_table)_i, &n);

	ck_assert_uint_gt(n, 400);
	for (size_t i = 1; i < n; i++) {
		bool rising = t[i - 1].pen < t[i].pen ||
			      (t[i - 1].pen == t[i].pen && t[i - 1].id < t[i].id);

		ck_assert_msg(rising, "%s is out of order", t[i].name);
	}
}
END_TEST

START_TEST(every_row_has_a_name_and_a_type)
{
	size_t n;
	const struct ie *t = ie_table((enum ie_table)_i, &n);

	for (size_t i = 0; i < n; i++) {
		ck_assert(t[i].name[0] != '\0');
		ck_assert(ie_type_name(t[i].type)[0] != '\0');
	}
}
END_TEST

START_TEST(spaces_do_not_meet)
{
	ck_assert_str_eq(ie_find(IE_SPACE_IPFIX, 0, 1)->name, "octetDeltaCount");
	ck_assert_str_eq(ie_find(IE_SPACE_NETFLOW9, 0, 1)->name, "octetDeltaCount");
	ck_assert_str_eq(ie_find(IE_SPACE_SCOPE9, 0, 1)->name, "scope:system");
	ck_assert_str_eq(ie_find(IE_SPACE_NETFLOW7, 0, 1)->name, "v7:flags1");
	ck_assert_ptr_null(ie_find(IE_SPACE_IPFIX, 65536, 8)); /* PENs are 32 bits */
	ck_assert_ptr_null(ie_find(IE_SPACE_SCOPE9, 0, 6));
}
END_TEST

START_TEST(identifiers_are_not_reversible)
{
	ck_assert_str_eq(ie_reversed(1)->name, "octetDeltaCount");
	ck_assert_ptr_null(ie_reversed(148));
	ck_assert_ptr_null(ie_reversed(40));
	ck_assert_ptr_null(ie_reversed(293));
}
END_TEST

SUITE(ie)
{
	TCase *tc = suite_case(s, "tables");

	tcase_add_loop_test(tc, tables_are_strictly_sorted, 0, IE_TABLE_COUNT);
	tcase_add_loop_test(tc, every_row_has_a_name_and_a_type, 0, IE_TABLE_COUNT);
	tcase_add_test(tc, spaces_do_not_meet);
	tcase_add_test(tc, identifiers_are_not_reversible);
}
