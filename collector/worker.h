/* A worker: a thread with its own uv loop, its socket of every listener, and all that a datagram
 * passes on its way to the ring: receive slots, pipeline, open batch, ledger. No other thread
 * touches these, but for the ring's far end and what the ledger has published.
 *
 * The main thread makes, starts, stops and frees it.
 */
#pragma once

#include <stdint.h>

struct conf;
struct ledger;
struct listener;
struct ring;
struct worker;

/* Inert: allocates all it will ever need. index: from 0. wake_fd: for ring_new(). conf outlives the
 * worker. NULL if out of memory. */
struct worker *worker_new(const struct conf *conf, unsigned index, int wake_fd);
void worker_free(struct worker *w);

/* Both live as long as the worker. */
struct ring *worker_ring(struct worker *w);
struct ledger *worker_ledger(struct worker *w); /* to be viewed, by others than the worker */

/* Starts the thread. listeners are those of conf, in their order, and stay open until the worker
 * is joined. 0 or a negative errno. */
int worker_start(struct worker *w, const struct listener *listeners);

/* Asks the thread to read its sockets until they are empty (or the deadline has passed), to push
 * what is open, and to end; worker_join() waits for that. Without worker_start() both do nothing.
 */
void worker_stop(struct worker *w, uint64_t deadline_mono_ms);
void worker_join(struct worker *w);
