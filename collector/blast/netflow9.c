/* NetFlow v9 (RFC 3954) and IPFIX (RFC 7011): one template, one data Set a datagram. */
#include "collector/blast/element.h"
#include "collector/blast/export.h"
#include "collector/blast/put.h"
#include "parsers/wire.h"

#define V9_HEADER_OCTETS    20u
#define IPFIX_HEADER_OCTETS 16u
#define SET_HEADER_OCTETS   4u
#define TMPL_HEADER_OCTETS  4u
#define SPEC_OCTETS         4u
#define RECORDS             24u
#define V9_TMPL_SET         0u
#define IPFIX_TMPL_SET      2u
#define TMPL_ID_IPV4        256u
#define TMPL_ID_IPV6        257u

static bool is_v9(const struct plan *p)
{
	return p->row == &export_v9;
}

static uint16_t message_octets(const struct plan *p)
{
	return is_v9(p) ? V9_HEADER_OCTETS : IPFIX_HEADER_OCTETS;
}

static uint16_t tmpl_id(const struct plan *p)
{
	return p->ipv6 ? TMPL_ID_IPV6 : TMPL_ID_IPV4;
}

static void layout(struct plan *p)
{
	for (uint16_t i = 0; i < p->fields; i++) {
		if (elements[i].form == ELEMENT_AGE)
			p->times[p->times_n++] = (uint16_t)p->record_octets;
		p->record_octets += element_spec(&elements[i], is_v9(p), p->ipv6).len;
	}
	p->tmpl_octets = message_octets(p) + SET_HEADER_OCTETS + TMPL_HEADER_OCTETS +
			 p->fields * SPEC_OCTETS;
}

static void record(const struct plan *p, const struct traffic_flow *f, uint8_t *out)
{
	for (uint16_t i = 0; i < p->fields; i++)
		out = element_put(&elements[i], element_spec(&elements[i], is_v9(p), p->ipv6), f,
				  out);
}

/* count is that of the records, a template being one (RFC 3954 section 5.1). */
static uint8_t *put_v9(const struct stream *s, const struct moment *m, uint16_t count, uint8_t *out)
{
	out = put_u16(out, 9);
	out = put_u16(out, count);
	out = put_u32(out, m->uptime_ms);
	out = put_u32(out, (uint32_t)(m->unix_ns / 1000000000u));
	out = put_u32(out, s->sequence);
	return put_u32(out, s->domain);
}

static uint8_t *put_ipfix(const struct stream *s, const struct moment *m, size_t len, uint8_t *out)
{
	out = put_u16(out, 10);
	out = put_u16(out, (uint16_t)len);
	out = put_u32(out, (uint32_t)(m->unix_ns / 1000000000u));
	out = put_u32(out, s->sequence);
	return put_u32(out, s->domain);
}

static void header(const struct plan *p, const struct stream *s, const struct moment *m,
		   uint8_t *out)
{
	if (is_v9(p))
		out = put_v9(s, m, p->records, out);
	else
		out = put_ipfix(s, m, p->data_octets, out);
	out = put_u16(out, tmpl_id(p));
	put_u16(out, (uint16_t)(p->data_octets - message_octets(p)));
}

static void tmpl(const struct plan *p, const struct stream *s, const struct moment *m, uint8_t *out)
{
	if (is_v9(p))
		out = put_v9(s, m, 1, out);
	else
		out = put_ipfix(s, m, p->tmpl_octets, out);
	out = put_u16(out, is_v9(p) ? V9_TMPL_SET : IPFIX_TMPL_SET);
	out = put_u16(out, (uint16_t)(p->tmpl_octets - message_octets(p)));
	out = put_u16(out, tmpl_id(p));
	out = put_u16(out, p->fields);
	for (uint16_t i = 0; i < p->fields; i++) {
		struct element_spec spec = element_spec(&elements[i], is_v9(p), p->ipv6);

		out = put_u16(out, spec.id);
		out = put_u16(out, spec.len);
	}
}

/* v9: milliseconds on the exporter's clock (21, 22). */
static void refresh_uptime(const struct plan *p, const struct stream *s, const struct moment *m,
			   uint8_t *records)
{
	uint8_t *end = records + p->records * p->record_octets;

	(void)s; /* a record does not know its exporter */
	for (uint8_t *r = records; r < end; r += p->record_octets)
		for (uint8_t i = 0; i < p->times_n; i++)
			put_u32(r + p->times[i], m->uptime_ms - load_be32(r + p->times[i]));
}

/* IPFIX: milliseconds since 1970 (152, 153). */
static void refresh_unix(const struct plan *p, const struct stream *s, const struct moment *m,
			 uint8_t *records)
{
	uint8_t *end = records + p->records * p->record_octets;
	uint64_t now_ms = m->unix_ns / 1000000u;

	(void)s; /* a record does not know its exporter */
	for (uint8_t *r = records; r < end; r += p->record_octets)
		for (uint8_t i = 0; i < p->times_n; i++)
			put_u64(r + p->times[i], now_ms - load_be64(r + p->times[i]));
}

const struct export_row export_v9 = {
	.name = "v9",
	.port = 2055,
	.records = RECORDS,
	.header_octets = V9_HEADER_OCTETS + SET_HEADER_OCTETS,
	.counting = COUNTING_DATAGRAMS,
	.ipv6 = true,
	.layout = layout,
	.record = record,
	.header = header,
	.refresh = refresh_uptime,
	.tmpl = tmpl,
};

const struct export_row export_ipfix = {
	.name = "ipfix",
	.port = 4739,
	.records = RECORDS,
	.header_octets = IPFIX_HEADER_OCTETS + SET_HEADER_OCTETS,
	.counting = COUNTING_RECORDS,
	.ipv6 = true,
	.layout = layout,
	.record = record,
	.header = header,
	.refresh = refresh_unix,
	.tmpl = tmpl,
};
