/* What the files of the dissector share; nobody else includes this.
 *
 * A header is a step: it reads itself from walk->w, feeds the flow, and says what follows. Reads
 * are straight down; packet_feed() puts a value only while the reader has not failed, so that a
 * header cut short gives the fields that are whole.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/flow.h"
#include "parsers/flow_store.h"
#include "parsers/packet.h"
#include "parsers/wire.h"

enum packet_next {
	NEXT_END,
	NEXT_ETHERNET,
	NEXT_VLAN,
	NEXT_LLC,
	NEXT_80211,
	NEXT_PPP,
	NEXT_PPPOE,
	NEXT_MPLS,
	NEXT_IP, /* by its version nibble */
	NEXT_IPV4,
	NEXT_IPV6,
	NEXT_IPV6_OPTIONS, /* hop-by-hop, destination, mobility, HIP, shim6 */
	NEXT_IPV6_ROUTING,
	NEXT_IPV6_FRAGMENT,
	NEXT_AH,
	NEXT_TCP,
	NEXT_UDP,
	NEXT_SCTP, /* and what else begins with ports: DCCP, UDP-Lite */
	NEXT_ICMP,
	NEXT_ICMPV6,
	NEXT_ETHERIP,
	NEXT_GRE,
	NEXT_VXLAN,
	NEXT_GENEVE,
	NEXT_GTPU,
	NEXT_TEREDO,
	NEXT_COUNT
};

struct packet_walk {
	struct wire w;
	struct flow *flow;
	uint64_t given[FLOW_PRESENT_WORDS]; /* present before: not to be touched */
	enum packet_feed feed;
	bool feeds_link;    /* the present Ethernet, and its tags, feed the flow */
	bool feeds_ip;      /* the present IP header, and what it carries, feed the flow */
	bool feeds_inner;   /* they are the first in a tunnel, and feed the inner_* fields */
	uint8_t ethernets;  /* seen */
	uint8_t ips;        /* seen */
	uint8_t ip_version; /* of the present IP header */
	uint8_t tags;       /* VLAN tags of the present Ethernet */
	uint32_t ip_octets; /* of the IP header that feeds the flow */
};

static inline bool packet_given(const struct packet_walk *p, enum flow_field field)
{
	return p->given[(unsigned)field / 64] >> ((unsigned)field % 64) & 1;
}

/* Puts a value while the reader has not failed: reads yield zero then, and nothing is put. */
static inline void packet_feed(struct packet_walk *p, bool feeds, enum flow_field field,
			       uint64_t number)
{
	uint8_t *flow = (uint8_t *)p->flow;

	if (!feeds || !wire_ok(&p->w) || packet_given(p, field))
		return;
	flow_store(flow + flow_fields[field].offset, flow_fields[field].width, number);
	flow_mark(p->flow, field);
}

static inline void packet_feed_link(struct packet_walk *p, enum flow_field field, uint64_t number)
{
	packet_feed(p, p->feeds_link, field, number);
}

static inline void packet_feed_ip(struct packet_walk *p, enum flow_field field, uint64_t number)
{
	packet_feed(p, p->feeds_ip, field, number);
}

/* Adds a header to the layer stack, unless it was cut. */
void packet_push(struct packet_walk *p, enum flow_layer layer, uint32_t octets);

/* A header of Ethernet, or of IP of which octets are still to be read, begins: decides whether it
 * feeds the flow. What a header further out fed is forgotten if this one, being whole, is to stand
 * in its place. */
void packet_enter_link(struct packet_walk *p);
void packet_enter_ip(struct packet_walk *p, uint8_t version, size_t octets);

/* Feeds the EtherType, and says what it stands for; below 0x600 it is a length, and LLC follows. */
enum packet_next packet_after_ether_type(struct packet_walk *p, uint16_t type);
/* Feeds the protocol number: of several extension headers the last one stands. */
void packet_feed_protocol(struct packet_walk *p, uint8_t protocol);
/* The same, and says what it stands for. */
enum packet_next packet_after_protocol(struct packet_walk *p, uint8_t protocol);

/* The steps. */
typedef enum packet_next packet_step(struct packet_walk *p);
packet_step packet_ethernet, packet_vlan, packet_llc, packet_80211, packet_ppp, packet_pppoe,
	packet_mpls;
packet_step packet_ip, packet_ipv4, packet_ipv6, packet_ipv6_options, packet_ipv6_routing,
	packet_ipv6_fragment, packet_ah;
packet_step packet_tcp, packet_udp, packet_sctp, packet_icmp, packet_icmpv6;
packet_step packet_etherip, packet_gre, packet_vxlan, packet_geneve, packet_gtpu, packet_teredo;
