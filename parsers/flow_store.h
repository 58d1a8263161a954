/* Stores a number in a member of a flow, whatever its width. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* member has width octets, 1, 2, 4 or 8; what does not fit is cut off. */
static inline void flow_store(void *member, size_t width, uint64_t number)
{
	if (width == sizeof(uint8_t))
		memcpy(member, &(uint8_t){(uint8_t)number}, width);
	else if (width == sizeof(uint16_t))
		memcpy(member, &(uint16_t){(uint16_t)number}, width);
	else if (width == sizeof(uint32_t))
		memcpy(member, &(uint32_t){(uint32_t)number}, width);
	else
		memcpy(member, &number, sizeof(number));
}
