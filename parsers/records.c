#include <string.h>

#include "parsers/decoder.h"
#include "parsers/value.h"

#define PADDING_MAX 7u /* octets of an all-zero rest that is no record (wire-quirks 20) */

/* --- one record ------------------------------------------------------------------------------ */

static enum flow_type type_of(const struct message *m)
{
	switch ((enum protocol)m->protocol) {
	case PROTOCOL_NETFLOW5:
	case PROTOCOL_NETFLOW7:
		return FLOW_NETFLOW_V5;
	case PROTOCOL_NETFLOW9:
		return FLOW_NETFLOW_V9;
	case PROTOCOL_IPFIX:
		return FLOW_IPFIX;
	case PROTOCOL_SFLOW5:
		return FLOW_SFLOW_5;
	case PROTOCOL_UNKNOWN:
	case PROTOCOL_COUNT:
		break;
	}
	return FLOW_UNKNOWN;
}

/* What all flows of the message have in common is written once. */
static void decoder_init(struct decoder *d)
{
	const struct message *m = d->message;
	struct flow *f = &d->record.flow;

	flow_init(f);
	f->raw = &d->raw;
	d->raw.flow = f;
	FLOW_PUT(f, TYPE, type, (uint8_t)type_of(m));
	FLOW_PUT(f, TIME_RECEIVED, time_received_ns, m->received_ns);
	FLOW_PUT(f, SEQUENCE, sequence_num, m->sequence);
	FLOW_PUT(f, EXPORTER, sampler_address, m->source);
	FLOW_PUT(f, DOMAIN, observation_domain_id, m->domain);
	FLOW_PUT(f, EXPORT_TIME, export_time_ns, m->export_ns);
	memcpy(d->header, f->present, sizeof(d->header));
	if (d->book->rate_override)
		d->rate_override = d->book->rate_override(d->book->ctx, m);
	/* IPFIX has no uptime in its header; v5, v7 and v9 need none from options. */
	if (d->tmpl->needs & MAP_NEEDS_UPTIME && m->protocol == PROTOCOL_IPFIX && d->book->boot_ms)
		d->boot_ms = d->book->boot_ms(d->book->ctx, m);
}

/* Only what this template writes and does not always overwrite needs to be empty again. */
static void record_reset(struct record *r, const uint64_t *header, uint16_t needs)
{
	memcpy(r->flow.present, header, sizeof(r->flow.present));
	r->ip_version = 0;
	r->selector = RATE_NO_SELECTOR;
	memset(&r->times, 0, sizeof(r->times));
	if (needs & MAP_NEEDS_SAMPLING)
		memset(&r->sampling, 0, sizeof(r->sampling));
	if (needs & MAP_NEEDS_FAMILY) {
		r->v4 = (struct record_family){.src = {.len = 4},
					       .dst = {.len = 4},
					       .src_net = NET_NOT_TOLD,
					       .dst_net = NET_NOT_TOLD};
		r->v6 = (struct record_family){.src = {.len = 16},
					       .dst = {.len = 16},
					       .src_net = NET_NOT_TOLD,
					       .dst_net = NET_NOT_TOLD};
	}
	if (needs & (MAP_NEEDS_OCTETS | MAP_NEEDS_PACKETS))
		r->total_octets = r->total_packets = r->other_octets = r->other_packets = 0;
	if (needs & MAP_NEEDS_LISTS) {
		r->flow.mpls_label.count = r->flow.mpls_exp.count = 0;
		r->flow.mpls_ttl.count = r->flow.mpls_ip.count = 0;
		r->flow.bgp_communities.count = r->flow.bgp_large_communities.count = 0;
		r->flow.ipv6_routing_header_addresses.count = 0;
	}
	if (needs & RARE_NEEDS) {
		r->sections = (struct record_sections){0};
		r->range_ports = 0;
	}
}

static void record_decode(struct decoder *d, const uint8_t *octets, const struct span *spans)
{
	const struct tmpl *t = d->tmpl;

	record_reset(&d->record, d->header, t->needs);
	for (uint16_t i = 0; i < t->steps_n; i++) {
		const struct tmpl_step *s = &t->steps[i];
		const struct span *at = &spans[s->field];

		/* A fixed length was judged when the template was compiled. */
		if (t->varlen && !map_fits((enum map_kind)s->kind, at->len)) {
			d->tally->notes[NOTE_VALUE_MISFIT]++;
			continue;
		}
		record_step(d, s, octets + at->offset, at->len);
	}
	record_finish(d);
}

static void option_hand_over(struct decoder *d)
{
	d->tally->options++;
	if (d->book->note)
		d->book->note(d->book->ctx, &d->raw);
	if (d->sink->record)
		d->sink->record(d->sink->ctx, &d->raw);
}

static void record_hand_over(struct decoder *d, const uint8_t *octets, const struct span *spans)
{
	d->raw.octets = octets;
	d->raw.spans = spans;
	if (d->tmpl->options) {
		option_hand_over(d);
		return;
	}
	record_decode(d, octets, spans);
	d->tally->flows++;
	if (d->sink->record)
		d->sink->record(d->sink->ctx, &d->raw);
	d->sink->flow(d->sink->ctx, &d->record.flow);
}

/* --- one Set --------------------------------------------------------------------------------- */

/* Where the fields of the next record stand; false: it ends beyond the Set. */
static bool record_measure(const struct tmpl *t, struct wire *set, struct span *spans)
{
	const uint8_t *start = set->pos;

	for (uint16_t i = 0; i < t->fields_n; i++) {
		size_t len = t->fields[i].len == TMPL_VARLEN ? wire_varlen(set) : t->fields[i].len;
		const uint8_t *p = wire_take(set, len);

		if (!p)
			return false;
		spans[i] = (struct span){(uint16_t)(p - start), (uint16_t)len};
	}
	return true;
}

/* 64 KiB of spans on the stack, only where lengths vary: constant, whatever the template. */
static enum parse_status varlen_parse(struct decoder *d, struct wire *set, uint32_t *records)
{
	struct span spans[TMPL_FIELDS_MAX];
	enum parse_status status = PARSE_OK;

	while (set->left >= d->tmpl->min_len) {
		const uint8_t *octets = set->pos;

		if (set->left <= PADDING_MAX && value_is_zero(set->pos, set->left))
			break;
		if (!record_measure(d->tmpl, set, spans)) {
			status = PARSE_BAD_RECORD;
			break;
		}
		record_hand_over(d, octets, spans);
		(*records)++;
	}
	d->raw.spans = NULL; /* they end here */
	return status;
}

static enum parse_status fixed_parse(struct decoder *d, struct wire *set, uint32_t *records)
{
	*records += (uint32_t)(set->left / d->tmpl->min_len);
	while (set->left >= d->tmpl->min_len) {
		const uint8_t *octets = wire_take(set, d->tmpl->min_len);

		record_hand_over(d, octets, d->tmpl->spans);
	}
	return PARSE_OK;
}

enum parse_status records_parse(const struct message *m, const struct tmpl *t, struct wire set,
				const struct parse_env *env, uint32_t *records)
{
	struct decoder d;
	enum parse_status status;

	d.message = m;
	d.tmpl = t;
	d.book = env->book;
	d.sink = env->sink;
	d.tally = env->tally;
	d.boot_ms = 0;
	d.rate_override = 0;
	d.asked.tmpl = 0; /* no template has this id: nothing was asked */
	d.raw = (struct raw_record){.message = m, .tmpl = t, .book = env->book};
	if (!t->options)
		decoder_init(&d);
	status = t->varlen ? varlen_parse(&d, &set, records) : fixed_parse(&d, &set, records);
	if (status == PARSE_OK && !value_is_zero(set.pos, set.left))
		env->tally->notes[NOTE_DIRTY_PADDING]++; /* wire-quirks 21 */
	return status;
}
