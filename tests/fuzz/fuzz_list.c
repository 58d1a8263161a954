#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "parsers/list.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static volatile uint64_t seen;

/* Template 256: a list of records, then a name. */
static const struct tmpl *find(void *ctx, const struct message *m, uint16_t id)
{
	static const struct tmpl_field fields[] = {
		{.id = 292, .len = TMPL_VARLEN},
		{.id = 82, .len = TMPL_VARLEN},
	};
	static const struct tmpl tmpl = {.id = 256, .fields_n = 2, .min_len = 2, .fields = fields};

	(void)ctx;
	(void)m;
	return id == 256 ? &tmpl : NULL;
}

static enum ie_type type(void *ctx, const struct tmpl_field *f)
{
	const struct ie *ie = ie_find((enum ie_space)f->space, f->pen, f->id);

	(void)ctx;
	return ie ? (enum ie_type)ie->type : IE_OCTETS;
}

static void list(void *ctx, uint8_t semantic, const struct tmpl_field *element)
{
	seen += semantic + (element ? element->id : 0u);
	if (++*(int *)ctx > (int)LIST_DEPTH_MAX)
		abort();
}

static void part(void *ctx, uint16_t tmpl_id)
{
	(void)ctx;
	seen += tmpl_id;
}

static void record(void *ctx)
{
	(void)ctx;
}

static void field(void *ctx, const struct tmpl_field *f)
{
	(void)ctx;
	seen += f->id;
}

static void value(void *ctx, const struct tmpl_field *f, const uint8_t *octets, size_t len)
{
	(void)ctx;
	(void)f;
	for (size_t i = 0; i < len; i++)
		seen += octets[i];
}

static void done(void *ctx, enum list_level level)
{
	*(int *)ctx -= level == LIST_LIST;
}

/* The first octet chooses the kind of list. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const uint8_t kinds[] = {IE_BASIC_LIST, IE_TMPL_LIST, IE_TMPL_MULTILIST};
	const struct message m = {.protocol = PROTOCOL_IPFIX};
	const struct tmpl_book book = {.find = find};
	int depth = 0;
	const struct list_visitor visitor = {type, list, part, record, field, value, done, &depth};

	if (len == 0)
		return 0;
	if (list_walk((enum ie_type)kinds[bytes[0] % 3], wire_over(bytes + 1, len - 1), &m, &book,
		      &visitor) &&
	    depth != 0)
		abort();
	return 0;
}
