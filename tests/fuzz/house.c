#include "tests/fuzz/house.h"

#include <stdlib.h>
#include <string.h>

#include "parsers/flow.h"
#include "parsers/option.h"
#include "parsers/sequence.h"
#include "parsers/sets.h"
#include "parsers/template.h"
#include "templatestore/book.h"
#include "templatestore/options.h"
#include "templatestore/parking.h"
#include "templatestore/sequences.h"

static volatile uint64_t seen; /* so that no read is optimised away */

static void octets_read(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		seen += p[i];
}

void house_record(void *ctx, const struct raw_record *r)
{
	(void)ctx;
	for (uint16_t i = 0; i < r->tmpl->fields_n; i++)
		octets_read(r->octets + r->spans[i].offset, r->spans[i].len);
}

void house_flow(void *ctx, const struct flow *f)
{
	(void)ctx;
	for (int i = 0; i < FLOW_FIELD_COUNT; i++) {
		const uint8_t *member = (const uint8_t *)f + flow_fields[i].offset;
		struct octets text;

		if (!flow_has(f, (enum flow_field)i))
			continue;
		seen += *member;
		if (flow_fields[i].form != FORM_STRING)
			continue;
		memcpy(&text, member, sizeof(text));
		octets_read(text.at, text.len);
	}
}

static const struct tmpl *find(void *ctx, const struct message *m, uint16_t id)
{
	return book_find(((struct house *)ctx)->book, m, id, 0);
}

static void replay(void *ctx, const struct message *m, const struct parked *what)
{
	struct house *h = ctx;

	set_replay(m, h->learnt, what->set,
		   &(struct parse_env){&h->templates, &h->sink, &h->tally});
}

static enum tmpl_learnt learn(void *ctx, const struct message *m, const struct tmpl_record *r)
{
	struct house *h = ctx;
	uint16_t misfits;
	enum tmpl_learnt learnt = book_learn(h->book, m, r, 0, &misfits);

	h->learnt = find(h, m, r->id);
	if (learnt == TMPL_NEW)
		parking_take(h->parking, m, r->id, replay, h);
	return learnt;
}

static bool park(void *ctx, const struct message *m, uint16_t id, struct wire set)
{
	return parking_put(((struct house *)ctx)->parking, m, &(struct parked){set, id, 0}, 0);
}

static void note(void *ctx, const struct raw_record *r)
{
	struct house *h = ctx;
	struct option_facts facts;

	option_read(r, &facts, &h->tally);
	options_note(h->options, r->message, &facts);
}

static uint64_t boot_ms(void *ctx, const struct message *m)
{
	return options_boot_ms(((struct house *)ctx)->options, m);
}

static bool rate(void *ctx, const struct message *m, const struct rate_query *q,
		 struct rate_answer *out)
{
	return options_rate(((struct house *)ctx)->options, m, q, out);
}

static bool name(void *ctx, const struct message *m, enum option_name kind, uint64_t id,
		 struct octets *out)
{
	return options_name(((struct house *)ctx)->options, m, kind, id, out);
}

static void message(void *ctx, const struct message *m, uint32_t records, bool exact)
{
	sequence_judge(sequences_find(((struct house *)ctx)->sequences, m), m, records, exact);
}

void house_open(struct house *h)
{
	static const struct book_limits templates = {8, 64, 1 << 20};
	static const struct options_limits told = {8192, 4096};

	*h = (struct house){
		.book = book_new(&templates),
		.parking = parking_new(1 << 16, 1 << 15, 1000),
		.options = options_new(&told),
		.sequences = sequences_new(8),
		.templates = {.find = find,
			      .learn = learn,
			      .park = park,
			      .note = note,
			      .boot_ms = boot_ms,
			      .rate = rate,
			      .name = name,
			      .message = message,
			      .ctx = h},
		.sink = {.flow = house_flow, .record = house_record, .ctx = h},
	};
	if (!h->book || !h->parking || !h->options || !h->sequences)
		abort();
}

void house_feed(struct house *h, parser_fn *parse, uint8_t exporter, struct wire payload)
{
	struct datagram d = {
		.payload = payload,
		.source = {.octets = {192, 0, 2, exporter}, .len = 4},
		.received_ns = UINT64_C(1700000000000000000),
	};

	(void)parse(&d, &h->templates, &h->sink, &h->tally); /* any status will do */
}

void house_close(struct house *h)
{
	const struct parse_tally *t = &h->tally;
	uint64_t sum = t->sets_decoded + t->sets_parked + t->sets_park_refused;

	for (int i = 0; i < PARSE_STATUS_COUNT; i++)
		sum += t->sets_skipped[i];
	if (sum != t->sets_received)
		abort();
	book_free(h->book);
	parking_free(h->parking);
	options_free(h->options);
	sequences_free(h->sequences);
}
