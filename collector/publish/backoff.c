#include "collector/publish/backoff.h"

#include <time.h>
#include <unistd.h>

/* Marsaglia's xorshift: nothing depends on its quality but that two processes differ. */
static uint32_t random_u32(struct backoff *b)
{
	if (b->random == 0) {
		struct timespec t = {0};

		(void)clock_gettime(CLOCK_REALTIME, &t); /* any value will do */
		b->random = ((uint32_t)t.tv_nsec ^ (uint32_t)getpid() * 2654435761u) | 1;
	}
	b->random ^= b->random << 13;
	b->random ^= b->random >> 17;
	b->random ^= b->random << 5;
	return b->random;
}

uint32_t backoff_ms(struct backoff *b)
{
	uint32_t base = b->next_ms ? b->next_ms : b->first_ms;

	b->next_ms = base > b->max_ms / 2 ? b->max_ms : base * 2;
	return base - base / 4 + random_u32(b) % (base / 4 * 2 + 1);
}

void backoff_reset(struct backoff *b)
{
	b->next_ms = 0;
}
