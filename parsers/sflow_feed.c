#include "parsers/sflow_feed.h"

#include "parsers/flow_store.h"
#include "parsers/packet.h"

#define RECORD_HEADER     1 /* raw_packet_header */
#define ETHERNET_UNPADDED 20

#define PROTOCOL_ICMP   1
#define PROTOCOL_TCP    6
#define PROTOCOL_UDP    17
#define PROTOCOL_DCCP   33
#define PROTOCOL_ICMPV6 58
#define PROTOCOL_SCTP   132

/* What a record is read with. */
struct feed {
	struct wire w;
	struct flow *flow;
	uint64_t *notes;
	enum packet_feed feed;
	bool packet; /* the record describes the packet itself */
};

static void note(struct feed *r, enum parse_note n)
{
	r->notes[n]++;
}

/* Whether a field is free, and the record has not ended before it. */
static bool is_free(const struct feed *r, enum flow_field field)
{
	return wire_ok(&r->w) && !flow_has(r->flow, field);
}

static void fill(struct feed *r, enum flow_field field, uint64_t number)
{
	if (!is_free(r, field))
		return;
	flow_store((uint8_t *)r->flow + flow_fields[field].offset, flow_fields[field].width,
		   number);
	flow_mark(r->flow, field);
}

/* A word that may be too large to be what it is said to be. */
static void fill_up_to(struct feed *r, enum flow_field field, uint32_t word, uint32_t max)
{
	if (word > max)
		note(r, NOTE_VALUE_MISFIT);
	else
		fill(r, field, word);
}

static void fill_addr(struct feed *r, enum flow_field field, struct addr addr)
{
	struct addr *member = (void *)((uint8_t *)r->flow + flow_fields[field].offset);

	if (!is_free(r, field))
		return;
	*member = addr;
	flow_mark(r->flow, field);
}

/* A next hop or a translation of zeros is none; a packet may well come from 0.0.0.0. */
static void fill_known_addr(struct feed *r, enum flow_field field, struct addr addr)
{
	if (!addr_is_zero(&addr))
		fill_addr(r, field, addr);
}

struct addr sflow_addr(struct wire *w)
{
	uint32_t type = wire_u32(w);
	const uint8_t *at;

	if (type == 0)
		return (struct addr){.len = 0};
	at = wire_take(w, type == 1 ? 4 : type == 2 ? 16 : SIZE_MAX);
	if (!at)
		return (struct addr){.len = 0};
	return type == 1 ? addr4(at) : addr16(at);
}

/* sFlow's header_protocol. */
static enum packet_link link_of(uint32_t protocol)
{
	/* clang-format off */
	static const uint8_t links[] = {
		[1]  = PACKET_ETHERNET,
		[7]  = PACKET_PPP,
		[11] = PACKET_IP,
		[12] = PACKET_IP,
		[13] = PACKET_MPLS,
		[14] = PACKET_PPP, /* POS */
		[15] = PACKET_80211,
	};
	/* clang-format on */

	return protocol < sizeof(links) ? (enum packet_link)links[protocol] : PACKET_OPAQUE;
}

/* 0:1. The header may not be longer than its record, whatever it says. */
static void feed_header(struct feed *r)
{
	uint32_t protocol = wire_u32(&r->w), frame_octets = wire_u32(&r->w), header_octets;

	(void)wire_u32(&r->w); /* stripped */
	header_octets = wire_u32(&r->w);
	if (!wire_ok(&r->w))
		return;
	r->packet = true;
	fill(r, FLOW_BYTES, frame_octets);
	if (header_octets < r->w.left)
		r->w.left = header_octets;
	(void)packet_dissect(r->w, link_of(protocol), r->feed, r->flow);
}

/* 0:2, with its addresses padded or not (wire-quirks 125). */
static void feed_ethernet(struct feed *r)
{
	size_t mac_octets = r->w.left == ETHERNET_UNPADDED ? 6 : 8;
	uint32_t octets = wire_u32(&r->w), type;
	const uint8_t *src = wire_take(&r->w, mac_octets), *dst = wire_take(&r->w, mac_octets);

	if (!wire_ok(&r->w))
		return;
	r->packet = true;
	fill(r, FLOW_BYTES, octets);
	fill(r, FLOW_SRC_MAC, load_be(src, 6));
	fill(r, FLOW_DST_MAC, load_be(dst, 6));
	type = wire_u32(&r->w);
	if (type >= 0x600 && type <= UINT16_MAX) /* below, it is a length */
		fill(r, FLOW_ETYPE, type);
}

static bool has_ports(uint32_t protocol)
{
	return protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP || protocol == PROTOCOL_DCCP ||
	       protocol == PROTOCOL_SCTP;
}

/* What 0:3 and 0:4 have behind their addresses. Agents put the type of ICMP where the port is. */
static void feed_transport(struct feed *r, uint32_t protocol)
{
	uint32_t src_port = wire_u32(&r->w), dst_port = wire_u32(&r->w), flags;

	if (has_ports(protocol)) {
		fill_up_to(r, FLOW_SRC_PORT, src_port, UINT16_MAX);
		fill_up_to(r, FLOW_DST_PORT, dst_port, UINT16_MAX);
	} else if ((protocol == PROTOCOL_ICMP || protocol == PROTOCOL_ICMPV6) && src_port == 0) {
		fill_up_to(r, FLOW_ICMP_TYPE, dst_port, UINT8_MAX);
	}
	flags = wire_u32(&r->w);
	if (protocol == PROTOCOL_TCP)
		fill_up_to(r, FLOW_TCP_FLAGS, flags, 0xfff);
	fill_up_to(r, FLOW_IP_TOS, wire_u32(&r->w), UINT8_MAX);
}

static void feed_ip(struct feed *r, uint16_t etype, size_t addr_octets)
{
	uint32_t octets = wire_u32(&r->w), protocol = wire_u32(&r->w);
	const uint8_t *src = wire_take(&r->w, addr_octets), *dst = wire_take(&r->w, addr_octets);

	if (!wire_ok(&r->w))
		return;
	r->packet = true;
	fill(r, FLOW_BYTES, octets);
	fill(r, FLOW_ETYPE, etype);
	fill_addr(r, FLOW_SRC_ADDR, addr_octets == 4 ? addr4(src) : addr16(src));
	fill_addr(r, FLOW_DST_ADDR, addr_octets == 4 ? addr4(dst) : addr16(dst));
	fill_up_to(r, FLOW_PROTO, protocol, UINT8_MAX);
	feed_transport(r, protocol);
}

static void feed_ipv4(struct feed *r)
{
	feed_ip(r, 0x0800, 4);
}

static void feed_ipv6(struct feed *r)
{
	feed_ip(r, 0x86dd, 16);
}

/* 0:1001. VLAN 0 and those above 4095 stand for "unknown". */
static void feed_switch(struct feed *r)
{
	uint32_t vlan = wire_u32(&r->w);

	if (vlan > 0 && vlan <= 4095)
		fill(r, FLOW_SRC_VLAN, vlan);
	(void)wire_u32(&r->w); /* priority */
	vlan = wire_u32(&r->w);
	if (vlan > 0 && vlan <= 4095)
		fill(r, FLOW_DST_VLAN, vlan);
}

static void feed_router(struct feed *r)
{
	fill_known_addr(r, FLOW_NEXT_HOP, sflow_addr(&r->w));
	fill_up_to(r, FLOW_SRC_NET, wire_u32(&r->w), 128);
	fill_up_to(r, FLOW_DST_NET, wire_u32(&r->w), 128);
}

/* Adds count words to the list; *last is the last of them. A count that the record cannot hold
 * fails the reader. */
static void take_list(struct feed *r, uint32_t count, struct u32_list *list, uint32_t *last)
{
	if (!wire_ok(&r->w) || count > r->w.left / 4) {
		r->w.failed = true;
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		*last = wire_u32(&r->w);
		if (list->count < FLOW_LIST_MAX)
			list->items[list->count++] = *last;
		else if (list->count == FLOW_LIST_MAX && i + 1 == count)
			note(r, NOTE_LIST_CUT);
	}
}

/* Sets and sequences of AS numbers are written one after another. */
static void take_path(struct feed *r, uint32_t *last)
{
	uint32_t segments = wire_u32(&r->w);

	r->flow->as_path.count = 0;
	for (uint32_t i = 0; i < segments && wire_ok(&r->w); i++) {
		(void)wire_u32(&r->w); /* set or sequence */
		take_list(r, wire_u32(&r->w), &r->flow->as_path, last);
	}
}

static void take_communities(struct feed *r)
{
	uint32_t last;

	r->flow->bgp_communities.count = 0;
	if (r->w.left > 0) /* older agents end here */
		take_list(r, wire_u32(&r->w), &r->flow->bgp_communities, &last);
}

/* 0:1003. A list that cannot be true costs the whole record. */
static void feed_gateway(struct feed *r)
{
	struct addr next_hop = sflow_addr(&r->w);
	uint32_t as = wire_u32(&r->w), src_as = wire_u32(&r->w), dst_as = as;
	struct flow *f = r->flow;

	if (flow_has(f, FLOW_SRC_AS)) /* a second one */
		return;
	(void)wire_u32(&r->w); /* the source's peer */
	take_path(r, &dst_as);
	take_communities(r);
	if (!wire_ok(&r->w)) {
		note(r, NOTE_SHORT_RECORD);
		return;
	}
	fill_known_addr(r, FLOW_BGP_NEXT_HOP, next_hop);
	FLOW_PUT(f, SRC_AS, src_as, src_as ? src_as : as);
	FLOW_PUT(f, DST_AS, dst_as, dst_as);
	if (f->as_path.count > 0) {
		flow_mark(f, FLOW_AS_PATH);
		FLOW_PUT(f, NEXT_HOP_AS, next_hop_as, f->as_path.items[0]);
	}
	if (f->bgp_communities.count > 0)
		flow_mark(f, FLOW_BGP_COMMUNITIES);
}

/* 0:1006. The stack as received; the one in the header, if there is one, is the same. */
static void feed_mpls(struct feed *r)
{
	struct flow *f = r->flow;
	struct addr next_hop = sflow_addr(&r->w);
	uint32_t depth = wire_u32(&r->w);

	if (!wire_ok(&r->w) || depth > r->w.left / 4)
		return;
	if (!addr_is_zero(&next_hop) && !flow_has(f, FLOW_MPLS_IP)) {
		f->mpls_ip.count = 1;
		f->mpls_ip.items[0] = next_hop;
		flow_mark(f, FLOW_MPLS_IP);
	}
	if (depth == 0 || flow_has(f, FLOW_MPLS_LABEL))
		return;
	f->mpls_label.count = f->mpls_exp.count = f->mpls_ttl.count = 0;
	for (uint32_t i = 0; i < depth && i < FLOW_LABELS_MAX; i++) {
		uint32_t entry = wire_u32(&r->w);

		f->mpls_label.items[f->mpls_label.count++] = entry >> 12;
		f->mpls_exp.items[f->mpls_exp.count++] = entry >> 9 & 7;
		f->mpls_ttl.items[f->mpls_ttl.count++] = entry & 0xff;
	}
	flow_mark(f, FLOW_MPLS_LABEL);
	flow_mark(f, FLOW_MPLS_EXP);
	flow_mark(f, FLOW_MPLS_TTL);
}

static void feed_nat(struct feed *r)
{
	fill_known_addr(r, FLOW_NAT_SRC_ADDR, sflow_addr(&r->w));
	fill_known_addr(r, FLOW_NAT_DST_ADDR, sflow_addr(&r->w));
}

/* 0:1012. Tags that the agent took off, outermost first, go where there is room. */
static void feed_vlan_tunnel(struct feed *r)
{
	uint32_t depth = wire_u32(&r->w);

	for (uint32_t i = 0; i < depth && i < 2 && r->w.left >= 4; i++) {
		uint32_t tag = wire_u32(&r->w);
		uint16_t vlan = tag & 0xfff;
		uint8_t priority = tag >> 13 & 7;

		if (!flow_has(r->flow, FLOW_VLAN_ID)) {
			fill(r, FLOW_VLAN_ID, vlan);
			fill(r, FLOW_VLAN_PRIORITY, priority);
		} else {
			fill(r, FLOW_CUSTOMER_VLAN, vlan);
			fill(r, FLOW_CUSTOMER_PRIORITY, priority);
		}
	}
}

static void feed_nat_port(struct feed *r)
{
	fill_up_to(r, FLOW_NAT_SRC_PORT, wire_u32(&r->w), UINT16_MAX);
	fill_up_to(r, FLOW_NAT_DST_PORT, wire_u32(&r->w), UINT16_MAX);
}

static void feed_vni(struct feed *r)
{
	uint32_t vni = wire_u32(&r->w);

	fill(r, FLOW_VNI, vni);
}

static void feed_timestamp(struct feed *r)
{
	uint64_t ns = wire_u64(&r->w);

	fill(r, FLOW_TIME_START, ns);
	fill(r, FLOW_TIME_END, ns);
	fill(r, FLOW_TIME_SOURCE, TIME_NANOSECONDS);
}

/* Records 1021-1026 describe another header than the sampled one: they never feed the flow. */
static const struct record_row {
	uint32_t tag;
	void (*feed)(struct feed *r);
} rows[] = {
	{2, feed_ethernet},       {3, feed_ipv4},        {4, feed_ipv6},    {1001, feed_switch},
	{1002, feed_router},      {1003, feed_gateway},  {1006, feed_mpls}, {1007, feed_nat},
	{1012, feed_vlan_tunnel}, {1020, feed_nat_port}, {1029, feed_vni},  {1030, feed_vni},
	{1043, feed_timestamp},
};

static const struct record_row *row_find(uint32_t tag)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].tag == tag)
			return &rows[i];
	return NULL;
}

/* The first of several headers: a sample is of one packet. */
static void feed_first_header(struct feed *r, struct sflow_records records)
{
	uint32_t tag;

	for (uint32_t i = 0; i < records.count && sflow_take(&records.w, &tag, &r->w); i++)
		if (tag == RECORD_HEADER) {
			feed_header(r);
			return;
		}
}

/* Prefix lengths that their address cannot have. */
static void drop_long_masks(struct feed *r)
{
	struct flow *f = r->flow;

	if (!flow_has(f, FLOW_SRC_ADDR) || f->src_addr.len == 16)
		return;
	if (flow_has(f, FLOW_SRC_NET) && f->src_net > 32) {
		flow_unmark(f, FLOW_SRC_NET);
		note(r, NOTE_VALUE_MISFIT);
	}
	if (flow_has(f, FLOW_DST_NET) && f->dst_net > 32) {
		flow_unmark(f, FLOW_DST_NET);
		note(r, NOTE_VALUE_MISFIT);
	}
}

bool sflow_feed(const struct sflow_records *records, enum packet_feed feed, struct flow *f,
		uint64_t *notes)
{
	struct feed r = {.flow = f, .feed = feed};
	struct wire w = records->w;
	uint32_t tag;

	r.notes = notes;
	feed_first_header(&r, *records);
	for (uint32_t i = 0; i < records->count && sflow_take(&w, &tag, &r.w); i++) {
		const struct record_row *row = row_find(tag);

		if (row)
			row->feed(&r);
	}
	drop_long_masks(&r);
	return r.packet;
}
