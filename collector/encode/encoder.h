/* A flow as octets. Pure but for the writer it is given; any thread. */
#pragma once

#include <stdint.h>

#include "metrics/text.h"
#include "parsers/flow.h"

struct element_names;

/* How flows are written, the same for all of a run (an open value; borrows names). */
struct encode_style {
	uint8_t profile;                   /* enum output_profile */
	uint8_t unmapped;                  /* enum output_unmapped */
	const struct element_names *names; /* NULL: only the registry's */
};

/* One JSON object and a line feed, with goflow2's keys (docs/architecture.md section 7).
 * Profile compact writes what is present, goflow2 all of goflow2's keys.
 * Whether it fitted is in *out: text_cut() takes a half-written line back. */
void encode_json(struct text *out, const struct flow *flow, const struct encode_style *style);
