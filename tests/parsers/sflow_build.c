#include "tests/parsers/sflow_build.h"

#include "parsers/sflow_structures.h"

void sflow_begin(struct build *b, uint32_t samples)
{
	b->len = 0;
	put32(b, 5);
	put32(b, 1);
	put32(b, 0xc0000201); /* agent */
	put32(b, 0);          /* sub-agent */
	put32(b, 7);          /* sequence */
	put32(b, 1000);       /* uptime */
	put32(b, samples);
}

size_t sflow_open(struct build *b, uint32_t tag)
{
	put32(b, tag);
	put32(b, 0);
	return b->len;
}

void sflow_mend(struct build *b, size_t at, uint32_t length)
{
	for (unsigned i = 0; i < 4; i++)
		b->octets[at - 4 + i] = (uint8_t)(length >> (24 - 8 * i));
}

void sflow_close(struct build *b, size_t at)
{
	sflow_mend(b, at, (uint32_t)(b->len - at));
}

size_t sflow_open_flow(struct build *b, uint32_t records)
{
	size_t at = sflow_open(b, SFLOW_TAG(0, 1));

	put32(b, 1);   /* sequence */
	put32(b, 3);   /* source id */
	put32(b, 100); /* rate */
	put32(b, 100); /* pool */
	put32(b, 0);   /* drops */
	put32(b, 3);   /* input */
	put32(b, 4);   /* output */
	put32(b, records);
	return at;
}

void sflow_put_ipv4(struct build *b)
{
	size_t at = sflow_open(b, 3);

	put32(b, 100);
	put32(b, 17);
	put32(b, 0x0a000001);
	put32(b, 0x0a000002);
	put32(b, 1000);
	put32(b, 53);
	put32(b, 0);
	put32(b, 4);
	sflow_close(b, at);
}

void sflow_put_flow(struct build *b)
{
	size_t at = sflow_open_flow(b, 1);

	sflow_put_ipv4(b);
	sflow_close(b, at);
}
