/* The clock of ages, intervals and deadlines: it never jumps. */
#pragma once

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_mono_ms(void)
{
	struct timespec t;

	/* Cannot fail: the clock exists and t is ours. */
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}
