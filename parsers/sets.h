/* The Sets of NetFlow v9 and IPFIX, which are alike: templates, options templates, data
 * (RFC 3954 section 5, RFC 7011 section 3.3). What differs between the two is a dialect.
 */
#pragma once

#include <stdbool.h>

#include "parsers/message.h"
#include "parsers/sink.h"
#include "parsers/wire.h"

struct dialect {
	uint16_t template_set; /* v9 0, IPFIX 2 */
	uint16_t options_set;  /* v9 1, IPFIX 3 */
	bool netflow9;
};

/* Walks all Sets to the end of *body. A bad Set costs the Set; only a Set whose length cannot be
 * true ends the walk, and what came before it stays (wire-quirks 16). */
void sets_parse(const struct message *m, const struct dialect *dialect, struct wire body,
		const struct parse_env *env);

/* Decodes a data Set that waited for its template: the Set moves from parked to its outcome. */
void set_replay(const struct message *m, const struct tmpl *t, struct wire set,
		const struct parse_env *env);
