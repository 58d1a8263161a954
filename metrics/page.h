/* A text that grows while it is written, and on it Prometheus' text format (version 0.0.4).
 *
 * It fails once, when memory runs out, and stays failed: write the whole page straight down and
 * ask page_take(). One thread's own.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "metrics/text.h"

#define PAGE_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* A zeroed one is an empty page. */
struct page {
	struct text text; /* start is the page's own */
};

#define PAGE_LABELS_MAX 4

/* The labels of a sample, borrowed. A zeroed one is none. */
struct page_labels {
	size_t n;
	struct {
		const char *name;
		const char *value; /* any UTF-8; escaped when written */
	} label[PAGE_LABELS_MAX];
};

/* Room for len octets more, for whoever writes to page->text directly. */
void page_reserve(struct page *p, size_t len);
void page_str(struct page *p, const char *s);

/* Opens a family: # HELP and # TYPE. All its samples come before the next family.
 * type: "counter" or "gauge". help: line feeds and backslashes are escaped. */
void page_family(struct page *p, const char *name, const char *type, const char *help);

/* One label more; there must be room. */
void page_label(struct page_labels *labels, const char *name, const char *value);

/* name{labels} value / 10^decimals, exactly: page_sample(p, "up_seconds", &none, 1500, 3) writes
 * "up_seconds 1.500". */
void page_sample(struct page *p, const char *name, const struct page_labels *labels, uint64_t value,
		 unsigned decimals);

/* Gives the text away: malloc()ed, with a NUL behind its len octets. NULL if memory ran out. The
 * page is empty again in both cases. */
char *page_take(struct page *p, size_t *len);
void page_fini(struct page *p);
