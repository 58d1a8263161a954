/* Flows of one worker become messages: encodes each flow to the end of the open batch of its
 * family, and pushes a batch on the ring when it is full (batch_bytes) or old (batch_ms).
 * One a worker, its thread's own. Allocates nothing after batcher_new().
 */
#pragma once

#include <stdint.h>

#include "parsers/flow.h"

struct batcher;
struct conf;
struct ledger;
struct ring;

/* NULL if out of memory. All three outlive the batcher. */
struct batcher *batcher_new(const struct conf *conf, struct ring *ring, struct ledger *ledger);
void batcher_free(struct batcher *b);

/* Every flow is then open, pushed or dropped in the ledger. */
void batcher_add(struct batcher *b, const struct flow *flow, uint64_t now_mono_ms);

/* Pushes what is older than batch_ms. Returns in how many ms to call again, UINT64_MAX: when flows
 * come. */
uint64_t batcher_tick(struct batcher *b, uint64_t now_mono_ms);

/* Pushes whatever is open: at the end. */
void batcher_flush(struct batcher *b);
