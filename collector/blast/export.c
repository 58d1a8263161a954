#include "collector/blast/export.h"

#include <errno.h>
#include <stdlib.h>

#include "collector/blast/put.h"

const struct export_row *const export_rows[EXPORT_PROTOCOLS] = {
	[EXPORT_V5] = &export_v5,       [EXPORT_V7] = &export_v7,       [EXPORT_V9] = &export_v9,
	[EXPORT_IPFIX] = &export_ipfix, [EXPORT_SFLOW] = &export_sflow,
};

/* Sets of v9 are padded to four octets (RFC 3954 section 5.3); everything else is a multiple of
 * four already, or need not be (IPFIX). */
static size_t data_octets(const struct plan *p, size_t records)
{
	size_t octets = p->row->header_octets + records * p->record_octets;

	return p->row == &export_v9 ? (octets + 3) & ~(size_t)3 : octets;
}

static uint16_t usual_records(const struct plan *p)
{
	uint16_t records = p->row->records;

	while (records > 1 && data_octets(p, records) > EXPORT_OCTETS_MTU)
		records--;
	return records;
}

static void pool_fill(struct plan *p, uint64_t seed)
{
	size_t flows_octets = EXPORT_FLOWS * p->record_octets;
	struct traffic_flow f;

	for (uint32_t i = 0; i < EXPORT_FLOWS; i++) {
		traffic_flow(seed, i, p->ipv6, &f);
		p->row->record(p, &f, p->pool + i * p->record_octets);
	}
	memcpy(p->pool + flows_octets, p->pool, p->records * p->record_octets);
}

int plan_init(struct plan *p, const struct plan_conf *conf)
{
	const struct export_row *row = export_rows[conf->protocol];

	*p = (struct plan){.row = row, .fields = conf->fields, .ipv6 = conf->ipv6 && row->ipv6};
	row->layout(p);
	p->records = conf->records ? conf->records : usual_records(p);
	p->data_octets = data_octets(p, p->records);
	if (p->data_octets > EXPORT_OCTETS_MAX || p->records > EXPORT_RECORDS_MAX)
		return -EMSGSIZE;
	p->pool = calloc(EXPORT_FLOWS + p->records, p->record_octets);
	if (!p->pool)
		return -ENOMEM;
	pool_fill(p, conf->seed);
	return 0;
}

void plan_fini(struct plan *p)
{
	free(p->pool);
	*p = (struct plan){0};
}

void export_data(const struct plan *p, const struct stream *s, const struct moment *m, uint8_t *out)
{
	uint8_t *records = out + p->row->header_octets;
	uint8_t *end;

	p->row->header(p, s, m, out);
	end = put_octets(records, p->pool + s->next * p->record_octets,
			 p->records * p->record_octets);
	put_zeros(end, p->data_octets - (size_t)(end - out));
	p->row->refresh(p, s, m, records);
}

void export_tmpl(const struct plan *p, const struct stream *s, const struct moment *m, uint8_t *out)
{
	p->row->tmpl(p, s, m, out);
}

void export_sent(const struct plan *p, struct stream *s, uint32_t datagrams)
{
	uint32_t records = datagrams * p->records;

	s->sequence += p->row->counting == COUNTING_RECORDS ? records : datagrams;
	s->samples += records;
	s->next = (s->next + records) % EXPORT_FLOWS;
}

/* A template is no record, but a datagram of templates is a datagram (wire-quirks 112, 113). */
void export_tmpl_sent(const struct plan *p, struct stream *s)
{
	s->sequence += p->row->counting == COUNTING_DATAGRAMS;
}
