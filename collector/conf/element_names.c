#include "collector/conf/element_names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/conf/conf_file.h"
#include "parsers/ie_csv.h"

#define FILE_MAX  ((size_t)4 << 20) /* octets: a hundred thousand elements */
#define ROWS_MORE 64u

struct row {
	struct ie ie;
	unsigned line;
};

struct element_names {
	char *text; /* of the file; names point into it */
	struct row *rows;
	size_t n;
	size_t room;
};

static int row_cmp(const void *a, const void *b)
{
	const struct ie *x = &((const struct row *)a)->ie, *y = &((const struct row *)b)->ie;

	if (x->pen != y->pen)
		return x->pen < y->pen ? -1 : 1;
	return (int)x->id - (int)y->id;
}

static int row_add(struct element_names *names, const struct ie_csv_row *row, unsigned line)
{
	if (names->n == names->room) {
		size_t room = names->room + names->room / 2 + ROWS_MORE;
		struct row *rows = reallocarray(names->rows, room, sizeof(*rows));

		if (!rows)
			return -ENOMEM;
		names->rows = rows;
		names->room = room;
	}
	/* What follows a name has been read, so its end can be marked there. */
	names->text[row->name - names->text + (ptrdiff_t)row->name_len] = '\0';
	names->rows[names->n++] = (struct row){{row->pen, row->id, row->type, row->name}, line};
	return 0;
}

/* 0, -ENOMEM, or -EINVAL and what is wrong in which line. */
static int rows_read(struct element_names *names, size_t len, unsigned *line, const char **why)
{
	struct ie_csv csv;
	struct ie_csv_row row;
	enum ie_csv_status status = ie_csv_open(&csv, names->text, len);
	int err = 0;

	while (!err && status == IE_CSV_ROW) {
		status = ie_csv_next(&csv, &row);
		if (status == IE_CSV_ROW)
			err = row_add(names, &row, csv.line);
	}
	*line = csv.line ? csv.line : 1;
	*why = ie_csv_text(status);
	return err || status == IE_CSV_END ? err : -EINVAL;
}

/* The line that says again what an earlier one said, and that one; false: there is none. */
static bool twice(const struct element_names *names, unsigned *line, unsigned *earlier)
{
	for (size_t i = 1; i < names->n; i++) {
		const struct row *a = &names->rows[i - 1], *b = &names->rows[i];

		if (row_cmp(a, b) != 0)
			continue;
		*line = a->line > b->line ? a->line : b->line;
		*earlier = a->line > b->line ? b->line : a->line;
		return true;
	}
	return false;
}

static int names_fill(struct element_names *names, const char *path, char *error, size_t size)
{
	ssize_t len = conf_file_read(path, names->text, FILE_MAX);
	unsigned line, earlier;
	const char *why;
	int err;

	if (len < 0) {
		snprintf(error, size, "%.300s: %s", path, strerror((int)-len));
		return (int)len;
	}
	err = rows_read(names, (size_t)len, &line, &why);
	if (err == -EINVAL)
		snprintf(error, size, "%.300s:%u: %s", path, line, why);
	if (err)
		return err;
	if (names->n > 0)
		qsort(names->rows, names->n, sizeof(*names->rows), row_cmp);
	if (!twice(names, &line, &earlier))
		return 0;
	snprintf(error, size, "%.300s:%u: the element of line %u again", path, line, earlier);
	return -EINVAL;
}

int element_names_read(const char *path, struct element_names **out, char *error, size_t size)
{
	struct element_names *names = calloc(1, sizeof(*names));
	int err = -ENOMEM;

	*out = NULL;
	if (names)
		names->text = malloc(FILE_MAX + 1);
	snprintf(error, size, "%.300s: %s", path, strerror(ENOMEM));
	if (names && names->text)
		err = names_fill(names, path, error, size);
	if (err)
		element_names_free(names);
	else
		*out = names;
	return err;
}

void element_names_free(struct element_names *names)
{
	if (!names)
		return;
	free(names->text);
	free(names->rows);
	free(names);
}

static const struct ie *row_find(const struct element_names *names, uint32_t pen, uint16_t id)
{
	struct row key = {.ie = {.pen = pen, .id = id}};
	const struct row *row;

	if (!names || names->n == 0)
		return NULL;
	row = bsearch(&key, names->rows, names->n, sizeof(key), row_cmp);
	return row ? &row->ie : NULL;
}

const struct ie *element_names_find(const struct element_names *names, const struct tmpl_field *f)
{
	const struct ie *ie = NULL;

	if (f->space == IE_SPACE_SCOPE9 || f->space == IE_SPACE_NETFLOW7)
		return ie_find((enum ie_space)f->space, 0, f->id);
	if (f->pen == IE_PEN_REVERSE)
		return ie_reversed(f->id); /* its type is IANA's, whatever it is called */
	/* v9 has no enterprise bit: what IANA assigns means the same in both. */
	if (f->pen == IE_PEN_IANA)
		ie = ie_find(IE_SPACE_IPFIX, IE_PEN_IANA, f->id);
	if (!ie)
		ie = row_find(names, f->pen, f->id);
	return ie ? ie : ie_find((enum ie_space)f->space, f->pen, f->id);
}
