#include "parsers/ie.h"

#include <stdbool.h>
#include <stdlib.h>

/* clang-format off */
static const struct ie iana[] = {
#include "parsers/ie_iana.def"
};

static const struct ie netflow9[] = {
#include "parsers/ie_netflow9.def"
};

static const struct ie vendors[] = {
#include "parsers/ie_vendors.def"
};

/* RFC 3954 section 6.1. */
static const struct ie scopes9[] = {
	{0, 1, IE_OCTETS, "scope:system"},
	{0, 2, IE_U32,    "scope:interface"},
	{0, 3, IE_U32,    "scope:lineCard"},
	{0, 4, IE_OCTETS, "scope:cache"},
	{0, 5, IE_OCTETS, "scope:template"},
};

static const struct ie netflow7[] = {
	{0, 1, IE_U8,   "v7:flags1"},
	{0, 2, IE_U16,  "v7:flags2"},
	{0, 3, IE_IPV4, "v7:routerSc"},
};

static const char *const type_names[IE_TYPE_COUNT] = {
#define X(name, token) [IE_##name] = (token),
	IE_TYPE_LIST(X)
#undef X
};
/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static int ie_cmp(const void *a, const void *b)
{
	const struct ie *x = a, *y = b;

	if (x->pen != y->pen)
		return x->pen < y->pen ? -1 : 1;
	return (int)x->id - (int)y->id;
}

static const struct ie *table_find(const struct ie *table, size_t n, uint32_t pen, uint16_t id)
{
	struct ie key = {.pen = pen, .id = id};

	return bsearch(&key, table, n, sizeof(*table), ie_cmp);
}

const struct ie *ie_find(enum ie_space space, uint32_t pen, uint16_t id)
{
	const struct ie *ie = NULL;

	switch (space) {
	case IE_SPACE_IPFIX:
		if (pen == IE_PEN_IANA)
			return table_find(iana, COUNT(iana), 0, id);
		return table_find(vendors, COUNT(vendors), pen, id);
	case IE_SPACE_NETFLOW9:
		ie = table_find(iana, COUNT(iana), 0, id);
		return ie ? ie : table_find(netflow9, COUNT(netflow9), 0, id);
	case IE_SPACE_SCOPE9:
		return table_find(scopes9, COUNT(scopes9), 0, id);
	case IE_SPACE_NETFLOW7:
		return table_find(netflow7, COUNT(netflow7), 0, id);
	case IE_SPACE_NOBODY:
		break;
	}
	return NULL;
}

/* RFC 5103 section 6.1 and IANA: identifiers and properties of the export have no direction. */
static bool reversible(uint16_t id)
{
	static const uint16_t one_way[] = {130, 131, 137, 145, 148, 149, 173, 239};

	for (size_t i = 0; i < COUNT(one_way); i++)
		if (one_way[i] == id)
			return false;
	return !(id >= 40 && id <= 42) && !(id >= 163 && id <= 168) && !(id >= 210 && id <= 217) &&
	       !(id >= 291 && id <= 293);
}

const struct ie *ie_reversed(uint16_t id)
{
	return reversible(id) ? ie_find(IE_SPACE_IPFIX, IE_PEN_IANA, id) : NULL;
}

const char *ie_type_name(enum ie_type type)
{
	return (unsigned)type < IE_TYPE_COUNT ? type_names[type] : "";
}

const struct ie *ie_table(enum ie_table table, size_t *count)
{
	static const struct {
		const struct ie *rows;
		size_t n;
	} tables[IE_TABLE_COUNT] = {
		[IE_TABLE_IANA] = {iana, COUNT(iana)},
		[IE_TABLE_VENDORS] = {vendors, COUNT(vendors)},
		[IE_TABLE_NETFLOW9] = {netflow9, COUNT(netflow9)},
	};

	*count = tables[table].n;
	return tables[table].rows;
}
