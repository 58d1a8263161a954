/* Writes valid NetFlow v9 and IPFIX datagrams at random, and keeps what it wrote: a story is what
 * one exporter sends, datagram by datagram, with all that a decoder must hand over for each.
 *
 * It knows the registry, which says what lengths are usual; of parsers/ it uses no reader.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/template.h"
#include "tests/parsers/world.h"

#define STORY_FIELDS    300
#define STORY_TEMPLATES 48
#define STORY_RECORDS   512
#define STORY_VALUES    8192
#define STORY_POOL      200000

struct story_template {
	uint16_t id, fields_n, scope_n;
	bool options;
	bool announced; /* the exporter has sent it */
	struct tmpl_field fields[STORY_FIELDS];
};

struct story_value {
	const uint8_t *octets;
	uint16_t len;
};

struct story_record {
	const struct story_template *tmpl;
	const struct story_value *values; /* tmpl->fields_n of them */
	bool waits;                       /* for its template: due when that is announced */
};

/* What the datagrams so far amount to. */
struct story_count {
	uint64_t sets, sets_missed, sets_waiting;
	uint64_t templates_data, templates_options;
	uint64_t flows, options;
};

struct story {
	uint64_t random;
	bool netflow9;
	bool steady;    /* one layout an id, and no data before it: not all decoders know better */
	struct build b; /* the datagram */
	struct story_template templates[STORY_TEMPLATES];
	size_t templates_n;
	struct story_record records[STORY_RECORDS]; /* of the whole story, as written */
	size_t records_n;
	const struct story_record *due[STORY_RECORDS]; /* by this datagram, in their order */
	size_t due_n;
	struct story_value values[STORY_VALUES];
	size_t values_n;
	uint8_t pool[STORY_POOL];
	size_t pool_n;
	struct story_count count;
};

void story_begin(struct story *s, uint64_t seed, bool steady);

/* Writes the next datagram to s->b and fills s->due. */
void story_datagram(struct story *s);
