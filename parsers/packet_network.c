#include "parsers/packet_layers.h"

#include <string.h>

#define IPV4_OCTETS     20
#define IPV6_OCTETS     40
#define SEGMENT_OCTETS  16
#define ROUTING_SEGMENT 4 /* RFC 8754 section 2 */

enum packet_next packet_ip(struct packet_walk *p)
{
	uint8_t version = p->w.left > 0 ? *p->w.pos >> 4 : 0;

	if (version == 4)
		return NEXT_IPV4;
	return version == 6 ? NEXT_IPV6 : NEXT_END;
}

static void feed_addr(struct packet_walk *p, bool feeds, enum flow_field field,
		      const struct addr *addr)
{
	uint8_t *flow = (uint8_t *)p->flow;

	if (!feeds || packet_given(p, field))
		return;
	memcpy(flow + flow_fields[field].offset, addr, sizeof(*addr));
	flow_mark(p->flow, field);
}

static struct addr addr_of(const uint8_t *at, size_t octets)
{
	return octets == 4 ? addr4(at) : addr16(at);
}

static void feed_addresses(struct packet_walk *p, size_t octets)
{
	const uint8_t *src = wire_take(&p->w, octets), *dst = wire_take(&p->w, octets);
	struct addr addr;

	if (!src)
		return;
	addr = addr_of(src, octets);
	feed_addr(p, p->feeds_ip, FLOW_SRC_ADDR, &addr);
	feed_addr(p, p->feeds_inner, FLOW_INNER_SRC_ADDR, &addr);
	if (!dst)
		return;
	addr = addr_of(dst, octets);
	feed_addr(p, p->feeds_ip, FLOW_DST_ADDR, &addr);
	feed_addr(p, p->feeds_inner, FLOW_INNER_DST_ADDR, &addr);
}

/* RFC 791 section 3.1. A header that claims less than its fixed part is none. */
enum packet_next packet_ipv4(struct packet_walk *p)
{
	uint8_t version_ihl = wire_u8(&p->w), protocol;
	uint32_t octets = (version_ihl & 15u) * 4;
	uint16_t total, fragment;

	if (version_ihl >> 4 != 4 || octets < IPV4_OCTETS)
		return NEXT_END;
	packet_enter_ip(p, 4, IPV4_OCTETS - 1);
	packet_feed_ip(p, FLOW_ETYPE, 0x0800);
	packet_feed_ip(p, FLOW_IP_TOS, wire_u8(&p->w));
	total = wire_u16(&p->w);
	if (p->feeds_ip)
		p->ip_octets = total;
	packet_feed_ip(p, FLOW_FRAGMENT_ID, wire_u16(&p->w));
	fragment = wire_u16(&p->w);
	packet_feed_ip(p, FLOW_IP_FLAGS, fragment >> 13);
	packet_feed_ip(p, FLOW_FRAGMENT_OFFSET, fragment & 0x1fff);
	packet_feed_ip(p, FLOW_IP_TTL, wire_u8(&p->w));
	protocol = wire_u8(&p->w);
	packet_feed_protocol(p, protocol);
	(void)wire_u16(&p->w); /* checksum */
	feed_addresses(p, 4);
	packet_push(p, LAYER_IPV4, octets);
	(void)wire_take(&p->w, octets - IPV4_OCTETS); /* options */
	return fragment & 0x1fff ? NEXT_END : packet_after_protocol(p, protocol);
}

/* RFC 8200 section 3. */
enum packet_next packet_ipv6(struct packet_walk *p)
{
	uint32_t first = wire_u32(&p->w);
	uint16_t payload;
	uint8_t protocol;

	if (first >> 28 != 6)
		return NEXT_END;
	packet_enter_ip(p, 6, IPV6_OCTETS - 4);
	packet_feed_ip(p, FLOW_ETYPE, 0x86dd);
	packet_feed_ip(p, FLOW_IP_TOS, first >> 20 & 0xff);
	packet_feed_ip(p, FLOW_IPV6_FLOW_LABEL, first & 0xfffff);
	payload = wire_u16(&p->w);
	if (p->feeds_ip)
		p->ip_octets = payload ? IPV6_OCTETS + payload : 0; /* 0: a jumbogram */
	protocol = wire_u8(&p->w);
	packet_feed_protocol(p, protocol);
	packet_feed_ip(p, FLOW_IP_TTL, wire_u8(&p->w));
	feed_addresses(p, 16);
	packet_push(p, LAYER_IPV6, IPV6_OCTETS);
	return packet_after_protocol(p, protocol);
}

/* RFC 8200 sections 4.3 and 4.6: at least 8 octets, then as many as the length says. */
enum packet_next packet_ipv6_options(struct packet_walk *p)
{
	uint8_t protocol = wire_u8(&p->w);
	uint32_t octets = (wire_u8(&p->w) + 1u) * 8;

	if (p->ip_version != 6)
		return NEXT_END;
	(void)wire_take(&p->w, octets - 2);
	packet_push(p, LAYER_CUSTOM, octets);
	return packet_after_protocol(p, protocol);
}

/* The segments that are whole, in the order of the wire (the last to be visited first). */
static void feed_segments(struct packet_walk *p, struct wire header)
{
	uint8_t left = wire_u8(&header), count = wire_u8(&header);
	struct addr_list *list = &p->flow->ipv6_routing_header_addresses;

	(void)wire_take(&header, 3); /* flags, tag */
	if (!wire_ok(&header) || !p->feeds_ip || packet_given(p, FLOW_SRV6_ADDRS))
		return;
	FLOW_PUT(p->flow, SRV6_LEFT, ipv6_routing_header_seg_left, left);
	list->count = 0;
	for (unsigned i = 0; i <= count && list->count < FLOW_ADDRS_MAX; i++) {
		const uint8_t *at = wire_take(&header, SEGMENT_OCTETS);

		if (!at)
			break;
		list->items[list->count++] = addr16(at);
	}
	if (list->count > 0)
		flow_mark(p->flow, FLOW_SRV6_ADDRS);
}

enum packet_next packet_ipv6_routing(struct packet_walk *p)
{
	uint8_t protocol = wire_u8(&p->w);
	uint32_t octets = (wire_u8(&p->w) + 1u) * 8;
	struct wire header;
	uint8_t type;

	if (p->ip_version != 6 || !wire_ok(&p->w))
		return NEXT_END;
	header = wire_over(p->w.pos, octets - 2 < p->w.left ? octets - 2 : p->w.left);
	type = wire_u8(&header);
	if (type == ROUTING_SEGMENT)
		feed_segments(p, header);
	(void)wire_take(&p->w, octets - 2);
	packet_push(p, LAYER_IPV6_ROUTING, octets);
	return packet_after_protocol(p, protocol);
}

/* RFC 8200 section 4.5. */
enum packet_next packet_ipv6_fragment(struct packet_walk *p)
{
	uint8_t protocol = wire_u8(&p->w);
	uint16_t fragment;

	if (p->ip_version != 6)
		return NEXT_END;
	packet_feed_protocol(p, protocol);
	(void)wire_u8(&p->w);
	fragment = wire_u16(&p->w);
	packet_feed_ip(p, FLOW_FRAGMENT_OFFSET, fragment >> 3);
	packet_feed_ip(p, FLOW_IP_FLAGS, fragment & 7);
	packet_feed_ip(p, FLOW_FRAGMENT_ID, wire_u32(&p->w));
	packet_push(p, LAYER_IPV6_FRAGMENT, 8);
	return fragment >> 3 ? NEXT_END : packet_after_protocol(p, protocol);
}

/* RFC 4302 section 2: its length counts words of four octets, less two. */
enum packet_next packet_ah(struct packet_walk *p)
{
	uint8_t protocol = wire_u8(&p->w);
	uint32_t octets = (wire_u8(&p->w) + 2u) * 4;

	(void)wire_take(&p->w, octets - 2);
	packet_push(p, LAYER_CUSTOM, octets);
	return packet_after_protocol(p, protocol);
}
