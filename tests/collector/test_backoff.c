#include "collector/publish/backoff.h"

#include "tests/support/suite.h"

static void expect_about(uint32_t ms, uint32_t base)
{
	ck_assert_uint_ge(ms, base - base / 4);
	ck_assert_uint_le(ms, base + base / 4);
}

START_TEST(it_doubles_up_to_its_bound_and_starts_anew_after_a_success)
{
	struct backoff b = {.first_ms = 250, .max_ms = 1500};

	expect_about(backoff_ms(&b), 250);
	expect_about(backoff_ms(&b), 500);
	expect_about(backoff_ms(&b), 1000);
	for (unsigned i = 0; i < 100; i++)
		expect_about(backoff_ms(&b), 1500);
	backoff_reset(&b);
	expect_about(backoff_ms(&b), 250);
}
END_TEST

START_TEST(two_of_them_do_not_march_in_step)
{
	struct backoff a = {.first_ms = 100000, .max_ms = 100000, .random = 1};
	struct backoff b = {.first_ms = 100000, .max_ms = 100000, .random = 2};
	unsigned equal = 0;

	for (unsigned i = 0; i < 100; i++)
		equal += backoff_ms(&a) == backoff_ms(&b);
	ck_assert_uint_lt(equal, 5);
}
END_TEST

SUITE(backoff)
{
	TCase *tc = suite_case(s, "backoff");

	tcase_add_test(tc, it_doubles_up_to_its_bound_and_starts_anew_after_a_success);
	tcase_add_test(tc, two_of_them_do_not_march_in_step);
}
