/* A UDP socket as weir wants it: non-blocking, closed on exec, telling when each datagram arrived,
 * and able to say what the kernel threw away.
 */
#pragma once

#include <stdint.h>

/* A socket of family AF_INET, or AF_INET6 (which then takes IPv4 as well). Returns it, or a
 * negative errno. */
int udp_open(int family);

/* Asks for a receive buffer and returns what was granted, in the same unit: octets of datagrams
 * with the kernel's overhead, before it doubles them. asked 0: what the system gives. */
uint64_t udp_rcvbuf(int fd, uint64_t asked_bytes);

/* While the fence is up nothing more enters the socket: what arrives is thrown away and counted as
 * dropped by the kernel. What is queued already stays and can be read. 0 or a negative errno. */
int udp_fence(int fd);
int udp_unfence(int fd);

/* What the kernel says of the socket's queue now (SO_MEMINFO: exact, and needs no datagram). */
struct udp_queue {
	uint32_t drops; /* since the socket was opened, modulo 2^32 */
	uint32_t queued_bytes;
	uint32_t rcvbuf_bytes; /* the limit of queued_bytes */
};

/* 0, or a negative errno and *out is zero. */
int udp_queue(int fd, struct udp_queue *out);
