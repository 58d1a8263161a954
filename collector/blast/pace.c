#include "collector/blast/pace.h"

#include <time.h>

#define SECOND_NS 1000000000u
/* Wake-ups a second at most: a short burst does not overrun a receive buffer of usual size, and
 * sleeping costs little. */
#define WAKEUPS_MAX 4000u

uint64_t pace_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

void pace_init(struct pace *p, uint64_t rate, uint64_t start_ns)
{
	*p = (struct pace){.rate = rate, .start_ns = start_ns, .batch = rate / WAKEUPS_MAX};
	if (!p->batch)
		p->batch = 1;
}

/* Datagrams that may have gone by then; the first is due at once. Seconds apart from the rest, or
 * the product would wrap. */
static uint64_t earned(const struct pace *p, uint64_t now_ns)
{
	uint64_t elapsed = now_ns > p->start_ns ? now_ns - p->start_ns : 0;

	return elapsed / SECOND_NS * p->rate + elapsed % SECOND_NS * p->rate / SECOND_NS + 1;
}

uint64_t pace_due(struct pace *p, uint64_t now_ns)
{
	uint64_t all;

	if (!p->rate)
		return UINT64_MAX;
	all = earned(p, now_ns);
	if (all <= p->used)
		return 0;
	if (all - p->used > p->rate)
		p->used = all - p->rate;
	return all - p->used;
}

void pace_use(struct pace *p, uint64_t datagrams)
{
	p->used += datagrams;
}

uint64_t pace_deadline_ns(const struct pace *p)
{
	uint64_t last = p->used + p->batch - 1; /* datagrams that must have been earned before */

	if (!p->rate)
		return p->start_ns;
	return p->start_ns + last / p->rate * SECOND_NS +
	       (last % p->rate * SECOND_NS + p->rate - 1) / p->rate;
}

void pace_sleep_until(uint64_t deadline_ns)
{
	struct timespec until = {
		.tv_sec = (time_t)(deadline_ns / SECOND_NS),
		.tv_nsec = (long)(deadline_ns % SECOND_NS),
	};

	(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL); /* EINTR: early */
}
