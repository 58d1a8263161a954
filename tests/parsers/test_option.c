#include "parsers/option.h"

#include <string.h>

#include "tests/parsers/world.h"
#include "tests/support/suite.h"

#define FIELDS_MAX 8

static struct world world;
static struct build b;
static struct option_facts facts; /* of the last record */
static char names[NAME_COUNT][256];

static void note(void *ctx, const struct raw_record *r)
{
	struct world *w = ctx;

	option_read(r, &facts, &w->tally);
	memset(names, 0, sizeof(names));
	for (int i = 0; i < NAME_COUNT; i++)
		if (facts.names[i].has)
			memcpy(names[i], facts.names[i].name.at, facts.names[i].name.len);
}

static void begin(void)
{
	world_init(&world);
	world.book.note = note;
	b.len = 0;
}

static void end(void)
{
	world_balances(&world);
	world_fini(&world);
}

/* An options template 256 of (element, length) up to a zero pair, scope_n of them scopes. */
static void template_put(bool netflow9, unsigned scope_n, const uint16_t (*fields)[2])
{
	unsigned n = 0;
	size_t set;

	while (n < FIELDS_MAX && (fields[n][0] || fields[n][1]))
		n++;
	if (netflow9)
		netflow9_begin(&b, 5);
	else
		ipfix_begin(&b, 5);
	set = set_begin(&b, netflow9 ? 1 : 3);
	put16(&b, 256);
	put16(&b, netflow9 ? 4 * scope_n : n);
	put16(&b, netflow9 ? 4 * (n - scope_n) : scope_n);
	for (unsigned i = 0; i < n; i++) {
		put16(&b, fields[i][0]);
		put16(&b, fields[i][1]);
	}
	set_end(&b, set);
}

static void feed(size_t set)
{
	set_end(&b, set);
	if (b.octets[1] == 10)
		ipfix_end(&b);
	ck_assert_int_eq(world_feed(&world, b.octets, b.len), PARSE_OK);
	ck_assert_uint_eq(world.tally.options, 1);
	ck_assert_uint_eq(world.flows_n, 0);
}

/* What a record of 4-octet values tells. */
static void read4(bool netflow9, unsigned scope_n, const uint16_t *ids, const uint32_t *values)
{
	uint16_t fields[FIELDS_MAX][2] = {{0}};
	size_t set;

	for (unsigned i = 0; i < FIELDS_MAX - 1 && ids[i]; i++) {
		fields[i][0] = ids[i];
		fields[i][1] = 4;
	}
	end();
	begin();
	template_put(netflow9, scope_n, (const uint16_t(*)[2])fields);
	set = set_begin(&b, 256);
	for (unsigned i = 0; i < FIELDS_MAX - 1 && ids[i]; i++)
		put32(&b, values[i]);
	feed(set);
}

START_TEST(a_sampling_rate_is_told_in_each_of_its_forms)
{
	static const struct {
		uint16_t ids[FIELDS_MAX];
		uint32_t values[FIELDS_MAX];
		uint64_t rate;
	} cases[] = {
		{{302, 34}, {1, 100}, 100},
		{{302, 50}, {1, 200}, 200},
		{{302, 34, 50}, {1, 100, 200}, 200},
		{{302, 305, 306}, {1, 1, 999}, 1000},
		{{302, 305, 306}, {1, 5, 0}, 1}, /* none is skipped */
		{{302, 305}, {1, 512}, 512},
		{{302, 305}, {1, 1}, 0},
		{{302, 309, 310}, {1, 3, 10}, 3},
		{{302, 305, 309, 310}, {1, 7, 1, 2000}, 2000},
		{{302, 311}, {1, 0x3c23d70a}, 100}, /* 0.01 in 4 octets */
		{{302, 34}, {1, 0}, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		read4(false, 1, cases[i].ids, cases[i].values);
		ck_assert_msg(facts.rate == cases[i].rate, "case %zu: %lu", i,
			      (unsigned long)facts.rate);
	}
}
END_TEST

START_TEST(a_probability_of_eight_octets_or_of_another_length)
{
	static const uint16_t fields[][2] = {{302, 1}, {311, 8}, {311, 3}, {0, 0}};
	size_t set;

	template_put(false, 1, fields);
	set = set_begin(&b, 256);
	put8(&b, 1);
	put64(&b, UINT64_C(0x3fb999999999999a)); /* 0.1 */
	put_zeros(&b, 3);
	feed(set);
	ck_assert_uint_eq(facts.rate, 0); /* the last one told is none */
}
END_TEST

START_TEST(a_rate_reaches_as_far_as_its_scope)
{
	static const struct {
		bool netflow9;
		uint16_t ids[FIELDS_MAX];
		uint32_t values[FIELDS_MAX];
		enum option_reach reach;
		uint64_t key;
	} cases[] = {
		{false, {302, 34}, {7, 10}, REACH_SELECTOR, 7},
		{false, {48, 34}, {8, 10}, REACH_SELECTOR, 8},
		{false, {145, 34}, {300, 10}, REACH_TEMPLATE, 300},
		{false, {10, 34}, {3, 10}, REACH_INTERFACE, 3},
		{false, {14, 34}, {4, 10}, REACH_INTERFACE, 4},
		{false, {252, 34}, {5, 10}, REACH_INTERFACE, 5},
		{false, {149, 34}, {1, 10}, REACH_DOMAIN, 0},
		{false, {143, 34}, {6, 10}, REACH_DOMAIN, 6},
		{false, {10, 302, 34}, {3, 7, 10}, REACH_SELECTOR, 7},
		{false, {302, 302, 34}, {7, 9, 10}, REACH_SELECTOR, 7}, /* scope first */
		{true, {1, 34}, {1, 10}, REACH_DOMAIN, 0},
		{true, {2, 34}, {3, 10}, REACH_INTERFACE, 3},
		{true, {5, 34}, {300, 10}, REACH_TEMPLATE, 300},
		{true, {1, 48, 34}, {1, 2, 10}, REACH_SELECTOR, 2},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		read4(cases[i].netflow9, 1, cases[i].ids, cases[i].values);
		ck_assert_uint_eq(facts.rate, 10);
		ck_assert_msg(facts.reach == cases[i].reach && facts.reach_key == cases[i].key,
			      "case %zu: reach %d, key %lu", i, facts.reach,
			      (unsigned long)facts.reach_key);
	}
}
END_TEST

START_TEST(names_are_told_of_interfaces_vrfs_and_applications)
{
	static const uint16_t fields[][2] = {{10, 4}, {82, 65535}, {234, 4}, {236, 8},
					     {95, 4}, {96, 6},     {0, 0}};
	size_t set;

	template_put(false, 1, fields);
	set = set_begin(&b, 256);
	put32(&b, 3);
	put8(&b, 4);
	put_octets(&b, "eth0", 4);
	put32(&b, 9);
	put_octets(&b, "red     ", 8); /* padded with blanks */
	put32(&b, 0x0d000001);
	put_octets(&b, "dns\0xx", 6); /* with zeros, and rubbish behind */
	feed(set);
	ck_assert_uint_eq(facts.names[NAME_INTERFACE].id, 3);
	ck_assert_str_eq(names[NAME_INTERFACE], "eth0");
	ck_assert_uint_eq(facts.names[NAME_VRF].id, 9);
	ck_assert_str_eq(names[NAME_VRF], "red");
	ck_assert_uint_eq(facts.names[NAME_APPLICATION].id, 0x0d000001);
	ck_assert_str_eq(names[NAME_APPLICATION], "dns");
	ck_assert_uint_eq(facts.rate, 0);
}
END_TEST

START_TEST(a_description_serves_where_there_is_no_name)
{
	static const uint16_t fields[][2] = {{2, 4}, {82, 4}, {84, 2}, {83, 6}, {0, 0}};
	size_t set;

	template_put(true, 1, fields);
	set = set_begin(&b, 256);
	put32(&b, 3);
	put_zeros(&b, 4);
	put_octets(&b, "s1uplink", 8);
	feed(set);
	ck_assert_str_eq(names[NAME_INTERFACE], "uplink");
	ck_assert_uint_eq(facts.names[NAME_INTERFACE].id, 3);
}
END_TEST

START_TEST(a_name_without_a_key_or_a_key_without_a_name_is_nothing)
{
	static const uint16_t fields[][2] = {{149, 4}, {82, 4}, {234, 4}, {236, 2}, {0, 0}};
	size_t set;

	template_put(false, 1, fields);
	set = set_begin(&b, 256);
	put32(&b, 1);
	put_octets(&b, "eth0", 4);
	put32(&b, 9);
	put_zeros(&b, 2);
	feed(set);
	for (int i = 0; i < NAME_COUNT; i++)
		ck_assert(!facts.names[i].has);
}
END_TEST

START_TEST(a_boot_time_is_told_whatever_its_scope)
{
	static const uint16_t fields[][2] = {{144, 4}, {160, 8}, {0, 0}};
	size_t set;

	template_put(false, 1, fields);
	set = set_begin(&b, 256);
	put32(&b, 1);
	put64(&b, UINT64_C(1699999999000));
	feed(set);
	ck_assert_uint_eq(facts.boot_ms, UINT64_C(1699999999000));
}
END_TEST

START_TEST(values_of_odd_widths_and_of_vendors_tell_nothing)
{
	size_t set;

	ipfix_begin(&b, 5);
	set = set_begin(&b, 3);
	put16(&b, 256);
	put16(&b, 4);
	put16(&b, 1);
	put32(&b, 302u << 16 | 0);
	put32(&b, 34u << 16 | 9);
	put32(&b, 305u << 16 | 0);
	put16(&b, 0x8000 | 50);
	put16(&b, 4);
	put32(&b, 9);
	set_end(&b, set);
	set = set_begin(&b, 256);
	for (unsigned i = 0; i < 13; i++)
		put8(&b, 1);
	feed(set);
	ck_assert_uint_eq(facts.rate, 0);
	ck_assert_uint_eq(facts.reach, REACH_DOMAIN);
}
END_TEST

/* It goes into every flow that asks for it. */
START_TEST(a_name_is_cut_at_255_octets_and_that_is_counted)
{
	static const uint16_t fields[FIELDS_MAX][2] = {{10, 4}, {82, 300}};
	size_t set;

	template_put(false, 1, fields);
	set = set_begin(&b, 256);
	put32(&b, 7);
	for (unsigned i = 0; i < 300; i++)
		put8(&b, 'x');
	feed(set);
	ck_assert(facts.names[NAME_INTERFACE].has);
	ck_assert_uint_eq(facts.names[NAME_INTERFACE].name.len, 255);
	ck_assert_uint_eq(world.tally.notes[NOTE_NAME_CUT], 1);
}
END_TEST

SUITE(option)
{
	TCase *tc = suite_case(s, "facts");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, a_sampling_rate_is_told_in_each_of_its_forms);
	tcase_add_test(tc, a_probability_of_eight_octets_or_of_another_length);
	tcase_add_test(tc, a_rate_reaches_as_far_as_its_scope);
	tcase_add_test(tc, names_are_told_of_interfaces_vrfs_and_applications);
	tcase_add_test(tc, a_description_serves_where_there_is_no_name);
	tcase_add_test(tc, a_name_without_a_key_or_a_key_without_a_name_is_nothing);
	tcase_add_test(tc, a_name_is_cut_at_255_octets_and_that_is_counted);
	tcase_add_test(tc, a_boot_time_is_told_whatever_its_scope);
	tcase_add_test(tc, values_of_odd_widths_and_of_vendors_tell_nothing);
}
