/* Random numbers that a seed repeats. The seed is new in each run; WEIR_SEED gives it again. */
#pragma once

#include <stdint.h>

/* Any value is a good state. */
static inline uint64_t random_u64(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Below n, which is not zero. */
static inline uint32_t random_below(uint64_t *state, uint32_t n)
{
	return (uint32_t)(random_u64(state) >> 32) % n;
}

/* Once in n times. */
static inline int random_once(uint64_t *state, uint32_t n)
{
	return random_below(state, n) == 0;
}

/* WEIR_SEED, or a new one; says which on stdout, for whoever wants to see a failure again. */
uint64_t random_seed(const char *test);
