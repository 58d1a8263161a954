/* Decoded = written: stories at random (generate.h), every octet of every record compared, and the
 * flow that they make (expect.h). Then the same datagrams damaged: nothing is to crash, and every
 * Set is to be accounted for.
 *
 * WEIR_SEED repeats a run, WEIR_STORIES says how many, WEIR_PCAP is a file to write the undamaged
 * ones to, each from an address of its own; they are steady then. */
#include <stdlib.h>
#include <string.h>

#include "parsers/sets.h"
#include "tests/parsers/expect.h"
#include "tests/parsers/mutate.h"
#include "tests/support/pcap_write.h"
#include "tests/support/random.h"
#include "tests/support/suite.h"

#define STORIES      3000u
#define PARKED_MAX   64
#define FIRST_SOURCE 0x0a000001u /* 10.0.0.1 */

/* A world that parks without limit and replays. */
static struct {
	struct world world;
	struct {
		struct message message;
		uint16_t id;
		uint8_t *octets;
		size_t len;
	} parked[PARKED_MAX];
	size_t parked_n;
	enum tmpl_learnt (*learn)(void *ctx, const struct message *m, const struct tmpl_record *r);
} town;

static struct story story;
static uint64_t story_seed;
static size_t due_at; /* of story.due */
static FILE *pcap;

static void parked_replay(size_t at)
{
	struct world *w = &town.world;
	const struct message *m = &town.parked[at].message;
	const struct tmpl *t = w->book.find(w, m, town.parked[at].id);
	struct parse_env env = {&w->book, &w->sink, &w->tally};

	if (!t) /* of another scope */
		return;
	set_replay(m, t, wire_over(town.parked[at].octets, town.parked[at].len), &env);
	free(town.parked[at].octets);
	town.parked[at].octets = NULL;
}

static enum tmpl_learnt learn(void *ctx, const struct message *m, const struct tmpl_record *r)
{
	enum tmpl_learnt learnt = town.learn(ctx, m, r);

	for (size_t i = 0; i < town.parked_n; i++)
		if (town.parked[i].octets && town.parked[i].id == r->id)
			parked_replay(i);
	return learnt;
}

static bool park(void *ctx, const struct message *m, uint16_t id, struct wire set)
{
	(void)ctx;
	if (town.parked_n == PARKED_MAX)
		return false;
	town.parked[town.parked_n].message = *m;
	town.parked[town.parked_n].id = id;
	town.parked[town.parked_n].octets = exact_copy(set.pos, set.left);
	town.parked[town.parked_n++].len = set.left;
	return true;
}

static void flow_ignore(void *ctx, const struct flow *f)
{
	(void)ctx;
	(void)f;
	town.world.flows_n++;
}

static void town_init(void (*record)(void *ctx, const struct raw_record *r))
{
	struct world *w = &town.world;

	world_init(w);
	town.learn = w->book.learn;
	w->book.learn = learn;
	w->book.park = park;
	w->sink.flow = flow_ignore;
	if (record)
		w->sink.record = record;
	town.parked_n = 0;
}

static void town_fini(void)
{
	for (size_t i = 0; i < town.parked_n; i++)
		free(town.parked[i].octets);
	world_fini(&town.world);
}

/* --- what was written ------------------------------------------------------------------------ */

static void differ(const struct story_record *r, const char *what, unsigned field)
{
	ck_abort_msg("WEIR_SEED=%llu WEIR_STORIES=1: %s, template %u, field %u (element %u/%u)",
		     (unsigned long long)story_seed, what, r ? r->tmpl->id : 0, field,
		     r ? r->tmpl->fields[field].pen : 0, r ? r->tmpl->fields[field].id : 0);
}

static void fields_compare(const struct story_record *want, const struct raw_record *got)
{
	for (uint16_t i = 0; i < want->tmpl->fields_n; i++) {
		const struct tmpl_field *a = &want->tmpl->fields[i], *b = &got->tmpl->fields[i];
		const struct story_value *v = &want->values[i];

		if (a->pen != b->pen || a->id != b->id || a->len != b->len || a->space != b->space)
			differ(want, "another field", i);
		if (got->spans[i].len != v->len)
			differ(want, "another length", i);
		if (v->len && memcmp(got->octets + got->spans[i].offset, v->octets, v->len) != 0)
			differ(want, "other octets", i);
	}
}

static void record_compare(void *ctx, const struct raw_record *got)
{
	const struct story_record *want;
	const char *wrong;

	(void)ctx;
	if (due_at == story.due_n)
		differ(NULL, "a record too many", 0);
	want = story.due[due_at++];
	if (got->tmpl->id != want->tmpl->id || got->tmpl->fields_n != want->tmpl->fields_n ||
	    got->tmpl->scope_n != want->tmpl->scope_n || got->tmpl->options != want->tmpl->options)
		differ(want, "another template", 0);
	fields_compare(want, got);
	town.world.options_n += want->tmpl->options;
	if (want->tmpl->options != (got->flow == NULL))
		differ(want, "a flow of options", 0);
	wrong = got->flow ? expect_flow(want, story.netflow9, got->flow) : NULL;
	if (wrong)
		differ(want, wrong, 0);
}

static void counts_compare(void)
{
	const struct parse_tally *t = &town.world.tally;
	uint64_t refused = 0;

	for (int i = 0; i < PARSE_STATUS_COUNT; i++)
		refused += t->templates_refused[i] + t->sets_skipped[i];
	ck_assert_uint_eq(refused, 0);
	ck_assert_uint_eq(t->sets_received, story.count.sets);
	ck_assert_uint_eq(t->sets_missed, story.count.sets_missed);
	ck_assert_uint_eq(t->templates_data, story.count.templates_data);
	ck_assert_uint_eq(t->templates_options, story.count.templates_options);
	ck_assert_uint_eq(t->flows, story.count.flows);
	ck_assert_uint_eq(t->options, story.count.options);
	ck_assert_uint_eq(t->notes[NOTE_DIRTY_PADDING], 0);
	ck_assert_uint_eq(t->notes[NOTE_LENGTH_MISMATCH], 0);
}

static void story_tell(uint64_t seed, unsigned number)
{
	int datagrams;

	story_seed = seed;
	story_begin(&story, seed, pcap != NULL);
	town_init(record_compare);
	datagrams = 1 + (int)random_below(&story.random, 4);
	for (int i = 0; i < datagrams; i++) {
		due_at = 0;
		story_datagram(&story);
		pcap_append(pcap, FIRST_SOURCE + number, story.netflow9 ? 2055 : 4739,
			    story.b.octets, story.b.len);
		if (world_feed(&town.world, story.b.octets, story.b.len) != PARSE_OK)
			differ(NULL, "the datagram was refused", 0);
		if (due_at != story.due_n)
			differ(story.due[due_at], "a record too few", 0);
	}
	counts_compare();
	world_balances(&town.world);
	town_fini();
}

static unsigned stories(void)
{
	const char *given = getenv("WEIR_STORIES");

	return given ? (unsigned)strtoul(given, NULL, 10) : STORIES;
}

START_TEST(what_was_written_is_what_is_decoded)
{
	uint64_t seed = random_seed("property");

	pcap = pcap_create(getenv("WEIR_PCAP"));
	for (unsigned i = 0; i < stories(); i++)
		story_tell(seed + i, i);
	if (pcap)
		ck_assert_int_eq(fclose(pcap), 0);
}
END_TEST

/* --- what was damaged ------------------------------------------------------------------------ */

START_TEST(what_was_damaged_is_accounted_for)
{
	uint64_t seed = random_seed("property, damaged");

	for (unsigned i = 0; i < stories(); i++) {
		story_begin(&story, seed + i, false);
		town_init(NULL);
		for (int j = 0; j < 4; j++) {
			story_datagram(&story);
			mutate(&story.b, &story.random);
			(void)world_feed(&town.world, story.b.octets, story.b.len);
			world_balances(&town.world);
		}
		town_fini();
	}
}
END_TEST

SUITE(property)
{
	TCase *tc = suite_case(s, "stories");

	tcase_set_timeout(tc, 300);
	tcase_add_test(tc, what_was_written_is_what_is_decoded);
	tcase_add_test(tc, what_was_damaged_is_accounted_for);
}
