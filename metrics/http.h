/* A small HTTP server for pages that are made when asked for: GET and HEAD, exact paths. A thread
 * of its own (libmicrohttpd's), connection limits, an absolute deadline for every request, and no
 * lock that a worker takes. Knows nothing of what the pages say.
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

struct http_numbers {
	uint64_t requests; /* ever */
	uint64_t refused;  /* connections over a limit, requests past their deadline, ever */
};

struct http;

/* routes outlive the server. address: IPv4 or IPv6 in text. port 0: the kernel picks one.
 * 0 and *out, or a negative errno (-EADDRINUSE). */
int http_start(const char *address, uint16_t port, const struct http_route *routes, size_t routes_n,
	       struct http **out);
uint16_t http_port(const struct http *h);
void http_numbers(const struct http *h, struct http_numbers *out);
void http_stop(struct http *h); /* NULL is fine */
