/* Where datagrams go: HOST, HOST:PORT, [IPV6] or [IPV6]:PORT, as a socket address (an open value).
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

union target_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

struct target {
	union target_address address; /* port 0: that of the protocol */
	socklen_t len;
};

/* 0, or a negative errno: -EINVAL, the text is not of that form; -EHOSTUNREACH, no address is known
 * for that name. */
int target_read(const char *text, struct target *out);

/* Datagrams to it stay on this machine's loopback network. */
bool target_is_loopback(const struct target *t);

/* The address with the port it names, or else this one. */
struct target target_at(const struct target *t, uint16_t port);

/* The address that source number i binds: on the IPv4 loopback network one of its own, 127.0.0.1
 * and up; elsewhere any address, so that the kernel's choice of port tells sources apart. */
struct target target_source(const struct target *t, uint32_t i);
