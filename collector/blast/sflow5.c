/* sFlow version 5: flow samples (0:1) of one sampled header (0:1) each. All numbers are big-endian
 * XDR words. A stream has one data source, so that numbering its samples is numbering them all. */
#include "collector/blast/export.h"
#include "collector/blast/frame.h"
#include "collector/blast/put.h"

#define HEADER_OCTETS      28u
#define SAMPLES            7u
#define SAMPLE_RATE        1000u
#define SAMPLED_IF         1u
#define ADDRESS_IPV4       1u
#define TAG_FLOW_SAMPLE    1u
#define TAG_SAMPLED_HEADER 1u
#define PROTOCOL_ETHERNET  1u
#define RECORD_OCTETS      (16u + FRAME_HEADER_OCTETS) /* behind its tag and length */
#define SAMPLE_OCTETS      (32u + 8u + RECORD_OCTETS)  /* likewise */
#define SAMPLE_SEQUENCE_AT 8u
#define SAMPLE_POOL_AT     20u

static void layout(struct plan *p)
{
	p->record_octets = 8 + SAMPLE_OCTETS;
}

/* Sequence and pool are the stream's: refresh() writes them. */
static void record(const struct plan *p, const struct traffic_flow *f, uint8_t *out)
{
	(void)p; /* every sample looks alike */
	out = put_u32(out, TAG_FLOW_SAMPLE);
	out = put_u32(out, SAMPLE_OCTETS);
	out = put_u32(out, 0);          /* sequence */
	out = put_u32(out, SAMPLED_IF); /* data source: class 0 (ifIndex) ... */
	out = put_u32(out, SAMPLE_RATE);
	out = put_u32(out, 0);          /* sample pool */
	out = put_u32(out, 0);          /* drops */
	out = put_u32(out, SAMPLED_IF); /* ... and input: the flow is ingress */
	out = put_u32(out, f->out_if);
	out = put_u32(out, 1); /* records */
	out = put_u32(out, TAG_SAMPLED_HEADER);
	out = put_u32(out, RECORD_OCTETS);
	out = put_u32(out, PROTOCOL_ETHERNET);
	out = put_u32(out, f->frame_octets);
	out = put_u32(out, FRAME_FCS_OCTETS); /* stripped */
	out = put_u32(out, FRAME_HEADER_OCTETS);
	frame_put(f, out);
}

static void header(const struct plan *p, const struct stream *s, const struct moment *m,
		   uint8_t *out)
{
	out = put_u32(out, 5);
	out = put_u32(out, ADDRESS_IPV4);
	out = put_u32(out, s->agent);
	out = put_u32(out, s->domain); /* sub-agent */
	out = put_u32(out, s->sequence);
	out = put_u32(out, m->uptime_ms);
	put_u32(out, p->records);
}

static void refresh(const struct plan *p, const struct stream *s, const struct moment *m,
		    uint8_t *records)
{
	uint8_t *sample = records;

	(void)m; /* sFlow has no wall clock */
	for (uint32_t i = 1; i <= p->records; i++, sample += p->record_octets) {
		put_u32(sample + SAMPLE_SEQUENCE_AT, s->samples + i);
		put_u32(sample + SAMPLE_POOL_AT, (s->samples + i) * SAMPLE_RATE);
	}
}

const struct export_row export_sflow = {
	.name = "sflow",
	.port = 6343,
	.records = SAMPLES,
	.header_octets = HEADER_OCTETS,
	.counting = COUNTING_DATAGRAMS,
	.ipv6 = true,
	.layout = layout,
	.record = record,
	.header = header,
	.refresh = refresh,
};
