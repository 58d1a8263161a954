#include "parsers/sflow_records.h"

enum parse_status sflow_records_check(const struct sflow_records *records, uint64_t *notes)
{
	struct wire w = records->w, body;
	uint32_t tag, i;

	for (i = 0; i < records->count && sflow_take(&w, &tag, &body); i++) {
		const struct sflow_structure *s = sflow_structure_find(records->kind, tag);

		if (!s)
			notes[NOTE_UNKNOWN_RECORD]++;
		else if (body.left < s->least)
			notes[NOTE_SHORT_RECORD]++;
	}
	if (!wire_ok(&w))
		return PARSE_BAD_RECORD;
	if (i < records->count)
		notes[NOTE_COUNT_MISMATCH]++;
	return PARSE_OK;
}
