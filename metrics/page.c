#include "metrics/page.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES 4096
#define NUMBER_MAX  32 /* a value, its point, a space and a line feed */

void page_reserve(struct page *p, size_t len)
{
	struct text *t = &p->text;
	size_t size = t->size ? t->size : FIRST_BYTES;
	char *grown;

	if (t->failed || len <= t->size - t->len)
		return;
	while (size - t->len < len)
		size *= 2;
	grown = realloc(t->start, size);
	if (!grown) {
		t->failed = true;
		return;
	}
	t->start = grown;
	t->size = size;
}

void page_str(struct page *p, const char *s)
{
	page_reserve(p, strlen(s));
	text_str(&p->text, s);
}

/* Room for two octets an octet must be there. */
static void escape(struct text *t, const char *s, const char *escaped)
{
	for (; *s; s++) {
		if (*s == '\n') {
			text_str(t, "\\n");
			continue;
		}
		if (strchr(escaped, *s))
			text_char(t, '\\');
		text_char(t, *s);
	}
}

void page_family(struct page *p, const char *name, const char *type, const char *help)
{
	page_str(p, "# HELP ");
	page_str(p, name);
	page_str(p, " ");
	page_reserve(p, 2 * strlen(help));
	escape(&p->text, help, "\\");
	page_str(p, "\n# TYPE ");
	page_str(p, name);
	page_str(p, " ");
	page_str(p, type);
	page_str(p, "\n");
}

static void write_labels(struct text *t, const struct page_labels *labels)
{
	for (size_t i = 0; i < labels->n; i++) {
		text_char(t, i == 0 ? '{' : ',');
		text_str(t, labels->label[i].name);
		text_str(t, "=\"");
		escape(t, labels->label[i].value, "\\\"");
		text_char(t, '"');
	}
	if (labels->n > 0)
		text_char(t, '}');
}

static void write_value(struct text *t, uint64_t value, unsigned decimals)
{
	uint64_t unit = 1;

	for (unsigned i = 0; i < decimals; i++)
		unit *= 10;
	text_u64(t, value / unit);
	if (decimals == 0)
		return;
	text_char(t, '.');
	for (value %= unit, unit /= 10; unit > 0; unit /= 10)
		text_char(t, (char)('0' + value / unit % 10));
}

void page_label(struct page_labels *labels, const char *name, const char *value)
{
	assert(labels->n < PAGE_LABELS_MAX);
	labels->label[labels->n].name = name;
	labels->label[labels->n++].value = value;
}

void page_sample(struct page *p, const char *name, const struct page_labels *labels, uint64_t value,
		 unsigned decimals)
{
	size_t room = strlen(name) + NUMBER_MAX;

	for (size_t i = 0; i < labels->n; i++)
		room += strlen(labels->label[i].name) + 2 * strlen(labels->label[i].value) +
			strlen("{=\"\"}");
	page_reserve(p, room);
	text_str(&p->text, name);
	write_labels(&p->text, labels);
	text_char(&p->text, ' ');
	write_value(&p->text, value, decimals);
	text_char(&p->text, '\n');
}

char *page_take(struct page *p, size_t *len)
{
	char *text;

	page_reserve(p, 1);
	text_char(&p->text, '\0');
	*len = p->text.failed ? 0 : p->text.len - 1;
	text = p->text.failed ? NULL : p->text.start;
	if (text)
		p->text.start = NULL;
	page_fini(p);
	return text;
}

void page_fini(struct page *p)
{
	free(p->text.start);
	*p = (struct page){0};
}
