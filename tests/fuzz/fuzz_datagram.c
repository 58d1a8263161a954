/* A list of datagrams, each behind its length in two octets, against one book and one parking lot:
 * templates and data come from the fuzzer together. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "parsers/datagram.h"
#include "parsers/sets.h"
#include "parsers/template.h"
#include "templatestore/book.h"
#include "templatestore/parking.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

struct house {
	struct book *book;
	struct parking *parking;
	struct tmpl_book templates;
	struct flow_sink sink;
	struct parse_tally tally;
	const struct tmpl *learnt;
};

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

static void flow(void *ctx, const struct flow *f)
{
	(void)ctx;
	(void)f;
}

static void identity_check(const struct parse_tally *t)
{
	uint64_t sum = t->sets_decoded + t->sets_parked + t->sets_park_refused;

	for (int i = 0; i < PARSE_STATUS_COUNT; i++)
		sum += t->sets_skipped[i];
	if (sum != t->sets_received)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static const struct book_limits limits = {8, 64, 1 << 20};
	struct house h = {
		.book = book_new(&limits),
		.parking = parking_new(1 << 16, 1 << 15, 1000),
		.templates = {.find = find, .learn = learn, .park = park, .ctx = &h},
		.sink = {.flow = flow},
	};
	struct wire input = wire_over(octets, len);

	while (input.left >= 2) {
		size_t n = wire_u16(&input);
		struct datagram d = {.source = {.octets = {192, 0, 2, 1}, .len = 4}};

		d.payload = wire_scope(&input, n < input.left ? n : input.left);
		protocols[datagram_protocol(&d)].parse(&d, &h.templates, &h.sink, &h.tally);
	}
	identity_check(&h.tally);
	book_free(h.book);
	parking_free(h.parking);
	return 0;
}
