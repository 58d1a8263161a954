/* What to send: the command line, read and checked (an open value). Every option is one row of the
 * table in order.c, and so is its help. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "collector/blast/export.h"
#include "collector/blast/target.h"

#define ORDER_TARGETS_MAX 64u
#define ORDER_SOURCES_MAX 65536u
#define ORDER_DOMAINS_MAX 65536u
#define ORDER_STREAMS_MAX (1u << 20) /* sources x protocols x domains */
#define ORDER_WHY_MAX     256u

struct order {
	uint8_t protocols[EXPORT_PROTOCOLS]; /* enum export_protocol, in the order of turns */
	uint32_t protocols_n;
	struct target targets[ORDER_TARGETS_MAX];
	uint32_t targets_n;
	uint64_t sources;
	uint64_t domains; /* of each source and protocol */
	uint64_t rate;    /* datagrams a second; 0: as fast as possible */
	uint64_t count;   /* datagrams in all; 0: no limit */
	uint64_t duration_ns;
	uint64_t records; /* 0: what is usual */
	uint64_t fields;
	uint64_t tmpl_interval_ns; /* 0: templates are not sent again by time ... */
	uint64_t tmpl_every;       /* ... or by data datagrams of a stream */
	uint64_t seed;
	bool ipv6_flows;
	uint8_t gso; /* enum sender_gso */
	bool json;
};

enum order_outcome {
	ORDER_RUN,
	ORDER_HELP,
	ORDER_VERSION,
	ORDER_WRONG, /* why says what, in one line */
};

/* argv as main() gets it; the strings are not kept. Not reentrant: getopt_long() is not. */
enum order_outcome order_read(int argc, char **argv, struct order *out, char why[ORDER_WHY_MAX]);
void order_help(FILE *out);
