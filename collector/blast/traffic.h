/* The made-up traffic that all exporters report: flow number n of a seed is always the same flow
 * (an open value). Private and documentation addresses only. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define TRAFFIC_PROTOCOL_ICMP   1u
#define TRAFFIC_PROTOCOL_TCP    6u
#define TRAFFIC_PROTOCOL_UDP    17u
#define TRAFFIC_PROTOCOL_ICMPV6 58u

/* Numbers are uint32_t throughout, whatever their width on the wire, so that a table of elements
 * can name them by offset alone. */
struct traffic_flow {
	bool ipv6;
	uint8_t src[16]; /* IPv4: the first four octets, the rest is zero */
	uint8_t dst[16];
	uint8_t next_hop[16];
	uint8_t nat_src[16];
	uint8_t nat_dst[16];
	uint8_t src_mac[6];
	uint8_t dst_mac[6];
	uint32_t ip_version;
	uint32_t ethertype;
	uint32_t protocol;
	uint32_t src_port; /* ICMP: 0 */
	uint32_t dst_port; /* ICMP: type << 8 | code, as NetFlow v5 has it */
	uint32_t icmp;     /* type << 8 | code, 0 if it is not ICMP */
	uint32_t icmp_type;
	uint32_t icmp_code;
	uint32_t tos;
	uint32_t ttl;
	uint32_t tcp_flags; /* 0 if it is not TCP */
	uint32_t tcp_sequence;
	uint32_t tcp_ack;
	uint32_t tcp_window;
	uint32_t flow_label; /* 0 in IPv4 */
	uint32_t octets;
	uint32_t packets;
	uint32_t start_age_ms; /* first packet, before the moment of export; never less than ... */
	uint32_t end_age_ms;   /* ... the last packet's */
	uint32_t in_if;
	uint32_t out_if;
	uint32_t src_as; /* fits 16 bits: NetFlow v5 has no more */
	uint32_t dst_as;
	uint32_t src_mask;
	uint32_t dst_mask;
	uint32_t vlan;
	uint32_t post_vlan;
	uint32_t vrf;
	uint32_t application; /* engine << 24 | selector */
	uint32_t end_reason;
	uint32_t label;        /* as it stands on the wire: label << 4 | exp << 1 | bottom */
	uint32_t number;       /* of the flow in the traffic */
	uint32_t frame_octets; /* one packet of it on the wire, frame check sequence included */
};

void traffic_flow(uint64_t seed, uint32_t number, bool ipv6, struct traffic_flow *out);
