#include "collector/publish/publisher.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "collector/clock.h"
#include "collector/conf/conf.h"
#include "collector/publish/backoff.h"
#include "collector/publish/output.h"
#include "collector/publish/ring.h"
#include "collector/show/ledger.h"

#define RETRY_FIRST_MS 250
#define RETRY_MAX_MS   2000
#define GRACE_MS       250 /* past the deadline, for the thread to count what is left and end */

_Static_assert(sizeof(((struct publisher_numbers *)0)->dropped) == DROP_COUNT * sizeof(uint64_t),
	       "publisher_numbers.dropped is indexed by enum drop_reason");

struct publisher {
	struct output *output;
	int wake_fd;
	size_t rings_n; /* immutable after start, as are rings */
	struct ring **rings;
	pthread_t thread;
	bool started; /* main's */

	_Atomic uint64_t deadline_mono_ms; /* UINT64_MAX: run */
	_Atomic bool failed;

	/* Never held across a call of the output. */
	pthread_mutex_t lock;
	pthread_cond_t ended_cond;
	struct publisher_numbers n; /* guarded by lock, and so are the rings' consuming ends */
	struct ring *writing;       /* guarded by lock: whose front is in output->write() */
	bool ended;                 /* guarded by lock: the thread touches nothing any more */
	bool abandoned;             /* guarded by lock: nor may it, should it come back */

	/* The thread's own. */
	size_t turn; /* the ring that is next */
	struct backoff backoff;
	uint64_t retry_mono_ms; /* write nothing before */
	uint64_t again_mono_ms; /* call settle() at the latest */
};

/* --- life, but for the thread ------------------------------------------------------------------
 */

struct publisher *publisher_new(const struct conf *conf)
{
	static const struct output_kind *const kinds[] = {
		[OUTPUT_STDOUT] = &output_stdout,
		[OUTPUT_FILE] = &output_file,
		[OUTPUT_NATS] = &output_nats,
		[OUTPUT_NULL] = &output_null,
	};

	return publisher_new_with(conf, kinds[conf->output.type]);
}

static void lock_init(struct publisher *p)
{
	pthread_condattr_t attr;

	/* With the default mutex and a clock that exists none of these can fail on Linux. */
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&p->ended_cond, &attr);
	(void)pthread_condattr_destroy(&attr);
}

struct publisher *publisher_new_with(const struct conf *conf, const struct output_kind *kind)
{
	struct publisher *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	lock_init(p);
	p->deadline_mono_ms = UINT64_MAX;
	p->backoff = (struct backoff){.first_ms = RETRY_FIRST_MS, .max_ms = RETRY_MAX_MS};
	p->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (p->wake_fd >= 0)
		p->output = kind->create(conf, p->wake_fd);
	if (!p->output) {
		publisher_free(p);
		return NULL;
	}
	return p;
}

void publisher_free(struct publisher *p)
{
	if (!p || p->abandoned)
		return;
	assert(!p->started);
	if (p->output)
		p->output->kind->free(p->output);
	if (p->wake_fd >= 0)
		close(p->wake_fd);
	(void)pthread_cond_destroy(&p->ended_cond);
	(void)pthread_mutex_destroy(&p->lock);
	free(p->rings);
	free(p);
}

int publisher_wake_fd(const struct publisher *p)
{
	return p->wake_fd;
}

int publisher_attach(struct publisher *p, struct ring *ring)
{
	struct ring **rings = reallocarray(p->rings, p->rings_n + 1, sizeof(struct ring *));

	if (!rings)
		return -ENOMEM;
	p->rings = rings;
	p->rings[p->rings_n++] = ring;
	return 0;
}

/* --- numbers -----------------------------------------------------------------------------------
 */

/* lock held on entry. Takes the front batch out of a ring; returns its flows, 0 if there is none.
 */
static uint64_t pop(struct ring *ring)
{
	struct batch b;

	if (!ring_front(ring, &b))
		return 0;
	ring_pop(ring);
	return b.flows;
}

/* lock held on entry. Nothing more will be delivered: what is queued is dropped, what was given is
 * unknown, and so is what the thread is just writing. */
static void give_up(struct publisher *p)
{
	struct batch b;

	if (p->writing)
		p->n.unknown += pop(p->writing);
	p->n.unknown += p->n.in_flight;
	p->n.in_flight = 0;
	for (size_t i = 0; i < p->rings_n; i++)
		while (ring_front(p->rings[i], &b))
			p->n.dropped[DROP_SHUTDOWN] += pop(p->rings[i]);
}

void publisher_numbers(struct publisher *p, struct publisher_numbers *out)
{
	struct output_health health = p->output->kind->health(p->output);

	pthread_mutex_lock(&p->lock);
	*out = p->n;
	out->popped = 0;
	for (size_t i = 0; i < p->rings_n; i++)
		out->popped += ring_flows_popped(p->rings[i]);
	pthread_mutex_unlock(&p->lock);
	out->connects = health.connects;
	out->connect_failures = health.connect_failures;
	out->disconnects = health.disconnects;
	out->stalls = health.stalls;
	out->connected = health.connected;
}

bool publisher_failed(const struct publisher *p)
{
	return p->failed;
}

void publisher_watch(struct publisher *p, uint64_t now_mono_ms)
{
	p->output->kind->watch(p->output, now_mono_ms);
}

/* --- the thread --------------------------------------------------------------------------------
 */

static bool rings_empty(const struct publisher *p)
{
	struct batch b;

	for (size_t i = 0; i < p->rings_n; i++)
		if (ring_front(p->rings[i], &b))
			return false;
	return true;
}

enum turn { TURN_IDLE, TURN_MOVED, TURN_ABANDONED };

/* The front batch of a ring, about to be written. */
static enum turn begin(struct publisher *p, struct ring *ring, struct batch *b)
{
	enum turn turn = TURN_ABANDONED;

	pthread_mutex_lock(&p->lock);
	if (!p->abandoned) {
		turn = ring_front(ring, b) ? TURN_MOVED : TURN_IDLE;
		p->writing = turn == TURN_MOVED ? ring : NULL;
	}
	pthread_mutex_unlock(&p->lock);
	return turn;
}

/* lock held on entry. Counts the front batch of a ring by the output's verdict, and takes it out
 * unless it is to be tried again. */
static void count(struct publisher *p, struct ring *ring, enum output_verdict verdict, uint32_t len)
{
	switch (verdict) {
	case OUTPUT_PUBLISHED:
	case OUTPUT_GIVEN:
		p->n.batches++;
		p->n.octets += len;
		*(verdict == OUTPUT_GIVEN ? &p->n.in_flight : &p->n.published) += pop(ring);
		break;
	case OUTPUT_REFUSED:
	case OUTPUT_BROKEN:
		p->n.dropped[DROP_REFUSED] += pop(ring);
		break;
	case OUTPUT_FAILED:
		p->n.errors++;
		break;
	case OUTPUT_BUSY:
		break;
	}
}

static enum turn end(struct publisher *p, struct ring *ring, enum output_verdict verdict,
		     uint32_t len)
{
	enum turn turn = TURN_ABANDONED;

	pthread_mutex_lock(&p->lock);
	if (!p->abandoned) {
		count(p, ring, verdict, len);
		p->writing = NULL;
		turn = TURN_MOVED;
	}
	pthread_mutex_unlock(&p->lock);
	if (verdict == OUTPUT_BROKEN)
		p->failed = true;
	return turn;
}

/* Gives the output the oldest batch of each ring, so that every worker gets its turn; a batch that
 * is to be tried again keeps the turn. */
static enum turn give(struct publisher *p, uint64_t now_mono_ms)
{
	enum turn all = TURN_IDLE;

	if (now_mono_ms < p->retry_mono_ms)
		return TURN_IDLE;
	for (size_t i = 0; i < p->rings_n; i++) {
		struct ring *ring = p->rings[p->turn];
		enum output_verdict verdict = OUTPUT_PUBLISHED;
		struct batch b;
		enum turn one = begin(p, ring, &b);

		if (one == TURN_MOVED) {
			verdict = p->output->kind->write(p->output, &b, now_mono_ms);
			one = all = end(p, ring, verdict, b.len);
		}
		if (one == TURN_ABANDONED || verdict == OUTPUT_BUSY)
			return one;
		if (verdict == OUTPUT_FAILED) {
			p->retry_mono_ms = clock_mono_ms() + backoff_ms(&p->backoff);
			return TURN_IDLE;
		}
		if (one == TURN_MOVED)
			backoff_reset(&p->backoff);
		p->turn = (p->turn + 1) % p->rings_n;
	}
	return all;
}

/* Asks the output what has become of what it was given. Whether any outcome is new. */
static bool settle(struct publisher *p, uint64_t now_mono_ms, bool draining)
{
	struct output_settled got = p->output->kind->settle(p->output, now_mono_ms, draining);
	uint64_t outcomes = got.published + got.unknown + got.refused + got.too_large;

	p->again_mono_ms = got.again_mono_ms;
	if (got.mended) {
		p->retry_mono_ms = 0;
		backoff_reset(&p->backoff);
	}
	if (outcomes == 0)
		return false;
	pthread_mutex_lock(&p->lock);
	if (!p->abandoned) {
		p->n.in_flight -= outcomes;
		p->n.published += got.published;
		p->n.unknown += got.unknown;
		p->n.dropped[DROP_REFUSED] += got.refused;
		p->n.dropped[DROP_TOO_LARGE] += got.too_large;
	}
	pthread_mutex_unlock(&p->lock);
	return true;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Sleeps until a worker pushes, the output wants to be called, a retry is due, or the end. */
static void rest(struct publisher *p, uint64_t now_mono_ms)
{
	struct pollfd wake = {.fd = p->wake_fd, .events = POLLIN};
	uint64_t until = earlier(p->again_mono_ms, p->deadline_mono_ms);
	uint64_t ms = 0;
	uint64_t count_of_wakes;

	if (p->retry_mono_ms > now_mono_ms) {
		until = earlier(until, p->retry_mono_ms);
	} else {
		for (size_t i = 0; i < p->rings_n; i++)
			if (!ring_wait(p->rings[i]))
				return;
	}
	if (until > now_mono_ms)
		ms = earlier(until - now_mono_ms, INT_MAX);
	if (poll(&wake, 1, until == UINT64_MAX ? -1 : (int)ms) > 0)
		(void)!read(p->wake_fd, &count_of_wakes, sizeof(count_of_wakes)); /* emptied */
}

static bool is_done(struct publisher *p, uint64_t now_mono_ms)
{
	uint64_t deadline_mono_ms = p->deadline_mono_ms;
	uint64_t in_flight;

	if (deadline_mono_ms == UINT64_MAX || now_mono_ms >= deadline_mono_ms)
		return deadline_mono_ms != UINT64_MAX;
	pthread_mutex_lock(&p->lock);
	in_flight = p->n.in_flight;
	pthread_mutex_unlock(&p->lock);
	return in_flight == 0 && rings_empty(p);
}

/* The loop of the thread's life. False if it was given up meanwhile. */
static bool publish_until_done(struct publisher *p)
{
	uint64_t now_mono_ms = clock_mono_ms();

	while (!is_done(p, now_mono_ms)) {
		bool stopping = p->deadline_mono_ms != UINT64_MAX;
		bool news = settle(p, now_mono_ms, stopping && rings_empty(p));
		enum turn turn = give(p, now_mono_ms);

		if (turn == TURN_ABANDONED)
			return false;
		now_mono_ms = clock_mono_ms();
		/* After news it may be done: look before sleeping. */
		if (turn == TURN_IDLE && !news) {
			rest(p, now_mono_ms);
			now_mono_ms = clock_mono_ms();
		}
	}
	return true;
}

static void *publisher_run(void *closure)
{
	struct publisher *p = closure;

	if (!publish_until_done(p))
		return NULL;
	pthread_mutex_lock(&p->lock);
	if (!p->abandoned)
		give_up(p);
	pthread_mutex_unlock(&p->lock);
	p->output->kind->close(p->output);
	pthread_mutex_lock(&p->lock);
	p->ended = true;
	pthread_cond_signal(&p->ended_cond);
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* --- start and stop ----------------------------------------------------------------------------
 */

int publisher_start(struct publisher *p)
{
	sigset_t all;
	sigset_t before;
	int err = p->output->kind->open(p->output);

	if (err)
		return err;
	/* Signals are the main thread's, and a write to a closed pipe is to say EPIPE. */
	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before); /* fails only for a bad first argument */
	err = pthread_create(&p->thread, NULL, publisher_run, p);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err) {
		p->output->kind->close(p->output);
		return -err;
	}
	p->started = true;
	return 0;
}

static struct timespec timespec_of_ms(uint64_t ms)
{
	return (struct timespec){.tv_sec = (time_t)(ms / 1000),
				 .tv_nsec = (long)(ms % 1000) * 1000000};
}

/* Whether the thread has ended in time; else it is given up, and may not touch anything again. */
static bool await_end(struct publisher *p, uint64_t until_mono_ms)
{
	struct timespec until = timespec_of_ms(until_mono_ms);
	int err = 0;

	pthread_mutex_lock(&p->lock);
	while (!p->ended && err != ETIMEDOUT)
		err = pthread_cond_timedwait(&p->ended_cond, &p->lock, &until);
	if (!p->ended) {
		p->abandoned = true;
		give_up(p);
	}
	pthread_mutex_unlock(&p->lock);
	return !p->abandoned;
}

int publisher_stop(struct publisher *p, uint64_t deadline_mono_ms)
{
	uint64_t one = 1;

	if (!p->started)
		return 0;
	p->started = false;
	deadline_mono_ms = earlier(deadline_mono_ms, UINT64_MAX / 2);
	p->deadline_mono_ms = deadline_mono_ms;
	(void)!write(p->wake_fd, &one, sizeof(one)); /* fails only if it is awake already */
	if (!await_end(p, deadline_mono_ms + GRACE_MS)) {
		(void)pthread_detach(p->thread);
		return -ETIMEDOUT;
	}
	(void)pthread_join(p->thread, NULL); /* it has ended */
	return 0;
}
