/* NetFlow v5 and v7: fixed records (wire-quirks section 2). */
#include "collector/blast/export.h"
#include "collector/blast/put.h"
#include "parsers/wire.h"

#define HEADER_OCTETS    24u
#define V5_RECORD_OCTETS 48u
#define V7_RECORD_OCTETS 52u
#define V5_RECORDS       30u
#define V7_RECORDS       27u /* 28 would not fit an Ethernet frame */
#define FIRST_AT         24u /* offset of First in a record */
#define LAST_AT          28u
#define FIRST_AND_LAST_N 2u

static void layout(struct plan *p)
{
	p->record_octets = p->row == &export_v7 ? V7_RECORD_OCTETS : V5_RECORD_OCTETS;
	p->times[0] = FIRST_AT;
	p->times[1] = LAST_AT;
	p->times_n = FIRST_AND_LAST_N;
}

/* Up to tos both are alike. v7 switches leave next hop, input, masks, AS and TCP flags at zero
 * (wire-quirks 11); v5 has no flags at 36 and 46, and no router. */
static void record(const struct plan *p, const struct traffic_flow *f, uint8_t *out)
{
	bool v7 = p->row == &export_v7;

	out = put_octets(out, f->src, 4);
	out = put_octets(out, f->dst, 4);
	out = v7 ? put_u32(out, 0) : put_octets(out, f->next_hop, 4);
	out = put_u16(out, v7 ? 0 : (uint16_t)f->in_if);
	out = put_u16(out, (uint16_t)f->out_if);
	out = put_u32(out, f->packets);
	out = put_u32(out, f->octets);
	out = put_u32(out, f->start_age_ms);
	out = put_u32(out, f->end_age_ms);
	out = put_u16(out, (uint16_t)f->src_port);
	out = put_u16(out, (uint16_t)f->dst_port);
	out = put_u8(out, 0);
	out = put_u8(out, v7 ? 0 : (uint8_t)f->tcp_flags);
	out = put_u8(out, (uint8_t)f->protocol);
	out = put_u8(out, (uint8_t)f->tos);
	out = put_u16(out, v7 ? 0 : (uint16_t)f->src_as);
	out = put_u16(out, v7 ? 0 : (uint16_t)f->dst_as);
	out = put_u8(out, v7 ? 0 : (uint8_t)f->src_mask);
	out = put_u8(out, v7 ? 0 : (uint8_t)f->dst_mask);
	out = put_u16(out, 0);
	if (v7)
		put_octets(out, f->next_hop, 4); /* the router that was bypassed */
}

static void header(const struct plan *p, const struct stream *s, const struct moment *m,
		   uint8_t *out)
{
	bool v7 = p->row == &export_v7;

	out = put_u16(out, v7 ? 7 : 5);
	out = put_u16(out, p->records);
	out = put_u32(out, m->uptime_ms);
	out = put_u32(out, (uint32_t)(m->unix_ns / 1000000000u));
	out = put_u32(out, (uint32_t)(m->unix_ns % 1000000000u));
	out = put_u32(out, s->sequence);
	out = put_u16(out, v7 ? 0 : (uint16_t)s->domain); /* engine type, engine id */
	put_u16(out, 0);                                  /* sampling: not told */
}

/* First and Last are times on the exporter's own clock. */
static void refresh(const struct plan *p, const struct stream *s, const struct moment *m,
		    uint8_t *records)
{
	uint8_t *end = records + p->records * p->record_octets;

	(void)s; /* a record does not know its exporter */
	for (uint8_t *r = records; r < end; r += p->record_octets) {
		put_u32(r + FIRST_AT, m->uptime_ms - load_be32(r + FIRST_AT));
		put_u32(r + LAST_AT, m->uptime_ms - load_be32(r + LAST_AT));
	}
}

const struct export_row export_v5 = {
	.name = "v5",
	.port = 2055,
	.records = V5_RECORDS,
	.header_octets = HEADER_OCTETS,
	.counting = COUNTING_RECORDS,
	.layout = layout,
	.record = record,
	.header = header,
	.refresh = refresh,
};

const struct export_row export_v7 = {
	.name = "v7",
	.port = 2055,
	.records = V7_RECORDS,
	.header_octets = HEADER_OCTETS,
	.counting = COUNTING_RECORDS,
	.layout = layout,
	.record = record,
	.header = header,
	.refresh = refresh,
};
