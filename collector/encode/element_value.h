/* One field of a record as a JSON value, without losing anything: by its abstract data type
 * (RFC 7011 section 6.1), or in hex where its octets do not fit that type. Any thread. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "metrics/text.h"
#include "parsers/ie.h"
#include "parsers/template.h"

/* Integers are numbers in 1 to 8 octets, whatever size the type names (section 6.2); seconds and
 * milliseconds are numbers as sent; micro- and nanoseconds are counted from 1970, rounded down;
 * strings lose their trailing NULs, and are {"hex":"..."} if they are not UTF-8; a field of no
 * octets is "". */
void element_value_put(struct text *out, enum ie_type type, const uint8_t *octets, size_t len);

/* In lower-case hex, whatever it is. */
void element_hex_put(struct text *out, const uint8_t *octets, size_t len);

/* What the element of a field is called; a reverse one as RFC 5103 section 6.1 has it. */
void element_name_put(struct text *out, const struct tmpl_field *f, const struct ie *ie);
