/* What a record costs: made-up datagrams, decoded by the real parsers with a real book, and then
 * written as JSON, all in memory.
 *
 *	run                  a table of times
 *	run cases            the names of the cases
 *	run CASE ROUNDS      one case, ROUNDS times over the same datagrams, for callgrind to count;
 *	                     prints the records decoded
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/blast/export.h"
#include "collector/blast/pace.h"
#include "collector/conf/conf.h"
#include "collector/encode/encoder.h"
#include "metrics/text.h"
#include "parsers/datagram.h"
#include "templatestore/book.h"

#define DATAGRAMS  64u
#define FIELDS     20u
#define RUNS       7u
#define RUN_NS     UINT64_C(100000000)
#define LINES_SIZE (1u << 16)

static const struct bench_case {
	const char *name;
	uint8_t exporter; /* enum export_protocol */
	bool json;
} cases[] = {
	{"v5", EXPORT_V5, false},       {"v5-json", EXPORT_V5, true},
	{"v9", EXPORT_V9, false},       {"v9-json", EXPORT_V9, true},
	{"ipfix", EXPORT_IPFIX, false}, {"ipfix-json", EXPORT_IPFIX, true},
	{"sflow", EXPORT_SFLOW, false}, {"sflow-json", EXPORT_SFLOW, true},
};
#define CASES_N (sizeof(cases) / sizeof(*cases))

struct bench {
	struct plan plan;
	uint8_t *datagrams; /* DATAGRAMS of plan.data_octets */
	struct moment moment;
	struct book *book;
	struct tmpl_book tmpl_book;
	struct flow_sink sink;
	struct parse_tally tally;
	struct text lines;
	char buffer[LINES_SIZE];
	uint64_t json_octets;
};

static const struct tmpl *tmpl_find(void *ctx, const struct message *m, uint16_t id)
{
	return book_find(ctx, m, id, 0);
}

static enum tmpl_learnt tmpl_learn(void *ctx, const struct message *m, const struct tmpl_record *r)
{
	uint16_t misfits;

	return book_learn(ctx, m, r, 0, &misfits);
}

static bool set_park(void *ctx, const struct message *m, uint16_t id, struct wire set)
{
	(void)ctx;
	(void)m;
	(void)id;
	(void)set;
	return false; /* the template came first */
}

static void flow_drop(void *ctx, const struct flow *f)
{
	(void)ctx;
	(void)f; /* the tally counts it */
}

static void flow_write(void *ctx, const struct flow *f)
{
	struct bench *b = ctx;

	encode_json(&b->lines, f, &(struct encode_style){.profile = PROFILE_COMPACT});
}

static void feed(struct bench *b, const uint8_t *octets, size_t len)
{
	struct datagram d = {.payload = wire_over(octets, len),
			     .source = {.octets = {192, 0, 2, 1}, .len = 4},
			     .port = 50000,
			     .received_ns = b->moment.unix_ns};

	if (protocols[datagram_protocol(&d)].parse(&d, &b->tmpl_book, &b->sink, &b->tally) !=
		    PARSE_OK ||
	    !text_ok(&b->lines)) {
		fprintf(stderr, "bench: a datagram of %s is refused\n", b->plan.row->name);
		exit(EXIT_FAILURE);
	}
	b->json_octets += b->lines.len;
	text_cut(&b->lines, 0);
}

static void bench_init(struct bench *b, const struct bench_case *c)
{
	static const struct book_limits limits = {.scopes = 16, .templates = 16, .bytes = 1 << 20};
	struct plan_conf conf = {.protocol = c->exporter, .fields = FIELDS, .seed = 1};
	struct stream s = {.agent = 0xc6120001};
	uint8_t tmpl[EXPORT_OCTETS_MTU];

	*b = (struct bench){.moment = {UINT64_C(1700000000123456789), 86400000}};
	b->book = book_new(&limits);
	if (!b->book || plan_init(&b->plan, &conf) < 0 ||
	    !(b->datagrams = calloc(DATAGRAMS, b->plan.data_octets)))
		abort();
	b->tmpl_book = (struct tmpl_book){
		.find = tmpl_find, .learn = tmpl_learn, .park = set_park, .ctx = b->book};
	b->sink = (struct flow_sink){.flow = c->json ? flow_write : flow_drop, .ctx = b};
	b->lines = text_over(b->buffer, sizeof(b->buffer));
	if (b->plan.tmpl_octets) {
		export_tmpl(&b->plan, &s, &b->moment, tmpl);
		feed(b, tmpl, b->plan.tmpl_octets);
	}
	for (size_t i = 0; i < DATAGRAMS; i++) {
		export_data(&b->plan, &s, &b->moment, b->datagrams + i * b->plan.data_octets);
		export_sent(&b->plan, &s, 1);
	}
}

static void bench_fini(struct bench *b)
{
	plan_fini(&b->plan);
	book_free(b->book);
	free(b->datagrams);
}

/* Returns the records decoded. */
static uint64_t rounds(struct bench *b, uint64_t n)
{
	uint64_t before = b->tally.flows;

	for (; n > 0; n--)
		for (size_t i = 0; i < DATAGRAMS; i++)
			feed(b, b->datagrams + i * b->plan.data_octets, b->plan.data_octets);
	return b->tally.flows - before;
}

static double run_ns_a_record(struct bench *b)
{
	uint64_t start_ns = pace_now_ns(), records = 0, spent_ns;

	do {
		records += rounds(b, 10);
		spent_ns = pace_now_ns() - start_ns;
	} while (spent_ns < RUN_NS);
	return (double)spent_ns / (double)records;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void case_time(struct bench *b, const struct bench_case *c)
{
	double ns[RUNS];

	bench_init(b, c);
	(void)run_ns_a_record(b); /* warm */
	for (size_t i = 0; i < RUNS; i++)
		ns[i] = run_ns_a_record(b);
	qsort(ns, RUNS, sizeof(*ns), by_size);
	printf("%-12s %8u %14.0f %11.1f %11.1f %11.1f %12.1f\n", c->name, b->plan.records,
	       1e9 / ns[RUNS / 2], ns[RUNS / 2], ns[0], ns[RUNS - 1],
	       (double)b->json_octets / (double)b->tally.flows);
	bench_fini(b);
}

static void table(struct bench *b)
{
	printf("%-12s %8s %14s %11s %11s %11s %12s\n", "case", "records", "records/s", "ns/record",
	       "best", "worst", "octets/line");
	for (size_t i = 0; i < CASES_N; i++)
		case_time(b, &cases[i]);
}

static const struct bench_case *case_named(const char *name)
{
	for (size_t i = 0; i < CASES_N; i++)
		if (strcmp(name, cases[i].name) == 0)
			return &cases[i];
	return NULL;
}

int main(int argc, char **argv)
{
	static struct bench b;
	const struct bench_case *c = argc == 3 ? case_named(argv[1]) : NULL;

	if (argc == 1) {
		table(&b);
	} else if (argc == 2 && strcmp(argv[1], "cases") == 0) {
		for (size_t i = 0; i < CASES_N; i++)
			puts(cases[i].name);
	} else if (c) {
		bench_init(&b, c);
		printf("%" PRIu64 "\n", rounds(&b, strtoull(argv[2], NULL, 10)));
		bench_fini(&b);
	} else {
		fprintf(stderr, "usage: run [cases | CASE ROUNDS]\n");
		return 2;
	}
	return EXIT_SUCCESS;
}
