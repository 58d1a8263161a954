/* What weir-blast writes, the parsers read: every value of every flow. */
#include "collector/blast/element.h"
#include "collector/blast/export.h"
#include "parsers/datagram.h"
#include "parsers/flow.h"
#include "parsers/template.h"
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#define SEED  3u
#define FIRST 4000u /* so that a few datagrams go round in the flows */

/* Both directions of the truth: what was made up, and what a parser handed over. */
struct check {
	const struct plan *plan;
	const struct moment *moment;
	uint32_t number; /* of the flow that must come next */
	uint32_t first;  /* number of the first flow of the datagram */
	uint32_t flows, records, samples;
	struct tmpl *tmpl;
	uint16_t misfits;
};

struct value {
	uint16_t field; /* enum flow_field */
	uint16_t at;    /* offset in struct traffic_flow */
};

#define SAME(bit, member)                                         \
	{                                                         \
		FLOW_##bit, offsetof(struct traffic_flow, member) \
	}

static const struct value v7_values[] = {
	SAME(SRC_ADDR, src),    SAME(DST_ADDR, dst),      SAME(BYTES, octets),
	SAME(PACKETS, packets), SAME(SRC_PORT, src_port), SAME(DST_PORT, dst_port),
	SAME(PROTO, protocol),  SAME(IP_TOS, tos),        SAME(OUT_IF, out_if),
};

static const struct value v5_values[] = {
	SAME(SRC_ADDR, src),      SAME(DST_ADDR, dst),        SAME(BYTES, octets),
	SAME(PACKETS, packets),   SAME(SRC_PORT, src_port),   SAME(DST_PORT, dst_port),
	SAME(PROTO, protocol),    SAME(IP_TOS, tos),          SAME(OUT_IF, out_if),
	SAME(IN_IF, in_if),       SAME(TCP_FLAGS, tcp_flags), SAME(SRC_AS, src_as),
	SAME(DST_AS, dst_as),     SAME(SRC_NET, src_mask),    SAME(DST_NET, dst_mask),
	SAME(NEXT_HOP, next_hop),
};

static const struct value template_values[] = {
	SAME(SRC_ADDR, src),
	SAME(DST_ADDR, dst),
	SAME(BYTES, octets),
	SAME(PACKETS, packets),
	SAME(SRC_PORT, src_port),
	SAME(DST_PORT, dst_port),
	SAME(PROTO, protocol),
	SAME(IP_TOS, tos),
	SAME(OUT_IF, out_if),
	SAME(IN_IF, in_if),
	SAME(TCP_FLAGS, tcp_flags),
	SAME(SRC_AS, src_as),
	SAME(DST_AS, dst_as),
	SAME(SRC_NET, src_mask),
	SAME(DST_NET, dst_mask),
	SAME(NEXT_HOP, next_hop),
	SAME(SRC_VLAN, vlan),
	SAME(DST_VLAN, post_vlan),
	SAME(FLOW_END_REASON, end_reason),
	SAME(NAT_SRC_ADDR, nat_src),
	SAME(NAT_DST_ADDR, nat_dst),
	SAME(NAT_SRC_PORT, src_port),
	SAME(NAT_DST_PORT, dst_port),
	SAME(INGRESS_VRF, vrf),
	SAME(EGRESS_VRF, vrf),
	SAME(TCP_SEQ, tcp_sequence),
	SAME(TCP_ACK, tcp_ack),
	SAME(TCP_WINDOW, tcp_window),
	SAME(FRAGMENT_ID, number),
};

static const struct value sflow_values[] = {
	SAME(SRC_ADDR, src), SAME(DST_ADDR, dst),    SAME(PROTO, protocol), SAME(IP_TOS, tos),
	SAME(IP_TTL, ttl),   SAME(ETYPE, ethertype), SAME(OUT_IF, out_if),
};

static const struct {
	const struct value *values;
	size_t n;
	enum protocol protocol;
} rows[EXPORT_PROTOCOLS] = {
#define VALUES(v) (v), sizeof(v) / sizeof(*(v))
	[EXPORT_V5] = {VALUES(v5_values), PROTOCOL_NETFLOW5},
	[EXPORT_V7] = {VALUES(v7_values), PROTOCOL_NETFLOW7},
	[EXPORT_V9] = {VALUES(template_values), PROTOCOL_NETFLOW9},
	[EXPORT_IPFIX] = {VALUES(template_values), PROTOCOL_IPFIX},
	[EXPORT_SFLOW] = {VALUES(sflow_values), PROTOCOL_SFLOW5},
};

static uint64_t uint_at(const void *base, size_t offset, size_t width)
{
	const uint8_t *p = (const uint8_t *)base + offset;
	uint64_t v = 0;

	memcpy(&v, p, width); /* little-endian hosts only, as are all we test on */
	return v;
}

static void value_check(const struct flow *f, const struct traffic_flow *t, struct value v)
{
	const struct flow_field_row *row = &flow_fields[v.field];

	ck_assert_msg(flow_has(f, v.field), "%s is missing in flow %u", row->name, t->number);
	if (row->form == FORM_ADDR) {
		struct addr a;

		memcpy(&a, (const uint8_t *)f + row->offset, sizeof(a));
		ck_assert_uint_eq(a.len, t->ipv6 ? 16 : 4);
		ck_assert_mem_eq(a.octets, (const uint8_t *)t + v.at, a.len);
		return;
	}
	ck_assert_msg(uint_at(f, row->offset, row->width) == uint_at(t, v.at, 4),
		      "%s of flow %u: %llu, not %llu", row->name, t->number,
		      (unsigned long long)uint_at(f, row->offset, row->width),
		      (unsigned long long)uint_at(t, v.at, 4));
}

static void times_check(const struct check *c, const struct flow *f, const struct traffic_flow *t)
{
	uint64_t base = c->moment->unix_ns;

	if (c->plan->row == &export_v9)
		base -= base % 1000000000; /* its header has no more */
	if (c->plan->row == &export_ipfix)
		base -= base % 1000000;
	ck_assert_uint_eq(f->time_flow_start_ns, base - t->start_age_ms * UINT64_C(1000000));
	ck_assert_uint_eq(f->time_flow_end_ns, base - t->end_age_ms * UINT64_C(1000000));
}

static void sample_check(const struct flow *f, const struct traffic_flow *t)
{
	ck_assert_uint_eq(f->packets, 1);
	ck_assert_uint_eq(f->sampling_rate, 1000);
	ck_assert_uint_eq(f->in_if, 1);
	if (t->protocol == TRAFFIC_PROTOCOL_TCP) {
		ck_assert_uint_eq(f->tcp_flags, t->tcp_flags);
		ck_assert_uint_eq(f->tcp_seq, t->tcp_sequence);
	}
	if (t->protocol == TRAFFIC_PROTOCOL_TCP || t->protocol == TRAFFIC_PROTOCOL_UDP) {
		ck_assert_uint_eq(f->src_port, t->src_port);
		ck_assert_uint_eq(f->dst_port, t->dst_port);
	} else {
		ck_assert_uint_eq(f->icmp_type, t->icmp_type);
		ck_assert_uint_eq(f->icmp_code, t->icmp_code);
	}
}

static void on_flow(void *ctx, const struct flow *f)
{
	struct check *c = ctx;
	size_t row = 0;
	struct traffic_flow t;

	while (export_rows[row] != c->plan->row)
		row++;
	traffic_flow(SEED, c->number, c->plan->ipv6, &t);
	for (size_t i = 0; i < rows[row].n; i++)
		value_check(f, &t, rows[row].values[i]);
	ck_assert(flow_has(f, FLOW_DOMAIN) || row == EXPORT_V7);
	if (row == EXPORT_SFLOW)
		sample_check(f, &t);
	else
		times_check(c, f, &t);
	c->number = (c->number + 1) % EXPORT_FLOWS;
	c->flows++;
}

/* Every octet of every field, those that no flow has a place for included. */
static void on_record(void *ctx, const struct raw_record *r)
{
	struct check *c = ctx;
	bool v9 = c->plan->row == &export_v9;
	struct traffic_flow t;

	if (!c->plan->tmpl_octets)
		return;
	traffic_flow(SEED, (c->first + c->records++) % EXPORT_FLOWS, c->plan->ipv6, &t);
	ck_assert_uint_eq(r->tmpl->fields_n, c->plan->fields);
	for (uint16_t i = 0; i < r->tmpl->fields_n; i++) {
		struct element_spec spec = element_spec(&elements[i], v9, c->plan->ipv6);
		uint8_t octets[16];

		ck_assert_uint_eq(r->tmpl->fields[i].id, spec.id);
		ck_assert_uint_eq(r->spans[i].len, spec.len);
		if (elements[i].form == ELEMENT_AGE)
			continue; /* times_check() */
		element_put(&elements[i], spec, &t, octets);
		ck_assert_mem_eq(r->octets + r->spans[i].offset, octets, spec.len);
	}
}

static const struct tmpl *tmpl_find(void *ctx, const struct message *m, uint16_t id)
{
	const struct check *c = ctx;

	(void)m; /* there is one scope */
	return c->tmpl && c->tmpl->id == id ? c->tmpl : NULL;
}

static enum tmpl_learnt tmpl_learn(void *ctx, const struct message *m, const struct tmpl_record *r)
{
	struct check *c = ctx;

	(void)m; /* there is one scope */
	free(c->tmpl);
	c->tmpl = tmpl_compile(r, malloc(tmpl_size(r)));
	c->misfits = c->tmpl->misfits;
	return TMPL_NEW;
}

static bool set_park(void *ctx, const struct message *m, uint16_t id, struct wire set)
{
	(void)ctx;
	(void)m;
	(void)id;
	(void)set;
	return false; /* the template came first: nothing is to wait */
}

static void feed(struct check *c, const uint8_t *octets, size_t len, enum protocol protocol,
		 struct parse_tally *tally)
{
	uint8_t *copy = exact_copy(octets, len);
	struct tmpl_book book = {
		.find = tmpl_find, .learn = tmpl_learn, .park = set_park, .ctx = c};
	struct flow_sink sink = {.flow = on_flow, .record = on_record, .ctx = c};
	struct datagram d = {.payload = wire_over(copy, len),
			     .source = {.octets = {192, 0, 2, 1}, .len = 4},
			     .received_ns = c->moment->unix_ns};

	ck_assert_int_eq(datagram_protocol(&d), protocol);
	ck_assert_int_eq(protocols[protocol].parse(&d, &book, &sink, tally), PARSE_OK);
	free(copy);
}

static uint64_t notes_of(const struct parse_tally *tally)
{
	uint64_t n = 0;

	for (size_t i = 0; i < NOTE_COUNT; i++)
		n += tally->notes[i];
	return n;
}

/* Three datagrams of a stream, which go past the last of its flows. */
static void roundtrip(enum export_protocol protocol, uint16_t fields, bool ipv6)
{
	struct plan_conf conf = {.protocol = (uint8_t)protocol,
				 .fields = fields,
				 .ipv6 = ipv6,
				 .seed = SEED,
				 .records = 40};
	struct stream s = {.domain = 5, .agent = 0xc6120001, .sequence = 77, .next = FIRST};
	struct moment m = {.unix_ns = UINT64_C(1700000000123456789), .uptime_ms = 70000};
	struct check c = {.moment = &m, .number = FIRST};
	struct parse_tally tally = {0};
	uint8_t *out = malloc(EXPORT_OCTETS_MAX);
	struct plan p;

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(plan_init(&p, &conf), 0);
	c.plan = &p;
	if (p.tmpl_octets) {
		export_tmpl(&p, &s, &m, out);
		feed(&c, out, p.tmpl_octets, rows[protocol].protocol, &tally);
		export_tmpl_sent(&p, &s);
	}
	for (int i = 0; i < 3; i++) {
		c.first = s.next;
		c.records = 0;
		export_data(&p, &s, &m, out);
		feed(&c, out, p.data_octets, rows[protocol].protocol, &tally);
		export_sent(&p, &s, 1);
	}
	ck_assert_uint_eq(c.flows, 120);
	ck_assert_uint_eq(c.number, (FIRST + 120) % EXPORT_FLOWS);
	ck_assert_uint_eq(tally.flows, 120);
	ck_assert_uint_eq(tally.templates_data, p.tmpl_octets != 0);
	ck_assert_uint_eq(tally.sets_received, tally.sets_decoded);
	ck_assert_uint_eq(notes_of(&tally), 0);
	ck_assert_uint_eq(c.misfits, 0);
	free(c.tmpl);
	plan_fini(&p);
	free(out);
}

START_TEST(parsers_read_every_value_of_ipv4_flows)
{
	roundtrip((enum export_protocol)_i, ELEMENTS_MAX, false);
}
END_TEST

START_TEST(parsers_read_every_value_of_ipv6_flows)
{
	roundtrip((enum export_protocol)_i, ELEMENTS_MAX, true);
}
END_TEST

SUITE(blast_decode)
{
	TCase *tc = suite_case(s, "roundtrip");

	tcase_add_loop_test(tc, parsers_read_every_value_of_ipv4_flows, 0, EXPORT_PROTOCOLS);
	tcase_add_loop_test(tc, parsers_read_every_value_of_ipv6_flows, EXPORT_V9,
			    EXPORT_PROTOCOLS);
}
