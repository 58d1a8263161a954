/* Information elements as a user lists them, in CSV:
 *
 *	pen,id,name,type
 *	32473,1,clientNetwork,ipv4Address
 *
 * The first line names the columns: these four in any order, others are not looked at. Empty lines
 * and lines that begin with # are skipped, lines may end in CR LF, and a field may stand in quotes
 * (RFC 4180), but for line breaks in it. Names are of letters, digits, '_', '-' and '.', so that
 * nobody has to escape them. What IANA named keeps its name, and so does its reverse (RFC 5103).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define IE_CSV_NAME_MAX 63u

/* clang-format off */
#define IE_CSV_STATUS_LIST(X) \
	X(ROW,    "") \
	X(END,    "") \
	X(HEADER, "the first line has to name the columns pen, id, name and type") \
	X(SHORT,  "there are fewer columns than in the first line") \
	X(QUOTE,  "a quote that does not end, or does not end its field") \
	X(PEN,    "pen is a number from 0 to 4294967295") \
	X(ID,     "id is a number from 0 to 32767; if pen is 0, from 1 to 65535") \
	X(NAME,   "name is a letter and up to 62 letters, digits, '_', '-' or '.'") \
	X(TYPE,   "type is none that RFC 7011 section 6.1 or RFC 6313 knows") \
	X(TAKEN,  "the element has its name from IANA")
/* clang-format on */

enum ie_csv_status {
#define X(name, text) IE_CSV_##name,
	IE_CSV_STATUS_LIST(X)
#undef X
		IE_CSV_STATUS_COUNT
};

enum ie_csv_column { IE_CSV_COLUMN_PEN, IE_CSV_COLUMN_ID, IE_CSV_COLUMN_NAME, IE_CSV_COLUMN_TYPE };
#define IE_CSV_COLUMNS 4u

/* A reader over the text of a file, which it borrows (an open value). */
struct ie_csv {
	const char *at;
	size_t left;
	unsigned line;                  /* of what was read last, from 1 */
	unsigned place[IE_CSV_COLUMNS]; /* of enum ie_csv_column in a line, from 0 */
};

struct ie_csv_row {
	uint32_t pen;
	uint16_t id;
	uint8_t type; /* enum ie_type */
	const char
		*name; /* in the text; not ended by a NUL, but something that is no name follows */
	size_t name_len;
};

/* Reads the first line. IE_CSV_ROW: rows may follow; else what is wrong with c->line. */
enum ie_csv_status ie_csv_open(struct ie_csv *c, const char *text, size_t len);

/* IE_CSV_ROW: *out is the next. IE_CSV_END: there are no more. Else what is wrong with c->line;
 * what follows can be read. */
enum ie_csv_status ie_csv_next(struct ie_csv *c, struct ie_csv_row *out);

/* A static string. */
const char *ie_csv_text(enum ie_csv_status status);
