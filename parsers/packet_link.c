#include "parsers/packet_layers.h"

#define ETHERNET_OCTETS 14
#define LABEL_OCTETS    4

/* IEEE 802.11 frame control. */
#define WLAN_TYPE(fc)   ((fc) >> 2 & 3)
#define WLAN_MANAGEMENT 0
#define WLAN_DATA       2
#define WLAN_NO_DATA    0x40 /* in the subtypes of data frames */
#define WLAN_QOS        0x80
#define WLAN_TO_DS      0x01 /* in the second octet */
#define WLAN_FROM_DS    0x02
#define WLAN_PROTECTED  0x40
#define WLAN_HT_CONTROL 0x80
#define WLAN_QOS_A_MSDU 0x80 /* in the first octet of QoS control */

static uint64_t take_mac(struct wire *w)
{
	const uint8_t *octets = wire_take(w, 6);

	return octets ? load_be(octets, 6) : 0;
}

enum packet_next packet_ethernet(struct packet_walk *p)
{
	uint16_t type;

	packet_enter_link(p);
	packet_feed_link(p, FLOW_DST_MAC, take_mac(&p->w));
	packet_feed_link(p, FLOW_SRC_MAC, take_mac(&p->w));
	type = wire_u16(&p->w);
	packet_push(p, LAYER_ETHERNET, ETHERNET_OCTETS);
	return packet_after_ether_type(p, type);
}

enum packet_next packet_vlan(struct packet_walk *p)
{
	uint16_t tci = wire_u16(&p->w), type;

	if (p->tags == 0) {
		packet_feed_link(p, FLOW_VLAN_ID, tci & 0xfff);
		packet_feed_link(p, FLOW_VLAN_PRIORITY, tci >> 13);
	} else if (p->tags == 1) {
		packet_feed_link(p, FLOW_CUSTOMER_VLAN, tci & 0xfff);
		packet_feed_link(p, FLOW_CUSTOMER_PRIORITY, tci >> 13);
	}
	p->tags++; /* at most PACKET_DEPTH_MAX */
	type = wire_u16(&p->w);
	packet_push(p, LAYER_DOT1Q, 4);
	return packet_after_ether_type(p, type);
}

/* IEEE 802.2 with SNAP (RFC 1042); other SAPs carry nothing that is read here. */
enum packet_next packet_llc(struct packet_walk *p)
{
	uint16_t saps = wire_u16(&p->w);
	uint32_t control_oui = wire_u32(&p->w), oui = control_oui & 0xffffff;
	uint16_t type = wire_u16(&p->w);

	if (saps != 0xaaaa || control_oui >> 24 != 3 || (oui != 0 && oui != 0x0000f8))
		return NEXT_END;
	packet_push(p, LAYER_CUSTOM, 8);
	return type < 0x600 ? NEXT_END : packet_after_ether_type(p, type);
}

/* Which of the four addresses is whose, by the direction bits (IEEE 802.11 section 9.3.2.1). */
static const struct {
	uint8_t dst;
	uint8_t src;
} wlan_addresses[] = {
	[0] = {0, 1},
	[WLAN_TO_DS] = {2, 1},
	[WLAN_FROM_DS] = {0, 2},
	[WLAN_TO_DS | WLAN_FROM_DS] = {2, 3},
};

/* A later address may be of an earlier field, so each is put as soon as it is whole. */
static void feed_wlan_addresses(struct packet_walk *p, unsigned direction)
{
	unsigned count = direction == (WLAN_TO_DS | WLAN_FROM_DS) ? 4 : 3;

	for (unsigned i = 0; i < count; i++) {
		uint64_t mac;

		if (i == 3)
			(void)wire_u16(&p->w); /* sequence control */
		mac = take_mac(&p->w);
		if (wlan_addresses[direction].dst == i)
			packet_feed_link(p, FLOW_DST_MAC, mac);
		if (wlan_addresses[direction].src == i)
			packet_feed_link(p, FLOW_SRC_MAC, mac);
	}
	if (count == 3)
		(void)wire_u16(&p->w);
}

enum packet_next packet_80211(struct packet_walk *p)
{
	size_t before = p->w.left;
	uint8_t fc = wire_u8(&p->w), flags = wire_u8(&p->w), qos = 0;
	bool data = WLAN_TYPE(fc) == WLAN_DATA;

	(void)wire_u16(&p->w); /* duration */
	packet_enter_link(p);
	if ((fc & 3) != 0 || (!data && WLAN_TYPE(fc) != WLAN_MANAGEMENT))
		return NEXT_END;
	feed_wlan_addresses(p, data ? flags & (WLAN_TO_DS | WLAN_FROM_DS) : 0);
	if (data && fc & WLAN_QOS) {
		qos = wire_u8(&p->w);
		(void)wire_u8(&p->w);
		if (flags & WLAN_HT_CONTROL)
			(void)wire_u32(&p->w);
	}
	packet_push(p, LAYER_CUSTOM, (uint32_t)(before - p->w.left));
	if (!data || fc & WLAN_NO_DATA || flags & WLAN_PROTECTED || qos & WLAN_QOS_A_MSDU)
		return NEXT_END;
	return wire_ok(&p->w) ? NEXT_LLC : NEXT_END;
}

/* RFC 1661 and 1662: address, control and the protocol's high octet may be compressed away. */
enum packet_next packet_ppp(struct packet_walk *p)
{
	size_t before = p->w.left;
	uint16_t protocol = wire_u8(&p->w);

	if (protocol == 0xff) {
		if (wire_u8(&p->w) != 3)
			return NEXT_END;
		protocol = wire_u8(&p->w);
	}
	if (!(protocol & 1))
		protocol = (uint16_t)(protocol << 8 | wire_u8(&p->w));
	packet_push(p, LAYER_CUSTOM, (uint32_t)(before - p->w.left));
	switch (protocol) {
	case 0x0021:
		return NEXT_IPV4;
	case 0x0057:
		return NEXT_IPV6;
	case 0x0281:
	case 0x0283:
		return NEXT_MPLS;
	default:
		return NEXT_END;
	}
}

/* RFC 2516 section 4, session stage. */
enum packet_next packet_pppoe(struct packet_walk *p)
{
	uint16_t version_code = wire_u16(&p->w);

	(void)wire_u32(&p->w); /* session id, length */
	if (version_code != 0x1100)
		return NEXT_END;
	packet_push(p, LAYER_CUSTOM, 6);
	return wire_ok(&p->w) ? NEXT_PPP : NEXT_END;
}

static void keep_label(struct packet_walk *p, enum flow_field field, struct label_list *list,
		       uint32_t item)
{
	if (packet_given(p, field))
		return;
	if (!flow_has(p->flow, field))
		list->count = 0;
	flow_mark(p->flow, field);
	if (list->count < FLOW_LABELS_MAX)
		list->items[list->count++] = item;
}

static void feed_label(struct packet_walk *p, uint32_t entry)
{
	keep_label(p, FLOW_MPLS_LABEL, &p->flow->mpls_label, entry >> 12);
	keep_label(p, FLOW_MPLS_EXP, &p->flow->mpls_exp, entry >> 9 & 7);
	keep_label(p, FLOW_MPLS_TTL, &p->flow->mpls_ttl, entry & 0xff);
}

/* What a stack carries is not told, except by the explicit null labels (RFC 3032 section 2.1): so
 * the first nibble decides, and 0 is the control word of an Ethernet pseudowire (RFC 4385). */
static enum packet_next after_labels(struct packet_walk *p, uint32_t label)
{
	uint8_t nibble = p->w.left > 0 ? *p->w.pos >> 4 : 15;

	if (label == 0 || nibble == 4)
		return NEXT_IPV4;
	if (label == 2 || nibble == 6)
		return NEXT_IPV6;
	if (nibble != 0)
		return NEXT_END;
	(void)wire_u32(&p->w);
	return wire_ok(&p->w) ? NEXT_ETHERNET : NEXT_END;
}

enum packet_next packet_mpls(struct packet_walk *p)
{
	bool feeds = p->ips == 0 && !flow_has(p->flow, FLOW_MPLS_LABEL); /* the first stack */
	uint32_t entry = 0, octets = 0;

	while (!(entry & 0x100) && p->w.left >= LABEL_OCTETS) {
		entry = wire_u32(&p->w);
		octets += LABEL_OCTETS;
		if (feeds)
			feed_label(p, entry);
	}
	if (octets > 0)
		packet_push(p, LAYER_MPLS, octets);
	return entry & 0x100 ? after_labels(p, entry >> 12) : NEXT_END;
}
