/* Inside of the record decoder: what records.c, record_fields.c and record_finish.c share. Nobody
 * else includes it; the way in is records_parse() of record.h. */
#pragma once

#include <stdint.h>

#include "parsers/mapping.h"
#include "parsers/record.h"
#include "parsers/template.h"

/* What hardly any template has: worked out apart. */
#define RARE_NEEDS (MAP_NEEDS_PORTS | MAP_NEEDS_SECTIONS)

#define NET_NOT_TOLD 255u /* no prefix is so long */

/* What one Set's records share. */
struct decoder {
	const struct message *message;
	const struct tmpl *tmpl;
	const struct tmpl_book *book;
	const struct flow_sink *sink;
	struct parse_tally *tally;
	uint64_t header[FLOW_PRESENT_WORDS]; /* presence of what the message header gave */
	uint64_t boot_ms;                    /* told by options; 0: not, or nobody needs it */
	uint64_t rate_override;              /* the operator's; 0: none */
	struct rate_query asked;             /* last: records of one Set mostly ask the same */
	struct rate_answer answer;
	struct raw_record raw; /* the record at work */
	struct record record;
};

/* One field becomes the value of its target. The octets are there, and of a length that the step's
 * kind can be read from. */
void record_step(struct decoder *d, const struct tmpl_step *s, const uint8_t *p, size_t len);

/* What needs more than one field: families, counters, names, sampling, times. */
void record_finish(struct decoder *d);
