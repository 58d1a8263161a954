#define LOG_MODULE "nats"

#include "collector/publish/nats_connection.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "collector/clock.h"
#include "collector/conf/nats_url.h"
#include "collector/log/log.h"
#include "collector/publish/backoff.h"
#include "collector/publish/nats_options.h"
#include "collector/publish/peers.h"

#define RETRY_FIRST_MS  250
#define RETRY_MAX_MS    2000 /* a ring holds only seconds */
#define STALL_MS        (2 * NATS_TIMEOUT_MS + NATS_WRITE_DEADLINE_MS + 2000)
#define CLOSE_WAIT_MS   2000
#define DOWN_LOOK_MS    1000 /* how often a connection that is down is looked at */
#define LOG_INTERVAL_MS 10000
#define URL_SHOWN_MAX   256

struct nats_connection {
	/* Immutable after open. */
	const char *urls; /* the caller's */
	struct nats_servers servers;
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
	_Atomic int error; /* natsStatus; why a connection is about to end; NATS_OK: not told */
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
	c->hooks.restarted(c->hooks.closure);
	c->disconnects++; /* first: who sees the state sees the count */
	c->connected = false;
	wake(c);
}

static void on_reconnected(natsConnection *nc, void *closure)
{
	struct nats_connection *c = closure;

	if (nc != c->current)
		return;
	c->error = NATS_OK;
	c->connects++;
	c->connected = true;
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
	natsStatus of_text = NATS_OK;
	const char *text = nats_GetLastError(&of_text); /* of this thread: of this call */

	(void)sub; /* may be freed already */
	if (nc != c->current)
		return;
	if (s == NATS_NOT_PERMITTED)
		c->hooks.denied(c->hooks.closure, of_text == s && text ? text : "");
	else if (s != NATS_SLOW_CONSUMER)
		c->error = (int)s; /* and then it ends the connection */
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

static natsStatus callbacks_set(struct nats_connection *c)
{
	natsOptions *o = c->options;
	natsStatus s;

	if ((s = natsOptions_SetCustomReconnectDelay(o, on_reconnect_delay, c)) != NATS_OK ||
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
	c->urls = url;
	c->wake_fd = wake_fd;
	c->hooks = *hooks;
	c->backoff = (struct backoff){.first_ms = RETRY_FIRST_MS, .max_ms = RETRY_MAX_MS};
	return c;
}

int nats_connection_open(struct nats_connection *c)
{
	int err = nats_servers_read(&c->servers, c->urls);
	natsStatus s;

	if (err)
		return err;
	s = library_open();
	c->holds_library = s == NATS_OK;
	if (s == NATS_OK)
		s = natsStatistics_Create(&c->statistics);
	if (s == NATS_OK)
		s = nats_options_make(&c->servers, &c->options);
	if (s == NATS_OK)
		s = callbacks_set(c);
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
	nats_servers_fini(&c->servers);
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
			 nats_urls_redact(c->servers.servers[0], shown, sizeof(shown)),
			 c->servers.n, natsStatus_GetText(s), (unsigned long long)swallowed);
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
	c->hooks.restarted(c->hooks.closure);
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

static void tell_loss(struct nats_connection *c)
{
	unsigned long long disconnects = c->disconnects;
	int why = atomic_exchange(&c->error, NATS_OK);

	if (why == NATS_OK)
		log_warn("lost the connection to NATS", "disconnects=%llu", disconnects);
	else
		log_warn("lost the connection to NATS", "disconnects=%llu error=\"%s\"",
			 disconnects, natsStatus_GetText((natsStatus)why));
}

/* What the callbacks saw, told by the thread that may. */
static void tell_changes(struct nats_connection *c)
{
	char url[URL_SHOWN_MAX] = "";
	char shown[URL_SHOWN_MAX];
	uint64_t connects = c->connects;
	uint64_t disconnects = c->disconnects;

	if (disconnects != c->logged_disconnects)
		tell_loss(c);
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
	if (c->nc && !c->connected) {
		/* The library reconnects; should that hang, only a call that waits for its lock
		 * lets the watchdog know. With nothing to publish there is no other. */
		(void)nats_connection_epoch(c);
		return now_mono_ms + DOWN_LOOK_MS;
	}
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

bool nats_connection_is_denied(struct nats_connection *c, char *text, size_t size)
{
	const char *said = NULL;
	natsStatus s;

	if (!c->nc)
		return false;
	enter(c);
	s = natsConnection_GetLastError(c->nc, &said);
	snprintf(text, size, "%s", said ? said : "");
	leave(c);
	return s == NATS_NOT_PERMITTED;
}

uint64_t nats_connection_max_payload(struct nats_connection *c)
{
	int64_t max;

	if (!c->nc)
		return 0;
	enter(c);
	max = natsConnection_GetMaxPayload(c->nc);
	leave(c);
	return max > 0 ? (uint64_t)max : 0;
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

void nats_connection_watch(struct nats_connection *c, uint64_t now_mono_ms)
{
	uint64_t since_ms = c->busy_since_ms;
	uint64_t patience_ms = STALL_MS + (uint64_t)c->servers.n * NATS_TIMEOUT_MS;

	if (since_ms == 0 || now_mono_ms < since_ms + patience_ms)
		return;
	/* Again and again while it hangs: the library may have opened another socket since. */
	if (atomic_exchange(&c->ended_since_ms, since_ms) != since_ms) {
		c->stalls++;
		log_error("a NATS call hangs, shutting its sockets down", "ms=%llu",
			  (unsigned long long)(now_mono_ms - since_ms));
	}
	peers_shut_down(c->servers.ports, (size_t)c->servers.n);
}
