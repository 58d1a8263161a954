/* The publisher: the one thread that takes batches from all rings and gives them to the output. It
 * alone may block in the output (nats.c does); workers only ever see a ring that is full.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf;
struct publisher;
struct ring;

/* What became of flows once a ring gave them up. Identity: sum of ring_flows_popped() =
 * published + sum(dropped) + in_flight + unknown. Read together: publisher_numbers() copies all of
 * them at one moment. */
struct publisher_numbers {
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
	uint64_t connected; /* 1 or 0; 1 for outputs without a connection */
};

/* Inert: opens nothing. rings outlive the publisher. *wake_fd: an eventfd for ring_new(). */
struct publisher *publisher_new(const struct conf *conf);
int publisher_wake_fd(const struct publisher *p);
void publisher_attach(struct publisher *p, struct ring *ring); /* before start */

/* Starts the thread. 0 or a negative errno; an output that cannot ever work (a path that cannot be
 * opened) fails here, a broker out of reach does not: it is retried with backoff and jitter. */
int publisher_start(struct publisher *p);

/* After the workers have stopped: drains rings and output until done or deadline_mono_ms, counts
 * the rest as dropped (shutdown), ends the thread. */
void publisher_stop(struct publisher *p, uint64_t deadline_mono_ms);
void publisher_free(struct publisher *p);

/* Any thread. */
void publisher_numbers(struct publisher *p, struct publisher_numbers *out);
