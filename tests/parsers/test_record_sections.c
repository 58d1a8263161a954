#include "parsers/record.h"

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

#define ETHERNET_OCTETS 18u  /* with one tag */
#define IP_OCTETS       28u  /* with UDP behind it */
#define PACKET_OCTETS   300u /* the whole packet, as its IP header has it */

/* 192.0.2.7:5353 to 192.0.2.8:53 over UDP. */
static void put_ip(void)
{
	put16(&b, 0x4500);
	put16(&b, PACKET_OCTETS);
	put32(&b, 0);
	put8(&b, 61);
	put8(&b, 17);
	put16(&b, 0);
	put32(&b, 0xc0000207);
	put32(&b, 0xc0000208);
	put16(&b, 5353);
	put16(&b, 53);
	put32(&b, 0);
}

static void put_ethernet(void)
{
	put16(&b, 0x0200);
	put32(&b, 1);
	put16(&b, 0x0200);
	put32(&b, 2);
	put16(&b, 0x8100);
	put16(&b, 7);
	put16(&b, 0x0800);
}

static void expect_packet(uint64_t octets)
{
	ck_assert_uint_eq(f->src_port, 5353);
	ck_assert_uint_eq(f->dst_addr.octets[3], 8);
	ck_assert_uint_eq(f->proto, 17);
	ck_assert_uint_eq(f->ip_ttl, 61);
	ck_assert_uint_eq(f->etype, 0x0800);
	ck_assert(flow_has(f, FLOW_PACKETS));
	ck_assert_uint_eq(f->packets, 1);
	ck_assert_uint_eq(f->bytes, octets);
}

START_TEST(a_frame_feeds_the_flow)
{
	static const uint16_t fields[][2] = {{315, 65535}};
	size_t set = record_begin(fields, 1);

	put8(&b, ETHERNET_OCTETS + IP_OCTETS);
	put_ethernet();
	put_ip();
	record_end(set);
	expect_packet(PACKET_OCTETS);
	ck_assert_uint_eq(f->vlan_id, 7);
	ck_assert_uint_eq(f->dst_mac, UINT64_C(0x020000000001));
	ck_assert_uint_eq(f->layer_stack.count, 4);
}
END_TEST

START_TEST(netflow_lite_feeds_the_flow)
{
	static const uint16_t fields[][2] = {{102, 2}, {103, 2}, {104, 64}};
	size_t set;

	netflow9_begin(&b, 0);
	put_template(&b, 0, 256, fields, 3);
	set = set_begin(&b, 256);
	put16(&b, 0);
	put16(&b, ETHERNET_OCTETS + IP_OCTETS);
	put_ethernet();
	put_ip();
	put_zeros(&b, 64 - ETHERNET_OCTETS - IP_OCTETS);
	set_end(&b, set);
	world_feed(&world, b.octets, b.len);
	expect_packet(PACKET_OCTETS);
}
END_TEST

START_TEST(a_section_of_ip_and_one_of_labels_feed_the_flow)
{
	static const uint16_t fields[][2] = {{313, IP_OCTETS}, {316, 8}};
	size_t set = record_begin(fields, 2);

	put_ip();
	put32(&b, 100 << 12 | 5 << 9 | 64);
	put32(&b, 200 << 12 | 0x100 | 63);
	record_end(set);
	expect_packet(8); /* the label stack is the outermost that says so */
	ck_assert_uint_eq(f->mpls_label.count, 2);
	ck_assert_uint_eq(f->mpls_label.items[1], 200);
	ck_assert_uint_eq(f->mpls_exp.items[0], 5);
	ck_assert_uint_eq(f->mpls_ttl.items[1], 63);
}
END_TEST

/* wire-quirks 118: what the record itself has stands. */
START_TEST(elements_win_over_headers)
{
	static const uint16_t fields[][2] = {{313, IP_OCTETS}, {7, 2},   {8, 4},  {2, 4},
					     {312, 2},         {192, 1}, {58, 2}, {70, 3}};
	size_t set = record_begin(fields, 8);

	put_ip();
	put16(&b, 1);
	put32(&b, 0x0a000001);
	put32(&b, 9);
	put16(&b, 318);
	put8(&b, 3);
	put16(&b, 44);
	put8(&b, 0);
	put16(&b, 0x0011);
	record_end(set);
	ck_assert_uint_eq(f->src_port, 1);
	ck_assert_uint_eq(f->src_addr.octets[0], 10);
	ck_assert_uint_eq(f->packets, 9);
	ck_assert_uint_eq(f->bytes, 318);
	ck_assert_uint_eq(f->ip_ttl, 3);
	ck_assert_uint_eq(f->vlan_id, 44);
	ck_assert_uint_eq(f->mpls_label.items[0], 1);
	ck_assert_uint_eq(f->dst_port, 53); /* what no element gave */
}
END_TEST

/* Link type and offset, and whether the headers can be read. */
START_TEST(a_section_is_read_only_if_it_begins_with_a_header_we_know)
{
	static const uint16_t cases[][3] = {{0, 0, 1}, {1, 0, 1}, {2, 0, 0}, {3, 0, 0}, {1, 14, 0}};
	static const uint16_t fields[][2] = {
		{408, 2}, {409, 2}, {315, ETHERNET_OCTETS + IP_OCTETS}};
	size_t set = record_begin(fields, 3);

	put16(&b, cases[_i][0]);
	put16(&b, cases[_i][1]);
	put_ethernet();
	put_ip();
	record_end(set);
	ck_assert(flow_has(f, FLOW_SRC_PORT) == (cases[_i][2] != 0));
	ck_assert_uint_eq(f->packets, 1);
	ck_assert_uint_eq(f->bytes, cases[_i][2] ? PACKET_OCTETS : ETHERNET_OCTETS + IP_OCTETS);
}
END_TEST

START_TEST(padding_behind_a_section_is_not_read)
{
	static const uint16_t fields[][2] = {{410, 2}, {313, IP_OCTETS}};
	size_t set = record_begin(fields, 2);

	put16(&b, 20); /* the IP header without the ports */
	put_ip();
	record_end(set);
	ck_assert_uint_eq(f->proto, 17);
	ck_assert(!flow_has(f, FLOW_SRC_PORT));
}
END_TEST

START_TEST(an_empty_section_says_nothing)
{
	static const uint16_t fields[][2] = {{315, 65535}, {10, 2}};
	size_t set = record_begin(fields, 2);

	put8(&b, 0);
	put16(&b, 3);
	record_end(set);
	ck_assert(!flow_has(f, FLOW_PACKETS));
	ck_assert(!flow_has(f, FLOW_BYTES));
	ck_assert(!flow_has(f, FLOW_LAYER_STACK));
}
END_TEST

START_TEST(every_prefix_of_a_frame_is_survived)
{
	static const uint16_t fields[][2] = {{315, 65535}};
	size_t set = record_begin(fields, 1), at;

	put8(&b, (unsigned)_i);
	at = b.len;
	put_ethernet();
	put_ip();
	b.len = at + (size_t)_i;
	record_end(set);
	ck_assert_uint_eq(f->packets, 1);
}
END_TEST

SUITE(record_sections)
{
	TCase *tc = suite_case(s, "sections");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, a_frame_feeds_the_flow);
	tcase_add_test(tc, netflow_lite_feeds_the_flow);
	tcase_add_test(tc, a_section_of_ip_and_one_of_labels_feed_the_flow);
	tcase_add_test(tc, elements_win_over_headers);
	tcase_add_loop_test(tc, a_section_is_read_only_if_it_begins_with_a_header_we_know, 0, 5);
	tcase_add_test(tc, padding_behind_a_section_is_not_read);
	tcase_add_test(tc, an_empty_section_says_nothing);
	tcase_add_loop_test(tc, every_prefix_of_a_frame_is_survived, 7,
			    ETHERNET_OCTETS + IP_OCTETS + 1);
}
