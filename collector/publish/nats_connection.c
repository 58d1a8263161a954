#define LOG_MODULE "nats"

#include "collector/publish/nats_connection.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector/clock.h"
#include "collector/conf/nats_url.h"
#include "collector/log/log.h"
#include "collector/publish/backoff.h"

#define SERVERS_MAX       32
#define PORT_DEFAULT      4222
#define TIMEOUT_MS        2000 /* TCP connect, INFO, PONG of one server */
#define WRITE_DEADLINE_MS 1000
#define PING_INTERVAL_MS  3000 /* a dead peer is found after three of them */
#define PINGS_OUT_MAX     2
#define IO_BUFFER_BYTES   262144
#define RETRY_FIRST_MS    250
#define RETRY_MAX_MS      10000
#define STALL_MS          (2 * TIMEOUT_MS + WRITE_DEADLINE_MS + 2000)
#define CLOSE_WAIT_MS     2000
#define LOG_INTERVAL_MS   10000
#define URL_SHOWN_MAX     256

struct nats_connection {
	/* Immutable after open. */
	char *urls; /* servers[] point into it */
	const char *servers[SERVERS_MAX];
	uint16_t ports[SERVERS_MAX];
	int servers_n;
	int wake_fd;
	struct nats_connection_hooks hooks;
	natsOptions *options;
	bool holds_library;

	/* The owner's. */
	natsConnection *nc; /* NULL: none */
	natsStatistics *statistics;
	uint64_t made; /* connections, ever: the incarnation */
	struct backoff backoff;
	uint64_t retry_mono_ms;
	struct log_limit limit;
	uint64_t logged_connects;
	uint64_t logged_disconnects;

	/* Written by the library's threads too. A callback that comes late speaks of another
	 * connection than the current one; the library keeps that alive meanwhile, so that the
	 * addresses differ. */
	_Atomic(natsConnection *) current;
	_Atomic bool connected;
	_Atomic bool closed;
	_Atomic uint64_t closed_calls; /* of the last callback of each incarnation */
	_Atomic uint64_t connects;
	_Atomic uint64_t connect_failures;
	_Atomic uint64_t disconnects;
	_Atomic uint64_t stalls;

	/* The watchdog's. */
	_Atomic uint64_t busy_since_ms; /* the owner is in a call of the library; 0: it is not */
	_Atomic uint64_t ended_since_ms;
};

/* --- the library's callbacks: any of its threads ------------------------------------------------
 */

static void wake(const struct nats_connection *c)
{
	uint64_t one = 1;

	(void)!write(c->wake_fd, &one, sizeof(one)); /* fails only when it is full: awake */
}

static void on_disconnected(natsConnection *nc, void *closure)
{
	struct nats_connection *c = closure;

	if (nc != c->current)
		return;
	c->connected = false;
	c->disconnects++;
	wake(c);
}

static void on_reconnected(natsConnection *nc, void *closure)
{
	struct nats_connection *c = closure;

	if (nc != c->current)
		return;
	c->connected = true;
	c->connects++;
	wake(c);
}

static void on_closed(natsConnection *nc, void *closure)
{
	struct nats_connection *c = closure;

	if (nc == c->current) {
		c->connected = false;
		c->closed = true;
		wake(c);
	}
	c->closed_calls++; /* last: afterwards *c may be freed */
}

/* Without a handler of ours, later versions of the library would print to stderr. */
static void on_error(natsConnection *nc, natsSubscription *sub, natsStatus s, void *closure)
{
	struct nats_connection *c = closure;

	(void)sub; /* may be freed already */
	(void)s;
	if (nc == c->current)
		wake(c);
}

/* Called before each round over the servers; so from the second on, one has failed. */
static int64_t on_reconnect_delay(natsConnection *nc, int round, void *closure)
{
	struct nats_connection *c = closure;
	struct backoff b = {.first_ms = RETRY_FIRST_MS, .max_ms = RETRY_MAX_MS};
	uint32_t ms = 0;

	if (nc == c->current && round > 1)
		c->connect_failures++;
	for (int i = 0; i < round && i < 10; i++)
		ms = backoff_ms(&b);
	return ms;
}

/* --- options ------------------------------------------------------------------------------------
 */

/* The port of one well-formed URL, whatever else is in it: scheme, password, IPv6 address. */
static uint16_t url_port(const char *url)
{
	const char *scheme = strstr(url, "://");
	const char *authority = scheme ? scheme + 3 : url;
	const char *at = strrchr(authority, '@');
	const char *host = at ? at + 1 : authority;
	const char *bracket = strchr(host, ']');
	const char *colon = strrchr(bracket ? bracket : host, ':');

	return colon ? (uint16_t)strtoul(colon + 1, NULL, 10) : PORT_DEFAULT;
}

static int servers_split(struct nats_connection *c)
{
	char *rest = c->urls;
	char *url;

	while ((url = strtok_r(rest, ",", &rest))) {
		if (c->servers_n == SERVERS_MAX)
			return -E2BIG;
		c->ports[c->servers_n] = url_port(url);
		c->servers[c->servers_n++] = url;
	}
	return 0;
}

/* The library takes tls:// for a wish; it is a demand. */
static bool wants_tls(const struct nats_connection *c)
{
	for (int i = 0; i < c->servers_n; i++)
		if (strncmp(c->servers[i], "tls://", 6) == 0)
			return true;
	return false;
}

static natsStatus options_set(struct nats_connection *c)
{
	char name[128] = "weir/";
	natsOptions *o;
	natsStatus s = natsOptions_Create(&c->options);

	(void)gethostname(name + strlen(name), sizeof(name) - strlen(name) - 1); /* or no name */
	if (s != NATS_OK)
		return s;
	o = c->options;
	/* One after the other; the first that fails is told, and the rest are not tried. */
	if ((s = natsOptions_SetServers(o, c->servers, c->servers_n)) != NATS_OK ||
	    (s = natsOptions_SetName(o, name)) != NATS_OK ||
	    (s = natsOptions_SetSecure(o, wants_tls(c))) != NATS_OK ||
	    (s = natsOptions_SetTimeout(o, TIMEOUT_MS)) != NATS_OK ||
	    (s = natsOptions_SetWriteDeadline(o, WRITE_DEADLINE_MS)) != NATS_OK ||
	    (s = natsOptions_SetPingInterval(o, PING_INTERVAL_MS)) != NATS_OK ||
	    (s = natsOptions_SetMaxPingsOut(o, PINGS_OUT_MAX)) != NATS_OK ||
	    (s = natsOptions_SetIOBufSize(o, IO_BUFFER_BYTES)) != NATS_OK ||
	    (s = natsOptions_SetMaxReconnect(o, -1)) != NATS_OK ||
	    (s = natsOptions_SetReconnectBufSize(o, 0)) != NATS_OK ||
	    (s = natsOptions_SetFailRequestsOnDisconnect(o, true)) != NATS_OK ||
	    (s = natsOptions_SetCustomReconnectDelay(o, on_reconnect_delay, c)) != NATS_OK ||
	    (s = natsOptions_SetDisconnectedCB(o, on_disconnected, c)) != NATS_OK ||
	    (s = natsOptions_SetReconnectedCB(o, on_reconnected, c)) != NATS_OK ||
	    (s = natsOptions_SetClosedCB(o, on_closed, c)) != NATS_OK)
		return s;
	return natsOptions_SetErrorHandler(o, on_error, c);
}

/* --- life ---------------------------------------------------------------------------------------
 */

/* Connections that need the library; the main thread's. */
static unsigned library_users;

/* The library's threads inherit the mask: signals stay the main thread's. */
static natsStatus library_open(void)
{
	sigset_t all;
	sigset_t before;
	natsStatus s = NATS_OK;

	if (library_users++ > 0)
		return NATS_OK;
	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before); /* fails only for a bad argument */
	s = nats_Open(-1);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (s != NATS_OK)
		library_users--;
	return s;
}

static void library_close(void)
{
	nats_ReleaseThreadMemory();
	if (--library_users == 0)
		/* If its threads do not end in time, they end with the process. */
		(void)nats_CloseAndWait(CLOSE_WAIT_MS);
}

struct nats_connection *nats_connection_new(const char *url, int wake_fd,
					    const struct nats_connection_hooks *hooks)
{
	struct nats_connection *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->urls = strdup(url);
	if (!c->urls) {
		free(c);
		return NULL;
	}
	c->wake_fd = wake_fd;
	c->hooks = *hooks;
	c->backoff = (struct backoff){.first_ms = RETRY_FIRST_MS, .max_ms = RETRY_MAX_MS};
	return c;
}

int nats_connection_open(struct nats_connection *c)
{
	const char *why;
	unsigned position;
	natsStatus s;

	if (!nats_urls_ok(c->urls, &why, &position)) {
		log_error("cannot use nats.url", "position=%u error=\"%s\"", position, why);
		return -EINVAL;
	}
	if (servers_split(c) != 0) {
		log_error("cannot use nats.url", "error=\"more than %d servers\"", SERVERS_MAX);
		return -EINVAL;
	}
	s = library_open();
	c->holds_library = s == NATS_OK;
	if (s == NATS_OK)
		s = natsStatistics_Create(&c->statistics);
	if (s == NATS_OK)
		s = options_set(c);
	if (s == NATS_OK)
		return 0;
	log_error("cannot set up NATS", "error=\"%s\"", natsStatus_GetText(s));
	return s == NATS_NO_MEMORY ? -ENOMEM : -EINVAL;
}

void nats_connection_free(struct nats_connection *c)
{
	if (!c)
		return;
	/* A callback that has still to come would find nothing: rather leave it its struct. */
	if (c->nc || c->closed_calls < c->made)
		return;
	natsOptions_Destroy(c->options);
	natsStatistics_Destroy(c->statistics);
	if (c->holds_library)
		library_close();
	free(c->urls);
	free(c);
}

/* --- the owner ----------------------------------------------------------------------------------
 */

static void enter(struct nats_connection *c)
{
	c->busy_since_ms = clock_mono_ms();
}

static void leave(struct nats_connection *c)
{
	c->busy_since_ms = 0;
}

/* The connection is closed or to be closed: throws it away. */
static void discard(struct nats_connection *c)
{
	natsConnection *nc = c->nc;

	c->current = NULL; /* what its callbacks say is no news any more */
	c->connected = false;
	c->nc = NULL;
	enter(c);
	/* In this order: a subscription destroyed while messages arrive can crash the library. */
	natsConnection_Close(nc);
	c->hooks.gone(c->hooks.closure);
	natsConnection_Destroy(nc);
	leave(c);
}

static void connect_failed(struct nats_connection *c, natsStatus s, uint64_t now_mono_ms)
{
	char shown[URL_SHOWN_MAX];
	uint64_t swallowed;

	c->connect_failures++;
	c->retry_mono_ms = now_mono_ms + backoff_ms(&c->backoff);
	if (log_pass(&c->limit, now_mono_ms, LOG_INTERVAL_MS, &swallowed))
		log_warn("cannot connect to NATS, trying again",
			 "server=%s servers=%d error=\"%s\" swallowed=%llu",
			 nats_urls_redact(c->servers[0], shown, sizeof(shown)), c->servers_n,
			 natsStatus_GetText(s), (unsigned long long)swallowed);
}

static void try_connect(struct nats_connection *c)
{
	natsStatus s;

	enter(c);
	s = natsConnection_Connect(&c->nc, c->options);
	leave(c);
	if (s != NATS_OK) {
		c->nc = NULL;
		connect_failed(c, s, clock_mono_ms());
		return;
	}
	c->made++;
	c->closed = false;
	c->current = c->nc;
	/* Its callback may have come before it was the current one. */
	if (natsConnection_IsClosed(c->nc))
		c->closed = true;
	enter(c);
	s = c->hooks.made(c->hooks.closure, c->nc);
	leave(c);
	if (s != NATS_OK) {
		discard(c);
		connect_failed(c, s, clock_mono_ms());
		return;
	}
	c->connects++;
	c->connected = true;
}

/* What the callbacks saw, told by the thread that may. */
static void tell_changes(struct nats_connection *c)
{
	char url[URL_SHOWN_MAX] = "";
	char shown[URL_SHOWN_MAX];
	uint64_t connects = c->connects;
	uint64_t disconnects = c->disconnects;

	if (disconnects != c->logged_disconnects)
		log_warn("lost the connection to NATS", "disconnects=%llu",
			 (unsigned long long)disconnects);
	if (connects != c->logged_connects && c->connected) {
		enter(c);
		(void)natsConnection_GetConnectedUrl(c->nc, url, sizeof(url)); /* or "" */
		leave(c);
		log_info("connected to NATS", "server=%s connects=%llu",
			 nats_urls_redact(url, shown, sizeof(shown)), (unsigned long long)connects);
		backoff_reset(&c->backoff);
	}
	c->logged_disconnects = disconnects;
	c->logged_connects = connects;
}

uint64_t nats_connection_tick(struct nats_connection *c, uint64_t now_mono_ms)
{
	if (c->nc && c->closed) {
		log_warn("NATS closed the connection for good, making a new one", "made=%llu",
			 (unsigned long long)c->made);
		discard(c);
		c->retry_mono_ms = now_mono_ms + backoff_ms(&c->backoff);
	}
	if (!c->nc && now_mono_ms >= c->retry_mono_ms)
		try_connect(c);
	tell_changes(c);
	return c->nc ? UINT64_MAX : c->retry_mono_ms;
}

bool nats_connection_is_up(const struct nats_connection *c)
{
	return c->connected;
}

natsStatus nats_connection_publish(struct nats_connection *c, const char *subject,
				   const void *octets, uint32_t len)
{
	natsStatus s;

	if (!c->nc || !c->connected)
		return NATS_CONNECTION_DISCONNECTED;
	enter(c);
	s = natsConnection_Publish(c->nc, subject, octets, (int)len);
	leave(c);
	if (s == NATS_CONNECTION_CLOSED)
		c->closed = true; /* before its callback comes */
	return s;
}

uint64_t nats_connection_epoch(struct nats_connection *c)
{
	uint64_t reconnects = 0;

	if (!c->nc)
		return 0;
	enter(c);
	/* Neither can fail with arguments that are not NULL. */
	(void)natsConnection_GetStats(c->nc, c->statistics);
	(void)natsStatistics_GetCounts(c->statistics, NULL, NULL, NULL, NULL, &reconnects);
	leave(c);
	return c->made << 32 | (reconnects & UINT32_MAX);
}

bool nats_connection_is_denied(struct nats_connection *c)
{
	const char *text;
	natsStatus s;

	if (!c->nc)
		return false;
	enter(c);
	s = natsConnection_GetLastError(c->nc, &text);
	leave(c);
	return s == NATS_NOT_PERMITTED;
}

void nats_connection_close(struct nats_connection *c)
{
	uint64_t until_ms = clock_mono_ms() + CLOSE_WAIT_MS;

	if (c->nc)
		discard(c);
	while (c->closed_calls < c->made && clock_mono_ms() < until_ms)
		usleep(1000);
	nats_ReleaseThreadMemory();
}

struct nats_connection_numbers nats_connection_numbers(const struct nats_connection *c)
{
	return (struct nats_connection_numbers){
		.connects = c->connects,
		.connect_failures = c->connect_failures,
		.disconnects = c->disconnects,
		.stalls = c->stalls,
		.connected = c->connected,
	};
}

/* --- the watchdog -------------------------------------------------------------------------------
 */

static bool leads_to_server(const struct nats_connection *c, int fd)
{
	struct sockaddr_storage peer = {0};
	socklen_t len = sizeof(peer);
	uint16_t port = 0;

	if (getpeername(fd, (struct sockaddr *)&peer, &len) < 0)
		return false;
	if (peer.ss_family == AF_INET)
		port = ntohs(((struct sockaddr_in *)&peer)->sin_port);
	if (peer.ss_family == AF_INET6)
		port = ntohs(((struct sockaddr_in6 *)&peer)->sin6_port);
	for (int i = 0; i < c->servers_n; i++)
		if (port != 0 && port == c->ports[i])
			return true;
	return false;
}

static void shut_down_sockets(const struct nats_connection *c)
{
	DIR *folder = opendir("/proc/self/fd");
	const struct dirent *entry;

	if (!folder)
		return;
	while ((entry = readdir(folder))) {
		int fd =
			(int)strtol(entry->d_name, NULL, 10); /* "." is 0: no socket, or not ours */

		if (leads_to_server(c, fd))
			(void)shutdown(fd, SHUT_RDWR); /* it may be closed by now: as well */
	}
	(void)closedir(folder);
}

void nats_connection_watch(struct nats_connection *c, uint64_t now_mono_ms)
{
	uint64_t since_ms = c->busy_since_ms;
	uint64_t patience_ms = STALL_MS + (uint64_t)c->servers_n * TIMEOUT_MS;

	if (since_ms == 0 || now_mono_ms < since_ms + patience_ms)
		return;
	/* Again and again while it hangs: the library may have opened another socket since. */
	if (atomic_exchange(&c->ended_since_ms, since_ms) != since_ms) {
		c->stalls++;
		log_error("a NATS call hangs, shutting its sockets down", "ms=%llu",
			  (unsigned long long)(now_mono_ms - since_ms));
	}
	shut_down_sockets(c);
}
