/* A bounds-checked reader over received octets (struct wire is a value: copy it freely).
 *
 * A reader fails once and stays failed: after the first short read every later read yields zero
 * and consumes nothing. So a parser reads a whole structure straight down and asks wire_ok() once,
 * before it believes any of the values. No read touches an octet outside [pos, pos + left).
 *
 * Two tiers: structure is read through wire_*(); inside a record whose length is already proven,
 * load_be*() read at an offset.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire {
	const uint8_t *pos; /* next unread octet; borrowed from the datagram */
	size_t left;        /* octets from pos to the end of this scope */
	bool failed;        /* a read asked for more than was left */
};

/* Loads without bounds checks and without alignment: only for octets already taken. */
static inline uint16_t load_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t load_be32(const uint8_t *p)
{
	return (uint32_t)load_be16(p) << 16 | load_be16(p + 2);
}

static inline uint64_t load_be64(const uint8_t *p)
{
	return (uint64_t)load_be32(p) << 32 | load_be32(p + 4);
}

/* Big-endian unsigned of any width from 0 to 8 octets (RFC 7011 section 6.2). */
static inline uint64_t load_be(const uint8_t *p, size_t width)
{
	uint64_t v = 0;

	switch (width) { /* the usual widths are one load each */
	case 1:
		return *p;
	case 2:
		return load_be16(p);
	case 4:
		return load_be32(p);
	case 8:
		return load_be64(p);
	default:
		for (size_t i = 0; i < width; i++)
			v = v << 8 | p[i];
		return v;
	}
}

static inline struct wire wire_over(const void *octets, size_t len)
{
	return (struct wire){.pos = octets, .left = len};
}

static inline bool wire_ok(const struct wire *w)
{
	return !w->failed;
}

/* Takes n octets; returns where they start, or NULL if fewer than n are left. */
static inline const uint8_t *wire_take(struct wire *w, size_t n)
{
	const uint8_t *at = w->pos;

	if (w->failed || n > w->left) {
		w->failed = true;
		w->left = 0;
		return NULL;
	}
	w->pos += n;
	w->left -= n;
	return at;
}

static inline uint8_t wire_u8(struct wire *w)
{
	const uint8_t *p = wire_take(w, 1);

	return p ? *p : 0;
}

static inline uint16_t wire_u16(struct wire *w)
{
	const uint8_t *p = wire_take(w, 2);

	return p ? load_be16(p) : 0;
}

static inline uint32_t wire_u32(struct wire *w)
{
	const uint8_t *p = wire_take(w, 4);

	return p ? load_be32(p) : 0;
}

static inline uint64_t wire_u64(struct wire *w)
{
	const uint8_t *p = wire_take(w, 8);

	return p ? load_be64(p) : 0;
}

/* Splits the next n octets off as a scope of their own: a Set, a record, an sFlow sample. A lie
 * told inside the child cannot move the parent. The child is born failed if n are not there. */
static inline struct wire wire_scope(struct wire *w, size_t n)
{
	const uint8_t *p = wire_take(w, n);

	return p ? wire_over(p, n) : (struct wire){.failed = true};
}

/* Reads the length of a field of variable length: one octet, or 255 and two more; the long form may
 * be used for short values too (RFC 7011 section 7). */
static inline size_t wire_varlen(struct wire *w)
{
	size_t len = wire_u8(w);

	return len == 255 ? wire_u16(w) : len;
}
