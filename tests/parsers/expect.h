/* What schema.md wants of a flow, worked out a second time from a record of a story: by searching
 * its fields for each member, with none of the decoder's tables. */
#pragma once

#include <stdbool.h>

#include "parsers/flow.h"
#include "tests/parsers/generate.h"

/* NULL, or the name of the first member that is not as it should be. Members whose rule depends on
 * more than this file knows (two answers of equal right) are let pass. */
const char *expect_flow(const struct story_record *r, bool netflow9, const struct flow *f);
