/* The first octets of an Ethernet frame of a flow, as an sFlow agent samples them (sFlow version 5,
 * sampled_header): Ethernet II, IPv4 or IPv6, then TCP, UDP or ICMP. */
#pragma once

#include <stdint.h>

#include "collector/blast/traffic.h"

#define FRAME_HEADER_OCTETS 128u /* what agents usually take */
#define FRAME_FCS_OCTETS    4u   /* counted in traffic_flow.frame_octets, never in the header */

/* Writes FRAME_HEADER_OCTETS octets. Lengths and the IPv4 header checksum are right; the payload is
 * zero, and so are the transport checksums, which nobody can verify from a part of the packet. */
void frame_put(const struct traffic_flow *f, uint8_t *p);
