#include "templatestore/parking.h"

#include <stdlib.h>
#include <string.h>

#include "templatestore/scope.h"

#define ALIGNMENT 16u
#define BUCKETS   4096u /* of (scope, template id) */
#define SHARES    4096u /* of exporters: two that share one share its limit too */
#define NONE      SIZE_MAX

/* A parked Set in the arena, its octets behind it. */
struct car {
	size_t size; /* in the arena, head and octets, rounded up */
	size_t next; /* offset of the next one of its bucket, or NONE */
	size_t len;  /* octets of the Set */
	uint64_t since_ms;
	struct message message;
	uint32_t tag;
	uint16_t id;
	bool gone; /* taken; its place is free when it is the oldest */
};

struct bucket {
	size_t first, last; /* oldest and newest, or NONE */
};

/* The arena is a queue: cars enter at head and leave at tail, in order of arrival. When one does
 * not fit behind head, the rest up to the end is skipped (wrap marks where). */
struct parking {
	size_t bytes, exporter_bytes;
	uint64_t age_ms;
	uint64_t seed;
	size_t head, tail;
	size_t wrap; /* end of what is used before the arena starts over */
	size_t used; /* skipped rests and cars that are gone included */
	struct bucket buckets[BUCKETS];
	size_t shares[SHARES];
	uint8_t *arena;
};

static struct car *car_at(const struct parking *p, size_t offset)
{
	return (struct car *)(p->arena + offset);
}

static struct bucket *bucket_of(struct parking *p, const struct message *m, uint16_t id)
{
	struct scope s = scope_of(m);

	return &p->buckets[scope_hash(&s, id, p->seed) % BUCKETS];
}

static size_t *share_of(struct parking *p, const struct message *m)
{
	struct scope s = scope_of(m);

	s.domain = 0;
	s.protocol = 0;
	return &p->shares[scope_hash(&s, 0, p->seed) % SHARES];
}

struct parking *parking_new(size_t bytes, size_t exporter_bytes, uint64_t age_ms)
{
	struct parking *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->bytes = bytes / ALIGNMENT * ALIGNMENT;
	p->arena = malloc(p->bytes ? p->bytes : 1); /* untouched pages cost nothing */
	if (!p->arena) {
		free(p);
		return NULL;
	}
	p->exporter_bytes = exporter_bytes;
	p->age_ms = age_ms;
	p->seed = scope_seed();
	p->wrap = p->bytes;
	for (size_t i = 0; i < BUCKETS; i++)
		p->buckets[i] = (struct bucket){NONE, NONE};
	return p;
}

void parking_free(struct parking *p)
{
	if (!p)
		return;
	free(p->arena);
	free(p);
}

/* Where size octets fit, or NONE. */
static size_t place_find(struct parking *p, size_t size)
{
	if (p->used == 0)
		p->head = p->tail = 0;
	if (p->used > 0 && p->head <= p->tail) /* already started over */
		return p->tail - p->head >= size ? p->head : NONE;
	if (p->bytes - p->head >= size)
		return p->head;
	if (p->tail < size)
		return NONE;
	p->used += p->bytes - p->head;
	p->wrap = p->head;
	return 0;
}

bool parking_put(struct parking *p, const struct message *m, const struct parked *what,
		 uint64_t now_mono_ms)
{
	size_t len = what->set.left;
	size_t size = (sizeof(struct car) + len + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	size_t *share = share_of(p, m);
	struct bucket *bucket = bucket_of(p, m, what->id);
	struct car *car;
	size_t place;

	if (*share + size > p->exporter_bytes || size > p->bytes)
		return false;
	place = place_find(p, size);
	if (place == NONE)
		return false;
	car = car_at(p, place);
	*car = (struct car){size, NONE, len, now_mono_ms, *m, what->tag, what->id, false};
	if (len)
		memcpy(car + 1, what->set.pos, len);
	*(bucket->last == NONE ? &bucket->first : &car_at(p, bucket->last)->next) = place;
	bucket->last = place;
	p->head = place + size;
	p->used += size;
	*share += size;
	return true;
}

/* Gives the space of the oldest cars back as far as they are gone. */
static void tail_advance(struct parking *p)
{
	while (p->used > 0) {
		struct car *car;

		if (p->tail == p->wrap) {
			p->used -= p->bytes - p->wrap;
			p->tail = 0;
			p->wrap = p->bytes;
			continue;
		}
		car = car_at(p, p->tail);
		if (!car->gone)
			return;
		p->used -= car->size;
		p->tail += car->size;
	}
}

static void car_leave(struct parking *p, struct car *car, parking_fn *give, void *ctx)
{
	car->gone = true;
	*share_of(p, &car->message) -= car->size;
	give(ctx, &car->message, &(struct parked){wire_over(car + 1, car->len), car->id, car->tag});
}

static bool car_waits_for(const struct car *car, const struct scope *scope, uint16_t id)
{
	struct scope own = scope_of(&car->message);

	return car->id == id && scope_equal(&own, scope);
}

void parking_take(struct parking *p, const struct message *m, uint16_t id, parking_fn *give,
		  void *ctx)
{
	struct bucket *bucket = bucket_of(p, m, id);
	struct scope scope = scope_of(m);
	size_t *link = &bucket->first;
	size_t last = NONE;

	while (*link != NONE) {
		struct car *car = car_at(p, *link);

		if (car_waits_for(car, &scope, id)) {
			*link = car->next;
			car_leave(p, car, give, ctx);
		} else {
			last = *link;
			link = &car->next;
		}
	}
	bucket->last = last;
	tail_advance(p);
}

void parking_expire(struct parking *p, uint64_t now_mono_ms, parking_fn *give, void *ctx)
{
	while (p->used > 0) {
		struct bucket *bucket;
		struct car *car;

		tail_advance(p);
		if (p->used == 0)
			return;
		car = car_at(p, p->tail);
		if (now_mono_ms - car->since_ms < p->age_ms)
			return;
		/* The oldest of all is the oldest of its bucket. */
		bucket = bucket_of(p, &car->message, car->id);
		bucket->first = car->next;
		if (bucket->first == NONE)
			bucket->last = NONE;
		car_leave(p, car, give, ctx);
	}
}

size_t parking_bytes(const struct parking *p)
{
	return p->used;
}
