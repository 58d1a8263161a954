#include "metrics/guests.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MS_PER_S  1000
#define NS_PER_MS 1000000
#define NEVER     UINT64_MAX

struct guest {
	int fd; /* -1: the chair is free */
	uint64_t leave_mono_ms;
	uint8_t address[16]; /* IPv4: mapped */
};

struct guests {
	pthread_t watcher;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool stopping;        /* guarded by lock, as all below */
	uint64_t deadline_ms; /* how long a guest may stay */
	size_t max_of_address;
	_Atomic uint64_t cut;
	size_t max;
	struct guest guest[];
};

static uint64_t now_mono_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * MS_PER_S + (uint64_t)t.tv_nsec / NS_PER_MS;
}

static void address_octets(const struct sockaddr *address, uint8_t out[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	memset(out, 0, 16);
	if (address->sa_family == AF_INET6) {
		memcpy(out, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
	} else if (address->sa_family == AF_INET) {
		memcpy(out, mapped, sizeof(mapped));
		memcpy(out + 12, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
	}
}

/* Lock held on entry. Shuts whoever is over time; returns when the next one will be. */
static uint64_t guests_expire(struct guests *g, uint64_t now_ms)
{
	uint64_t next_ms = NEVER;

	for (size_t i = 0; i < g->max; i++) {
		struct guest *guest = &g->guest[i];

		if (guest->fd < 0)
			continue;
		if (guest->leave_mono_ms <= now_ms) {
			guest->leave_mono_ms = NEVER;
			atomic_fetch_add_explicit(&g->cut, 1, memory_order_relaxed);
			shutdown(guest->fd, SHUT_RDWR);
		}
		if (guest->leave_mono_ms < next_ms)
			next_ms = guest->leave_mono_ms;
	}
	return next_ms;
}

/* Lock held on entry and on return. */
static void guests_sleep(struct guests *g, uint64_t until_mono_ms)
{
	struct timespec until = {
		.tv_sec = (time_t)(until_mono_ms / MS_PER_S),
		.tv_nsec = (long)(until_mono_ms % MS_PER_S) * NS_PER_MS,
	};

	if (until_mono_ms == NEVER)
		pthread_cond_wait(&g->changed, &g->lock);
	else
		pthread_cond_timedwait(&g->changed, &g->lock, &until);
}

static void *guests_watch(void *arg)
{
	struct guests *g = arg;

	pthread_mutex_lock(&g->lock);
	while (!g->stopping)
		guests_sleep(g, guests_expire(g, now_mono_ms()));
	pthread_mutex_unlock(&g->lock);
	return NULL;
}

static void guests_fini(struct guests *g)
{
	pthread_cond_destroy(&g->changed);
	pthread_mutex_destroy(&g->lock);
	free(g);
}

static struct guests *guests_new(size_t max)
{
	struct guests *g = calloc(1, sizeof(*g) + max * sizeof(g->guest[0]));
	pthread_condattr_t attr;

	if (!g)
		return NULL;
	pthread_mutex_init(&g->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&g->changed, &attr);
	pthread_condattr_destroy(&attr);
	g->max = max;
	for (size_t i = 0; i < max; i++)
		g->guest[i].fd = -1;
	return g;
}

int guests_start(size_t max, size_t max_of_address, uint64_t deadline_ms, struct guests **out)
{
	struct guests *g = guests_new(max);
	int err;

	if (!g)
		return -ENOMEM;
	g->max_of_address = max_of_address;
	g->deadline_ms = deadline_ms;
	err = pthread_create(&g->watcher, NULL, guests_watch, g);
	if (err) {
		guests_fini(g);
		return -err;
	}
	*out = g;
	return 0;
}

void guests_set_deadline(struct guests *g, uint64_t deadline_ms)
{
	pthread_mutex_lock(&g->lock);
	g->deadline_ms = deadline_ms;
	pthread_mutex_unlock(&g->lock);
}

bool guests_may_enter(struct guests *g, const struct sockaddr *address)
{
	uint8_t octets[16];
	size_t here = 0;

	address_octets(address, octets);
	pthread_mutex_lock(&g->lock);
	for (size_t i = 0; i < g->max; i++)
		if (g->guest[i].fd >= 0 && memcmp(g->guest[i].address, octets, sizeof(octets)) == 0)
			here++;
	pthread_mutex_unlock(&g->lock);
	return here < g->max_of_address;
}

struct guest *guests_enter(struct guests *g, const struct sockaddr *address, int fd)
{
	struct guest *guest = NULL;

	pthread_mutex_lock(&g->lock);
	for (size_t i = 0; i < g->max && !guest; i++)
		if (g->guest[i].fd < 0)
			guest = &g->guest[i];
	if (guest) {
		guest->fd = fd;
		guest->leave_mono_ms = now_mono_ms() + g->deadline_ms;
		address_octets(address, guest->address);
		pthread_cond_signal(&g->changed);
	}
	pthread_mutex_unlock(&g->lock);
	return guest;
}

void guests_leave(struct guests *g, struct guest *guest)
{
	if (!guest)
		return;
	pthread_mutex_lock(&g->lock);
	guest->fd = -1;
	pthread_mutex_unlock(&g->lock);
}

uint64_t guests_cut(const struct guests *g)
{
	return atomic_load_explicit(&g->cut, memory_order_relaxed);
}

void guests_stop(struct guests *g)
{
	if (!g)
		return;
	pthread_mutex_lock(&g->lock);
	g->stopping = true;
	pthread_cond_signal(&g->changed);
	pthread_mutex_unlock(&g->lock);
	pthread_join(g->watcher, NULL);
	guests_fini(g);
}
