/* A capture file of UDP datagrams, for other programs to read what a test has made. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* NULL if path is, or if it cannot be written. The caller closes it. */
FILE *pcap_create(const char *path);

/* One datagram from (source, 50001) to (192.0.2.99, port), at export time; file may be NULL. */
void pcap_append(FILE *file, uint32_t source, uint16_t port, const uint8_t *octets, size_t len);
