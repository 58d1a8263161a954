#include "parsers/template.h"

#include <string.h>

#include "parsers/ie.h"
#include "parsers/mapping.h"

#define ENTERPRISE_BIT  0x8000u
#define FIELD_SPEC      4u /* octets of a field specifier without its PEN */
#define SRC_ADDR_IPV4   8u
#define DST_ADDR_IPV4   12u
#define SRC_ADDR_IPV6   27u
#define DST_ADDR_IPV6   28u
#define EMPTY_AN_OCTET  4u /* fields of length 0, for each octet of a record */
#define FIRST_ICMP      176u
#define LAST_ICMP       179u
#define ICMP_CODE_TYPE4 32u
#define ICMP_CODE_TYPE6 139u

/* --- reading --------------------------------------------------------------------------------- */

/* RFC 3954 section 6.1: the lengths of an options template are octets, 4 a field. */
static enum parse_status header_read_options9(struct wire *set, struct tmpl_record *r)
{
	uint16_t scope_len = wire_u16(set);
	uint16_t option_len = wire_u16(set);

	if (!wire_ok(set))
		return PARSE_TMPL_CUT;
	if (scope_len % FIELD_SPEC || option_len % FIELD_SPEC ||
	    (size_t)scope_len + option_len > set->left)
		return PARSE_TMPL_SCOPE;
	r->scope_n = scope_len / FIELD_SPEC;
	r->fields_n = (uint16_t)(r->scope_n + option_len / FIELD_SPEC);
	return PARSE_OK;
}

static enum parse_status header_read(struct wire *set, struct tmpl_record *r)
{
	r->id = wire_u16(set);
	if (r->netflow9 && r->options)
		return header_read_options9(set, r);
	r->fields_n = wire_u16(set);
	/* A withdrawal is 4 octets, in an Options Template Set too: RFC 7011 section 8.1. */
	if (r->options && r->fields_n > 0)
		r->scope_n = wire_u16(set);
	if (!wire_ok(set))
		return PARSE_TMPL_CUT;
	return r->scope_n > r->fields_n ? PARSE_TMPL_SCOPE : PARSE_OK;
}

/* One field specifier: RFC 7011 section 3.2; v9 has no enterprise bit (wire-quirks 27). */
static struct tmpl_field field_read(struct wire *w, bool netflow9, bool scope)
{
	struct tmpl_field f = {.space = IE_SPACE_IPFIX};

	f.id = wire_u16(w);
	f.len = wire_u16(w);
	if (netflow9) {
		f.space = scope ? IE_SPACE_SCOPE9 : IE_SPACE_NETFLOW9;
	} else if (f.id & ENTERPRISE_BIT) {
		f.id &= (uint16_t)~ENTERPRISE_BIT;
		f.pen = wire_u32(w);
		f.space = f.pen == IE_PEN_IANA ? IE_SPACE_NOBODY : IE_SPACE_IPFIX;
	}
	return f;
}

static enum parse_status fields_measure(struct wire *set, struct tmpl_record *r)
{
	uint64_t sum = 0;
	uint32_t empty = 0;

	for (uint16_t i = 0; i < r->fields_n; i++) {
		struct tmpl_field f = field_read(set, r->netflow9, i < r->scope_n);

		if (!wire_ok(set))
			return PARSE_TMPL_CUT;
		r->varlen |= f.len == TMPL_VARLEN;
		empty += f.len == 0;
		sum += f.len == TMPL_VARLEN ? 1 : f.len; /* wire-quirks 20 */
	}
	if (sum == 0)
		return PARSE_TMPL_EMPTY;
	/* Every record walks its fields: without this, 16,000 steps for each octet of data. */
	if (sum > TMPL_RECORD_MAX || empty > TMPL_EMPTY_FIELDS_MAX + EMPTY_AN_OCTET * sum)
		return PARSE_TMPL_LENGTH;
	r->min_len = (uint32_t)sum;
	return PARSE_OK;
}

enum parse_status tmpl_read(struct wire *set, bool netflow9, bool options, struct tmpl_record *out)
{
	const uint8_t *start = set->pos;
	enum parse_status status;

	*out = (struct tmpl_record){.octets = start, .options = options, .netflow9 = netflow9};
	status = header_read(set, out);
	if (status != PARSE_OK)
		return status;
	out->header = (uint16_t)(set->pos - start);
	status = fields_measure(set, out);
	if (status == PARSE_TMPL_CUT)
		return status;
	out->len = (uint16_t)(set->pos - start);
	return out->fields_n > 0 && out->id < TMPL_ID_LOWEST ? PARSE_TMPL_ID : status;
}

/* --- compiling ------------------------------------------------------------------------------- */

/* Elements of one template that feed the flow: each row once, by the first field that has it
 * (wire-quirks 34: repeated elements are layers, and the outer one comes first). */
struct choices {
	bool seen[MAP_ROWS_MAX];
	bool taken[MAP_ROWS_MAX]; /* seen, and it can be read */
	uint16_t field[MAP_ROWS_MAX];
	bool ipv4, ipv6, ipv6_first;
	bool icmp; /* type and code have elements of their own */
};

static size_t steps_max(const struct tmpl_record *r)
{
	return r->options ? 0 : r->fields_n < MAP_ROWS_MAX ? r->fields_n : MAP_ROWS_MAX;
}

size_t tmpl_size(const struct tmpl_record *r)
{
	return sizeof(struct tmpl) + r->fields_n * sizeof(struct tmpl_field) +
	       steps_max(r) * sizeof(struct tmpl_step) +
	       (r->varlen ? 0 : r->fields_n * sizeof(struct span));
}

static void family_note(struct choices *c, uint16_t id)
{
	c->ipv6_first |= !c->ipv4 && (id == SRC_ADDR_IPV6 || id == DST_ADDR_IPV6);
	c->ipv4 |= id == SRC_ADDR_IPV4 || id == DST_ADDR_IPV4;
	c->ipv6 |= id == SRC_ADDR_IPV6 || id == DST_ADDR_IPV6;
	c->icmp |= (id >= FIRST_ICMP && id <= LAST_ICMP) || id == ICMP_CODE_TYPE4 ||
		   id == ICMP_CODE_TYPE6;
}

static enum tmpl_carried field_judge(const struct map_row *row, uint16_t len)
{
	bool sure = row->kind != MAP_COMMUNITIES && row->kind != MAP_LARGE_COMMUNITIES &&
		    row->kind != MAP_SEGMENTS && (row->kind != MAP_UINT || len <= row->width);

	return len != TMPL_VARLEN && sure ? TMPL_MAPPED : TMPL_JUDGED;
}

/* Whether the field fits its element; a field of variable length is judged in each record. */
static bool field_choose(struct choices *c, struct tmpl_field *f, uint16_t index)
{
	size_t rows_n;
	const struct map_row *rows = map_table(&rows_n);
	bool element = f->space == IE_SPACE_IPFIX || f->space == IE_SPACE_NETFLOW9;
	const struct map_row *row = element ? map_find(f->pen, f->id) : NULL;

	if (!row || c->seen[row - rows])
		return true;
	c->seen[row - rows] = true; /* the first one counts, even if it cannot be read */
	if (f->len != TMPL_VARLEN && !map_fits(row->kind, f->len))
		return false;
	if (f->pen == IE_PEN_IANA)
		family_note(c, f->id);
	f->carried = (uint8_t)field_judge(row, f->len);
	c->taken[row - rows] = true;
	c->field[row - rows] = index;
	return true;
}

static struct tmpl_step step_for(const struct map_row *row, uint16_t field, bool both_families)
{
	return (struct tmpl_step){
		.field = field,
		.slot = both_families && row->family ? row->family : row->slot,
		.kind = row->kind,
		.width = (uint8_t)row->width,
		.mark = both_families && row->family ? MAP_NO_MARK : row->mark,
		.zero = row->zero,
	};
}

/* Later choices first, so that a better one overwrites them (wire-quirks 89); and in the order of
 * elements, because labels are a stack whatever their order in the template. */
static void steps_emit(const struct choices *c, struct tmpl *t, struct tmpl_step *steps)
{
	size_t rows_n;
	const struct map_row *rows = map_table(&rows_n);
	bool both = c->ipv4 && c->ipv6;

	t->ipv6_first = c->ipv6_first;
	for (int choice = MAP_CHOICES_MAX - 1; choice >= 0; choice--) {
		for (size_t i = 0; i < rows_n; i++) {
			if (!c->taken[i] || rows[i].choice != choice)
				continue;
			steps[t->steps_n++] = step_for(&rows[i], c->field[i], both);
			t->needs |= rows[i].needs;
		}
	}
	if (both)
		t->needs |= MAP_NEEDS_FAMILY;
	if (c->icmp)
		t->needs &= (uint16_t)~MAP_NEEDS_ICMP;
}

static void spans_lay(const struct tmpl *t, struct span *spans)
{
	uint16_t offset = 0;

	for (uint16_t i = 0; i < t->fields_n; i++) {
		spans[i] = (struct span){offset, t->fields[i].len};
		offset = (uint16_t)(offset + t->fields[i].len);
	}
}

struct tmpl *tmpl_compile(const struct tmpl_record *r, void *memory)
{
	struct tmpl *t = memory;
	struct tmpl_field *fields = (struct tmpl_field *)(t + 1);
	struct tmpl_step *steps = (struct tmpl_step *)(fields + r->fields_n);
	struct span *spans = (struct span *)(steps + steps_max(r));
	struct wire w = wire_over(r->octets + r->header, (size_t)r->len - r->header);
	struct choices c;

	memset(&c, 0, sizeof(c));
	*t = (struct tmpl){
		.id = r->id,
		.fields_n = r->fields_n,
		.scope_n = r->scope_n,
		.min_len = r->min_len,
		.varlen = r->varlen,
		.options = r->options,
		.fields = fields,
		.steps = steps,
		.spans = r->varlen ? NULL : spans,
	};
	for (uint16_t i = 0; i < r->fields_n; i++) {
		fields[i] = field_read(&w, r->netflow9, i < r->scope_n);
		if (!r->options && !field_choose(&c, &fields[i], i))
			t->misfits++;
	}
	if (!r->options)
		steps_emit(&c, t, steps);
	if (!r->varlen)
		spans_lay(t, spans);
	return t;
}
