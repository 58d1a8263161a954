/* An sFlow sample as it stood on the wire, as JSON members. Any thread. */
#pragma once

#include "metrics/text.h"
#include "parsers/sink.h"

/* Writes ,"set":...,"tag":...,"fields":{...},"elements":[...] into an object that is open. */
void sample_json_put(struct text *out, const struct raw_sample *sample);
