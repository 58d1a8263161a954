#include "parsers/mapping.h"

#include <stdbool.h>

#include "parsers/flow.h"
#include "tests/support/suite.h"

START_TEST(rows_are_strictly_sorted)
{
	size_t n;
	const struct map_row *t = map_table(&n);

	for (size_t i = 1; i < n; i++) {
		bool rising = t[i - 1].pen < t[i].pen ||
			      (t[i - 1].pen == t[i].pen && t[i - 1].id < t[i].id);

		ck_assert_msg(rising, "element %u is out of order", t[i].id);
	}
}
END_TEST

START_TEST(every_row_is_found_and_within_its_limits)
{
	size_t n;
	const struct map_row *t = map_table(&n);

	for (size_t i = 0; i < n; i++) {
		ck_assert_ptr_eq(map_find(t[i].pen, t[i].id), &t[i]);
		ck_assert_uint_lt(t[i].choice, MAP_CHOICES_MAX);
		ck_assert_uint_lt(t[i].kind, MAP_KIND_COUNT);
		ck_assert(t[i].mark == MAP_NO_MARK || t[i].mark < FLOW_FIELD_COUNT);
	}
}
END_TEST

START_TEST(an_integer_has_a_slot_of_an_integer)
{
	size_t n;
	const struct map_row *t = map_table(&n);

	for (size_t i = 0; i < n; i++)
		if (t[i].kind == MAP_UINT || t[i].kind == MAP_TOLD || t[i].kind == MAP_MAC)
			ck_assert_msg(t[i].width == 1 || t[i].width == 2 || t[i].width == 4 ||
					      t[i].width == 8,
				      "element %u", t[i].id);
}
END_TEST

SUITE(mapping)
{
	TCase *tc = suite_case(s, "table");

	tcase_add_test(tc, rows_are_strictly_sorted);
	tcase_add_test(tc, every_row_is_found_and_within_its_limits);
	tcase_add_test(tc, an_integer_has_a_slot_of_an_integer);
}
