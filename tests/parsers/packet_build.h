/* Packets of known headers: each put_*() adds a header to the packet and what it is to give to the
 * flow it is expected to become. The first IP header, and what it carries, feed the flow. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "parsers/flow.h"
#include "tests/parsers/world.h"

struct packet {
	struct build b;
	struct flow want;
	unsigned ips; /* headers of IP so far */
	unsigned ethernets;
	unsigned tags;
};

void packet_begin(struct packet *p);

void packet_ethernet_header(struct packet *p, uint16_t type);
void packet_tag(struct packet *p, uint16_t vlan, uint16_t type); /* behind an EtherType of a tag */
void packet_snap(struct packet *p, uint16_t type);
void packet_pppoe_header(struct packet *p, uint16_t protocol);
void packet_labels(struct packet *p, unsigned count);
void packet_wlan(struct packet *p, uint8_t direction, bool qos);

/* options_octets: a multiple of 4. fragment: the word of flags and offset. */
void packet_ipv4_header(struct packet *p, uint8_t protocol, unsigned options_octets,
			uint16_t fragment);
void packet_ipv6_header(struct packet *p, uint8_t next);
/* A hop-by-hop or destination options header of 8 * (words + 1) octets. */
void packet_options(struct packet *p, uint8_t next, unsigned words);
void packet_segments(struct packet *p, uint8_t next, unsigned count);
void packet_fragment(struct packet *p, uint8_t next, uint16_t fragment);
void packet_auth(struct packet *p, uint8_t next);

void packet_tcp_header(struct packet *p, unsigned options_octets);
void packet_udp_header(struct packet *p, uint16_t dst_port);
void packet_sctp_header(struct packet *p);
void packet_icmp_header(struct packet *p, bool v6);

void packet_gre_header(struct packet *p, uint16_t flags, uint16_t type);
void packet_vxlan_header(struct packet *p, uint32_t vni);
void packet_geneve_header(struct packet *p, uint32_t vni, unsigned options_octets);
void packet_gtpu_header(struct packet *p, bool extended);

/* The layer stack is to have this one too. */
void packet_expect_layer(struct packet *p, enum flow_layer layer, uint32_t octets);

/* Fails the test unless both flows have the same fields with the same values. */
void packet_same(const struct flow *got, const struct flow *want);

/* Fails the test unless every field of `part`, read from a packet cut short, is one of `whole`, and
 * has its value but for those that a later header overwrites or adds to. */
void packet_part_of(const struct flow *part, const struct flow *whole);
