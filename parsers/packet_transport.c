#include "parsers/packet_layers.h"

#define UDP_VXLAN  4789
#define UDP_GENEVE 6081
#define UDP_GTPU   2152
#define UDP_TEREDO 3544
#define UDP_MPLS   6635 /* RFC 7510 */

struct ports {
	uint16_t src;
	uint16_t dst;
};

static struct ports feed_ports(struct packet_walk *p)
{
	struct ports ports;

	ports.src = wire_u16(&p->w);
	packet_feed_ip(p, FLOW_SRC_PORT, ports.src);
	packet_feed(p, p->feeds_inner, FLOW_INNER_SRC_PORT, ports.src);
	ports.dst = wire_u16(&p->w);
	packet_feed_ip(p, FLOW_DST_PORT, ports.dst);
	packet_feed(p, p->feeds_inner, FLOW_INNER_DST_PORT, ports.dst);
	return ports;
}

/* RFC 9293 section 3.1. The flags are the low 12 bits of the word that begins with the offset, as
 * in element 6 (tcpControlBits). */
enum packet_next packet_tcp(struct packet_walk *p)
{
	uint16_t offset_flags;

	(void)feed_ports(p);
	packet_feed_ip(p, FLOW_TCP_SEQ, wire_u32(&p->w));
	packet_feed_ip(p, FLOW_TCP_ACK, wire_u32(&p->w));
	offset_flags = wire_u16(&p->w);
	packet_feed_ip(p, FLOW_TCP_FLAGS, offset_flags & 0xfff);
	packet_feed_ip(p, FLOW_TCP_WINDOW, wire_u16(&p->w));
	(void)wire_u32(&p->w); /* checksum, urgent pointer */
	packet_push(p, LAYER_TCP, offset_flags >> 12 > 5 ? (offset_flags >> 12) * 4u : 20);
	return NEXT_END;
}

/* A tunnel is told by its port alone; its own step checks what else it can. */
enum packet_next packet_udp(struct packet_walk *p)
{
	struct ports ports = feed_ports(p);

	(void)wire_u32(&p->w); /* length, checksum */
	packet_push(p, LAYER_UDP, 8);
	if (!wire_ok(&p->w))
		return NEXT_END;
	if (ports.src == UDP_TEREDO)
		return NEXT_TEREDO;
	switch (ports.dst) {
	case UDP_VXLAN:
		return NEXT_VXLAN;
	case UDP_GENEVE:
		return NEXT_GENEVE;
	case UDP_GTPU:
		return NEXT_GTPU;
	case UDP_TEREDO:
		return NEXT_TEREDO;
	case UDP_MPLS:
		return NEXT_MPLS;
	default:
		return NEXT_END;
	}
}

enum packet_next packet_sctp(struct packet_walk *p)
{
	(void)feed_ports(p);
	(void)wire_u32(&p->w);
	packet_push(p, LAYER_CUSTOM, 8);
	return NEXT_END;
}

static void feed_icmp(struct packet_walk *p)
{
	packet_feed_ip(p, FLOW_ICMP_TYPE, wire_u8(&p->w));
	packet_feed_ip(p, FLOW_ICMP_CODE, wire_u8(&p->w));
}

enum packet_next packet_icmp(struct packet_walk *p)
{
	feed_icmp(p);
	packet_push(p, LAYER_ICMP, 8);
	return NEXT_END;
}

enum packet_next packet_icmpv6(struct packet_walk *p)
{
	feed_icmp(p);
	packet_push(p, LAYER_ICMPV6, 8);
	return NEXT_END;
}
