/* Reads the headers of a sampled packet into a flow: sFlow's raw packet headers, and the packet
 * sections of IPFIX (elements 313 and 315) and NetFlow v9 (104).
 *
 * It fills only what is not present yet, so that what an exporter said in a record of its own
 * stands. It stops quietly where the sampled octets end, or where they make no sense: what was read
 * up to there is valid (wire-quirks 121). Work and stack are bounded: each header consumes octets,
 * and there are at most PACKET_DEPTH_MAX of them.
 *
 *	packet.c            the loop, and what follows what
 *	packet_link.c       Ethernet, VLAN tags, LLC and SNAP, 802.11, PPP, PPPoE, MPLS
 *	packet_network.c    IPv4, IPv6 and its extension headers
 *	packet_transport.c  TCP, UDP, SCTP, ICMP, ICMPv6
 *	packet_tunnel.c     GRE, VXLAN, Geneve, GTP-U, Teredo
 */
#pragma once

#include <stdint.h>

#include "parsers/flow.h"
#include "parsers/wire.h"

#define PACKET_DEPTH_MAX FLOW_LAYERS_MAX

/* What the first octet belongs to. */
enum packet_link {
	PACKET_OPAQUE, /* nothing that is read here */
	PACKET_ETHERNET,
	PACKET_IP, /* version 4 or 6, as its first nibble says */
	PACKET_MPLS,
	PACKET_PPP, /* with or without address and control */
	PACKET_80211,
	PACKET_LLC,
};

/* Which headers of a tunnel feed the flow (wire-quirks 122). The layer stack has all of them; the
 * fields inner_* have the first that is in a tunnel, unless the inner ones feed the flow anyway. */
enum packet_feed { PACKET_OUTER, PACKET_INNER };

/* Returns the length that the IP header which fed the flow gives the whole packet, 0 if there was
 * none. Borrows nothing. */
uint32_t packet_dissect(struct wire header, enum packet_link link, enum packet_feed feed,
			struct flow *flow);
