/* The clients of a server: how many one address may bring, and until when each may stay. A thread
 * of its own shuts the socket of a guest who stayed too long; the server, which still owns the
 * socket, then meets the end of the stream. It sleeps while nobody is there.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct guest;
struct guests;

/* Room for max guests, at most max_of_address of one address (the port does not matter).
 * 0 and *out, or a negative errno. */
int guests_start(size_t max, size_t max_of_address, uint64_t deadline_ms, struct guests **out);
void guests_set_deadline(struct guests *g, uint64_t deadline_ms); /* of guests to come */

/* Whether one more of this address may come in. */
bool guests_may_enter(struct guests *g, const struct sockaddr *address);

/* NULL if there is no room: close the socket then. fd stays the caller's, who says guests_leave()
 * before closing it. */
struct guest *guests_enter(struct guests *g, const struct sockaddr *address, int fd);
void guests_leave(struct guests *g, struct guest *guest); /* NULL is fine */

uint64_t guests_cut(const struct guests *g); /* ever */
void guests_stop(struct guests *g);          /* NULL is fine */
