#include "collector/decode/decode_summary.h"

#include "collector/show/ledger.h"
#include "parsers/sflow_walk.h"

static void sample_begin(struct sample_counts *c, uint32_t tag)
{
	switch (tag) {
	case SFLOW_TAG(0, 1):
	case SFLOW_TAG(0, 3):
		c->flow_samples++;
		return;
	case SFLOW_TAG(0, 2):
	case SFLOW_TAG(0, 4):
		c->counter_samples++;
		return;
	case SFLOW_TAG(0, 5):
		c->discarded_samples++;
		return;
	default:
		c->other_samples++;
		return;
	}
}

static void begin(void *ctx, enum sflow_kind kind, uint32_t tag, const char *name)
{
	struct sample_counts *c = ctx;

	(void)name;
	if (kind == SFLOW_SAMPLE)
		sample_begin(c, tag);
	else if (kind == SFLOW_FLOW)
		c->flow_records++;
	else
		c->counter_records++;
}

static void field_ignore(void *ctx, const struct sflow_value *value)
{
	(void)ctx;
	(void)value;
}

static void open_ignore(void *ctx, const char *name, enum sflow_nest nest)
{
	(void)ctx;
	(void)name;
	(void)nest;
}

static void ignore(void *ctx)
{
	(void)ctx;
}

void sample_counts_add(struct sample_counts *c, const struct raw_sample *sample)
{
	struct sflow_visitor visitor = {
		.begin = begin,
		.field = field_ignore,
		.open = open_ignore,
		.close = ignore,
		.end = ignore,
		.ctx = c,
	};

	sflow_walk(sample, &visitor);
}

/* What the summary shows of one protocol, or of all. */
struct totals {
	uint64_t datagrams;
	uint64_t templates;
	uint64_t options_templates;
	uint64_t template_withdrawals;
	uint64_t data_records;
	uint64_t options_records;
	uint64_t data_sets_without_template;
	uint64_t malformed_datagrams;
};

static void totals_add(struct totals *t, const struct ledger_block *b, enum protocol protocol)
{
	t->datagrams += b->datagrams_received;
	t->templates += b->parse.templates_data;
	t->options_templates += b->parse.templates_options;
	t->template_withdrawals += b->parse.notes[NOTE_WITHDRAWAL];
	if (protocol != PROTOCOL_SFLOW5)
		t->data_records += b->parse.flows;
	t->options_records += b->parse.options;
	t->data_sets_without_template += b->parse.sets_missed;
	for (unsigned i = 0; i < PARSE_STATUS_COUNT; i++)
		t->malformed_datagrams += b->datagrams_rejected[i];
	/* Decoded as far as it went, but its header does not tell the truth (wire-quirks 7); the
	 * count of v9 never does (wire-quirks 14). */
	if (protocol == PROTOCOL_NETFLOW5 || protocol == PROTOCOL_NETFLOW7)
		t->malformed_datagrams += b->parse.notes[NOTE_COUNT_MISMATCH];
}

static void number_put(struct text *out, const char *key, uint64_t v)
{
	text_str(out, key);
	text_u64(out, v);
}

void decode_summary_put(struct text *out, struct ledger *ledger,
			const struct sample_counts *samples)
{
	struct totals t = {0};

	for (unsigned p = 0; p < PROTOCOL_COUNT; p++)
		totals_add(&t, ledger_block(ledger, 0, (enum protocol)p), (enum protocol)p);
	number_put(out, "{\"summary\":{\"datagrams\":", t.datagrams);
	number_put(out, ",\"templates\":", t.templates);
	number_put(out, ",\"options_templates\":", t.options_templates);
	number_put(out, ",\"template_withdrawals\":", t.template_withdrawals);
	number_put(out, ",\"data_records\":", t.data_records);
	number_put(out, ",\"options_records\":", t.options_records);
	number_put(out, ",\"data_sets_without_template\":", t.data_sets_without_template);
	number_put(out, ",\"flow_samples\":", samples->flow_samples);
	number_put(out, ",\"counter_samples\":", samples->counter_samples);
	number_put(out, ",\"discarded_samples\":", samples->discarded_samples);
	number_put(out, ",\"other_samples\":", samples->other_samples);
	number_put(out, ",\"flow_records\":", samples->flow_records);
	number_put(out, ",\"counter_records\":", samples->counter_records);
	number_put(out, ",\"malformed_datagrams\":", t.malformed_datagrams);
	text_str(out, "}}\n");
}
