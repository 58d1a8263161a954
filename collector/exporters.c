#include "collector/exporters.h"

#include <stdlib.h>

#include "collector/conf/conf.h"
#include "collector/show/ledger.h"
#include "parsers/option.h"
#include "parsers/sets.h"
#include "parsers/template.h"
#include "templatestore/book.h"
#include "templatestore/options.h"
#include "templatestore/parking.h"
#include "templatestore/sequences.h"

#define OPTIONS_SHARE 8u /* of the room for options, that one exporter may take */

struct exporters {
	const struct conf *conf;
	struct ledger *ledger;
	struct flow_sink sink;
	struct book *book;
	struct parking *parking;
	struct options *options;
	struct sequences *sequences;
	struct tmpl_book templates; /* how the parsers see all of it */
	uint64_t now_mono_ms;
	size_t listener;        /* of the datagram at work */
	struct addr rate_asked; /* whose configured rate was asked for last */
	uint64_t rate;
};

/* --- templates, and Sets that wait for them -------------------------------------------------- */

static struct ledger_block *block_of(struct exporters *e, uint32_t tag)
{
	return ledger_block(e->ledger, tag >> 8, (enum protocol)(tag & 0xff));
}

static uint32_t tag_of(const struct exporters *e, const struct message *m)
{
	return (uint32_t)e->listener << 8 | m->protocol;
}

static const struct tmpl *template_find(void *ctx, const struct message *m, uint16_t id)
{
	struct exporters *e = ctx;

	return book_find(e->book, m, id, e->now_mono_ms);
}

struct replay {
	struct exporters *exporters;
	const struct tmpl *tmpl;
};

/* The records keep the time and sequence of their own datagram. */
static void set_give_back(void *ctx, const struct message *m, const struct parked *what)
{
	struct replay *r = ctx;
	struct parse_env env = {&r->exporters->templates, &r->exporters->sink, NULL};
	struct message waited = *m;

	if (!r->tmpl) /* asked for only now: a Set that waited proves the template's scope */
		r->tmpl = template_find(r->exporters, m, what->id);
	waited.waited = true;
	env.tally = &block_of(r->exporters, what->tag)->parse;
	set_replay(&waited, r->tmpl, what->set, &env);
}

static void set_expired(void *ctx, const struct message *m, const struct parked *what)
{
	struct ledger_block *block = block_of(ctx, what->tag);

	(void)m;
	block->parse.sets_parked--;
	block->sets_expired++;
}

static enum tmpl_learnt template_learn(void *ctx, const struct message *m,
				       const struct tmpl_record *r)
{
	struct exporters *e = ctx;
	uint16_t misfits;
	enum tmpl_learnt learnt = book_learn(e->book, m, r, e->now_mono_ms, &misfits);

	block_of(e, tag_of(e, m))->parse.notes[NOTE_CARRIED] += misfits;
	if (learnt == TMPL_NEW && parking_bytes(e->parking) > 0) {
		struct replay replay = {e, NULL};

		parking_take(e->parking, m, r->id, set_give_back, &replay);
	}
	return learnt;
}

static bool set_park(void *ctx, const struct message *m, uint16_t id, struct wire set)
{
	struct exporters *e = ctx;

	return parking_put(e->parking, m, &(struct parked){set, id, tag_of(e, m)}, e->now_mono_ms);
}

/* --- what options tell ----------------------------------------------------------------------- */

static void option_note(void *ctx, const struct raw_record *r)
{
	struct exporters *e = ctx;
	struct option_facts facts;

	option_read(r, &facts, &block_of(e, tag_of(e, r->message))->parse);
	options_note(e->options, r->message, &facts);
}

static uint64_t boot_ms_find(void *ctx, const struct message *m)
{
	return options_boot_ms(((struct exporters *)ctx)->options, m);
}

static bool rate_find(void *ctx, const struct message *m, const struct rate_query *q,
		      struct rate_answer *out)
{
	return options_rate(((struct exporters *)ctx)->options, m, q, out);
}

static bool name_find(void *ctx, const struct message *m, enum option_name kind, uint64_t id,
		      struct octets *out)
{
	return options_name(((struct exporters *)ctx)->options, m, kind, id, out);
}

/* Datagrams of one exporter come in runs. */
static uint64_t rate_override(void *ctx, const struct message *m)
{
	struct exporters *e = ctx;

	if (e->rate_asked.len == 0 || !addr_equal(&e->rate_asked, &m->source)) {
		e->rate_asked = m->source;
		e->rate = conf_rates_find(&e->conf->sampling.overrides, &m->source);
	}
	return e->rate;
}

/* --- whether all arrives --------------------------------------------------------------------- */

static void message_judge(void *ctx, const struct message *m, uint32_t records, bool exact)
{
	struct exporters *e = ctx;
	struct ledger_block *block = block_of(e, tag_of(e, m));
	struct sequence_verdict v =
		sequence_judge(sequences_find(e->sequences, m), m, records, exact);

	block->sequence_lost[v.unit] += v.lost;
	block->sequence_late[v.unit] += v.late;
	block->sequence_duplicate[v.unit] += v.duplicate;
	block->sequence_resets += v.reset;
	block->sequence_switches += v.switched;
}

/* --- life ------------------------------------------------------------------------------------ */

static void book_view_make(struct exporters *e)
{
	e->templates = (struct tmpl_book){
		.find = template_find,
		.learn = template_learn,
		.park = set_park,
		.note = option_note,
		.boot_ms = boot_ms_find,
		.rate = rate_find,
		.name = name_find,
		.message = message_judge,
		.rate_override = e->conf->sampling.overrides.n ? rate_override : NULL,
		.rate_default = e->conf->sampling.rate_default,
		.ctx = e,
	};
}

struct exporters *exporters_new(const struct conf *conf, const struct flow_sink *sink,
				struct ledger *ledger)
{
	struct book_limits limits = {
		.scopes = conf->limits.scopes,
		.templates = conf->limits.templates,
		.bytes = conf->limits.template_bytes,
	};
	struct options_limits options = {
		.bytes = conf->limits.template_bytes,
		.exporter_bytes = conf->limits.template_bytes / OPTIONS_SHARE,
	};
	struct exporters *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->conf = conf;
	e->ledger = ledger;
	e->sink = *sink;
	book_view_make(e);
	e->book = book_new(&limits);
	e->parking = parking_new(conf->parking.bytes, conf->parking.exporter_bytes,
				 conf->parking.age_ms);
	e->options = options_new(&options);
	e->sequences = sequences_new(conf->limits.scopes);
	if (!e->book || !e->parking || !e->options || !e->sequences) {
		exporters_free(e);
		return NULL;
	}
	return e;
}

void exporters_free(struct exporters *e)
{
	if (!e)
		return;
	book_free(e->book);
	parking_free(e->parking);
	options_free(e->options);
	sequences_free(e->sequences);
	free(e);
}

const struct tmpl_book *exporters_book(struct exporters *e, size_t listener)
{
	e->listener = listener;
	return &e->templates;
}

static void options_show(const struct exporters *e, struct ledger_worker *worker)
{
	struct options_numbers n;

	options_numbers(e->options, &n);
	worker->option_exporters = n.exporters;
	worker->option_facts = n.facts;
	worker->option_bytes = n.bytes;
	worker->options_evicted = n.evicted;
	worker->options_refused = n.refused;
}

static void tables_show(struct exporters *e)
{
	struct ledger_worker *worker = ledger_worker(e->ledger);
	struct sequences_numbers sequences;
	struct book_numbers n;

	book_numbers(e->book, &n);
	worker->scopes = n.scopes;
	worker->scopes_evicted = n.scopes_evicted;
	worker->templates_now = n.templates;
	worker->template_bytes = n.bytes;
	worker->parked_bytes = parking_bytes(e->parking);
	sequences_numbers(e->sequences, &sequences);
	worker->sequences = sequences.scopes;
	worker->sequences_evicted = sequences.evicted;
	options_show(e, worker);
}

void exporters_tick(struct exporters *e, uint64_t now_mono_ms)
{
	if (now_mono_ms > e->now_mono_ms) /* a capture file may step back */
		e->now_mono_ms = now_mono_ms;
	parking_expire(e->parking, e->now_mono_ms, set_expired, e);
	tables_show(e);
}
