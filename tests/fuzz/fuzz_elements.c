#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "parsers/ie.h"
#include "parsers/ie_csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

/* A file of elements: every row that is taken is one that can be printed without escaping. */
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct ie_csv csv;
	struct ie_csv_row row;
	enum ie_csv_status status = ie_csv_open(&csv, (const char *)octets, len);

	if (status != IE_CSV_ROW)
		return 0;
	while ((status = ie_csv_next(&csv, &row)) != IE_CSV_END) {
		if (status != IE_CSV_ROW)
			continue;
		if ((row.pen == 0 && row.id == 0) || row.type >= IE_TYPE_COUNT ||
		    row.name_len > IE_CSV_NAME_MAX || row.pen == IE_PEN_REVERSE)
			abort();
		for (size_t i = 0; i < row.name_len; i++)
			if (row.name[i] < '-' || row.name[i] > 'z' || row.name[i] == '\\')
				abort();
	}
	return 0;
}
