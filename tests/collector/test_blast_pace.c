#include "collector/blast/pace.h"
#include "tests/support/suite.h"

#include <stdbool.h>

#define SECOND_NS UINT64_C(1000000000)
#define START_NS  (7 * SECOND_NS)

START_TEST(the_first_datagram_is_due_at_once)
{
	struct pace p;

	pace_init(&p, 10, START_NS);
	ck_assert_uint_eq(pace_due(&p, START_NS), 1);
	pace_use(&p, 1);
	ck_assert_uint_eq(pace_due(&p, START_NS), 0);
	ck_assert_uint_eq(pace_due(&p, START_NS + SECOND_NS / 10 - 1), 0);
	ck_assert_uint_eq(pace_due(&p, START_NS + SECOND_NS / 10), 1);
}
END_TEST

START_TEST(without_a_rate_everything_is_due)
{
	struct pace p;

	pace_init(&p, 0, START_NS);
	pace_use(&p, 1u << 30);
	ck_assert_uint_eq(pace_due(&p, START_NS), UINT64_MAX);
}
END_TEST

/* An exporter that always wakes at its deadline sends what was ordered, to the datagram. */
START_TEST(deadlines_keep_the_rate_over_an_hour)
{
	static const uint64_t rates[] = {1, 3, 7, 999, 4001, 123457, 100000000};
	uint64_t rate = rates[_i], now_ns = START_NS, seconds = rate > 10 ? 10 : 3600;
	bool early = false, late = false;
	struct pace p;

	pace_init(&p, rate, START_NS);
	while (now_ns < START_NS + seconds * SECOND_NS) {
		uint64_t due = pace_due(&p, now_ns);

		early |= due < (now_ns == START_NS ? 1 : p.batch);
		pace_use(&p, due);
		late |= pace_deadline_ns(&p) <= now_ns;
		now_ns = pace_deadline_ns(&p);
	}
	ck_assert(!early && !late); /* once: an assertion costs more than a datagram */
	ck_assert_uint_le(p.used, rate * seconds);
	ck_assert_uint_gt(p.used + p.batch, rate * seconds);
}
END_TEST

START_TEST(a_batch_is_a_fraction_of_a_millisecond)
{
	struct pace p;

	pace_init(&p, 100000, START_NS);
	ck_assert_uint_eq(p.batch, 25);
	pace_init(&p, 100, START_NS);
	ck_assert_uint_eq(p.batch, 1);
}
END_TEST

START_TEST(who_fell_far_behind_is_forgiven)
{
	struct pace p;

	pace_init(&p, 1000, START_NS);
	ck_assert_uint_eq(pace_due(&p, START_NS + 60 * SECOND_NS), 1000);
	pace_use(&p, 1000);
	ck_assert_uint_eq(pace_due(&p, START_NS + 60 * SECOND_NS), 0);
	ck_assert_uint_eq(pace_due(&p, START_NS + 61 * SECOND_NS), 1000);
}
END_TEST

START_TEST(years_do_not_wrap_it)
{
	struct pace p;
	uint64_t year_ns = UINT64_C(31536000) * SECOND_NS;

	pace_init(&p, 100000000, START_NS);
	ck_assert_uint_eq(pace_due(&p, START_NS + year_ns), 100000000);
	ck_assert_uint_gt(pace_deadline_ns(&p), year_ns - SECOND_NS);
}
END_TEST

START_TEST(sleeping_ends_at_the_deadline)
{
	uint64_t deadline_ns = pace_now_ns() + 20000000;

	pace_sleep_until(deadline_ns);
	ck_assert_uint_ge(pace_now_ns(), deadline_ns);
	pace_sleep_until(deadline_ns); /* long past: no sleep */
}
END_TEST

SUITE(blast_pace)
{
	TCase *tc = suite_case(s, "rate");

	tcase_add_test(tc, the_first_datagram_is_due_at_once);
	tcase_add_test(tc, without_a_rate_everything_is_due);
	tcase_add_loop_test(tc, deadlines_keep_the_rate_over_an_hour, 0, 7);
	tcase_add_test(tc, a_batch_is_a_fraction_of_a_millisecond);
	tcase_add_test(tc, who_fell_far_behind_is_forgiven);
	tcase_add_test(tc, years_do_not_wrap_it);
	tcase_add_test(tc, sleeping_ends_at_the_deadline);
	tcase_set_timeout(tc, 60);
}
