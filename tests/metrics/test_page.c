#include <stdlib.h>
#include <string.h>

#include "metrics/page.h"
#include "tests/support/suite.h"

static const struct page_labels none;
static char *text;

static void drop(void)
{
	free(text);
	text = NULL;
}

static const char *take(struct page *p)
{
	size_t len;

	text = page_take(p, &len);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(strlen(text), len);
	return text;
}

START_TEST(an_empty_page_is_an_empty_string)
{
	struct page p = {0};

	ck_assert_str_eq(take(&p), "");
}
END_TEST

START_TEST(a_family_is_its_help_then_its_type)
{
	struct page p = {0};

	page_family(&p, "weir_x_total", "counter", "how many x");
	ck_assert_str_eq(take(&p), "# HELP weir_x_total how many x\n# TYPE weir_x_total counter\n");
}
END_TEST

START_TEST(a_help_stays_on_its_line)
{
	struct page p = {0};

	page_family(&p, "x", "gauge", "a\nb \\ \"c\"");
	ck_assert_str_eq(take(&p), "# HELP x a\\nb \\\\ \"c\"\n# TYPE x gauge\n");
}
END_TEST

START_TEST(a_sample_without_labels_has_no_braces)
{
	struct page p = {0};

	page_sample(&p, "x", &none, UINT64_MAX, 0);
	ck_assert_str_eq(take(&p), "x 18446744073709551615\n");
}
END_TEST

START_TEST(labels_come_in_their_order)
{
	struct page_labels labels = {0};
	struct page p = {0};

	page_label(&labels, "b", "1");
	page_label(&labels, "a", "");
	page_sample(&p, "x", &labels, 0, 0);
	ck_assert_str_eq(take(&p), "x{b=\"1\",a=\"\"} 0\n");
}
END_TEST

START_TEST(a_label_value_cannot_leave_its_quotes)
{
	const struct page_labels label = {1, {{"l", "\\ \" \n } \xc3\xa9"}}};
	struct page p = {0};

	page_sample(&p, "x", &label, 1, 0);
	ck_assert_str_eq(take(&p), "x{l=\"\\\\ \\\" \\n } \xc3\xa9\"} 1\n");
}
END_TEST

START_TEST(decimals_are_exact_and_complete)
{
	struct page p = {0};

	page_sample(&p, "a", &none, 1500, 3);
	page_sample(&p, "b", &none, 7, 6);
	page_sample(&p, "c", &none, UINT64_MAX, 9);
	page_sample(&p, "d", &none, 0, 3);
	ck_assert_str_eq(take(&p), "a 1.500\nb 0.000007\nc 18446744073.709551615\nd 0.000\n");
}
END_TEST

START_TEST(a_page_grows_with_what_is_written)
{
	static char longest[100001];
	const struct page_labels label = {1, {{"l", longest}}};
	struct page p = {0};

	memset(longest, '"', sizeof(longest) - 1);
	for (int i = 0; i < 3; i++)
		page_sample(&p, "x", &label, 1, 0);
	ck_assert_uint_eq(strlen(take(&p)), 3 * (2 * strlen(longest) + strlen("x{l=\"\"} 1\n")));
}
END_TEST

START_TEST(a_failed_page_is_not_handed_out_and_can_be_used_again)
{
	struct page p = {0};
	size_t len;

	page_str(&p, "half a p");
	p.text.failed = true;
	page_str(&p, "age");
	ck_assert_ptr_null(page_take(&p, &len));
	ck_assert_uint_eq(len, 0);
	page_str(&p, "new");
	ck_assert_str_eq(take(&p), "new");
}
END_TEST

SUITE(page)
{
	TCase *tc = suite_case(s, "exposition");

	tcase_add_checked_fixture(tc, NULL, drop);
	tcase_add_test(tc, an_empty_page_is_an_empty_string);
	tcase_add_test(tc, a_family_is_its_help_then_its_type);
	tcase_add_test(tc, a_help_stays_on_its_line);
	tcase_add_test(tc, a_sample_without_labels_has_no_braces);
	tcase_add_test(tc, labels_come_in_their_order);
	tcase_add_test(tc, a_label_value_cannot_leave_its_quotes);
	tcase_add_test(tc, decimals_are_exact_and_complete);
	tcase_add_test(tc, a_page_grows_with_what_is_written);
	tcase_add_test(tc, a_failed_page_is_not_handed_out_and_can_be_used_again);
}
