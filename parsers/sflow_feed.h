/* How the records of a flow sample feed a flow.
 *
 * Record 0:1, the sampled header, is read first; each other record fills what is still free. So
 * what the packet itself says stands, and the order of the records does not matter.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "parsers/flow.h"
#include "parsers/packet.h"
#include "parsers/sflow_records.h"
#include "parsers/wire.h"

/* Feeds *f from checked flow records; feed: which header of a tunnel counts. False if none of them
 * has a packet; *f is unspecified then.
 */
bool sflow_feed(const struct sflow_records *records, enum packet_feed feed, struct flow *f,
		uint64_t *notes);

/* type, then 0, 4 or 16 octets. Any other type fails the reader. */
struct addr sflow_addr(struct wire *w);
