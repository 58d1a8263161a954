/* The ledger: where every datagram, Set and flow of one worker went (docs/architecture.md
 * section 8). Plain numbers that only their worker touches; ledger_publish() shows a consistent
 * copy of them to whoever scrapes, without a lock (metrics/shard.h).
 *
 * All members of the blocks are uint64_t: meters.def names each by its offset.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/message.h"
#include "parsers/sequence.h"
#include "parsers/sink.h"

/* Why a datagram was turned away before it was parsed. */
#define FILTER_LIST(X)                                                                \
	X(SOURCE, "source", "the source address is not in the listener's allow list") \
	X(PROTOCOL, "protocol", "the listener does not take this protocol")

/* Why a decoded flow was not published. */
#define DROP_LIST(X)                                                                             \
	X(RING_FULL, "ring_full", "the publisher did not keep up: the newest batch was dropped") \
	X(TOO_LARGE, "too_large", "the flow does not fit a message")                             \
	X(REFUSED, "refused", "the output refused the batch for good")                           \
	X(SHUTDOWN, "shutdown", "not delivered when shutdown_timeout had passed")

enum filter_reason {
#define X(name, token, help) FILTER_##name,
	FILTER_LIST(X)
#undef X
		FILTER_COUNT
};

enum drop_reason {
#define X(name, token, help) DROP_##name,
	DROP_LIST(X)
#undef X
		DROP_COUNT
};

/* One listener and protocol. */
struct ledger_block {
	uint64_t datagrams_received;
	uint64_t octets_received; /* of UDP payload */
	uint64_t datagrams_decoded;
	uint64_t datagrams_rejected[PARSE_STATUS_COUNT];
	uint64_t datagrams_filtered[FILTER_COUNT];
	uint64_t sets_expired; /* parked until they were too old */
	/* What exporters sent by their sequence numbers, each in the unit that they count in. */
	uint64_t sequence_lost[SEQUENCE_UNIT_COUNT];
	uint64_t sequence_late[SEQUENCE_UNIT_COUNT];
	uint64_t sequence_duplicate[SEQUENCE_UNIT_COUNT];
	uint64_t sequence_resets;
	uint64_t sequence_switches;
	struct parse_tally parse;
};

/* One worker, whatever the listener. Identity: the flows of all its blocks = flows_open +
 * flows_pushed + sum(flows_dropped). */
struct ledger_worker {
	uint64_t flows_open;   /* encoded, in a batch that is still open: now */
	uint64_t flows_pushed; /* handed to the publisher's ring, ever */
	uint64_t octets_pushed;
	uint64_t batches_pushed;
	uint64_t flows_dropped[DROP_COUNT];
	uint64_t scopes;         /* now: exporter, version, domain */
	uint64_t scopes_evicted; /* ever */
	uint64_t templates_now;
	uint64_t template_bytes;
	uint64_t parked_bytes;
	uint64_t sequences;         /* now: exporter, port, version, domain */
	uint64_t sequences_evicted; /* ever */
	uint64_t option_exporters;  /* now: who told something */
	uint64_t option_facts;      /* now */
	uint64_t option_bytes;
	uint64_t options_evicted; /* exporters, ever */
	uint64_t options_refused; /* facts, ever */
	uint64_t loop_turns;      /* ever: the worker is alive */
	uint64_t loop_last_ms;    /* monotonic clock at the last turn */
	uint64_t loop_gap_max_us; /* longest time between two turns with work waiting, ever */
};

/* One worker's socket of one listener, read from the kernel. */
struct ledger_socket {
	uint64_t kernel_drops;       /* since we have the socket (SO_MEMINFO) */
	uint64_t queued_bytes;       /* now */
	uint64_t rcvbuf_bytes;       /* granted */
	uint64_t rcvbuf_asked_bytes; /* by the configuration */
	uint64_t steered;            /* 1: the source address picks the socket, 0: the 4-tuple */
};

struct ledger; /* all of one worker; opaque, because it is published as a whole */

/* NULL if out of memory. listeners: how many there are. */
struct ledger *ledger_new(size_t listeners);
void ledger_free(struct ledger *l);

/* The worker's own numbers, to be changed by the worker only. ledger_block() marks the block as
 * changed, so ask for it again after each ledger_publish(); the other two may be kept. */
struct ledger_block *ledger_block(struct ledger *l, size_t listener, enum protocol protocol);
struct ledger_worker *ledger_worker(struct ledger *l);
struct ledger_socket *ledger_socket(struct ledger *l, size_t listener);

/* Shows what changed: a few hundred stores, no lock. The worker, at the end of every callback that
 * may have pushed a batch (datagrams, timer, flush at the end): a scrape waits, for a moment, for
 * the pushes that the publisher has already seen. */
void ledger_publish(struct ledger *l);

/* A consistent copy of what was last published. Any thread; the caller frees it. NULL if out of
 * memory. The copy is read with the accessors below. */
struct ledger_view;
struct ledger_view *ledger_view(const struct ledger *l);
void ledger_view_free(struct ledger_view *v);
const struct ledger_block *ledger_view_block(const struct ledger_view *v, size_t listener,
					     enum protocol protocol);
const struct ledger_worker *ledger_view_worker(const struct ledger_view *v);
const struct ledger_socket *ledger_view_socket(const struct ledger_view *v, size_t listener);
size_t ledger_view_listeners(const struct ledger_view *v);
