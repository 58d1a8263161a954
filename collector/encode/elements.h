/* Records and samples as they stood on the wire, as JSON and without losing anything: what
 * `weir decode --format elements` prints. One object a line.
 *
 * Every field has a key: an IANA name; e<PEN>:<id> for an enterprise element and e0:<id> for one
 * that IANA does not assign, both in hex (but reverse elements, PEN 29305, have the type of what
 * they reverse); scope:<kind> for a scope of NetFlow v9; v7:<name> for the three fields that only
 * v7 has. An element that a template repeats is a list in template order.
 *
 * Opaque, because it owns the line and what it worked out about the last template. One thread.
 */
#pragma once

#include <stdbool.h>

#include "metrics/text.h"
#include "parsers/sink.h"

struct element_names;
struct elements;

/* vendor_names: known elements of vendors by name and by type, those of names among them (NULL:
 * only the registry's; it outlives the elements). NULL if out of memory. */
struct elements *elements_new(bool vendor_names, const struct element_names *names);
void elements_free(struct elements *e);

/* 0 and *line, with its line feed, borrowed until the next call; or -ENOMEM. */
int elements_record(struct elements *e, const struct raw_record *record, const struct text **line);
int elements_sample(struct elements *e, const struct raw_sample *sample, const struct text **line);
