/* The way of a datagram, from the socket to the sink: who may enter, which protocol speaks, its
 * parser, its templates, the Sets that wait for one. One a worker (or one for `weir decode`); its
 * thread's own.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "parsers/datagram.h"
#include "parsers/sink.h"

struct conf;
struct ledger;
struct pipeline;

/* conf and ledger outlive the pipeline; *sink is copied. NULL if out of memory. */
struct pipeline *pipeline_new(const struct conf *conf, const struct flow_sink *sink,
			      struct ledger *ledger);
void pipeline_free(struct pipeline *p);

/* Takes one datagram that came in by conf->listeners[listener]. Every outcome is in the ledger. */
void pipeline_take(struct pipeline *p, size_t listener, const struct datagram *d);

/* Lets parked Sets expire. now_mono_ms is the clock of ages and lifetimes: arrival, never export
 * time (wire-quirks 45). Call it before a batch of datagrams and once a second. */
void pipeline_tick(struct pipeline *p, uint64_t now_mono_ms);
