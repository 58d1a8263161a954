#include "parsers/decoder.h"

#define ETYPE_IPV4    0x0800u
#define ETYPE_IPV6    0x86ddu
#define PROTO_ICMP    1u
#define PROTO_ICMPV6  58u
#define PREFIX_V4_MAX 32u
#define PREFIX_V6_MAX 128u

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

void record_finish(struct decoder *d)
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
