/* A listener: one address and port, and a group of sockets bound to it, one for each worker. The
 * kernel gives every datagram to one of them (collector/receive/steer.h).
 *
 * The main thread opens and closes it; a worker borrows its socket in between.
 *
 * Another process on the same port. SO_REUSEPORT would let a second weir of the same user bind, and
 * one of the two would starve. So the first socket of a group is bound *without* it, which the
 * kernel refuses when anybody holds the port, and gets the option only then, to let the others in.
 * There is no moment between a check and the bind: of two weirs that start at once, one fails. With
 * "share" all sockets are bound with the option, and without a program for steering, so that the
 * kernel spreads over the sockets of all who share.
 *
 * Until the whole group stands a fence keeps datagrams out of it, so that none gets to a worker
 * that the exporter does not belong to.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf_listener;

#define LISTENER_ADDR_MAX 80 /* "[" address "]:" port */

struct listener_socket {
	int fd;
	uint32_t drops_before; /* the kernel's counter when the socket became ours */
};

struct listener {
	char addr[LISTENER_ADDR_MAX]; /* as bound, with the port that the kernel picked */
	uint16_t port;
	bool steered;            /* every source address has one worker */
	bool only_ipv4;          /* asked for "::", but the host has no IPv6 */
	int steer_error;         /* why it is not: a negative errno, or 0 */
	uint64_t rcvbuf_asked;   /* bytes, a socket */
	uint64_t rcvbuf_granted; /* bytes, in the same unit */
	unsigned sockets_n;
	struct listener_socket *sockets; /* one a worker */
};

/* 0; or a negative errno, one line in error, and *l is zero: listener_close() may be called. */
int listener_open(struct listener *l, const struct conf_listener *conf, unsigned workers,
		  char *error, size_t size);

/* Nothing enters the sockets any more; what is queued can still be read. */
void listener_fence(const struct listener *l);

void listener_close(struct listener *l);

/* Says where weir listens, and (once for all) what the host denied it. */
void listener_log(const struct listener *listeners, size_t n);
