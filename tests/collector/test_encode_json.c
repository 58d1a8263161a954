#include <stdlib.h>
#include <string.h>

#include "collector/conf/conf.h"
#include "collector/encode/encoder.h"
#include "collector/encode/proto_names.h"
#include "tests/support/suite.h"

static struct flow f;
static char room[16384];

static void empty_flow(void)
{
	memset(&f, 0xa5, sizeof(f)); /* absent members hold anything */
	flow_init(&f);
}

static void expect(uint8_t profile, const char *want)
{
	struct text t = text_over(room, sizeof(room) - 1);

	encode_json(&t, &f, &(struct encode_style){.profile = profile});
	ck_assert(text_ok(&t));
	room[t.len] = '\0';
	ck_assert_str_eq(room, want);
}

static void expect_compact(const char *want)
{
	expect(PROFILE_COMPACT, want);
}

static struct addr v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	return addr4((const uint8_t[]){a, b, c, d});
}

START_TEST(an_empty_flow_is_an_empty_object)
{
	expect_compact("{}\n");
}
END_TEST

START_TEST(only_present_fields_are_written_in_the_order_of_goflow2)
{
	FLOW_PUT(&f, DST_PORT, dst_port, 53);
	FLOW_PUT(&f, TYPE, type, FLOW_NETFLOW_V9);
	FLOW_PUT(&f, PROTO, proto, 17);
	FLOW_PUT(&f, TIME_RECEIVED, time_received_ns, 1700000000123456789);
	FLOW_PUT(&f, SRC_PORT, src_port, 0);
	expect_compact("{\"type\":\"NETFLOW_V9\",\"time_received_ns\":1700000000123456789,"
		       "\"proto\":\"UDP\",\"src_port\":0,\"dst_port\":53}\n");
}
END_TEST

START_TEST(numbers_of_every_width_keep_all_their_digits)
{
	FLOW_PUT(&f, BYTES, bytes, UINT64_MAX);
	FLOW_PUT(&f, IN_IF, in_if, UINT32_MAX);
	FLOW_PUT(&f, VLAN_ID, vlan_id, UINT16_MAX);
	FLOW_PUT(&f, IP_TTL, ip_ttl, UINT8_MAX);
	expect_compact("{\"bytes\":18446744073709551615,\"in_if\":4294967295,"
		       "\"vlan_id\":65535,\"ip_ttl\":255}\n");
}
END_TEST

START_TEST(addresses_are_text_of_their_family)
{
	static const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};

	FLOW_PUT(&f, EXPORTER, sampler_address, v4(192, 0, 2, 1));
	FLOW_PUT(&f, SRC_ADDR, src_addr, addr16(v6));
	FLOW_PUT(&f, NEXT_HOP, next_hop, (struct addr){.len = 0});
	expect_compact("{\"sampler_address\":\"192.0.2.1\",\"src_addr\":\"2001:db8::1\","
		       "\"next_hop\":\"\"}\n");
}
END_TEST

START_TEST(a_mac_starts_with_its_highest_octet)
{
	FLOW_PUT(&f, SRC_MAC, src_mac, 0x0200deadbeef);
	expect_compact("{\"src_mac\":\"02:00:de:ad:be:ef\"}\n");
}
END_TEST

START_TEST(ethernet_types_have_three_names)
{
	static const struct {
		uint16_t etype;
		const char *want;
	} cases[] = {{0x0800, "{\"etype\":\"IPv4\"}\n"},
		     {0x86dd, "{\"etype\":\"IPv6\"}\n"},
		     {0x0806, "{\"etype\":\"ARP\"}\n"},
		     {0x88cc, "{\"etype\":\"\"}\n"}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		FLOW_PUT(&f, ETYPE, etype, cases[i].etype);
		expect_compact(cases[i].want);
	}
}
END_TEST

START_TEST(protocols_have_the_words_of_goflow2)
{
	ck_assert_str_eq(proto_name(0), "HOPOPT");
	ck_assert_str_eq(proto_name(4), "IPv4");
	ck_assert_str_eq(proto_name(6), "TCP");
	ck_assert_str_eq(proto_name(44), "IPv6-Frag");
	ck_assert_str_eq(proto_name(47), "GRE");
	ck_assert_str_eq(proto_name(50), "ESP");
	ck_assert_str_eq(proto_name(58), "IPv6-ICMP");
	ck_assert_str_eq(proto_name(89), "OSPFIGP");
	ck_assert_str_eq(proto_name(115), "L2TP");
	ck_assert_str_eq(proto_name(132), "SCTP");
	ck_assert_str_eq(proto_name(136), "UDPLite");
	ck_assert_str_eq(proto_name(145), "NSH");
	ck_assert_str_eq(proto_name(146), "unassigned");
	ck_assert_str_eq(proto_name(252), "unassigned");
	ck_assert_str_eq(proto_name(253), "experimental");
	ck_assert_str_eq(proto_name(254), "experimental");
	ck_assert_str_eq(proto_name(255), "reserved");
}
END_TEST

START_TEST(a_net_is_the_masked_prefix_of_its_address)
{
	FLOW_PUT(&f, SRC_ADDR, src_addr, v4(10, 1, 2, 255));
	FLOW_PUT(&f, SRC_NET, src_net, 23);
	FLOW_PUT(&f, DST_ADDR, dst_addr, v4(10, 1, 2, 3));
	FLOW_PUT(&f, DST_NET, dst_net, 0);
	expect_compact("{\"src_addr\":\"10.1.2.255\",\"dst_addr\":\"10.1.2.3\","
		       "\"src_net\":\"10.1.2.0/23\",\"dst_net\":\"0.0.0.0/0\"}\n");
}
END_TEST

START_TEST(a_net_of_128_bits_is_the_whole_address)
{
	static const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 0xff};

	FLOW_PUT(&f, SRC_ADDR, src_addr, addr16(v6));
	FLOW_PUT(&f, SRC_NET, src_net, 128);
	FLOW_PUT(&f, DST_ADDR, dst_addr, addr16(v6));
	FLOW_PUT(&f, DST_NET, dst_net, 31);
	expect_compact("{\"src_addr\":\"2001:db8::ff\",\"dst_addr\":\"2001:db8::ff\","
		       "\"src_net\":\"2001:db8::ff/128\",\"dst_net\":\"2001:db8::/31\"}\n");
}
END_TEST

START_TEST(a_net_without_an_address_or_of_another_family_is_empty)
{
	FLOW_PUT(&f, SRC_NET, src_net, 24);
	FLOW_PUT(&f, DST_ADDR, dst_addr, v4(10, 1, 2, 3));
	FLOW_PUT(&f, DST_NET, dst_net, 33);
	expect_compact("{\"dst_addr\":\"10.1.2.3\",\"src_net\":\"\",\"dst_net\":\"\"}\n");
}
END_TEST

START_TEST(lists_are_arrays)
{
	flow_mark(&f, FLOW_AS_PATH);
	f.as_path.count = 2;
	f.as_path.items[0] = 64512;
	f.as_path.items[1] = 4200000000;
	flow_mark(&f, FLOW_MPLS_LABEL);
	f.mpls_label.count = 1;
	f.mpls_label.items[0] = 16;
	flow_mark(&f, FLOW_MPLS_IP);
	f.mpls_ip.count = 2;
	f.mpls_ip.items[0] = v4(192, 0, 2, 1);
	f.mpls_ip.items[1] = v4(192, 0, 2, 2);
	flow_mark(&f, FLOW_LAYER_STACK);
	f.layer_stack.count = 3;
	f.layer_stack.items[0] = LAYER_ETHERNET;
	f.layer_stack.items[1] = LAYER_IPV6_FRAGMENT;
	f.layer_stack.items[2] = LAYER_CUSTOM;
	flow_mark(&f, FLOW_LAYER_SIZE);
	f.layer_size.count = 0;
	expect_compact("{\"as_path\":[64512,4200000000],\"mpls_label\":[16],"
		       "\"mpls_ip\":[\"192.0.2.1\",\"192.0.2.2\"],"
		       "\"layer_stack\":[\"Ethernet\",\"IPv6HeaderFragment\",\"Custom\"],"
		       "\"layer_size\":[]}\n");
}
END_TEST

START_TEST(extension_enums_are_lower_case_words)
{
	FLOW_PUT(&f, SAMPLING_SOURCE, sampling_source, SAMPLING_INFERRED);
	FLOW_PUT(&f, TIME_SOURCE, time_source, TIME_UPTIME);
	FLOW_PUT(&f, DIRECTION, direction, 2);
	expect_compact("{\"sampling_source\":\"inferred\",\"direction\":\"egress\","
		       "\"time_source\":\"uptime\"}\n");
	FLOW_PUT(&f, SAMPLING_SOURCE, sampling_source, 200);
	FLOW_PUT(&f, TIME_SOURCE, time_source, 200);
	FLOW_PUT(&f, DIRECTION, direction, 200);
	expect_compact("{\"sampling_source\":\"unknown\",\"direction\":\"unknown\","
		       "\"time_source\":\"unknown\"}\n");
}
END_TEST

START_TEST(names_from_the_wire_are_escaped)
{
	static const uint8_t name[] = {'e', '"', 0xff, '\n'};

	FLOW_PUT(&f, IN_IF_NAME, in_if_name, ((struct octets){name, sizeof(name)}));
	FLOW_PUT(&f, USER_NAME, user_name, ((struct octets){NULL, 0}));
	expect_compact("{\"in_if_name\":\"e\\\"\xef\xbf\xbd\\n\",\"user_name\":\"\"}\n");
}
END_TEST

START_TEST(goflow2_gets_all_its_keys_and_only_present_extensions)
{
	FLOW_PUT(&f, TYPE, type, FLOW_IPFIX);
	FLOW_PUT(&f, BYTES, bytes, 1500);
	FLOW_PUT(&f, FLOW_END_REASON, flow_end_reason, 3);
	expect(PROFILE_GOFLOW2,
	       "{\"type\":\"IPFIX\",\"time_received_ns\":0,\"sequence_num\":0,"
	       "\"sampling_rate\":0,\"sampler_address\":\"\",\"time_flow_start_ns\":0,"
	       "\"time_flow_end_ns\":0,\"bytes\":1500,\"packets\":0,\"src_addr\":\"\","
	       "\"dst_addr\":\"\",\"etype\":\"\",\"proto\":\"HOPOPT\",\"src_port\":0,"
	       "\"dst_port\":0,\"in_if\":0,\"out_if\":0,\"src_mac\":\"00:00:00:00:00:00\","
	       "\"dst_mac\":\"00:00:00:00:00:00\",\"src_vlan\":0,\"dst_vlan\":0,\"vlan_id\":0,"
	       "\"ip_tos\":0,\"forwarding_status\":0,\"ip_ttl\":0,\"ip_flags\":0,"
	       "\"tcp_flags\":0,\"icmp_type\":0,\"icmp_code\":0,\"ipv6_flow_label\":0,"
	       "\"fragment_id\":0,\"fragment_offset\":0,\"src_as\":0,\"dst_as\":0,"
	       "\"next_hop\":\"\",\"next_hop_as\":0,\"src_net\":\"\",\"dst_net\":\"\","
	       "\"bgp_next_hop\":\"\",\"bgp_communities\":[],\"as_path\":[],\"mpls_ttl\":[],"
	       "\"mpls_label\":[],\"mpls_ip\":[],\"observation_domain_id\":0,"
	       "\"observation_point_id\":0,\"layer_stack\":[],\"layer_size\":[],"
	       "\"ipv6_routing_header_addresses\":[],\"ipv6_routing_header_seg_left\":0,"
	       "\"flow_end_reason\":3}\n");
}
END_TEST

START_TEST(a_line_that_does_not_fit_can_be_taken_back)
{
	char *block = (char *)exact_copy(room, (size_t)_i);
	struct text t = text_over(block, (size_t)_i);

	FLOW_PUT(&f, BYTES, bytes, 1500);
	FLOW_PUT(&f, SRC_ADDR, src_addr, v4(192, 0, 2, 1));
	FLOW_PUT(&f, SRC_NET, src_net, 24);
	encode_json(&t, &f, &(struct encode_style){.profile = PROFILE_COMPACT});
	ck_assert(text_ok(&t) == (_i >= 63));
	text_cut(&t, 0);
	ck_assert(text_ok(&t));
	free(block);
}
END_TEST

SUITE(encode_json)
{
	TCase *tc = suite_case(s, "compact");

	tcase_add_checked_fixture(tc, empty_flow, NULL);
	tcase_add_test(tc, an_empty_flow_is_an_empty_object);
	tcase_add_test(tc, only_present_fields_are_written_in_the_order_of_goflow2);
	tcase_add_test(tc, numbers_of_every_width_keep_all_their_digits);
	tcase_add_test(tc, addresses_are_text_of_their_family);
	tcase_add_test(tc, a_mac_starts_with_its_highest_octet);
	tcase_add_test(tc, ethernet_types_have_three_names);
	tcase_add_test(tc, protocols_have_the_words_of_goflow2);
	tcase_add_test(tc, a_net_is_the_masked_prefix_of_its_address);
	tcase_add_test(tc, a_net_of_128_bits_is_the_whole_address);
	tcase_add_test(tc, a_net_without_an_address_or_of_another_family_is_empty);
	tcase_add_test(tc, lists_are_arrays);
	tcase_add_test(tc, extension_enums_are_lower_case_words);
	tcase_add_test(tc, names_from_the_wire_are_escaped);

	tc = suite_case(s, "goflow2");
	tcase_add_checked_fixture(tc, empty_flow, NULL);
	tcase_add_test(tc, goflow2_gets_all_its_keys_and_only_present_extensions);

	tc = suite_case(s, "room");
	tcase_add_checked_fixture(tc, empty_flow, NULL);
	tcase_add_loop_test(tc, a_line_that_does_not_fit_can_be_taken_back, 0, 80);
}
