/* The octets of one field as a value, where an integer's load is not enough. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "parsers/flow.h"
#include "parsers/wire.h"

/* IEEE 754 of 4 or 8 octets (RFC 7011 sections 6.1.3 and 6.1.4); of any other number: 0. */
static inline double value_float(const uint8_t *p, size_t len)
{
	double v = 0;

	if (len == 8) {
		uint64_t bits = load_be64(p);

		memcpy(&v, &bits, sizeof(v));
	} else if (len == 4) {
		uint32_t bits = load_be32(p);
		float f;

		memcpy(&f, &bits, sizeof(f));
		v = (double)f;
	}
	return v;
}

/* A name, fixed in width and padded with zeros or blanks, or variable: cut at the first NUL and
 * behind the last that is not blank (wire-quirks 58). */
static inline struct octets value_text(const uint8_t *p, size_t len)
{
	const uint8_t *nul = len ? memchr(p, 0, len) : NULL;

	len = nul ? (size_t)(nul - p) : len;
	while (len > 0 && p[len - 1] == ' ')
		len--;
	return (struct octets){p, (uint16_t)len};
}

/* Nothing but zeros, which is what padding is made of. */
static inline bool value_is_zero(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i])
			return false;
	return true;
}
