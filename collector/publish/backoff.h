/* How long to wait before the next attempt: twice as long each time, up to a bound, with a random
 * quarter added or taken away, so that a fleet does not come back in one step. An open value, one
 * thread's own. */
#pragma once

#include <stdint.h>

struct backoff {
	uint32_t first_ms;
	uint32_t max_ms;
	uint32_t next_ms; /* 0: first_ms */
	uint32_t random;  /* state; 0: seeded from the clock at the first use */
};

/* For the attempt that has just failed. */
uint32_t backoff_ms(struct backoff *b);

/* After a success: the next failure waits first_ms again. */
void backoff_reset(struct backoff *b);
