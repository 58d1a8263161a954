/* The header of an export datagram, whatever its protocol: what every Set, record and sample in it
 * needs to know (an open value; a parked Set keeps a copy of it). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "parsers/addr.h"

enum protocol {
	PROTOCOL_NETFLOW5,
	PROTOCOL_NETFLOW7,
	PROTOCOL_NETFLOW9,
	PROTOCOL_IPFIX,
	PROTOCOL_SFLOW5,
	PROTOCOL_UNKNOWN, /* not recognised, or refused before anybody looked */
	PROTOCOL_COUNT
};

struct message {
	struct addr source;     /* of the UDP datagram */
	struct addr agent;      /* sFlow: the address the agent gives itself; else none */
	uint16_t port;          /* UDP source port */
	uint8_t protocol;       /* enum protocol */
	bool waited;            /* the Set was parked until its template came */
	uint16_t sampling_rate; /* v5: 1 in n, 0 when not told (wire-quirks 10) */
	uint32_t domain;        /* observation domain, source id, v5 engine, sFlow sub-agent */
	uint32_t sequence;
	uint32_t uptime_ms;   /* sysUptime; 0 in IPFIX, which has none */
	uint64_t export_ns;   /* Export Time, since 1970; 0 in sFlow, which has none */
	uint64_t received_ns; /* arrival, CLOCK_REALTIME, since 1970 */
};
