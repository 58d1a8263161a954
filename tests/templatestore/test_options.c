#include "templatestore/options.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/suite.h"

static const struct options_limits small = {.bytes = 16384, .exporter_bytes = 4096};

static struct options *options;
static struct rate_answer a;

static void begin(void)
{
	options = options_new(&small);
	ck_assert_ptr_nonnull(options);
}

static void end(void)
{
	options_free(options);
}

static struct message from(uint8_t last, uint32_t domain)
{
	return (struct message){
		.source = {.octets = {192, 0, 2, last}, .len = 4},
		.domain = domain,
		.protocol = PROTOCOL_IPFIX,
	};
}

static void tell_rate(const struct message *m, enum option_reach reach, uint64_t key, uint64_t rate)
{
	struct option_facts f = {.rate = rate, .reach_key = key, .reach = (uint8_t)reach};

	options_note(options, m, &f);
}

static void tell_name(const struct message *m, enum option_name kind, uint64_t id, const char *name)
{
	struct option_facts f = {0};

	f.names[kind].has = true;
	f.names[kind].id = id;
	f.names[kind].name = (struct octets){(const uint8_t *)name, (uint16_t)strlen(name)};
	options_note(options, m, &f);
}

static uint64_t rate(const struct message *m, uint64_t selector, uint32_t interface, uint16_t tmpl)
{
	struct rate_query q = {.selector = selector, .interface = interface, .tmpl = tmpl};

	a = (struct rate_answer){0};
	return options_rate(options, m, &q, &a) ? a.rate : 0;
}

START_TEST(nothing_told_nothing_known)
{
	struct message m = from(1, 0);
	struct octets name;

	ck_assert_uint_eq(rate(&m, 1, 2, 256), 0);
	ck_assert_uint_eq(options_boot_ms(options, &m), 0);
	ck_assert(!options_name(options, &m, NAME_VRF, 1, &name));
}
END_TEST

START_TEST(a_selector_answers_to_its_id)
{
	struct message m = from(1, 0), other = from(1, 9), stranger = from(2, 0);

	tell_rate(&m, REACH_SELECTOR, 1, 100);
	tell_rate(&m, REACH_SELECTOR, 2, 200);
	ck_assert_uint_eq(rate(&m, 2, 0, 256), 200);
	ck_assert_int_eq(a.source, SAMPLING_SELECTOR);
	ck_assert_uint_eq(rate(&other, 1, 0, 256), 100); /* told in another domain */
	ck_assert_uint_eq(rate(&stranger, 1, 0, 256), 0);
	ck_assert_uint_eq(rate(&m, 3, 0, 256), 0); /* named, never described */
	ck_assert_uint_eq(rate(&m, 0, 0, 256), 0); /* no id, and two to choose from */
}
END_TEST

START_TEST(sampler_zero_is_one_of_them)
{
	struct message m = from(1, 0);

	tell_rate(&m, REACH_SELECTOR, 0, 100);
	tell_rate(&m, REACH_SELECTOR, 1, 200);
	ck_assert_uint_eq(rate(&m, 0, 0, 256), 100);
	ck_assert_uint_eq(rate(&m, RATE_NO_SELECTOR, 0, 256), 0);
}
END_TEST

/* wire-quirks 103, 104 */
START_TEST(processes_have_rates_of_their_own)
{
	struct message m = from(1, 0);

	tell_rate(&m, REACH_DOMAIN, 17, 100);
	ck_assert_uint_eq(rate(&m, RATE_NO_SELECTOR, 0, 256), 100);
	tell_rate(&m, REACH_DOMAIN, 18, 200);
	ck_assert_uint_eq(rate(&m, RATE_NO_SELECTOR, 0, 256), 0); /* not the last one seen */
	tell_rate(&m, REACH_DOMAIN, 18, 100);
	ck_assert_uint_eq(rate(&m, RATE_NO_SELECTOR, 0, 256), 100);
}
END_TEST

START_TEST(an_exporter_that_booted_tells_its_rates_anew)
{
	struct message m = from(1, 0), other = from(1, 9);
	struct option_facts f = {.reach = REACH_DOMAIN, .reach_key = 17, .rate = 100};

	f.boot_ms = 1700000000000;
	options_note(options, &m, &f);
	options_note(options, &other, &f);
	f.boot_ms += 2000; /* the same boot */
	f.reach_key = 18;
	options_note(options, &m, &f);
	f = (struct option_facts){
		.reach = REACH_DOMAIN, .reach_key = 19, .rate = 7, .boot_ms = 1700003600000};
	options_note(options, &m, &f);
	ck_assert_uint_eq(rate(&m, RATE_NO_SELECTOR, 0, 256), 7);
	ck_assert_uint_eq(rate(&other, RATE_NO_SELECTOR, 0, 256), 100);
}
END_TEST

START_TEST(no_id_and_one_sampler_is_that_one)
{
	struct message m = from(1, 0), other = from(1, 9);

	tell_rate(&m, REACH_SELECTOR, 7, 100);
	ck_assert_uint_eq(rate(&m, 0, 0, 256), 100);
	ck_assert_int_eq(a.source, SAMPLING_DOMAIN);
	ck_assert_uint_eq(rate(&other, 0, 0, 256), 100);
	ck_assert_int_eq(a.source, SAMPLING_INFERRED);
	tell_rate(&m, REACH_SELECTOR, 8, 100); /* they agree */
	ck_assert_uint_eq(rate(&other, 0, 0, 256), 100);
}
END_TEST

START_TEST(a_sampler_of_one_interface_or_template_answers_for_no_other)
{
	struct message m = from(1, 0);

	tell_rate(&m, REACH_INTERFACE, 3, 100);
	tell_rate(&m, REACH_TEMPLATE, 999, 100);
	ck_assert_uint_eq(rate(&m, 0, 5, 256), 0);
	ck_assert_uint_eq(rate(&m, 0, 3, 256), 100);
}
END_TEST

START_TEST(the_narrower_reach_answers_first)
{
	struct message m = from(1, 0);

	tell_rate(&m, REACH_DOMAIN, 0, 10);
	tell_rate(&m, REACH_INTERFACE, 5, 20);
	tell_rate(&m, REACH_TEMPLATE, 300, 30);
	tell_rate(&m, REACH_SELECTOR, 1, 40);
	ck_assert_uint_eq(rate(&m, 1, 5, 300), 40);
	ck_assert_uint_eq(rate(&m, 0, 5, 300), 30);
	ck_assert_int_eq(a.source, SAMPLING_TEMPLATE);
	ck_assert_uint_eq(rate(&m, 0, 5, 256), 20);
	ck_assert_int_eq(a.source, SAMPLING_INTERFACE);
	ck_assert_uint_eq(rate(&m, 0, 6, 256), 10);
	ck_assert_int_eq(a.source, SAMPLING_DOMAIN);
}
END_TEST

START_TEST(the_newest_word_wins_and_zero_is_no_word)
{
	struct message m = from(1, 0);
	struct octets name;

	tell_rate(&m, REACH_SELECTOR, 1, 100);
	tell_rate(&m, REACH_SELECTOR, 1, 500);
	tell_rate(&m, REACH_SELECTOR, 1, 0);
	ck_assert_uint_eq(rate(&m, 1, 0, 256), 500);
	tell_name(&m, NAME_INTERFACE, 3, "eth0");
	tell_name(&m, NAME_INTERFACE, 3, "eth1");
	ck_assert(options_name(options, &m, NAME_INTERFACE, 3, &name));
	ck_assert_mem_eq(name.at, "eth1", 4);
	ck_assert(!options_name(options, &m, NAME_VRF, 3, &name));
}
END_TEST

START_TEST(boot_time_is_the_domains_else_any)
{
	struct message m = from(1, 0), other = from(1, 9);

	options_note(options, &m, &(struct option_facts){.boot_ms = 1700000000123});
	ck_assert_uint_eq(options_boot_ms(options, &other), 1700000000123);
	options_note(options, &other, &(struct option_facts){.boot_ms = 1600000000000});
	ck_assert_uint_eq(options_boot_ms(options, &other), 1600000000000);
	ck_assert_uint_eq(options_boot_ms(options, &m), 1700000000123);
}
END_TEST

START_TEST(one_exporter_cannot_fill_the_table)
{
	struct message greedy = from(1, 0), modest = from(2, 0);
	struct options_numbers n;
	struct octets name;
	char text[32];

	tell_name(&modest, NAME_INTERFACE, 1, "uplink");
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(text, sizeof(text), "name-%u", i);
		tell_name(&greedy, NAME_INTERFACE, i, text);
	}
	options_numbers(options, &n);
	ck_assert_uint_gt(n.refused, 4000);
	ck_assert_uint_le(n.bytes, small.bytes);
	ck_assert(options_name(options, &modest, NAME_INTERFACE, 1, &name));
	tell_name(&greedy, NAME_INTERFACE, 0, "NAME-0"); /* what is known is still renewed */
	ck_assert(options_name(options, &greedy, NAME_INTERFACE, 0, &name));
	ck_assert_mem_eq(name.at, "NAME-0", 6);
}
END_TEST

START_TEST(many_exporters_push_out_the_idle)
{
	struct options_numbers n;

	for (unsigned i = 0; i < 250; i++) {
		struct message m = from((uint8_t)i, 0);

		tell_rate(&m, REACH_DOMAIN, 0, 1000);
		ck_assert_uint_eq(rate(&m, 0, 0, 256), 1000);
	}
	options_numbers(options, &n);
	ck_assert_uint_gt(n.evicted, 0);
	ck_assert_uint_le(n.bytes, small.bytes);
}
END_TEST

START_TEST(a_flood_of_exporters_leaves_those_that_are_asked_for)
{
	struct message real = from(1, 0);

	tell_rate(&real, REACH_DOMAIN, 0, 1000);
	for (uint32_t i = 0; i < 5000; i++) {
		struct message forged = from(2, 0);

		forged.source.octets[1] = (uint8_t)(i >> 8);
		forged.source.octets[2] = (uint8_t)i;
		tell_rate(&forged, REACH_DOMAIN, 0, 7);
		if (i % 20 == 0)
			ck_assert_uint_eq(rate(&real, 0, 0, 256), 1000);
	}
}
END_TEST

SUITE(options)
{
	TCase *tc = suite_case(s, "facts");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, nothing_told_nothing_known);
	tcase_add_test(tc, a_selector_answers_to_its_id);
	tcase_add_test(tc, sampler_zero_is_one_of_them);
	tcase_add_test(tc, processes_have_rates_of_their_own);
	tcase_add_test(tc, an_exporter_that_booted_tells_its_rates_anew);
	tcase_add_test(tc, no_id_and_one_sampler_is_that_one);
	tcase_add_test(tc, a_sampler_of_one_interface_or_template_answers_for_no_other);
	tcase_add_test(tc, the_narrower_reach_answers_first);
	tcase_add_test(tc, the_newest_word_wins_and_zero_is_no_word);
	tcase_add_test(tc, boot_time_is_the_domains_else_any);
	tcase_add_test(tc, one_exporter_cannot_fill_the_table);
	tcase_add_test(tc, many_exporters_push_out_the_idle);
	tcase_add_test(tc, a_flood_of_exporters_leaves_those_that_are_asked_for);
}
