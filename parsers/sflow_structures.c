#include "parsers/sflow_structures.h"

#include <stdlib.h>

/* clang-format off */
#define KEY(kind, tag) ((uint64_t)(kind) << 32 | (tag))

const struct sflow_field sflow_fields[] = {
#define FIELD(type, list, name) {SFLOW_FIELD_##type, list, name},
#define STRUCTURE(kind, enterprise, format, name, first, count, least)
#include "parsers/sflow_structures.def"
#undef FIELD
#undef STRUCTURE
};

static const struct sflow_structure structures[] = {
#define FIELD(type, list, name)
#define STRUCTURE(kind, enterprise, format, name, first, count, least) \
	{KEY(SFLOW_##kind, SFLOW_TAG(enterprise, format)), name, first, count, least},
#include "parsers/sflow_structures.def"
#undef FIELD
#undef STRUCTURE
};

static const struct reason_row {
	uint32_t code;
	const char *name;
} reasons[] = {
#include "parsers/sflow_drop_reasons.def"
};

/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static int structure_compare(const void *key, const void *row)
{
	uint64_t a = *(const uint64_t *)key, b = ((const struct sflow_structure *)row)->key;

	return (a > b) - (a < b);
}

static int reason_compare(const void *key, const void *row)
{
	uint32_t a = *(const uint32_t *)key, b = ((const struct reason_row *)row)->code;

	return (a > b) - (a < b);
}

const struct sflow_structure *sflow_structure_find(enum sflow_kind kind, uint32_t tag)
{
	uint64_t key = KEY(kind, tag);

	return bsearch(&key, structures, COUNT(structures), sizeof(structures[0]),
		       structure_compare);
}

const char *sflow_structure_name(enum sflow_kind kind, uint32_t tag)
{
	const struct sflow_structure *row = sflow_structure_find(kind, tag);

	return row ? row->name : "unknown";
}

void sflow_skip_padding(struct wire *w, size_t len)
{
	size_t padding = (4 - (len & 3)) & 3;

	(void)wire_take(w, padding < w->left ? padding : w->left); /* cannot fail */
}

bool sflow_take(struct wire *w, uint32_t *tag, struct wire *body)
{
	uint32_t len;

	if (w->left < 8)
		return false;
	*tag = wire_u32(w);
	len = wire_u32(w);
	*body = wire_scope(w, len);
	sflow_skip_padding(w, len);
	return wire_ok(w);
}

const char *sflow_drop_reason_name(uint32_t reason)
{
	const struct reason_row *row =
		bsearch(&reason, reasons, COUNT(reasons), sizeof(reasons[0]), reason_compare);

	return row ? row->name : "";
}
