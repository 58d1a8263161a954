/* A small HTTP server for pages that are made when asked for: GET and HEAD, exact paths. A thread
 * of its own (libmicrohttpd's), connection limits, an absolute deadline for every request, and no
 * lock that a worker takes. Knows nothing of what the pages say.
 *
 * A connection serves one request: whoever scrapes every few seconds gains nothing by keeping it,
 * and so the deadline of the connection is that of the request, its answer included.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A page, made by the route that owns it. body is malloc()ed and passes to the server. */
struct http_page {
	unsigned status; /* 200, 503, ... */
	char *body;
	size_t len;
};

struct http_route {
	const char *path; /* exact */
	const char *type; /* Content-Type */
	/* Fills *out; called on the server's thread. 0, or a negative errno: answered with 500. */
	int (*render)(void *ctx, struct http_page *out);
	void *ctx;
};

/* All of them ever. What libmicrohttpd answers by itself (400, 414, 431) is no request. */
struct http_numbers {
	uint64_t connections; /* let in */
	uint64_t requests;    /* answered: 404, 405 and 500 too */
	uint64_t failures;    /* of them with 500 */
	uint64_t refused;     /* connections over the limit of their address */
	uint64_t cut;         /* connections past their deadline */
};

struct http;

/* routes outlive the server. address: IPv4 or IPv6 in text ("::" takes both families). port 0: the
 * kernel picks one. 0 and *out, which is set before the first request can come; or a negative errno
 * and *out is NULL (-EINVAL: not an address; -EADDRINUSE). */
int http_start(const char *address, uint16_t port, const struct http_route *routes, size_t routes_n,
	       struct http **out);
uint16_t http_port(const struct http *h);
void http_numbers(const struct http *h, struct http_numbers *out); /* any thread */

/* For tests: the deadline of connections to come. */
void http_set_deadline(struct http *h, uint64_t deadline_ms);

/* Cuts whatever is open. NULL is fine. */
void http_stop(struct http *h);
