#include "templatestore/sequences.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "templatestore/scope.h"

struct key {
	struct scope scope;
	struct addr agent; /* octets behind len are zero */
	uint16_t port;
};

struct entry {
	struct entry *next;          /* in its bucket */
	struct entry *newer, *older; /* in its queue, by when it was heard */
	struct key key;
	bool again; /* heard more than once */
	struct sequence state;
};

/* What goes first stands at the old end. */
struct queue {
	struct entry *newest, *oldest;
};

struct sequences {
	uint64_t seed;
	uint64_t evicted;
	size_t mask;
	size_t used, max;
	struct queue once, again;
	struct entry **buckets;
	struct entry entries[];
};

struct sequences *sequences_new(size_t max)
{
	struct sequences *s = calloc(1, sizeof(*s) + max * sizeof(s->entries[0]));
	size_t buckets = 1;

	while (buckets < max)
		buckets *= 2;
	if (!s)
		return NULL;
	s->buckets = calloc(buckets, sizeof(struct entry *));
	if (!s->buckets) {
		free(s);
		return NULL;
	}
	s->mask = buckets - 1;
	s->max = max;
	s->seed = scope_seed();
	return s;
}

void sequences_free(struct sequences *s)
{
	if (!s)
		return;
	free(s->buckets);
	free(s);
}

/* --- queues ---------------------------------------------------------------------------------- */

static struct queue *queue_of(struct sequences *s, const struct entry *e)
{
	return e->again ? &s->again : &s->once;
}

static void queue_leave(struct queue *q, struct entry *e)
{
	*(e->newer ? &e->newer->older : &q->newest) = e->older;
	*(e->older ? &e->older->newer : &q->oldest) = e->newer;
}

static void queue_enter(struct queue *q, struct entry *e)
{
	e->newer = NULL;
	e->older = q->newest;
	*(q->newest ? &q->newest->newer : &q->oldest) = e;
	q->newest = e;
}

/* --- entries --------------------------------------------------------------------------------- */

static struct key key_of(const struct message *m)
{
	struct key k = {.scope = scope_of(m), .port = m->port};

	k.agent.len = m->agent.len;
	memcpy(k.agent.octets, m->agent.octets, m->agent.len);
	return k;
}

static bool key_equal(const struct key *a, const struct key *b)
{
	return a->port == b->port && scope_equal(&a->scope, &b->scope) &&
	       addr_equal(&a->agent, &b->agent);
}

static struct entry **bucket_of(struct sequences *s, const struct key *k)
{
	uint64_t agent[2];

	/* Both hashes are seeded, so that nobody can choose keys that collide. */
	memcpy(agent, k->agent.octets, sizeof(agent));
	return &s->buckets[scope_hash(&k->scope, k->port,
				      s->seed ^ agent[0] * UINT64_C(0x9e3779b97f4a7c15) ^
					      agent[1]) &
			   s->mask];
}

static struct entry *entry_evict(struct sequences *s)
{
	struct entry *e = s->once.oldest ? s->once.oldest : s->again.oldest;
	struct entry **at = bucket_of(s, &e->key);

	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	queue_leave(queue_of(s, e), e);
	s->evicted++;
	return e;
}

static struct entry *entry_add(struct sequences *s, const struct key *key, struct entry **bucket)
{
	struct entry *e = s->used < s->max ? &s->entries[s->used++] : entry_evict(s);

	*e = (struct entry){.key = *key, .next = *bucket};
	*bucket = e;
	queue_enter(&s->once, e);
	return e;
}

struct sequence *sequences_find(struct sequences *s, const struct message *m)
{
	struct key key = key_of(m);
	struct entry **bucket = bucket_of(s, &key);
	struct entry *e = *bucket;

	while (e && !key_equal(&e->key, &key))
		e = e->next;
	if (!e)
		return &entry_add(s, &key, bucket)->state;
	if (s->again.newest == e)
		return &e->state;
	queue_leave(queue_of(s, e), e);
	e->again = true;
	queue_enter(&s->again, e);
	return &e->state;
}

void sequences_numbers(const struct sequences *s, struct sequences_numbers *out)
{
	*out = (struct sequences_numbers){s->used, s->evicted};
}
