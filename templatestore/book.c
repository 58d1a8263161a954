#include "templatestore/book.h"

#include <stdlib.h>
#include <string.h>

#include "parsers/template.h"

#define UNUSED_MS   UINT64_C(1800000) /* exporters announce every 1 to 30 minutes */
#define PRUNE_MS    UINT64_C(1000)    /* looking for unused templates costs a walk */
#define FIRST_ROOM  8u
#define SHARES      4096u /* of exporters: two that share one share its limits too */
#define SHARE_OF    8u    /* an exporter may take this part of scopes and octets */
#define SHARE_LEAST 16u   /* scopes that any exporter may have */

/* One template: its octets as announced, to recognise the same again, and compiled. */
struct held {
	uint16_t id;
	uint16_t len; /* of octets */
	bool options;
	size_t bytes;      /* all that it takes */
	uint64_t used_ms;  /* announced or decoded with */
	struct tmpl *tmpl; /* in the same allocation, as are the octets */
	uint8_t *octets;
};

/* A shelf stands in two orders: among all, and among those of its exporter. */
enum order { ORDER_ALL, ORDER_OWN, ORDER_COUNT };

struct links {
	struct shelf *newer, *older;
};

struct shelf {
	struct scope scope;
	struct shelf *next;              /* in its bucket */
	struct links links[ORDER_COUNT]; /* in its queues, by last use */
	struct share *share;
	struct held **held; /* sorted by id */
	size_t held_n, room;
	uint64_t pruned_ms;
	bool proven; /* some template of it decoded a Set */
};

/* Shelves by last use; what goes first stands at the old end. */
struct queue {
	struct shelf *newest, *oldest;
};

/* What one exporter takes, over all its versions and domains. */
struct share {
	struct queue unproven, proven;
	size_t scopes, bytes;
};

struct book {
	struct book_limits limits;
	struct book_numbers numbers;
	uint64_t seed;
	size_t mask;
	struct share all; /* its queues only */
	struct share shares[SHARES];
	struct shelf *last; /* found last: datagrams come in runs */
	struct shelf *buckets[];
};

/* --- queues ---------------------------------------------------------------------------------- */

static struct queue *queue_of(struct share *of, const struct shelf *s)
{
	return s->proven ? &of->proven : &of->unproven;
}

static void queue_leave(struct queue *q, struct shelf *s, enum order order)
{
	struct links *l = &s->links[order];

	*(l->newer ? &l->newer->links[order].older : &q->newest) = l->older;
	*(l->older ? &l->older->links[order].newer : &q->oldest) = l->newer;
}

static void queue_enter(struct queue *q, struct shelf *s, enum order order)
{
	s->links[order] = (struct links){.older = q->newest};
	*(q->newest ? &q->newest->links[order].newer : &q->oldest) = s;
	q->newest = s;
}

static void shelf_leave(struct book *b, struct shelf *s)
{
	queue_leave(queue_of(&b->all, s), s, ORDER_ALL);
	queue_leave(queue_of(s->share, s), s, ORDER_OWN);
}

static void shelf_enter(struct book *b, struct shelf *s)
{
	queue_enter(queue_of(&b->all, s), s, ORDER_ALL);
	queue_enter(queue_of(s->share, s), s, ORDER_OWN);
}

static void shelf_used(struct book *b, struct shelf *s, bool proves)
{
	if (queue_of(&b->all, s)->newest == s && (s->proven || !proves))
		return;
	shelf_leave(b, s);
	s->proven |= proves;
	shelf_enter(b, s);
}

/* --- shelves --------------------------------------------------------------------------------- */

static struct shelf **bucket_of(struct book *b, const struct scope *scope)
{
	return &b->buckets[scope_hash(scope, 0, b->seed) & b->mask];
}

static struct shelf *shelf_find(struct book *b, const struct scope *scope)
{
	struct shelf *s = b->last;

	if (s && scope_equal(&s->scope, scope))
		return s;
	for (s = *bucket_of(b, scope); s; s = s->next)
		if (scope_equal(&s->scope, scope))
			return b->last = s;
	return NULL;
}

static struct share *share_of(struct book *b, const struct scope *scope)
{
	struct scope exporter = {.source = scope->source};

	return &b->shares[scope_hash(&exporter, 0, b->seed) % SHARES];
}

static void held_drop(struct book *b, struct share *share, struct held *h)
{
	share->bytes -= h->bytes;
	b->numbers.templates--;
	b->numbers.bytes -= h->bytes;
	free(h);
}

static void shelf_drop(struct book *b, struct shelf *s)
{
	struct shelf **at = bucket_of(b, &s->scope);

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	shelf_leave(b, s);
	s->share->scopes--;
	for (size_t i = 0; i < s->held_n; i++)
		held_drop(b, s->share, s->held[i]);
	if (b->last == s)
		b->last = NULL;
	b->numbers.scopes--;
	free(s->held);
	free(s);
}

/* The one to go: idle longest, unproven ones before all others; never the one at work. */
static bool shelf_evict(struct book *b, const struct share *of, const struct shelf *keep)
{
	enum order order = of == &b->all ? ORDER_ALL : ORDER_OWN;
	struct shelf *s = of->unproven.oldest;

	if (s == keep && s)
		s = s->links[order].newer;
	if (!s)
		s = of->proven.oldest;
	if (s == keep && s)
		s = s->links[order].newer;
	if (!s)
		return false;
	shelf_drop(b, s);
	b->numbers.scopes_evicted++;
	return true;
}

/* One exporter makes room at its own cost before at that of others (wire-quirks 39). */
static bool scopes_room(struct book *b, const struct share *own)
{
	if (own->scopes >= b->limits.scopes / SHARE_OF && own->scopes >= SHARE_LEAST)
		return shelf_evict(b, own, NULL);
	return b->numbers.scopes < b->limits.scopes || shelf_evict(b, &b->all, NULL);
}

static struct shelf *shelf_add(struct book *b, const struct scope *scope)
{
	struct shelf **bucket = bucket_of(b, scope);
	struct shelf *s;

	if (!scopes_room(b, share_of(b, scope)))
		return NULL;
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->scope = *scope;
	s->next = *bucket;
	*bucket = s;
	s->share = share_of(b, scope);
	s->share->scopes++;
	shelf_enter(b, s);
	b->numbers.scopes++;
	return s;
}

/* --- templates ------------------------------------------------------------------------------- */

/* Where id stands, or would stand. */
static size_t held_at(const struct shelf *s, uint16_t id)
{
	size_t low = 0, high = s->held_n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->held[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct held *held_find(const struct shelf *s, uint16_t id)
{
	size_t at = held_at(s, id);

	return at < s->held_n && s->held[at]->id == id ? s->held[at] : NULL;
}

static struct held *held_new(const struct tmpl_record *r, uint64_t now_mono_ms)
{
	size_t compiled = tmpl_size(r);
	size_t bytes = sizeof(struct held) + compiled + r->len;
	struct held *h = malloc(bytes);

	if (!h)
		return NULL;
	*h = (struct held){
		.id = r->id,
		.len = r->len,
		.options = r->options,
		.bytes = bytes,
		.used_ms = now_mono_ms,
		.tmpl = tmpl_compile(r, h + 1),
		.octets = (uint8_t *)(h + 1) + compiled,
	};
	memcpy(h->octets, r->octets, r->len);
	return h;
}

/* Data and options templates share one id space, but not one layout (wire-quirks 36). */
static bool held_same(const struct held *h, const struct tmpl_record *r)
{
	return h->options == r->options && h->len == r->len &&
	       memcmp(h->octets, r->octets, r->len) == 0;
}

/* Makes room in a full scope by what nobody announced or used for long; at most once a second. */
static void shelf_prune(struct book *b, struct shelf *s, uint64_t now_mono_ms)
{
	size_t kept = 0;

	if (s->pruned_ms && now_mono_ms - s->pruned_ms < PRUNE_MS)
		return;
	s->pruned_ms = now_mono_ms;
	for (size_t i = 0; i < s->held_n; i++) {
		if (now_mono_ms - s->held[i]->used_ms <= UNUSED_MS) {
			s->held[kept++] = s->held[i];
			continue;
		}
		held_drop(b, s->share, s->held[i]);
		b->numbers.templates_evicted++;
	}
	s->held_n = kept;
}

static bool shelf_room(struct book *b, struct shelf *s, uint64_t now_mono_ms)
{
	size_t room = s->room ? s->room * 2 : FIRST_ROOM;
	struct held **held;

	if (s->held_n == b->limits.templates)
		shelf_prune(b, s, now_mono_ms);
	if (s->held_n == b->limits.templates)
		return false;
	if (s->held_n < s->room)
		return true;
	held = realloc(s->held, room * sizeof(struct held *));
	if (!held)
		return false;
	s->held = held;
	s->room = room;
	return true;
}

static bool bytes_room(struct book *b, const struct shelf *keep, size_t bytes)
{
	const struct share *own = keep->share;

	while (own->bytes + bytes > b->limits.bytes / SHARE_OF)
		if (!shelf_evict(b, own, keep))
			return false;
	while (b->numbers.bytes + bytes > b->limits.bytes)
		if (!shelf_evict(b, &b->all, keep))
			return false;
	return true;
}

static enum tmpl_learnt held_put(struct book *b, struct shelf *s, struct held *h,
				 uint64_t now_mono_ms)
{
	struct held *old = held_find(s, h->id);
	size_t at;

	if ((!old && !shelf_room(b, s, now_mono_ms)) || !bytes_room(b, s, h->bytes)) {
		free(h);
		return TMPL_REFUSED;
	}
	at = held_at(s, h->id);
	if (!old) {
		memmove(&s->held[at + 1], &s->held[at], (s->held_n - at) * sizeof(struct held *));
		s->held_n++;
	} else {
		held_drop(b, s->share, old);
	}
	s->held[at] = h;
	b->numbers.templates++;
	b->numbers.bytes += h->bytes;
	s->share->bytes += h->bytes;
	return old ? TMPL_REDEFINED : TMPL_NEW;
}

/* --- the book -------------------------------------------------------------------------------- */

struct book *book_new(const struct book_limits *limits)
{
	size_t buckets = 1024;
	struct book *b;

	while (buckets < limits->scopes && buckets < SIZE_MAX / 2)
		buckets *= 2;
	b = calloc(1, sizeof(*b) + buckets * sizeof(struct shelf *));
	if (!b)
		return NULL;
	b->limits = *limits;
	b->seed = scope_seed();
	b->mask = buckets - 1;
	return b;
}

void book_free(struct book *b)
{
	if (!b)
		return;
	while (shelf_evict(b, &b->all, NULL))
		continue;
	free(b);
}

const struct tmpl *book_find(struct book *b, const struct message *m, uint16_t id,
			     uint64_t now_mono_ms)
{
	struct scope scope = scope_of(m);
	struct shelf *s = shelf_find(b, &scope);
	struct held *h = s ? held_find(s, id) : NULL;

	if (!h)
		return NULL;
	h->used_ms = now_mono_ms;
	shelf_used(b, s, true);
	return h->tmpl;
}

enum tmpl_learnt book_learn(struct book *b, const struct message *m, const struct tmpl_record *r,
			    uint64_t now_mono_ms, uint16_t *misfits)
{
	struct scope scope = scope_of(m);
	struct shelf *s = shelf_find(b, &scope);
	struct held *h = s ? held_find(s, r->id) : NULL;

	*misfits = 0;
	if (h && held_same(h, r)) {
		h->used_ms = now_mono_ms;
		shelf_used(b, s, false);
		return TMPL_REFRESHED;
	}
	if (!s)
		s = shelf_add(b, &scope);
	h = s ? held_new(r, now_mono_ms) : NULL;
	if (!h)
		return TMPL_REFUSED;
	shelf_used(b, s, false);
	*misfits = h->tmpl->misfits;
	return held_put(b, s, h, now_mono_ms);
}

void book_numbers(const struct book *b, struct book_numbers *out)
{
	*out = b->numbers;
}
