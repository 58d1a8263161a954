#include "templatestore/scope.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

struct scope scope_of(const struct message *m)
{
	struct scope s = {.domain = m->domain, .protocol = m->protocol};

	s.source.len = m->source.len;
	memcpy(s.source.octets, m->source.octets, m->source.len);
	return s;
}

bool scope_equal(const struct scope *a, const struct scope *b)
{
	return a->domain == b->domain && a->protocol == b->protocol &&
	       addr_equal(&a->source, &b->source);
}

/* The finaliser of splitmix64: every input bit reaches every output bit. */
static uint64_t mixed(uint64_t v)
{
	v = (v ^ v >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	v = (v ^ v >> 27) * UINT64_C(0x94d049bb133111eb);
	return v ^ v >> 31;
}

uint32_t scope_hash(const struct scope *s, uint32_t extra, uint64_t seed)
{
	uint64_t high, low;
	uint64_t h = seed;

	memcpy(&high, s->source.octets, 8);
	memcpy(&low, s->source.octets + 8, 8);
	h = mixed(h ^ high);
	h = mixed(h ^ low ^ (uint64_t)s->protocol << 56 ^ s->source.len);
	h = mixed(h ^ ((uint64_t)s->domain << 32 | extra));
	return (uint32_t)h;
}

uint64_t scope_seed(void)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != (ssize_t)sizeof(seed)) {
		struct timespec now; /* early in boot: still unknown to a sender */

		clock_gettime(CLOCK_MONOTONIC, &now);
		seed = mixed((uint64_t)now.tv_nsec ^ (uint64_t)(uintptr_t)&seed);
	}
	return seed;
}
