#define LOG_MODULE "daemon"
#include "collector/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "collector/clock.h"
#include "collector/conf/conf.h"
#include "collector/log/log.h"
#include "collector/publish/publisher.h"
#include "collector/receive/cpus.h"
#include "collector/receive/listener.h"
#include "collector/show/health.h"
#include "collector/show/meters.h"
#include "collector/show/snapshot.h"
#include "collector/show/summary.h"
#include "collector/signals.h"
#include "collector/worker.h"
#include "metrics/http.h"
#include "metrics/page.h"

#define WATCH_MS     500  /* how often the main thread looks after the others */
#define EXIT_LATE_MS 1000 /* a shutdown that is so late is ended */
#define ROUTES       3

struct daemon {
	const struct conf *conf;
	unsigned workers_n;
	struct worker **workers;
	struct ledger **ledgers; /* of the workers */
	struct ring **rings;     /* likewise */
	struct publisher *publisher;
	struct listener listeners[CONF_LISTENERS_MAX];
	/* Of the listeners, for the pages, which are served after those have closed. */
	char addr[CONF_LISTENERS_MAX][LISTENER_ADDR_MAX];
	const char *addrs[CONF_LISTENERS_MAX];
	struct health health;
	struct snapshot_source source;
	struct http_route routes[ROUTES];
	uint64_t deadline_mono_ms;  /* of the shutdown */
	bool told;                  /* the part that failed has said itself why */
	bool stuck;                 /* a thread was left behind: its memory is not ours to free */
	char error[CONF_ERROR_MAX]; /* why a part could not be made or started */
};

static void listeners_stop(struct daemon *d)
{
	for (size_t i = 0; i < d->conf->listeners_n; i++)
		listener_close(&d->listeners[i]);
}

static int listeners_start(struct daemon *d)
{
	for (size_t i = 0; i < d->conf->listeners_n; i++) {
		int err = listener_open(&d->listeners[i], &d->conf->listeners[i], d->workers_n,
					d->error, sizeof(d->error));

		if (err) {
			listeners_stop(d);
			return err;
		}
		memcpy(d->addr[i], d->listeners[i].addr, sizeof(d->addr[i]));
		d->addrs[i] = d->addr[i];
	}
	return 0;
}

static void routes_fill(struct daemon *d)
{
	d->source = (struct snapshot_source){
		.listeners_n = d->conf->listeners_n,
		.listeners = d->addrs,
		.workers = d->workers_n,
		.ledgers = d->ledgers,
		.rings = d->rings,
		.publisher = d->publisher,
		.started_unix_ms = (uint64_t)time(NULL) * 1000,
	};
	d->health.workers = d->workers_n;
	d->health.ledgers = d->ledgers;
	d->health.stall_ms = HEALTH_STALL_MS;
	d->health.started_mono_ms = clock_mono_ms();
	d->routes[0] = (struct http_route){"/metrics", PAGE_TYPE, meters_render, &d->source};
	d->routes[1] = (struct http_route){"/healthz", HEALTH_TYPE, health_live, &d->health};
	d->routes[2] = (struct http_route){"/readyz", HEALTH_TYPE, health_ready, &d->health};
}

static int http_part_start(struct daemon *d)
{
	const char *address = d->conf->http.address;
	bool v6 = strchr(address, ':') != NULL;
	int err;

	routes_fill(d);
	if (!d->conf->http.enabled)
		return 0;
	err = http_start(address, d->conf->http.port, d->routes, ROUTES, &d->source.http);
	if (err)
		snprintf(d->error, sizeof(d->error), "cannot serve HTTP on %s%s%s:%u: %s",
			 v6 ? "[" : "", address, v6 ? "]" : "", d->conf->http.port, strerror(-err));
	else
		log_info("http listening", "addr=%s%s%s:%u", v6 ? "[" : "", address, v6 ? "]" : "",
			 http_port(d->source.http));
	return err;
}

static void http_part_stop(struct daemon *d)
{
	http_stop(d->source.http);
	d->source.http = NULL;
}

static int publisher_part_create(struct daemon *d)
{
	d->publisher = publisher_new(d->conf);
	return d->publisher ? 0 : -ENOMEM;
}

static int publisher_part_start(struct daemon *d)
{
	int err = publisher_start(d->publisher);

	d->told = err != 0;
	return err;
}

static void publisher_part_stop(struct daemon *d)
{
	d->stuck = publisher_stop(d->publisher, d->deadline_mono_ms) != 0;
}

static void publisher_part_free(struct daemon *d)
{
	publisher_free(d->publisher);
}

static int workers_create(struct daemon *d)
{
	unsigned n = d->workers_n;

	/* NOLINTBEGIN(bugprone-sizeof-expression): arrays of pointers */
	d->workers = calloc(n, sizeof(*d->workers));
	d->ledgers = calloc(n, sizeof(*d->ledgers));
	d->rings = calloc(n, sizeof(*d->rings));
	/* NOLINTEND(bugprone-sizeof-expression) */
	if (!d->workers || !d->ledgers || !d->rings)
		return -ENOMEM;
	for (unsigned i = 0; i < n; i++) {
		struct worker *w = worker_new(d->conf, i, publisher_wake_fd(d->publisher));

		if (!w)
			return -ENOMEM;
		d->workers[i] = w;
		d->ledgers[i] = worker_ledger(w);
		d->rings[i] = worker_ring(w);
		if (publisher_attach(d->publisher, d->rings[i]) != 0)
			return -ENOMEM;
	}
	return 0;
}

/* No more enters the sockets; they are read empty; and then they are free for another weir, while
 * this one still delivers. */
static void workers_stop(struct daemon *d)
{
	for (size_t i = 0; i < d->conf->listeners_n; i++)
		listener_fence(&d->listeners[i]);
	for (unsigned i = 0; i < d->workers_n; i++)
		worker_stop(d->workers[i], d->deadline_mono_ms);
	for (unsigned i = 0; i < d->workers_n; i++)
		worker_join(d->workers[i]);
	listeners_stop(d);
}

static int workers_start(struct daemon *d)
{
	for (unsigned i = 0; i < d->workers_n; i++) {
		int err = worker_start(d->workers[i], d->listeners);

		if (err) {
			workers_stop(d);
			return err;
		}
	}
	listener_log(d->listeners, d->conf->listeners_n);
	d->health.sockets_bound = true;
	return 0;
}

static void workers_free(struct daemon *d)
{
	for (unsigned i = 0; d->workers && i < d->workers_n; i++)
		worker_free(d->workers[i]);
	free(d->workers);
	free(d->ledgers);
	free(d->rings);
}

/* create is inert; start opens what is outside. Each may be missing. free takes what was never
 * made, and stop only what was started. */
struct part {
	const char *name;
	int (*create)(struct daemon *d); /* 0 or a negative errno, like start */
	int (*start)(struct daemon *d);
	void (*stop)(struct daemon *d);
	void (*free)(struct daemon *d);
};

/* Listeners first: a second weir is to be refused before it touches anything. Pages are served
 * while the rest stops. */
/* clang-format off */
static const struct part parts[] = {
	{"listeners", NULL,                  listeners_start,      listeners_stop,      NULL},
	{"http",      NULL,                  http_part_start,      http_part_stop,      NULL},
	{"publisher", publisher_part_create, publisher_part_start, publisher_part_stop, publisher_part_free},
	{"workers",   workers_create,        workers_start,        workers_stop,        workers_free},
};
/* clang-format on */

#define PARTS (sizeof(parts) / sizeof(parts[0]))

static int part_failed(struct daemon *d, const struct part *part, int err)
{
	if (!d->error[0])
		snprintf(d->error, sizeof(d->error), "%s: %s", part->name, strerror(-err));
	return err;
}

static int parts_create(struct daemon *d)
{
	for (size_t i = 0; i < PARTS; i++) {
		int err = parts[i].create ? parts[i].create(d) : 0;

		if (err)
			return part_failed(d, &parts[i], err);
	}
	return 0;
}

static void parts_free(struct daemon *d)
{
	for (size_t i = PARTS; i-- > 0;)
		if (parts[i].free)
			parts[i].free(d);
}

static void parts_stop(struct daemon *d, size_t started)
{
	uint64_t timeout_ms = d->conf->shutdown_timeout_ms;

	d->health.stopping = true;
	d->deadline_mono_ms = clock_mono_ms() + timeout_ms;
	signals_arm_exit(timeout_ms + EXIT_LATE_MS);
	while (started-- > 0)
		if (parts[started].stop)
			parts[started].stop(d);
	signals_disarm_exit();
}

static int parts_start(struct daemon *d)
{
	for (size_t i = 0; i < PARTS; i++) {
		int err = parts[i].start ? parts[i].start(d) : 0;

		if (err) {
			parts_stop(d, i);
			return part_failed(d, &parts[i], err);
		}
	}
	return 0;
}

static int daemon_create(struct daemon *d, const struct conf *conf)
{
	memset(d, 0, sizeof(*d));
	d->conf = conf;
	d->workers_n = conf->workers ? (unsigned)conf->workers : cpus_usable();
	return parts_create(d);
}

/* Whether the signal (0: none) asks for the end. */
static bool signal_take(int got)
{
	if (got == SIGHUP)
		log_warn("reload not yet supported", "");
	if (got != SIGTERM && got != SIGINT)
		return false;
	log_info("stopping", "signal=SIG%s", sigabbrev_np(got));
	return true;
}

/* Until somebody asks for the end, or the output is gone. The exit code. */
static int daemon_watch(struct daemon *d)
{
	bool gone = false;

	while (!gone && !signal_take(signals_wait(WATCH_MS))) {
		publisher_watch(d->publisher, clock_mono_ms());
		gone = publisher_failed(d->publisher);
	}
	if (gone)
		log_error("output is gone", "");
	return gone ? 1 : 0;
}

static int daemon_live(struct daemon *d)
{
	static const char *const outputs[] = {[OUTPUT_STDOUT] = "stdout",
					      [OUTPUT_FILE] = "file",
					      [OUTPUT_NATS] = "nats",
					      [OUTPUT_NULL] = "null"};
	int code;

	log_info("starting", "version=%s workers=%u listeners=%zu output=%s", WEIR_VERSION,
		 d->workers_n, d->conf->listeners_n, outputs[d->conf->output.type]);
	if (parts_start(d) != 0)
		return -1;
	code = daemon_watch(d);
	parts_stop(d, PARTS);
	summary_write(&d->source);
	return code;
}

int daemon_run(const struct conf *conf)
{
	char quoted[2 * CONF_ERROR_MAX];
	struct daemon *d = calloc(1, sizeof(*d));
	int code = -1;

	log_setup((enum log_level)conf->log.level, (enum log_format)conf->log.format);
	signals_block(); /* before any library starts a thread */
	if (d && daemon_create(d, conf) == 0)
		code = daemon_live(d);
	if (code < 0 && !(d && d->told))
		log_error("cannot start", "error=%s",
			  log_string(quoted, sizeof(quoted), d ? d->error : strerror(ENOMEM)));
	code = code < 0 ? 1 : code;
	if (d && d->stuck)
		_exit(code); /* exit() would wait for, or pull the ground from under, the thread */
	if (d)
		parts_free(d);
	free(d);
	return code;
}

int daemon_check(const struct conf *conf, char *error, size_t size)
{
	struct daemon *d = calloc(1, sizeof(*d));
	int err = -ENOMEM;

	if (!d) {
		snprintf(error, size, "%s", strerror(ENOMEM));
		return err;
	}
	err = daemon_create(d, conf);
	if (err)
		snprintf(error, size, "%s", d->error);
	parts_free(d);
	free(d);
	return err;
}
