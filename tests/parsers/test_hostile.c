/* Hostile input against NetFlow and IPFIX. Every case runs three ways: as given, with every prefix
 * of it, and behind a good template of the same exporter. After each the tally balances and the
 * next good datagram decodes as if nothing had happened. */
#include <stdlib.h>
#include <string.h>

#include "parsers/template.h"
#include "tests/parsers/world.h"
#include "tests/support/suite.h"

#define GOOD_ID    4000u
#define PREFIX_MAX 3000u /* longer cases are cut here and there only */

static struct world world;   /* as given: what a test looks at */
static struct world another; /* the other ways */
static struct build b;       /* the case */
static struct build good;

static const uint16_t good_fields[][2] = {{8, 4}, {12, 4}, {1, 8}, {2, 8}};

static void begin(void)
{
	world_init(&world);
	b.len = 0;
}

static void end(void)
{
	world_fini(&world);
}

static void good_build(uint16_t version)
{
	size_t set;

	if (version == 9)
		netflow9_begin(&good, 77);
	else
		ipfix_begin(&good, 77);
	put_template(&good, version == 9 ? 0 : 2, GOOD_ID, good_fields, 4);
	set = set_begin(&good, GOOD_ID);
	put32(&good, 0x0a000001);
	put32(&good, 0x0a000002);
	put64(&good, 1500);
	put64(&good, 1);
	set_end(&good, set);
	if (version != 9)
		ipfix_end(&good);
}

static void good_decodes(struct world *w, uint16_t version)
{
	size_t before = w->flows_n;

	good_build(version);
	ck_assert_int_eq(world_feed(w, good.octets, good.len), PARSE_OK);
	ck_assert_uint_eq(w->flows_n, before + 1);
	if (before < WORLD_FLOWS)
		ck_assert_uint_eq(w->flows[before].bytes, 1500);
	world_balances(w);
}

static void survive(void)
{
	size_t step = b.len > PREFIX_MAX ? b.len / 300 : 1;

	world_feed(&world, b.octets, b.len);
	world_balances(&world);
	for (size_t len = 0; len < b.len; len += step) {
		world_init(&another);
		world_feed(&another, b.octets, len);
		world_balances(&another);
		world_fini(&another);
	}
	world_init(&another);
	good_decodes(&another, 9);
	good_decodes(&another, 10);
	world_feed(&another, b.octets, b.len);
	good_decodes(&another, 10);
	good_decodes(&another, 9);
	world_fini(&another);
}

/* A message of one Set whose content is written by hand. */
static size_t message_set(uint16_t version, unsigned id)
{
	if (version == 9)
		netflow9_begin(&b, 77);
	else
		ipfix_begin(&b, 77);
	return set_begin(&b, id);
}

static void message_end(size_t set)
{
	set_end(&b, set);
	if (b.octets[1] == 10)
		ipfix_end(&b);
}

/* Loop tests run with v9 and IPFIX. */
static uint16_t version_of(int i)
{
	return i ? 10 : 9;
}

static unsigned template_set(uint16_t version, bool options)
{
	return (version == 9 ? 0u : 2u) + options;
}

static void put_field(unsigned id, unsigned len)
{
	put16(&b, id);
	put16(&b, len);
}

/* --- loops that need not end ------------------------------------------------------------------ */

START_TEST(h01_a_set_length_below_its_header_stops_the_message)
{
	static const uint16_t fields[][2] = {{1, 4}};

	if (_i < 4) {
		netflow9_begin(&b, 77);
		put_template(&b, 0, 256, fields, 1);
	} else {
		ipfix_begin(&b, 77);
		put_template(&b, 2, 256, fields, 1);
	}
	put16(&b, 256);
	put16(&b, (unsigned)_i % 4);
	put32(&b, 5);
	if (_i >= 4)
		ipfix_end(&b);
	survive();
	ck_assert_uint_eq(world.tally.templates[TMPL_NEW], 1);
	ck_assert_uint_eq(world.tally.sets_skipped[PARSE_BAD_LENGTH], 1);
}
END_TEST

START_TEST(h02_thousands_of_empty_sets_are_skipped)
{
	ipfix_begin(&b, 77);
	for (int i = 0; i < 16000; i++)
		set_end(&b, set_begin(&b, 256));
	ipfix_end(&b);
	survive();
	ck_assert_uint_eq(world.tally.sets_received, 16000);
	ck_assert_uint_eq(world.tally.sets_missed, 16000);
}
END_TEST

START_TEST(h03_a_template_of_zero_length_fields_is_refused)
{
	uint16_t version = version_of(_i);
	size_t set = message_set(version, template_set(version, false));

	put16(&b, 256);
	put16(&b, 3);
	for (int i = 0; i < 3; i++)
		put_field(1, 0);
	set_end(&b, set);
	set = set_begin(&b, 256);
	put32(&b, 1);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.tally.templates_refused[PARSE_TMPL_EMPTY], 1);
	ck_assert_uint_eq(world.tally.sets_missed, 1);
}
END_TEST

START_TEST(h04_a_withdrawal_of_a_live_template_is_ignored)
{
	size_t set;

	good_build(10);
	world_feed(&world, good.octets, good.len);
	set = message_set(10, 2);
	put16(&b, GOOD_ID);
	put16(&b, 0);
	set_end(&b, set);
	set = set_begin(&b, GOOD_ID);
	put_zeros(&b, 24);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.tally.notes[NOTE_WITHDRAWAL], 1);
	ck_assert_uint_eq(world.flows_n, 2);
}
END_TEST

START_TEST(h05_withdraw_all_is_ignored)
{
	size_t set = message_set(10, (unsigned)_i);

	put16(&b, (unsigned)_i);
	put16(&b, 0);
	put16(&b, 300); /* one never seen */
	put16(&b, 0);
	set_end(&b, set);
	set = set_begin(&b, 300);
	put32(&b, 1);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.tally.notes[NOTE_WITHDRAWAL], 2);
	ck_assert_uint_eq(world.tally.sets_missed, 1);
	ck_assert_uint_eq(world.templates_n, 0);
}
END_TEST

START_TEST(h06_a_v9_template_without_fields_before_a_real_one)
{
	size_t set = message_set(9, 0);

	put16(&b, 256);
	put16(&b, 0);
	put16(&b, 257);
	put16(&b, 1);
	put_field(1, 4);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.tally.templates_refused[PARSE_TMPL_EMPTY], 1);
	ck_assert_uint_eq(world.templates_n, 1);
}
END_TEST

START_TEST(h07_an_options_template_of_nothing_is_refused)
{
	size_t set = message_set(9, 1);

	put16(&b, 256);
	put16(&b, 0);
	put16(&b, 0);
	set_end(&b, set);
	set = set_begin(&b, 256);
	put32(&b, 1);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.tally.templates_refused[PARSE_TMPL_EMPTY], 1);
	ck_assert_uint_eq(world.templates_n, 0);
}
END_TEST

START_TEST(h08_an_options_template_of_one_empty_scope_is_refused)
{
	uint16_t version = version_of(_i);
	size_t set = message_set(version, template_set(version, true));

	put16(&b, 256);
	put16(&b, version == 9 ? 4 : 1);
	put16(&b, version == 9 ? 0 : 1);
	put_field(1, 0);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.tally.templates_refused[PARSE_TMPL_EMPTY], 1);
}
END_TEST

START_TEST(h09_one_variable_length_field_and_nothing_but_zeros)
{
	size_t set = message_set(10, 2);

	put16(&b, 256);
	put16(&b, 1);
	put_field(82, 65535);
	set_end(&b, set);
	set = set_begin(&b, 256);
	put_zeros(&b, 100); /* records of one octet, until the rest may be padding */
	message_end(set);
	survive();
	ck_assert_uint_eq(world.flows_n, 93);
}
END_TEST

START_TEST(h10_a_jumbo_set_of_one_octet_records)
{
	size_t set = message_set(10, 2);

	put16(&b, 256);
	put16(&b, 1);
	put_field(4, 1);
	set_end(&b, set);
	set = set_begin(&b, 256);
	put_zeros(&b, 65000);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.flows_n, 65000);
}
END_TEST

START_TEST(h11_thousands_of_templates_in_one_set)
{
	uint16_t version = version_of(_i);
	size_t set = message_set(version, template_set(version, false));

	for (unsigned i = 0; i < 8000; i++) {
		put16(&b, 256 + i);
		put16(&b, 1);
		put_field(1, 4);
	}
	message_end(set);
	survive();
	ck_assert_uint_eq(world.tally.templates[TMPL_NEW], WORLD_TEMPLATES);
	ck_assert_uint_eq(world.tally.templates_refused[PARSE_TMPL_LIMIT], 8000 - WORLD_TEMPLATES);
}
END_TEST

START_TEST(h11_thousands_of_templates_without_fields)
{
	uint16_t version = version_of(_i);
	size_t set = message_set(version, template_set(version, false));

	for (unsigned i = 0; i < 16000; i++) {
		put16(&b, 256 + i);
		put16(&b, 0);
	}
	message_end(set);
	survive();
	ck_assert_uint_eq(world.templates_n, 0);
}
END_TEST

START_TEST(h11_fields_of_no_octets_do_not_multiply_the_work)
{
	uint16_t version = version_of(_i);
	size_t set = message_set(version, template_set(version, false));

	for (unsigned id = 256; id < 258; id++) { /* as many as may be, and one more */
		unsigned empty = TMPL_EMPTY_FIELDS_MAX + 4 + (id - 256);

		put16(&b, id);
		put16(&b, empty + 1);
		put_field(4, 1);
		for (unsigned i = 0; i < empty; i++)
			put_field(1, 0);
	}
	message_end(set);
	survive();
	ck_assert_uint_eq(world.templates_n, 1);
	ck_assert_uint_eq(world.tally.templates_refused[PARSE_TMPL_LENGTH], 1);
}
END_TEST

/* --- reading beyond the end ------------------------------------------------------------------- */

START_TEST(h20_shorter_than_the_header)
{
	static const struct {
		uint16_t version, header;
	} headers[] = {{5, 24}, {7, 24}, {9, 20}, {10, 16}};
	uint16_t version = headers[_i].version;

	for (size_t len = 2; len < headers[_i].header; len++) {
		b.len = 0;
		put16(&b, version);
		put_zeros(&b, len - 2);
		ck_assert_int_eq(world_feed(&world, b.octets, b.len), PARSE_TRUNCATED);
	}
	world_balances(&world);
	ck_assert_uint_eq(world.tally.sets_received, 0);
}
END_TEST

START_TEST(h20_too_short_to_have_a_version)
{
	put_zeros(&b, 4);
	for (size_t len = 0; len < 4; len++)
		ck_assert_int_eq(world_feed(&world, b.octets, len), PARSE_TRUNCATED);
	ck_assert_int_eq(world_feed(&world, b.octets, 4), PARSE_BAD_VERSION);
}
END_TEST

START_TEST(h22_an_ipfix_length_that_is_not_the_datagrams)
{
	ipfix_begin(&b, 77);
	put32(&b, 0);
	b.octets[2] = 0xff;
	b.octets[3] = 0xff;
	survive();
	ck_assert_uint_eq(world.tally.notes[NOTE_LENGTH_MISMATCH], 1);
}
END_TEST

START_TEST(h23_a_set_longer_than_its_message)
{
	uint16_t version = version_of(_i);
	size_t set = message_set(version, template_set(version, false));

	put16(&b, 256);
	put16(&b, 1);
	put_field(1, 4);
	set_end(&b, set);
	put16(&b, 256);
	put16(&b, 65535);
	put_zeros(&b, 40);
	if (version == 10)
		ipfix_end(&b);
	survive();
	ck_assert_uint_eq(world.templates_n, 1);
	ck_assert_uint_eq(world.flows_n, 0);
	ck_assert_uint_eq(world.tally.sets_skipped[PARSE_BAD_LENGTH], 1);
}
END_TEST

START_TEST(h24_a_template_cut_anywhere_is_refused)
{
	size_t set = message_set(10, 2);
	size_t whole;

	put16(&b, 256);
	put16(&b, 2);
	put_field(1, 4);
	put_field(0x8001, 4);
	put32(&b, 29305);
	whole = b.len;
	for (size_t len = set + 4 + 4; len < whole; len++) {
		b.len = len;
		message_end(set);
		world_feed(&world, b.octets, b.len);
	}
	world_balances(&world);
	ck_assert_uint_eq(world.templates_n, 0);
	ck_assert_uint_eq(world.tally.templates_refused[PARSE_TMPL_CUT], 12);
}
END_TEST

START_TEST(h25_a_field_count_of_65535_in_forty_octets)
{
	uint16_t version = version_of(_i);
	size_t set = message_set(version, template_set(version, false));

	put16(&b, 256);
	put16(&b, 65535);
	for (int i = 0; i < 9; i++)
		put_field(1, 4);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.templates_n, 0);
	ck_assert_uint_eq(world.tally.sets_skipped[PARSE_BAD_TEMPLATE], 1);
}
END_TEST

START_TEST(h26_v9_scope_lengths_that_lie)
{
	static const uint16_t lies[][2] = {{3, 4},      {4, 3},           {0xfffc, 4},
					   {4, 0xfffc}, {0xfffc, 0xfffc}, {0x8000, 0x8000}};
	size_t set = message_set(9, 1);

	put16(&b, 256);
	put16(&b, lies[_i][0]);
	put16(&b, lies[_i][1]);
	put_field(1, 4);
	put_field(34, 4);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.templates_n, 0);
	ck_assert_uint_eq(world.tally.templates_refused[PARSE_TMPL_SCOPE], 1);
}
END_TEST

START_TEST(h27_ipfix_scope_counts_that_lie)
{
	static const uint16_t lies[][2] = {{1, 2}, {65535, 65535}, {2, 65535}};
	size_t set = message_set(10, 3);

	put16(&b, 256);
	put16(&b, lies[_i][0]);
	put16(&b, lies[_i][1]);
	put_field(149, 4);
	put_field(34, 4);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.templates_n, 0);
	ck_assert_uint_eq(world.tally.sets_skipped[PARSE_BAD_TEMPLATE], 1);
}
END_TEST

START_TEST(h28_an_options_template_of_900_enterprise_fields)
{
	size_t set = message_set(10, 3);

	put16(&b, 256);
	put16(&b, 900);
	put16(&b, 1);
	for (unsigned i = 0; i < 900; i++) {
		put_field(0x8000 | i, 1);
		put32(&b, 9);
	}
	set_end(&b, set);
	set = set_begin(&b, 256);
	put_zeros(&b, 900);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.templates_n, 1);
	ck_assert_uint_eq(world.options_n, 1);
}
END_TEST

START_TEST(h28_a_template_of_as_many_fields_as_a_datagram_holds)
{
	size_t set = message_set(10, 2);

	put16(&b, 256);
	put16(&b, 16000);
	for (unsigned i = 0; i < 16000; i++)
		put_field(1 + i % 500, 1);
	message_end(set);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.templates_n, 1);
	set = message_set(10, 256);
	put_zeros(&b, 32000);
	message_end(set);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.flows_n, 2);
	world_balances(&world);
}
END_TEST

START_TEST(h29_forty_enterprise_fields_with_the_same_low_bits)
{
	size_t set = message_set(10, 2);

	put16(&b, 256);
	put16(&b, 40);
	for (unsigned i = 0; i < 40; i++) {
		put_field(0x8001, 4);
		put32(&b, i << 16);
	}
	set_end(&b, set);
	set = set_begin(&b, 256);
	put_zeros(&b, 160);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.flows_n, 1);
}
END_TEST

START_TEST(h30_a_record_one_octet_short)
{
	good_build(10);
	world_feed(&world, good.octets, good.len);
	for (size_t len = 0; len < 24; len++) {
		size_t set = message_set(10, GOOD_ID);

		for (size_t i = 0; i < len; i++)
			put8(&b, 0xff);
		message_end(set);
		world_feed(&world, b.octets, b.len);
	}
	ck_assert_uint_eq(world.flows_n, 1);
	ck_assert_uint_eq(world.tally.notes[NOTE_DIRTY_PADDING], 23);
}
END_TEST

START_TEST(h31_variable_lengths_that_lie)
{
	static const uint8_t tails[][4] = {
		{1, 255, 0, 0}, {2, 255, 0, 0}, {1, 1, 0, 0}, {1, 254, 0, 0}, {3, 255, 0xff, 0xff}};
	size_t set = message_set(10, 2);

	put16(&b, 256);
	put16(&b, 2);
	put_field(1, 1);
	put_field(82, 65535);
	set_end(&b, set);
	set = set_begin(&b, 256);
	put8(&b, 9);
	put8(&b, 0);
	put8(&b, 9);
	put_octets(&b, tails[_i] + 1, tails[_i][0]);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.flows_n, 1);
	ck_assert_uint_eq(world.tally.sets_skipped[PARSE_BAD_RECORD], 1);
}
END_TEST

START_TEST(h32_sixty_variable_length_fields_move_each_offset)
{
	size_t set = message_set(10, 2);

	put16(&b, 256);
	put16(&b, 61);
	for (unsigned i = 0; i < 60; i++)
		put_field(460 + i % 5, 65535);
	put_field(1, 4);
	set_end(&b, set);
	set = set_begin(&b, 256);
	for (unsigned r = 0; r < 3; r++) {
		for (unsigned i = 0; i < 60; i++) {
			put8(&b, (i + r) % 4);
			put_zeros(&b, (i + r) % 4);
		}
		put32(&b, 1000 + r);
	}
	message_end(set);
	survive();
	ck_assert_uint_eq(world.flows_n, 3);
	ck_assert_uint_eq(world.flows[2].bytes, 1002);
}
END_TEST

START_TEST(h34_names_of_all_lengths)
{
	size_t set = message_set(10, 2);

	put16(&b, 256);
	put16(&b, 1);
	put_field(96, 65535);
	set_end(&b, set);
	set = set_begin(&b, 256);
	put8(&b, 0);
	put8(&b, 5);
	put_octets(&b, "ab\0cd", 5);
	put8(&b, 255);
	put16(&b, 60000);
	for (unsigned i = 0; i < 60000; i++)
		put8(&b, 'x');
	message_end(set);
	survive();
	ck_assert_uint_eq(world.flows_n, 3);
	ck_assert(!flow_has(&world.flows[0], FLOW_APPLICATION_NAME));
	ck_assert_uint_eq(world.flows[1].application_name.len, 2);
	ck_assert_uint_eq(world.flows[2].application_name.len, 60000);
}
END_TEST

/* --- numbers ---------------------------------------------------------------------------------- */

START_TEST(h42_records_that_no_set_can_hold)
{
	static const uint16_t sums[][2] = {{65531, 1}, {65534, 2}, {65534, 6}, {65534, 65534}};
	uint16_t version = version_of(_i % 2);
	size_t set = message_set(version, template_set(version, false));

	put16(&b, 256);
	put16(&b, 2);
	put_field(210, sums[_i / 2][0]);
	put_field(210, sums[_i / 2][1]);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.templates_n, 0);
	ck_assert_uint_eq(world.tally.templates_refused[PARSE_TMPL_LENGTH], 1);
}
END_TEST

START_TEST(h44_known_elements_of_odd_lengths)
{
	static const uint8_t lengths[] = {1, 2, 3, 5, 6, 7, 8, 9, 16, 255};
	uint8_t len = lengths[_i];
	size_t set = message_set(10, 2);

	put16(&b, 256);
	put16(&b, 2);
	put_field(1, len);
	put_field(2, 4);
	set_end(&b, set);
	set = set_begin(&b, 256);
	put_zeros(&b, len - 1u);
	put8(&b, 200);
	put32(&b, 3);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.flows_n, 1);
	ck_assert_uint_eq(world.flows[0].packets, 3);
	ck_assert_int_eq(flow_has(&world.flows[0], FLOW_BYTES), len <= 8);
	if (len <= 8)
		ck_assert_uint_eq(world.flows[0].bytes, 200);
}
END_TEST

START_TEST(h45_addresses_of_odd_lengths_are_carried)
{
	static const uint8_t lengths[] = {0, 3, 5, 15, 17};
	size_t set = message_set(10, 2);

	put16(&b, 256);
	put16(&b, 3);
	put_field(8, lengths[_i]);
	put_field(28, lengths[_i]);
	put_field(2, 4);
	set_end(&b, set);
	set = set_begin(&b, 256);
	put_zeros(&b, 2u * lengths[_i]);
	put32(&b, 3);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.flows_n, 1);
	ck_assert(!flow_has(&world.flows[0], FLOW_SRC_ADDR));
	ck_assert(!flow_has(&world.flows[0], FLOW_DST_ADDR));
	ck_assert_uint_eq(world.flows[0].packets, 3);
}
END_TEST

START_TEST(h46_values_that_do_not_fit_are_carried_and_counted)
{
	size_t set = message_set(10, 2);

	put16(&b, 256);
	put16(&b, 3);
	put_field(4, 4);
	put_field(7, 4);
	put_field(56, 8);
	set_end(&b, set);
	set = set_begin(&b, 256);
	put32(&b, 256 + 6);
	put32(&b, 70000);
	put64(&b, 1);
	message_end(set);
	survive();
	ck_assert(!flow_has(&world.flows[0], FLOW_PROTO));
	ck_assert(!flow_has(&world.flows[0], FLOW_SRC_PORT));
	ck_assert(!flow_has(&world.flows[0], FLOW_SRC_MAC));
	ck_assert_uint_eq(world.tally.notes[NOTE_VALUE_MISFIT], 2);
}
END_TEST

START_TEST(h47_enterprise_numbers_keep_all_their_bits)
{
	static const uint32_t pens[] = {65536, 0x10000000, 0xffffffff, 0};
	size_t set = message_set(10, 2);

	put16(&b, 256);
	put16(&b, 1);
	put_field(0x8008, 4);
	put32(&b, pens[_i]);
	set_end(&b, set);
	set = set_begin(&b, 256);
	put32(&b, 0x0a000001);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.flows_n, 1);
	ck_assert(!flow_has(&world.flows[0], FLOW_SRC_ADDR));
}
END_TEST

/* Sampling values of a record, all eight octets wide: n, N, i, s, 50, 34 and 311. */
static uint64_t rate_of(const uint64_t v[7])
{
	static const uint16_t ids[7] = {309, 310, 305, 306, 50, 34, 311};
	size_t set = message_set(10, 2);
	struct flow *f = &world.flows[0];

	put16(&b, 256);
	put16(&b, 7);
	for (int i = 0; i < 7; i++)
		put_field(ids[i], 8);
	set_end(&b, set);
	set = set_begin(&b, 256);
	for (int i = 0; i < 7; i++)
		put64(&b, v[i]);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.flows_n, 1);
	return flow_has(f, FLOW_SAMPLING_RATE) ? f->sampling_rate : 0;
}

START_TEST(h49_sampling_values_that_divide_by_zero_or_wrap)
{
	static const struct {
		uint64_t v[7];
		uint64_t rate;
	} cases[] = {
		{{0, 0, 0, 0, 0, 0, 0}, 0},
		{{0, 5, 0, 0, 0, 0, 0}, 0},
		{{1, 1000, 1, 0, 0, 0, 0}, 1000},
		{{3, 10, 0, 0, 0, 0, 0}, 3},
		{{1, UINT64_MAX, 0, 0, 0, 0, 0}, UINT64_MAX},
		{{0, 0, 1, 9, 0, 0, 0}, 10},
		{{0, 0, UINT32_MAX, UINT32_MAX, 0, 0, 0}, 2},
		{{0, 0, UINT64_MAX, UINT64_MAX, 0, 0, 0}, UINT64_MAX},
		{{0, 0, 512, 0, 0, 0, 0}, 1}, /* none are skipped */
		{{0, 0, 1, 0, 0, 0, 0}, 1},
		{{0, 0, 0, 0, 7, 9, 0}, 7},
		{{0, 0, 0, 0, 0, 9, 0}, 9},
		{{0, 0, 0, 0, 0, 0, UINT64_C(0x3fb999999999999a)}, 10}, /* 0.1 */
		{{0, 0, 0, 0, 0, 0, UINT64_C(0x7ff8000000000000)}, 0},  /* NaN */
		{{0, 0, 0, 0, 0, 0, UINT64_C(0x7ff0000000000000)}, 0},  /* infinity */
		{{0, 0, 0, 0, 0, 0, UINT64_C(0xbfb999999999999a)}, 0},  /* -0.1 */
		{{0, 0, 0, 0, 0, 0, UINT64_C(0x01a56e1fc2f8f359)}, 0},  /* 1e-300 */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		world_fini(&world);
		begin();
		ck_assert_msg(rate_of(cases[i].v) == cases[i].rate, "case %zu", i);
	}
}
END_TEST

START_TEST(h51_counters_are_exact_to_the_last_digit)
{
	size_t set = message_set(10, 2);

	put16(&b, 256);
	put16(&b, 1);
	put_field(1, 8);
	set_end(&b, set);
	set = set_begin(&b, 256);
	put64(&b, UINT64_MAX);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.flows[0].bytes, UINT64_MAX);
}
END_TEST

START_TEST(h52_prefix_lengths_that_no_address_has)
{
	static const uint8_t lengths[] = {33, 129, 255};
	size_t set = message_set(9, 0);

	put16(&b, 256);
	put16(&b, 3);
	put_field(8, 4);
	put_field(9, 1);
	put_field(13, 1);
	set_end(&b, set);
	set = set_begin(&b, 256);
	put32(&b, 0x0a000001);
	put8(&b, lengths[_i]);
	put8(&b, 32);
	message_end(set);
	survive();
	ck_assert(!flow_has(&world.flows[0], FLOW_SRC_NET));
	ck_assert_uint_eq(world.flows[0].dst_net, 32);
	ck_assert_uint_eq(world.tally.notes[NOTE_VALUE_MISFIT], 1);
}
END_TEST

START_TEST(h54_interfaces_and_as_numbers_are_exact)
{
	size_t set = message_set(9, 0);

	put16(&b, 256);
	put16(&b, 2);
	put_field(10, 4);
	put_field(16, 4);
	set_end(&b, set);
	set = set_begin(&b, 256);
	put32(&b, 0xffffffff);
	put32(&b, 0xffffffff);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.flows[0].in_if, 0xffffffff);
	ck_assert_uint_eq(world.flows[0].src_as, 0xffffffff);
}
END_TEST

/* --- life ------------------------------------------------------------------------------------- */

START_TEST(h55_data_and_options_templates_replace_each_other)
{
	size_t set = message_set(10, 2);

	put16(&b, 256);
	put16(&b, 1);
	put_field(1, 4);
	set_end(&b, set);
	set = set_begin(&b, 3);
	put16(&b, 256);
	put16(&b, 1);
	put16(&b, 1);
	put_field(149, 4);
	set_end(&b, set);
	set = set_begin(&b, 256);
	put32(&b, 1);
	set_end(&b, set);
	set = set_begin(&b, 2);
	put16(&b, 256);
	put16(&b, 1);
	put_field(1, 4);
	set_end(&b, set);
	set = set_begin(&b, 256);
	put32(&b, 2);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.options_n, 1);
	ck_assert_uint_eq(world.flows_n, 1);
}
END_TEST

START_TEST(h57_a_malformed_redefinition_leaves_the_live_template)
{
	static const struct {
		uint16_t count, len;
	} bad[] = {{2, 4}, {1, 0}, {65535, 4}, {2, 65534}};
	size_t set;

	good_build(10);
	world_feed(&world, good.octets, good.len);
	set = message_set(10, 2);
	put16(&b, GOOD_ID);
	put16(&b, bad[_i].count);
	put_field(1, bad[_i].len);
	if (bad[_i].len == 65534)
		put_field(1, bad[_i].len);
	set_end(&b, set);
	set = set_begin(&b, GOOD_ID);
	put_zeros(&b, 24);
	message_end(set);
	survive();
	ck_assert_uint_eq(world.flows_n, 2);
}
END_TEST

START_TEST(h59_one_id_in_two_versions_and_two_domains_is_four_templates)
{
	for (uint32_t domain = 1; domain <= 2; domain++) {
		netflow9_begin(&b, domain);
		put_template(&b, 0, 256, good_fields, domain);
		world_feed(&world, b.octets, b.len);
		ipfix_begin(&b, domain);
		put_template(&b, 2, 256, good_fields, domain + 2);
		ipfix_end(&b);
		world_feed(&world, b.octets, b.len);
	}
	ck_assert_uint_eq(world.templates_n, 4);
	ck_assert_uint_eq(world.tally.templates[TMPL_NEW], 4);
}
END_TEST

SUITE(hostile)
{
	TCase *tc = suite_case(s, "NetFlow and IPFIX");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_loop_test(tc, h01_a_set_length_below_its_header_stops_the_message, 0, 8);
	tcase_add_test(tc, h02_thousands_of_empty_sets_are_skipped);
	tcase_add_loop_test(tc, h03_a_template_of_zero_length_fields_is_refused, 0, 2);
	tcase_add_test(tc, h04_a_withdrawal_of_a_live_template_is_ignored);
	tcase_add_loop_test(tc, h05_withdraw_all_is_ignored, 2, 4);
	tcase_add_test(tc, h06_a_v9_template_without_fields_before_a_real_one);
	tcase_add_test(tc, h07_an_options_template_of_nothing_is_refused);
	tcase_add_loop_test(tc, h08_an_options_template_of_one_empty_scope_is_refused, 0, 2);
	tcase_add_test(tc, h09_one_variable_length_field_and_nothing_but_zeros);
	tcase_add_test(tc, h10_a_jumbo_set_of_one_octet_records);
	tcase_add_loop_test(tc, h11_thousands_of_templates_in_one_set, 0, 2);
	tcase_add_loop_test(tc, h11_thousands_of_templates_without_fields, 0, 2);
	tcase_add_loop_test(tc, h11_fields_of_no_octets_do_not_multiply_the_work, 0, 2);
	tcase_add_loop_test(tc, h20_shorter_than_the_header, 0, 4);
	tcase_add_test(tc, h20_too_short_to_have_a_version);
	tcase_add_test(tc, h22_an_ipfix_length_that_is_not_the_datagrams);
	tcase_add_loop_test(tc, h23_a_set_longer_than_its_message, 0, 2);
	tcase_add_test(tc, h24_a_template_cut_anywhere_is_refused);
	tcase_add_loop_test(tc, h25_a_field_count_of_65535_in_forty_octets, 0, 2);
	tcase_add_loop_test(tc, h26_v9_scope_lengths_that_lie, 0, 6);
	tcase_add_loop_test(tc, h27_ipfix_scope_counts_that_lie, 0, 3);
	tcase_add_test(tc, h28_an_options_template_of_900_enterprise_fields);
	tcase_add_test(tc, h28_a_template_of_as_many_fields_as_a_datagram_holds);
	tcase_add_test(tc, h29_forty_enterprise_fields_with_the_same_low_bits);
	tcase_add_test(tc, h30_a_record_one_octet_short);
	tcase_add_loop_test(tc, h31_variable_lengths_that_lie, 0, 5);
	tcase_add_test(tc, h32_sixty_variable_length_fields_move_each_offset);
	tcase_add_test(tc, h34_names_of_all_lengths);
	tcase_add_loop_test(tc, h42_records_that_no_set_can_hold, 0, 8);
	tcase_add_loop_test(tc, h44_known_elements_of_odd_lengths, 0, 10);
	tcase_add_loop_test(tc, h45_addresses_of_odd_lengths_are_carried, 0, 5);
	tcase_add_test(tc, h46_values_that_do_not_fit_are_carried_and_counted);
	tcase_add_loop_test(tc, h47_enterprise_numbers_keep_all_their_bits, 0, 4);
	tcase_add_test(tc, h49_sampling_values_that_divide_by_zero_or_wrap);
	tcase_add_test(tc, h51_counters_are_exact_to_the_last_digit);
	tcase_add_loop_test(tc, h52_prefix_lengths_that_no_address_has, 0, 3);
	tcase_add_test(tc, h54_interfaces_and_as_numbers_are_exact);
	tcase_add_test(tc, h55_data_and_options_templates_replace_each_other);
	tcase_add_loop_test(tc, h57_a_malformed_redefinition_leaves_the_live_template, 0, 4);
	tcase_add_test(tc, h59_one_id_in_two_versions_and_two_domains_is_four_templates);
}
