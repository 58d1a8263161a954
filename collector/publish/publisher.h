/* The publisher: the one thread that takes batches from all rings and gives them to the output. It
 * alone may block in the output (nats.c does); workers only ever see a ring that is full.
 *
 * A batch that the output cannot take now stays in its ring and is tried again, with backoff and
 * jitter; so what is not delivered waits where it is counted, and nothing is hidden in a library.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf;
struct output_kind;
struct publisher;
struct ring;

/* What became of flows once a ring gave them up. Identity, in every copy: popped = published +
 * sum(dropped) + in_flight + unknown. Read together: publisher_numbers() copies all of them at one
 * moment. A worker's flows_pushed that is read afterwards is never behind popped for longer than
 * it takes the worker to publish its ledger. */
struct publisher_numbers {
	uint64_t popped;     /* sum of ring_flows_popped() over all rings */
	uint64_t published;  /* the output has them; NATS: the server has processed them */
	uint64_t in_flight;  /* now: given to the output, outcome not known yet */
	uint64_t unknown;    /* the connection changed before the server's answer */
	uint64_t dropped[4]; /* enum drop_reason */
	uint64_t batches;    /* given to the output, ever */
	uint64_t octets;
	uint64_t errors;   /* writes that failed and were retried, ever */
	uint64_t connects; /* NATS: connections made, ever */
	uint64_t connect_failures;
	uint64_t disconnects;
	uint64_t stalls;    /* NATS: calls that hung in the library and were ended */
	uint64_t connected; /* 1 or 0; 1 for outputs without a connection */
};

/* Inert: opens nothing. The second form is given its output instead of choosing it by
 * conf->output.type. conf outlives the publisher. NULL if out of memory or descriptors. */
struct publisher *publisher_new(const struct conf *conf);
struct publisher *publisher_new_with(const struct conf *conf, const struct output_kind *kind);

/* An eventfd for ring_new(). */
int publisher_wake_fd(const struct publisher *p);

/* Before start. The ring outlives the publisher. 0 or -ENOMEM. */
int publisher_attach(struct publisher *p, struct ring *ring);

/* The main thread. Starts the thread. 0 or a negative errno, logged; an output that cannot ever
 * work (a path that cannot be opened) fails here, a broker out of reach does not: it is retried
 * with backoff and jitter. */
int publisher_start(struct publisher *p);

/* After the workers have stopped: drains rings and output until done or deadline_mono_ms, counts
 * the rest as dropped (shutdown), ends the thread. 0; or -ETIMEDOUT: the thread hangs in the
 * output and was left behind. Everything is counted then too, but neither the publisher nor the
 * rings may be freed (publisher_free() knows), and the process should end by _exit(). */
int publisher_stop(struct publisher *p, uint64_t deadline_mono_ms);
void publisher_free(struct publisher *p);

/* Any thread. */
void publisher_numbers(struct publisher *p, struct publisher_numbers *out);

/* Any thread: whether the output is gone for good (nobody reads our standard output), so that there
 * is no point in going on. What comes now is dropped (refused). */
bool publisher_failed(const struct publisher *p);

/* Any thread but the publisher's own; once a second or so: ends a call that hangs in a library. */
void publisher_watch(struct publisher *p, uint64_t now_mono_ms);
