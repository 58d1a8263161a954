#include "metrics/http.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "metrics/guests.h"

#define GUESTS_MAX            32u
#define GUESTS_MAX_OF_ADDRESS 8u
#define DEADLINE_MS           10000u /* from the connection to the end of the answer */
#define INACTIVITY_S          5u
#define CONNECTION_BYTES      8192u /* for the request and our headers */
#define BACKLOG               16u

struct http {
	struct MHD_Daemon *daemon;
	struct guests *guests;
	const struct http_route *routes;
	size_t routes_n;
	uint16_t port;
	/* Written by the server's thread only. */
	_Atomic uint64_t connections;
	_Atomic uint64_t requests;
	_Atomic uint64_t failures;
	_Atomic uint64_t refused;
};

static void count(_Atomic uint64_t *number)
{
	atomic_fetch_add_explicit(number, 1, memory_order_relaxed);
}

/* What libmicrohttpd has to say is about single clients; they are counted, not talked about. */
static void http_silence(void *ctx, const char *format, va_list args)
{
	(void)ctx;
	(void)format;
	(void)args;
}

static enum MHD_Result http_accept(void *ctx, const struct sockaddr *address, socklen_t len)
{
	struct http *h = ctx;

	(void)len;
	if (guests_may_enter(h->guests, address))
		return MHD_YES;
	count(&h->refused);
	return MHD_NO;
}

/* libmicrohttpd closes the socket after it has told us, so a guest's socket is always open. */
static void http_notify(void *ctx, struct MHD_Connection *c, void **guest,
			enum MHD_ConnectionNotificationCode what)
{
	struct http *h = ctx;
	const union MHD_ConnectionInfo *info;
	const struct sockaddr *address;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		guests_leave(h->guests, *guest);
		*guest = NULL;
		return;
	}
	address = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
	info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	count(&h->connections);
	*guest = guests_enter(h->guests, address, info->connect_fd);
	if (!*guest)
		shutdown(info->connect_fd, SHUT_RDWR);
}

/* Takes page->body. */
static enum MHD_Result http_answer(struct MHD_Connection *c, const struct http_page *page,
				   const char *type, const char *allow)
{
	struct MHD_Response *r;
	enum MHD_Result result;

	r = MHD_create_response_from_buffer(page->len, page->body, MHD_RESPMEM_MUST_FREE);
	if (!r) {
		free(page->body);
		return MHD_NO;
	}
	if (type)
		MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (allow)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, allow);
	MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONNECTION, "close");
	result = MHD_queue_response(c, page->status, r);
	MHD_destroy_response(r);
	return result;
}

static enum MHD_Result http_answer_text(struct MHD_Connection *c, unsigned status, const char *text,
					const char *allow)
{
	struct http_page page = {.status = status, .body = strdup(text), .len = strlen(text)};

	if (!page.body)
		return MHD_NO;
	return http_answer(c, &page, "text/plain; charset=utf-8", allow);
}

static const struct http_route *http_find(const struct http *h, const char *path)
{
	for (size_t i = 0; i < h->routes_n; i++)
		if (strcmp(h->routes[i].path, path) == 0)
			return &h->routes[i];
	return NULL;
}

/* NOLINTBEGIN(readability-non-const-parameter,readability-function-size): libmicrohttpd's type */

/* Answers as soon as the headers are in, so that nobody's body is ever read. */
static enum MHD_Result http_handle(void *ctx, struct MHD_Connection *c, const char *path,
				   const char *method, const char *version, const char *upload,
				   size_t *upload_len, void **request)
{
	struct http *h = ctx;
	const struct http_route *route = http_find(h, path);
	struct http_page page = {.status = MHD_HTTP_OK};

	(void)version, (void)upload, (void)upload_len, (void)request;
	count(&h->requests);
	if (!route)
		return http_answer_text(c, MHD_HTTP_NOT_FOUND, "not found\n", NULL);
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return http_answer_text(c, MHD_HTTP_METHOD_NOT_ALLOWED, "method not allowed\n",
					"GET, HEAD");
	if (route->render(route->ctx, &page) == 0)
		return http_answer(c, &page, route->type, NULL);
	count(&h->failures);
	return http_answer_text(c, MHD_HTTP_INTERNAL_SERVER_ERROR, "cannot make this page\n", NULL);
}

/* NOLINTEND(readability-non-const-parameter,readability-function-size) */

static int address_read(const char *text, uint16_t port, struct sockaddr_storage *out)
{
	const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found;

	if (getaddrinfo(text, NULL, &hints, &found) != 0)
		return -EINVAL;
	memcpy(out, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	if (out->ss_family == AF_INET6)
		((struct sockaddr_in6 *)out)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)out)->sin_port = htons(port);
	return 0;
}

static socklen_t address_len(const struct sockaddr_storage *a)
{
	return a->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

static int port_read(int fd, uint16_t *port)
{
	struct sockaddr_storage at = {0};
	socklen_t len = sizeof(at);

	if (getsockname(fd, (struct sockaddr *)&at, &len) != 0)
		return -errno;
	/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): getsockname() has filled it */
	*port = ntohs(at.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&at)->sin6_port
					       : ((struct sockaddr_in *)&at)->sin_port);
	return 0;
}

/* Our own socket, because libmicrohttpd does not say reliably why it could not make one. */
static int socket_listen(const struct sockaddr_storage *address, uint16_t *port)
{
	const int on = 1, off = 0;
	int fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    (address->ss_family == AF_INET6 &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) != 0) ||
	    bind(fd, (const struct sockaddr *)address, address_len(address)) != 0 ||
	    listen(fd, BACKLOG) != 0)
		err = -errno;
	if (!err)
		err = port_read(fd, port);
	if (err)
		close(fd);
	return err ? err : fd;
}

static int http_listen(struct http *h, const struct sockaddr_storage *address)
{
	int fd = socket_listen(address, &h->port);
	unsigned flags =
		MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC | MHD_USE_ERROR_LOG;
	/* clang-format off */
	struct MHD_OptionItem options[] = {
		{MHD_OPTION_EXTERNAL_LOGGER,         (intptr_t)http_silence, NULL}, /* first, to hear all */
		{MHD_OPTION_LISTEN_SOCKET,           fd,                     NULL},
		{MHD_OPTION_NOTIFY_CONNECTION,       (intptr_t)http_notify,  h},
		{MHD_OPTION_CONNECTION_LIMIT,        GUESTS_MAX,             NULL},
		{MHD_OPTION_CONNECTION_TIMEOUT,      INACTIVITY_S,           NULL},
		{MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES,       NULL},
		{MHD_OPTION_END,                     0,                      NULL},
	};
	/* clang-format on */

	if (fd < 0)
		return fd;
	if (address->ss_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	h->daemon = MHD_start_daemon(flags, 0, http_accept, h, http_handle, h, MHD_OPTION_ARRAY,
				     options, MHD_OPTION_END);
	return h->daemon ? 0 : -EIO; /* without a daemon, whose the socket is depends on how far it
					came */
}

/* The threads started here inherit a mask that leaves every signal to the main thread. */
static int http_start_threads(struct http *h, const struct sockaddr_storage *address)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = guests_start(GUESTS_MAX, GUESTS_MAX_OF_ADDRESS, DEADLINE_MS, &h->guests);
	if (!err)
		err = http_listen(h, address);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return err;
}

int http_start(const char *address, uint16_t port, const struct http_route *routes, size_t routes_n,
	       struct http **out)
{
	struct sockaddr_storage at = {0};
	int err = address_read(address, port, &at);
	struct http *h;

	*out = NULL;
	if (err)
		return err;
	h = calloc(1, sizeof(*h));
	if (!h)
		return -ENOMEM;
	h->routes = routes;
	h->routes_n = routes_n;
	*out = h;
	err = http_start_threads(h, &at);
	if (err) {
		*out = NULL;
		http_stop(h);
	}
	return err;
}

uint16_t http_port(const struct http *h)
{
	return h->port;
}

void http_numbers(const struct http *h, struct http_numbers *out)
{
	*out = (struct http_numbers){
		.connections = atomic_load_explicit(&h->connections, memory_order_relaxed),
		.requests = atomic_load_explicit(&h->requests, memory_order_relaxed),
		.failures = atomic_load_explicit(&h->failures, memory_order_relaxed),
		.refused = atomic_load_explicit(&h->refused, memory_order_relaxed),
		.cut = guests_cut(h->guests),
	};
}

void http_set_deadline(struct http *h, uint64_t deadline_ms)
{
	guests_set_deadline(h->guests, deadline_ms);
}

void http_stop(struct http *h)
{
	if (!h)
		return;
	if (h->daemon)
		MHD_stop_daemon(h->daemon);
	guests_stop(h->guests);
	free(h);
}
