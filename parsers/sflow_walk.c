#include "parsers/sflow_walk.h"

#define MAC_OCTETS        6
#define MAC_PADDED_OCTETS 8
#define ETHERNET_UNPADDED 20 /* octets of a sampled_ethernet without mac padding */

/* clang-format off */
/* Types of a fixed width. */
static const struct width_row {
	uint8_t octets;
	uint8_t form; /* enum sflow_form */
} widths[] = {
	[SFLOW_FIELD_U32]      = {4,  SFLOW_UNSIGNED},
	[SFLOW_FIELD_I32]      = {4,  SFLOW_SIGNED},
	[SFLOW_FIELD_F32]      = {4,  SFLOW_FLOAT},
	[SFLOW_FIELD_U64]      = {8,  SFLOW_UNSIGNED},
	[SFLOW_FIELD_F64]      = {8,  SFLOW_DOUBLE},
	[SFLOW_FIELD_IP4]      = {4,  SFLOW_ADDRESS},
	[SFLOW_FIELD_IP6]      = {16, SFLOW_ADDRESS},
	[SFLOW_FIELD_MAC]      = {MAC_OCTETS, SFLOW_MAC},
	[SFLOW_FIELD_OPAQUE4]  = {4,  SFLOW_OCTETS},
	[SFLOW_FIELD_OPAQUE16] = {16, SFLOW_OCTETS},
};

/* What rtmetric's and rtflow's value types mean. */
static const uint8_t metric_types[] = {SFLOW_FIELD_STRING, SFLOW_FIELD_U32, SFLOW_FIELD_U64, SFLOW_FIELD_U32,
				       SFLOW_FIELD_U64,    SFLOW_FIELD_F32, SFLOW_FIELD_F64};
static const uint8_t attribute_types[] = {SFLOW_FIELD_STRING, SFLOW_FIELD_MAC, SFLOW_FIELD_IP4, SFLOW_FIELD_IP6,
					  SFLOW_FIELD_U32,    SFLOW_FIELD_U64, SFLOW_FIELD_F32, SFLOW_FIELD_F64};
/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A walk through one structure. */
struct walk {
	struct wire w;
	const struct sflow_visitor *visitor;
	uint32_t tag;
	uint32_t last;              /* the number read last: the type of a SFLOW_FIELD_VALUE */
	size_t mac_octets;          /* with their padding, if they have any */
	struct sflow_field records; /* what follows the fields of a sample */
	uint32_t records_count;
};

static void show(struct walk *k, const struct sflow_value *value)
{
	k->visitor->field(k->visitor->ctx, value);
}

static void show_number(struct walk *k, const char *name, enum sflow_form form, uint64_t number)
{
	struct sflow_value v = {.name = name, .form = form, .number = number};

	k->last = (uint32_t)number;
	show(k, &v);
}

/* octets may be NULL: they were not there, and nothing is shown. */
static void show_octets(struct walk *k, const char *name, enum sflow_form form,
			const uint8_t *octets, size_t len)
{
	struct sflow_value v = {.name = name, .form = form, .octets = octets, .len = len};

	if (octets)
		show(k, &v);
}

static void walk_fixed(struct walk *k, enum sflow_type type, const char *name)
{
	const struct width_row *width = &widths[type];
	const uint8_t *p =
		wire_take(&k->w, type == SFLOW_FIELD_MAC ? k->mac_octets : width->octets);

	if (!p)
		return;
	if (width->form == SFLOW_SIGNED)
		show_number(k, name, SFLOW_SIGNED, (uint64_t)(int64_t)(int32_t)load_be32(p));
	else if (width->form < SFLOW_ADDRESS)
		show_number(k, name, width->form, load_be(p, width->octets));
	else
		show_octets(k, name, width->form, p, width->octets);
}

static void walk_opaque(struct walk *k, enum sflow_form form, const char *name)
{
	uint32_t len = wire_u32(&k->w);
	const uint8_t *p = wire_take(&k->w, len);

	show_octets(k, name, form, p, len);
	sflow_skip_padding(&k->w, len);
}

static void walk_address(struct walk *k, const char *name)
{
	static const uint8_t octets[] = {0, 4, 16};
	uint32_t type = wire_u32(&k->w);
	size_t len = type < COUNT(octets) ? octets[type] : SIZE_MAX;

	show_octets(k, name, SFLOW_ADDRESS, wire_take(&k->w, len), len);
}

/* A part of the next word: the high part leaves it there for the low part that follows. */
static void walk_bits(struct walk *k, enum sflow_type type, const char *name)
{
	struct wire peek = k->w;
	uint32_t word = wire_u32(&peek);
	bool low = type == SFLOW_FIELD_LO30 || type == SFLOW_FIELD_LO24;

	if (low || !wire_ok(&peek))
		k->w = peek;
	if (!wire_ok(&peek))
		return;
	if (type == SFLOW_FIELD_HI2 || type == SFLOW_FIELD_LO30)
		word = low ? word & 0x3fffffff : word >> 30;
	else
		word = low ? word & 0xffffff : word >> 24;
	show_number(k, name, SFLOW_UNSIGNED, word);
}

static void walk_rest(struct walk *k, const char *name)
{
	size_t len = k->w.left;

	show_octets(k, name, SFLOW_OCTETS, wire_take(&k->w, len), len);
}

static enum sflow_type value_type(const struct walk *k)
{
	bool metric = SFLOW_FORMAT(k->tag) == 1002;
	const uint8_t *types = metric ? metric_types : attribute_types;

	return k->last < (metric ? COUNT(metric_types) : COUNT(attribute_types))
		       ? (enum sflow_type)types[k->last]
		       : SFLOW_FIELD_REST;
}

/* One value. If it is not whole, nothing is shown and the reader is left failed. */
static void walk_value(struct walk *k, enum sflow_type type, const char *name)
{
	if (type == SFLOW_FIELD_VALUE)
		type = value_type(k);
	if (type < COUNT(widths))
		walk_fixed(k, type, name);
	else if (type == SFLOW_FIELD_STRING || type == SFLOW_FIELD_OPAQUE)
		walk_opaque(k, type == SFLOW_FIELD_STRING ? SFLOW_TEXT : SFLOW_OCTETS, name);
	else if (type == SFLOW_FIELD_ADDR)
		walk_address(k, name);
	else if (type == SFLOW_FIELD_REST)
		walk_rest(k, name);
	else
		walk_bits(k, type, name);
}

/* The same, but a value that is not whole is still there to be shown undecoded. */
static bool walk_whole(struct walk *k, enum sflow_type type, const char *name)
{
	struct wire before = k->w;

	walk_value(k, type, name);
	if (wire_ok(&k->w))
		return true;
	k->w = before;
	return false;
}

/* The fewest octets of an item: a count that asks for more than there is cannot be true. */
static size_t item_least(const struct sflow_field *f)
{
	size_t least = 0;

	if (f->type != SFLOW_FIELD_GROUP)
		return f->type < COUNT(widths) ? widths[f->type].octets : 4;
	for (uint8_t i = 1; i <= f->list; i++)
		least += f[i].type < COUNT(widths) ? widths[f[i].type].octets : 4;
	return least;
}

/* A count that the octets left can hold; on false nothing was consumed. */
static bool walk_count(struct walk *k, const struct sflow_field *f, uint32_t *count)
{
	struct wire w = k->w;

	*count = wire_u32(&w);
	if (!wire_ok(&w) || *count > w.left / item_least(f))
		return false;
	k->w = w;
	return true;
}

static bool walk_list(struct walk *k, const struct sflow_field *f)
{
	uint32_t count;
	bool whole = true;

	if (!walk_count(k, f, &count))
		return false;
	k->visitor->open(k->visitor->ctx, f->name, SFLOW_LIST);
	for (uint32_t i = 0; i < count && whole; i++)
		whole = walk_whole(k, f->type, NULL);
	k->visitor->close(k->visitor->ctx);
	return whole;
}

static bool walk_group(struct walk *k, const struct sflow_field *member, uint8_t count)
{
	bool whole = true;

	k->visitor->open(k->visitor->ctx, NULL, SFLOW_GROUP);
	for (uint8_t i = 0; i < count && whole; i++)
		whole = member[i].list ? walk_list(k, &member[i])
				       : walk_whole(k, member[i].type, member[i].name);
	k->visitor->close(k->visitor->ctx);
	return whole;
}

static bool walk_groups(struct walk *k, const struct sflow_field *f)
{
	uint32_t count;
	bool whole = true;

	if (!walk_count(k, f, &count))
		return false;
	k->visitor->open(k->visitor->ctx, f->name, SFLOW_LIST);
	for (uint32_t i = 0; i < count && whole; i++)
		whole = walk_group(k, f + 1, f->list);
	k->visitor->close(k->visitor->ctx);
	return whole;
}

/* The records behind a sample's fields are structures of their own: only their count is shown. */
static bool walk_records_count(struct walk *k, const struct sflow_field *f)
{
	if (!walk_whole(k, SFLOW_FIELD_U32, f->name))
		return false;
	k->records = *f;
	k->records_count = k->last;
	return true;
}

static bool walk_field(struct walk *k, const struct sflow_field *f)
{
	if (f->type == SFLOW_FIELD_FLOW || f->type == SFLOW_FIELD_COUNTER)
		return walk_records_count(k, f);
	if (f->type == SFLOW_FIELD_GROUP)
		return walk_groups(k, f);
	if (f->list)
		return walk_list(k, f);
	return walk_whole(k, f->type, f->name);
}

/* Shows the fields that are there; the last of a sample that wraps another is left to the caller.
 */
static void walk_fields(struct walk *k, const struct sflow_structure *row)
{
	const struct sflow_field *f = &sflow_fields[row->first], *end = f + row->count;
	bool whole = true;

	while (f < end && f->type != SFLOW_FIELD_SAMPLE && k->w.left > 0 && whole) {
		whole = walk_field(k, f);
		f += f->type == SFLOW_FIELD_GROUP ? f->list + 1 : 1;
	}
}

static void walk_undecoded(struct walk *k)
{
	if (k->w.left > 0)
		show_octets(k, "undecoded", SFLOW_OCTETS, k->w.pos, k->w.left);
}

static void walk_record(const struct sflow_visitor *visitor, enum sflow_kind kind, uint32_t tag,
			struct wire body)
{
	const struct sflow_structure *row = sflow_structure_find(kind, tag);
	struct walk k = {.w = body, .visitor = visitor, .tag = tag};
	bool unpadded = kind == SFLOW_FLOW && body.left == ETHERNET_UNPADDED;

	k.mac_octets = unpadded ? MAC_OCTETS : MAC_PADDED_OCTETS;
	visitor->begin(visitor->ctx, kind, tag, sflow_structure_name(kind, tag));
	if (row)
		walk_fields(&k, row);
	walk_undecoded(&k);
	visitor->end(visitor->ctx);
}

static void walk_records(struct walk *k)
{
	enum sflow_kind kind = k->records.type == SFLOW_FIELD_COUNTER ? SFLOW_COUNTER : SFLOW_FLOW;
	struct wire body;
	uint32_t tag;

	for (uint32_t i = 0; i < k->records_count && sflow_take(&k->w, &tag, &body); i++)
		walk_record(k->visitor, kind, tag, body);
}

/* The sample within a sample; there is no third. */
static void walk_inner(struct walk *k)
{
	const struct sflow_structure *row;
	struct wire body;

	if (!sflow_take(&k->w, &k->tag, &body))
		return;
	k->w = body;
	row = sflow_structure_find(SFLOW_SAMPLE, k->tag);
	if (row)
		walk_fields(k, row);
}

static bool wraps(const struct sflow_structure *row)
{
	return row->count > 0 &&
	       sflow_fields[row->first + row->count - 1].type == SFLOW_FIELD_SAMPLE;
}

void sflow_walk(const struct raw_sample *sample, const struct sflow_visitor *visitor)
{
	const struct sflow_structure *row = sflow_structure_find(SFLOW_SAMPLE, sample->tag);
	struct walk k = {.w = sample->body, .visitor = visitor, .tag = sample->tag};

	k.mac_octets = MAC_PADDED_OCTETS;
	visitor->begin(visitor->ctx, SFLOW_SAMPLE, sample->tag,
		       sflow_structure_name(SFLOW_SAMPLE, sample->tag));
	if (row)
		walk_fields(&k, row);
	if (row && wraps(row))
		walk_inner(&k);
	if (!k.records.name)
		walk_undecoded(&k);
	visitor->end(visitor->ctx);
	walk_records(&k);
}
