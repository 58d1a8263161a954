/* Flows of one worker become messages: encodes each flow to the end of the open batch of its
 * family, and pushes a batch on the ring when it is full (batch_bytes) or old (batch_ms).
 * One a worker, its thread's own. Allocates nothing after batcher_new().
 */
#pragma once

#include <stdint.h>

#include "metrics/text.h"
#include "parsers/flow.h"

/* No message is longer, a flow alone included: a NATS server takes 1 MiB unless told otherwise. */
#define BATCHER_MESSAGE_MAX ((size_t)(1024 - 16) * 1024)

struct batcher;
struct conf;
struct encode_style;
struct ledger;
struct ring;

/* Writes one flow whole, or makes the text fail: encode_json() and its like. */
typedef void (*batcher_encode)(struct text *out, const struct flow *flow,
			       const struct encode_style *style);

/* NULL if out of memory. conf is read now, and only its element names are kept; they, ring and
 * ledger outlive the batcher. The
 * second form is given its encoder instead of choosing it by conf->output.format. */
struct batcher *batcher_new(const struct conf *conf, struct ring *ring, struct ledger *ledger);
struct batcher *batcher_new_with(const struct conf *conf, struct ring *ring, struct ledger *ledger,
				 batcher_encode encode);
void batcher_free(struct batcher *b);

/* Every flow is then open, pushed or dropped in the ledger. */
void batcher_add(struct batcher *b, const struct flow *flow, uint64_t now_mono_ms);

/* Pushes what is older than batch_ms. Returns in how many ms to call again, UINT64_MAX: when flows
 * come. */
uint64_t batcher_tick(struct batcher *b, uint64_t now_mono_ms);

/* Pushes whatever is open: at the end. */
void batcher_flush(struct batcher *b);
