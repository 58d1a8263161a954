/* A flow as octets. Pure but for the writer it is given; any thread. */
#pragma once

#include <stdint.h>

#include "metrics/text.h"
#include "parsers/flow.h"

/* One JSON object and a line feed, with goflow2's keys (docs/architecture.md section 7).
 * profile: enum output_profile; compact writes what is present, goflow2 all of goflow2's keys.
 * Whether it fitted is in *out: text_cut() takes a half-written line back. */
void encode_json(struct text *out, const struct flow *flow, uint8_t profile);
