#define LOG_MODULE "worker"
#include "collector/worker.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "collector/clock.h"
#include "collector/conf/conf.h"
#include "collector/log/log.h"
#include "collector/pipeline.h"
#include "collector/publish/batcher.h"
#include "collector/publish/ring.h"
#include "collector/receive/listener.h"
#include "collector/receive/receiver.h"
#include "collector/show/ledger.h"
#include "collector/signals.h"

#define BUDGET_BATCHES  8 /* of one socket, before the others of the loop have their turn */
#define SECOND_MS       1000
#define LOG_INTERVAL_MS 10000
#define NS_PER_US       1000
#define US_PER_MS       1000

struct worker_socket {
	struct worker *worker;
	size_t listener;
	int fd;         /* the listener's */
	uint32_t drops; /* the kernel's counter as last seen */
	uv_poll_t poll;
};

struct worker {
	const struct conf *conf;
	struct ledger *ledger;
	struct ring *ring;
	struct pipeline *pipeline;
	struct batcher *batcher;
	struct receiver receiver;
	struct worker_socket *sockets; /* one a listener */
	struct log_limit troubles;
	uint64_t now_mono_ms; /* of the batch being worked on */
	uint64_t woken_us;    /* when this turn of the loop found something to do; 0: not yet */
	unsigned index;
	bool running; /* main thread: there is a thread to join */
	pthread_t thread;
	_Atomic uint64_t deadline_mono_ms;
	uv_loop_t loop;
	uv_prepare_t turn;
	uv_timer_t second;
	uv_timer_t age; /* fires when the open batch is old */
	uv_async_t stop;
};

static void worker_woken(struct worker *w)
{
	if (!w->woken_us)
		w->woken_us = uv_hrtime() / NS_PER_US;
}

static void flow_take(void *ctx, const struct flow *flow)
{
	struct worker *w = ctx;

	batcher_add(w->batcher, flow, w->now_mono_ms);
}

static void trouble_log(struct worker *w, const char *what, int err)
{
	uint64_t swallowed;

	if (log_pass(&w->troubles, clock_mono_ms(), LOG_INTERVAL_MS, &swallowed))
		log_error(what, "worker=%u error=\"%s\" swallowed=%" PRIu64, w->index,
			  strerror(-err), swallowed);
}

/* One batch of one socket. How many datagrams there were; 0 if the socket is empty or broken. */
static int socket_read(struct worker_socket *s)
{
	struct worker *w = s->worker;
	int n = receiver_read(&w->receiver, s->fd);

	if (n < 0) {
		trouble_log(w, "receive failed", n);
		return 0;
	}
	w->now_mono_ms = clock_mono_ms();
	pipeline_tick(w->pipeline, w->now_mono_ms);
	for (int i = 0; i < n; i++) {
		struct datagram d = receiver_datagram(&w->receiver, i);

		pipeline_take(w->pipeline, s->listener, &d);
	}
	ledger_publish(w->ledger);
	return n;
}

static void batch_aged(uv_timer_t *age);

/* Pushes what is old, and comes back when the next batch will be. */
static void batches_age(struct worker *w)
{
	uint64_t left_ms = batcher_tick(w->batcher, clock_mono_ms());

	if (left_ms != UINT64_MAX)
		uv_timer_start(&w->age, batch_aged, left_ms ? left_ms : 1, 0);
}

static void batch_aged(uv_timer_t *age)
{
	struct worker *w = age->data;

	worker_woken(w);
	batches_age(w);
	ledger_publish(w->ledger);
}

/* A bad status ends the watch, but a socket error goes away by reading it. */
static void socket_readable(uv_poll_t *poll, int status, int events)
{
	struct worker_socket *s = poll->data;
	struct worker *w = s->worker;
	int batches = 0;

	(void)events; /* only readable was asked for */
	worker_woken(w);
	while (batches < BUDGET_BATCHES && socket_read(s) == RECEIVER_BATCH)
		batches++;
	if (!uv_is_active((uv_handle_t *)&w->age))
		batches_age(w);
	if (status >= 0)
		return;
	trouble_log(w, "poll failed", status);
	(void)uv_poll_start(poll, UV_READABLE, socket_readable);
}

static void sockets_watch(struct worker *w)
{
	for (size_t i = 0; i < w->conf->listeners_n; i++) {
		struct worker_socket *s = &w->sockets[i];
		int err = receiver_watch(s->fd, &s->drops, ledger_socket(w->ledger, s->listener));

		if (err)
			trouble_log(w, "kernel drops unknown", err);
	}
}

static void second_passed(uv_timer_t *second)
{
	struct worker *w = second->data;

	worker_woken(w);
	pipeline_tick(w->pipeline, clock_mono_ms());
	sockets_watch(w);
	ledger_publish(w->ledger);
}

/* All callbacks of this turn are done, and the loop is about to wait. */
static void turn_done(uv_prepare_t *turn)
{
	struct worker *w = turn->data;
	struct ledger_worker *row = ledger_worker(w->ledger);
	uint64_t now_us = uv_hrtime() / NS_PER_US;

	row->loop_turns++;
	row->loop_last_ms = now_us / US_PER_MS;
	if (w->woken_us && now_us - w->woken_us > row->loop_gap_max_us)
		row->loop_gap_max_us = now_us - w->woken_us;
	w->woken_us = 0;
}

/* The end of the way: what the kernel has is read, what is open is pushed, and the numbers of both
 * are shown. */
static void stop_asked(uv_async_t *stop)
{
	struct worker *w = stop->data;
	uint64_t deadline_mono_ms = atomic_load(&w->deadline_mono_ms);

	for (size_t i = 0; i < w->conf->listeners_n; i++)
		while (socket_read(&w->sockets[i]) > 0 && clock_mono_ms() < deadline_mono_ms)
			;
	sockets_watch(w);
	batcher_flush(w->batcher);
	ledger_publish(w->ledger);
	uv_stop(&w->loop);
}

static void handle_close(uv_handle_t *handle, void *unused)
{
	(void)unused;
	uv_close(handle, NULL);
}

static void loop_close(struct worker *w)
{
	uv_walk(&w->loop, handle_close, NULL);
	uv_run(&w->loop, UV_RUN_DEFAULT); /* until libuv has let go of the handles */
	uv_loop_close(&w->loop);
}

static int socket_poll(struct worker *w, size_t i, const struct listener *listener)
{
	const struct listener_socket *from = &listener->sockets[w->index];
	struct worker_socket *s = &w->sockets[i];
	struct ledger_socket *row = ledger_socket(w->ledger, i);
	int err;

	*s = (struct worker_socket){
		.worker = w, .listener = i, .fd = from->fd, .drops = from->drops_before};
	row->rcvbuf_asked_bytes = listener->rcvbuf_asked;
	row->steered = listener->steered;
	err = uv_poll_init(&w->loop, &s->poll, s->fd);
	if (err)
		return err;
	s->poll.data = s;
	return uv_poll_start(&s->poll, UV_READABLE, socket_readable);
}

static int handles_start(struct worker *w, const struct listener *listeners)
{
	int err = uv_async_init(&w->loop, &w->stop, stop_asked);

	w->stop.data = w->turn.data = w->second.data = w->age.data = w;
	for (size_t i = 0; !err && i < w->conf->listeners_n; i++)
		err = socket_poll(w, i, &listeners[i]);
	if (err)
		return err;
	/* These cannot fail: they touch nothing but the loop. */
	(void)uv_prepare_init(&w->loop, &w->turn);
	(void)uv_timer_init(&w->loop, &w->second);
	(void)uv_timer_init(&w->loop, &w->age);
	(void)uv_prepare_start(&w->turn, turn_done);
	(void)uv_timer_start(&w->second, second_passed, 0, SECOND_MS);
	return 0;
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	char name[16];

	signals_block();
	snprintf(name, sizeof(name), "weir-w%u", w->index);
	pthread_setname_np(pthread_self(), name);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	loop_close(w);
	return NULL;
}

int worker_start(struct worker *w, const struct listener *listeners)
{
	int err = receiver_open(&w->receiver, RECEIVER_SLOT_OCTETS);

	if (!err)
		err = uv_loop_init(&w->loop);
	if (err)
		goto fail;
	err = handles_start(w, listeners);
	if (!err)
		err = -pthread_create(&w->thread, NULL, worker_main, w);
	if (err) {
		loop_close(w);
		goto fail;
	}
	w->running = true;
	return 0;
fail:
	receiver_close(&w->receiver);
	return err;
}

void worker_stop(struct worker *w, uint64_t deadline_mono_ms)
{
	if (!w->running)
		return;
	atomic_store(&w->deadline_mono_ms, deadline_mono_ms);
	uv_async_send(&w->stop);
}

void worker_join(struct worker *w)
{
	if (!w->running)
		return;
	pthread_join(w->thread, NULL);
	w->running = false;
	receiver_close(&w->receiver);
}

struct worker *worker_new(const struct conf *conf, unsigned index, int wake_fd)
{
	struct worker *w = calloc(1, sizeof(*w));
	struct flow_sink sink = {.flow = flow_take, .ctx = w};

	if (!w)
		return NULL;
	w->conf = conf;
	w->index = index;
	w->sockets = calloc(conf->listeners_n, sizeof(*w->sockets));
	w->ledger = ledger_new(conf->listeners_n);
	w->ring = ring_new(conf->output.ring_bytes, wake_fd);
	if (!w->sockets || !w->ledger || !w->ring)
		goto fail;
	w->pipeline = pipeline_new(conf, &sink, w->ledger);
	w->batcher = batcher_new(conf, w->ring, w->ledger);
	if (!w->pipeline || !w->batcher)
		goto fail;
	return w;
fail:
	worker_free(w);
	return NULL;
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	batcher_free(w->batcher);
	pipeline_free(w->pipeline);
	ring_free(w->ring);
	ledger_free(w->ledger);
	free(w->sockets);
	free(w);
}

struct ring *worker_ring(struct worker *w)
{
	return w->ring;
}

struct ledger *worker_ledger(struct worker *w)
{
	return w->ledger;
}
