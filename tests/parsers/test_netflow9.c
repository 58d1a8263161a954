#include "parsers/netflow9.h"

#include <string.h>

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

/* src, dst, ports, protocol, octets, packets, first, last. */
static const uint16_t basic[][2] = {{8, 4}, {12, 4}, {7, 2},  {11, 2}, {4, 1},
				    {1, 4}, {2, 4},  {22, 4}, {21, 4}};
#define BASIC_N (sizeof(basic) / sizeof(basic[0]))

static void put_basic(uint32_t octets)
{
	put32(&b, 0x0a000001);
	put32(&b, 0x0a000002);
	put16(&b, 1234);
	put16(&b, 53);
	put8(&b, 17);
	put32(&b, octets);
	put32(&b, 3);
	put32(&b, WORLD_UPTIME_MS - 5000);
	put32(&b, WORLD_UPTIME_MS - 1000);
}

static void build_basic(uint32_t domain)
{
	size_t set;

	netflow9_begin(&b, domain);
	put_template(&b, 0, 256, basic, BASIC_N);
	set = set_begin(&b, 256);
	put_basic(100);
	put_basic(200);
	put_zeros(&b, 2);
	set_end(&b, set);
}

START_TEST(learns_and_decodes_in_one_datagram)
{
	const struct flow *f = &world.flows[1];

	build_basic(9);
	ck_assert_int_eq(world_feed(&world, b.octets, b.len), PARSE_OK);
	ck_assert_uint_eq(world.flows_n, 2);
	ck_assert_uint_eq(world.tally.templates[TMPL_NEW], 1);
	ck_assert_uint_eq(world.tally.sets_decoded, 2);
	ck_assert_uint_eq(f->bytes, 200);
	ck_assert_uint_eq(f->packets, 3);
	ck_assert_uint_eq(f->src_port, 1234);
	ck_assert_uint_eq(f->dst_port, 53);
	ck_assert_uint_eq(f->proto, 17);
	ck_assert_uint_eq(f->etype, 0x0800);
	ck_assert_uint_eq(f->src_addr.len, 4);
	ck_assert_uint_eq(f->dst_addr.octets[3], 2);
	ck_assert_uint_eq(f->observation_domain_id, 9);
	ck_assert_uint_eq(f->sequence_num, 7);
	ck_assert_uint_eq(f->time_flow_start_ns, (WORLD_EXPORT_S - 5) * UINT64_C(1000000000));
	ck_assert_uint_eq(f->time_flow_end_ns, (WORLD_EXPORT_S - 1) * UINT64_C(1000000000));
	ck_assert(!flow_has(f, FLOW_SAMPLING_RATE));
	ck_assert(!flow_has(f, FLOW_TCP_FLAGS));
}
END_TEST

START_TEST(every_prefix_is_survived)
{
	build_basic(9);
	ck_assert_uint_lt((size_t)_i, b.len);
	ck_assert_int_eq(world_feed(&world, b.octets, (size_t)_i),
			 _i < 20 ? PARSE_TRUNCATED : PARSE_OK);
	ck_assert_uint_le(world.flows_n, 2);
}
END_TEST

START_TEST(the_same_template_is_a_refresh_and_another_layout_a_redefinition)
{
	static const uint16_t other[][2] = {{8, 4}, {12, 4}};

	build_basic(9);
	world_feed(&world, b.octets, b.len);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.tally.templates[TMPL_REFRESHED], 1);
	netflow9_begin(&b, 9);
	put_template(&b, 0, 256, other, 2);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.tally.templates[TMPL_REDEFINED], 1);
}
END_TEST

START_TEST(templates_of_another_domain_are_not_used)
{
	size_t set;

	build_basic(9);
	world_feed(&world, b.octets, b.len);
	netflow9_begin(&b, 10);
	set = set_begin(&b, 256);
	put_basic(1);
	set_end(&b, set);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.flows_n, 2);
	ck_assert_uint_eq(world.tally.sets_missed, 1);
	ck_assert_uint_eq(world.tally.sets_parked, 1);
}
END_TEST

START_TEST(a_missing_template_costs_no_other_set)
{
	size_t set;

	netflow9_begin(&b, 9);
	set = set_begin(&b, 300);
	put_zeros(&b, 12);
	set_end(&b, set);
	put_template(&b, 0, 256, basic, BASIC_N);
	set = set_begin(&b, 256);
	put_basic(1);
	set_end(&b, set);
	ck_assert_int_eq(world_feed(&world, b.octets, b.len), PARSE_OK);
	ck_assert_uint_eq(world.flows_n, 1);
	ck_assert_uint_eq(world.tally.sets_parked, 1);
}
END_TEST

START_TEST(options_records_are_no_flows)
{
	size_t set;

	netflow9_begin(&b, 9);
	set = set_begin(&b, 1);
	put16(&b, 257);
	put16(&b, 4); /* octets of scopes */
	put16(&b, 8); /* octets of options */
	put16(&b, 1);
	put16(&b, 4); /* scope System */
	put16(&b, 34);
	put16(&b, 4);
	put16(&b, 35);
	put16(&b, 1);
	put16(&b, 0); /* padding */
	set_end(&b, set);
	set = set_begin(&b, 257);
	put_zeros(&b, 9 * 2);
	set_end(&b, set);
	ck_assert_int_eq(world_feed(&world, b.octets, b.len), PARSE_OK);
	ck_assert_uint_eq(world.options_n, 2);
	ck_assert_uint_eq(world.flows_n, 0);
	ck_assert_uint_eq(world.tally.templates_options, 1);
}
END_TEST

START_TEST(a_scope_of_no_octets_is_legal)
{
	size_t set;

	netflow9_begin(&b, 9);
	set = set_begin(&b, 1);
	put16(&b, 257);
	put16(&b, 4);
	put16(&b, 4);
	put16(&b, 1);
	put16(&b, 0); /* Juniper SRX */
	put16(&b, 34);
	put16(&b, 4);
	set_end(&b, set);
	set = set_begin(&b, 257);
	put32(&b, 100);
	set_end(&b, set);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.options_n, 1);
}
END_TEST

START_TEST(types_have_no_enterprise_bit)
{
	static const uint16_t asa[][2] = {{8, 4}, {33002, 2}, {11, 2}};
	size_t set;

	netflow9_begin(&b, 9);
	put_template(&b, 0, 256, asa, 3);
	set = set_begin(&b, 256);
	put32(&b, 0x0a000001);
	put16(&b, 1001);
	put16(&b, 443);
	set_end(&b, set);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.flows_n, 1);
	ck_assert_uint_eq(world.flows[0].firewall_ext_event, 1001);
	ck_assert_uint_eq(world.flows[0].dst_port, 443);
}
END_TEST

START_TEST(variable_length_is_read_although_v9_has_none)
{
	static const uint16_t h3c[][2] = {{236, 65535}, {11, 2}};
	size_t set;

	netflow9_begin(&b, 9);
	put_template(&b, 0, 256, h3c, 2);
	set = set_begin(&b, 256);
	put8(&b, 3);
	put_octets(&b, "vrf", 3);
	put16(&b, 443);
	put8(&b, 255); /* the long form, for a short value */
	put16(&b, 2);
	put_octets(&b, "vr", 2);
	put16(&b, 444);
	set_end(&b, set);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.flows_n, 2);
	ck_assert_uint_eq(world.flows[1].dst_port, 444);
}
END_TEST

START_TEST(a_datagram_filled_up_with_zeros_is_padding)
{
	build_basic(9);
	put_zeros(&b, 1000);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.tally.sets_received, 2);
	ck_assert_uint_eq(world.tally.notes[NOTE_DIRTY_PADDING], 0);
}
END_TEST

START_TEST(dirty_padding_is_noted)
{
	build_basic(9);
	b.octets[b.len - 1] = 1;
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.flows_n, 2);
	ck_assert_uint_eq(world.tally.notes[NOTE_DIRTY_PADDING], 1);
}
END_TEST

START_TEST(an_options_template_one_field_beyond_its_set_is_a_lie_about_its_scope)
{
	size_t set;

	netflow9_begin(&b, 9);
	set = set_begin(&b, 1);
	put16(&b, 256);
	put16(&b, 4);
	put16(&b, 8); /* two fields, of which there is one */
	put32(&b, 1u << 16 | 4);
	put32(&b, 34u << 16 | 4);
	set_end(&b, set);
	ck_assert_int_eq(world_feed(&world, b.octets, b.len), PARSE_OK);
	ck_assert_uint_eq(world.tally.templates_refused[PARSE_TMPL_SCOPE], 1);
	ck_assert_uint_eq(world.tally.sets_skipped[PARSE_BAD_TEMPLATE], 1);
}
END_TEST

SUITE(netflow9)
{
	TCase *tc = suite_case(s, "datagram");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, learns_and_decodes_in_one_datagram);
	tcase_add_test(tc, an_options_template_one_field_beyond_its_set_is_a_lie_about_its_scope);
	tcase_add_loop_test(tc, every_prefix_is_survived, 0, 20 + 44 + 4 + 60);
	tcase_add_test(tc, the_same_template_is_a_refresh_and_another_layout_a_redefinition);
	tcase_add_test(tc, templates_of_another_domain_are_not_used);
	tcase_add_test(tc, a_missing_template_costs_no_other_set);
	tcase_add_test(tc, options_records_are_no_flows);
	tcase_add_test(tc, a_scope_of_no_octets_is_legal);
	tcase_add_test(tc, types_have_no_enterprise_bit);
	tcase_add_test(tc, variable_length_is_read_although_v9_has_none);
	tcase_add_test(tc, a_datagram_filled_up_with_zeros_is_padding);
	tcase_add_test(tc, dirty_padding_is_noted);
}
