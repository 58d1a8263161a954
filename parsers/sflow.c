#include "parsers/sflow.h"

#include "parsers/flow.h"
#include "parsers/sflow_feed.h"
#include "parsers/sflow_records.h"
#include "parsers/sflow_structures.h"

#define VERSION     5
#define DS_IFINDEX  0 /* class of a data source that is an interface */
#define DIR_INGRESS 1
#define DIR_EGRESS  2

/* Formats of an interface word. */
#define IF_INDEX     0
#define IF_DISCARDED 1 /* output only: the value is a drop reason */

#define FORWARDING_DROPPED 128 /* for a reason that element 89 has no code for */

struct interface {
	uint32_t format;
	uint32_t value;
};

/* What a plain and an expanded flow sample have in common. */
struct flow_sample {
	uint32_t ds_class;
	uint32_t ds_index;
	uint32_t rate;
	struct interface in;
	struct interface out;
	struct sflow_records records;
};

struct parser {
	const struct message *message;
	const struct flow_sink *sink;
	struct parse_tally *tally;
	uint64_t rate_override; /* the operator's; 0: none */
	uint64_t rate_default;
};

/* clang-format off */
/* Reason, forwardingStatus; what has no row is dropped for an unknown cause. */
static const struct forwarding_row {
	uint16_t reason;
	uint8_t status;
} forwarding[] = {
	{0, 131},   {1, 131},   {2, 131},   {3, 131},   {4, 133},   {5, 131},   {6, 131},
	{7, 131},   {8, 132},   {9, 129},   {10, 129},  {11, 131},  {12, 131},  {13, 129},
	{14, 129},  {15, 129},  {257, 137}, {258, 130}, {260, 139}, {261, 138}, {262, 133},
	{269, 130}, {279, 132}, {280, 140}, {292, 130}, {302, 140}, {306, 130}, {335, 140},
};
/* clang-format on */

uint8_t sflow_forwarding_status(uint32_t reason)
{
	for (size_t i = 0; i < sizeof(forwarding) / sizeof(forwarding[0]); i++)
		if (forwarding[i].reason == reason)
			return forwarding[i].status;
	return FORWARDING_DROPPED;
}

/* The word of a plain sample: two bits of format, 30 of value. */
static struct interface take_interface(struct wire *w)
{
	uint32_t word = wire_u32(w);

	return (struct interface){.format = word >> 30, .value = word & 0x3fffffff};
}

static struct interface take_expanded_interface(struct wire *w)
{
	uint32_t format = wire_u32(w);

	return (struct interface){.format = format, .value = wire_u32(w)};
}

static enum parse_status flow_sample_take(struct wire *w, bool expanded, struct flow_sample *s)
{
	uint32_t source;

	(void)wire_u32(w); /* the data source's own sequence */
	source = wire_u32(w);
	s->ds_class = expanded ? source : source >> 24;
	s->ds_index = expanded ? wire_u32(w) : source & 0xffffff;
	s->rate = wire_u32(w);
	(void)wire_u32(w); /* sample pool */
	(void)wire_u32(w); /* drops */
	s->in = expanded ? take_expanded_interface(w) : take_interface(w);
	s->out = expanded ? take_expanded_interface(w) : take_interface(w);
	s->records.count = wire_u32(w);
	s->records.kind = SFLOW_FLOW;
	s->records.w = *w;
	return wire_ok(w) ? PARSE_OK : PARSE_BAD_LENGTH;
}

static void feed_message(struct flow *f, const struct message *m)
{
	FLOW_PUT(f, TYPE, type, FLOW_SFLOW_5);
	FLOW_PUT(f, TIME_RECEIVED, time_received_ns, m->received_ns);
	FLOW_PUT(f, SEQUENCE, sequence_num, m->sequence);
	FLOW_PUT(f, EXPORTER, sampler_address, m->agent.len ? m->agent : m->source);
	FLOW_PUT(f, DOMAIN, observation_domain_id, m->domain);
}

/* Only an index is put: what else the words can say is no interface. */
static void feed_interfaces(struct flow *f, const struct flow_sample *s)
{
	bool in = s->in.format == IF_INDEX, out = s->out.format == IF_INDEX;

	FLOW_PUT(f, IN_IF, in_if, in ? s->in.value : 0);
	FLOW_PUT(f, OUT_IF, out_if, out ? s->out.value : 0);
	if (s->ds_class != DS_IFINDEX)
		return;
	if (in && s->in.value == s->ds_index)
		FLOW_PUT(f, DIRECTION, direction, DIR_INGRESS);
	else if (out && s->out.value == s->ds_index)
		FLOW_PUT(f, DIRECTION, direction, DIR_EGRESS);
}

/* The packet went nowhere, and why. */
static void feed_discard(struct flow *f, const struct flow_sample *s)
{
	uint32_t reason = s->out.value;

	if (s->out.format != IF_DISCARDED)
		return;
	FLOW_PUT(f, FORWARDING_STATUS, forwarding_status, sflow_forwarding_status(reason));
	if (reason < UINT32_MAX) /* 0 is a reason: the field has one more */
		FLOW_PUT(f, DROP_REASON, drop_reason, reason + 1);
}

/* The operator, the sample, the operator's default (wire-quirks 105). */
static void feed_sampling(const struct parser *p, struct flow *f, const struct flow_sample *s)
{
	struct rate_answer a = {p->rate_override, SAMPLING_OVERRIDE};

	if (s->rate == 0)
		p->tally->notes[NOTE_ZERO_RATE]++;
	if (!a.rate)
		a = (struct rate_answer){s->rate, SAMPLING_HEADER};
	if (!a.rate)
		a = (struct rate_answer){p->rate_default, SAMPLING_DEFAULT};
	if (!a.rate) {
		p->tally->flows_sampling[SAMPLING_UNKNOWN]++;
		return;
	}
	p->tally->flows_sampling[a.source]++;
	FLOW_PUT(f, SAMPLING_RATE, sampling_rate, a.rate);
	FLOW_PUT(f, SAMPLING_SOURCE, sampling_source, a.source);
}

/* sFlow has no wall clock but record 1043. */
static void feed_times(struct flow *f, const struct message *m)
{
	if (flow_has(f, FLOW_TIME_START))
		return;
	FLOW_PUT(f, TIME_START, time_flow_start_ns, m->received_ns);
	FLOW_PUT(f, TIME_END, time_flow_end_ns, m->received_ns);
	FLOW_PUT(f, TIME_SOURCE, time_source, TIME_RECEIVED);
}

static void show_sample(const struct parser *p, uint32_t tag, struct wire body,
			const struct flow *flow)
{
	struct raw_sample raw = {.message = p->message, .tag = tag, .body = body, .flow = flow};

	if (p->sink->sample)
		p->sink->sample(p->sink->ctx, &raw);
}

/* whole: the sample as it is shown, which is more than body if another sample wraps this one. */
static enum parse_status parse_flow(const struct parser *p, uint32_t tag, struct wire whole,
				    struct wire body, bool expanded)
{
	struct flow_sample s;
	struct flow f;
	enum packet_feed feed = p->sink->inner ? PACKET_INNER : PACKET_OUTER;
	enum parse_status status = flow_sample_take(&body, expanded, &s);

	if (status == PARSE_OK)
		status = sflow_records_check(&s.records, p->tally->notes);
	if (status != PARSE_OK)
		return status;
	flow_init(&f);
	if (!sflow_feed(&s.records, feed, &f, p->tally->notes)) {
		show_sample(p, tag, whole, NULL);
		return PARSE_OK;
	}
	feed_message(&f, p->message);
	feed_interfaces(&f, &s);
	feed_discard(&f, &s);
	feed_sampling(p, &f, &s);
	feed_times(&f, p->message);
	FLOW_PUT(&f, PACKETS, packets, 1);
	p->tally->flows++;
	show_sample(p, tag, whole, &f);
	p->sink->flow(p->sink->ctx, &f);
	return PARSE_OK;
}

static enum parse_status parse_flow_plain(const struct parser *p, uint32_t tag, struct wire body)
{
	return parse_flow(p, tag, body, body, false);
}

static enum parse_status parse_flow_expanded(const struct parser *p, uint32_t tag, struct wire body)
{
	return parse_flow(p, tag, body, body, true);
}

/* Brocade: flags and a group id before a whole flow sample (wire-quirks 127). */
static enum parse_status parse_wrapped(const struct parser *p, uint32_t tag, struct wire body)
{
	struct wire whole = body, inner;
	uint32_t inner_tag;

	(void)wire_u64(&body);
	if (!sflow_take(&body, &inner_tag, &inner))
		return PARSE_BAD_LENGTH;
	if (inner_tag != SFLOW_TAG(0, 1) && inner_tag != SFLOW_TAG(0, 3))
		return PARSE_UNKNOWN_SAMPLE;
	return parse_flow(p, tag, whole, inner, inner_tag == SFLOW_TAG(0, 3));
}

/* Fields of fixed octets, the record count the last of them, then records. */
static enum parse_status parse_records(const struct parser *p, struct wire body, size_t fields,
				       enum sflow_kind kind)
{
	struct sflow_records records = {.kind = kind};

	(void)wire_take(&body, fields);
	records.count = wire_u32(&body);
	records.w = body;
	if (!wire_ok(&body))
		return PARSE_BAD_LENGTH;
	return sflow_records_check(&records, p->tally->notes);
}

static enum parse_status parse_counters(const struct parser *p, uint32_t tag, struct wire body)
{
	size_t fields = tag == SFLOW_TAG(0, 2) ? 8 : 12;
	enum parse_status status = parse_records(p, body, fields, SFLOW_COUNTER);

	if (status != PARSE_OK)
		return status;
	p->tally->counters++;
	show_sample(p, tag, body, NULL);
	return PARSE_OK;
}

static enum parse_status parse_discard(const struct parser *p, uint32_t tag, struct wire body)
{
	enum parse_status status = parse_records(p, body, 28, SFLOW_FLOW);

	if (status != PARSE_OK)
		return status;
	p->tally->discards++;
	show_sample(p, tag, body, NULL);
	return PARSE_OK;
}

/* Vendors' samples that are neither: what the registry has is shown by name, the rest as octets. */
static enum parse_status parse_other(const struct parser *p, uint32_t tag, struct wire body)
{
	show_sample(p, tag, body, NULL);
	return sflow_structure_find(SFLOW_SAMPLE, tag) ? PARSE_OK : PARSE_UNKNOWN_SAMPLE;
}

static const struct sample_row {
	uint32_t tag;
	enum parse_status (*parse)(const struct parser *p, uint32_t tag, struct wire body);
} rows[] = {
	{SFLOW_TAG(0, 1), parse_flow_plain},    {SFLOW_TAG(0, 2), parse_counters},
	{SFLOW_TAG(0, 3), parse_flow_expanded}, {SFLOW_TAG(0, 4), parse_counters},
	{SFLOW_TAG(0, 5), parse_discard},       {SFLOW_TAG(1991, 1), parse_wrapped},
};

static void parse_sample(const struct parser *p, uint32_t tag, struct wire body)
{
	enum parse_status (*parse)(const struct parser *, uint32_t, struct wire) = parse_other;
	enum parse_status status;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].tag == tag)
			parse = rows[i].parse;
	status = parse(p, tag, body);
	if (status == PARSE_OK)
		p->tally->sets_decoded++;
	else
		p->tally->sets_skipped[status]++;
}

/* The count is a claim; the octets decide. Behind the last sample it names, some agents leave what
 * an earlier datagram had there. */
static void parse_samples(const struct parser *p, struct wire w, uint32_t count)
{
	struct wire body;
	uint32_t tag, i;

	for (i = 0; i < count && sflow_take(&w, &tag, &body); i++) {
		p->tally->sets_received++;
		parse_sample(p, tag, body);
	}
	if (!wire_ok(&w)) {
		p->tally->sets_received++;
		p->tally->sets_skipped[PARSE_BAD_LENGTH]++;
	} else if (i < count) {
		p->tally->notes[NOTE_COUNT_MISMATCH]++;
	} else if (w.left > 0) {
		p->tally->notes[NOTE_TRAILING]++;
	}
}

static enum parse_status header_take(struct wire *w, struct message *m, uint32_t *samples)
{
	uint32_t version = wire_u32(w), type = wire_u32(w);
	struct wire agent = *w;

	if (!wire_ok(w))
		return PARSE_TRUNCATED;
	if (version != VERSION)
		return PARSE_BAD_VERSION;
	if (type > 2)
		return PARSE_BAD_ADDRESS;
	agent.pos -= 4;
	agent.left += 4;
	m->agent = sflow_addr(&agent);
	*w = agent;
	m->domain = wire_u32(w);
	m->sequence = wire_u32(w);
	m->uptime_ms = wire_u32(w);
	*samples = wire_u32(w);
	return wire_ok(w) ? PARSE_OK : PARSE_TRUNCATED;
}

enum parse_status sflow_parse(const struct datagram *d, const struct tmpl_book *book,
			      const struct flow_sink *sink, struct parse_tally *tally)
{
	struct message m = {.source = d->source,
			    .port = d->port,
			    .protocol = PROTOCOL_SFLOW5,
			    .received_ns = d->received_ns};
	struct parser p = {
		.message = &m, .sink = sink, .tally = tally, .rate_default = book->rate_default};
	struct wire w = d->payload;
	uint32_t samples = 0;
	enum parse_status status = header_take(&w, &m, &samples);

	if (status != PARSE_OK)
		return status;
	if (book->rate_override)
		p.rate_override = book->rate_override(book->ctx, &m);
	parse_samples(&p, w, samples);
	if (book->message)
		book->message(book->ctx, &m, samples, true);
	return PARSE_OK;
}
