/* A capture file as a row of UDP datagrams, whatever their ports. Opaque; one thread. */
#pragma once

#include <stdint.h>

#include "collector/decode/udp_frame.h"

#define PCAP_FILE_ERROR_MAX 320

struct pcap_file;

/* "-" is standard input. 0 and *out; or -EINVAL, with one line in error that says why. */
int pcap_file_open(const char *path, struct pcap_file **out, char error[PCAP_FILE_ERROR_MAX]);

/* 1: the next datagram, with its arrival since 1970, borrowed until the next call. 0: the file
 * ended. -EIO: it is damaged from here on, and error says how. What is no whole UDP datagram is
 * skipped and counted. */
int pcap_file_next(struct pcap_file *p, struct udp_frame *out, uint64_t *received_ns,
		   char error[PCAP_FILE_ERROR_MAX]);

/* Frames skipped so far. */
uint64_t pcap_file_skipped(const struct pcap_file *p, enum frame_skip reason);

void pcap_file_close(struct pcap_file *p); /* NULL is fine */
