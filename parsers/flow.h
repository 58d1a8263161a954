/* One flow: host order, one shape for every protocol (an open value).
 *
 * A presence bit says which members mean anything; a member whose bit is clear is unspecified, so
 * that nobody pays for zeroing what a record does not have. Zero is a value: protocol 0 and port 0
 * exist. Strings and lists that are borrowed point into the datagram and die with the call that
 * handed the flow over.
 *
 * FLOW_FIELDS is the only place a field is named: the presence bit, the JSON key, the protobuf
 * number, the order of output and the documentation are made from it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/addr.h"
#include "parsers/sampling.h"

#define FLOW_LABELS_MAX 10  /* elements 70..79 */
#define FLOW_LAYERS_MAX 24  /* headers seen in one sampled packet */
#define FLOW_LIST_MAX   128 /* AS path, communities; what is cut is counted */
#define FLOW_ADDRS_MAX  16  /* MPLS next hops, SRv6 segments */
#define FLOW_LARGE_MAX  32  /* large communities */
#define FLOW_LARGE_LEN  12  /* octets of one: RFC 8092 */

struct octets {
	const uint8_t *at; /* borrowed */
	uint16_t len;
};

struct u32_list {
	uint16_t count;
	uint32_t items[FLOW_LIST_MAX];
};

struct label_list {
	uint16_t count;
	uint32_t items[FLOW_LABELS_MAX];
};

struct layer_list {
	uint16_t count;
	uint32_t items[FLOW_LAYERS_MAX];
};

struct addr_list {
	uint16_t count;
	struct addr items[FLOW_ADDRS_MAX];
};

struct large_list {
	uint16_t count;
	uint8_t items[FLOW_LARGE_MAX][FLOW_LARGE_LEN];
};

/* Numbers of the protobuf enum FlowType; v7 has none there and is written as v5. */
enum flow_type {
	FLOW_UNKNOWN = 0,
	FLOW_SFLOW_5 = 1,
	FLOW_NETFLOW_V5 = 2,
	FLOW_NETFLOW_V9 = 3,
	FLOW_IPFIX = 4,
};

/* Which form of time a record carried, finest first (wire-quirks 77). */
enum time_source {
	TIME_UNKNOWN,
	TIME_NANOSECONDS,
	TIME_MICROSECONDS,
	TIME_MILLISECONDS,
	TIME_SECONDS,
	TIME_DELTA,
	TIME_UPTIME,
	TIME_OBSERVATION,
	TIME_DURATION,
	TIME_EXPORT,      /* the record has no time */
	TIME_APPROXIMATE, /* only the duration holds (wire-quirks 69) */
	TIME_RECEIVED,    /* sFlow has no wall clock; or the export time is absurd */
};

enum flow_layer {
	LAYER_ETHERNET = 0,
	LAYER_IPV4 = 1,
	LAYER_IPV6 = 2,
	LAYER_TCP = 3,
	LAYER_UDP = 4,
	LAYER_MPLS = 5,
	LAYER_DOT1Q = 6,
	LAYER_ICMP = 7,
	LAYER_ICMPV6 = 8,
	LAYER_GRE = 9,
	LAYER_IPV6_ROUTING = 10,
	LAYER_IPV6_FRAGMENT = 11,
	LAYER_GENEVE = 12,
	LAYER_TEREDO = 13,
	LAYER_CUSTOM = 99,
};

/* How a member is stored, which is also how it is written. */
enum flow_form {
	FORM_UINT,       /* uint8_t, uint16_t, uint32_t or uint64_t */
	FORM_TYPE,       /* uint8_t, enum flow_type */
	FORM_ADDR,       /* struct addr */
	FORM_MAC,        /* uint64_t, 48 bits, first octet highest */
	FORM_ETYPE,      /* uint16_t */
	FORM_PROTO,      /* uint8_t, IANA protocol number */
	FORM_SRC_NET,    /* uint8_t, prefix length of src_addr */
	FORM_DST_NET,    /* uint8_t, prefix length of dst_addr */
	FORM_LABELS,     /* struct label_list */
	FORM_LAYERS,     /* struct layer_list of enum flow_layer */
	FORM_SIZES,      /* struct layer_list of octets */
	FORM_U32_LIST,   /* struct u32_list */
	FORM_ADDR_LIST,  /* struct addr_list */
	FORM_LARGE_LIST, /* struct large_list, each as octets */
	FORM_STRING,     /* struct octets, text from the wire: to be escaped */
	FORM_SAMPLING,   /* uint8_t, enum sampling_source */
	FORM_TIME,       /* uint8_t, enum time_source */
	FORM_DIRECTION,  /* uint8_t: 1 ingress, 2 egress */
};

/* clang-format off */
/* X(bit, member, C type, protobuf number, form), in the order of JSON keys: first goflow2's own,
 * in its order, then what goflow2's JSON leaves out. A number is never used again. */
#define FLOW_FIELDS(X) \
	X(TYPE,              type,                        uint8_t,            1, FORM_TYPE)      \
	X(TIME_RECEIVED,     time_received_ns,            uint64_t,         110, FORM_UINT)      \
	X(SEQUENCE,          sequence_num,                uint32_t,           4, FORM_UINT)      \
	X(SAMPLING_RATE,     sampling_rate,               uint64_t,           3, FORM_UINT)      \
	X(EXPORTER,          sampler_address,             struct addr,       11, FORM_ADDR)      \
	X(TIME_START,        time_flow_start_ns,          uint64_t,         111, FORM_UINT)      \
	X(TIME_END,          time_flow_end_ns,            uint64_t,         112, FORM_UINT)      \
	X(BYTES,             bytes,                       uint64_t,           9, FORM_UINT)      \
	X(PACKETS,           packets,                     uint64_t,          10, FORM_UINT)      \
	X(SRC_ADDR,          src_addr,                    struct addr,        6, FORM_ADDR)      \
	X(DST_ADDR,          dst_addr,                    struct addr,        7, FORM_ADDR)      \
	X(ETYPE,             etype,                       uint16_t,          30, FORM_ETYPE)     \
	X(PROTO,             proto,                       uint8_t,           20, FORM_PROTO)     \
	X(SRC_PORT,          src_port,                    uint16_t,          21, FORM_UINT)      \
	X(DST_PORT,          dst_port,                    uint16_t,          22, FORM_UINT)      \
	X(IN_IF,             in_if,                       uint32_t,          18, FORM_UINT)      \
	X(OUT_IF,            out_if,                      uint32_t,          19, FORM_UINT)      \
	X(SRC_MAC,           src_mac,                     uint64_t,          27, FORM_MAC)       \
	X(DST_MAC,           dst_mac,                     uint64_t,          28, FORM_MAC)       \
	X(SRC_VLAN,          src_vlan,                    uint16_t,          33, FORM_UINT)      \
	X(DST_VLAN,          dst_vlan,                    uint16_t,          34, FORM_UINT)      \
	X(VLAN_ID,           vlan_id,                     uint16_t,          29, FORM_UINT)      \
	X(IP_TOS,            ip_tos,                      uint8_t,           23, FORM_UINT)      \
	X(FORWARDING_STATUS, forwarding_status,           uint8_t,           24, FORM_UINT)      \
	X(IP_TTL,            ip_ttl,                      uint8_t,           25, FORM_UINT)      \
	X(IP_FLAGS,          ip_flags,                    uint8_t,           38, FORM_UINT)      \
	X(TCP_FLAGS,         tcp_flags,                   uint16_t,          26, FORM_UINT)      \
	X(ICMP_TYPE,         icmp_type,                   uint8_t,           31, FORM_UINT)      \
	X(ICMP_CODE,         icmp_code,                   uint8_t,           32, FORM_UINT)      \
	X(IPV6_FLOW_LABEL,   ipv6_flow_label,             uint32_t,          37, FORM_UINT)      \
	X(FRAGMENT_ID,       fragment_id,                 uint32_t,          35, FORM_UINT)      \
	X(FRAGMENT_OFFSET,   fragment_offset,             uint16_t,          36, FORM_UINT)      \
	X(SRC_AS,            src_as,                      uint32_t,          14, FORM_UINT)      \
	X(DST_AS,            dst_as,                      uint32_t,          15, FORM_UINT)      \
	X(NEXT_HOP,          next_hop,                    struct addr,       12, FORM_ADDR)      \
	X(NEXT_HOP_AS,       next_hop_as,                 uint32_t,          13, FORM_UINT)      \
	X(SRC_NET,           src_net,                     uint8_t,           16, FORM_SRC_NET)   \
	X(DST_NET,           dst_net,                     uint8_t,           17, FORM_DST_NET)   \
	X(BGP_NEXT_HOP,      bgp_next_hop,                struct addr,      100, FORM_ADDR)      \
	X(BGP_COMMUNITIES,   bgp_communities,             struct u32_list,  101, FORM_U32_LIST)  \
	X(AS_PATH,           as_path,                     struct u32_list,  102, FORM_U32_LIST)  \
	X(MPLS_TTL,          mpls_ttl,                    struct label_list, 80, FORM_LABELS)    \
	X(MPLS_LABEL,        mpls_label,                  struct label_list, 81, FORM_LABELS)    \
	X(MPLS_IP,           mpls_ip,                     struct addr_list,  82, FORM_ADDR_LIST) \
	X(DOMAIN,            observation_domain_id,       uint32_t,          70, FORM_UINT)      \
	X(POINT,             observation_point_id,        uint32_t,          71, FORM_UINT)      \
	X(LAYER_STACK,       layer_stack,                 struct layer_list, 103, FORM_LAYERS)   \
	X(LAYER_SIZE,        layer_size,                  struct layer_list, 104, FORM_SIZES)    \
	X(SRV6_ADDRS,        ipv6_routing_header_addresses, struct addr_list, 105, FORM_ADDR_LIST) \
	X(SRV6_LEFT,         ipv6_routing_header_seg_left, uint8_t,         106, FORM_UINT)      \
	X(INGRESS_VRF,       ingress_vrf_id,              uint32_t,          39, FORM_UINT)      \
	X(EGRESS_VRF,        egress_vrf_id,               uint32_t,          40, FORM_UINT)      \
	X(BIFLOW_DIRECTION,  bi_flow_direction,           uint8_t,           41, FORM_UINT)      \
	X(FLOW_DIRECTION,    flow_direction,              uint8_t,           42, FORM_UINT)      \
	X(BYTES_IN,          bytes_in,                    uint64_t,         113, FORM_UINT)      \
	X(BYTES_OUT,         bytes_out,                   uint64_t,         114, FORM_UINT)      \
	X(PACKETS_IN,        packets_in,                  uint64_t,         115, FORM_UINT)      \
	X(PACKETS_OUT,       packets_out,                 uint64_t,         116, FORM_UINT)      \
	X(SAMPLING_SOURCE,   sampling_source,             uint8_t,         1100, FORM_SAMPLING)  \
	X(FLOW_END_REASON,   flow_end_reason,             uint8_t,         1101, FORM_UINT)      \
	X(NAT_SRC_ADDR,      nat_src_addr,                struct addr,     1102, FORM_ADDR)      \
	X(NAT_DST_ADDR,      nat_dst_addr,                struct addr,     1103, FORM_ADDR)      \
	X(NAT_SRC_PORT,      nat_src_port,                uint16_t,        1104, FORM_UINT)      \
	X(NAT_DST_PORT,      nat_dst_port,                uint16_t,        1105, FORM_UINT)      \
	X(NAT_EVENT,         nat_event,                   uint8_t,         1106, FORM_UINT)      \
	X(FIREWALL_EVENT,    firewall_event,              uint8_t,         1107, FORM_UINT)      \
	X(FIREWALL_EXT,      firewall_ext_event,          uint16_t,        1108, FORM_UINT)      \
	X(NAT_PORT_START,    nat_port_start,              uint16_t,        1109, FORM_UINT)      \
	X(NAT_PORT_END,      nat_port_end,                uint16_t,        1110, FORM_UINT)      \
	X(APPLICATION_ID,    application_id,              uint64_t,        1111, FORM_UINT)      \
	X(APPLICATION_NAME,  application_name,            struct octets,   1112, FORM_STRING)    \
	X(IN_PHYSICAL_IF,    in_physical_if,              uint32_t,        1113, FORM_UINT)      \
	X(OUT_PHYSICAL_IF,   out_physical_if,             uint32_t,        1114, FORM_UINT)      \
	X(IN_IF_NAME,        in_if_name,                  struct octets,   1115, FORM_STRING)    \
	X(OUT_IF_NAME,       out_if_name,                 struct octets,   1116, FORM_STRING)    \
	X(CUSTOMER_VLAN,     customer_vlan,               uint16_t,        1117, FORM_UINT)      \
	X(POST_CUSTOMER_VLAN, post_customer_vlan,         uint16_t,        1118, FORM_UINT)      \
	X(VNI,               vni,                         uint64_t,        1119, FORM_UINT)      \
	X(PREV_AS,           prev_as,                     uint32_t,        1120, FORM_UINT)      \
	X(MPLS_EXP,          mpls_exp,                    struct label_list, 1121, FORM_LABELS)  \
	X(DIRECTION,         direction,                   uint8_t,         1122, FORM_DIRECTION) \
	X(INGRESS_VRF_NAME,  ingress_vrf_name,            struct octets,   1123, FORM_STRING)    \
	X(EGRESS_VRF_NAME,   egress_vrf_name,             struct octets,   1124, FORM_STRING)    \
	X(TCP_SEQ,           tcp_seq,                     uint32_t,        1125, FORM_UINT)      \
	X(TCP_ACK,           tcp_ack,                     uint32_t,        1126, FORM_UINT)      \
	X(TCP_WINDOW,        tcp_window,                  uint16_t,        1127, FORM_UINT)      \
	X(EXPORT_TIME,       export_time_ns,              uint64_t,        1128, FORM_UINT)      \
	X(TIME_SOURCE,       time_source,                 uint8_t,         1129, FORM_TIME)      \
	X(DROP_REASON,       drop_reason,                 uint32_t,        1130, FORM_UINT)      \
	X(CONNECTION_ID,     connection_id,               uint64_t,        1131, FORM_UINT)      \
	X(LARGE_COMMUNITIES, bgp_large_communities,       struct large_list, 1132, FORM_LARGE_LIST) \
	X(TOTAL_COUNTERS,    total_counters,              uint8_t,         1133, FORM_UINT)      \
	X(USER_NAME,         user_name,                   struct octets,   1134, FORM_STRING)    \
	X(VLAN_PRIORITY,     vlan_priority,               uint8_t,         1135, FORM_UINT)      \
	X(CUSTOMER_PRIORITY, customer_vlan_priority,      uint8_t,         1136, FORM_UINT)      \
	X(INNER_SRC_ADDR,    inner_src_addr,              struct addr,     1137, FORM_ADDR)      \
	X(INNER_DST_ADDR,    inner_dst_addr,              struct addr,     1138, FORM_ADDR)      \
	X(INNER_PROTO,       inner_proto,                 uint8_t,         1139, FORM_PROTO)     \
	X(INNER_SRC_PORT,    inner_src_port,              uint16_t,        1140, FORM_UINT)      \
	X(INNER_DST_PORT,    inner_dst_port,              uint16_t,        1141, FORM_UINT)      \
	X(TEID,              teid,                        uint32_t,        1142, FORM_UINT)
/* clang-format on */

enum flow_field {
#define X(bit, member, type, number, form) FLOW_##bit,
	FLOW_FIELDS(X)
#undef X
		FLOW_FIELD_COUNT,
	FLOW_GOFLOW2_LAST = FLOW_SRV6_LEFT, /* goflow2's JSON has the fields up to this one */
};

#define FLOW_PRESENT_WORDS ((FLOW_FIELD_COUNT + 63) / 64)

struct raw_record;

struct flow {
	uint64_t present[FLOW_PRESENT_WORDS]; /* bit n: enum flow_field n */
	const struct raw_record *raw;         /* what it was made from, borrowed; NULL: no record */
#define X(bit, member, type, number, form) type member;
	FLOW_FIELDS(X)
#undef X
};

/* A row of the table made from FLOW_FIELDS; flow_fields[n] describes enum flow_field n. */
struct flow_field_row {
	const char *name; /* JSON key and protobuf field name */
	uint16_t number;  /* protobuf field number */
	uint16_t offset;  /* in struct flow */
	uint8_t width;    /* octets of the member, for FORM_UINT and its like */
	uint8_t form;     /* enum flow_form */
};

extern const struct flow_field_row flow_fields[FLOW_FIELD_COUNT];

static inline void flow_mark(struct flow *f, enum flow_field field)
{
	f->present[(unsigned)field / 64] |= UINT64_C(1) << ((unsigned)field % 64);
}

static inline void flow_unmark(struct flow *f, enum flow_field field)
{
	f->present[(unsigned)field / 64] &= ~(UINT64_C(1) << ((unsigned)field % 64));
}

static inline bool flow_has(const struct flow *f, enum flow_field field)
{
	return f->present[(unsigned)field / 64] >> ((unsigned)field % 64) & 1;
}

/* Empties a flow: nothing is present. */
static inline void flow_init(struct flow *f)
{
	for (unsigned i = 0; i < FLOW_PRESENT_WORDS; i++)
		f->present[i] = 0;
	f->raw = NULL;
}

/* Sets one member and says that it is there: FLOW_PUT(f, SRC_PORT, src_port, 53). */
#define FLOW_PUT(f, bit, member, value)     \
	do {                                \
		(f)->member = (value);      \
		flow_mark((f), FLOW_##bit); \
	} while (0)
