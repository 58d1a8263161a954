#include "collector/publish/ring.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES 64
#define SKIP       UINT32_MAX /* head.len: nothing here, go on at the start of the arena */

/* Every batch begins with one. The arena is a multiple of its size, so a head always fits between
 * any position and the end. */
struct head {
	uint32_t len;
	uint32_t flows;
	uint32_t subject;
	uint32_t unused;
	uint64_t opened_mono_ms;
	uint64_t unused_too;
};

_Static_assert(LINE_BYTES % sizeof(struct head) == 0, "heads do not straddle cache lines");

struct ring {
	/* Positions only grow; the place in the arena is their remainder. */
	_Alignas(LINE_BYTES) _Atomic size_t pushed; /* written by the producer */
	_Alignas(LINE_BYTES) _Atomic size_t popped; /* written by the consumer */
	_Atomic uint64_t flows_popped;              /* written by the consumer */
	_Alignas(LINE_BYTES) char *arena;           /* immutable after new, and so are these two */
	size_t size;
	int wake_fd;
	_Atomic bool waiting; /* set by a consumer that goes to sleep, cleared by either: seldom */
};

static size_t slot_bytes(size_t len)
{
	return sizeof(struct head) +
	       (len + sizeof(struct head) - 1) / sizeof(struct head) * sizeof(struct head);
}

struct ring *ring_new(size_t bytes, int wake_fd)
{
	struct ring *r = aligned_alloc(LINE_BYTES, sizeof(*r));

	if (!r)
		return NULL;
	memset(r, 0, sizeof(*r));
	r->wake_fd = wake_fd;
	if (bytes < 2 * sizeof(struct head))
		bytes = 2 * sizeof(struct head);
	if (bytes > SIZE_MAX - LINE_BYTES)
		goto fail;
	r->size = (bytes + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
	r->arena = aligned_alloc(LINE_BYTES, r->size);
	if (!r->arena)
		goto fail;
	return r;
fail:
	free(r);
	return NULL;
}

void ring_free(struct ring *r)
{
	if (!r)
		return;
	free(r->arena);
	free(r);
}

static void wake(struct ring *r)
{
	uint64_t one = 1;

	/* It can only fail when the counter is full, and then the consumer is awake anyway. */
	if (r->wake_fd >= 0 && write(r->wake_fd, &one, sizeof(one)) < 0)
		return;
}

bool ring_push(struct ring *r, const struct batch *b)
{
	size_t from = atomic_load_explicit(&r->pushed, memory_order_relaxed);
	size_t used = from - atomic_load_explicit(&r->popped, memory_order_acquire);
	size_t at = from % r->size;
	size_t skip = 0;
	size_t need = slot_bytes(b->len);

	if (need > r->size - at)
		skip = r->size - at;
	if (need > r->size || skip + need > r->size - used)
		return false;
	if (skip) {
		((struct head *)(void *)(r->arena + at))->len = SKIP;
		at = 0;
	}
	*(struct head *)(void *)(r->arena + at) = (struct head){
		.len = b->len,
		.flows = b->flows,
		.subject = b->subject,
		.opened_mono_ms = b->opened_mono_ms,
	};
	memcpy(r->arena + at + sizeof(struct head), b->octets, b->len);
	/* Sequentially consistent here and in ring_wait(): either the consumer sees this batch
	 * before it sleeps, or the producer sees that it waits. */
	atomic_store(&r->pushed, from + skip + need);
	if (atomic_load(&r->waiting) && atomic_exchange(&r->waiting, false))
		wake(r);
	return true;
}

/* The head of the oldest batch; *past: the position behind it. NULL if there is none. */
static const struct head *oldest(const struct ring *r, size_t *past)
{
	size_t from = atomic_load_explicit(&r->popped, memory_order_relaxed);
	const struct head *h;

	if (from == atomic_load_explicit(&r->pushed, memory_order_acquire))
		return NULL;
	h = (const struct head *)(const void *)(r->arena + from % r->size);
	if (h->len == SKIP) {
		from += r->size - from % r->size;
		h = (const struct head *)(const void *)r->arena;
	}
	*past = from + slot_bytes(h->len);
	return h;
}

bool ring_front(const struct ring *r, struct batch *out)
{
	size_t past;
	const struct head *h = oldest(r, &past);

	if (!h)
		return false;
	*out = (struct batch){
		.len = h->len,
		.flows = h->flows,
		.subject = h->subject,
		.opened_mono_ms = h->opened_mono_ms,
		.octets = (const char *)(h + 1),
	};
	return true;
}

void ring_pop(struct ring *r)
{
	size_t past;
	const struct head *h = oldest(r, &past);
	uint64_t flows = atomic_load_explicit(&r->flows_popped, memory_order_relaxed);

	if (!h)
		return;
	atomic_store_explicit(&r->flows_popped, flows + h->flows, memory_order_relaxed);
	atomic_store_explicit(&r->popped, past, memory_order_release);
}

bool ring_wait(struct ring *r)
{
	size_t popped = atomic_load_explicit(&r->popped, memory_order_relaxed);

	atomic_store(&r->waiting, true);
	if (atomic_load(&r->pushed) == popped)
		return true;
	atomic_store_explicit(&r->waiting, false, memory_order_relaxed);
	return false;
}

size_t ring_used(const struct ring *r)
{
	/* popped first: it can only have grown since, and never past what is pushed afterwards. */
	size_t popped = atomic_load_explicit(&r->popped, memory_order_acquire);

	return atomic_load_explicit(&r->pushed, memory_order_acquire) - popped;
}

uint64_t ring_flows_popped(const struct ring *r)
{
	return atomic_load_explicit(&r->flows_popped, memory_order_relaxed);
}
