/* The last line of `weir decode`: what was in the file, by the ledger. */
#pragma once

#include <stdint.h>

#include "metrics/text.h"
#include "parsers/sink.h"

struct ledger;

/* The ledger counts samples only as far as the daemon cares; a file's are counted in full. */
struct sample_counts {
	uint64_t flow_samples;
	uint64_t counter_samples;
	uint64_t discarded_samples;
	uint64_t other_samples;
	uint64_t flow_records; /* of flow and discarded samples */
	uint64_t counter_records;
};

void sample_counts_add(struct sample_counts *c, const struct raw_sample *sample);

/* {"summary":{...}} and a line feed; of the ledger's first listener. */
void decode_summary_put(struct text *out, struct ledger *ledger,
			const struct sample_counts *samples);
