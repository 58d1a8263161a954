/* What exporters told of themselves in options data: sampling, boot time, names of interfaces, VRFs
 * and applications. One a worker, no lock: its thread's own.
 *
 * Kept per (exporter, version): a fact belongs to the domain that told it, and is looked up in the
 * record's own domain first, then in the others of the same exporter (wire-quirks 44, 105). Bounded
 * by octets in all, and in what one exporter may take; a full table refuses new keys and still
 * renews known ones; the exporter that nobody asked for longest makes room for others.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/option.h"
#include "parsers/sink.h"

struct options;

struct options_limits {
	size_t bytes;
	size_t exporter_bytes;
};

struct options_numbers {
	uint64_t exporters; /* now */
	uint64_t facts;     /* now */
	uint64_t bytes;     /* now */
	uint64_t evicted;   /* exporters, ever */
	uint64_t refused;   /* facts, ever */
};

/* NULL if out of memory. */
struct options *options_new(const struct options_limits *limits);
void options_free(struct options *o);

/* Remembers what a record told. */
void options_note(struct options *o, const struct message *m, const struct option_facts *facts);

/* ms since 1970, or 0. */
uint64_t options_boot_ms(struct options *o, const struct message *m);

/* Steps c to h of wire-quirks 105. */
bool options_rate(struct options *o, const struct message *m, const struct rate_query *q,
		  struct rate_answer *out);

/* The name is good until the next options_note(). */
bool options_name(struct options *o, const struct message *m, enum option_name kind, uint64_t id,
		  struct octets *out);

void options_numbers(const struct options *o, struct options_numbers *out);
