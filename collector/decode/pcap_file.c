#include "collector/decode/pcap_file.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)

struct pcap_file {
	pcap_t *pcap;
	int link_type;
	uint64_t skipped[FRAME_SKIP_COUNT];
};

static void error_set(char error[PCAP_FILE_ERROR_MAX], const char *why)
{
	size_t len = strnlen(why, PCAP_FILE_ERROR_MAX - 1);

	memcpy(error, why, len);
	error[len] = '\0';
}

int pcap_file_open(const char *path, struct pcap_file **out, char error[PCAP_FILE_ERROR_MAX])
{
	char why[PCAP_ERRBUF_SIZE] = "";
	struct pcap_file *p = calloc(1, sizeof(*p));

	if (!p) {
		error_set(error, "out of memory");
		return -ENOMEM;
	}
	p->pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, why);
	if (!p->pcap) {
		error_set(error, why);
		free(p);
		return -EINVAL;
	}
	p->link_type = pcap_datalink(p->pcap);
	*out = p;
	return 0;
}

int pcap_file_next(struct pcap_file *p, struct udp_frame *out, uint64_t *received_ns,
		   char error[PCAP_FILE_ERROR_MAX])
{
	struct pcap_pkthdr *header;
	const uint8_t *octets;
	int got;

	while ((got = pcap_next_ex(p->pcap, &header, &octets)) == 1) {
		struct wire frame = wire_over(octets, header->caplen);
		enum frame_skip skip;

		skip = udp_frame_find(p->link_type, frame, header->caplen < header->len, out);
		p->skipped[skip]++;
		if (skip != FRAME_NONE)
			continue;
		/* Asked for nanoseconds, libpcap puts them where microseconds were. */
		*received_ns =
			(uint64_t)header->ts.tv_sec * NS_PER_S + (uint64_t)header->ts.tv_usec;
		return 1;
	}
	if (got == PCAP_ERROR_BREAK)
		return 0;
	error_set(error, pcap_geterr(p->pcap));
	return -EIO;
}

uint64_t pcap_file_skipped(const struct pcap_file *p, enum frame_skip reason)
{
	return reason == FRAME_NONE ? 0 : p->skipped[reason];
}

void pcap_file_close(struct pcap_file *p)
{
	if (!p)
		return;
	pcap_close(p->pcap);
	free(p);
}
