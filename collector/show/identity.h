/* The identities of the ledger: which numbers must add up to which (docs/metrics.md lists them).
 * The one table that scrapes, the end of the process, tests and documentation go by.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/show/snapshot.h"

#define IDENTITY_TERMS_MAX 8
#define IDENTITY_WHY_MAX   160

/* Some words of a part (an array: all of it); words is 0 behind the last term. */
struct identity_term {
	uint8_t part; /* enum snapshot_part */
	uint16_t offset;
	uint16_t words;
};

struct identity {
	const char *name;
	bool each_block; /* for each listener and protocol; else for the whole process */
	struct identity_term left[IDENTITY_TERMS_MAX];
	struct identity_term right[IDENTITY_TERMS_MAX];
};

extern const struct identity identities[];
extern const size_t identities_n;

/* How many identities do not hold. why (may be NULL): the first of them, as text. */
size_t identities_broken(const struct snapshot *s, char *why, size_t why_size);
