#include "parsers/ipfix.h"

#include "parsers/template.h"
#include "tests/parsers/world.h"
#include "tests/support/suite.h"

static struct world world;
static struct build b;

static void begin(void)
{
	world_init(&world);
}

static void end(void)
{
	world_balances(&world);
	world_fini(&world);
}

static const uint16_t basic[][2] = {{27, 16}, {28, 16}, {7, 2},   {11, 2},
				    {4, 1},   {1, 3},   {152, 8}, {153, 8}};
#define BASIC_N (sizeof(basic) / sizeof(basic[0]))

static void put_basic(uint32_t octets)
{
	for (unsigned i = 0; i < 32; i++)
		put8(&b, 0x20 + i);
	put16(&b, 1234);
	put16(&b, 53);
	put8(&b, 6);
	put8(&b, octets >> 16);
	put16(&b, octets & 0xffff);
	put64(&b, UINT64_C(1699999990123));
	put64(&b, UINT64_C(1699999999456));
}

static void build_basic(void)
{
	size_t set;

	ipfix_begin(&b, 0);
	put_template(&b, 2, 999, basic, BASIC_N);
	set = set_begin(&b, 999);
	put_basic(70000);
	put_basic(5);
	set_end(&b, set);
	ipfix_end(&b);
}

START_TEST(learns_and_decodes_in_one_message)
{
	const struct flow *f = &world.flows[0];

	build_basic();
	ck_assert_int_eq(world_feed(&world, b.octets, b.len), PARSE_OK);
	ck_assert_uint_eq(world.flows_n, 2);
	ck_assert_uint_eq(f->bytes, 70000); /* three octets on the wire */
	ck_assert_uint_eq(f->src_addr.len, 16);
	ck_assert_uint_eq(f->etype, 0x86dd);
	ck_assert_uint_eq(f->time_flow_start_ns, UINT64_C(1699999990123000000));
	ck_assert_uint_eq(f->time_flow_end_ns, UINT64_C(1699999999456000000));
	ck_assert_uint_eq(f->time_source, TIME_MILLISECONDS);
}
END_TEST

START_TEST(every_prefix_is_survived)
{
	build_basic();
	ck_assert_uint_lt((size_t)_i, b.len);
	ck_assert_int_eq(world_feed(&world, b.octets, (size_t)_i),
			 _i < 16 ? PARSE_TRUNCATED : PARSE_OK);
	if (_i >= 16)
		ck_assert_uint_eq(world.tally.notes[NOTE_LENGTH_MISMATCH], 1);
}
END_TEST

START_TEST(a_length_below_the_header_is_refused)
{
	build_basic();
	b.octets[2] = 0;
	b.octets[3] = (uint8_t)_i;
	ck_assert_int_eq(world_feed(&world, b.octets, b.len), PARSE_BAD_LENGTH);
	ck_assert_uint_eq(world.templates_n, 0);
}
END_TEST

START_TEST(octets_behind_the_message_are_not_read)
{
	build_basic();
	put_template(&b, 2, 300, basic, BASIC_N);
	ck_assert_int_eq(world_feed(&world, b.octets, b.len), PARSE_OK);
	ck_assert_uint_eq(world.templates_n, 1);
	ck_assert_uint_eq(world.tally.notes[NOTE_LENGTH_MISMATCH], 1);
}
END_TEST

START_TEST(a_length_one_octet_beyond_the_datagram_costs_nothing)
{
	build_basic();
	b.octets[3]++;
	ck_assert_int_eq(world_feed(&world, b.octets, b.len), PARSE_OK);
	ck_assert_uint_eq(world.flows_n, 2);
	ck_assert_uint_eq(world.tally.notes[NOTE_LENGTH_MISMATCH], 1);
}
END_TEST

START_TEST(a_set_one_octet_beyond_the_message_is_refused)
{
	build_basic();
	b.octets[16 + 4 + 4 + 4 * BASIC_N + 3]++;
	ck_assert_int_eq(world_feed(&world, b.octets, b.len), PARSE_OK);
	ck_assert_uint_eq(world.tally.sets_skipped[PARSE_BAD_LENGTH], 1);
	ck_assert_uint_eq(world.tally.sets_decoded, 1);
	ck_assert_uint_eq(world.flows_n, 0);
}
END_TEST

START_TEST(three_octets_behind_a_template_are_padding_and_their_dirt_is_noted)
{
	size_t set;

	ipfix_begin(&b, 0);
	set = set_begin(&b, 2);
	put16(&b, 256);
	put16(&b, 1);
	put32(&b, 1u << 16 | 4);
	put16(&b, 257);
	put8(&b, 1);
	set_end(&b, set);
	ipfix_end(&b);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.tally.sets_decoded, 1);
	ck_assert_uint_eq(world.tally.notes[NOTE_DIRTY_PADDING], 1);
}
END_TEST

START_TEST(enterprise_elements_are_stepped_over)
{
	size_t set;

	ipfix_begin(&b, 0);
	set = set_begin(&b, 2);
	put16(&b, 256);
	put16(&b, 3);
	put16(&b, 0x8008); /* not sourceIPv4Address: PEN 65536 keeps all its bits */
	put16(&b, 4);
	put32(&b, 65536);
	put16(&b, 0x8001); /* reverse octetDeltaCount: RFC 5103 */
	put16(&b, 8);
	put32(&b, 29305);
	put16(&b, 1);
	put16(&b, 8);
	set_end(&b, set);
	set = set_begin(&b, 256);
	put32(&b, 0xffffffff);
	put64(&b, 11);
	put64(&b, 22);
	set_end(&b, set);
	ipfix_end(&b);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.flows_n, 1);
	ck_assert(!flow_has(&world.flows[0], FLOW_SRC_ADDR));
	ck_assert_uint_eq(world.flows[0].bytes, 22);
	ck_assert_uint_eq(world.flows[0].bytes_in, 11);
	ck_assert_uint_eq(world.flows[0].bytes_out, 22);
}
END_TEST

START_TEST(several_templates_in_one_set_are_all_read)
{
	size_t set;

	ipfix_begin(&b, 0);
	set = set_begin(&b, 2);
	for (unsigned id = 256; id < 266; id++) {
		put16(&b, id);
		put16(&b, 1);
		put16(&b, 1);
		put16(&b, 4);
	}
	put_zeros(&b, 3);
	set_end(&b, set);
	ipfix_end(&b);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.templates_n, 10);
	ck_assert_uint_eq(world.tally.sets_decoded, 1);
}
END_TEST

START_TEST(withdrawals_are_counted_and_ignored)
{
	size_t set;

	build_basic();
	world_feed(&world, b.octets, b.len);
	ipfix_begin(&b, 0);
	set = set_begin(&b, 2);
	put16(&b, 999); /* this one */
	put16(&b, 0);
	put16(&b, 2); /* all */
	put16(&b, 0);
	set_end(&b, set);
	set = set_begin(&b, 999);
	put_basic(1);
	set_end(&b, set);
	ipfix_end(&b);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.tally.notes[NOTE_WITHDRAWAL], 2);
	ck_assert_uint_eq(world.flows_n, 3);
}
END_TEST

START_TEST(reserved_sets_are_skipped_by_length)
{
	size_t set;

	ipfix_begin(&b, 0);
	for (unsigned id = 0; id < 256; id++) {
		if (id == 2 || id == 3)
			continue;
		set = set_begin(&b, id);
		put_zeros(&b, id % 3);
		put8(&b, 1);
		set_end(&b, set);
	}
	ipfix_end(&b);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.tally.sets_skipped[PARSE_RESERVED_SET], 254);
}
END_TEST

START_TEST(a_record_cut_inside_a_variable_length_field_is_refused)
{
	static const uint16_t varlen[][2] = {{11, 2}, {236, 65535}};
	size_t set;

	ipfix_begin(&b, 0);
	put_template(&b, 2, 256, varlen, 2);
	set = set_begin(&b, 256);
	put16(&b, 80);
	put8(&b, 0);
	put16(&b, 81);
	put8(&b, 200); /* more than there is */
	put8(&b, 1);
	set_end(&b, set);
	ipfix_end(&b);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.flows_n, 1);
	ck_assert_uint_eq(world.tally.sets_skipped[PARSE_BAD_RECORD], 1);
}
END_TEST

START_TEST(an_options_template_without_scopes_is_harmless_and_noted)
{
	size_t set;

	ipfix_begin(&b, 0);
	set = set_begin(&b, 3);
	put16(&b, 256);
	put16(&b, 1);
	put16(&b, 0);
	put32(&b, 34u << 16 | 4);
	set_end(&b, set);
	set = set_begin(&b, 256);
	put32(&b, 100);
	set_end(&b, set);
	ipfix_end(&b);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.tally.notes[NOTE_SCOPE_ZERO], 1);
	ck_assert_uint_eq(world.tally.options, 1);
}
END_TEST

START_TEST(plain_counts_since_1970_in_place_of_ntp_stamps_are_seen_through)
{
	static const uint16_t stamps[][2] = {{154, 8}, {155, 8}};
	uint64_t start_us = (WORLD_EXPORT_S - 9) * UINT64_C(1000000);
	size_t set;

	ipfix_begin(&b, 0);
	put_template(&b, 2, 256, stamps, 2);
	set = set_begin(&b, 256);
	put64(&b, start_us);
	put64(&b, start_us + 1);
	set_end(&b, set);
	ipfix_end(&b);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.flows[0].time_flow_start_ns, start_us * 1000);
	ck_assert_uint_eq(world.flows[0].time_flow_end_ns, start_us * 1000 + 1000);
}
END_TEST

/* A firewall's event: when its flow began, and when it was seen; without octets. */
static void put_event(uint64_t start_ms, uint64_t seen_ms)
{
	static const uint16_t fields[][2] = {{233, 1}, {152, 8}, {323, 8}, {231, 4}, {232, 4}};
	size_t set;

	ipfix_begin(&b, 0);
	put_template(&b, 2, 256, fields, 5);
	set = set_begin(&b, 256);
	put8(&b, 2);
	put64(&b, start_ms);
	put64(&b, seen_ms);
	put32(&b, 0);
	put32(&b, 0);
	set_end(&b, set);
	ipfix_end(&b);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.flows_n, 1);
}

START_TEST(an_event_without_octets_is_a_flow_that_ends_with_it)
{
	const struct flow *f = &world.flows[0];

	put_event(UINT64_C(1699999990123), UINT64_C(1699999999456));
	ck_assert_uint_eq(f->firewall_event, 2);
	ck_assert_uint_eq(f->bytes, 0);
	ck_assert_uint_eq(f->bytes_in, 0);
	ck_assert_uint_eq(f->time_flow_start_ns, UINT64_C(1699999990123000000));
	ck_assert_uint_eq(f->time_flow_end_ns, UINT64_C(1699999999456000000));
}
END_TEST

START_TEST(an_event_before_its_flow_does_not_end_it)
{
	put_event(UINT64_C(1699999990123), UINT64_C(1699999990122));
	ck_assert_uint_eq(world.flows[0].time_flow_end_ns, UINT64_C(1699999990123000000));
	ck_assert_uint_eq(world.tally.notes[NOTE_START_AFTER_END], 0);
}
END_TEST

START_TEST(reverse_totals_are_the_other_direction)
{
	const struct flow *f = &world.flows[0];
	size_t set;

	ipfix_begin(&b, 0);
	set = set_begin(&b, 2);
	put16(&b, 256);
	put16(&b, 2);
	put16(&b, 85);
	put16(&b, 4);
	put16(&b, 0x8000 | 85);
	put16(&b, 4);
	put32(&b, 29305);
	set_end(&b, set);
	set = set_begin(&b, 256);
	put32(&b, 132);
	put32(&b, 200);
	set_end(&b, set);
	ipfix_end(&b);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(f->bytes, 132);
	ck_assert_uint_eq(f->bytes_in, 200);
	ck_assert_uint_eq(f->bytes_out, 132);
}
END_TEST

START_TEST(labels_are_a_stack_whatever_their_order_in_the_template)
{
	static const uint16_t labels[][2] = {{72, 3}, {70, 3}, {71, 3}};
	const struct flow *f = &world.flows[0];
	size_t set;

	ipfix_begin(&b, 0);
	put_template(&b, 2, 256, labels, 3);
	set = set_begin(&b, 256);
	put_octets(&b, "\x00\x00\x31\x00\x00\x10\x00\x00\x20", 9);
	set_end(&b, set);
	ipfix_end(&b);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(f->mpls_label.count, 3);
	ck_assert_uint_eq(f->mpls_label.items[0], 1);
	ck_assert_uint_eq(f->mpls_label.items[1], 2);
	ck_assert_uint_eq(f->mpls_label.items[2], 3);
}
END_TEST

START_TEST(of_two_families_the_first_in_the_template_that_has_an_address_counts)
{
	static const uint16_t both[][2] = {{27, 16}, {28, 16}, {8, 4}, {12, 4}, {13, 1}};
	const struct flow *f = world.flows;
	size_t set;

	ipfix_begin(&b, 0);
	put_template(&b, 2, 256, both, 5);
	set = set_begin(&b, 256);
	for (int i = 0; i < 40; i++)
		put8(&b, 9);
	put8(&b, 24);
	put_zeros(&b, 32);
	put64(&b, UINT64_C(0x0a0000010a000002));
	put8(&b, 24);
	set_end(&b, set);
	ipfix_end(&b);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.flows_n, 2);
	ck_assert_uint_eq(f[0].src_addr.len, 16);
	ck_assert(!flow_has(&f[0], FLOW_DST_NET)); /* told of the other family only */
	ck_assert_uint_eq(f[1].src_addr.len, 4);
	ck_assert_uint_eq(f[1].dst_net, 24);
	ck_assert(!flow_has(&f[1], FLOW_SRC_NET));
}
END_TEST

SUITE(ipfix)
{
	TCase *tc = suite_case(s, "message");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, learns_and_decodes_in_one_message);
	tcase_add_loop_test(tc, every_prefix_is_survived, 0, 16 + 40 + 4 + 112);
	tcase_add_loop_test(tc, a_length_below_the_header_is_refused, 0, 16);
	tcase_add_test(tc, octets_behind_the_message_are_not_read);
	tcase_add_test(tc, a_length_one_octet_beyond_the_datagram_costs_nothing);
	tcase_add_test(tc, a_set_one_octet_beyond_the_message_is_refused);
	tcase_add_test(tc, three_octets_behind_a_template_are_padding_and_their_dirt_is_noted);
	tcase_add_test(tc, enterprise_elements_are_stepped_over);
	tcase_add_test(tc, several_templates_in_one_set_are_all_read);
	tcase_add_test(tc, labels_are_a_stack_whatever_their_order_in_the_template);
	tcase_add_test(tc, of_two_families_the_first_in_the_template_that_has_an_address_counts);
	tcase_add_test(tc, withdrawals_are_counted_and_ignored);
	tcase_add_test(tc, reserved_sets_are_skipped_by_length);
	tcase_add_test(tc, an_options_template_without_scopes_is_harmless_and_noted);
	tcase_add_test(tc, plain_counts_since_1970_in_place_of_ntp_stamps_are_seen_through);
	tcase_add_test(tc, a_record_cut_inside_a_variable_length_field_is_refused);
	tcase_add_test(tc, an_event_without_octets_is_a_flow_that_ends_with_it);
	tcase_add_test(tc, an_event_before_its_flow_does_not_end_it);
	tcase_add_test(tc, reverse_totals_are_the_other_direction);
}
