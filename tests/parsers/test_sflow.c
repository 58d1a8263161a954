#include "parsers/sflow.h"

#include <stdio.h>
#include <string.h>

#include "parsers/sflow_structures.h"
#include "tests/parsers/golden.h"
#include "tests/parsers/sflow_build.h"
#include "tests/parsers/sflow_text.h"
#include "tests/parsers/world.h"
#include "tests/support/suite.h"

static struct world w;
static struct build b;
static struct sflow_text text;
static unsigned samples_shown;

static void show(void *ctx, const struct raw_sample *sample)
{
	(void)ctx;
	samples_shown++;
	sflow_text_write(&text, sample); /* so that a sanitizer sees every octet touched */
}

static void setup(void)
{
	world_init(&w);
	w.sink.sample = show;
	b.len = 0;
	samples_shown = 0;
}

static void teardown(void)
{
	world_balances(&w);
	world_fini(&w);
}

static void feed_golden(const char *name)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "sflow/%s.hex", name);
	golden_read(path, &b);
	ck_assert_int_eq(world_feed(&w, b.octets, b.len), PARSE_OK);
}

static struct addr ip(const char *octets)
{
	return addr4((const uint8_t *)octets);
}

static void is_ip(const struct addr *a, const char *octets)
{
	struct addr want = ip(octets);

	ck_assert(addr_equal(a, &want));
}

static enum parse_status feed(void)
{
	return world_feed(&w, b.octets, b.len);
}

START_TEST(a_plain_sample_becomes_a_flow)
{
	const struct flow *f = &w.flows[0];

	feed_golden("plain-tcp");
	ck_assert_uint_eq(w.flows_n, 2);
	ck_assert_uint_eq(f->type, FLOW_SFLOW_5);
	is_ip(&f->sampler_address, "\xc0\x00\x02\x4d");
	ck_assert_uint_eq(f->observation_domain_id, 3);
	ck_assert_uint_eq(f->sequence_num, 4711);
	ck_assert_uint_eq(f->sampling_rate, 512);
	ck_assert_uint_eq(f->sampling_source, SAMPLING_HEADER);
	ck_assert_uint_eq(f->bytes, 1442);
	ck_assert_uint_eq(f->packets, 1);
	ck_assert_uint_eq(f->in_if, 7);
	ck_assert_uint_eq(f->out_if, 9);
	ck_assert_uint_eq(f->direction, 1);
	ck_assert_uint_eq(f->time_flow_start_ns, f->time_received_ns);
	ck_assert_uint_eq(f->time_flow_end_ns, f->time_received_ns);
	ck_assert_uint_eq(f->time_source, TIME_RECEIVED);
}
END_TEST

START_TEST(its_header_and_its_records_feed_the_flow)
{
	const struct flow *f = &w.flows[0];

	feed_golden("plain-tcp");
	is_ip(&f->src_addr, "\xc6\x33\x64\x05");
	is_ip(&f->dst_addr, "\xcb\x00\x71\x09");
	ck_assert_uint_eq(f->etype, 0x0800);
	ck_assert_uint_eq(f->proto, 6);
	ck_assert_uint_eq(f->src_port, 443);
	ck_assert_uint_eq(f->dst_port, 50123);
	ck_assert_uint_eq(f->tcp_flags, 0x18);
	ck_assert_uint_eq(f->vlan_id, 100);
	ck_assert_uint_eq(f->vlan_priority, 5);
	ck_assert_uint_eq(f->src_vlan, 100);
	ck_assert_uint_eq(f->dst_vlan, 200);
	ck_assert_uint_eq(f->src_mac, 0x02aabbccddee);
	is_ip(&f->next_hop, "\xc0\x00\x02\x01");
	ck_assert_uint_eq(f->src_net, 24);
	ck_assert_uint_eq(f->dst_net, 22);
}
END_TEST

START_TEST(a_sample_without_ip_is_a_flow_too)
{
	const struct flow *f = &w.flows[1];

	feed_golden("plain-tcp");
	ck_assert_uint_eq(f->etype, 0x0806);
	ck_assert_uint_eq(f->dst_mac, 0xffffffffffff);
	ck_assert_uint_eq(f->in_if, 0);
	ck_assert_uint_eq(f->out_if, 0x3fffffff);
	ck_assert(!flow_has(f, FLOW_SRC_ADDR));
	ck_assert(!flow_has(f, FLOW_DIRECTION)); /* the source is no interface */
}
END_TEST

START_TEST(an_expanded_sample_becomes_a_flow)
{
	const struct flow *f = &w.flows[0];

	feed_golden("expanded-gateway");
	ck_assert_uint_eq(w.flows_n, 1);
	ck_assert_uint_eq(f->sampler_address.len, 16);
	ck_assert_uint_eq(f->observation_domain_id, 70000);
	ck_assert_uint_eq(f->in_if, 1000020);
	ck_assert_uint_eq(f->out_if, 1000021);
	ck_assert_uint_eq(f->direction, 2);
	ck_assert_uint_eq(f->etype, 0x86dd);
	ck_assert_uint_eq(f->src_port, 5353);
	ck_assert_uint_eq(f->mpls_label.count, 1);
	ck_assert_uint_eq(f->mpls_label.items[0], 16001);
	ck_assert_uint_eq(f->mpls_ttl.items[0], 62);
	ck_assert_uint_eq(f->mpls_exp.items[0], 3);
	is_ip(&f->mpls_ip.items[0], "\xc0\x00\x02\x02");
	is_ip(&f->nat_src_addr, "\xcb\x00\x71\x32");
	ck_assert(!flow_has(f, FLOW_NAT_DST_ADDR));
	ck_assert_uint_eq(f->nat_src_port, 40000);
	ck_assert_uint_eq(f->vni, 5001);
	ck_assert_uint_eq(f->time_flow_start_ns, 1700000000123456789);
	ck_assert_uint_eq(f->time_source, TIME_NANOSECONDS);
}
END_TEST

START_TEST(a_gateway_gives_its_path_in_order)
{
	const struct flow *f = &w.flows[0];

	feed_golden("expanded-gateway");
	ck_assert_uint_eq(f->src_as, 64500); /* 0 stands for our own */
	ck_assert_uint_eq(f->dst_as, 64512);
	ck_assert_uint_eq(f->next_hop_as, 64510);
	ck_assert_uint_eq(f->as_path.count, 3);
	ck_assert_uint_eq(f->as_path.items[1], 4200000001);
	ck_assert_uint_eq(f->bgp_communities.count, 2);
	ck_assert_uint_eq(f->bgp_next_hop.len, 16);
}
END_TEST

START_TEST(an_empty_path_ends_in_our_own_as)
{
	size_t at, record;

	sflow_begin(&b, 1);
	at = sflow_open_flow(&b, 2);
	sflow_put_ipv4(&b);
	record = sflow_open(&b, 1003);
	put32(&b, 0);    /* next hop unknown */
	put32(&b, 3320); /* own */
	put32(&b, 13335);
	put32(&b, 0);
	put32(&b, 0);            /* segments */
	sflow_close(&b, record); /* older agents end here */
	sflow_close(&b, at);
	ck_assert_int_eq(feed(), PARSE_OK);
	ck_assert_uint_eq(w.flows[0].src_as, 13335);
	ck_assert_uint_eq(w.flows[0].dst_as, 3320);
	ck_assert(!flow_has(&w.flows[0], FLOW_NEXT_HOP_AS));
	ck_assert(!flow_has(&w.flows[0], FLOW_AS_PATH));
	ck_assert(!flow_has(&w.flows[0], FLOW_BGP_NEXT_HOP));
}
END_TEST

START_TEST(a_path_longer_than_a_flow_holds_keeps_its_end)
{
	size_t at, record;

	sflow_begin(&b, 1);
	at = sflow_open_flow(&b, 2);
	sflow_put_ipv4(&b);
	record = sflow_open(&b, 1003);
	put_zeros(&b, 16);
	put32(&b, 1);
	put32(&b, 2);
	put32(&b, FLOW_LIST_MAX + 5);
	for (uint32_t i = 1; i <= FLOW_LIST_MAX + 5; i++)
		put32(&b, i);
	put_zeros(&b, 8);
	sflow_close(&b, record);
	sflow_close(&b, at);
	ck_assert_int_eq(feed(), PARSE_OK);
	ck_assert_uint_eq(w.flows[0].as_path.count, FLOW_LIST_MAX);
	ck_assert_uint_eq(w.flows[0].dst_as, FLOW_LIST_MAX + 5);
	ck_assert_uint_eq(w.tally.notes[NOTE_LIST_CUT], 1);
}
END_TEST

START_TEST(counters_are_decoded_and_are_no_flows)
{
	feed_golden("counters");
	ck_assert_uint_eq(w.tally.counters, 2);
	ck_assert_uint_eq(w.tally.sets_decoded, 2);
	ck_assert_uint_eq(w.tally.notes[NOTE_UNKNOWN_RECORD], 1);
	ck_assert_uint_eq(w.tally.notes[NOTE_SHORT_RECORD], 0); /* host_cpu may end early */
	ck_assert_uint_eq(samples_shown, 2);
}
END_TEST

START_TEST(discards_are_decoded_and_are_no_flows)
{
	feed_golden("discard");
	ck_assert_uint_eq(w.tally.discards, 1);
	ck_assert_uint_eq(w.tally.sets_decoded, 1);
	ck_assert_uint_eq(w.flows_n, 0);
	ck_assert_uint_eq(samples_shown, 1);
}
END_TEST

START_TEST(a_sample_within_a_sample_is_a_flow)
{
	feed_golden("vendors");
	ck_assert_uint_eq(w.flows_n, 1);
	ck_assert_uint_eq(w.flows[0].sampling_rate, 1024);
	ck_assert_uint_eq(w.flows[0].dst_port, 60000);
	ck_assert_uint_eq(w.flows[0].tcp_flags, 0x12);
	ck_assert_uint_eq(w.flows[0].out_if, 0); /* several outputs */
	ck_assert_uint_eq(w.flows[0].direction, 1);
}
END_TEST

START_TEST(vendor_samples_are_shown_and_unknown_ones_counted)
{
	feed_golden("vendors");
	ck_assert_uint_eq(samples_shown, 4);
	ck_assert_uint_eq(w.tally.sets_decoded, 3);
	ck_assert_uint_eq(w.tally.sets_skipped[PARSE_UNKNOWN_SAMPLE], 1);
}
END_TEST

START_TEST(a_discarded_packet_has_a_forwarding_status)
{
	static const struct {
		uint32_t reason;
		uint8_t status;
	} cases[] = {{0, 131},   {4, 133},   {8, 132},   {13, 129},  {16, 128},
		     {256, 128}, {257, 137}, {258, 130}, {260, 139}, {261, 138},
		     {262, 133}, {302, 140}, {335, 140}, {400, 128}, {0x3fffffff, 128}};
	size_t at;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sflow_begin(&b, 1);
		at = sflow_open_flow(&b, 1);
		b.octets[at + 24] = (uint8_t)(0x40 | cases[i].reason >> 24);
		b.octets[at + 25] = (uint8_t)(cases[i].reason >> 16);
		b.octets[at + 26] = (uint8_t)(cases[i].reason >> 8);
		b.octets[at + 27] = (uint8_t)cases[i].reason;
		sflow_put_ipv4(&b);
		sflow_close(&b, at);
		ck_assert_int_eq(feed(), PARSE_OK);
		ck_assert_uint_eq(w.flows[i].forwarding_status, cases[i].status);
		ck_assert_uint_eq(w.flows[i].drop_reason, cases[i].reason + 1);
		ck_assert_uint_eq(w.flows[i].out_if, 0);
	}
}
END_TEST

/* wire-quirks 125 */
START_TEST(sampled_ethernet_comes_padded_or_not)
{
	for (unsigned padded = 0; padded < 2; padded++) {
		size_t at, record;

		sflow_begin(&b, 1);
		at = sflow_open_flow(&b, 1);
		record = sflow_open(&b, 2);
		put32(&b, 64);
		put_octets(&b, "\1\2\3\4\5\6", 6);
		put_zeros(&b, padded * 2);
		put_octets(&b, "\7\10\11\12\13\14", 6);
		put_zeros(&b, padded * 2);
		put32(&b, 0x88cc);
		sflow_close(&b, record);
		sflow_close(&b, at);
		ck_assert_int_eq(feed(), PARSE_OK);
		ck_assert_uint_eq(w.flows[padded].bytes, 64);
		ck_assert_uint_eq(w.flows[padded].src_mac, 0x010203040506);
		ck_assert_uint_eq(w.flows[padded].dst_mac, 0x0708090a0b0c);
		ck_assert_uint_eq(w.flows[padded].etype, 0x88cc);
	}
}
END_TEST

START_TEST(sampled_ipv6_becomes_a_flow)
{
	size_t at, record;

	sflow_begin(&b, 1);
	at = sflow_open_flow(&b, 1);
	record = sflow_open(&b, 4);
	put32(&b, 1280);
	put32(&b, 58);
	put_octets(&b, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	put_octets(&b, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\2", 16);
	put32(&b, 0);
	put32(&b, 135); /* where the port is: the type */
	put32(&b, 0);
	put32(&b, 0xc0);
	sflow_close(&b, record);
	sflow_close(&b, at);
	ck_assert_int_eq(feed(), PARSE_OK);
	ck_assert_uint_eq(w.flows[0].etype, 0x86dd);
	ck_assert_uint_eq(w.flows[0].src_addr.len, 16);
	ck_assert_uint_eq(w.flows[0].icmp_type, 135);
	ck_assert_uint_eq(w.flows[0].ip_tos, 0xc0);
	ck_assert(!flow_has(&w.flows[0], FLOW_DST_PORT));
}
END_TEST

START_TEST(a_packet_may_come_from_no_address)
{
	size_t at;

	sflow_begin(&b, 1);
	at = sflow_open_flow(&b, 1);
	sflow_put_ipv4(&b);
	sflow_close(&b, at);
	memset(&b.octets[at + 48], 0, 4); /* as DHCP does */
	ck_assert_int_eq(feed(), PARSE_OK);
	is_ip(&w.flows[0].src_addr, "\0\0\0\0");
	is_ip(&w.flows[0].dst_addr, "\x0a\0\0\2");
	ck_assert(flow_has(&w.flows[0], FLOW_SRC_ADDR));
}
END_TEST

START_TEST(a_header_stands_before_what_other_records_say)
{
	size_t at, record;

	sflow_begin(&b, 1);
	at = sflow_open_flow(&b, 2);
	sflow_put_ipv4(&b); /* comes first, counts second */
	record = sflow_open(&b, 1);
	put32(&b, 11);
	put32(&b, 500);
	put32(&b, 0);
	put32(&b, 28);
	put_octets(&b, "\x45\0\0\x1c\0\0\0\0\x40\x11\0\0\xc0\0\2\1\xc0\0\2\2\0\x7b\0\x7c\0\x08\0\0",
		   28);
	sflow_close(&b, record);
	sflow_close(&b, at);
	ck_assert_int_eq(feed(), PARSE_OK);
	ck_assert_uint_eq(w.flows_n, 1);
	ck_assert_uint_eq(w.flows[0].bytes, 500);
	ck_assert_uint_eq(w.flows[0].src_port, 123);
	is_ip(&w.flows[0].src_addr, "\xc0\0\2\1");
}
END_TEST

START_TEST(stripped_tags_go_where_there_is_room)
{
	size_t at, record;

	sflow_begin(&b, 1);
	at = sflow_open_flow(&b, 2);
	sflow_put_ipv4(&b);
	record = sflow_open(&b, 1012);
	put32(&b, 3);
	put32(&b, 0x88a86064); /* priority 3, VLAN 100 */
	put32(&b, 0x810000c8); /* VLAN 200 */
	put32(&b, 0x8100012c);
	sflow_close(&b, record);
	sflow_close(&b, at);
	ck_assert_int_eq(feed(), PARSE_OK);
	ck_assert_uint_eq(w.flows[0].vlan_id, 100);
	ck_assert_uint_eq(w.flows[0].vlan_priority, 3);
	ck_assert_uint_eq(w.flows[0].customer_vlan, 200);
}
END_TEST

START_TEST(a_sample_without_a_packet_yields_no_flow)
{
	size_t at, record;

	sflow_begin(&b, 1);
	at = sflow_open_flow(&b, 1);
	record = sflow_open(&b, 1001);
	put_zeros(&b, 16);
	sflow_close(&b, record);
	sflow_close(&b, at);
	ck_assert_int_eq(feed(), PARSE_OK);
	ck_assert_uint_eq(w.flows_n, 0);
	ck_assert_uint_eq(w.tally.sets_decoded, 1);
	ck_assert_uint_eq(samples_shown, 1);
}
END_TEST

START_TEST(an_agent_without_an_address_is_its_udp_source)
{
	b.len = 0;
	put32(&b, 5);
	put32(&b, 0);
	put_zeros(&b, 12);
	put32(&b, 1);
	sflow_put_flow(&b);
	ck_assert_int_eq(feed(), PARSE_OK);
	is_ip(&w.flows[0].sampler_address, "\xc0\x00\x02\x01");
}
END_TEST

START_TEST(a_rate_of_zero_is_no_rate)
{
	size_t at;

	sflow_begin(&b, 1);
	at = sflow_open_flow(&b, 1);
	memset(&b.octets[at + 8], 0, 4);
	sflow_put_ipv4(&b);
	sflow_close(&b, at);
	ck_assert_int_eq(feed(), PARSE_OK);
	ck_assert(!flow_has(&w.flows[0], FLOW_SAMPLING_RATE));
	ck_assert_uint_eq(w.tally.notes[NOTE_ZERO_RATE], 1);
}
END_TEST

/* hostile 52, 54 */
START_TEST(values_that_do_not_fit_are_left_out)
{
	size_t at, record;

	sflow_begin(&b, 1);
	at = sflow_open_flow(&b, 2);
	record = sflow_open(&b, 3);
	put32(&b, 100);
	put32(&b, 17);
	put64(&b, 0x0a0000010a000002);
	put32(&b, 70000); /* port */
	put32(&b, 65535);
	put32(&b, 0);
	put32(&b, 256); /* TOS */
	sflow_close(&b, record);
	record = sflow_open(&b, 1002);
	put32(&b, 0);
	put32(&b, 33);
	put32(&b, 129);
	sflow_close(&b, record);
	sflow_close(&b, at);
	ck_assert_int_eq(feed(), PARSE_OK);
	ck_assert(!flow_has(&w.flows[0], FLOW_SRC_PORT));
	ck_assert_uint_eq(w.flows[0].dst_port, 65535);
	ck_assert(!flow_has(&w.flows[0], FLOW_IP_TOS));
	ck_assert(!flow_has(&w.flows[0], FLOW_SRC_NET));
	ck_assert(!flow_has(&w.flows[0], FLOW_DST_NET));
	ck_assert(!flow_has(&w.flows[0], FLOW_NEXT_HOP));
	ck_assert_uint_eq(w.tally.notes[NOTE_VALUE_MISFIT], 4);
}
END_TEST

START_TEST(unknown_vlans_and_lengths_are_left_out)
{
	static const uint32_t vlans[] = {0, 4096, UINT32_MAX}, types[] = {0, 0x5ff, 0x10000};
	size_t at, record;

	for (unsigned i = 0; i < 3; i++) {
		sflow_begin(&b, 1);
		at = sflow_open_flow(&b, 2);
		record = sflow_open(&b, 2);
		put_zeros(&b, 20);
		put32(&b, types[i]);
		sflow_close(&b, record);
		record = sflow_open(&b, 1001);
		put32(&b, vlans[i]);
		put32(&b, 0);
		put32(&b, 4095);
		put32(&b, 0);
		sflow_close(&b, record);
		sflow_close(&b, at);
		ck_assert_int_eq(feed(), PARSE_OK);
		ck_assert(!flow_has(&w.flows[i], FLOW_ETYPE));
		ck_assert(!flow_has(&w.flows[i], FLOW_SRC_VLAN));
		ck_assert_uint_eq(w.flows[i].dst_vlan, 4095);
	}
}
END_TEST

START_TEST(what_pads_a_header_is_no_header)
{
	size_t at, record;

	sflow_begin(&b, 1);
	at = sflow_open_flow(&b, 1);
	record = sflow_open(&b, 1);
	put32(&b, 11);
	put32(&b, 60);
	put32(&b, 0);
	put32(&b, 22); /* one port */
	put_octets(&b, "\x45\0\0\x1c\0\0\0\0\x40\x11\0\0\xc0\0\2\1\xc0\0\2\2\0\x7b", 22);
	put_zeros(&b, 2);
	sflow_close(&b, record);
	sflow_close(&b, at);
	ck_assert_int_eq(feed(), PARSE_OK);
	ck_assert_uint_eq(w.flows[0].src_port, 123);
	ck_assert(!flow_has(&w.flows[0], FLOW_DST_PORT));
}
END_TEST

START_TEST(the_sink_says_which_header_of_a_tunnel_counts)
{
	for (unsigned inner = 0; inner < 2; inner++) {
		size_t at, record;

		w.sink.inner = inner == 1;
		sflow_begin(&b, 1);
		at = sflow_open_flow(&b, 1);
		record = sflow_open(&b, 1);
		put32(&b, 11);
		put32(&b, 100);
		put32(&b, 0);
		put32(&b, 40);
		put_octets(&b, "\x45\0\0\x64\0\0\0\0\x40\x04\0\0\xc0\0\2\1\xc0\0\2\2", 20);
		put_octets(&b, "\x45\0\0\x50\0\0\0\0\x40\x11\0\0\x0a\0\0\1\x0a\0\0\2", 20);
		sflow_close(&b, record);
		sflow_close(&b, at);
		ck_assert_int_eq(feed(), PARSE_OK);
	}
	is_ip(&w.flows[0].src_addr, "\xc0\0\2\1");
	is_ip(&w.flows[0].inner_dst_addr, "\x0a\0\0\2");
	ck_assert_uint_eq(w.flows[0].inner_proto, 17);
	is_ip(&w.flows[1].src_addr, "\x0a\0\0\1");
}
END_TEST

START_TEST(tunnel_records_never_feed_the_flow)
{
	static const uint16_t formats[] = {1021, 1022, 1023, 1024, 1025, 1026};
	size_t at, record;

	sflow_begin(&b, 1);
	at = sflow_open_flow(&b, 7);
	sflow_put_ipv4(&b);
	for (unsigned i = 0; i < 6; i++) {
		record = sflow_open(&b, formats[i]);
		put_zeros(&b, 56);
		sflow_close(&b, record);
	}
	sflow_close(&b, at);
	ck_assert_int_eq(feed(), PARSE_OK);
	ck_assert_uint_eq(w.flows[0].proto, 17);
	ck_assert_uint_eq(w.flows[0].bytes, 100);
	ck_assert(!flow_has(&w.flows[0], FLOW_SRC_MAC));
}
END_TEST

START_TEST(octets_behind_the_last_sample_are_left_alone)
{
	sflow_begin(&b, 1);
	sflow_put_flow(&b);
	sflow_put_flow(&b);
	ck_assert_int_eq(feed(), PARSE_OK);
	ck_assert_uint_eq(w.flows_n, 1);
	ck_assert_uint_eq(w.tally.notes[NOTE_TRAILING], 1);
}
END_TEST

START_TEST(a_sample_may_grow_behind_its_records)
{
	size_t at;

	sflow_begin(&b, 2);
	at = sflow_open_flow(&b, 1);
	sflow_put_ipv4(&b);
	put_zeros(&b, 20);
	sflow_close(&b, at);
	sflow_put_flow(&b);
	ck_assert_int_eq(feed(), PARSE_OK);
	ck_assert_uint_eq(w.flows_n, 2);
}
END_TEST

static TCase *with_world(Suite *s, const char *name)
{
	TCase *tc = suite_case(s, name);

	tcase_add_checked_fixture(tc, setup, teardown);
	return tc;
}

SUITE(sflow)
{
	TCase *tc = with_world(s, "flows");

	tcase_add_test(tc, a_plain_sample_becomes_a_flow);
	tcase_add_test(tc, its_header_and_its_records_feed_the_flow);
	tcase_add_test(tc, a_sample_without_ip_is_a_flow_too);
	tcase_add_test(tc, an_expanded_sample_becomes_a_flow);
	tcase_add_test(tc, a_gateway_gives_its_path_in_order);
	tcase_add_test(tc, an_empty_path_ends_in_our_own_as);
	tcase_add_test(tc, a_path_longer_than_a_flow_holds_keeps_its_end);
	tcase_add_test(tc, a_sample_within_a_sample_is_a_flow);
	tcase_add_test(tc, a_discarded_packet_has_a_forwarding_status);
	tcase_add_test(tc, sampled_ethernet_comes_padded_or_not);
	tcase_add_test(tc, sampled_ipv6_becomes_a_flow);
	tcase_add_test(tc, a_packet_may_come_from_no_address);
	tcase_add_test(tc, a_header_stands_before_what_other_records_say);
	tcase_add_test(tc, stripped_tags_go_where_there_is_room);
	tcase_add_test(tc, a_sample_without_a_packet_yields_no_flow);
	tcase_add_test(tc, an_agent_without_an_address_is_its_udp_source);
	tcase_add_test(tc, a_rate_of_zero_is_no_rate);
	tcase_add_test(tc, values_that_do_not_fit_are_left_out);
	tcase_add_test(tc, unknown_vlans_and_lengths_are_left_out);
	tcase_add_test(tc, what_pads_a_header_is_no_header);
	tcase_add_test(tc, the_sink_says_which_header_of_a_tunnel_counts);
	tcase_add_test(tc, tunnel_records_never_feed_the_flow);
	tc = with_world(s, "samples");
	tcase_add_test(tc, counters_are_decoded_and_are_no_flows);
	tcase_add_test(tc, discards_are_decoded_and_are_no_flows);
	tcase_add_test(tc, vendor_samples_are_shown_and_unknown_ones_counted);
	tcase_add_test(tc, octets_behind_the_last_sample_are_left_alone);
	tcase_add_test(tc, a_sample_may_grow_behind_its_records);
}
