#include "metrics/shard.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#define CACHE_LINE 64
#define SPINS      64 /* before a reader lets the writer have the core */

/* Even: at rest. Odd: between begin and end.
 *
 * Words are stored with release and loaded with acquire, instead of relaxed ones between two
 * fences: a reader that met a word of a later write then also sees that write's odd sequence, and
 * ThreadSanitizer, which knows no fences, can follow. On x86 both compile to plain moves. */
struct shard {
	_Alignas(CACHE_LINE) _Atomic uint64_t sequence;
	size_t words;
	_Alignas(CACHE_LINE) _Atomic uint64_t word[];
};

struct shard *shard_new(size_t words)
{
	size_t bytes = sizeof(struct shard) + words * sizeof(_Atomic uint64_t);
	struct shard *s;

	bytes = (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
	s = aligned_alloc(CACHE_LINE, bytes);
	if (!s)
		return NULL;
	atomic_init(&s->sequence, 0);
	s->words = words;
	for (size_t i = 0; i < words; i++)
		atomic_init(&s->word[i], 0);
	return s;
}

void shard_free(struct shard *s)
{
	free(s);
}

void shard_begin(struct shard *s)
{
	uint64_t sequence = atomic_load_explicit(&s->sequence, memory_order_relaxed);

	atomic_store_explicit(&s->sequence, sequence + 1, memory_order_relaxed);
}

void shard_store(struct shard *s, size_t first, const uint64_t *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		atomic_store_explicit(&s->word[first + i], values[i], memory_order_release);
}

void shard_end(struct shard *s)
{
	uint64_t sequence = atomic_load_explicit(&s->sequence, memory_order_relaxed);

	atomic_store_explicit(&s->sequence, sequence + 1, memory_order_release);
}

static bool shard_try(const struct shard *s, uint64_t *out)
{
	uint64_t before = atomic_load_explicit(&s->sequence, memory_order_acquire);

	if (before % 2)
		return false;
	for (size_t i = 0; i < s->words; i++)
		out[i] = atomic_load_explicit(&s->word[i], memory_order_acquire);
	return atomic_load_explicit(&s->sequence, memory_order_relaxed) == before;
}

void shard_load(const struct shard *s, uint64_t *out)
{
	for (unsigned spins = 1; !shard_try(s, out); spins++)
		if (spins % SPINS == 0)
			sched_yield();
}
