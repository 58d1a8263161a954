/* A bounded writer that fails once and stays failed: the mirror of parsers/wire.h (an open value).
 *
 * Nothing is written past size; after the first thing that does not fit every later write is
 * refused, so a caller writes a whole line straight down, asks text_ok() once, and cuts back with
 * text_cut() when it did not fit. Nothing is terminated by a NUL.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define TEXT_BLOCK 40

struct text {
	char *start; /* the caller's */
	size_t len;  /* octets written */
	size_t size; /* octets there are */
	bool failed;
};

static inline struct text text_over(char *start, size_t size)
{
	return (struct text){.start = start, .size = size};
}

static inline bool text_ok(const struct text *t)
{
	return !t->failed;
}

/* Back to a length that text had before; what failed may be tried again. */
static inline void text_cut(struct text *t, size_t len)
{
	t->len = len;
	t->failed = false;
}

void text_mem(struct text *t, const void *octets, size_t len);

/* The first len octets of a block, for short strings that are known beforehand: a copy of a fixed
 * size costs a quarter of one whose size is to be looked at. What is behind them in the text, up to
 * its size, is scratch anyway. */
static inline void text_block(struct text *t, const char block[TEXT_BLOCK], size_t len)
{
	if (t->failed || t->size - t->len < TEXT_BLOCK) {
		text_mem(t, block, len);
		return;
	}
	memcpy(t->start + t->len, block, TEXT_BLOCK);
	t->len += len;
}

void text_str(struct text *t, const char *s);
void text_char(struct text *t, char c);
void text_u64(struct text *t, uint64_t v); /* exact decimal digits */
void text_i64(struct text *t, int64_t v);
void text_hex(struct text *t, const uint8_t *octets, size_t len); /* lower case */
/* The shortest decimal that reads back as the same double; NaN and infinities as "null". */
void text_double(struct text *t, double v);
void text_ipv4(struct text *t, const uint8_t octets[4]);
void text_ipv6(struct text *t, const uint8_t octets[16]); /* RFC 5952, lower case */
void text_mac(struct text *t, const uint8_t octets[6]);   /* aa:bb:cc:dd:ee:ff */

/* A JSON string with its quotes: control characters and quotes escaped, invalid UTF-8 as U+FFFD. */
void text_json(struct text *t, const void *octets, size_t len);

/* All of it is valid UTF-8 (RFC 3629): text_json() would lose nothing. */
bool text_is_utf8(const void *octets, size_t len);

/* For slow paths only. Wants one octet more than it writes, for the NUL of vsnprintf(). */
void text_format(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
