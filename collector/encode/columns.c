#include "collector/encode/columns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector/conf/element_names.h"
#include "collector/encode/element_value.h"

static int identity_cmp(const struct tmpl_field *a, const struct tmpl_field *b)
{
	if (a->space != b->space)
		return (int)a->space - (int)b->space;
	if (a->pen != b->pen)
		return a->pen < b->pen ? -1 : 1;
	return (int)a->id - (int)b->id;
}

/* By element, then by place in the template. */
static int element_cmp(const void *a, const void *b, void *columns)
{
	const struct column *column = columns;
	uint16_t i = *(const uint16_t *)a, j = *(const uint16_t *)b;
	int cmp = identity_cmp(&column[i].field, &column[j].field);

	return cmp ? cmp : (int)i - (int)j;
}

static const char *column_name(const struct column *c)
{
	return c->ie ? c->ie->name : "";
}

/* By name; what IANA names first, as it keeps its name. */
static int name_cmp(const void *a, const void *b, void *columns)
{
	const struct column *column = columns;
	uint16_t i = *(const uint16_t *)a, j = *(const uint16_t *)b;
	int cmp = strcmp(column_name(&column[i]), column_name(&column[j]));

	return cmp ? cmp : element_cmp(a, b, columns);
}

static bool columns_match(const struct columns *c, const struct tmpl *t)
{
	if (c->n != t->fields_n)
		return false;
	for (size_t i = 0; i < c->n; i++)
		if (identity_cmp(&c->column[i].field, &t->fields[i]) != 0)
			return false;
	return true;
}

static int columns_reserve(struct columns *c, size_t n)
{
	struct column *column;
	uint16_t *order;

	if (n <= c->room)
		return 0;
	column = reallocarray(c->column, n, sizeof(*column));
	if (!column)
		return -ENOMEM;
	c->column = column;
	order = reallocarray(c->order, n, sizeof(*order));
	if (!order)
		return -ENOMEM;
	c->order = order;
	c->room = n;
	return 0;
}

/* Without vendor_names only what IANA assigned has a name, and what reverses it. */
static const struct ie *field_ie(const struct tmpl_field *f, bool vendor_names,
				 const struct element_names *names)
{
	bool vendor = f->pen != IE_PEN_IANA && f->pen != IE_PEN_REVERSE;

	if (!vendor_names && f->space == IE_SPACE_NETFLOW9)
		return ie_find(IE_SPACE_IPFIX, IE_PEN_IANA, f->id);
	if (!vendor_names && f->space == IE_SPACE_IPFIX)
		names = NULL;
	return vendor && !vendor_names ? NULL : element_names_find(names, f);
}

static void repeats_link(struct columns *c)
{
	qsort_r(c->order, c->n, sizeof(*c->order), element_cmp, c->column);
	for (size_t i = 1; i < c->n; i++) {
		struct column *earlier = &c->column[c->order[i - 1]];
		struct column *later = &c->column[c->order[i]];

		if (identity_cmp(&earlier->field, &later->field) != 0)
			continue;
		earlier->next = c->order[i];
		later->repeated = true;
	}
}

/* Vendors use each other's names, and IANA's: two keys of one object must not be the same. */
static void names_part(struct columns *c)
{
	const struct column *owner = NULL;

	qsort_r(c->order, c->n, sizeof(*c->order), name_cmp, c->column);
	for (size_t i = 0; i < c->n; i++) {
		struct column *column = &c->column[c->order[i]];

		if (!column->ie || column->field.pen == IE_PEN_REVERSE)
			continue;
		if (!owner || strcmp(column_name(owner), column_name(column)) != 0)
			owner = column;
		column->numbered = identity_cmp(&owner->field, &column->field) != 0;
	}
}

int columns_fit(struct columns *c, const struct tmpl *t, bool vendor_names,
		const struct element_names *names)
{
	int err;

	if (columns_match(c, t))
		return 0;
	err = columns_reserve(c, t->fields_n);
	if (err)
		return err;
	c->n = t->fields_n;
	for (size_t i = 0; i < c->n; i++) {
		c->column[i] = (struct column){
			.field = t->fields[i],
			.ie = field_ie(&t->fields[i], vendor_names, names),
			.numbered = !vendor_names && t->fields[i].pen == IE_PEN_REVERSE,
		};
		c->order[i] = (uint16_t)i;
	}
	repeats_link(c);
	if (vendor_names)
		names_part(c);
	return 0;
}

void columns_fini(struct columns *c)
{
	free(c->column);
	free(c->order);
	*c = (struct columns){0};
}

static void number_put(struct text *out, const struct tmpl_field *f)
{
	if (f->space == IE_SPACE_SCOPE9) {
		text_str(out, "scope:");
	} else {
		text_char(out, 'e');
		text_u64(out, f->pen);
		text_char(out, ':');
	}
	text_u64(out, f->id);
}

void column_key_put(struct text *out, const struct column *column)
{
	text_char(out, '"');
	if (!column->ie || column->numbered)
		number_put(out, &column->field);
	else
		element_name_put(out, &column->field, column->ie);
	text_char(out, '"');
}

void column_value_put(struct text *out, const struct column *column, const uint8_t *octets,
		      size_t len)
{
	/* A v9 scope is a number in as many octets as the exporter likes (wire-quirks 53). */
	if (column->field.space == IE_SPACE_SCOPE9)
		element_value_put(out, IE_U64, octets, len);
	else if (column->ie)
		element_value_put(out, (enum ie_type)column->ie->type, octets, len);
	else
		element_hex_put(out, octets, len);
}
