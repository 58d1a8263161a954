#include "parsers/record.h"

#define RATE_MAX 1e18 /* beyond it a double is no rate any more */

static uint64_t divided(uint64_t a, uint64_t b)
{
	return a / b + (a % b >= b - a % b); /* to nearest, without a sum that can wrap */
}

/* The sampled share of (sampled + skipped). */
static uint64_t interval_rate(uint64_t sampled, uint64_t skipped)
{
	return skipped > UINT64_MAX - sampled ? UINT64_MAX : divided(sampled + skipped, sampled);
}

uint64_t sampling_rate(const struct record_sampling *s, struct parse_tally *tally)
{
	if (s->size && s->population)
		return divided(s->population, s->size);
	if (s->packets && (s->space || s->has_space))
		return interval_rate(s->packets, s->space);
	if (s->probability != 0) {
		/* Written so that NaN, infinity and negative numbers fail it too. */
		if (s->probability > 1 / RATE_MAX && s->probability <= 1)
			return (uint64_t)(1 / s->probability + 0.5);
		tally->notes[NOTE_ZERO_RATE]++;
	}
	if (s->random)
		return s->random;
	if (s->interval)
		return s->interval;
	return s->packets > 1 ? s->packets : 0; /* 305 = 1 alone tells no rate */
}
