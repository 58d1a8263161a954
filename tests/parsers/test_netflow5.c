#include "parsers/netflow5.h"

#include "tests/parsers/world.h"
#include "tests/support/suite.h"

#define HEADER  24
#define RECORD5 48

static struct world world;
static struct build b;

static void begin(void)
{
	world_init(&world);
	b.len = 0;
}

static void end(void)
{
	world_balances(&world);
	world_fini(&world);
}

static void put_header(unsigned version, unsigned count)
{
	put16(&b, version);
	put16(&b, count);
	put32(&b, WORLD_UPTIME_MS);
	put32(&b, WORLD_EXPORT_S);
	put32(&b, 250000000);
	put32(&b, 99);     /* flow_sequence */
	put16(&b, 0x0102); /* engine type, id */
	put16(&b, 0x4064); /* mode 1, 1 in 100 */
}

static void put_record(unsigned version)
{
	put32(&b, 0x0a000001);
	put32(&b, 0x0a000002);
	put32(&b, 0);     /* no next hop */
	put16(&b, 3);     /* input */
	put16(&b, 4);     /* output */
	put32(&b, 10);    /* packets */
	put32(&b, 15000); /* octets */
	put32(&b, WORLD_UPTIME_MS - 2000);
	put32(&b, WORLD_UPTIME_MS + 500); /* a little after: wire-quirks 12 */
	put16(&b, 0);
	put16(&b, 0x0301); /* ICMP type 3, code 1 */
	put8(&b, 0);
	put8(&b, 0x1b); /* TCP flags */
	put8(&b, 1);    /* ICMP */
	put8(&b, 0xb8); /* ToS */
	put16(&b, 65000);
	put16(&b, 0); /* no AS */
	put8(&b, 24);
	put8(&b, 0);
	put16(&b, 0);
	if (version == 7)
		put32(&b, 0x0a0000fe); /* router_sc */
}

START_TEST(a_v5_record_becomes_a_flow)
{
	const struct flow *f = &world.flows[0];

	put_header(5, 1);
	put_record(5);
	ck_assert_int_eq(world_feed(&world, b.octets, b.len), PARSE_OK);
	ck_assert_uint_eq(world.flows_n, 1);
	ck_assert_uint_eq(f->type, FLOW_NETFLOW_V5);
	ck_assert_uint_eq(f->bytes, 15000);
	ck_assert_uint_eq(f->packets, 10);
	ck_assert_uint_eq(f->in_if, 3);
	ck_assert_uint_eq(f->out_if, 4);
	ck_assert_uint_eq(f->tcp_flags, 0x1b);
	ck_assert_uint_eq(f->ip_tos, 0xb8);
	ck_assert_uint_eq(f->src_as, 65000);
	ck_assert_uint_eq(f->src_net, 24);
	ck_assert_uint_eq(f->icmp_type, 3);
	ck_assert_uint_eq(f->icmp_code, 1);
	ck_assert_uint_eq(f->observation_domain_id, 0x0102);
	ck_assert_uint_eq(f->sampling_rate, 100);
	ck_assert_uint_eq(f->sampling_source, SAMPLING_HEADER);
	ck_assert_uint_eq(f->time_flow_start_ns, UINT64_C(1699999998250000000));
	ck_assert_uint_eq(f->time_flow_end_ns, UINT64_C(1700000000750000000));
	ck_assert(!flow_has(f, FLOW_NEXT_HOP));
	ck_assert(!flow_has(f, FLOW_DST_AS));
	ck_assert(!flow_has(f, FLOW_DST_NET));
}
END_TEST

START_TEST(a_v7_record_has_no_domain_and_no_sampling)
{
	put_header(7, 1);
	put_record(7);
	ck_assert_int_eq(world_feed(&world, b.octets, b.len), PARSE_OK);
	ck_assert_uint_eq(world.flows_n, 1);
	ck_assert_uint_eq(world.flows[0].observation_domain_id, 0);
	ck_assert(!flow_has(&world.flows[0], FLOW_SAMPLING_RATE));
}
END_TEST

START_TEST(every_prefix_is_survived)
{
	put_header(5, 3);
	for (int i = 0; i < 3; i++)
		put_record(5);
	ck_assert_int_eq(world_feed(&world, b.octets, (size_t)_i),
			 _i < HEADER ? PARSE_TRUNCATED : PARSE_OK);
	ck_assert_uint_eq(world.flows_n, (size_t)(_i < HEADER ? 0 : (_i - HEADER) / RECORD5));
}
END_TEST

START_TEST(no_record_that_is_not_on_the_wire)
{
	put_header(5, 65535);
	put_record(5);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.flows_n, 1);
	ck_assert_uint_eq(world.tally.notes[NOTE_COUNT_MISMATCH], 1);
}
END_TEST

START_TEST(a_count_of_zero_is_an_empty_datagram)
{
	put_header(5, 0);
	ck_assert_int_eq(world_feed(&world, b.octets, b.len), PARSE_OK);
	ck_assert_uint_eq(world.flows_n, 0);
	ck_assert_uint_eq(world.tally.notes[NOTE_TRAILING], 0);
}
END_TEST

START_TEST(octets_behind_the_last_record_are_noted)
{
	put_header(5, 1);
	put_record(5);
	put_zeros(&b, (size_t)_i);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.flows_n, 1);
	ck_assert_uint_eq(world.tally.notes[NOTE_TRAILING], 1);
}
END_TEST

START_TEST(a_second_pdu_behind_the_first_is_decoded)
{
	put_header(5, 1);
	put_record(5);
	put_header(5, 2);
	put_record(5);
	put_record(5);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.flows_n, 3);
}
END_TEST

SUITE(netflow5)
{
	TCase *tc = suite_case(s, "datagram");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, a_v5_record_becomes_a_flow);
	tcase_add_test(tc, a_v7_record_has_no_domain_and_no_sampling);
	tcase_add_loop_test(tc, every_prefix_is_survived, 0, HEADER + 3 * RECORD5);
	tcase_add_test(tc, no_record_that_is_not_on_the_wire);
	tcase_add_test(tc, a_count_of_zero_is_an_empty_datagram);
	tcase_add_loop_test(tc, octets_behind_the_last_record_are_noted, 1, 48);
	tcase_add_test(tc, a_second_pdu_behind_the_first_is_decoded);
}
