#include <string.h>

#include "collector/conf/conf.h"
#include "tests/support/suite.h"

static struct conf conf;
static char error[CONF_ERROR_MAX];

static void setup(void)
{
	conf_init(&conf);
}

static void teardown(void)
{
	conf_fini(&conf);
}

static uint64_t rate(const char *exporter)
{
	struct cidr one;

	ck_assert_int_eq(cidr_parse(exporter, &one), 0);
	return conf_rates_find(&conf.sampling.overrides, &one.net);
}

static int set(const char *value)
{
	return conf_set(&conf, "sampling.overrides", value, error);
}

START_TEST(nobody_is_overridden_unless_configured)
{
	ck_assert_uint_eq(conf.sampling.rate_default, 0);
	ck_assert_uint_eq(conf.sampling.overrides.n, 0);
	ck_assert_uint_eq(rate("192.0.2.1"), 0);
}
END_TEST

START_TEST(the_longest_prefix_wins_wherever_it_stands)
{
	ck_assert_int_eq(set("192.0.2.1=3, 0.0.0.0/0=1,192.0.2.0/24=2,2001:db8::/32=4"), 0);
	ck_assert_uint_eq(rate("192.0.2.1"), 3);
	ck_assert_uint_eq(rate("192.0.2.2"), 2);
	ck_assert_uint_eq(rate("192.0.3.2"), 1);
	ck_assert_uint_eq(rate("2001:db8::7"), 4);
	ck_assert_uint_eq(rate("2001:db9::7"), 0);
}
END_TEST

START_TEST(a_list_takes_the_place_of_the_one_before)
{
	ck_assert_int_eq(set("192.0.2.1=3"), 0);
	ck_assert_int_eq(set("192.0.2.2=4"), 0);
	ck_assert_uint_eq(rate("192.0.2.1"), 0);
	ck_assert_uint_eq(rate("192.0.2.2"), 4);
	ck_assert_int_eq(set(""), 0);
	ck_assert_uint_eq(rate("192.0.2.2"), 0);
}
END_TEST

START_TEST(what_is_no_rate_of_a_network_is_refused)
{
	static const char *const bad[] = {
		"192.0.2.1",    "192.0.2.1=",   "=5",
		"192.0.2.1=-5", "192.0.2.1=5x", "192.0.2.1/5=5",
		"host=5",       "192.0.2.1=0",  "192.0.2.1=4294967296",
	};

	ck_assert_int_ne(set(bad[_i]), 0);
	ck_assert_ptr_nonnull(strstr(error, "sampling.overrides"));
}
END_TEST

START_TEST(a_network_has_one_rate)
{
	ck_assert_int_ne(set("10.0.0.0/8=5,10.0.0.0/9=6,10.0.0.0/8=7"), 0);
	ck_assert_str_eq(error, "sampling.overrides: \"10.0.0.0/8=7\" has a network that has a "
				"rate already");
}
END_TEST

SUITE(conf_rates)
{
	TCase *tc = suite_case(s, "overrides");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, nobody_is_overridden_unless_configured);
	tcase_add_test(tc, the_longest_prefix_wins_wherever_it_stands);
	tcase_add_test(tc, a_list_takes_the_place_of_the_one_before);
	tcase_add_test(tc, a_network_has_one_rate);
	tcase_add_loop_test(tc, what_is_no_rate_of_a_network_is_refused, 0, 9);
}
