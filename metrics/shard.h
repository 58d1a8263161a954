/* Numbers of one thread, shown to others without a lock (a sequence lock): the writer never waits,
 * a reader that meets a write tries again. So numbers written together are read together.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct shard;

/* words: how many uint64_t. All start at zero. NULL if out of memory. */
struct shard *shard_new(size_t words);
void shard_free(struct shard *s);

/* Writer: begin, any number of stores, end. */
void shard_begin(struct shard *s);
void shard_store(struct shard *s, size_t first, const uint64_t *values, size_t n);
void shard_end(struct shard *s);

/* Any reader: a copy of all words as of one moment between two writes. */
void shard_load(const struct shard *s, uint64_t *out);
