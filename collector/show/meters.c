#include "collector/show/meters.h"

#include <errno.h>
#include <stddef.h>

#include "collector/log/log.h"
#include "collector/show/identity.h"
#include "metrics/page.h"
#include "parsers/datagram.h"
#include "parsers/sampling.h"
#include "parsers/sequence.h"

#define WORD       8u /* octets of a uint64_t */
#define HTTP_OK    200
#define COLUMN_MAX 24

struct token {
	const char *value;
	const char *help;
	unsigned of; /* PARSE_OF_* bits: what a status can be said of */
};

/* clang-format off */
#define STATUS(name, value, of, help) {(value), (help), (of)},
#define PLAIN(name, value, help)      {(value), (help), 0},
static const struct token statuses[] = {PARSE_STATUS_LIST(STATUS)};
static const struct token notes[] = {PARSE_NOTE_LIST(PLAIN)};
static const struct token filters[] = {FILTER_LIST(PLAIN)};
static const struct token drops[] = {DROP_LIST(PLAIN)};
static const struct token changes[TMPL_LEARNT_COUNT] = {
	[TMPL_NEW]       = {"new",       "the id was not known in its scope", 0},
	[TMPL_REFRESHED] = {"refreshed", "the same layout again", 0},
	[TMPL_REDEFINED] = {"redefined", "another layout replaced the old one", 0},
	[TMPL_REFUSED]   = {"refused",   "a limit was reached; nothing changed", 0},
};
static const struct token sources[] = {SAMPLING_LIST(PLAIN)};
static const struct token units[] = {SEQUENCE_UNIT_LIST(PLAIN)};
static const struct token levels[LOG_LEVELS] = {
	[LOG_ERROR] = {"error", "a human must act now", 0},
	[LOG_WARN]  = {"warn",  "a human should look some day", 0},
	[LOG_INFO]  = {"info",  "events in the life of the process", 0},
	[LOG_DEBUG] = {"debug", "off by default", 0},
};
static const struct token nothing[] = {{"", "", 0}};
static const struct token versions[] = {{WEIR_VERSION, "of this build", 0}};

static const struct dimension {
	const char *label;
	const struct token *tokens;
	size_t tokens_n;
	unsigned of; /* only tokens of these; 0: all */
} dimensions[BY_COUNT] = {
#define TOKENS(list) (list), sizeof(list) / sizeof((list)[0])
	[BY_NOTHING]         = {NULL,      TOKENS(nothing),  0},
	[BY_DATAGRAM_REASON] = {"reason",  TOKENS(statuses), PARSE_OF_DATAGRAM},
	[BY_SET_REASON]      = {"reason",  TOKENS(statuses), PARSE_OF_SET},
	[BY_TEMPLATE_REASON] = {"reason",  TOKENS(statuses), PARSE_OF_TEMPLATE},
	[BY_FILTER_REASON]   = {"reason",  TOKENS(filters),  0},
	[BY_DROP_REASON]     = {"reason",  TOKENS(drops),    0},
	[BY_NOTE]            = {"note",    TOKENS(notes),    0},
	[BY_CHANGE]          = {"change",  TOKENS(changes),  0},
	[BY_SAMPLING_SOURCE] = {"source",  TOKENS(sources),  0},
	[BY_UNIT]            = {"unit",    TOKENS(units),    0},
	[BY_LEVEL]           = {"level",   TOKENS(levels),   0},
	[BY_VERSION]         = {"version", TOKENS(versions), 0},
};

static const char *const kinds[] = {[METER_COUNTER] = "counter", [METER_GAUGE] = "gauge"};

static const unsigned decimals[] = {
	[METER_ONE] = 0, [METER_MS] = 3, [METER_US] = 6, [METER_AGE_MS] = 3,
};

/* The labels of a part, before that of the dimension: a row's, then a column's. */
static const struct part_labels {
	const char *row;
	const char *column;
} part_labels[PART_COUNT] = {
	[PART_BLOCK]  = {"listener", "protocol"},
	[PART_SOCKET] = {"listener", "worker"},
	[PART_WORKER] = {NULL,       "worker"},
	[PART_TOTALS] = {NULL,       NULL},
};

#define IN_BLOCK  struct ledger_block
#define IN_SOCKET struct ledger_socket
#define IN_WORKER struct ledger_worker
#define IN_TOTALS struct totals

const struct meter meters[] = {
#define METER(kind, part, name, member, dimension, unit, help)                                    \
	{METER_##kind, PART_##part, BY_##dimension, METER_##unit, offsetof(IN_##part, member),    \
	 sizeof(((IN_##part *)0)->member) / WORD, #name, (help)},
#include "collector/show/meters.def"
#undef METER
};
/* clang-format on */

const size_t meters_n = sizeof(meters) / sizeof(meters[0]);

/* Which of its label values a meter shows from the start: those that can happen to it. */
static bool token_happens(const struct dimension *d, size_t i)
{
	return d->of == 0 || (d->tokens[i].of & d->of);
}

/* ... of a protocol: it counts in one unit, unless an exporter gets it wrong. */
static bool unit_happens(const struct meter *m, size_t column, size_t i)
{
	return m->dimension != BY_UNIT || sequence_unit_of((enum protocol)column) == i;
}

static uint64_t in_unit(uint64_t value, enum meter_unit unit, uint64_t now_mono_ms)
{
	if (unit != METER_AGE_MS)
		return value;
	return now_mono_ms > value ? now_mono_ms - value : 0;
}

/* One row and column of a part. */
struct cell {
	const uint64_t *words;
	const struct page_labels *labels;
	size_t column;
	uint64_t now_mono_ms;
};

static void samples_write(struct page *p, const struct meter *m, const struct cell *c)
{
	const struct dimension *d = &dimensions[m->dimension];

	for (size_t i = 0; i < m->words; i++) {
		uint64_t value = c->words[m->offset / WORD + i];
		struct page_labels all = *c->labels;

		if (value == 0 && !(token_happens(d, i) && unit_happens(m, c->column, i)))
			continue;
		if (d->label)
			page_label(&all, d->label, d->tokens[i].value);
		page_sample(p, m->name, &all, in_unit(value, m->unit, c->now_mono_ms),
			    decimals[m->unit]);
	}
}

static const char *column_name(const struct meter *m, size_t column, char text[COLUMN_MAX])
{
	struct text t = text_over(text, COLUMN_MAX - 1);

	if (m->part == PART_BLOCK)
		return protocols[column].name;
	text_u64(&t, column);
	text[t.len] = '\0';
	return text;
}

static void meter_write(struct page *p, const struct meter *m, const struct snapshot *s)
{
	const struct part_labels *names = &part_labels[m->part];
	char text[COLUMN_MAX];

	page_family(p, m->name, kinds[m->kind], m->help);
	for (size_t row = 0; row < snapshot_rows(s, m->part); row++)
		for (size_t column = 0; column < snapshot_columns(s, m->part); column++) {
			struct page_labels labels = {0};
			const struct cell cell = {snapshot_words(s, m->part, row, column), &labels,
						  column, s->now_mono_ms};

			if (names->row)
				page_label(&labels, names->row, s->source->listeners[row]);
			if (names->column)
				page_label(&labels, names->column, column_name(m, column, text));
			samples_write(p, m, &cell);
		}
}

int meters_render(void *ctx, struct http_page *out)
{
	struct snapshot s;
	struct page p = {0};
	int err = snapshot_take(ctx, &s);

	if (err)
		return err;
	s.totals.unbalanced = identities_broken(&s, NULL, 0);
	for (size_t i = 0; i < meters_n; i++)
		meter_write(&p, &meters[i], &s);
	snapshot_fini(&s);
	out->status = HTTP_OK;
	out->body = page_take(&p, &out->len);
	return out->body ? 0 : -ENOMEM;
}

static void labels_document(struct page *p, const struct meter *m)
{
	const char *const labels[] = {part_labels[m->part].row, part_labels[m->part].column,
				      dimensions[m->dimension].label};
	const char *before = "";

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		if (!labels[i])
			continue;
		page_str(p, before);
		page_str(p, labels[i]);
		before = ", ";
	}
}

static void meter_document(struct page *p, const struct meter *m)
{
	page_str(p, "| `");
	page_str(p, m->name);
	page_str(p, "` | ");
	page_str(p, kinds[m->kind]);
	page_str(p, " | ");
	labels_document(p, m);
	page_str(p, " | ");
	page_str(p, m->help);
	page_str(p, " |\n");
}

static void dimension_document(struct page *p, enum meter_dimension dimension)
{
	const struct dimension *d = &dimensions[dimension];

	page_str(p, "\n### `");
	page_str(p, d->label);
	page_str(p, "` of");
	for (size_t i = 0; i < meters_n; i++) {
		if (meters[i].dimension != dimension)
			continue;
		page_str(p, " `");
		page_str(p, meters[i].name);
		page_str(p, "`");
	}
	page_str(p, "\n\n| value | meaning |\n| --- | --- |\n");
	for (size_t i = 0; i < d->tokens_n; i++) {
		if (!token_happens(d, i))
			continue;
		page_str(p, "| `");
		page_str(p, d->tokens[i].value);
		page_str(p, "` | ");
		page_str(p, d->tokens[i].help);
		page_str(p, " |\n");
	}
}

static void terms_document(struct page *p, const struct identity_term *terms)
{
	const char *before = "";

	for (const struct identity_term *t = terms; t->words; t++)
		for (size_t i = 0; i < meters_n; i++) {
			if (meters[i].part != t->part || meters[i].offset != t->offset)
				continue;
			page_str(p, before);
			page_str(p, meters[i].name);
			before = "\n  + ";
		}
}

static void identity_document(struct page *p, const struct identity *id)
{
	page_str(p, "\n### ");
	page_str(p, id->name);
	page_str(p, id->each_block ? ", for each listener and protocol" : ", in sum");
	page_str(p, "\n\n```\n");
	terms_document(p, id->left);
	page_str(p, "\n  = ");
	terms_document(p, id->right);
	page_str(p, "\n```\n");
}

/* The version would make the page stale with every release. */
static bool dimension_documented(enum meter_dimension dimension)
{
	return dimension != BY_NOTHING && dimension != BY_VERSION;
}

char *meters_markdown(void)
{
	struct page p = {0};
	size_t len;

	page_str(&p, "# Metrics\n\n"
		     "Made from `collector/show/meters.def` and `collector/show/identity.c`; a "
		     "test fails when "
		     "it is stale.\n\n"
		     "| metric | type | labels | meaning |\n| --- | --- | --- | --- |\n");
	for (size_t i = 0; i < meters_n; i++)
		meter_document(&p, &meters[i]);
	page_str(&p, "\n## Label values\n\nSamples are there from the first scrape on, with value "
		     "0, for every listener, protocol, worker and each value below.\n");
	for (unsigned d = 0; d < BY_COUNT; d++)
		if (dimension_documented(d))
			dimension_document(&p, d);
	page_str(&p, "\n## Identities\n\nWhat holds on every page, to the last datagram and flow. "
		     "A name stands for the sum of all samples of it, whatever their other "
		     "labels. Before the first of them stands one that no page can show, because "
		     "only the senders know its left side: datagrams offered = "
		     "weir_datagrams_received_total + weir_kernel_drops_total + what the sockets "
		     "still hold (weir_socket_queue_bytes).\n");
	for (size_t i = 0; i < identities_n; i++)
		identity_document(&p, &identities[i]);
	return page_take(&p, &len);
}
