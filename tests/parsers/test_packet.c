#include "parsers/packet.h"

#include <stdlib.h>
#include <string.h>

#include "tests/parsers/packet_build.h"
#include "tests/parsers/world.h"
#include "tests/support/suite.h"

static struct packet p;
static enum packet_link first;

static void dissect(size_t len, struct flow *f)
{
	uint8_t *copy = exact_copy(p.b.octets, len);

	flow_init(f);
	(void)packet_dissect(wire_over(copy, len), first, PACKET_OUTER, f);
	free(copy);
}

/* The packet reads back, and so does every prefix of it, as far as it goes. */
static void reads_back(void)
{
	struct flow f;

	dissect(p.b.len, &f);
	packet_same(&f, &p.want);
	for (size_t len = 0; len < p.b.len; len++) {
		dissect(len, &f);
		packet_part_of(&f, &p.want);
	}
}

/* What a packet begins with, up to an IP header of the version. */
enum {
	LINK_RAW,
	LINK_ETHERNET,
	LINK_TAG,
	LINK_QINQ,
	LINK_SNAP,
	LINK_PPPOE,
	LINK_MPLS,
	LINK_PSEUDOWIRE,
	LINK_PPP,
	LINK_WLAN,
	LINK_WLAN_BRIDGE,
	LINKS
};

static void put_link(int link, bool v6)
{
	static const uint8_t firsts[LINKS] = {
		[LINK_RAW] = PACKET_IP,           [LINK_ETHERNET] = PACKET_ETHERNET,
		[LINK_TAG] = PACKET_ETHERNET,     [LINK_QINQ] = PACKET_ETHERNET,
		[LINK_SNAP] = PACKET_ETHERNET,    [LINK_PPPOE] = PACKET_ETHERNET,
		[LINK_MPLS] = PACKET_ETHERNET,    [LINK_PSEUDOWIRE] = PACKET_MPLS,
		[LINK_PPP] = PACKET_PPP,          [LINK_WLAN] = PACKET_80211,
		[LINK_WLAN_BRIDGE] = PACKET_80211};
	uint16_t type = v6 ? 0x86dd : 0x0800, ppp = v6 ? 0x0057 : 0x0021;

	first = (enum packet_link)firsts[link];
	switch (link) {
	case LINK_ETHERNET:
		packet_ethernet_header(&p, type);
		break;
	case LINK_TAG:
		packet_ethernet_header(&p, 0x8100);
		packet_tag(&p, 100, type);
		break;
	case LINK_QINQ:
		packet_ethernet_header(&p, 0x88a8);
		packet_tag(&p, 100, 0x9100);
		packet_tag(&p, 200, 0x8100);
		packet_tag(&p, 300, type);
		break;
	case LINK_SNAP:
		packet_ethernet_header(&p, 500); /* a length */
		packet_snap(&p, type);
		break;
	case LINK_PPPOE:
		packet_ethernet_header(&p, 0x8864);
		packet_pppoe_header(&p, ppp);
		break;
	case LINK_MPLS:
		packet_ethernet_header(&p, 0x8847);
		packet_labels(&p, 3);
		break;
	case LINK_PSEUDOWIRE:
		packet_labels(&p, 2);
		put32(&p.b, 0); /* control word */
		packet_ethernet_header(&p, type);
		break;
	case LINK_PPP:
		put16(&p.b, 0xff03);
		put16(&p.b, ppp);
		packet_expect_layer(&p, LAYER_CUSTOM, 4);
		break;
	case LINK_WLAN:
		packet_wlan(&p, 1, true);
		packet_snap(&p, type);
		break;
	case LINK_WLAN_BRIDGE:
		packet_wlan(&p, 3, false);
		packet_snap(&p, type);
		break;
	default:
		break;
	}
}

/* An IP header, and what may stand between it and what it carries. */
enum {
	NET_IPV4,
	NET_IPV4_OPTIONS,
	NET_IPV4_FIRST,
	NET_IPV4_AH,
	NET_IPV6,
	NET_IPV6_OPTIONS,
	NET_IPV6_SEGMENTS,
	NET_IPV6_FIRST,
	NET_IPV6_ALL,
	NETS
};

static void put_net(int net, uint8_t next)
{
	switch (net) {
	case NET_IPV4:
		packet_ipv4_header(&p, next, 0, 0x4000);
		break;
	case NET_IPV4_OPTIONS:
		packet_ipv4_header(&p, next, 40, 0);
		break;
	case NET_IPV4_FIRST:
		packet_ipv4_header(&p, next, 0, 0x2000);
		break;
	case NET_IPV4_AH:
		packet_ipv4_header(&p, 51, 4, 0);
		packet_auth(&p, next);
		break;
	case NET_IPV6:
		packet_ipv6_header(&p, next);
		break;
	case NET_IPV6_OPTIONS:
		packet_ipv6_header(&p, 0);
		packet_options(&p, 60, 0);
		packet_options(&p, next, 2);
		break;
	case NET_IPV6_SEGMENTS:
		packet_ipv6_header(&p, 43);
		packet_segments(&p, next, 3);
		break;
	case NET_IPV6_FIRST:
		packet_ipv6_header(&p, 44);
		packet_fragment(&p, next, 1);
		break;
	case NET_IPV6_ALL:
		packet_ipv6_header(&p, 0);
		packet_options(&p, 43, 1);
		packet_segments(&p, 44, 2);
		packet_fragment(&p, 51, 0);
		packet_auth(&p, 60);
		packet_options(&p, next, 0);
		break;
	default:
		break;
	}
}

static bool net_is_v6(int net)
{
	return net >= NET_IPV6;
}

enum { LAST_TCP, LAST_UDP, LAST_SCTP, LAST_ICMP, LASTS };

static uint8_t last_protocol(int last, bool v6)
{
	static const uint8_t numbers[LASTS] = {6, 17, 132, 1};

	return last == LAST_ICMP && v6 ? 58 : numbers[last];
}

static void put_last(int last, bool v6)
{
	if (last == LAST_TCP)
		packet_tcp_header(&p, 12);
	else if (last == LAST_UDP)
		packet_udp_header(&p, 53);
	else if (last == LAST_SCTP)
		packet_sctp_header(&p);
	else
		packet_icmp_header(&p, v6);
}

/* A tunnel in IP, up to the IP header in it. */
enum {
	TUNNEL_IPIP,
	TUNNEL_6IN4,
	TUNNEL_GRE,
	TUNNEL_GRE_BRIDGE,
	TUNNEL_PPTP,
	TUNNEL_VXLAN,
	TUNNEL_GENEVE,
	TUNNEL_GTPU,
	TUNNEL_GTPU_LONG,
	TUNNEL_MPLS,
	TUNNEL_MPLS_UDP,
	TUNNEL_SRV6_L2,
	TUNNEL_ETHERIP,
	TUNNEL_TEREDO,
	TUNNELS
};

static const struct {
	uint8_t protocol;
	uint16_t port;
	bool v6; /* what is inside */
} tunnels[TUNNELS] = {
	[TUNNEL_IPIP] = {4, 0, false},         [TUNNEL_6IN4] = {41, 0, true},
	[TUNNEL_GRE] = {47, 0, true},          [TUNNEL_GRE_BRIDGE] = {47, 0, false},
	[TUNNEL_PPTP] = {47, 0, false},        [TUNNEL_VXLAN] = {17, 4789, false},
	[TUNNEL_GENEVE] = {17, 6081, true},    [TUNNEL_GTPU] = {17, 2152, false},
	[TUNNEL_GTPU_LONG] = {17, 2152, true}, [TUNNEL_MPLS] = {137, 0, false},
	[TUNNEL_MPLS_UDP] = {17, 6635, true},  [TUNNEL_SRV6_L2] = {143, 0, false},
	[TUNNEL_ETHERIP] = {97, 0, false},     [TUNNEL_TEREDO] = {17, 3544, true},
};

static void put_tunnel(int tunnel)
{
	uint16_t type = tunnels[tunnel].v6 ? 0x86dd : 0x0800;

	if (tunnels[tunnel].port)
		packet_udp_header(&p, tunnels[tunnel].port);
	switch (tunnel) {
	case TUNNEL_GRE:
		packet_gre_header(&p, 0, type);
		break;
	case TUNNEL_GRE_BRIDGE:
		packet_gre_header(&p, 0xb000, 0x6558); /* checksum, key, sequence */
		packet_ethernet_header(&p, type);
		break;
	case TUNNEL_PPTP:
		packet_gre_header(&p, 0x3081, 0x880b); /* key, sequence, acknowledgement */
		put8(&p.b, 0x21);                      /* compressed */
		packet_expect_layer(&p, LAYER_CUSTOM, 1);
		break;
	case TUNNEL_VXLAN:
		packet_vxlan_header(&p, 5001);
		packet_ethernet_header(&p, 0x8100);
		packet_tag(&p, 900, type);
		break;
	case TUNNEL_GENEVE:
		packet_geneve_header(&p, 5002, 12);
		packet_ethernet_header(&p, type);
		break;
	case TUNNEL_GTPU:
	case TUNNEL_GTPU_LONG:
		packet_gtpu_header(&p, tunnel == TUNNEL_GTPU_LONG);
		break;
	case TUNNEL_MPLS:
	case TUNNEL_MPLS_UDP:
		packet_labels(&p, 1);
		break;
	case TUNNEL_SRV6_L2:
		packet_ethernet_header(&p, type);
		break;
	case TUNNEL_ETHERIP:
		put16(&p.b, 0x3000);
		packet_expect_layer(&p, LAYER_CUSTOM, 2);
		packet_ethernet_header(&p, type);
		break;
	case TUNNEL_TEREDO:
		packet_expect_layer(&p, LAYER_TEREDO, 0);
		break;
	default:
		break;
	}
}

START_TEST(every_combination_of_headers_reads_back)
{
	for (int net = 0; net < NETS; net++)
		for (int last = 0; last < LASTS; last++) {
			packet_begin(&p);
			put_link(_i, net_is_v6(net));
			put_net(net, last_protocol(last, net_is_v6(net)));
			put_last(last, net_is_v6(net));
			reads_back();
		}
}
END_TEST

START_TEST(every_tunnel_shows_its_outer_header)
{
	for (int link = 0; link < LINKS; link++)
		for (int net = 0; net < NETS; net++) {
			bool v6 = tunnels[_i].v6;

			packet_begin(&p);
			put_link(link, net_is_v6(net));
			put_net(net, tunnels[_i].protocol);
			put_tunnel(_i);
			put_net(v6 ? NET_IPV6 : NET_IPV4, last_protocol(LAST_TCP, v6));
			put_last(LAST_TCP, v6);
			reads_back();
		}
}
END_TEST

START_TEST(the_inner_header_feeds_the_flow_if_asked_to)
{
	struct flow f;
	bool v6 = tunnels[_i].v6;
	struct addr src;

	packet_begin(&p);
	put_link(LINK_TAG, false);
	put_net(NET_IPV4, tunnels[_i].protocol);
	put_tunnel(_i);
	put_net(v6 ? NET_IPV6 : NET_IPV4, 6);
	put_last(LAST_TCP, v6);
	flow_init(&f);
	(void)packet_dissect(wire_over(p.b.octets, p.b.len), first, PACKET_INNER, &f);
	src = v6 ? addr16(p.b.octets + p.b.len - 64) : addr4(p.b.octets + p.b.len - 40);
	ck_assert(addr_equal(&f.src_addr, &src));
	ck_assert_uint_eq(f.etype, v6 ? 0x86dd : 0x0800);
	ck_assert_uint_eq(f.proto, 6);
	ck_assert_uint_eq(f.dst_port, 443);
	ck_assert_uint_eq(flow_has(&f, FLOW_FRAGMENT_ID), !v6);
	ck_assert_uint_eq(f.layer_stack.count, p.want.layer_stack.count);
	ck_assert_uint_eq(f.src_mac, UINT64_C(0x020000000200) + p.ethernets);
	ck_assert(!flow_has(&f, FLOW_INNER_SRC_ADDR));
	if (_i == TUNNEL_VXLAN)
		ck_assert_uint_eq(f.vlan_id, 900);
}
END_TEST

START_TEST(an_inner_header_cut_short_leaves_the_outer_one)
{
	struct flow f;

	packet_begin(&p);
	put_net(NET_IPV4, 41);
	put_net(NET_IPV6, 6);
	flow_init(&f);
	(void)packet_dissect(wire_over(p.b.octets, p.b.len - 1), PACKET_IP, PACKET_INNER, &f);
	ck_assert_uint_eq(f.src_addr.len, 4);
	ck_assert_uint_eq(f.etype, 0x0800);
	ck_assert_uint_eq(f.proto, 41);
}
END_TEST

START_TEST(what_an_element_gave_stands)
{
	struct flow f;
	struct addr given = {.octets = {1, 2, 3, 4}, .len = 4};

	packet_begin(&p);
	put_link(LINK_MPLS, false);
	put_net(NET_IPV4, 6);
	put_last(LAST_TCP, false);
	flow_init(&f);
	FLOW_PUT(&f, SRC_ADDR, src_addr, given);
	FLOW_PUT(&f, SRC_PORT, src_port, 0); /* zero is a value */
	FLOW_PUT(&f, ETYPE, etype, 0x1234);
	FLOW_PUT(&f, MPLS_LABEL, mpls_label, (struct label_list){.count = 0});
	(void)packet_dissect(wire_over(p.b.octets, p.b.len), first, PACKET_INNER, &f);
	ck_assert(addr_equal(&f.src_addr, &given));
	ck_assert_uint_eq(f.src_port, 0);
	ck_assert_uint_eq(f.etype, 0x1234);
	ck_assert_uint_eq(f.mpls_label.count, 0);
	ck_assert_uint_eq(f.dst_port, 443);
}
END_TEST

START_TEST(the_length_of_the_packet_is_that_of_its_outer_ip_header)
{
	struct flow f;

	packet_begin(&p);
	put_link(LINK_ETHERNET, false);
	put_net(NET_IPV4, 41);
	put_net(NET_IPV6, 6);
	flow_init(&f);
	ck_assert_uint_eq(packet_dissect(wire_over(p.b.octets, p.b.len), first, PACKET_OUTER, &f),
			  1000);
	flow_init(&f);
	ck_assert_uint_eq(packet_dissect(wire_over(p.b.octets + 34, p.b.len - 34), PACKET_IP,
					 PACKET_OUTER, &f),
			  1000);
	flow_init(&f);
	ck_assert_uint_eq(packet_dissect(wire_over(p.b.octets, 14), first, PACKET_OUTER, &f), 0);
}
END_TEST

START_TEST(a_later_fragment_has_no_ports)
{
	packet_begin(&p);
	first = PACKET_IP;
	packet_ipv4_header(&p, 6, 0, 0x2001);
	put_octets(&p.b, "\1\2\3\4\5\6\7\10", 8);
	reads_back();
	ck_assert(!flow_has(&p.want, FLOW_SRC_PORT));

	packet_begin(&p);
	packet_ipv6_header(&p, 44);
	packet_fragment(&p, 17, 8 | 1);
	put_octets(&p.b, "\1\2\3\4\5\6\7\10", 8);
	reads_back();
}
END_TEST

START_TEST(explicit_null_labels_tell_what_follows)
{
	for (uint32_t label = 0; label <= 2; label += 2) {
		struct flow f;

		packet_begin(&p);
		put32(&p.b, label << 12 | 0x100 | 64);
		put_net(label ? NET_IPV6 : NET_IPV4, 17);
		flow_init(&f);
		(void)packet_dissect(wire_over(p.b.octets, p.b.len), PACKET_MPLS, PACKET_OUTER, &f);
		ck_assert_uint_eq(f.etype, label ? 0x86dd : 0x0800);
		ck_assert_uint_eq(f.mpls_label.items[0], label);
	}
}
END_TEST

START_TEST(wireless_directions_place_the_addresses)
{
	for (uint8_t direction = 0; direction < 4; direction++)
		for (int qos = 0; qos < 2; qos++) {
			packet_begin(&p);
			first = PACKET_80211;
			packet_wlan(&p, direction, qos);
			packet_snap(&p, 0x0806);
			reads_back();
		}
}
END_TEST

START_TEST(wireless_frames_without_readable_data_give_their_addresses)
{
	static const uint8_t kinds[][2] = {{0x80, 0}, {0x48, 0}, {0x08, 0x40}};

	for (unsigned i = 0; i < 3; i++) {
		struct flow f;

		packet_begin(&p);
		packet_wlan(&p, 0, false);
		packet_snap(&p, 0x0800);
		p.b.octets[0] = kinds[i][0]; /* beacon, null data, protected */
		p.b.octets[1] = kinds[i][1];
		flow_init(&f);
		(void)packet_dissect(wire_over(p.b.octets, p.b.len), PACKET_80211, PACKET_OUTER,
				     &f);
		ck_assert_uint_eq(f.src_mac, UINT64_C(0x020000000002));
		ck_assert(!flow_has(&f, FLOW_ETYPE));
	}
}
END_TEST

START_TEST(what_is_not_ip_keeps_its_ether_type)
{
	static const uint16_t types[] = {0x0806, 0x88cc, 0x88a2, 0xffff};

	for (unsigned i = 0; i < 4; i++) {
		packet_begin(&p);
		first = PACKET_ETHERNET;
		packet_ethernet_header(&p, types[i]);
		put_zeros(&p.b, 46);
		reads_back();
	}
}
END_TEST

START_TEST(a_length_is_no_ether_type)
{
	packet_begin(&p);
	first = PACKET_ETHERNET;
	packet_ethernet_header(&p, 0x05ff);
	put_octets(&p.b, "\xfe\xfe\3\x83\x1b\1\0\0", 8); /* IS-IS */
	reads_back();
}
END_TEST

START_TEST(labels_that_end_the_header_are_whole)
{
	packet_begin(&p);
	first = PACKET_ETHERNET;
	packet_ethernet_header(&p, 0x8848);
	packet_labels(&p, 2);
	reads_back();
}
END_TEST

START_TEST(a_session_that_is_none_is_not_followed)
{
	struct flow f;

	packet_begin(&p);
	first = PACKET_ETHERNET;
	packet_ethernet_header(&p, 0x8864);
	packet_pppoe_header(&p, 0x0021);
	packet_ipv4_header(&p, 6, 0, 0);
	p.b.octets[15] = 9; /* discovery */
	dissect(p.b.len, &f);
	ck_assert_uint_eq(f.layer_stack.count, 1);
	ck_assert(!flow_has(&f, FLOW_SRC_ADDR));
}
END_TEST

/* hostile 17 */
START_TEST(chains_of_extension_headers_end)
{
	struct flow f;

	packet_begin(&p);
	first = PACKET_IP;
	packet_ipv6_header(&p, 0);
	for (int i = 0; i < 1000; i++)
		put64(&p.b, 0); /* hop-by-hop of 8 octets, again and again */
	dissect(p.b.len, &f);
	ck_assert_uint_eq(f.proto, 0);
	ck_assert_uint_le(f.layer_stack.count, FLOW_LAYERS_MAX);
}
END_TEST

/* hostile 18 */
START_TEST(a_label_stack_without_bottom_ends_with_the_header)
{
	struct flow f;

	packet_begin(&p);
	first = PACKET_MPLS;
	for (int i = 0; i < 5000; i++)
		put32(&p.b, 0x00064040);
	dissect(p.b.len, &f);
	ck_assert_uint_eq(f.mpls_label.count, FLOW_LABELS_MAX);
	ck_assert(!flow_has(&f, FLOW_SRC_ADDR));
}
END_TEST

/* hostile 18 */
START_TEST(sixty_tags_reach_the_depth_limit)
{
	struct flow f;

	packet_begin(&p);
	first = PACKET_ETHERNET;
	packet_ethernet_header(&p, 0x8100);
	for (uint16_t i = 1; i <= 60; i++)
		put32(&p.b, (uint32_t)i << 16 | 0x8100);
	dissect(p.b.len, &f);
	ck_assert_uint_eq(f.vlan_id, 1);
	ck_assert_uint_eq(f.customer_vlan, 2);
	ck_assert_uint_eq(f.layer_stack.count, FLOW_LAYERS_MAX);
}
END_TEST

/* hostile 19 */
START_TEST(tunnels_in_tunnels_reach_the_depth_limit)
{
	static const uint8_t kinds[] = {4, 47, 143, 43};

	for (unsigned kind = 0; kind < 4; kind++)
		for (int feed = PACKET_OUTER; feed <= PACKET_INNER; feed++) {
			struct flow f;

			packet_begin(&p);
			for (int i = 0; i < 100; i++) {
				if (kinds[kind] == 43)
					packet_ipv6_header(&p, 43);
				else
					packet_ipv4_header(&p, kinds[kind], 0, 0);
				if (kinds[kind] == 47)
					packet_gre_header(&p, 0, 0x0800);
				else if (kinds[kind] == 143)
					packet_ethernet_header(&p, 0x0800);
				else if (kinds[kind] == 43)
					packet_segments(&p, 41, 1);
			}
			flow_init(&f);
			(void)packet_dissect(wire_over(p.b.octets, p.b.len), PACKET_IP,
					     (enum packet_feed)feed, &f);
			ck_assert_uint_ge(f.layer_stack.count, FLOW_LAYERS_MAX - 1);
		}
}
END_TEST

/* hostile 40 */
START_TEST(header_lengths_that_cannot_be_true_end_the_reading)
{
	struct flow f;

	for (unsigned ihl = 0; ihl < 16; ihl++) {
		packet_begin(&p);
		first = PACKET_IP;
		packet_ipv4_header(&p, 6, 0, 0);
		p.b.octets[0] = (uint8_t)(0x40 | ihl);
		p.b.octets[2] = p.b.octets[3] = 0; /* total length */
		dissect(p.b.len, &f);
		ck_assert_uint_eq(flow_has(&f, FLOW_SRC_ADDR), ihl >= 5);
		ck_assert(!flow_has(&f, FLOW_SRC_PORT));
	}
}
END_TEST

/* hostile 40 */
START_TEST(a_tcp_offset_is_not_believed)
{
	for (unsigned offset = 0; offset < 16; offset += 15) {
		struct flow f;

		packet_begin(&p);
		first = PACKET_IP;
		packet_ipv4_header(&p, 6, 0, 0);
		packet_tcp_header(&p, 0);
		p.b.octets[32] = (uint8_t)(offset << 4 | 1);
		dissect(p.b.len, &f);
		ck_assert_uint_eq(f.tcp_flags, 0x112);
		ck_assert_uint_eq(f.layer_size.items[1], offset ? 60 : 20);
	}
}
END_TEST

START_TEST(tunnels_that_do_not_look_like_it_are_left_alone)
{
	static const struct {
		uint16_t port;
		uint8_t octets[8];
	} cases[] = {
		{4789, {0}},         /* no network identifier */
		{6081, {0x40}},      /* version 1 */
		{2152, {0x30, 1}},   /* echo request */
		{2152, {0x50, 255}}, /* version 2 */
		{3544, {0, 1}},      /* authentication */
	};

	for (unsigned i = 0; i < 5; i++) {
		struct flow f;

		packet_begin(&p);
		first = PACKET_IP;
		packet_ipv4_header(&p, 17, 0, 0);
		packet_udp_header(&p, cases[i].port);
		put_octets(&p.b, cases[i].octets, 8);
		put_zeros(&p.b, 64);
		dissect(p.b.len, &f);
		ck_assert_uint_eq(f.layer_stack.count, 2);
		ck_assert(!flow_has(&f, FLOW_VNI));
	}
}
END_TEST

START_TEST(extension_headers_are_not_read_behind_ipv4)
{
	static const uint8_t numbers[] = {0, 43, 44, 60, 135};

	for (unsigned i = 0; i < 5; i++) {
		struct flow f;

		packet_begin(&p);
		first = PACKET_IP;
		packet_ipv4_header(&p, numbers[i], 0, 0);
		put_octets(&p.b, "\6\0\0\0\0\0\0\0", 8);
		put_zeros(&p.b, 20);
		dissect(p.b.len, &f);
		ck_assert_uint_eq(f.proto, numbers[i]);
		ck_assert_uint_eq(f.layer_stack.count, 1);
	}
}
END_TEST

START_TEST(an_opaque_link_gives_nothing)
{
	struct flow f;

	packet_begin(&p);
	first = PACKET_OPAQUE;
	put_zeros(&p.b, 64);
	dissect(p.b.len, &f);
	packet_same(&f, &p.want);
}
END_TEST

SUITE(packet)
{
	TCase *tc = suite_case(s, "headers");

	tcase_add_loop_test(tc, every_combination_of_headers_reads_back, 0, LINKS);
	tcase_add_loop_test(tc, every_tunnel_shows_its_outer_header, 0, TUNNELS);
	tcase_add_loop_test(tc, the_inner_header_feeds_the_flow_if_asked_to, 0, TUNNELS);
	tcase_add_test(tc, an_inner_header_cut_short_leaves_the_outer_one);
	tcase_add_test(tc, what_an_element_gave_stands);
	tcase_add_test(tc, the_length_of_the_packet_is_that_of_its_outer_ip_header);
	tcase_add_test(tc, a_later_fragment_has_no_ports);
	tcase_add_test(tc, explicit_null_labels_tell_what_follows);
	tcase_add_test(tc, wireless_directions_place_the_addresses);
	tcase_add_test(tc, wireless_frames_without_readable_data_give_their_addresses);
	tcase_add_test(tc, what_is_not_ip_keeps_its_ether_type);
	tcase_add_test(tc, a_length_is_no_ether_type);
	tcase_add_test(tc, labels_that_end_the_header_are_whole);
	tcase_add_test(tc, a_session_that_is_none_is_not_followed);
	tcase_add_test(tc, an_opaque_link_gives_nothing);
	tcase_set_timeout(tc, 60);
	tc = suite_case(s, "hostile");
	tcase_add_test(tc, chains_of_extension_headers_end);
	tcase_add_test(tc, a_label_stack_without_bottom_ends_with_the_header);
	tcase_add_test(tc, sixty_tags_reach_the_depth_limit);
	tcase_add_test(tc, tunnels_in_tunnels_reach_the_depth_limit);
	tcase_add_test(tc, header_lengths_that_cannot_be_true_end_the_reading);
	tcase_add_test(tc, a_tcp_offset_is_not_believed);
	tcase_add_test(tc, tunnels_that_do_not_look_like_it_are_left_alone);
	tcase_add_test(tc, extension_headers_are_not_read_behind_ipv4);
}
