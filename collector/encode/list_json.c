#include "collector/encode/list_json.h"

#include "collector/conf/element_names.h"
#include "collector/encode/element_value.h"
#include "parsers/list.h"

struct writer {
	struct text *out;
	const struct element_names *names;
};

/* Nothing stands before the first in its brackets, or behind a key. */
static void comma_put(struct text *out)
{
	if (text_ok(out) && out->start[out->len - 1] != '[' && out->start[out->len - 1] != ':')
		text_char(out, ',');
}

static void number_put(struct text *out, const char *key, uint64_t v)
{
	text_str(out, key);
	text_u64(out, v);
}

static void identity_put(struct text *out, const struct tmpl_field *f, const struct ie *ie)
{
	bool element = f->space != IE_SPACE_NETFLOW7;

	if (element) {
		number_put(out, "\"pen\":", f->pen);
		number_put(out, ",\"id\":", f->id);
	}
	if (!ie)
		return;
	text_str(out, element ? ",\"name\":\"" : "\"name\":\"");
	element_name_put(out, f, ie);
	text_char(out, '"');
}

void field_json_begin(struct text *out, const struct tmpl_field *f, const struct ie *ie)
{
	text_char(out, '{');
	identity_put(out, f, ie);
	text_str(out, ",\"value\":");
}

static enum ie_type visit_type(void *ctx, const struct tmpl_field *f)
{
	const struct writer *w = ctx;
	const struct ie *ie = element_names_find(w->names, f);

	return ie ? (enum ie_type)ie->type : IE_OCTETS;
}

/* RFC 6313 section 4.4. */
static void semantic_put(struct text *out, uint8_t semantic)
{
	static const char *const words[] = {"noneOf", "exactlyOneOf", "oneOrMoreOf", "allOf",
					    "ordered"};

	text_str(out, "{\"semantic\":");
	if (semantic < sizeof(words) / sizeof(words[0])) {
		text_char(out, '"');
		text_str(out, words[semantic]);
		text_char(out, '"');
	} else if (semantic == UINT8_MAX) {
		text_str(out, "\"undefined\"");
	} else {
		text_u64(out, semantic);
	}
}

static void visit_list(void *ctx, uint8_t semantic, const struct tmpl_field *element)
{
	struct writer *w = ctx;

	comma_put(w->out);
	semantic_put(w->out, semantic);
	text_char(w->out, ',');
	if (element) {
		identity_put(w->out, element, element_names_find(w->names, element));
		text_str(w->out, ",\"values\":[");
	} else {
		text_str(w->out, "\"parts\":[");
	}
}

static void visit_part(void *ctx, uint16_t tmpl_id)
{
	struct writer *w = ctx;

	comma_put(w->out);
	number_put(w->out, "{\"template\":", tmpl_id);
	text_str(w->out, ",\"records\":[");
}

static void visit_record(void *ctx)
{
	struct writer *w = ctx;

	comma_put(w->out);
	text_char(w->out, '[');
}

static void visit_field(void *ctx, const struct tmpl_field *f)
{
	struct writer *w = ctx;

	comma_put(w->out);
	field_json_begin(w->out, f, element_names_find(w->names, f));
}

static void visit_value(void *ctx, const struct tmpl_field *f, const uint8_t *octets, size_t len)
{
	struct writer *w = ctx;

	comma_put(w->out);
	element_value_put(w->out, visit_type(ctx, f), octets, len);
}

static void visit_done(void *ctx, enum list_level level)
{
	static const char *const ends[] = {
		[LIST_FIELD] = "}", [LIST_RECORD] = "]", [LIST_PART] = "]}", [LIST_LIST] = "]}"};

	text_str(((struct writer *)ctx)->out, ends[level]);
}

/* False: it cannot be read, and nothing was written. */
static bool list_put(struct text *out, enum ie_type type, const uint8_t *octets, size_t len,
		     const struct raw_record *raw, const struct element_names *names)
{
	struct writer w = {out, names};
	const struct list_visitor visitor = {
		.type = visit_type,
		.list = visit_list,
		.part = visit_part,
		.record = visit_record,
		.field = visit_field,
		.value = visit_value,
		.done = visit_done,
		.ctx = &w,
	};
	size_t before = out->len;

	if (list_walk(type, wire_over(octets, len), raw->message, raw->book, &visitor))
		return true;
	text_cut(out, before);
	return false;
}

void field_json_value(struct text *out, const struct ie *ie, const uint8_t *octets, size_t len,
		      const struct raw_record *raw, const struct element_names *names)
{
	enum ie_type type = ie ? (enum ie_type)ie->type : IE_OCTETS;

	/* What failed before must stay failed: list_put() cuts back. */
	if (text_ok(out) && list_is(type) && len > 0 &&
	    list_put(out, type, octets, len, raw, names))
		return;
	element_value_put(out, type, octets, len);
}
