/* What tests send datagrams with, on loopback: from any address of 127.0.0.0/8, and from any IPv6
 * address, whether this host has it or not. All of it fails the test by itself when the machine
 * refuses. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "parsers/addr.h"

/* A socket bound to a source (len 0: whatever the kernel picks; port 0 likewise), to send to port
 * on 127.0.0.1 or ::1, by the family of the source. Close it. */
int peer_open(struct addr source, uint16_t port, uint16_t to);
void peer_send(int fd, const void *octets, size_t len);

/* One datagram from a source, from whatever port. */
void peer_send_once(struct addr source, uint16_t to, const void *octets, size_t len);
