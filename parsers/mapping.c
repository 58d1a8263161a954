#include "parsers/mapping.h"

#include <stdbool.h>
#include <stdlib.h>

#include "parsers/list.h"
#include "parsers/record.h"
#include "parsers/template.h"

#define AT(member) offsetof(struct record, member), sizeof(((struct record *)0)->member)
#define NOWHERE    0u

/* clang-format off */
/* A member of the flow: its presence bit, what a zero does, which choice it is, what it needs. */
#define FLOW(id, kind, bit, member, zero, choice, needs) \
	{0, (id), AT(flow.member), NOWHERE, (needs), MAP_##kind, FLOW_##bit, (zero), (choice)}
/* The same, but it belongs to one address family, and goes aside when the template has both. */
#define SIDED(id, kind, bit, member, zero, side) \
	{0, (id), AT(flow.member), offsetof(struct record, side), 0, MAP_##kind, FLOW_##bit, (zero), 0}
/* Only an input to something that is worked out later. */
#define INPUT(id, kind, member, choice, needs) \
	{0, (id), AT(member), NOWHERE, (needs), MAP_##kind, MAP_NO_MARK, KEEP | ABSENT, (choice)}
/* One of several that end up in a list. */
#define LIST(id, kind, member) \
	{0, (id), AT(flow.member), NOWHERE, LISTS, MAP_##kind, MAP_NO_MARK, 0, 0}
/* The same, of which a better choice takes the place. */
#define LIST_ELSE(id, kind, member, choice) \
	{0, (id), AT(flow.member), NOWHERE, LISTS, MAP_##kind, MAP_NO_MARK, 0, (choice)}
/* The reverse direction of a counter (RFC 5103). */
#define REVERSE(id, bit, member, choice) \
	{IE_PEN_REVERSE, (id), AT(flow.member), NOWHERE, TWO_WAY, MAP_UINT, FLOW_##bit, KEEP, (choice)}

#define ABSENT    MAP_ZERO_ABSENT
#define KEEP      MAP_ZERO_KEEP
#define TIMES     MAP_NEEDS_TIMES
#define SAMPLING  MAP_NEEDS_SAMPLING
#define OCTETS    MAP_NEEDS_OCTETS
#define PACKETS   MAP_NEEDS_PACKETS
#define LISTS     MAP_NEEDS_LISTS
#define TWO_WAY   MAP_NEEDS_TWO_WAY
#define NAMES     MAP_NEEDS_NAMES
#define SECTIONS  MAP_NEEDS_SECTIONS

static const struct map_row rows[] = {
	FLOW(  1, UINT,  BYTES,             bytes,             KEEP,   0, 0),
	FLOW(  2, UINT,  PACKETS,           packets,           KEEP,   0, 0),
	FLOW(  4, UINT,  PROTO,             proto,             KEEP,   0, MAP_NEEDS_ICMP),
	FLOW(  5, UINT,  IP_TOS,            ip_tos,            KEEP,   0, 0),
	FLOW(  6, LOW12, TCP_FLAGS,         tcp_flags,         0,      0, 0),
	FLOW(  7, UINT,  SRC_PORT,          src_port,          KEEP,   0, 0),
	SIDED( 8, ADDR4, SRC_ADDR,          src_addr,          0,      v4.src),
	SIDED( 9, UINT,  SRC_NET,           src_net,           0,      v4.src_net),
	FLOW( 10, UINT,  IN_IF,             in_if,             KEEP,   0, NAMES),
	FLOW( 11, UINT,  DST_PORT,          dst_port,          KEEP,   0, 0),
	SIDED(12, ADDR4, DST_ADDR,          dst_addr,          0,      v4.dst),
	SIDED(13, UINT,  DST_NET,           dst_net,           0,      v4.dst_net),
	FLOW( 14, UINT,  OUT_IF,            out_if,            KEEP,   0, NAMES),
	SIDED(15, ADDR4, NEXT_HOP,          next_hop,          ABSENT, v4.next_hop),
	FLOW( 16, UINT,  SRC_AS,            src_as,            0,      0, 0),
	FLOW( 17, UINT,  DST_AS,            dst_as,            0,      0, 0),
	SIDED(18, ADDR4, BGP_NEXT_HOP,      bgp_next_hop,      ABSENT, v4.bgp_next_hop),
	INPUT(21, TOLD, times.end_uptime,   0, TIMES | MAP_NEEDS_UPTIME),
	INPUT(22, TOLD, times.start_uptime, 0, TIMES | MAP_NEEDS_UPTIME),
	FLOW( 23, UINT,  BYTES,             bytes,             KEEP,   1, 0),
	FLOW( 24, UINT,  PACKETS,           packets,           KEEP,   1, 0),
	SIDED(27, ADDR6, SRC_ADDR,          src_addr,          0,      v6.src),
	SIDED(28, ADDR6, DST_ADDR,          dst_addr,          0,      v6.dst),
	SIDED(29, UINT,  SRC_NET,           src_net,           0,      v6.src_net),
	SIDED(30, UINT,  DST_NET,           dst_net,           0,      v6.dst_net),
	FLOW( 31, LOW20, IPV6_FLOW_LABEL,   ipv6_flow_label,   0,      0, 0),
	FLOW( 32, ICMP,  ICMP_TYPE,         icmp_type,         KEEP,   1, 0),
	INPUT(34, UINT,  sampling.interval, 0, SAMPLING),
	LIST( 47, ADDR_LIST4, mpls_ip),
	INPUT(48, UINT,  selector,          1, 0),
	INPUT(50, UINT,  sampling.random,   0, SAMPLING),
	FLOW( 52, UINT,  IP_TTL,            ip_ttl,            KEEP,   1, 0),
	FLOW( 53, UINT,  IP_TTL,            ip_ttl,            KEEP,   2, 0),
	FLOW( 54, UINT,  FRAGMENT_ID,       fragment_id,       0,      0, 0),
	FLOW( 56, MAC,   SRC_MAC,           src_mac,           KEEP,   0, 0),
	FLOW( 57, MAC,   DST_MAC,           dst_mac,           KEEP,   1, 0),
	FLOW( 58, LOW12, SRC_VLAN,          src_vlan,          KEEP,   0, MAP_NEEDS_VLAN),
	FLOW( 59, LOW12, DST_VLAN,          dst_vlan,          KEEP,   0, 0),
	{0,   60, AT(ip_version), NOWHERE, MAP_NEEDS_VERSION, MAP_UINT, MAP_NO_MARK, 0, 0},
	FLOW( 61, UINT,  FLOW_DIRECTION,    flow_direction,    0,      0, MAP_NEEDS_DIRECTION),
	SIDED(62, ADDR6, NEXT_HOP,          next_hop,          ABSENT, v6.next_hop),
	SIDED(63, ADDR6, BGP_NEXT_HOP,      bgp_next_hop,      ABSENT, v6.bgp_next_hop),
	LIST( 70, LABEL, mpls_label),
	LIST( 71, LABEL, mpls_label),
	LIST( 72, LABEL, mpls_label),
	LIST( 73, LABEL, mpls_label),
	LIST( 74, LABEL, mpls_label),
	LIST( 75, LABEL, mpls_label),
	LIST( 76, LABEL, mpls_label),
	LIST( 77, LABEL, mpls_label),
	LIST( 78, LABEL, mpls_label),
	LIST( 79, LABEL, mpls_label),
	FLOW( 80, MAC,   DST_MAC,           dst_mac,           KEEP,   0, 0),
	FLOW( 81, MAC,   SRC_MAC,           src_mac,           KEEP,   1, 0),
	INPUT(85, UINT,  total_octets,      0, OCTETS),
	INPUT(86, UINT,  total_packets,     0, PACKETS),
	FLOW( 88, UINT,  FRAGMENT_OFFSET,   fragment_offset,   0,      0, 0),
	FLOW( 89, LOW8,  FORWARDING_STATUS, forwarding_status, 0,      0, 0),
	FLOW( 95, UINT,  APPLICATION_ID,    application_id,    0,      0, NAMES),
	FLOW( 96, STRING, APPLICATION_NAME, application_name,  ABSENT, 0, 0),
	INPUT(102, UINT, sections.offset,   1, SECTIONS),
	INPUT(103, UINT, sections.exported, 1, SECTIONS),
	INPUT(104, SECTION, sections.link,  1, SECTIONS),
	FLOW(128, UINT,  NEXT_HOP_AS,       next_hop_as,       0,      0, 0),
	FLOW(129, UINT,  PREV_AS,           prev_as,           0,      0, 0),
	FLOW(136, UINT,  FLOW_END_REASON,   flow_end_reason,   0,      0, 0),
	FLOW(138, UINT,  POINT,             observation_point_id, 0,   0, 0),
	FLOW(139, ICMP,  ICMP_TYPE,         icmp_type,         KEEP,   1, 0),
	LIST(140, ADDR_LIST6, mpls_ip),
	FLOW(148, UINT,  CONNECTION_ID,     connection_id,     0,      0, 0),
	INPUT(150, UINT, times.start_s,     0, TIMES),
	INPUT(151, UINT, times.end_s,       0, TIMES),
	INPUT(152, UINT, times.start_ms,    0, TIMES),
	INPUT(153, UINT, times.end_ms,      0, TIMES),
	INPUT(154, UINT, times.start_us,    0, TIMES),
	INPUT(155, UINT, times.end_us,      0, TIMES),
	INPUT(156, UINT, times.start_ns,    0, TIMES),
	INPUT(157, UINT, times.end_ns,      0, TIMES),
	INPUT(158, TOLD, times.start_delta, 0, TIMES),
	INPUT(159, TOLD, times.end_delta,   0, TIMES),
	INPUT(160, UINT, times.boot_ms,     0, TIMES),
	INPUT(161, UINT, times.lasted_ms,   0, TIMES),
	INPUT(162, UINT, times.lasted_us,   0, TIMES),
	INPUT(171, UINT, total_octets,      1, OCTETS),
	INPUT(172, UINT, total_packets,     1, PACKETS),
	FLOW(176, UINT,  ICMP_TYPE,         icmp_type,         KEEP,   0, 0),
	FLOW(177, UINT,  ICMP_CODE,         icmp_code,         KEEP,     0, 0),
	FLOW(178, UINT,  ICMP_TYPE,         icmp_type,         KEEP,   0, 0),
	FLOW(179, UINT,  ICMP_CODE,         icmp_code,         KEEP,     0, 0),
	FLOW(180, UINT,  SRC_PORT,          src_port,          KEEP,   2, 0),
	FLOW(181, UINT,  DST_PORT,          dst_port,          KEEP,   2, 0),
	FLOW(182, UINT,  SRC_PORT,          src_port,          KEEP,   1, 0),
	FLOW(183, UINT,  DST_PORT,          dst_port,          KEEP,   1, 0),
	FLOW(184, UINT,  TCP_SEQ,           tcp_seq,           0,      0, 0),
	FLOW(185, UINT,  TCP_ACK,           tcp_ack,           0,      0, 0),
	FLOW(186, UINT,  TCP_WINDOW,        tcp_window,        0,      0, 0),
	FLOW(192, UINT,  IP_TTL,            ip_ttl,            KEEP,   0, 0),
	FLOW(193, UINT,  PROTO,             proto,             KEEP,   1, MAP_NEEDS_ICMP),
	FLOW(195, DSCP,  IP_TOS,            ip_tos,            KEEP,   1, 0),
	FLOW(196, PRECEDENCE, IP_TOS,       ip_tos,            KEEP,   2, 0),
	FLOW(197, TOP3,  IP_FLAGS,          ip_flags,          0,      0, 0),
	LIST(200, TTL,   mpls_ttl),
	LIST_ELSE(203, EXP, mpls_exp, 1),
	FLOW(225, ADDR4, NAT_SRC_ADDR,      nat_src_addr,      KEEP,   0, 0),
	FLOW(226, ADDR4, NAT_DST_ADDR,      nat_dst_addr,      KEEP,   0, 0),
	FLOW(227, UINT,  NAT_SRC_PORT,      nat_src_port,      KEEP,   0, 0),
	FLOW(228, UINT,  NAT_DST_PORT,      nat_dst_port,      KEEP,   0, 0),
	FLOW(230, UINT,  NAT_EVENT,         nat_event,         0,      0, 0),
	INPUT(231, UINT, other_octets,      0, OCTETS),
	FLOW(232, UINT,  BYTES_IN,          bytes_in,          0,      0, TWO_WAY),
	FLOW(233, UINT,  FIREWALL_EVENT,    firewall_event,    KEEP,   0, 0),
	FLOW(234, UINT,  INGRESS_VRF,       ingress_vrf_id,    0,      0, NAMES),
	FLOW(235, UINT,  EGRESS_VRF,        egress_vrf_id,     0,      0, NAMES),
	FLOW(239, UINT,  BIFLOW_DIRECTION,  bi_flow_direction, 0,      0, 0),
	FLOW(243, LOW12, SRC_VLAN,          src_vlan,          KEEP,   1, MAP_NEEDS_VLAN),
	FLOW(244, UINT,  VLAN_PRIORITY,     vlan_priority,     0,      0, 0),
	FLOW(245, LOW12, CUSTOMER_VLAN,     customer_vlan,     0,      0, 0),
	FLOW(246, UINT,  CUSTOMER_PRIORITY, customer_vlan_priority, 0, 0, 0),
	FLOW(252, UINT,  IN_PHYSICAL_IF,    in_physical_if,    0,      0, NAMES | MAP_NEEDS_INTERFACES),
	FLOW(253, UINT,  OUT_PHYSICAL_IF,   out_physical_if,   0,      0, NAMES | MAP_NEEDS_INTERFACES),
	FLOW(254, LOW12, DST_VLAN,          dst_vlan,          KEEP,   1, 0),
	FLOW(255, LOW12, POST_CUSTOMER_VLAN, post_customer_vlan, 0,    0, 0),
	FLOW(256, UINT,  ETYPE,             etype,             ABSENT,     0, 0),
	INPUT(258, UINT, times.collected_ms, 0, TIMES),
	FLOW(281, ADDR6, NAT_SRC_ADDR,      nat_src_addr,      KEEP,   1, 0),
	FLOW(282, ADDR6, NAT_DST_ADDR,      nat_dst_addr,      KEEP,   1, 0),
	INPUT(298, UINT, other_packets,     0, PACKETS),
	FLOW(299, UINT,  PACKETS_IN,        packets_in,        0,      0, TWO_WAY),
	INPUT(302, UINT, selector,          0, 0),
	INPUT(305, UINT, sampling.packets,  0, SAMPLING),
	INPUT(306, TOLD, sampling.space,    0, SAMPLING),
	INPUT(309, UINT, sampling.size,     0, SAMPLING),
	INPUT(310, UINT, sampling.population, 0, SAMPLING),
	INPUT(311, FLOAT, sampling.probability, 0, SAMPLING),
	INPUT(312, UINT, other_octets,      2, OCTETS),
	INPUT(313, SECTION, sections.ip,    0, SECTIONS),
	INPUT(315, SECTION, sections.link,  0, SECTIONS),
	INPUT(316, SECTION, sections.mpls,  0, SECTIONS),
	INPUT(322, UINT, times.seen_s,      0, TIMES),
	INPUT(323, UINT, times.seen_ms,     0, TIMES),
	INPUT(324, UINT, times.seen_us,     0, TIMES),
	INPUT(325, UINT, times.seen_ns,     0, TIMES),
	FLOW(351, UINT,  VNI,               vni,               0,      0, 0),
	INPUT(352, UINT, other_octets,      1, OCTETS),
	FLOW(361, UINT,  NAT_PORT_START,    nat_port_start,    0,      0, 0),
	FLOW(362, UINT,  NAT_PORT_END,      nat_port_end,      0,      0, 0),
	INPUT(364, UINT, range_ports,       0, MAP_NEEDS_PORTS),
	FLOW(371, STRING, USER_NAME,        user_name,         ABSENT, 0, 0),
	INPUT(408, UINT, sections.link_type, 0, SECTIONS),
	INPUT(409, UINT, sections.offset,   0, SECTIONS),
	INPUT(410, UINT, sections.exported, 0, SECTIONS),
	FLOW(414, MAC,   SRC_MAC,           src_mac,           KEEP,   2, 0),
	FLOW(415, MAC,   DST_MAC,           dst_mac,           KEEP,   2, 0),
	LIST(483, COMMUNITY, bgp_communities),
	LIST(484, COMMUNITIES, bgp_communities),
	LIST(485, COMMUNITIES, bgp_communities),
	LIST(489, LARGE_COMMUNITY, bgp_large_communities),
	LIST(490, LARGE_COMMUNITIES, bgp_large_communities),
	LIST(491, LARGE_COMMUNITIES, bgp_large_communities),
	LIST_ELSE(495, SEGMENT, ipv6_routing_header_addresses, 2),
	LIST_ELSE(496, SEGMENTS, ipv6_routing_header_addresses, 1),
	LIST_ELSE(497, SEGMENT_SECTION, ipv6_routing_header_addresses, 0),
	FLOW(498, UINT,  SRV6_LEFT,         ipv6_routing_header_seg_left, 0, 0, 0),
	/* NetFlow v9 types of Cisco ASA: no IPFIX element can have an id above 32767. */
	FLOW(33002, UINT, FIREWALL_EXT,     firewall_ext_event, 0,     0, 0),
	FLOW(40000, STRING, USER_NAME,      user_name,         ABSENT, 0, 0),
	FLOW(40001, ADDR4, NAT_SRC_ADDR,    nat_src_addr,      KEEP,   2, 0),
	FLOW(40002, ADDR4, NAT_DST_ADDR,    nat_dst_addr,      KEEP,   2, 0),
	FLOW(40003, UINT, NAT_SRC_PORT,     nat_src_port,      KEEP,   1, 0),
	FLOW(40004, UINT, NAT_DST_PORT,     nat_dst_port,      KEEP,   1, 0),
	FLOW(40005, UINT, FIREWALL_EVENT,   firewall_event,    KEEP,   1, 0),
	REVERSE( 1, BYTES_IN,   bytes_in,   0),
	REVERSE( 2, PACKETS_IN, packets_in, 0),
	REVERSE(23, BYTES_IN,   bytes_in,   1),
	REVERSE(24, PACKETS_IN, packets_in, 1),
	REVERSE(85, BYTES_IN,   bytes_in,   2), /* totals, as the forward ones are */
	REVERSE(86, PACKETS_IN, packets_in, 2),
};
/* clang-format on */

#define ROWS (sizeof(rows) / sizeof(rows[0]))

_Static_assert(ROWS <= MAP_ROWS_MAX, "raise MAP_ROWS_MAX");
_Static_assert(sizeof(struct record) <= UINT16_MAX, "slots are 16 bits");

static int row_cmp(const void *a, const void *b)
{
	const struct map_row *x = a, *y = b;

	if (x->pen != y->pen)
		return x->pen < y->pen ? -1 : 1;
	return (int)x->id - (int)y->id;
}

const struct map_row *map_find(uint32_t pen, uint16_t id)
{
	struct map_row key = {.pen = pen, .id = id};

	return bsearch(&key, rows, ROWS, sizeof(rows[0]), row_cmp);
}

const struct map_row *map_table(size_t *count)
{
	*count = ROWS;
	return rows;
}

bool map_fits(enum map_kind kind, size_t len)
{
	switch (kind) {
	case MAP_UINT:
	case MAP_LOW8:
	case MAP_LOW12:
	case MAP_LOW20:
	case MAP_TOP3:
	case MAP_DSCP:
	case MAP_PRECEDENCE:
	case MAP_ICMP:
	case MAP_TTL:
	case MAP_EXP:
	case MAP_COMMUNITY:
	case MAP_TOLD:
		return len >= 1 && len <= 8;
	case MAP_ADDR4:
	case MAP_ADDR_LIST4:
		return len == 4;
	case MAP_ADDR6:
	case MAP_ADDR_LIST6:
	case MAP_SEGMENT:
		return len == 16;
	case MAP_SEGMENT_SECTION:
		return len % 16 == 0;
	case MAP_LARGE_COMMUNITY:
		return len == FLOW_LARGE_LEN;
	case MAP_MAC:
		return len == 6;
	case MAP_LABEL:
		return len == 3 || len == 4;
	case MAP_STRING:
	case MAP_SECTION:
	case MAP_COMMUNITIES: /* a list is judged when it is read */
	case MAP_LARGE_COMMUNITIES:
	case MAP_SEGMENTS:
		return true;
	case MAP_FLOAT:
		return len == 4 || len == 8;
	case MAP_KIND_COUNT:
		break;
	}
	return false;
}

/* The element of a basicList that is mapped, and how many octets of it fit. */
static bool list_holds(enum map_kind kind, struct wire content)
{
	/* clang-format off */
	static const struct {
		uint16_t id;
		uint8_t least, most;
	} elements[MAP_KIND_COUNT] = {
		[MAP_COMMUNITIES]       = {483, 1, 4},
		[MAP_LARGE_COMMUNITIES] = {489, FLOW_LARGE_LEN, FLOW_LARGE_LEN},
		[MAP_SEGMENTS]          = {494, 16, 16},
	};
	/* clang-format on */
	struct basic_list list;
	struct wire element;

	if (!basic_list_open(content, &list) || list.field.pen != IE_PEN_IANA ||
	    list.field.id != elements[kind].id)
		return false;
	while (basic_list_next(&list, &element))
		if (element.left < elements[kind].least || element.left > elements[kind].most)
			return false;
	return wire_ok(&list.rest);
}

bool map_holds(const struct map_row *row, const uint8_t *octets, size_t len)
{
	enum map_kind kind = (enum map_kind)row->kind;

	if (!map_fits(kind, len))
		return false;
	if (kind == MAP_COMMUNITIES || kind == MAP_LARGE_COMMUNITIES || kind == MAP_SEGMENTS)
		return list_holds(kind, wire_over(octets, len));
	return kind != MAP_UINT || row->width >= 8 ||
	       load_be(octets, len) >> (8u * row->width) == 0;
}
