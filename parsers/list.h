/* Structured data (RFC 6313): basicList, subTemplateList and subTemplateMultiList.
 *
 *	basicList             semantic 1 | field specifier 4, or 8 with its PEN | elements
 *	subTemplateList       semantic 1 | template id 2 | records
 *	subTemplateMultiList  semantic 1 | template id 2, length 2, records | the same again ...
 *
 * A list is read whole or not at all: a length that cannot be true, a template that nobody knows or
 * lists nested too deep cost the field (wire-quirks 133), and its octets are carried. Stack and
 * work are bounded by LIST_DEPTH_MAX and by the octets of the field, whatever the sender claims.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/ie.h"
#include "parsers/sink.h"
#include "parsers/template.h"
#include "parsers/wire.h"

#define LIST_DEPTH_MAX 8u

/* A basicList whose elements are taken one by one (an open value). */
struct basic_list {
	struct tmpl_field field; /* what every element is; len: octets of each, or TMPL_VARLEN */
	uint8_t semantic;        /* RFC 6313 section 4.4 */
	struct wire rest;        /* the elements still to come; fails if one is cut short */
};

/* False: cut in the header, or elements of no octets. */
bool basic_list_open(struct wire content, struct basic_list *out);

/* False: there are no more, or the next one is cut (then wire_ok(&list->rest) is false). */
bool basic_list_next(struct basic_list *list, struct wire *element);

/* What done() closes. */
enum list_level { LIST_FIELD, LIST_RECORD, LIST_PART, LIST_LIST };

/* Called in the order of the wire. Pointers die with the call. */
struct list_visitor {
	/* The type of a field: one of the three lists opens a list inside the list. */
	enum ie_type (*type)(void *ctx, const struct tmpl_field *field);
	/* A list opens. element: what a basicList is made of; NULL in the others, which have parts.
	 */
	void (*list)(void *ctx, uint8_t semantic, const struct tmpl_field *element);
	void (*part)(void *ctx, uint16_t tmpl_id); /* records of one template */
	void (*record)(void *ctx);
	void (*field)(void *ctx, const struct tmpl_field *field); /* of the record */
	/* An element of a basicList, or what the field holds. */
	void (*value)(void *ctx, const struct tmpl_field *field, const uint8_t *octets, size_t len);
	void (*done)(void *ctx, enum list_level level); /* the innermost that is open */
	void *ctx;
};

/* Visits the content of a field of one of the three types. The templates that it names are those
 * of m in the book. False: it cannot be read to its end, and what was visited counts for nothing.
 */
bool list_walk(enum ie_type type, struct wire content, const struct message *m,
	       const struct tmpl_book *book, const struct list_visitor *visitor);

static inline bool list_is(enum ie_type type)
{
	return type == IE_BASIC_LIST || type == IE_TMPL_LIST || type == IE_TMPL_MULTILIST;
}
