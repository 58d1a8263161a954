#define LOG_MODULE "pipeline"
#include "collector/pipeline.h"

#include <inttypes.h>
#include <stdlib.h>

#include "collector/conf/conf.h"
#include "collector/log/log.h"
#include "collector/show/ledger.h"
#include "metrics/text.h"
#include "parsers/datagram.h"
#include "parsers/sets.h"
#include "parsers/template.h"
#include "templatestore/book.h"
#include "templatestore/options.h"
#include "templatestore/parking.h"
#include "templatestore/sequences.h"

#define OPTIONS_SHARE   8u /* of the room for options, that one exporter may take */
#define ADDR_TEXT_MAX   48
#define LOG_INTERVAL_MS 10000 /* of one cause; what is swallowed is counted anyway */

struct pipeline {
	const struct conf *conf;
	struct ledger *ledger;
	struct flow_sink sink;
	struct book *book;
	struct parking *parking;
	struct options *options;
	struct sequences *sequences;
	struct tmpl_book templates; /* how the parsers see book and parking */
	uint64_t now_mono_ms;
	size_t listener;        /* of the datagram at work */
	struct addr rate_asked; /* whose configured rate was asked for last */
	uint64_t rate;
	struct log_limit rejected[PARSE_STATUS_COUNT];
	struct log_limit skipped;
};

/* --- what goes wrong is said, now and then -----------------------------------------------------
 */

static const char *addr_text(const struct addr *a, char out[ADDR_TEXT_MAX])
{
	struct text t = text_over(out, ADDR_TEXT_MAX - 1);

	if (a->len == 4)
		text_ipv4(&t, a->octets);
	else
		text_ipv6(&t, a->octets);
	out[t.len] = '\0';
	return out;
}

static void rejected_log(struct pipeline *p, const struct datagram *d, enum protocol protocol,
			 enum parse_status status)
{
	char from[ADDR_TEXT_MAX];
	uint64_t swallowed;

	if (log_pass(&p->rejected[status], p->now_mono_ms, LOG_INTERVAL_MS, &swallowed))
		log_warn("malformed datagram",
			 "exporter=%s port=%u protocol=%s reason=%s octets=%zu swallowed=%" PRIu64,
			 addr_text(&d->source, from), d->port, protocols[protocol].name,
			 parse_status_token(status), d->payload.left, swallowed);
}

/* Sets or samples that were refused so far, whatever the reason. */
static uint64_t skipped_count(const struct parse_tally *t, uint64_t expired)
{
	return t->sets_received - t->sets_decoded - t->sets_parked - t->sets_park_refused - expired;
}

static void skipped_log(struct pipeline *p, const struct datagram *d, enum protocol protocol,
			uint64_t sets)
{
	char from[ADDR_TEXT_MAX];
	uint64_t swallowed;

	if (sets && log_pass(&p->skipped, p->now_mono_ms, LOG_INTERVAL_MS, &swallowed))
		log_warn("part of a datagram refused",
			 "exporter=%s port=%u protocol=%s sets=%" PRIu64 " swallowed=%" PRIu64,
			 addr_text(&d->source, from), d->port, protocols[protocol].name, sets,
			 swallowed);
}

/* --- the way of a datagram ------------------------------------------------------------------- */

static bool source_allowed(const struct conf_listener *from, const struct datagram *d)
{
	return from->allow_n == 0 || cidr_any(from->allow, from->allow_n, &d->source);
}

static bool protocol_allowed(const struct conf_listener *from, enum protocol protocol)
{
	return protocol == PROTOCOL_UNKNOWN || from->protocols >> protocol & 1;
}

static void datagram_parse(struct pipeline *p, const struct datagram *d, enum protocol protocol,
			   struct ledger_block *block)
{
	uint64_t skipped = skipped_count(&block->parse, block->sets_expired);
	enum parse_status status =
		protocols[protocol].parse(d, &p->templates, &p->sink, &block->parse);

	if (status == PARSE_OK) {
		block->datagrams_decoded++;
		skipped_log(p, d, protocol,
			    skipped_count(&block->parse, block->sets_expired) - skipped);
	} else {
		block->datagrams_rejected[status]++;
		rejected_log(p, d, protocol, status);
	}
	if (d->cut)
		block->parse.notes[NOTE_CUT_DATAGRAM]++;
}

void pipeline_take(struct pipeline *p, size_t listener, const struct datagram *d)
{
	const struct conf_listener *from = &p->conf->listeners[listener];
	bool allowed = source_allowed(from, d);
	enum protocol protocol = allowed ? datagram_protocol(d) : PROTOCOL_UNKNOWN;
	struct ledger_block *block = ledger_block(p->ledger, listener, protocol);

	p->listener = listener;
	block->datagrams_received++;
	block->octets_received += d->payload.left;
	if (!allowed)
		block->datagrams_filtered[FILTER_SOURCE]++;
	else if (!protocol_allowed(from, protocol))
		block->datagrams_filtered[FILTER_PROTOCOL]++;
	else
		datagram_parse(p, d, protocol, block);
}

/* --- templates, and Sets that wait for them -------------------------------------------------- */

static struct ledger_block *block_of(struct pipeline *p, uint32_t tag)
{
	return ledger_block(p->ledger, tag >> 8, (enum protocol)(tag & 0xff));
}

static uint32_t tag_of(const struct pipeline *p, const struct message *m)
{
	return (uint32_t)p->listener << 8 | m->protocol;
}

struct replay {
	struct pipeline *pipeline;
	const struct tmpl *tmpl;
};

/* The records keep the time and sequence of their own datagram. */
static void set_give_back(void *ctx, const struct message *m, const struct parked *what)
{
	struct replay *r = ctx;
	struct parse_env env = {&r->pipeline->templates, &r->pipeline->sink, NULL};
	struct message waited = *m;

	waited.waited = true;
	env.tally = &block_of(r->pipeline, what->tag)->parse;
	set_replay(&waited, r->tmpl, what->set, &env);
}

static void set_expired(void *ctx, const struct message *m, const struct parked *what)
{
	struct ledger_block *block = block_of(ctx, what->tag);

	(void)m;
	block->parse.sets_parked--;
	block->sets_expired++;
}

static const struct tmpl *template_find(void *ctx, const struct message *m, uint16_t id)
{
	struct pipeline *p = ctx;

	return book_find(p->book, m, id, p->now_mono_ms);
}

static enum tmpl_learnt template_learn(void *ctx, const struct message *m,
				       const struct tmpl_record *r)
{
	struct pipeline *p = ctx;
	uint16_t misfits;
	enum tmpl_learnt learnt = book_learn(p->book, m, r, p->now_mono_ms, &misfits);

	block_of(p, tag_of(p, m))->parse.notes[NOTE_CARRIED] += misfits;
	if (learnt == TMPL_NEW && parking_bytes(p->parking) > 0) {
		struct replay replay = {p, template_find(p, m, r->id)};

		parking_take(p->parking, m, r->id, set_give_back, &replay);
	}
	return learnt;
}

static bool set_park(void *ctx, const struct message *m, uint16_t id, struct wire set)
{
	struct pipeline *p = ctx;

	return parking_put(p->parking, m, &(struct parked){set, id, tag_of(p, m)}, p->now_mono_ms);
}

/* --- what options tell ----------------------------------------------------------------------- */

static void option_note(void *ctx, const struct raw_record *r)
{
	struct pipeline *p = ctx;
	struct option_facts facts;

	option_read(r, &facts, &block_of(p, tag_of(p, r->message))->parse);
	options_note(p->options, r->message, &facts);
}

static uint64_t boot_ms_find(void *ctx, const struct message *m)
{
	return options_boot_ms(((struct pipeline *)ctx)->options, m);
}

static bool rate_find(void *ctx, const struct message *m, const struct rate_query *q,
		      struct rate_answer *out)
{
	return options_rate(((struct pipeline *)ctx)->options, m, q, out);
}

static bool name_find(void *ctx, const struct message *m, enum option_name kind, uint64_t id,
		      struct octets *out)
{
	return options_name(((struct pipeline *)ctx)->options, m, kind, id, out);
}

/* Datagrams of one exporter come in runs. */
static uint64_t rate_override(void *ctx, const struct message *m)
{
	struct pipeline *p = ctx;

	if (p->rate_asked.len == 0 || !addr_equal(&p->rate_asked, &m->source)) {
		p->rate_asked = m->source;
		p->rate = conf_rates_find(&p->conf->sampling.overrides, &m->source);
	}
	return p->rate;
}

/* --- whether all arrives --------------------------------------------------------------------- */

static void message_judge(void *ctx, const struct message *m, uint32_t records, bool exact)
{
	struct pipeline *p = ctx;
	struct ledger_block *block = block_of(p, tag_of(p, m));
	struct sequence_verdict v =
		sequence_judge(sequences_find(p->sequences, m), m, records, exact);

	block->sequence_lost[v.unit] += v.lost;
	block->sequence_late[v.unit] += v.late;
	block->sequence_duplicate[v.unit] += v.duplicate;
	block->sequence_resets += v.reset;
	block->sequence_switches += v.switched;
}

/* --- life ------------------------------------------------------------------------------------ */

struct pipeline *pipeline_new(const struct conf *conf, const struct flow_sink *sink,
			      struct ledger *ledger)
{
	struct book_limits limits = {
		.scopes = conf->limits.scopes,
		.templates = conf->limits.templates,
		.bytes = conf->limits.template_bytes,
	};
	struct pipeline *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->conf = conf;
	p->ledger = ledger;
	p->sink = *sink;
	p->templates = (struct tmpl_book){
		.find = template_find,
		.learn = template_learn,
		.park = set_park,
		.note = option_note,
		.boot_ms = boot_ms_find,
		.rate = rate_find,
		.name = name_find,
		.message = message_judge,
		.rate_override = conf->sampling.overrides.n ? rate_override : NULL,
		.rate_default = conf->sampling.rate_default,
		.ctx = p,
	};
	p->book = book_new(&limits);
	p->parking = parking_new(conf->parking.bytes, conf->parking.exporter_bytes,
				 conf->parking.age_ms);
	p->options = options_new(&(struct options_limits){
		conf->limits.template_bytes, conf->limits.template_bytes / OPTIONS_SHARE});
	p->sequences = sequences_new(conf->limits.scopes);
	if (!p->book || !p->parking || !p->options || !p->sequences) {
		pipeline_free(p);
		return NULL;
	}
	return p;
}

void pipeline_free(struct pipeline *p)
{
	if (!p)
		return;
	book_free(p->book);
	parking_free(p->parking);
	options_free(p->options);
	sequences_free(p->sequences);
	free(p);
}

static void options_show(const struct pipeline *p, struct ledger_worker *worker)
{
	struct options_numbers n;

	options_numbers(p->options, &n);
	worker->option_exporters = n.exporters;
	worker->option_facts = n.facts;
	worker->option_bytes = n.bytes;
	worker->options_evicted = n.evicted;
	worker->options_refused = n.refused;
}

static void tables_show(struct pipeline *p)
{
	struct ledger_worker *worker = ledger_worker(p->ledger);
	struct sequences_numbers sequences;
	struct book_numbers n;

	book_numbers(p->book, &n);
	worker->scopes = n.scopes;
	worker->scopes_evicted = n.scopes_evicted;
	worker->templates_now = n.templates;
	worker->template_bytes = n.bytes;
	worker->parked_bytes = parking_bytes(p->parking);
	sequences_numbers(p->sequences, &sequences);
	worker->sequences = sequences.scopes;
	worker->sequences_evicted = sequences.evicted;
	options_show(p, worker);
}

void pipeline_tick(struct pipeline *p, uint64_t now_mono_ms)
{
	p->now_mono_ms = now_mono_ms;
	parking_expire(p->parking, now_mono_ms, set_expired, p);
	tables_show(p);
}
