/* Structured data (RFC 6313) as JSON, by the templates that its record came with. Any thread.
 *
 *	basicList  {"semantic":"allOf","pen":0,"id":10,"name":"ingressInterface","values":[1,2]}
 *	others     {"semantic":"ordered","parts":[{"template":300,"records":[[FIELD,...],...]},...]}
 *	FIELD      {"pen":0,"id":7,"name":"sourceTransportPort","value":53}
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "metrics/text.h"
#include "parsers/ie.h"
#include "parsers/sink.h"

struct element_names;
struct tmpl_field;

/* {"pen":0,"id":7,"name":"sourceTransportPort","value": without the value and the brace behind it;
 * a field that only NetFlow v7 has is no element and has a name only. */
void field_json_begin(struct text *out, const struct tmpl_field *f, const struct ie *ie);

/* A field's value by its type, and in hex if nobody knows it (ie is NULL) or its octets do not fit.
 * raw: the record that it is of. */
void field_json_value(struct text *out, const struct ie *ie, const uint8_t *octets, size_t len,
		      const struct raw_record *raw, const struct element_names *names);
