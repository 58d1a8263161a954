/* What a record has that its flow did not take up (schema number 1199). Any thread. */
#pragma once

#include "metrics/text.h"
#include "parsers/sink.h"

struct element_names;

/* ,"unmapped":[FIELD,...] with the fields of list_json.h in the order of the template; nothing if
 * there are none. Padding says nothing and is left out. */
void unmapped_json_put(struct text *out, const struct raw_record *raw,
		       const struct element_names *names);
