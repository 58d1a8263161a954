#include "collector/encode/elements.h"

#include <errno.h>
#include <stdlib.h>

#include "collector/encode/columns.h"
#include "collector/encode/sample_json.h"
#include "parsers/datagram.h"
#include "parsers/flow.h"
#include "parsers/template.h"

#define LINE_FIRST_BYTES 16384
#define NS_PER_MS        UINT64_C(1000000)

struct elements {
	struct text line;
	struct columns columns;
	bool vendor_names;
	const struct element_names *names;
};

struct elements *elements_new(bool vendor_names, const struct element_names *names)
{
	struct elements *e = calloc(1, sizeof(*e));
	char *line = malloc(LINE_FIRST_BYTES);

	if (!e || !line) {
		free(e);
		free(line);
		return NULL;
	}
	e->line = text_over(line, LINE_FIRST_BYTES);
	e->vendor_names = vendor_names;
	e->names = names;
	return e;
}

void elements_free(struct elements *e)
{
	if (!e)
		return;
	columns_fini(&e->columns);
	free(e->line.start);
	free(e);
}

/* More room for a line that did not fit, empty again. 0 or -ENOMEM. */
static int line_grow(struct text *line)
{
	char *more = realloc(line->start, 2 * line->size);

	if (!more)
		return -ENOMEM;
	*line = text_over(more, 2 * line->size);
	return 0;
}

static void addr_put(struct text *out, const struct addr *a)
{
	text_char(out, '"');
	if (a->len == 4)
		text_ipv4(out, a->octets);
	else if (a->len == 16)
		text_ipv6(out, a->octets);
	text_char(out, '"');
}

static void number_put(struct text *out, const char *key, uint64_t v)
{
	text_str(out, key);
	text_u64(out, v);
}

static unsigned message_version(const struct message *m)
{
	static const uint8_t versions[PROTOCOL_COUNT] = {
		[PROTOCOL_NETFLOW5] = 5, [PROTOCOL_NETFLOW7] = 7, [PROTOCOL_NETFLOW9] = 9,
		[PROTOCOL_IPFIX] = 10,   [PROTOCOL_SFLOW5] = 5,
	};

	return m->protocol < PROTOCOL_COUNT ? versions[m->protocol] : 0;
}

static void message_put(struct text *out, const struct message *m)
{
	text_str(out, "{\"exporter\":");
	addr_put(out, &m->source);
	number_put(out, ",\"port\":", m->port);
	number_put(out, ",\"version\":", message_version(m));
	number_put(out, ",\"domain\":", m->domain);
	number_put(out, ",\"sequence\":", m->sequence);
	if (m->agent.len) {
		text_str(out, ",\"agent\":");
		addr_put(out, &m->agent);
	}
}

/* v5 and v7 have no Set ids: their version stands for it. */
static unsigned record_set(const struct raw_record *r)
{
	switch (r->message->protocol) {
	case PROTOCOL_NETFLOW5:
	case PROTOCOL_NETFLOW7:
		return message_version(r->message);
	default:
		return r->tmpl->id;
	}
}

static void column_put(struct text *out, const struct columns *c, size_t i,
		       const struct raw_record *r)
{
	const struct column *column = &c->column[i];
	bool list = column->next != 0;

	column_key_put(out, column);
	text_char(out, ':');
	if (list)
		text_char(out, '[');
	for (;;) {
		const struct span *span = &r->spans[i];

		column_value_put(out, column, r->octets + span->offset, span->len);
		i = c->column[i].next;
		if (i == 0)
			break;
		text_char(out, ',');
	}
	if (list)
		text_char(out, ']');
}

static void fields_put(struct text *out, const struct columns *c, const struct raw_record *r)
{
	bool first = true;

	text_str(out, ",\"fields\":{");
	for (size_t i = 0; i < c->n && text_ok(out); i++) {
		if (c->column[i].repeated)
			continue;
		if (!first)
			text_char(out, ',');
		first = false;
		column_put(out, c, i, r);
	}
	text_char(out, '}');
}

/* Which ends of the flow its record tells of; the parser fills both with the one it has. */
struct ends {
	bool start, end;
};

static struct ends record_ends(const struct tmpl *t)
{
	struct ends ends = {false, false};
	bool duration = false;

	for (size_t i = 0; i < t->fields_n; i++) {
		if (t->fields[i].pen != IE_PEN_IANA || t->fields[i].space == IE_SPACE_NETFLOW7)
			continue;
		switch (t->fields[i].id) {
		case 22:  /* flowStartSysUpTime */
		case 150: /* flowStartSeconds, and so on in pairs */
		case 152:
		case 154:
		case 156:
		case 158:
			ends.start = true;
			break;
		case 21: /* flowEndSysUpTime */
		case 151:
		case 153:
		case 155:
		case 157:
		case 159:
			ends.end = true;
			break;
		case 161: /* flowDurationMilliseconds */
		case 162: /* flowDurationMicroseconds */
			duration = true;
			break;
		default:
			break;
		}
	}
	if (duration && (ends.start || ends.end))
		ends = (struct ends){true, true};
	return ends;
}

/* The times came from the record, and are more than a guess. */
static bool times_told(const struct flow *f)
{
	return flow_has(f, FLOW_TIME_SOURCE) &&
	       ((f->time_source >= TIME_NANOSECONDS && f->time_source <= TIME_UPTIME) ||
		f->time_source == TIME_DURATION);
}

static void derived_put(struct text *out, const struct raw_record *r)
{
	struct ends ends;

	if (!r->flow || !times_told(r->flow))
		return;
	ends = record_ends(r->tmpl);
	ends.start = ends.start && flow_has(r->flow, FLOW_TIME_START);
	ends.end = ends.end && flow_has(r->flow, FLOW_TIME_END);
	if (!ends.start && !ends.end)
		return;
	text_str(out, ",\"derived\":{");
	if (ends.start)
		number_put(out, "\"flow_start_ms\":", r->flow->time_flow_start_ns / NS_PER_MS);
	if (ends.start && ends.end)
		text_char(out, ',');
	if (ends.end)
		number_put(out, "\"flow_end_ms\":", r->flow->time_flow_end_ns / NS_PER_MS);
	text_char(out, '}');
}

static void record_put(struct text *out, const struct columns *c, const struct raw_record *r)
{
	message_put(out, r->message);
	number_put(out, ",\"set\":", record_set(r));
	text_str(out, r->tmpl->options ? ",\"kind\":\"options\"" : ",\"kind\":\"data\"");
	fields_put(out, c, r);
	derived_put(out, r);
	if (r->message->waited)
		text_str(out, ",\"waited\":true");
	text_str(out, "}\n");
}

int elements_record(struct elements *e, const struct raw_record *record, const struct text **line)
{
	int err = columns_fit(&e->columns, record->tmpl, e->vendor_names, e->names);

	while (!err) {
		text_cut(&e->line, 0);
		record_put(&e->line, &e->columns, record);
		if (text_ok(&e->line))
			break;
		err = line_grow(&e->line);
	}
	*line = &e->line;
	return err;
}

int elements_sample(struct elements *e, const struct raw_sample *sample, const struct text **line)
{
	int err = 0;

	while (!err) {
		text_cut(&e->line, 0);
		message_put(&e->line, sample->message);
		sample_json_put(&e->line, sample);
		text_str(&e->line, "}\n");
		if (text_ok(&e->line))
			break;
		err = line_grow(&e->line);
	}
	*line = &e->line;
	return err;
}
