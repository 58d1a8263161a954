/* The records of a sample: tagged, found by their lengths (an open value, borrowed from the
 * sample). */
#pragma once

#include <stdint.h>

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
