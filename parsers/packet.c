#include "parsers/packet.h"

#include <string.h>

#include "parsers/packet_layers.h"

/* clang-format off */
static packet_step *const steps[NEXT_COUNT] = {
	[NEXT_ETHERNET]      = packet_ethernet,
	[NEXT_VLAN]          = packet_vlan,
	[NEXT_LLC]           = packet_llc,
	[NEXT_80211]         = packet_80211,
	[NEXT_PPP]           = packet_ppp,
	[NEXT_PPPOE]         = packet_pppoe,
	[NEXT_MPLS]          = packet_mpls,
	[NEXT_IP]            = packet_ip,
	[NEXT_IPV4]          = packet_ipv4,
	[NEXT_IPV6]          = packet_ipv6,
	[NEXT_IPV6_OPTIONS]  = packet_ipv6_options,
	[NEXT_IPV6_ROUTING]  = packet_ipv6_routing,
	[NEXT_IPV6_FRAGMENT] = packet_ipv6_fragment,
	[NEXT_AH]            = packet_ah,
	[NEXT_TCP]           = packet_tcp,
	[NEXT_UDP]           = packet_udp,
	[NEXT_SCTP]          = packet_sctp,
	[NEXT_ICMP]          = packet_icmp,
	[NEXT_ICMPV6]        = packet_icmpv6,
	[NEXT_ETHERIP]       = packet_etherip,
	[NEXT_GRE]           = packet_gre,
	[NEXT_VXLAN]         = packet_vxlan,
	[NEXT_GENEVE]        = packet_geneve,
	[NEXT_GTPU]          = packet_gtpu,
	[NEXT_TEREDO]        = packet_teredo,
};

static const uint8_t firsts[] = {
	[PACKET_ETHERNET] = NEXT_ETHERNET,
	[PACKET_IP]       = NEXT_IP,
	[PACKET_MPLS]     = NEXT_MPLS,
	[PACKET_PPP]      = NEXT_PPP,
	[PACKET_80211]    = NEXT_80211,
	[PACKET_LLC]      = NEXT_LLC,
	[PACKET_OPAQUE]   = NEXT_END,
};

/* IANA protocol numbers. */
static const uint8_t protocol_steps[256] = {
	[0]   = NEXT_IPV6_OPTIONS, /* hop-by-hop */
	[1]   = NEXT_ICMP,
	[4]   = NEXT_IPV4,
	[6]   = NEXT_TCP,
	[17]  = NEXT_UDP,
	[33]  = NEXT_SCTP, /* DCCP */
	[41]  = NEXT_IPV6,
	[43]  = NEXT_IPV6_ROUTING,
	[44]  = NEXT_IPV6_FRAGMENT,
	[47]  = NEXT_GRE,
	[51]  = NEXT_AH,
	[58]  = NEXT_ICMPV6,
	[60]  = NEXT_IPV6_OPTIONS, /* destination */
	[97]  = NEXT_ETHERIP,
	[132] = NEXT_SCTP,
	[135] = NEXT_IPV6_OPTIONS, /* mobility */
	[136] = NEXT_SCTP,         /* UDP-Lite */
	[137] = NEXT_MPLS,
	[139] = NEXT_IPV6_OPTIONS, /* HIP */
	[140] = NEXT_IPV6_OPTIONS, /* shim6 */
	[143] = NEXT_ETHERNET,     /* RFC 8986 section 9.1 */
};

static const struct {
	uint16_t type;
	uint8_t next;
} ether_types[] = {
	{0x0800, NEXT_IPV4},
	{0x86dd, NEXT_IPV6},
	{0x8100, NEXT_VLAN},
	{0x88a8, NEXT_VLAN},
	{0x9100, NEXT_VLAN},
	{0x9200, NEXT_VLAN},
	{0x9300, NEXT_VLAN},
	{0x8847, NEXT_MPLS},
	{0x8848, NEXT_MPLS},
	{0x8864, NEXT_PPPOE},
	{0x880b, NEXT_PPP},
	{0x6558, NEXT_ETHERNET}, /* transparent bridging, in GRE and Geneve */
};

static const uint8_t link_fields[] = {
	FLOW_SRC_MAC, FLOW_DST_MAC, FLOW_VLAN_ID, FLOW_VLAN_PRIORITY, FLOW_CUSTOMER_VLAN,
	FLOW_CUSTOMER_PRIORITY,
};

static const uint8_t ip_fields[] = {
	FLOW_SRC_ADDR, FLOW_DST_ADDR, FLOW_ETYPE, FLOW_PROTO, FLOW_SRC_PORT, FLOW_DST_PORT,
	FLOW_IP_TOS, FLOW_IP_TTL, FLOW_IP_FLAGS, FLOW_TCP_FLAGS, FLOW_ICMP_TYPE, FLOW_ICMP_CODE,
	FLOW_IPV6_FLOW_LABEL, FLOW_FRAGMENT_ID, FLOW_FRAGMENT_OFFSET, FLOW_SRV6_ADDRS,
	FLOW_SRV6_LEFT, FLOW_TCP_SEQ, FLOW_TCP_ACK, FLOW_TCP_WINDOW,
};
/* clang-format on */

#define PACKET_LINK_OCTETS 12 /* both addresses */
#define COUNT(table)       (sizeof(table) / sizeof((table)[0]))

static void forget(struct packet_walk *p, const uint8_t *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!packet_given(p, fields[i]))
			flow_unmark(p->flow, fields[i]);
}

void packet_push(struct packet_walk *p, enum flow_layer layer, uint32_t octets)
{
	struct flow *f = p->flow;

	if (!wire_ok(&p->w) || packet_given(p, FLOW_LAYER_STACK) ||
	    f->layer_stack.count == FLOW_LAYERS_MAX)
		return;
	f->layer_stack.items[f->layer_stack.count++] = layer;
	f->layer_size.items[f->layer_size.count++] = octets;
	flow_mark(f, FLOW_LAYER_STACK);
	flow_mark(f, FLOW_LAYER_SIZE);
}

void packet_enter_link(struct packet_walk *p)
{
	bool first = p->ethernets++ == 0 && p->ips == 0;
	bool replaces = p->feed == PACKET_INNER && p->w.left >= PACKET_LINK_OCTETS;

	p->feeds_link = first || replaces;
	p->tags = 0;
	if (!first && replaces)
		forget(p, link_fields, COUNT(link_fields));
}

void packet_enter_ip(struct packet_walk *p, uint8_t version, size_t octets)
{
	bool first = p->ips++ == 0;
	bool replaces = p->feed == PACKET_INNER && p->w.left >= octets;

	p->ip_version = version;
	p->feeds_ip = first || replaces;
	p->feeds_inner = p->ips == 2 && p->feed == PACKET_OUTER;
	if (!first && replaces)
		forget(p, ip_fields, COUNT(ip_fields));
}

enum packet_next packet_after_ether_type(struct packet_walk *p, uint16_t type)
{
	if (!wire_ok(&p->w))
		return NEXT_END;
	if (type < 0x600)
		return NEXT_LLC;
	packet_feed(p, p->ips == 0 || p->feed == PACKET_INNER, FLOW_ETYPE, type);
	for (size_t i = 0; i < COUNT(ether_types); i++)
		if (ether_types[i].type == type)
			return (enum packet_next)ether_types[i].next;
	return NEXT_END;
}

void packet_feed_protocol(struct packet_walk *p, uint8_t protocol)
{
	packet_feed_ip(p, FLOW_PROTO, protocol);
	packet_feed(p, p->feeds_inner, FLOW_INNER_PROTO, protocol);
}

enum packet_next packet_after_protocol(struct packet_walk *p, uint8_t protocol)
{
	packet_feed_protocol(p, protocol);
	return wire_ok(&p->w) ? (enum packet_next)protocol_steps[protocol] : NEXT_END;
}

uint32_t packet_dissect(struct wire header, enum packet_link link, enum packet_feed feed,
			struct flow *flow)
{
	struct packet_walk p = {.w = header, .flow = flow, .feed = feed, .feeds_link = true};
	enum packet_next next = (enum packet_next)firsts[link];

	memcpy(p.given, flow->present, sizeof(p.given));
	if (!flow_has(flow, FLOW_LAYER_STACK))
		flow->layer_stack.count = flow->layer_size.count = 0;
	for (unsigned depth = 0; depth < PACKET_DEPTH_MAX && next != NEXT_END; depth++)
		next = steps[next](&p);
	return p.ip_octets;
}
