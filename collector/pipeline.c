#include "collector/pipeline.h"

#include <stdlib.h>

#include "collector/complaints.h"
#include "collector/conf/conf.h"
#include "collector/exporters.h"
#include "collector/show/ledger.h"

struct pipeline {
	const struct conf *conf;
	struct ledger *ledger;       /* where every outcome is counted */
	struct exporters *exporters; /* templates, options, sequences: what parsers ask for */
	struct flow_sink sink;       /* where flows go */
	struct complaints complaints;
	uint64_t now_mono_ms;
};

static bool source_allowed(const struct conf_listener *from, const struct datagram *d)
{
	return from->allow_n == 0 || cidr_any(from->allow, from->allow_n, &d->source);
}

static bool protocol_allowed(const struct conf_listener *from, enum protocol protocol)
{
	return protocol == PROTOCOL_UNKNOWN || from->protocols >> protocol & 1;
}

/* Sets or samples refused so far, whatever the reason. */
static uint64_t refused_count(const struct ledger_block *b)
{
	return b->parse.sets_received - b->parse.sets_decoded - b->parse.sets_parked -
	       b->parse.sets_park_refused - b->sets_expired;
}

static void datagram_parse(struct pipeline *p, const struct datagram *d,
			   const struct protocol_row *protocol, const struct tmpl_book *book,
			   struct ledger_block *block)
{
	uint64_t refused = refused_count(block);
	enum parse_status status = protocol->parse(d, book, &p->sink, &block->parse);

	refused = refused_count(block) - refused;
	if (status == PARSE_OK) {
		block->datagrams_decoded++;
	} else {
		block->datagrams_rejected[status]++;
		complain_rejected(&p->complaints, d, status, p->now_mono_ms);
	}
	if (refused)
		complain_refused(&p->complaints, d, refused, p->now_mono_ms);
	if (d->cut)
		block->parse.notes[NOTE_CUT_DATAGRAM]++;
}

void pipeline_take(struct pipeline *p, size_t listener, const struct datagram *d)
{
	const struct conf_listener *from = &p->conf->listeners[listener];
	bool allowed = source_allowed(from, d);
	enum protocol protocol = allowed ? datagram_protocol(d) : PROTOCOL_UNKNOWN;
	struct ledger_block *block = ledger_block(p->ledger, listener, protocol);

	block->datagrams_received++;
	block->octets_received += d->payload.left;
	if (!allowed)
		block->datagrams_filtered[FILTER_SOURCE]++;
	else if (!protocol_allowed(from, protocol))
		block->datagrams_filtered[FILTER_PROTOCOL]++;
	else
		datagram_parse(p, d, &protocols[protocol], exporters_book(p->exporters, listener),
			       block);
}

void pipeline_tick(struct pipeline *p, uint64_t now_mono_ms)
{
	p->now_mono_ms = now_mono_ms;
	exporters_tick(p->exporters, now_mono_ms);
}

struct pipeline *pipeline_new(const struct conf *conf, const struct flow_sink *sink,
			      struct ledger *ledger)
{
	struct pipeline *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->conf = conf;
	p->ledger = ledger;
	p->sink = *sink;
	p->exporters = exporters_new(conf, sink, ledger);
	if (!p->exporters) {
		pipeline_free(p);
		return NULL;
	}
	return p;
}

void pipeline_free(struct pipeline *p)
{
	if (!p)
		return;
	exporters_free(p->exporters);
	free(p);
}
