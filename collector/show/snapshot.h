/* All numbers of the process as of one scrape, in an order that lets them add up.
 *
 * Water flows from workers to the publisher, so the publisher is read first and the workers last:
 * what the publisher has accounted for, its worker has counted before. The one number that is no
 * thread's own, the flows on their way between the two, is the difference.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "collector/publish/publisher.h"
#include "collector/show/ledger.h"
#include "collector/show/process.h"
#include "metrics/http.h"

struct ring;

#define LOG_LEVELS 4 /* enum log_level */

/* Where the numbers come from. All of it outlives the source; what is NULL counts as zeros.
 * http may be set later, but before its server's first request (http_start() does so). */
struct snapshot_source {
	size_t listeners_n;
	const char *const *listeners; /* listener="0.0.0.0:2055" */
	size_t workers;
	struct ledger *const *ledgers; /* one a worker */
	struct ring *const *rings;     /* one a worker, or NULL */
	struct publisher *publisher;   /* or NULL */
	struct http *http;             /* or NULL */
	uint64_t started_unix_ms;
};

/* What is one for the whole process. All members are uint64_t. */
struct totals {
	uint64_t flows_queued;              /* now: in open batches and in rings */
	uint64_t flows_dropped[DROP_COUNT]; /* by workers and publisher */
	uint64_t ring_bytes;                /* in use now, all rings */
	struct publisher_numbers publisher;
	uint64_t log_lines[LOG_LEVELS];
	uint64_t log_swallowed;
	struct http_numbers http;
	struct process_numbers process;
	uint64_t unbalanced; /* identities that did not hold: for identity.h to say */
	uint64_t build;      /* 1 */
};

struct snapshot {
	const struct snapshot_source *source;
	struct ledger_view **views;  /* one a worker */
	struct ledger_block *blocks; /* [listener * PROTOCOL_COUNT + protocol], of all workers */
	struct totals totals;
	uint64_t now_mono_ms;
};

/* Any thread. 0, or -ENOMEM and there is nothing to free. Waits a fraction of a second at most for
 * a worker that has not yet published what it pushed. */
int snapshot_take(const struct snapshot_source *source, struct snapshot *out);
void snapshot_fini(struct snapshot *s);

/* The numbers by their offset, wherever they are: for tables that name them so. */
enum snapshot_part {
	PART_BLOCK,  /* struct ledger_block, of a listener and a protocol */
	PART_SOCKET, /* struct ledger_socket, of a listener and a worker */
	PART_WORKER, /* struct ledger_worker, of a worker */
	PART_TOTALS, /* struct totals */
	PART_COUNT
};

/* How many listeners the part is kept for (1 if it knows none), and how many protocols or workers.
 */
size_t snapshot_rows(const struct snapshot *s, enum snapshot_part part);
size_t snapshot_columns(const struct snapshot *s, enum snapshot_part part);

/* The part's struct as words, of one row and column. */
const uint64_t *snapshot_words(const struct snapshot *s, enum snapshot_part part, size_t row,
			       size_t column);

/* The sum of n words at an offset in octets, over all rows and columns. */
uint64_t snapshot_sum(const struct snapshot *s, enum snapshot_part part, size_t offset, size_t n);

/* The ledger in one line, for the end of the process. */
struct snapshot_summary {
	uint64_t datagrams_received;
	uint64_t datagrams_decoded;
	uint64_t datagrams_rejected;
	uint64_t datagrams_filtered;
	uint64_t kernel_drops;
	uint64_t sets_received;
	uint64_t sets_decoded;
	uint64_t sets_lost; /* skipped, expired, refused by the parking lot, or still in it */
	uint64_t flows_decoded;
	uint64_t flows_published;
	uint64_t flows_dropped;
	uint64_t flows_unknown;
	uint64_t flows_left; /* queued or in flight: 0 when all is over */
};

void snapshot_summary(const struct snapshot *s, struct snapshot_summary *out);
