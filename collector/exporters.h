/* What one worker knows of all exporters, as the parsers ask for it: their templates, the Sets that
 * wait for one, what options told, and where their sequence numbers stand. One a worker, its
 * thread's own.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "parsers/sink.h"

struct conf;
struct exporters;
struct ledger;

/* conf and ledger outlive it; *sink (copied) gets the flows of Sets that had to wait. NULL if out
 * of memory. */
struct exporters *exporters_new(const struct conf *conf, const struct flow_sink *sink,
				struct ledger *ledger);
void exporters_free(struct exporters *e);

/* The view of it that parsers take, for a datagram that came in by this listener. */
const struct tmpl_book *exporters_book(struct exporters *e, size_t listener);

/* Moves the clock of ages and lifetimes, lets parked Sets expire, shows the tables' sizes. */
void exporters_tick(struct exporters *e, uint64_t now_mono_ms);
