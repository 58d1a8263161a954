/* /healthz and /readyz: whether the process should be restarted, and whether it should be sent
 * datagrams. Each answers with the conditions it went by, as JSON.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics/http.h"

struct ledger;

#define HEALTH_TYPE     "application/json"
#define HEALTH_STALL_MS 10000 /* a worker turns once a second when nothing comes */

struct health {
	size_t workers;
	struct ledger *const *ledgers; /* one a worker */
	uint64_t stall_ms;             /* a worker that did not turn for so long is stuck */
	uint64_t started_mono_ms;      /* so long ago counts as a turn too */
	/* Set by the main thread. */
	_Atomic bool sockets_bound;
	_Atomic bool stopping;
};

/* Routes for metrics/http; ctx is a struct health. */
int health_live(void *ctx, struct http_page *out);  /* 503: a worker is stuck */
int health_ready(void *ctx, struct http_page *out); /* 503: do not send me datagrams */
