/* When the next datagrams are due: a rate kept by absolute deadlines, so that no error adds up (an
 * open value; CLOCK_MONOTONIC). */
#pragma once

#include <stdint.h>

struct pace {
	uint64_t rate; /* datagrams a second; 0: as fast as possible */
	uint64_t start_ns;
	uint64_t used;  /* datagrams, those sent and those forgiven */
	uint64_t batch; /* datagrams worth waking up for */
};

uint64_t pace_now_ns(void);
void pace_init(struct pace *p, uint64_t rate, uint64_t start_ns);

/* How many datagrams may go now; UINT64_MAX without a rate. Whoever falls more than a second behind
 * (a stopped process, a slow network) is forgiven the rest, or a burst would follow. */
uint64_t pace_due(struct pace *p, uint64_t now_ns);
void pace_use(struct pace *p, uint64_t datagrams);

/* When a batch will be due. */
uint64_t pace_deadline_ns(const struct pace *p);
/* Sleeps until then; a signal may end it early. */
void pace_sleep_until(uint64_t deadline_ns);
