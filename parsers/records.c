#include <string.h>

#include "parsers/flow.h"
#include "parsers/mapping.h"
#include "parsers/record.h"
#include "parsers/template.h"

#define PADDING_MAX   7u /* octets of an all-zero rest that is no record (wire-quirks 20) */
#define ETYPE_IPV4    0x0800u
#define ETYPE_IPV6    0x86ddu
#define PROTO_ICMP    1u
#define PROTO_ICMPV6  58u
#define PREFIX_V4_MAX 32u
#define NET_NOT_TOLD  255u /* no prefix is so long */
#define PREFIX_V6_MAX 128u

/* What hardly any template has: worked out apart. */
#define RARE_NEEDS (MAP_NEEDS_PORTS | MAP_NEEDS_SECTIONS)

/* What one Set's records share. */
struct decoder {
	const struct message *message;
	const struct tmpl *tmpl;
	const struct tmpl_book *book;
	const struct flow_sink *sink;
	struct parse_tally *tally;
	uint64_t header[FLOW_PRESENT_WORDS]; /* presence of what the message header gave */
	uint64_t boot_ms;                    /* told by options; 0: not, or nobody needs it */
	uint64_t rate_override;              /* the operator's; 0: none */
	struct rate_query asked;             /* last: records of one Set mostly ask the same */
	struct rate_answer answer;
	struct raw_record raw; /* the record at work */
	struct record record;
};

/* --- one field ------------------------------------------------------------------------------- */

static bool marked(const struct record *r, uint8_t mark)
{
	return mark != MAP_NO_MARK && flow_has(&r->flow, (enum flow_field)mark);
}

static void mark_set(struct record *r, uint8_t mark)
{
	if (mark != MAP_NO_MARK)
		flow_mark(&r->flow, (enum flow_field)mark);
}

static void slot_store(void *slot, uint8_t width, uint64_t v)
{
	switch (width) {
	case 1:
		*(uint8_t *)slot = (uint8_t)v;
		break;
	case 2:
		memcpy(slot, &(uint16_t){(uint16_t)v}, 2);
		break;
	case 4:
		memcpy(slot, &(uint32_t){(uint32_t)v}, 4);
		break;
	case 8:
		memcpy(slot, &v, 8);
		break;
	default:
		break;
	}
}

static void uint_put(struct decoder *d, const struct tmpl_step *s, uint64_t v)
{
	struct record *r = &d->record;

	if (v == 0 && s->zero)
		if (s->zero & MAP_ZERO_ABSENT || marked(r, s->mark))
			return;
	if (s->width < 8 && v >> (8u * s->width)) {
		d->tally->notes[NOTE_VALUE_MISFIT]++;
		return; /* carried: never truncated (wire-quirks 81) */
	}
	slot_store((uint8_t *)r + s->slot, s->width, v);
	mark_set(r, s->mark);
}

static void addr_put(struct decoder *d, const struct tmpl_step *s, const uint8_t *p, uint8_t len)
{
	struct addr *a = (struct addr *)((uint8_t *)&d->record + s->slot);
	struct addr v = len == 4 ? addr4(p) : addr16(p);

	if (s->zero && addr_is_zero(&v))
		if (s->zero & MAP_ZERO_ABSENT || marked(&d->record, s->mark))
			return;
	*a = v;
	mark_set(&d->record, s->mark);
}

/* Zero is a value of these: a flag of its own says that there is one. */
static void told_put(struct record *r, const struct tmpl_step *s, uint64_t v)
{
	slot_store((uint8_t *)r + s->slot, s->width, v);
	if (s->slot == offsetof(struct record, times.start_uptime))
		r->times.has_start_uptime = true;
	else if (s->slot == offsetof(struct record, times.end_uptime))
		r->times.has_end_uptime = true;
	else if (s->slot == offsetof(struct record, times.start_delta))
		r->times.has_start_delta = true;
	else if (s->slot == offsetof(struct record, times.end_delta))
		r->times.has_end_delta = true;
	else
		r->sampling.has_space = true;
}

/* RFC 3032: label 20, experimental 3, bottom of stack 1. All zero is no entry (wire-quirks 85). */
static void label_put(struct flow *f, const uint8_t *p)
{
	uint32_t v = (uint32_t)load_be(p, 3);

	if (v == 0 || f->mpls_label.count == FLOW_LABELS_MAX)
		return;
	f->mpls_exp.items[f->mpls_label.count] = v >> 1 & 7;
	f->mpls_label.items[f->mpls_label.count++] = v >> 4;
	f->mpls_exp.count = f->mpls_label.count; /* what 203 said of the top is there again */
}

static void hop_put(struct flow *f, struct addr a)
{
	if (!addr_is_zero(&a) && f->mpls_ip.count < FLOW_ADDRS_MAX)
		f->mpls_ip.items[f->mpls_ip.count++] = a;
}

static void community_put(struct decoder *d, uint64_t v)
{
	struct u32_list *list = &d->record.flow.bgp_communities;

	if (list->count < FLOW_LIST_MAX && v <= UINT32_MAX)
		list->items[list->count++] = (uint32_t)v;
	else
		d->tally->notes[NOTE_LIST_CUT]++;
}

/* Names are padded with zeros, or with blanks (wire-quirks 58). */
static void string_put(struct record *r, const struct tmpl_step *s, const uint8_t *p, size_t len)
{
	const uint8_t *nul = len ? memchr(p, 0, len) : NULL;

	len = nul ? (size_t)(nul - p) : len;
	while (len > 0 && p[len - 1] == ' ')
		len--;
	if (len == 0)
		return;
	*(struct octets *)((uint8_t *)r + s->slot) = (struct octets){p, (uint16_t)len};
	mark_set(r, s->mark);
}

static void float_put(struct record *r, const struct tmpl_step *s, const uint8_t *p, size_t len)
{
	uint64_t bits = load_be(p, len);
	double v;

	if (len == 4) {
		float f;
		uint32_t bits32 = (uint32_t)bits;

		memcpy(&f, &bits32, sizeof(f));
		v = (double)f;
	} else {
		memcpy(&v, &bits, sizeof(v));
	}
	memcpy((uint8_t *)r + s->slot, &v, sizeof(v));
}

static void icmp_put(struct decoder *d, const struct tmpl_step *s, uint64_t v)
{
	if (v == 0 && marked(&d->record, s->mark))
		return;
	FLOW_PUT(&d->record.flow, ICMP_TYPE, icmp_type, (uint8_t)(v >> 8));
	FLOW_PUT(&d->record.flow, ICMP_CODE, icmp_code, (uint8_t)v);
}

/* Out of line: what few templates have costs the steps of all others no register. */
__attribute__((noinline, cold)) static void rare_step_run(struct decoder *d,
							  const struct tmpl_step *s,
							  const uint8_t *p, size_t len)
{
	struct record *r = &d->record;

	if (s->kind == MAP_EXP) {
		r->flow.mpls_exp.items[0] = (uint32_t)load_be(p, len) & 7;
		r->flow.mpls_exp.count = 1;
	} else if (s->kind == MAP_SECTION) {
		*(struct octets *)((uint8_t *)r + s->slot) = (struct octets){p, (uint16_t)len};
	} else {
		lists_put(&r->flow, (enum map_kind)s->kind, p, len, d->tally);
	}
}

/* What of an integer counts, and where it belongs: v >> right & mask << left. */
static inline uint64_t bits_of(enum map_kind kind, uint64_t v)
{
	static const struct {
		uint64_t mask;
		uint8_t right, left;
	} bits[] = {
		[MAP_UINT] = {UINT64_MAX, 0, 0}, [MAP_LOW8] = {0xff, 0, 0},
		[MAP_LOW12] = {0xfff, 0, 0},     [MAP_LOW20] = {0xfffff, 0, 0},
		[MAP_TOP3] = {7, 5, 0},          [MAP_DSCP] = {0x3f, 0, 2},
		[MAP_PRECEDENCE] = {7, 0, 5},    [MAP_MAC] = {UINT64_MAX, 0, 0},
	};

	return (v >> bits[kind].right & bits[kind].mask) << bits[kind].left;
}

/* The octets are there, and of a length that the kind can be read from. */
static void step_run(struct decoder *d, const struct tmpl_step *s, const uint8_t *p, size_t len)
{
	struct record *r = &d->record;

	switch ((enum map_kind)s->kind) {
	case MAP_UINT:
	case MAP_LOW8:
	case MAP_LOW12:
	case MAP_LOW20:
	case MAP_TOP3:
	case MAP_DSCP:
	case MAP_PRECEDENCE:
	case MAP_MAC:
		uint_put(d, s, bits_of((enum map_kind)s->kind, load_be(p, len)));
		break;
	case MAP_ADDR4:
		addr_put(d, s, p, 4);
		break;
	case MAP_ADDR6:
		addr_put(d, s, p, 16);
		break;
	case MAP_ICMP:
		icmp_put(d, s, load_be(p, len));
		break;
	case MAP_LABEL:
		label_put(&r->flow, p);
		break;
	case MAP_TTL:
		r->flow.mpls_ttl.items[0] = (uint32_t)load_be(p, len) & 0xff;
		r->flow.mpls_ttl.count = 1;
		break;
	case MAP_ADDR_LIST4:
		hop_put(&r->flow, addr4(p));
		break;
	case MAP_ADDR_LIST6:
		hop_put(&r->flow, addr16(p));
		break;
	case MAP_COMMUNITY:
		community_put(d, load_be(p, len));
		break;
	case MAP_EXP:
	case MAP_SECTION:
	case MAP_LARGE_COMMUNITY:
	case MAP_COMMUNITIES:
	case MAP_LARGE_COMMUNITIES:
	case MAP_SEGMENT:
	case MAP_SEGMENTS:
	case MAP_SEGMENT_SECTION:
		rare_step_run(d, s, p, len);
		break;
	case MAP_STRING:
		string_put(r, s, p, len);
		break;
	case MAP_FLOAT:
		float_put(r, s, p, len);
		break;
	case MAP_TOLD:
		told_put(r, s, load_be(p, len));
		break;
	case MAP_KIND_COUNT:
		break;
	}
}

/* --- behind the steps ------------------------------------------------------------------------ */

static void family_take(struct flow *f, const struct record_family *side)
{
	FLOW_PUT(f, SRC_ADDR, src_addr, side->src);
	FLOW_PUT(f, DST_ADDR, dst_addr, side->dst);
	if (side->next_hop.len)
		FLOW_PUT(f, NEXT_HOP, next_hop, side->next_hop);
	if (side->bgp_next_hop.len)
		FLOW_PUT(f, BGP_NEXT_HOP, bgp_next_hop, side->bgp_next_hop);
	if (side->src_net != NET_NOT_TOLD)
		FLOW_PUT(f, SRC_NET, src_net, side->src_net);
	if (side->dst_net != NET_NOT_TOLD)
		FLOW_PUT(f, DST_NET, dst_net, side->dst_net);
}

/* Fixed templates fill the unused family with zeros: element 60 decides, else the first in the
 * template that has an address (wire-quirks 88). */
static void family_choose(struct record *r, bool ipv6_first)
{
	bool has4 = !addr_is_zero(&r->v4.src) || !addr_is_zero(&r->v4.dst);
	bool has6 = !addr_is_zero(&r->v6.src) || !addr_is_zero(&r->v6.dst);
	bool ipv6 = has6 && (ipv6_first || !has4);

	if (r->ip_version == 4 || r->ip_version == 6)
		ipv6 = r->ip_version == 6;
	family_take(&r->flow, ipv6 ? &r->v6 : &r->v4);
}

static void etype_derive(struct record *r)
{
	struct flow *f = &r->flow;
	uint8_t version = r->ip_version;

	if (flow_has(f, FLOW_ETYPE))
		return;
	if (version != 4 && version != 6 && flow_has(f, FLOW_SRC_ADDR))
		version = f->src_addr.len == 4 ? 4 : 6;
	else if (version != 4 && version != 6 && flow_has(f, FLOW_DST_ADDR))
		version = f->dst_addr.len == 4 ? 4 : 6;
	if (version == 4)
		FLOW_PUT(f, ETYPE, etype, ETYPE_IPV4);
	else if (version == 6)
		FLOW_PUT(f, ETYPE, etype, ETYPE_IPV6);
}

/* By priority and not by template order; a zero is no counter while another has a value
 * (wire-quirks 89, 90). Never none at all: a flow of zero octets is a flow (94). */
static void counters_choose(struct record *r, uint16_t needs)
{
	struct flow *f = &r->flow;
	bool total = false;

	if (needs & MAP_NEEDS_OCTETS && !(flow_has(f, FLOW_BYTES) && f->bytes)) {
		total |= r->total_octets != 0;
		FLOW_PUT(f, BYTES, bytes, r->total_octets ? r->total_octets : r->other_octets);
	}
	if (needs & MAP_NEEDS_PACKETS && !(flow_has(f, FLOW_PACKETS) && f->packets)) {
		total |= r->total_packets != 0;
		FLOW_PUT(f, PACKETS, packets,
			 r->total_packets ? r->total_packets : r->other_packets);
	}
	if (total)
		FLOW_PUT(f, TOTAL_COUNTERS, total_counters, 1);
}

/* Cisco puts type and code into the destination port (wire-quirks 91). */
static void icmp_derive(struct flow *f)
{
	if (!flow_has(f, FLOW_PROTO) || (f->proto != PROTO_ICMP && f->proto != PROTO_ICMPV6))
		return;
	if (!flow_has(f, FLOW_DST_PORT) || (flow_has(f, FLOW_SRC_PORT) && f->src_port != 0))
		return;
	FLOW_PUT(f, ICMP_TYPE, icmp_type, (uint8_t)(f->dst_port >> 8));
	FLOW_PUT(f, ICMP_CODE, icmp_code, (uint8_t)f->dst_port);
}

/* A prefix length that no address has is no prefix length. */
static void prefix_check(struct decoder *d, enum flow_field field, uint8_t bits,
			 enum flow_field addr_field, const struct addr *addr)
{
	struct flow *f = &d->record.flow;
	bool ipv4 = flow_has(f, addr_field) ? addr->len == 4
					    : flow_has(f, FLOW_ETYPE) && f->etype == ETYPE_IPV4;

	if (!flow_has(f, field) || bits <= (ipv4 ? PREFIX_V4_MAX : PREFIX_V6_MAX))
		return;
	flow_unmark(f, field);
	d->tally->notes[NOTE_VALUE_MISFIT]++;
}

static void prefixes_check(struct decoder *d)
{
	struct flow *f = &d->record.flow;

	prefix_check(d, FLOW_SRC_NET, f->src_net, FLOW_SRC_ADDR, &f->src_addr);
	prefix_check(d, FLOW_DST_NET, f->dst_net, FLOW_DST_ADDR, &f->dst_addr);
}

/* A block of NAT ports is told by its end or by its size. */
static void ports_complete(struct decoder *d)
{
	struct flow *f = &d->record.flow;
	uint32_t end;

	if (flow_has(f, FLOW_NAT_PORT_END) || !flow_has(f, FLOW_NAT_PORT_START) ||
	    d->record.range_ports == 0)
		return;
	end = f->nat_port_start + d->record.range_ports - 1u;
	if (end > UINT16_MAX)
		d->tally->notes[NOTE_VALUE_MISFIT]++;
	else
		FLOW_PUT(f, NAT_PORT_END, nat_port_end, (uint16_t)end);
}

static void interfaces_complete(struct flow *f)
{
	if (flow_has(f, FLOW_IN_PHYSICAL_IF) && !(flow_has(f, FLOW_IN_IF) && f->in_if))
		FLOW_PUT(f, IN_IF, in_if, f->in_physical_if);
	if (flow_has(f, FLOW_OUT_PHYSICAL_IF) && !(flow_has(f, FLOW_OUT_IF) && f->out_if))
		FLOW_PUT(f, OUT_IF, out_if, f->out_physical_if);
}

/* Two-way records: 9/10 are forward, in is the reverse (schema.md section 4). */
static void two_way_complete(struct flow *f)
{
	if (flow_has(f, FLOW_BYTES_IN) && flow_has(f, FLOW_BYTES))
		FLOW_PUT(f, BYTES_OUT, bytes_out, f->bytes);
	if (flow_has(f, FLOW_PACKETS_IN) && flow_has(f, FLOW_PACKETS))
		FLOW_PUT(f, PACKETS_OUT, packets_out, f->packets);
}

/* Whether the meter was on the way out: then the egress interface tells. */
static uint32_t metered_interface(const struct flow *f)
{
	bool out = flow_has(f, FLOW_FLOW_DIRECTION) && f->flow_direction == 1;

	if (out)
		return flow_has(f, FLOW_OUT_IF) ? f->out_if : 0;
	return flow_has(f, FLOW_IN_IF) ? f->in_if : 0;
}

static struct rate_answer rate_ask(struct decoder *d)
{
	struct rate_query q = {
		.selector = d->record.selector,
		.interface = metered_interface(&d->record.flow),
		.tmpl = d->tmpl->id,
	};

	if (!d->book->rate)
		return (struct rate_answer){0};
	if (q.tmpl == d->asked.tmpl && q.selector == d->asked.selector &&
	    q.interface == d->asked.interface)
		return d->answer;
	d->asked = q;
	if (!d->book->rate(d->book->ctx, d->message, &q, &d->answer))
		d->answer = (struct rate_answer){0};
	return d->answer;
}

/* The operator, the record itself, what options told, the header (wire-quirks 105). */
static struct rate_answer rate_find(struct decoder *d, uint16_t needs)
{
	struct rate_answer a = {d->rate_override, SAMPLING_OVERRIDE};

	if (!a.rate && needs & MAP_NEEDS_SAMPLING)
		a = (struct rate_answer){sampling_rate(&d->record.sampling, d->tally),
					 SAMPLING_RECORD};
	if (!a.rate)
		a = rate_ask(d);
	if (!a.rate)
		a = (struct rate_answer){d->message->sampling_rate, SAMPLING_HEADER};
	if (!a.rate)
		a = (struct rate_answer){d->book->rate_default, SAMPLING_DEFAULT};
	return a.rate ? a : (struct rate_answer){0, SAMPLING_UNKNOWN};
}

static void sampling_resolve(struct decoder *d, uint16_t needs)
{
	struct flow *f = &d->record.flow;
	struct rate_answer a = rate_find(d, needs);

	d->tally->flows_sampling[a.source]++;
	if (!a.rate)
		return;
	FLOW_PUT(f, SAMPLING_RATE, sampling_rate, a.rate);
	FLOW_PUT(f, SAMPLING_SOURCE, sampling_source, a.source);
}

static void name_ask(struct decoder *d, enum option_name kind, uint64_t id, enum flow_field field,
		     struct octets *out)
{
	if (!flow_has(&d->record.flow, field) &&
	    d->book->name(d->book->ctx, d->message, kind, id, out))
		flow_mark(&d->record.flow, field);
}

static void names_resolve(struct decoder *d)
{
	struct flow *f = &d->record.flow;

	if (flow_has(f, FLOW_IN_IF))
		name_ask(d, NAME_INTERFACE, f->in_if, FLOW_IN_IF_NAME, &f->in_if_name);
	if (flow_has(f, FLOW_OUT_IF))
		name_ask(d, NAME_INTERFACE, f->out_if, FLOW_OUT_IF_NAME, &f->out_if_name);
	if (flow_has(f, FLOW_INGRESS_VRF))
		name_ask(d, NAME_VRF, f->ingress_vrf_id, FLOW_INGRESS_VRF_NAME,
			 &f->ingress_vrf_name);
	if (flow_has(f, FLOW_EGRESS_VRF))
		name_ask(d, NAME_VRF, f->egress_vrf_id, FLOW_EGRESS_VRF_NAME, &f->egress_vrf_name);
	if (flow_has(f, FLOW_APPLICATION_ID))
		name_ask(d, NAME_APPLICATION, f->application_id, FLOW_APPLICATION_NAME,
			 &f->application_name);
}

__attribute__((noinline, cold)) static void rare_finish(struct decoder *d)
{
	if (d->tmpl->needs & MAP_NEEDS_PORTS)
		ports_complete(d);
	if (d->tmpl->needs & MAP_NEEDS_SECTIONS)
		sections_feed(&d->record.sections, d->sink->inner, &d->record.flow);
}

static void record_finish(struct decoder *d)
{
	struct record *r = &d->record;
	struct flow *f = &r->flow;
	uint16_t needs = d->tmpl->needs;

	if (needs & MAP_NEEDS_FAMILY)
		family_choose(r, d->tmpl->ipv6_first);
	etype_derive(r);
	prefixes_check(d);
	if (needs & (MAP_NEEDS_OCTETS | MAP_NEEDS_PACKETS))
		counters_choose(r, needs);
	if (needs & MAP_NEEDS_TWO_WAY)
		two_way_complete(f);
	if (needs & MAP_NEEDS_LISTS)
		lists_mark(f);
	if (needs & MAP_NEEDS_ICMP)
		icmp_derive(f);
	if (needs & MAP_NEEDS_INTERFACES)
		interfaces_complete(f);
	if (needs & MAP_NEEDS_VLAN && flow_has(f, FLOW_SRC_VLAN))
		FLOW_PUT(f, VLAN_ID, vlan_id, f->src_vlan);
	if (needs & MAP_NEEDS_DIRECTION && flow_has(f, FLOW_FLOW_DIRECTION) &&
	    f->flow_direction < 2)
		FLOW_PUT(f, DIRECTION, direction, (uint8_t)(f->flow_direction + 1));
	if (needs & RARE_NEEDS)
		rare_finish(d);
	sampling_resolve(d, needs);
	if (needs & MAP_NEEDS_NAMES && d->book->name)
		names_resolve(d);
	if (!r->times.boot_ms)
		r->times.boot_ms = d->boot_ms;
	times_resolve(&r->times, d->message, f, d->tally);
}

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
		step_run(d, s, octets + at->offset, at->len);
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

static bool all_zero(const struct wire *w)
{
	for (size_t i = 0; i < w->left; i++)
		if (w->pos[i])
			return false;
	return true;
}

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

		if (set->left <= PADDING_MAX && all_zero(set))
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
	if (status == PARSE_OK && !all_zero(&set))
		env->tally->notes[NOTE_DIRTY_PADDING]++; /* wire-quirks 21 */
	return status;
}
