#include "parsers/packet_layers.h"

#define GRE_CHECKSUM 0x8000 /* RFC 2784, RFC 2890, and RFC 2637 for version 1 */
#define GRE_ROUTING  0x4000
#define GRE_KEY      0x2000
#define GRE_SEQUENCE 0x1000
#define GRE_ACK      0x0080
#define GRE_VERSION  0x0007

#define VXLAN_VALID 0x08 /* RFC 7348 section 5 */

#define GTPU_VERSION_MASK 0xf0
#define GTPU_VERSION_1    0x30 /* version 1, protocol type GTP */
#define GTPU_OPTIONAL     0x07 /* any of the three: all of their octets are there */
#define GTPU_EXTENSION    0x04
#define GTPU_G_PDU        255

/* RFC 3378: version and reserved bits, then a frame. */
enum packet_next packet_etherip(struct packet_walk *p)
{
	uint16_t version = wire_u16(&p->w) >> 12;

	packet_push(p, LAYER_CUSTOM, 2);
	return version == 3 ? NEXT_ETHERNET : NEXT_END;
}

enum packet_next packet_gre(struct packet_walk *p)
{
	static const uint16_t words[] = {GRE_CHECKSUM, GRE_KEY, GRE_SEQUENCE, GRE_ACK};
	uint16_t flags = wire_u16(&p->w), type = wire_u16(&p->w);
	uint32_t octets = 4;

	/* Source routes (RFC 1701) are of any length, and obsolete. */
	if (flags & GRE_ROUTING || (flags & GRE_VERSION) > 1)
		return NEXT_END;
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		octets += flags & words[i] ? 4 : 0;
	(void)wire_take(&p->w, octets - 4);
	packet_push(p, LAYER_GRE, octets);
	return type < 0x600 ? NEXT_END : packet_after_ether_type(p, type);
}

static void feed_vni(struct packet_walk *p, uint32_t vni)
{
	packet_feed(p, !flow_has(p->flow, FLOW_VNI), FLOW_VNI, vni);
}

enum packet_next packet_vxlan(struct packet_walk *p)
{
	uint8_t flags = (uint8_t)(wire_u32(&p->w) >> 24);
	uint32_t vni = wire_u32(&p->w) >> 8;

	if (!(flags & VXLAN_VALID))
		return NEXT_END;
	feed_vni(p, vni);
	packet_push(p, LAYER_CUSTOM, 8);
	return wire_ok(&p->w) ? NEXT_ETHERNET : NEXT_END;
}

/* RFC 8926 section 3.4. */
enum packet_next packet_geneve(struct packet_walk *p)
{
	uint32_t first = wire_u32(&p->w), options_octets = (first >> 24 & 0x3f) * 4;
	uint32_t vni = wire_u32(&p->w) >> 8;
	uint16_t type = first & 0xffff;

	if (first >> 30 != 0)
		return NEXT_END;
	feed_vni(p, vni);
	(void)wire_take(&p->w, options_octets);
	packet_push(p, LAYER_GENEVE, 8 + options_octets);
	return type < 0x600 ? NEXT_END : packet_after_ether_type(p, type);
}

/* 3GPP TS 29.281 section 5.2: each extension header tells its length in words of four octets, and
 * the type of the next. */
static void skip_gtpu_extensions(struct wire *w, uint8_t type)
{
	while (type != 0 && wire_ok(w)) {
		uint8_t words = wire_u8(w);

		if (words == 0)
			w->failed = true;
		(void)wire_take(w, words * 4u - 2);
		type = wire_u8(w);
	}
}

enum packet_next packet_gtpu(struct packet_walk *p)
{
	size_t before = p->w.left;
	uint16_t flags_type = wire_u16(&p->w);
	uint8_t flags = (uint8_t)(flags_type >> 8);
	uint32_t teid;

	(void)wire_u16(&p->w); /* length */
	teid = wire_u32(&p->w);
	if ((flags & GTPU_VERSION_MASK) != GTPU_VERSION_1 || (flags_type & 0xff) != GTPU_G_PDU)
		return NEXT_END;
	packet_feed(p, !flow_has(p->flow, FLOW_TEID), FLOW_TEID, teid);
	if (flags & GTPU_OPTIONAL) {
		uint8_t extension = wire_u32(&p->w) & 0xff; /* behind sequence and N-PDU number */

		skip_gtpu_extensions(&p->w, flags & GTPU_EXTENSION ? extension : 0);
	}
	packet_push(p, LAYER_CUSTOM, (uint32_t)(before - p->w.left));
	return wire_ok(&p->w) ? NEXT_IP : NEXT_END;
}

/* RFC 4380 section 5.1.1: IPv6 stands in UDP as it is; authentication and origin are not read. */
enum packet_next packet_teredo(struct packet_walk *p)
{
	if (p->w.left == 0 || *p->w.pos >> 4 != 6)
		return NEXT_END;
	packet_push(p, LAYER_TEREDO, 0);
	return NEXT_IPV6;
}
