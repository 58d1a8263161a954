/* A byte-bounded queue of batches from one worker to the publisher: one producer, one consumer, no
 * lock (release on push and pop, acquire on the other side). A batch is contiguous, so that the
 * consumer can hand it to the output without a copy.
 *
 *	arena  |....|head octets pad|head octets pad|skip........|
 *	             ^ consumer's position           ^ nothing fits contiguously up to the end
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring;

struct batch {
	uint32_t len; /* octets */
	uint32_t flows;
	uint32_t subject; /* which rendered subject: enum subject_family */
	uint64_t opened_mono_ms;
	const char *octets; /* in the ring: good until ring_pop() */
};

/* bytes: room for batches and their heads; a batch of up to half of it is sure to fit an empty
 * ring. wake_fd: an eventfd, written by a push that finds the consumer waiting; -1: none. NULL if
 * out of memory. */
struct ring *ring_new(size_t bytes, int wake_fd);
void ring_free(struct ring *r);

/* Producer. Copies octets; false, and nothing changed, if they do not fit now. */
bool ring_push(struct ring *r, const struct batch *b);

/* Consumer. The oldest batch, or false; it stays until ring_pop(). */
bool ring_front(const struct ring *r, struct batch *out);
void ring_pop(struct ring *r); /* only after ring_front() gave one */

/* Consumer: before it sleeps. False: something is there, do not sleep. True: the next push will
 * write wake_fd, once. Pushes that come while nobody waits cost no system call. */
bool ring_wait(struct ring *r);

/* Any thread: octets in use now (heads included), and flows in batches that were popped, ever. */
size_t ring_used(const struct ring *r);
uint64_t ring_flows_popped(const struct ring *r);
