/* Whose template it is: (exporter address, protocol version, observation domain). Not the UDP port:
 * real routers send templates from one port and data from another (wire-quirks 40). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "parsers/message.h"

struct scope {
	struct addr source; /* octets behind len are zero */
	uint32_t domain;
	uint8_t protocol; /* enum protocol: a v9 and an IPFIX template never meet */
};

struct scope scope_of(const struct message *m);
bool scope_equal(const struct scope *a, const struct scope *b);

/* Seeded, so that nobody can choose addresses and domains that collide. extra: a template id. */
uint32_t scope_hash(const struct scope *s, uint32_t extra, uint64_t seed);

/* A seed that cannot be guessed from outside. */
uint64_t scope_seed(void);
