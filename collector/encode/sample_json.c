#include "collector/encode/sample_json.h"

#include <assert.h>

#include "collector/encode/element_value.h"
#include "parsers/ie.h"
#include "parsers/sflow_walk.h"

#define NEST_MAX 4 /* the walk goes no deeper than a list in a group in a list */

/* Where the walk stands in the JSON that it becomes. */
struct page {
	struct text *out;
	bool in_sample; /* its own fields, not those of a record */
	bool first;     /* no comma before what comes next */
	uint32_t records;
	enum sflow_nest nests[NEST_MAX];
	unsigned depth; /* of open lists and groups */
};

static void comma_put(struct page *p)
{
	if (!p->first)
		text_char(p->out, ',');
	p->first = false;
}

static void tag_put(struct text *out, uint32_t tag)
{
	text_str(out, "\"tag\":\"");
	text_u64(out, SFLOW_ENTERPRISE(tag));
	text_char(out, ':');
	text_u64(out, SFLOW_FORMAT(tag));
	text_char(out, '"');
}

static void key_put(struct page *p, const char *name)
{
	comma_put(p);
	if (!name)
		return;
	text_char(p->out, '"');
	text_str(p->out, name);
	text_str(p->out, "\":");
}

static void begin(void *ctx, enum sflow_kind kind, uint32_t tag, const char *name)
{
	struct page *p = ctx;

	p->in_sample = kind == SFLOW_SAMPLE;
	if (p->in_sample) {
		text_str(p->out, ",\"set\":\"");
		text_str(p->out, name);
		text_str(p->out, "\",");
		tag_put(p->out, tag);
	} else {
		text_str(p->out, p->records++ ? ",{" : "{");
		tag_put(p->out, tag);
		text_str(p->out, ",\"name\":\"");
		text_str(p->out, name);
		text_char(p->out, '"');
	}
	text_str(p->out, ",\"fields\":{");
	p->first = true;
}

static void end(void *ctx)
{
	struct page *p = ctx;

	text_str(p->out, p->in_sample ? "},\"elements\":[" : "}}");
}

/* IEEE bits as a number; in hex if JSON has no number for them. */
static void bits_put(struct text *out, uint64_t bits, size_t width)
{
	uint8_t octets[8];

	for (size_t i = 0; i < width; i++)
		octets[i] = (uint8_t)(bits >> 8 * (width - 1 - i) & 0xff);
	element_value_put(out, IE_F64, octets, width);
}

static void field(void *ctx, const struct sflow_value *v)
{
	struct page *p = ctx;

	key_put(p, v->name);
	switch (v->form) {
	case SFLOW_UNSIGNED:
		text_u64(p->out, v->number);
		return;
	case SFLOW_SIGNED:
		text_i64(p->out, (int64_t)v->number);
		return;
	case SFLOW_FLOAT:
		bits_put(p->out, v->number, 4);
		return;
	case SFLOW_DOUBLE:
		bits_put(p->out, v->number, 8);
		return;
	case SFLOW_ADDRESS:
		element_value_put(p->out, v->len == 4 ? IE_IPV4 : IE_IPV6, v->octets, v->len);
		return;
	case SFLOW_MAC:
		element_value_put(p->out, IE_MAC, v->octets, v->len);
		return;
	case SFLOW_TEXT:
		element_value_put(p->out, IE_STRING, v->octets, v->len);
		return;
	case SFLOW_OCTETS:
		element_hex_put(p->out, v->octets, v->len);
		return;
	}
}

static void nest_open(void *ctx, const char *name, enum sflow_nest nest)
{
	struct page *p = ctx;

	key_put(p, name);
	text_char(p->out, nest == SFLOW_LIST ? '[' : '{');
	assert(p->depth < NEST_MAX);
	p->nests[p->depth++] = nest;
	p->first = true;
}

static void nest_close(void *ctx)
{
	struct page *p = ctx;

	text_char(p->out, p->nests[--p->depth] == SFLOW_LIST ? ']' : '}');
	p->first = false;
}

void sample_json_put(struct text *out, const struct raw_sample *sample)
{
	struct page page = {.out = out};
	struct sflow_visitor visitor = {
		.begin = begin,
		.field = field,
		.open = nest_open,
		.close = nest_close,
		.end = end,
		.ctx = &page,
	};

	sflow_walk(sample, &visitor);
	text_char(out, ']');
}
