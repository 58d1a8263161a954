/* An IP address that knows its family (a value). */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct addr {
	uint8_t octets[16]; /* network order; the first len count, the rest is unspecified */
	uint8_t len;        /* 4: IPv4, 16: IPv6, 0: none */
};

static inline struct addr addr4(const uint8_t *octets)
{
	struct addr a = {.len = 4};

	memcpy(a.octets, octets, 4);
	return a;
}

static inline struct addr addr16(const uint8_t *octets)
{
	struct addr a = {.len = 16};

	memcpy(a.octets, octets, 16);
	return a;
}

/* The canonical form of a transport address: ::ffff:a.b.c.d is IPv4 (RFC 4291 section 2.5.5.2),
 * because a dual-stack socket shows IPv4 exporters so. */
static inline struct addr addr_unmapped(const uint8_t octets[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(octets, mapped, sizeof(mapped)) == 0 ? addr4(octets + 12) : addr16(octets);
}

static inline bool addr_equal(const struct addr *a, const struct addr *b)
{
	return a->len == b->len && memcmp(a->octets, b->octets, a->len) == 0;
}

/* All octets zero: on the wire that mostly means "not told". */
static inline bool addr_is_zero(const struct addr *a)
{
	for (uint8_t i = 0; i < a->len; i++)
		if (a->octets[i])
			return false;
	return true;
}
