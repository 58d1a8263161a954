/* What an output is to the publisher: the few calls by which batches leave weir. Each kind is one
 * file; its own struct begins with a struct output.
 *
 * An output takes a batch whole or not at all as far as the ledger goes, and says what became of
 * its flows either at once (OUTPUT_PUBLISHED) or later (OUTPUT_GIVEN, then output_settled). What it
 * keeps of a batch beyond the call it copies.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct batch;
struct conf;

enum output_verdict {
	OUTPUT_PUBLISHED, /* it is there */
	OUTPUT_GIVEN,     /* on its way; settle() will say */
	OUTPUT_BUSY,      /* not now: write() has waited a while for room; call again at once */
	OUTPUT_FAILED,    /* not now: call again after a while, with the same batch */
	OUTPUT_REFUSED,   /* this batch never */
	OUTPUT_BROKEN,    /* no batch ever again */
};

/* Flows that were given and whose outcome is known now: the difference since the last call. */
struct output_settled {
	uint64_t published;
	uint64_t unknown;
	uint64_t refused;
	uint64_t too_large;
	bool mended;            /* what made writes fail may be gone: try again now */
	uint64_t again_mono_ms; /* when to call again at the latest; UINT64_MAX: no need */
};

/* Ever, but for connected. */
struct output_health {
	uint64_t connects;
	uint64_t connect_failures;
	uint64_t disconnects;
	uint64_t stalls; /* calls that the watchdog had to end */
	bool connected;
};

struct output;

struct output_kind {
	const char *name;

	/* Inert: opens nothing. conf outlives the output; wake_fd is an eventfd that makes the
	 * publisher call settle() soon. NULL if out of memory or the conf makes no sense. */
	struct output *(*create)(const struct conf *conf, int wake_fd);

	/* The main thread. 0, or a negative errno if it can never work; logs what and why. */
	int (*open)(struct output *o);

	/* The publisher thread, all of these. draining: no more batches will come. */
	enum output_verdict (*write)(struct output *o, const struct batch *b, uint64_t now_mono_ms);
	struct output_settled (*settle)(struct output *o, uint64_t now_mono_ms, bool draining);
	void (*close)(struct output *o);

	/* Any thread, at any time between open and free. watch: call it every second or so; it ends
	 * a call of the publisher thread that hangs in a library. */
	struct output_health (*health)(const struct output *o);
	void (*watch)(struct output *o, uint64_t now_mono_ms);

	void (*free)(struct output *o);
};

struct output {
	const struct output_kind *kind;
};

extern const struct output_kind output_stdout;
extern const struct output_kind output_file;
extern const struct output_kind output_null;
extern const struct output_kind output_nats;

/* For kinds that settle at once and have no connection. */
struct output_settled output_settle_nothing(struct output *o, uint64_t now_mono_ms, bool draining);
struct output_health output_always_healthy(const struct output *o);
void output_watch_nothing(struct output *o, uint64_t now_mono_ms);
