#include "collector/encode/unmapped.h"

#include <stdbool.h>

#include "collector/conf/element_names.h"
#include "collector/encode/list_json.h"
#include "parsers/mapping.h"
#include "parsers/template.h"

#define PADDING_OCTETS 210u

static bool field_is_carried(const struct tmpl_field *f, const uint8_t *octets, size_t len)
{
	const struct map_row *row;

	if (f->carried == TMPL_MAPPED)
		return false;
	if (f->carried == TMPL_CARRIED)
		return f->pen != IE_PEN_IANA || f->id != PADDING_OCTETS;
	row = map_find(f->pen, f->id);
	return !row || !map_holds(row, octets, len);
}

void unmapped_json_put(struct text *out, const struct raw_record *raw,
		       const struct element_names *names)
{
	bool any = false;

	for (uint16_t i = 0; i < raw->tmpl->fields_n && text_ok(out); i++) {
		const struct tmpl_field *f = &raw->tmpl->fields[i];
		const uint8_t *octets = raw->octets + raw->spans[i].offset;
		size_t len = raw->spans[i].len;
		const struct ie *ie;

		if (!field_is_carried(f, octets, len))
			continue;
		text_str(out, any ? "," : ",\"unmapped\":[");
		any = true;
		ie = element_names_find(names, f);
		field_json_begin(out, f, ie);
		field_json_value(out, ie, octets, len, raw, names);
		text_char(out, '}');
	}
	if (any)
		text_char(out, ']');
}
