#include "tests/parsers/world.h"

#include <stdlib.h>
#include <string.h>

#include "parsers/template.h"
#include "tests/support/suite.h"

static bool same_scope(const struct message *a, const struct message *b)
{
	return a->domain == b->domain && a->protocol == b->protocol &&
	       addr_equal(&a->source, &b->source);
}

static size_t template_at(const struct world *w, const struct message *m, uint16_t id)
{
	size_t i = 0;

	while (i < w->templates_n &&
	       !(w->templates[i].tmpl->id == id && same_scope(&w->templates[i].scope, m)))
		i++;
	return i;
}

static const struct tmpl *find(void *ctx, const struct message *m, uint16_t id)
{
	struct world *w = ctx;
	size_t at = template_at(w, m, id);

	return at < w->templates_n ? w->templates[at].tmpl : NULL;
}

static enum tmpl_learnt learn(void *ctx, const struct message *m, const struct tmpl_record *r)
{
	struct world *w = ctx;
	size_t at = template_at(w, m, r->id);
	enum tmpl_learnt learnt = TMPL_NEW;

	if (at < w->templates_n) {
		bool same = w->templates[at].len == r->len &&
			    memcmp(w->templates[at].octets, r->octets, r->len) == 0;

		learnt = same ? TMPL_REFRESHED : TMPL_REDEFINED;
		free(w->templates[at].tmpl);
		free(w->templates[at].octets);
	} else if (at == WORLD_TEMPLATES) {
		return TMPL_REFUSED;
	} else {
		w->templates_n++;
	}
	w->templates[at].scope = *m;
	w->templates[at].octets = exact_copy(r->octets, r->len);
	w->templates[at].len = r->len;
	w->templates[at].tmpl = tmpl_compile(r, malloc(tmpl_size(r)));
	return learnt;
}

static bool park(void *ctx, const struct message *m, uint16_t id, struct wire set)
{
	struct world *w = ctx;

	(void)m;
	(void)id;
	(void)set;
	w->parked_n++;
	return w->parked_n <= 2; /* so that tests see both answers */
}

static void flow(void *ctx, const struct flow *f)
{
	struct world *w = ctx;

	if (w->flows_n < WORLD_FLOWS)
		w->flows[w->flows_n] = *f;
	w->flows_n++;
}

static void record(void *ctx, const struct raw_record *r)
{
	struct world *w = ctx;
	volatile uint8_t seen = 0;

	/* Touch every octet of every field, so that a sanitizer checks the spans. */
	for (uint16_t i = 0; i < r->tmpl->fields_n; i++)
		for (uint16_t j = 0; j < r->spans[i].len; j++)
			seen ^= r->octets[r->spans[i].offset + j];
	w->options_n += r->flow == NULL;
}

void world_init(struct world *w)
{
	memset(w, 0, offsetof(struct world, flows)); /* those are many, and some tests run long */
	w->book = (struct tmpl_book){.find = find, .learn = learn, .park = park, .ctx = w};
	w->sink = (struct flow_sink){.flow = flow, .record = record, .ctx = w};
}

void world_fini(struct world *w)
{
	for (size_t i = 0; i < w->templates_n; i++) {
		free(w->templates[i].tmpl);
		free(w->templates[i].octets);
	}
	w->templates_n = 0;
}

enum parse_status world_feed(struct world *w, const uint8_t *octets, size_t len)
{
	uint8_t *block = malloc(len + 1);
	uint8_t *odd = block + 1; /* a receive slot may begin anywhere */
	struct datagram d = {
		.source = {.octets = {192, 0, 2, 1}, .len = 4},
		.port = 50001,
		.received_ns = WORLD_EXPORT_S * UINT64_C(1000000000) + 5,
	};
	enum parse_status status;

	if (!block)
		abort();
	if (len)
		memcpy(odd, octets, len);
	d.payload = wire_over(odd, len);
	status = protocols[datagram_protocol(&d)].parse(&d, &w->book, &w->sink, &w->tally);
	free(block);
	return status;
}

void world_balances(const struct world *w)
{
	uint64_t sum = w->tally.sets_decoded + w->tally.sets_parked + w->tally.sets_park_refused;

	for (int i = 0; i < PARSE_STATUS_COUNT; i++)
		sum += w->tally.sets_skipped[i];
	ck_assert_uint_eq(w->tally.sets_received, sum);
	ck_assert_uint_eq(w->tally.flows, w->flows_n);
	ck_assert_uint_eq(w->tally.options, w->options_n);
}

/* An assertion that holds costs a system call: too much for every octet of long cases. */
static void fits(const struct build *b, size_t len)
{
	if (b->len + len > sizeof(b->octets))
		ck_abort_msg("the datagram would be %zu octets long", b->len + len);
}

void put_octets(struct build *b, const void *octets, size_t len)
{
	fits(b, len);
	memcpy(b->octets + b->len, octets, len);
	b->len += len;
}

void put_zeros(struct build *b, size_t n)
{
	fits(b, n);
	memset(b->octets + b->len, 0, n);
	b->len += n;
}

void put8(struct build *b, unsigned v)
{
	put_octets(b, &(uint8_t){(uint8_t)v}, 1);
}

void put16(struct build *b, unsigned v)
{
	put8(b, v >> 8);
	put8(b, v);
}

void put32(struct build *b, uint32_t v)
{
	put16(b, v >> 16);
	put16(b, v & 0xffff);
}

void put64(struct build *b, uint64_t v)
{
	put32(b, (uint32_t)(v >> 32));
	put32(b, (uint32_t)v);
}

void netflow9_begin(struct build *b, uint32_t domain)
{
	b->len = 0;
	put16(b, 9);
	put16(b, 1); /* count: we do not believe it */
	put32(b, WORLD_UPTIME_MS);
	put32(b, WORLD_EXPORT_S);
	put32(b, 7);
	put32(b, domain);
}

void ipfix_begin(struct build *b, uint32_t domain)
{
	b->len = 0;
	put16(b, 10);
	put16(b, 0);
	put32(b, WORLD_EXPORT_S);
	put32(b, 7);
	put32(b, domain);
}

static void length_mend(struct build *b, size_t at, size_t len)
{
	b->octets[at] = (uint8_t)(len >> 8);
	b->octets[at + 1] = (uint8_t)len;
}

void ipfix_end(struct build *b)
{
	length_mend(b, 2, b->len);
}

void netflow9_end(struct build *b, unsigned count)
{
	length_mend(b, 2, count);
}

size_t set_begin(struct build *b, unsigned id)
{
	put16(b, id);
	put16(b, 0);
	return b->len - 4;
}

void set_end(struct build *b, size_t at)
{
	length_mend(b, at + 2, b->len - at);
}

void put_template(struct build *b, unsigned set_id, unsigned id, const uint16_t (*fields)[2],
		  size_t fields_n)
{
	size_t set = set_begin(b, set_id);

	put16(b, id);
	put16(b, (unsigned)fields_n);
	for (size_t i = 0; i < fields_n; i++) {
		put16(b, fields[i][0]);
		put16(b, fields[i][1]);
	}
	set_end(b, set);
}
