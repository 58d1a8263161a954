/* What one options record tells (wire-quirks sections 6 and 9): state, never a flow. Pure reading;
 * who remembers it is templatestore/options.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "parsers/flow.h"
#include "parsers/sink.h"

/* What a sampling rate is told of, the narrowest first (wire-quirks 104). */
enum option_reach {
	REACH_SELECTOR,  /* key: 48 or 302 */
	REACH_TEMPLATE,  /* key: 145, or v9 scope Template */
	REACH_INTERFACE, /* key: 10, 14, 252, or v9 scope Interface */
	REACH_DOMAIN,    /* key: 143 or 144 of a process; 0: the domain, the system */
	REACH_COUNT
};

/* Borrowed octets die with the record. */
struct option_facts {
	uint64_t rate; /* 0: none told */
	uint64_t reach_key;
	uint64_t boot_ms; /* element 160; 0: not told */
	struct {
		bool has; /* a key and a name */
		uint64_t id;
		struct octets name;
	} names[NAME_COUNT];
	uint8_t reach; /* enum option_reach */
};

void option_read(const struct raw_record *r, struct option_facts *out, struct parse_tally *tally);
