#include "parsers/list.h"

#define ENTERPRISE_BIT 0x8000u
#define TMPL_ID_OCTETS 2u
#define PART_HEADER    4u  /* template id, length: RFC 6313 section 4.5.3 */
#define TURNS_LEAST    64u /* for a small list; fields of no octets take turns too */
#define TURNS_OCTET    4u  /* more than any octet of an honest list needs */

/* One list that is open. */
struct frame {
	enum ie_type type;
	struct basic_list basic; /* of a basicList */
	struct wire rest;        /* parts behind the open one */
	struct wire records;     /* of the open part */
	const struct tmpl *tmpl; /* likewise; NULL if it has no records */
	uint16_t next;           /* field of the open record */
	bool in_part, in_record;
};

struct walk {
	const struct message *message;
	const struct tmpl_book *book;
	const struct list_visitor *visitor;
	unsigned depth;
	struct frame frames[LIST_DEPTH_MAX];
};

bool basic_list_open(struct wire content, struct basic_list *out)
{
	struct tmpl_field f = {.space = IE_SPACE_IPFIX};

	out->semantic = wire_u8(&content);
	f.id = wire_u16(&content);
	f.len = wire_u16(&content);
	if (f.id & ENTERPRISE_BIT) {
		f.id &= (uint16_t)~ENTERPRISE_BIT;
		f.pen = wire_u32(&content);
		f.space = f.pen == IE_PEN_IANA ? IE_SPACE_NOBODY : IE_SPACE_IPFIX;
	}
	out->field = f;
	out->rest = content;
	return wire_ok(&content) && f.len > 0;
}

bool basic_list_next(struct basic_list *list, struct wire *element)
{
	size_t len = list->field.len;

	if (list->rest.left == 0)
		return false;
	if (len == TMPL_VARLEN)
		len = wire_varlen(&list->rest);
	*element = wire_scope(&list->rest, len);
	return wire_ok(element);
}

static bool list_open(struct walk *k, enum ie_type type, struct wire content)
{
	struct frame *f = &k->frames[k->depth];
	uint8_t semantic;

	if (k->depth == LIST_DEPTH_MAX)
		return false;
	k->depth++;
	*f = (struct frame){.type = type};
	if (type == IE_BASIC_LIST) {
		if (!basic_list_open(content, &f->basic))
			return false;
		k->visitor->list(k->visitor->ctx, f->basic.semantic, &f->basic.field);
		return true;
	}
	semantic = wire_u8(&content);
	f->rest = content;
	if (!wire_ok(&content) || (type == IE_TMPL_LIST && content.left < TMPL_ID_OCTETS))
		return false;
	k->visitor->list(k->visitor->ctx, semantic, NULL);
	return true;
}

/* The innermost list is over, and so is the field that held it, if a record did. */
static void list_close(struct walk *k)
{
	k->visitor->done(k->visitor->ctx, LIST_LIST);
	k->depth--;
	if (k->depth > 0 && k->frames[k->depth - 1].in_record)
		k->visitor->done(k->visitor->ctx, LIST_FIELD);
}

/* All of a subTemplateList is one part. */
static bool part_open(struct walk *k, struct frame *f)
{
	uint16_t id = wire_u16(&f->rest);
	size_t len = f->rest.left;

	if (f->type == IE_TMPL_MULTILIST) {
		len = wire_u16(&f->rest);
		if (len < PART_HEADER)
			return false;
		len -= PART_HEADER;
	}
	f->records = wire_scope(&f->rest, len);
	if (!wire_ok(&f->records))
		return false;
	f->tmpl = len > 0 ? k->book->find(k->book->ctx, k->message, id) : NULL;
	f->in_part = true;
	k->visitor->part(k->visitor->ctx, id);
	return len == 0 || f->tmpl;
}

static bool value_take(struct walk *k, const struct tmpl_field *field, struct wire value)
{
	enum ie_type type = k->visitor->type(k->visitor->ctx, field);

	if (list_is(type) && value.left > 0)
		return list_open(k, type, value);
	k->visitor->value(k->visitor->ctx, field, value.pos, value.left);
	if (k->frames[k->depth - 1].in_record)
		k->visitor->done(k->visitor->ctx, LIST_FIELD);
	return true;
}

static bool field_turn(struct walk *k, struct frame *f)
{
	const struct tmpl_field *field;
	struct wire value;
	size_t len;

	if (f->next == f->tmpl->fields_n) {
		f->in_record = false;
		k->visitor->done(k->visitor->ctx, LIST_RECORD);
		return true;
	}
	field = &f->tmpl->fields[f->next++];
	len = field->len == TMPL_VARLEN ? wire_varlen(&f->records) : field->len;
	value = wire_scope(&f->records, len);
	if (!wire_ok(&value))
		return false;
	k->visitor->field(k->visitor->ctx, field);
	return value_take(k, field, value);
}

static bool part_turn(struct walk *k, struct frame *f)
{
	if (f->records.left == 0) {
		f->in_part = false;
		k->visitor->done(k->visitor->ctx, LIST_PART);
		return true;
	}
	if (f->records.left < f->tmpl->min_len)
		return false;
	f->in_record = true;
	f->next = 0;
	k->visitor->record(k->visitor->ctx);
	return true;
}

static bool basic_turn(struct walk *k, struct frame *f)
{
	struct wire element;

	if (basic_list_next(&f->basic, &element))
		return value_take(k, &f->basic.field, element);
	if (!wire_ok(&f->basic.rest))
		return false;
	list_close(k);
	return true;
}

/* Takes octets of the innermost list, or closes what has none left. */
static bool turn(struct walk *k)
{
	struct frame *f = &k->frames[k->depth - 1];

	if (f->type == IE_BASIC_LIST)
		return basic_turn(k, f);
	if (f->in_record)
		return field_turn(k, f);
	if (f->in_part)
		return part_turn(k, f);
	if (f->rest.left > 0)
		return part_open(k, f);
	list_close(k);
	return true;
}

bool list_walk(enum ie_type type, struct wire content, const struct message *m,
	       const struct tmpl_book *book, const struct list_visitor *visitor)
{
	struct walk k = {.message = m, .book = book, .visitor = visitor};
	size_t turns = TURNS_LEAST + TURNS_OCTET * content.left;

	if (!list_open(&k, type, content))
		return false;
	while (k.depth > 0)
		if (turns-- == 0 || !turn(&k))
			return false;
	return true;
}
