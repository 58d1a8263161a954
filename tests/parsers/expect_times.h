/* The parts of expect.h that compute: times and sampling rates; and how both find their fields. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "parsers/flow.h"
#include "tests/parsers/generate.h"

/* The first field of an element, scopes aside; NULL: none. */
const struct story_value *expect_first(const struct story_record *r, uint32_t pen, uint16_t id);
bool expect_has(const struct story_record *r, uint16_t id);

/* Its value as an unsigned integer; false, and zero, if it has none. */
bool expect_number(const struct story_record *r, uint32_t pen, uint16_t id, uint64_t *out);

bool expect_times(const struct story_record *r, bool netflow9, const struct flow *f);
bool expect_rate(const struct story_record *r, const struct flow *f);
