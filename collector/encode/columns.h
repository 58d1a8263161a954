/* What each field of a template is called and how it is written: worked out once a template, used
 * for every record of it. An element that a template repeats has one key, at its first field.
 *
 * An open value; zeroed is ready. It keeps a copy of the fields it was made for, because a template
 * may be gone, and another stand in its place, when the next record comes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics/text.h"
#include "parsers/ie.h"
#include "parsers/template.h"

struct element_names;

struct column {
	struct tmpl_field field;
	const struct ie *ie; /* NULL: nobody knows it, it is written in hex */
	uint16_t next;       /* field of the next occurrence, or 0 */
	bool repeated;       /* there is an earlier occurrence */
	bool numbered;       /* its number is the key, though it has a name */
};

struct columns {
	struct column *column; /* one for each field of the template */
	uint16_t *order;       /* room to sort in */
	size_t n;
	size_t room;
};

/* Makes them fit the template, unless they already do. names: of the user, for vendor_names. 0 or
 * -ENOMEM. */
int columns_fit(struct columns *c, const struct tmpl *t, bool vendor_names,
		const struct element_names *names);
void columns_fini(struct columns *c);

/* The key of a column, with its quotes. */
void column_key_put(struct text *out, const struct column *column);
void column_value_put(struct text *out, const struct column *column, const uint8_t *octets,
		      size_t len);
