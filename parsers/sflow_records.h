/* The records of an sFlow sample, and how those of a flow sample feed a flow.
 *
 * Record 0:1, the sampled header, is read first; each other record fills what is still free. So
 * what the packet itself says stands, and the order of the records does not matter.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "parsers/flow.h"
#include "parsers/sflow_structures.h"
#include "parsers/status.h"
#include "parsers/wire.h"

struct sflow_records {
	struct wire w;
	uint32_t count; /* a claim */
	enum sflow_kind kind;
};

/* Checks that the records stand within the sample, and notes what is unknown or short. PARSE_OK or
 * PARSE_BAD_RECORD. */
enum parse_status sflow_records_check(const struct sflow_records *records, uint64_t *notes);

/* Feeds *f from checked flow records. False if none of them has a packet; *f is unspecified then.
 */
bool sflow_records_feed(const struct sflow_records *records, struct flow *f, uint64_t *notes);

/* type, then 0, 4 or 16 octets. Any other type fails the reader. */
struct addr sflow_addr(struct wire *w);
