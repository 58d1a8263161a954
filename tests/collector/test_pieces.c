#include "collector/publish/pieces.h"

#include <string.h>

#include "tests/support/suite.h"

START_TEST(a_batch_is_cut_at_line_ends)
{
	static const char batch[] = "aa\nbbb\nc\ndddddd\ne\n";
	static const struct {
		size_t len;
		uint32_t flows;
	} pieces[] = {{3, 1}, {6, 2}, {7, 1}, {2, 1}}; /* of 6 octets, but for the third */
	size_t at = 0;

	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		struct piece p = pieces_first(batch + at, strlen(batch) - at, 6);

		ck_assert_ptr_eq(p.octets, batch + at);
		ck_assert_uint_eq(p.len, pieces[i].len);
		ck_assert_uint_eq(p.flows, pieces[i].flows);
		at += p.len;
	}
	ck_assert_uint_eq(at, strlen(batch));
}
END_TEST

START_TEST(lines_are_counted_with_a_last_one_that_has_no_end)
{
	ck_assert_uint_eq(pieces_lines("a\n\nb", 4), 3);
	ck_assert_uint_eq(pieces_lines("a\n", 2), 1);
	ck_assert_uint_eq(pieces_lines("", 0), 0);
	ck_assert_uint_eq(pieces_first("a\nb", 3, 10).flows, 2);
}
END_TEST

SUITE(pieces)
{
	TCase *tc = suite_case(s, "lines");

	tcase_add_test(tc, a_batch_is_cut_at_line_ends);
	tcase_add_test(tc, lines_are_counted_with_a_last_one_that_has_no_end);
}
