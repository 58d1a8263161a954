#include "collector/blast/element.h"
#include "collector/blast/export.h"
#include "collector/blast/frame.h"
#include "parsers/wire.h"
#include "tests/support/suite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One flow whose every octet can be told from the others on the wire. */
static const struct traffic_flow tcp = {
	.src = {10, 1, 2, 3},
	.dst = {10, 4, 5, 6},
	.next_hop = {10, 7, 8, 9},
	.src_mac = {0x02, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5},
	.dst_mac = {0x02, 0xb1, 0xb2, 0xb3, 0xb4, 0xb5},
	.ip_version = 4,
	.ethertype = 0x0800,
	.protocol = 6,
	.src_port = 0x1f90,
	.dst_port = 0x01bb,
	.tos = 0xb8,
	.ttl = 61,
	.tcp_flags = 0x12,
	.tcp_sequence = 0x01020304,
	.tcp_ack = 0x05060708,
	.tcp_window = 0x7210,
	.octets = 0x00012345,
	.packets = 0x000000c8,
	.start_age_ms = 0x2710, /* 10 s */
	.end_age_ms = 0x03e8,   /* 1 s */
	.in_if = 0x0011,
	.out_if = 0x0022,
	.src_as = 0xfc01,
	.dst_as = 0xfc02,
	.src_mask = 24,
	.dst_mask = 16,
	.vlan = 0x0123,
	.number = 0x4d2,
	.frame_octets = 1518,
};

static const struct stream stream = {
	.domain = 0x0102,
	.agent = 0xc6120001, /* 198.18.0.1 */
	.sequence = 0x00030201,
	.samples = 0x10,
};

static const struct moment moment = {
	.unix_ns = 0x65432100u * UINT64_C(1000000000) + 0x07654321,
	.uptime_ms = 0x05265c00,
};

static struct plan plan_of(enum export_protocol protocol, uint16_t records, uint16_t fields,
			   bool ipv6)
{
	struct plan_conf conf = {.protocol = (uint8_t)protocol,
				 .records = records,
				 .fields = fields,
				 .ipv6 = ipv6,
				 .seed = 1};
	struct plan p;

	ck_assert_int_eq(plan_init(&p, &conf), 0);
	return p;
}

/* The first flow of the pool replaced by the one above, written as the next datagram. */
static uint8_t *datagram_of(struct plan *p)
{
	uint8_t *out = malloc(p->data_octets);

	ck_assert_ptr_nonnull(out);
	p->row->record(p, &tcp, p->pool);
	export_data(p, &stream, &moment, out);
	return out;
}

/* clang-format off */
START_TEST(v5_is_header_and_record_as_cisco_drew_them)
{
	static const uint8_t golden[] = {
		0x00, 0x05,             /* version */
		0x00, 0x01,             /* count */
		0x05, 0x26, 0x5c, 0x00, /* sysUptime */
		0x65, 0x43, 0x21, 0x00, /* unix_secs */
		0x07, 0x65, 0x43, 0x21, /* unix_nsecs */
		0x00, 0x03, 0x02, 0x01, /* flow_sequence */
		0x01, 0x02,             /* engine_type, engine_id */
		0x00, 0x00,             /* sampling */
		10, 1, 2, 3,            /* src */
		10, 4, 5, 6,            /* dst */
		10, 7, 8, 9,            /* nexthop */
		0x00, 0x11, 0x00, 0x22, /* input, output */
		0x00, 0x00, 0x00, 0xc8, /* dPkts */
		0x00, 0x01, 0x23, 0x45, /* dOctets */
		0x05, 0x26, 0x34, 0xf0, /* First: uptime - 10 s */
		0x05, 0x26, 0x58, 0x18, /* Last: uptime - 1 s */
		0x1f, 0x90, 0x01, 0xbb, /* srcport, dstport */
		0x00, 0x12, 0x06, 0xb8, /* pad, tcp_flags, prot, tos */
		0xfc, 0x01, 0xfc, 0x02, /* src_as, dst_as */
		24, 16,                 /* masks */
		0x00, 0x00,             /* pad */
	};
	struct plan p = plan_of(EXPORT_V5, 1, 20, false);
	uint8_t *out = datagram_of(&p);

	ck_assert_uint_eq(p.data_octets, sizeof(golden));
	ck_assert_mem_eq(out, golden, sizeof(golden));
	free(out);
	plan_fini(&p);
}
END_TEST

START_TEST(v7_leaves_out_what_a_switch_does_not_know)
{
	static const uint8_t golden[] = {
		0x00, 0x07,             /* version */
		0x00, 0x01,             /* count */
		0x05, 0x26, 0x5c, 0x00, /* sysUptime */
		0x65, 0x43, 0x21, 0x00, /* unix_secs */
		0x07, 0x65, 0x43, 0x21, /* unix_nsecs */
		0x00, 0x03, 0x02, 0x01, /* flow_sequence */
		0x00, 0x00, 0x00, 0x00, /* reserved */
		10, 1, 2, 3,            /* src */
		10, 4, 5, 6,            /* dst */
		0, 0, 0, 0,             /* nexthop */
		0x00, 0x00, 0x00, 0x22, /* input, output */
		0x00, 0x00, 0x00, 0xc8, /* dPkts */
		0x00, 0x01, 0x23, 0x45, /* dOctets */
		0x05, 0x26, 0x34, 0xf0, /* First */
		0x05, 0x26, 0x58, 0x18, /* Last */
		0x1f, 0x90, 0x01, 0xbb, /* srcport, dstport */
		0x00, 0x00, 0x06, 0xb8, /* flags, tcp_flags, prot, tos */
		0x00, 0x00, 0x00, 0x00, /* src_as, dst_as */
		0, 0,                   /* masks */
		0x00, 0x00,             /* flags */
		10, 7, 8, 9,            /* router_sc */
	};
	struct plan p = plan_of(EXPORT_V7, 1, 20, false);
	uint8_t *out = datagram_of(&p);

	ck_assert_uint_eq(p.data_octets, sizeof(golden));
	ck_assert_mem_eq(out, golden, sizeof(golden));
	free(out);
	plan_fini(&p);
}
END_TEST

START_TEST(v9_data_is_a_padded_set)
{
	static const uint8_t golden[] = {
		0x00, 0x09,             /* version */
		0x00, 0x01,             /* count: one record */
		0x05, 0x26, 0x5c, 0x00, /* sysUptime */
		0x65, 0x43, 0x21, 0x00, /* unix_secs */
		0x00, 0x03, 0x02, 0x01, /* sequence */
		0x00, 0x00, 0x01, 0x02, /* source id */
		0x01, 0x00,             /* FlowSet: template 256 */
		0x00, 0x24,             /* length: 4 + 30 + 2 of padding */
		10, 1, 2, 3,            /* 8 */
		10, 4, 5, 6,            /* 12 */
		0x1f, 0x90, 0x01, 0xbb, /* 7, 11 */
		0x06,                   /* 4 */
		0x00, 0x01, 0x23, 0x45, /* 1 */
		0x00, 0x00, 0x00, 0xc8, /* 2 */
		0x05, 0x26, 0x34, 0xf0, /* 22: uptime - 10 s */
		0x05, 0x26, 0x58, 0x18, /* 21: uptime - 1 s */
		0xb8,                   /* 5 */
		0x00, 0x00,             /* padding to four octets */
	};
	struct plan p = plan_of(EXPORT_V9, 1, 10, false);
	uint8_t *out = datagram_of(&p);

	ck_assert_uint_eq(p.data_octets, sizeof(golden));
	ck_assert_mem_eq(out, golden, sizeof(golden));
	free(out);
	plan_fini(&p);
}
END_TEST

START_TEST(v9_templates_have_a_datagram_of_their_own)
{
	static const uint8_t golden[] = {
		0x00, 0x09,             /* version */
		0x00, 0x01,             /* count: one template */
		0x05, 0x26, 0x5c, 0x00, /* sysUptime */
		0x65, 0x43, 0x21, 0x00, /* unix_secs */
		0x00, 0x03, 0x02, 0x01, /* sequence */
		0x00, 0x00, 0x01, 0x02, /* source id */
		0x00, 0x00,             /* template FlowSet */
		0x00, 0x2c,             /* length: 8 + 9 fields */
		0x01, 0x00,             /* template 256 */
		0x00, 0x09,             /* fields */
		0, 8, 0, 4,
		0, 12, 0, 4,
		0, 7, 0, 2,
		0, 11, 0, 2,
		0, 4, 0, 1,
		0, 1, 0, 4,
		0, 2, 0, 4,
		0, 22, 0, 4,
		0, 21, 0, 4,
	};
	struct plan p = plan_of(EXPORT_V9, 1, 9, false);
	uint8_t *out = malloc(p.tmpl_octets);

	ck_assert_uint_eq(p.tmpl_octets, sizeof(golden));
	export_tmpl(&p, &stream, &moment, out);
	ck_assert_mem_eq(out, golden, sizeof(golden));
	free(out);
	plan_fini(&p);
}
END_TEST

START_TEST(ipfix_tells_times_since_1970)
{
	/* 0x65432100 s is 0x18b8e38e800 ms, and 0x07654321 ns are 0x7c ms more. */
	static const uint8_t golden[] = {
		0x00, 0x0a,             /* version */
		0x00, 0x39,             /* length */
		0x65, 0x43, 0x21, 0x00, /* export time */
		0x00, 0x03, 0x02, 0x01, /* sequence */
		0x00, 0x00, 0x01, 0x02, /* domain */
		0x01, 0x00,             /* Set: template 256 */
		0x00, 0x29,             /* length: 4 + 37, no padding */
		10, 1, 2, 3,            /* 8 */
		10, 4, 5, 6,            /* 12 */
		0x1f, 0x90, 0x01, 0xbb, /* 7, 11 */
		0x06,                   /* 4 */
		0x00, 0x01, 0x23, 0x45, /* 1 */
		0x00, 0x00, 0x00, 0xc8, /* 2 */
		0x00, 0x00, 0x01, 0x8b, 0x8e, 0x38, 0xc1, 0x6c, /* 152: now - 10 s */
		0x00, 0x00, 0x01, 0x8b, 0x8e, 0x38, 0xe4, 0x94, /* 153: now - 1 s */
	};
	struct plan p = plan_of(EXPORT_IPFIX, 1, 9, false);
	uint8_t *out = datagram_of(&p);

	ck_assert_uint_eq(p.data_octets, sizeof(golden));
	ck_assert_mem_eq(out, golden, sizeof(golden));
	free(out);
	plan_fini(&p);
}
END_TEST

START_TEST(ipfix_templates_of_ipv6_flows_have_another_id)
{
	static const uint8_t golden[] = {
		0x00, 0x0a,             /* version */
		0x00, 0x2c,             /* length */
		0x65, 0x43, 0x21, 0x00, /* export time */
		0x00, 0x03, 0x02, 0x01, /* sequence */
		0x00, 0x00, 0x01, 0x02, /* domain */
		0x00, 0x02,             /* template Set */
		0x00, 0x1c,             /* length: 8 + 5 fields */
		0x01, 0x01,             /* template 257 */
		0x00, 0x05,             /* fields */
		0, 27, 0, 16,
		0, 28, 0, 16,
		0, 7, 0, 2,
		0, 11, 0, 2,
		0, 4, 0, 1,
	};
	struct plan p = plan_of(EXPORT_IPFIX, 1, 5, true);
	uint8_t *out = malloc(p.tmpl_octets);

	ck_assert_uint_eq(p.tmpl_octets, sizeof(golden));
	export_tmpl(&p, &stream, &moment, out);
	ck_assert_mem_eq(out, golden, sizeof(golden));
	free(out);
	plan_fini(&p);
}
END_TEST

START_TEST(sflow_is_a_flow_sample_around_the_header_of_a_packet)
{
	static const uint8_t golden[] = {
		0, 0, 0, 5,             /* version */
		0, 0, 0, 1,             /* agent: IPv4 ... */
		198, 18, 0, 1,
		0x00, 0x00, 0x01, 0x02, /* sub-agent */
		0x00, 0x03, 0x02, 0x01, /* sequence */
		0x05, 0x26, 0x5c, 0x00, /* uptime */
		0, 0, 0, 1,             /* samples */
		0, 0, 0, 1,             /* flow sample */
		0, 0, 0, 184,           /* length: 32 + 8 + 144 */
		0, 0, 0, 0x11,          /* sequence: 16 samples went before */
		0, 0, 0, 1,             /* source: ifIndex 1 */
		0, 0, 0x03, 0xe8,       /* rate: 1000 */
		0, 0, 0x42, 0x68,       /* pool: 17 x 1000 */
		0, 0, 0, 0,             /* drops */
		0, 0, 0, 1,             /* input */
		0, 0, 0, 0x22,          /* output */
		0, 0, 0, 1,             /* records */
		0, 0, 0, 1,             /* sampled header */
		0, 0, 0, 144,           /* length: 16 + 128 */
		0, 0, 0, 1,             /* Ethernet */
		0, 0, 0x05, 0xee,       /* frame: 1518 */
		0, 0, 0, 4,             /* stripped: the FCS */
		0, 0, 0, 128,           /* header */
	};
	struct plan p = plan_of(EXPORT_SFLOW, 1, 20, false);
	uint8_t *out = datagram_of(&p);
	uint8_t frame[FRAME_HEADER_OCTETS];

	frame_put(&tcp, frame);
	ck_assert_uint_eq(p.data_octets, sizeof(golden) + sizeof(frame));
	ck_assert_mem_eq(out, golden, sizeof(golden));
	ck_assert_mem_eq(out + sizeof(golden), frame, sizeof(frame));
	free(out);
	plan_fini(&p);
}
END_TEST

START_TEST(a_frame_is_ethernet_ipv4_tcp)
{
	static const uint8_t golden[] = {
		0x02, 0xb1, 0xb2, 0xb3, 0xb4, 0xb5, /* destination */
		0x02, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, /* source */
		0x08, 0x00,                         /* IPv4 */
		0x45, 0xb8, 0x05, 0xdc,             /* version, words; ToS; total: 1500 */
		0x04, 0xd2, 0x40, 0x00,             /* identification; do not fragment */
		0x3d, 0x06, 0x17, 0x85,             /* TTL, TCP, checksum */
		10, 1, 2, 3,
		10, 4, 5, 6,
		0x1f, 0x90, 0x01, 0xbb,             /* ports */
		0x01, 0x02, 0x03, 0x04,             /* sequence */
		0x05, 0x06, 0x07, 0x08,             /* acknowledgement */
		0x50, 0x12, 0x72, 0x10,             /* five words; SYN ACK; window */
		0x00, 0x00, 0x00, 0x00,             /* checksum, urgent */
		0x00,                               /* payload */
	};
	uint8_t frame[FRAME_HEADER_OCTETS];

	frame_put(&tcp, frame);
	ck_assert_mem_eq(frame, golden, sizeof(golden));
	ck_assert_uint_eq(frame[FRAME_HEADER_OCTETS - 1], 0);
}
END_TEST

START_TEST(a_frame_is_ethernet_ipv6_udp)
{
	static const uint8_t golden[] = {
		0x02, 0xb1, 0xb2, 0xb3, 0xb4, 0xb5, /* destination */
		0x02, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, /* source */
		0x86, 0xdd,                         /* IPv6 */
		0x6b, 0x8a, 0xbc, 0xde,             /* version, traffic class b8, flow label abcde */
		0x05, 0xb4, 0x11, 0x3d,             /* payload: 1460; UDP; hop limit */
		10, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		10, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x1f, 0x90, 0x01, 0xbb,             /* ports */
		0x05, 0xb4, 0x00, 0x00,             /* length: 1460; checksum */
	};
	struct traffic_flow f = tcp;
	uint8_t frame[FRAME_HEADER_OCTETS];

	f.ipv6 = true;
	f.ethertype = 0x86dd;
	f.flow_label = 0xabcde;
	f.protocol = TRAFFIC_PROTOCOL_UDP;
	frame_put(&f, frame);
	ck_assert_mem_eq(frame, golden, sizeof(golden));
}
END_TEST
/* clang-format on */

START_TEST(presets_are_what_is_usual)
{
	static const struct {
		uint16_t records;
		size_t octets;
	} usual[EXPORT_PROTOCOLS] = {
		[EXPORT_V5] = {30, 24 + 30 * 48},         [EXPORT_V7] = {27, 24 + 27 * 52},
		[EXPORT_V9] = {24, 20 + 4 + 24 * 56},     [EXPORT_IPFIX] = {24, 16 + 4 + 24 * 60},
		[EXPORT_SFLOW] = {7, 28 + 7 * (8 + 184)},
	};
	struct plan p = plan_of((enum export_protocol)_i, 0, 20, false);

	ck_assert_uint_eq(p.records, usual[_i].records);
	ck_assert_uint_eq(p.data_octets, usual[_i].octets);
	ck_assert_uint_le(p.data_octets, EXPORT_OCTETS_MTU);
	plan_fini(&p);
}
END_TEST

START_TEST(presets_stay_within_a_packet_whatever_the_fields)
{
	struct plan p = plan_of(EXPORT_IPFIX, 0, ELEMENTS_MAX, true);

	ck_assert_uint_ge(p.records, 1);
	ck_assert_uint_le(p.data_octets, EXPORT_OCTETS_MTU);
	plan_fini(&p);
}
END_TEST

START_TEST(a_datagram_too_large_for_udp_is_refused)
{
	struct plan_conf conf = {.protocol = EXPORT_V5, .records = 1365, .fields = 20};
	struct plan p;

	ck_assert_int_eq(plan_init(&p, &conf), -EMSGSIZE); /* 24 + 1365 x 48 = 65,544 */
	plan_fini(&p);
	conf.records = 1364;
	ck_assert_int_eq(plan_init(&p, &conf), 0);
	ck_assert_uint_eq(p.data_octets, 65496);
	plan_fini(&p);
}
END_TEST

START_TEST(a_sequence_counts_what_its_protocol_counts)
{
	static const uint32_t after_data[EXPORT_PROTOCOLS] = {
		[EXPORT_V5] = 3 * 30,    [EXPORT_V7] = 3 * 27, [EXPORT_V9] = 3,
		[EXPORT_IPFIX] = 3 * 24, [EXPORT_SFLOW] = 3,
	};
	struct plan p = plan_of((enum export_protocol)_i, 0, 20, false);
	struct stream s = {0};

	export_sent(&p, &s, 3);
	ck_assert_uint_eq(s.sequence, after_data[_i]);
	ck_assert_uint_eq(s.next, 3u * p.records);
	if (p.tmpl_octets) {
		export_tmpl_sent(&p, &s);
		ck_assert_uint_eq(s.sequence, after_data[_i] + (_i == EXPORT_V9));
	}
	plan_fini(&p);
}
END_TEST

START_TEST(a_stream_goes_round_in_its_flows)
{
	struct plan p = plan_of(EXPORT_V5, 30, 20, false);
	struct stream s = {.next = EXPORT_FLOWS - 10};
	struct traffic_flow first;
	uint8_t out[EXPORT_OCTETS_MTU];

	traffic_flow(1, 0, false, &first);
	export_data(&p, &s, &moment, out);
	ck_assert_mem_eq(out + 24 + 10 * 48, first.src, 4);
	export_sent(&p, &s, 1);
	ck_assert_uint_eq(s.next, 20);
	plan_fini(&p);
}
END_TEST

START_TEST(writing_a_datagram_leaves_the_plan_as_it_was)
{
	struct plan p = plan_of((enum export_protocol)_i, 0, 20, false);
	uint8_t once[EXPORT_OCTETS_MTU], again[EXPORT_OCTETS_MTU];

	export_data(&p, &stream, &moment, once);
	export_data(&p, &stream, &moment, again);
	ck_assert_mem_eq(once, again, p.data_octets);
	plan_fini(&p);
}
END_TEST

static size_t record_octets(bool netflow9, bool ipv6)
{
	size_t octets = 0;

	for (size_t i = 0; i < ELEMENTS_MAX; i++)
		octets += element_spec(&elements[i], netflow9, ipv6).len;
	return octets;
}

START_TEST(every_element_is_written_as_long_as_its_template_says)
{
	bool ipv6 = _i & 1, v9 = _i & 2;
	struct plan p = plan_of(v9 ? EXPORT_V9 : EXPORT_IPFIX, 1, ELEMENTS_MAX, ipv6);
	struct traffic_flow f;

	ck_assert_uint_eq(p.record_octets, record_octets(v9, ipv6));
	traffic_flow(1, 5, ipv6, &f);
	for (size_t i = 0; i < ELEMENTS_MAX; i++) {
		struct element_spec spec = element_spec(&elements[i], v9, ipv6);
		uint8_t octets[32] = {0};

		ck_assert_ptr_eq(element_put(&elements[i], spec, &f, octets), octets + spec.len);
	}
	plan_fini(&p);
}
END_TEST

START_TEST(no_element_stands_twice_in_a_template)
{
	bool ipv6 = _i & 1, v9 = _i & 2;

	for (size_t i = 0; i < ELEMENTS_MAX; i++)
		for (size_t j = i + 1; j < ELEMENTS_MAX; j++)
			ck_assert_uint_ne(element_spec(&elements[i], v9, ipv6).id,
					  element_spec(&elements[j], v9, ipv6).id);
}
END_TEST

SUITE(blast_export)
{
	TCase *tc = suite_case(s, "golden");

	tcase_add_test(tc, v5_is_header_and_record_as_cisco_drew_them);
	tcase_add_test(tc, v7_leaves_out_what_a_switch_does_not_know);
	tcase_add_test(tc, v9_data_is_a_padded_set);
	tcase_add_test(tc, v9_templates_have_a_datagram_of_their_own);
	tcase_add_test(tc, ipfix_tells_times_since_1970);
	tcase_add_test(tc, ipfix_templates_of_ipv6_flows_have_another_id);
	tcase_add_test(tc, sflow_is_a_flow_sample_around_the_header_of_a_packet);
	tcase_add_test(tc, a_frame_is_ethernet_ipv4_tcp);
	tcase_add_test(tc, a_frame_is_ethernet_ipv6_udp);
	tc = suite_case(s, "plan");
	tcase_add_loop_test(tc, presets_are_what_is_usual, 0, EXPORT_PROTOCOLS);
	tcase_add_test(tc, presets_stay_within_a_packet_whatever_the_fields);
	tcase_add_test(tc, a_datagram_too_large_for_udp_is_refused);
	tcase_add_loop_test(tc, a_sequence_counts_what_its_protocol_counts, 0, EXPORT_PROTOCOLS);
	tcase_add_test(tc, a_stream_goes_round_in_its_flows);
	tcase_add_loop_test(tc, writing_a_datagram_leaves_the_plan_as_it_was, 0, EXPORT_PROTOCOLS);
	tcase_add_loop_test(tc, every_element_is_written_as_long_as_its_template_says, 0, 4);
	tcase_add_loop_test(tc, no_element_stands_twice_in_a_template, 0, 4);
}
