/* Big-endian stores that return where the next one goes. Unchecked: whoever writes a datagram has
 * worked out its length before (plan.h), and the tests hold the two together. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint8_t *put_u8(uint8_t *p, uint8_t v)
{
	*p = v;
	return p + 1;
}

static inline uint8_t *put_u16(uint8_t *p, uint16_t v)
{
	return put_u8(put_u8(p, (uint8_t)(v >> 8)), (uint8_t)v);
}

static inline uint8_t *put_u32(uint8_t *p, uint32_t v)
{
	return put_u16(put_u16(p, (uint16_t)(v >> 16)), (uint16_t)v);
}

static inline uint8_t *put_u64(uint8_t *p, uint64_t v)
{
	return put_u32(put_u32(p, (uint32_t)(v >> 32)), (uint32_t)v);
}

/* The low width octets of v; more than eight are led by zeros. */
static inline uint8_t *put_uint(uint8_t *p, uint64_t v, size_t width)
{
	for (size_t i = width; i > 0; i--, v >>= 8)
		p[i - 1] = (uint8_t)v;
	return p + width;
}

static inline uint8_t *put_octets(uint8_t *p, const uint8_t *octets, size_t len)
{
	memcpy(p, octets, len);
	return p + len;
}

static inline uint8_t *put_zeros(uint8_t *p, size_t len)
{
	memset(p, 0, len);
	return p + len;
}
