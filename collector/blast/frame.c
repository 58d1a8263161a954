#include "collector/blast/frame.h"

#include "collector/blast/put.h"
#include "parsers/wire.h"

#define ETHERNET_OCTETS 14u
#define IPV4_OCTETS     20u
#define IPV6_OCTETS     40u

/* RFC 1071, over an even number of octets. */
static uint16_t checksum(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i += 2)
		sum += load_be16(p + i);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static uint8_t *put_ethernet(const struct traffic_flow *f, uint8_t *p)
{
	p = put_octets(p, f->dst_mac, sizeof(f->dst_mac));
	p = put_octets(p, f->src_mac, sizeof(f->src_mac));
	return put_u16(p, (uint16_t)f->ethertype);
}

static uint8_t *put_ipv4(const struct traffic_flow *f, uint16_t total, uint8_t *p)
{
	uint8_t *start = p;

	p = put_u8(p, 0x45); /* version 4, five words */
	p = put_u8(p, (uint8_t)f->tos);
	p = put_u16(p, total);
	p = put_u16(p, (uint16_t)f->number); /* identification */
	p = put_u16(p, 0x4000);              /* do not fragment */
	p = put_u8(p, (uint8_t)f->ttl);
	p = put_u8(p, (uint8_t)f->protocol);
	p = put_u16(p, 0);
	p = put_octets(p, f->src, 4);
	p = put_octets(p, f->dst, 4);
	put_u16(start + 10, checksum(start, IPV4_OCTETS));
	return p;
}

static uint8_t *put_ipv6(const struct traffic_flow *f, uint16_t total, uint8_t *p)
{
	p = put_u32(p, 6u << 28 | f->tos << 20 | f->flow_label);
	p = put_u16(p, (uint16_t)(total - IPV6_OCTETS));
	p = put_u8(p, (uint8_t)f->protocol);
	p = put_u8(p, (uint8_t)f->ttl);
	p = put_octets(p, f->src, 16);
	return put_octets(p, f->dst, 16);
}

static uint8_t *put_tcp(const struct traffic_flow *f, uint8_t *p)
{
	p = put_u16(p, (uint16_t)f->src_port);
	p = put_u16(p, (uint16_t)f->dst_port);
	p = put_u32(p, f->tcp_sequence);
	p = put_u32(p, f->tcp_ack);
	p = put_u8(p, 5 << 4); /* data offset: five words */
	p = put_u8(p, (uint8_t)f->tcp_flags);
	p = put_u16(p, (uint16_t)f->tcp_window);
	return put_u32(p, 0); /* checksum, urgent pointer */
}

static uint8_t *put_udp(const struct traffic_flow *f, uint16_t len, uint8_t *p)
{
	p = put_u16(p, (uint16_t)f->src_port);
	p = put_u16(p, (uint16_t)f->dst_port);
	p = put_u16(p, len);
	return put_u16(p, 0);
}

void frame_put(const struct traffic_flow *f, uint8_t *p)
{
	uint8_t *end = p + FRAME_HEADER_OCTETS;
	uint16_t total = (uint16_t)(f->frame_octets - FRAME_FCS_OCTETS - ETHERNET_OCTETS);
	uint16_t transport = (uint16_t)(total - (f->ipv6 ? IPV6_OCTETS : IPV4_OCTETS));

	p = put_ethernet(f, p);
	p = f->ipv6 ? put_ipv6(f, total, p) : put_ipv4(f, total, p);
	if (f->protocol == TRAFFIC_PROTOCOL_TCP)
		p = put_tcp(f, p);
	else if (f->protocol == TRAFFIC_PROTOCOL_UDP)
		p = put_udp(f, transport, p);
	else
		p = put_u16(p, (uint16_t)f->icmp);
	put_zeros(p, (size_t)(end - p));
}
