/* One connection to NATS and its care: it is made, lost, made anew and given up here, and counted.
 * The library reconnects by itself; where it gives up (two equal authentication errors, for one)
 * the connection is thrown away and a new one made, for ever, with backoff and jitter.
 *
 * One thread owns a connection and alone may call what is not marked otherwise: nats.c holds its
 * lock through whole reconnects, so any call may block for seconds. Its callbacks only set atomics
 * here and write the eventfd.
 */
#pragma once

#include <nats/nats.h>
#include <stdbool.h>
#include <stdint.h>

struct nats_connection;

/* What the owner does with each new connection. made: subscribe, create what is missing; anything
 * but NATS_OK throws the connection away. gone: the connection is closed; destroy what was made. */
struct nats_connection_hooks {
	natsStatus (*made)(void *closure, natsConnection *nc);
	void (*gone)(void *closure);

	/* A thread of the library: the server has denied something, in these words; once for each
	 * time. restarted: what was denied before was on another TCP connection. */
	void (*denied)(void *closure, const char *text);
	void (*restarted)(void *closure);
	void *closure;
};

struct nats_connection_numbers {
	uint64_t connects; /* ever, reconnects too, as all of these */
	uint64_t connect_failures;
	uint64_t disconnects;
	uint64_t stalls; /* calls ended by nats_connection_watch() */
	bool connected;
};

/* Inert. url: one or several, separated by commas; it
 * outlives the connection; *hooks is copied. wake_fd: an eventfd written
 * when the state changes. NULL if out of memory. */
struct nats_connection *nats_connection_new(const char *url, int wake_fd,
					    const struct nats_connection_hooks *hooks);

/* The main thread: starts the library. 0, or a negative errno, logged. */
int nats_connection_open(struct nats_connection *c);

/* Connects, or connects anew, if that is due, and logs what has changed. Blocks for as long as that
 * takes. Returns when to call again, UINT64_MAX: when the eventfd was written. */
uint64_t nats_connection_tick(struct nats_connection *c, uint64_t now_mono_ms);

/* Whether it was connected when the library last said so. Any thread. */
bool nats_connection_is_up(const struct nats_connection *c);

/* Anything but NATS_OK: the message was not sent, nor will it be. */
natsStatus nats_connection_publish(struct nats_connection *c, const char *subject,
				   const void *octets, uint32_t len);

/* Which TCP connection this is: what was published while two calls returned the same went over the
 * same one, in order. 0: none. */
uint64_t nats_connection_epoch(struct nats_connection *c);

/* Whether the server has told this TCP connection that it may not do something it did; text: the
 * last it said about that, cut to fit, and unspecified if it never did. What it said before the
 * echo of a message is known when the echo is, while the hook is called somewhat later. */
bool nats_connection_is_denied(struct nats_connection *c, char *text, size_t size);

/* How long a message may be, in octets, by what the server told; 0: not known. */
uint64_t nats_connection_max_payload(struct nats_connection *c);

/* Ends the connection, if any. */
void nats_connection_close(struct nats_connection *c);

/* The main thread. */
void nats_connection_free(struct nats_connection *c);

/* Any thread. */
struct nats_connection_numbers nats_connection_numbers(const struct nats_connection *c);

/* Any thread but the owner, once a second or so. nats.c 3.4.1 can spin for ever in a reconnect, its
 * lock held, when the peer accepts but never answers (docs: the library's issues 706 and 707). If
 * the owner hangs in a call for longer than every timeout together, this shuts down the sockets
 * whose peer has the port of a configured server; the library then reconnects by itself. */
void nats_connection_watch(struct nats_connection *c, uint64_t now_mono_ms);
