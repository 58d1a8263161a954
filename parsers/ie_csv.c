#include "parsers/ie_csv.h"

#include <stdbool.h>
#include <string.h>

#include "parsers/ie.h"

#define ENTERPRISE_ID_MAX 32767u /* 15 bits: RFC 7011 section 3.2 */

/* Part of a line, without its quotes. */
struct part {
	const char *at;
	size_t len;
};

static bool part_is(const struct part *p, const char *word)
{
	return p->len == strlen(word) && memcmp(p->at, word, p->len) == 0;
}

/* The next line that says something, without its end. */
static bool line_take(struct ie_csv *c, struct part *line)
{
	while (c->left > 0) {
		const char *end = memchr(c->at, '\n', c->left);

		line->at = c->at;
		line->len = end ? (size_t)(end - c->at) : c->left;
		c->at += line->len + (end != NULL);
		c->left -= line->len + (end != NULL);
		c->line++;
		if (line->len > 0 && line->at[line->len - 1] == '\r')
			line->len--;
		if (line->len > 0 && line->at[0] != '#')
			return true;
	}
	return false;
}

/* Splits the first field off the line; a comma behind it is taken too, and told by *more. False:
 * its quotes are wrong. A quote inside quotes is doubled, and stays so: no column of ours has one.
 */
static bool field_take(struct part *line, struct part *field, bool *more)
{
	bool quoted = line->len > 0 && line->at[0] == '"';
	size_t start = quoted, end = start;

	if (quoted)
		while (end < line->len &&
		       (line->at[end] != '"' || (end + 1 < line->len && line->at[end + 1] == '"')))
			end += line->at[end] == '"' ? 2 : 1;
	else
		while (end < line->len && line->at[end] != ',')
			end++;
	if (quoted && end >= line->len)
		return false;
	*field = (struct part){line->at + start, end - start};
	end += quoted;
	*more = end < line->len;
	if (*more && line->at[end] != ',')
		return false;
	line->at += end + *more;
	line->len -= end + *more;
	return true;
}

static enum ie_csv_status header_read(struct ie_csv *c, struct part line)
{
	static const char *const names[IE_CSV_COLUMNS] = {
		[IE_CSV_COLUMN_PEN] = "pen",
		[IE_CSV_COLUMN_ID] = "id",
		[IE_CSV_COLUMN_NAME] = "name",
		[IE_CSV_COLUMN_TYPE] = "type",
	};
	unsigned found = 0;
	struct part field;
	bool more = true;

	for (unsigned place = 0; more; place++) {
		if (!field_take(&line, &field, &more))
			return IE_CSV_QUOTE;
		for (unsigned i = 0; i < IE_CSV_COLUMNS; i++) {
			if (!part_is(&field, names[i]))
				continue;
			c->place[i] = place;
			found |= 1u << i;
		}
	}
	return found == (1u << IE_CSV_COLUMNS) - 1 ? IE_CSV_ROW : IE_CSV_HEADER;
}

enum ie_csv_status ie_csv_open(struct ie_csv *c, const char *text, size_t len)
{
	static const char mark[] = "\xef\xbb\xbf"; /* spreadsheets like to begin with it */
	struct part line;

	*c = (struct ie_csv){.at = text, .left = len};
	if (len >= sizeof(mark) - 1 && memcmp(text, mark, sizeof(mark) - 1) == 0) {
		c->at += sizeof(mark) - 1;
		c->left -= sizeof(mark) - 1;
	}
	return line_take(c, &line) ? header_read(c, line) : IE_CSV_HEADER;
}

static bool number_read(const struct part *p, uint64_t max, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < p->len; i++) {
		if (p->at[i] < '0' || p->at[i] > '9')
			return false;
		*out = *out * 10 + (uint64_t)(p->at[i] - '0');
		if (*out > max)
			return false;
	}
	return p->len > 0;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool name_is_plain(const struct part *p)
{
	if (p->len == 0 || p->len > IE_CSV_NAME_MAX || !is_letter(p->at[0]))
		return false;
	for (size_t i = 1; i < p->len; i++) {
		char c = p->at[i];

		if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '_' && c != '-' && c != '.')
			return false;
	}
	return true;
}

static bool type_read(const struct part *p, uint8_t *out)
{
	for (unsigned t = 0; t < IE_TYPE_COUNT; t++) {
		if (part_is(p, ie_type_name((enum ie_type)t))) {
			*out = (uint8_t)t;
			return true;
		}
	}
	return false;
}

static bool taken(uint32_t pen, uint16_t id)
{
	return pen == IE_PEN_REVERSE ||
	       (pen == IE_PEN_IANA && ie_find(IE_SPACE_IPFIX, IE_PEN_IANA, id));
}

static enum ie_csv_status row_read(const struct part columns[IE_CSV_COLUMNS],
				   struct ie_csv_row *out)
{
	const struct part *name = &columns[IE_CSV_COLUMN_NAME];
	uint64_t pen, id;

	if (!number_read(&columns[IE_CSV_COLUMN_PEN], UINT32_MAX, &pen))
		return IE_CSV_PEN;
	if (!number_read(&columns[IE_CSV_COLUMN_ID], pen ? ENTERPRISE_ID_MAX : UINT16_MAX, &id) ||
	    (pen == 0 && id == 0))
		return IE_CSV_ID;
	if (!name_is_plain(name))
		return IE_CSV_NAME;
	out->pen = (uint32_t)pen;
	out->id = (uint16_t)id;
	out->name = name->at;
	out->name_len = name->len;
	if (!type_read(&columns[IE_CSV_COLUMN_TYPE], &out->type))
		return IE_CSV_TYPE;
	return taken(out->pen, out->id) ? IE_CSV_TAKEN : IE_CSV_ROW;
}

enum ie_csv_status ie_csv_next(struct ie_csv *c, struct ie_csv_row *out)
{
	struct part columns[IE_CSV_COLUMNS];
	unsigned found = 0;
	struct part line, field;
	bool more = true;

	if (!line_take(c, &line))
		return IE_CSV_END;
	for (unsigned place = 0; more; place++) {
		if (!field_take(&line, &field, &more))
			return IE_CSV_QUOTE;
		for (unsigned i = 0; i < IE_CSV_COLUMNS; i++) {
			if (c->place[i] != place)
				continue;
			columns[i] = field;
			found |= 1u << i;
		}
	}
	return found == (1u << IE_CSV_COLUMNS) - 1 ? row_read(columns, out) : IE_CSV_SHORT;
}

const char *ie_csv_text(enum ie_csv_status status)
{
	static const char *const texts[IE_CSV_STATUS_COUNT] = {
#define X(name, text) [IE_CSV_##name] = (text),
		IE_CSV_STATUS_LIST(X)
#undef X
	};

	return (unsigned)status < IE_CSV_STATUS_COUNT ? texts[status] : "";
}
