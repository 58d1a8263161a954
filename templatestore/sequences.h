/* The sequence states of the exporters that one worker hears (parsers/sequence.h). One a worker, no
 * lock: its thread's own.
 *
 * Kept per (address, port, version, domain), in sFlow also per agent (wire-quirks 41, 114). Bounded
 * by their number, all allocated at the start: a new one takes the place of the one idle longest,
 * first of those that were heard only once, so that a source that changes its port with each
 * datagram pushes nobody out. Who comes back begins anew, and nothing counts as lost.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "parsers/sequence.h"

struct sequences;

struct sequences_numbers {
	uint64_t scopes;  /* now */
	uint64_t evicted; /* ever */
};

/* max: of states, at least 1. NULL if out of memory. */
struct sequences *sequences_new(size_t max);
void sequences_free(struct sequences *s);

/* The state of the message's scope; new ones are zero. Good until the next call. */
struct sequence *sequences_find(struct sequences *s, const struct message *m);

void sequences_numbers(const struct sequences *s, struct sequences_numbers *out);
