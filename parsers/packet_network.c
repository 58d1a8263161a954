#include "parsers/packet_layers.h"

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

/* RFC 791 section 3.1. A header that claims less than its fixed part is none. */
enum packet_next packet_ipv4(struct packet_walk *p)
{
	uint8_t version_ihl = wire_u8(&p->w), protocol;
	uint32_t octets = (version_ihl & 15u) * 4;
	uint16_t total, fragment;
	const uint8_t *at;

	if (version_ihl >> 4 != 4 || octets < IPV4_OCTETS)
		return NEXT_END;
	packet_enter_ip(p, 4, IPV4_OCTETS - 1);
	PACKET_FEED(p, p->feeds_ip, ETYPE, etype, 0x0800);
	at = wire_take(&p->w, 1);
	PACKET_FEED(p, p->feeds_ip, IP_TOS, ip_tos, *at);
	total = wire_u16(&p->w);
	if (p->feeds_ip)
		p->ip_octets = total;
	at = wire_take(&p->w, 2);
	PACKET_FEED(p, p->feeds_ip, FRAGMENT_ID, fragment_id, load_be16(at));
	fragment = wire_u16(&p->w);
	PACKET_FEED(p, p->feeds_ip, IP_FLAGS, ip_flags, (uint8_t)(fragment >> 13));
	PACKET_FEED(p, p->feeds_ip, FRAGMENT_OFFSET, fragment_offset, fragment & 0x1fff);
	at = wire_take(&p->w, 1);
	PACKET_FEED(p, p->feeds_ip, IP_TTL, ip_ttl, *at);
	protocol = wire_u8(&p->w);
	PACKET_FEED(p, p->feeds_ip, PROTO, proto, protocol);
	(void)wire_u16(&p->w); /* checksum */
	at = wire_take(&p->w, 4);
	PACKET_FEED(p, p->feeds_ip, SRC_ADDR, src_addr, addr4(at));
	at = wire_take(&p->w, 4);
	PACKET_FEED(p, p->feeds_ip, DST_ADDR, dst_addr, addr4(at));
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
	const uint8_t *at;

	if (first >> 28 != 6)
		return NEXT_END;
	packet_enter_ip(p, 6, IPV6_OCTETS - 4);
	PACKET_FEED(p, p->feeds_ip, ETYPE, etype, 0x86dd);
	PACKET_FEED(p, p->feeds_ip, IP_TOS, ip_tos, (uint8_t)(first >> 20));
	PACKET_FEED(p, p->feeds_ip, IPV6_FLOW_LABEL, ipv6_flow_label, first & 0xfffff);
	payload = wire_u16(&p->w);
	if (p->feeds_ip)
		p->ip_octets = payload ? IPV6_OCTETS + payload : 0; /* 0: a jumbogram */
	protocol = wire_u8(&p->w);
	PACKET_FEED(p, p->feeds_ip, PROTO, proto, protocol);
	at = wire_take(&p->w, 1);
	PACKET_FEED(p, p->feeds_ip, IP_TTL, ip_ttl, *at);
	at = wire_take(&p->w, 16);
	PACKET_FEED(p, p->feeds_ip, SRC_ADDR, src_addr, addr16(at));
	at = wire_take(&p->w, 16);
	PACKET_FEED(p, p->feeds_ip, DST_ADDR, dst_addr, addr16(at));
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
	uint32_t id;

	if (p->ip_version != 6)
		return NEXT_END;
	PACKET_FEED(p, p->feeds_ip, PROTO, proto, protocol);
	(void)wire_u8(&p->w);
	fragment = wire_u16(&p->w);
	PACKET_FEED(p, p->feeds_ip, FRAGMENT_OFFSET, fragment_offset, fragment >> 3);
	PACKET_FEED(p, p->feeds_ip, IP_FLAGS, ip_flags, fragment & 7);
	id = wire_u32(&p->w);
	PACKET_FEED(p, p->feeds_ip, FRAGMENT_ID, fragment_id, id);
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
