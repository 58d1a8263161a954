#include "parsers/record.h"

#include <string.h>

#include "tests/parsers/world.h"
#include "tests/support/suite.h"

static struct world world;
static struct build b;
static const struct flow *const f = &world.flows[0];

static void begin(void)
{
	world_init(&world);
}

static void end(void)
{
	world_balances(&world);
	world_fini(&world);
}

/* Begins a message with the template of these elements; its record may be put. */
static size_t record_begin(const uint16_t (*fields)[2], size_t fields_n)
{
	ipfix_begin(&b, 0);
	put_template(&b, 2, 256, fields, fields_n);
	return set_begin(&b, 256);
}

static void record_end(size_t set)
{
	set_end(&b, set);
	ipfix_end(&b);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.flows_n, 1);
}

static void put_basic(unsigned id, unsigned len, unsigned octets)
{
	put8(&b, 5 + octets);
	put8(&b, 3);
	put16(&b, id);
	put16(&b, len);
}

static void put_segment(unsigned last)
{
	put16(&b, 0xfc00);
	put_zeros(&b, 13);
	put8(&b, last);
}

START_TEST(communities_of_source_and_destination_are_one_list)
{
	static const uint16_t fields[][2] = {{485, 65535}, {484, 65535}};
	size_t set = record_begin(fields, 2);

	put_basic(483, 4, 4);
	put32(&b, 0xfde80064);
	put_basic(483, 4, 8);
	put32(&b, 1);
	put32(&b, 2);
	record_end(set);
	ck_assert(flow_has(f, FLOW_BGP_COMMUNITIES));
	ck_assert_uint_eq(f->bgp_communities.count, 3);
	ck_assert_uint_eq(f->bgp_communities.items[0], 1); /* the source's come first */
	ck_assert_uint_eq(f->bgp_communities.items[2], 0xfde80064);
	ck_assert_uint_eq(world.tally.notes[NOTE_LIST_CARRIED], 0);
}
END_TEST

START_TEST(large_communities_come_singly_and_in_lists)
{
	static const uint16_t fields[][2] = {{489, 12}, {490, 65535}};
	size_t set = record_begin(fields, 2);

	put_zeros(&b, 11);
	put8(&b, 1);
	put_basic(489, 12, 12);
	put_zeros(&b, 11);
	put8(&b, 2);
	record_end(set);
	ck_assert(flow_has(f, FLOW_LARGE_COMMUNITIES));
	ck_assert_uint_eq(f->bgp_large_communities.count, 2);
	ck_assert_uint_eq(f->bgp_large_communities.items[1][11], 2);
}
END_TEST

/* A list of something else, of a wrong element, or cut: nothing of it is believed. */
START_TEST(a_list_that_cannot_be_read_is_carried_whole)
{
	static const struct {
		uint16_t id, len, octets;
	} bad[] = {{82, 4, 8}, {483, 5, 10}, {483, 4, 7}, {483, 0, 4}, {483 | 0x8000, 4, 8}};
	static const uint16_t fields[][2] = {{484, 65535}};
	size_t set = record_begin(fields, 1);

	put_basic(bad[_i].id, bad[_i].len, bad[_i].octets);
	for (unsigned i = 0; i < bad[_i].octets; i++)
		put8(&b, 1);
	record_end(set);
	ck_assert(!flow_has(f, FLOW_BGP_COMMUNITIES));
	ck_assert_uint_eq(world.tally.notes[NOTE_LIST_CARRIED], 1);
}
END_TEST

START_TEST(a_list_too_long_for_a_flow_is_cut_and_counted)
{
	static const uint16_t fields[][2] = {{484, 4 * (FLOW_LIST_MAX + 2) + 5}};
	size_t set = record_begin(fields, 1);

	put8(&b, 3);
	put16(&b, 483);
	put16(&b, 4);
	for (unsigned i = 0; i < FLOW_LIST_MAX + 2; i++)
		put32(&b, i);
	record_end(set);
	ck_assert_uint_eq(f->bgp_communities.count, FLOW_LIST_MAX);
	ck_assert_uint_eq(world.tally.notes[NOTE_LIST_CUT], 2);
}
END_TEST

START_TEST(segments_are_taken_from_the_section_first)
{
	static const uint16_t fields[][2] = {{497, 32}, {495, 16}, {496, 65535}};
	size_t set = record_begin(fields, 3);

	put_segment(1);
	put_segment(2);
	put_segment(3);
	put_basic(494, 16, 16);
	put_segment(4);
	record_end(set);
	ck_assert(flow_has(f, FLOW_SRV6_ADDRS));
	ck_assert_uint_eq(f->ipv6_routing_header_addresses.count, 2);
	ck_assert_uint_eq(f->ipv6_routing_header_addresses.items[1].octets[15], 2);
}
END_TEST

START_TEST(segments_are_else_those_of_the_list_then_the_active_one)
{
	static const uint16_t fields[][2] = {{495, 16}, {496, 65535}, {497, 65535}};
	size_t set = record_begin(fields, 3);

	put_segment(3);
	put_basic(494, 16, _i ? 16 : 0);
	if (_i)
		put_segment(4);
	put8(&b, 0);
	record_end(set);
	ck_assert_uint_eq(f->ipv6_routing_header_addresses.count, 1);
	ck_assert_uint_eq(f->ipv6_routing_header_addresses.items[0].octets[15], _i ? 4 : 3);
}
END_TEST

START_TEST(a_section_of_segments_that_is_no_multiple_is_carried)
{
	static const uint16_t fields[][2] = {{497, 65535}};
	size_t set = record_begin(fields, 1);

	put8(&b, 17);
	put_segment(1);
	put8(&b, 0);
	record_end(set);
	ck_assert(!flow_has(f, FLOW_SRV6_ADDRS));
	ck_assert_uint_eq(world.tally.notes[NOTE_VALUE_MISFIT], 1);
}
END_TEST

START_TEST(the_exp_of_the_top_label_yields_to_the_labels)
{
	static const uint16_t fields[][2] = {{70, 3}, {203, 1}, {71, 3}};
	size_t set = record_begin(fields, _i ? 3 : 2);

	put8(&b, 0);
	put16(&b, _i ? 0x101a : 0); /* label 257, exp 5; all zero is none */
	put8(&b, 3);
	if (_i)
		put8(&b, 0), put16(&b, 0x1023); /* label 258, exp 1, bottom */
	record_end(set);
	ck_assert(flow_has(f, FLOW_MPLS_EXP));
	ck_assert_uint_eq(f->mpls_exp.count, _i ? 2 : 1);
	ck_assert_uint_eq(f->mpls_exp.items[0], _i ? 5 : 3);
	ck_assert(flow_has(f, FLOW_MPLS_LABEL) == (_i != 0));
}
END_TEST

START_TEST(lists_of_one_record_are_not_those_of_the_next)
{
	static const uint16_t fields[][2] = {{484, 65535}, {490, 65535}, {496, 65535}};
	size_t set = record_begin(fields, 3);

	put_basic(483, 4, 4);
	put32(&b, 1);
	put_basic(489, 12, 12);
	put_zeros(&b, 12);
	put_basic(494, 16, 16);
	put_segment(1);
	put_basic(483, 4, 0);
	put_basic(489, 12, 0);
	put_basic(494, 16, 0);
	set_end(&b, set);
	ipfix_end(&b);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.flows_n, 2);
	ck_assert(!flow_has(&world.flows[1], FLOW_BGP_COMMUNITIES));
	ck_assert(!flow_has(&world.flows[1], FLOW_LARGE_COMMUNITIES));
	ck_assert(!flow_has(&world.flows[1], FLOW_SRV6_ADDRS));
}
END_TEST

/* Start, size, end told: end expected, 0 for none. */
START_TEST(a_block_of_ports_ends_by_its_size)
{
	static const uint32_t blocks[][4] = {
		{1024, 512, 0, 1535}, {1024, 512, 2000, 2000}, {1024, 0, 0, 0},
		{65535, 1, 0, 65535}, {65535, 2, 0, 0},
	};
	static const uint16_t fields[][2] = {{361, 2}, {364, 2}, {362, 2}};
	const uint32_t *block = blocks[_i];
	size_t set = record_begin(fields, block[2] ? 3 : 2);

	put16(&b, block[0]);
	put16(&b, block[1]);
	if (block[2])
		put16(&b, block[2]);
	record_end(set);
	ck_assert_uint_eq(f->nat_port_start, block[0]);
	ck_assert(flow_has(f, FLOW_NAT_PORT_END) == (block[3] != 0));
	if (block[3])
		ck_assert_uint_eq(f->nat_port_end, block[3]);
	ck_assert_uint_eq(world.tally.notes[NOTE_VALUE_MISFIT], _i == 4);
}
END_TEST

SUITE(record_lists)
{
	TCase *tc = suite_case(s, "lists");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, communities_of_source_and_destination_are_one_list);
	tcase_add_test(tc, large_communities_come_singly_and_in_lists);
	tcase_add_loop_test(tc, a_list_that_cannot_be_read_is_carried_whole, 0, 5);
	tcase_add_test(tc, a_list_too_long_for_a_flow_is_cut_and_counted);
	tcase_add_test(tc, segments_are_taken_from_the_section_first);
	tcase_add_loop_test(tc, segments_are_else_those_of_the_list_then_the_active_one, 0, 2);
	tcase_add_test(tc, a_section_of_segments_that_is_no_multiple_is_carried);
	tcase_add_loop_test(tc, the_exp_of_the_top_label_yields_to_the_labels, 0, 2);
	tcase_add_test(tc, lists_of_one_record_are_not_those_of_the_next);
	tcase_add_loop_test(tc, a_block_of_ports_ends_by_its_size, 0, 5);
}
