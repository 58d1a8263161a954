/* The UDP datagram in a captured frame: Ethernet with VLAN tags, Linux cooked v1 and v2, raw IP,
 * BSD loopback; IPv4 with options, IPv6 with extension headers. Pure; nothing is copied.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "parsers/addr.h"
#include "parsers/wire.h"

/* Why a frame yields no datagram. FRAGMENT is where reassembly is to go. */
#define FRAME_SKIP_LIST(X)                                                    \
	X(NONE, "none")           /* it does */                               \
	X(LINK, "unknown_link")   /* a link type that we do not read */       \
	X(NOT_IP, "not_ip")       /* ARP and its like */                      \
	X(NOT_UDP, "not_udp")     /* another protocol in IP */                \
	X(FRAGMENT, "fragment")   /* part of a fragmented datagram */         \
	X(TRUNCATED, "truncated") /* cut by the snap length of the capture */ \
	X(MALFORMED, "malformed") /* a length field that cannot be true */

enum frame_skip {
#define X(name, token) FRAME_##name,
	FRAME_SKIP_LIST(X)
#undef X
		FRAME_SKIP_COUNT
};

struct udp_frame {
	struct addr source; /* unmapped */
	struct addr dest;
	uint16_t source_port;
	uint16_t dest_port;
	struct wire payload; /* borrowed from the frame */
};

/* link_type: one of the DLT_ numbers of libpcap. cut: the frame was longer on the wire.
 * FRAME_NONE: *out is filled. Anything else: it is unspecified. */
enum frame_skip udp_frame_find(int link_type, struct wire frame, bool cut, struct udp_frame *out);

const char *frame_skip_token(enum frame_skip skip);
