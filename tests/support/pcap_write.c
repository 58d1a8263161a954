#include "tests/support/pcap_write.h"

#define ETHERNET     1u
#define SNAP         65535u
#define CAPTURED_S   1700000000u
#define SOURCE_PORT  50001u
#define TARGET       0xc0000263u /* 192.0.2.99 */
#define HEADERS      42u         /* Ethernet 14, IPv4 20, UDP 8 */
#define IP_UDP       28u
#define DATAGRAM_MAX (SNAP - HEADERS)

static void be(FILE *f, uint32_t v, int octets)
{
	while (octets-- > 0)
		(void)fputc((int)(v >> 8 * octets & 0xff),
			    f); /* a short file is seen by its reader */
}

static void le32(FILE *f, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		(void)fputc((int)(v >> 8 * i & 0xff), f);
}

FILE *pcap_create(const char *path)
{
	FILE *f = path ? fopen(path, "wb") : NULL;

	if (!f)
		return NULL;
	le32(f, 0xa1b2c3d4);
	le32(f, 4u << 16 | 2); /* version 2.4 */
	le32(f, 0);
	le32(f, 0);
	le32(f, SNAP);
	le32(f, ETHERNET);
	return f;
}

/* RFC 791 section 3.1; the addresses are the only words that change. */
static uint32_t ip_checksum(uint32_t source, size_t len)
{
	uint32_t sum = 0x4500 + (uint32_t)len + 0x4011;

	sum += (source >> 16) + (source & 0xffff) + (TARGET >> 16) + (TARGET & 0xffff);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

void pcap_append(FILE *f, uint32_t source, uint16_t port, const uint8_t *octets, size_t len)
{
	if (!f || len > DATAGRAM_MAX)
		return;
	le32(f, CAPTURED_S);
	le32(f, 0);
	le32(f, (uint32_t)(HEADERS + len));
	le32(f, (uint32_t)(HEADERS + len));
	for (int i = 0; i < 3; i++)
		be(f, 0x02000000, 4); /* two local MAC addresses */
	be(f, 0x0800, 2);
	be(f, 0x4500, 2);
	be(f, (uint32_t)(IP_UDP + len), 2);
	be(f, 0, 4);
	be(f, 0x4011, 2); /* TTL, UDP */
	be(f, ip_checksum(source, IP_UDP + len), 2);
	be(f, source, 4);
	be(f, TARGET, 4);
	be(f, SOURCE_PORT, 2);
	be(f, port, 2);
	be(f, (uint32_t)(8 + len), 2);
	be(f, 0, 2); /* no checksum */
	(void)fwrite(octets, 1, len, f);
}
