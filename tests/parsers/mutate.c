#include "tests/parsers/mutate.h"

#include <string.h>

#include "tests/support/random.h"

#define SETS_MAX 64

static const uint16_t lies[] = {0, 1, 3, 4, 0x7fff, 0x8000, 0xfffe, 0xffff};

struct stretch {
	size_t at, len;
};

static uint16_t load(const struct build *b, size_t at)
{
	return (uint16_t)(b->octets[at] << 8 | b->octets[at + 1]);
}

static void store(struct build *b, size_t at, unsigned v)
{
	b->octets[at] = (uint8_t)(v >> 8);
	b->octets[at + 1] = (uint8_t)v;
}

static size_t sets_find(const struct build *b, struct stretch *sets)
{
	size_t at = load(b, 0) == 9 ? 20 : 16, n = 0;

	while (at + 4 <= b->len && n < SETS_MAX) {
		size_t len = load(b, at + 2);

		if (len < 4 || at + len > b->len)
			break;
		sets[n++] = (struct stretch){at, len};
		at += len;
	}
	return n;
}

static void number_lie(struct build *b, uint64_t *random, size_t at)
{
	uint16_t lie = lies[random_below(random, sizeof(lies) / sizeof(lies[0]))];

	if (random_once(random, 3))
		lie = (uint16_t)(load(b, at) + random_below(random, 5) - 2);
	store(b, at, lie);
}

/* A length or a count: of a Set, of a template, of a field; mostly in its first octets. */
static void length_lie(struct build *b, uint64_t *random, const struct stretch *set)
{
	size_t pairs = set->len / 2;
	size_t at = random_once(random, 2) ? 1 : random_below(random, (uint32_t)pairs);

	number_lie(b, random, set->at + 2 * at);
}

static void set_double(struct build *b, const struct stretch *set)
{
	if (b->len + set->len > sizeof(b->octets))
		return;
	memmove(b->octets + set->at + set->len, b->octets + set->at, b->len - set->at);
	b->len += set->len;
}

static void set_remove(struct build *b, const struct stretch *set)
{
	size_t end = set->at + set->len;

	memmove(b->octets + set->at, b->octets + end, b->len - end);
	b->len -= set->len;
}

/* The first of two moves behind the second; both may be the same. */
static void sets_swap(struct build *b, const struct stretch *first, const struct stretch *second)
{
	static uint8_t aside[sizeof(b->octets)];
	size_t end = second->at + second->len;

	if (second->at <= first->at)
		return;
	memcpy(aside, b->octets + first->at, first->len);
	memmove(b->octets + first->at, b->octets + first->at + first->len,
		end - first->at - first->len);
	memcpy(b->octets + end - first->len, aside, first->len);
}

static void one_mutate(struct build *b, uint64_t *random)
{
	struct stretch sets[SETS_MAX];
	size_t n = sets_find(b, sets);
	const struct stretch *set = n ? &sets[random_below(random, (uint32_t)n)] : NULL;

	switch (random_below(random, set ? 9 : 3)) {
	case 0:
		b->len = random_below(random, (uint32_t)b->len + 1);
		break;
	case 1:
		b->octets[random_below(random, (uint32_t)b->len)] ^= (uint8_t)random_u64(random);
		break;
	case 2: /* the version crossed, or the length or count of the message */
		number_lie(b, random, 2);
		if (random_once(random, 2))
			store(b, 0, random_once(random, 3) ? 5 : 19u - load(b, 0));
		break;
	case 3:
		set_double(b, set);
		break;
	case 4:
		set_remove(b, set);
		break;
	case 5:
		sets_swap(b, &sets[random_below(random, (uint32_t)n)], set);
		break;
	default:
		length_lie(b, random, set);
	}
}

void mutate(struct build *b, uint64_t *random)
{
	bool ipfix = load(b, 0) == 10;

	do {
		one_mutate(b, random);
	} while (b->len >= 20 && !random_once(random, 3));
	/* Mostly let IPFIX agree with its datagram again: else all lies end at the first check. */
	if (ipfix && b->len >= 20 && !random_once(random, 6))
		store(b, 2, (unsigned)b->len);
}
