#include "templatestore/options.h"

#include <stdlib.h>
#include <string.h>

#include "templatestore/scope.h"

#define BUCKETS        4096u
#define BOOT_JITTER_MS 10000u /* boot times are worked out from two clocks */
#define RATES_MAX      512u   /* of one exporter: a question may walk them all */
#define FACT_BYTES     128u   /* of a common one: for so many there is a bucket */
#define DOMAINS_MAX    64u    /* of one exporter that tell of one key: they share a bucket */

/* What a fact is about: a name table, the reach of a rate, or the boot time. */
enum kind { KIND_NAME, KIND_RATE = KIND_NAME + NAME_COUNT, KIND_BOOT = KIND_RATE + REACH_COUNT };

struct fact {
	struct fact *next;    /* in its bucket */
	struct fact *sibling; /* in its list of the exporter */
	struct fact **back;   /* what points to it there */
	struct teller *teller;
	uint64_t key;
	uint64_t value; /* a rate, or a boot time */
	uint32_t domain;
	uint16_t len; /* of name */
	uint8_t kind;
	uint8_t name[];
};

/* One exporter and version. */
struct teller {
	struct teller *next;          /* in its bucket */
	struct teller *newer, *older; /* by when it last told something */
	struct scope scope;           /* without a domain */
	struct fact *rates, *others;
	size_t rates_n;
	size_t bytes;
};

struct options {
	struct options_limits limits;
	struct options_numbers numbers;
	uint64_t seed;
	struct teller *newest, *oldest;
	struct teller *last; /* found last */
	struct teller *tellers[BUCKETS];
	size_t facts_mask;
	struct fact *facts[];
};

struct options *options_new(const struct options_limits *limits)
{
	size_t buckets = BUCKETS;
	struct options *o;

	while (buckets < limits->bytes / FACT_BYTES)
		buckets *= 2;
	o = calloc(1, sizeof(*o) + buckets * sizeof(struct fact *));
	if (!o)
		return NULL;
	o->facts_mask = buckets - 1;
	o->limits = *limits;
	o->seed = scope_seed();
	return o;
}

/* --- tellers --------------------------------------------------------------------------------- */

static struct scope teller_scope(const struct message *m)
{
	struct scope s = scope_of(m);

	s.domain = 0;
	return s;
}

static struct teller **teller_bucket(struct options *o, const struct scope *s)
{
	return &o->tellers[scope_hash(s, 0, o->seed) % BUCKETS];
}

static struct teller *teller_find(struct options *o, const struct message *m)
{
	struct scope s;
	struct teller *t;

	if (o->numbers.exporters == 0)
		return NULL;
	s = teller_scope(m);
	if (o->last && scope_equal(&o->last->scope, &s))
		return o->last;
	for (t = *teller_bucket(o, &s); t; t = t->next)
		if (scope_equal(&t->scope, &s))
			return o->last = t;
	return NULL;
}

static void queue_leave(struct options *o, struct teller *t)
{
	*(t->newer ? &t->newer->older : &o->newest) = t->older;
	*(t->older ? &t->older->newer : &o->oldest) = t->newer;
}

static void queue_enter(struct options *o, struct teller *t)
{
	t->newer = NULL;
	t->older = o->newest;
	*(o->newest ? &o->newest->newer : &o->oldest) = t;
	o->newest = t;
}

/* Told something, or asked for: a flood of forged tellers, for whom nobody asks, goes first. */
static void teller_used(struct options *o, struct teller *t)
{
	if (o->newest == t)
		return;
	queue_leave(o, t);
	queue_enter(o, t);
}

static struct fact **fact_bucket(struct options *o, const struct teller *t, uint8_t kind,
				 uint64_t key)
{
	uint64_t seed = o->seed ^ key * UINT64_C(0x9e3779b97f4a7c15);

	return &o->facts[scope_hash(&t->scope, kind, seed) & o->facts_mask];
}

static size_t fact_bytes(const struct fact *f)
{
	return sizeof(*f) + f->len;
}

static bool is_rate(uint8_t kind)
{
	return kind >= KIND_RATE && kind < KIND_BOOT;
}

static void fact_free(struct options *o, struct fact *f)
{
	struct fact **at = fact_bucket(o, f->teller, f->kind, f->key);

	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	*f->back = f->sibling;
	if (f->sibling)
		f->sibling->back = f->back;
	f->teller->rates_n -= is_rate(f->kind);
	f->teller->bytes -= fact_bytes(f);
	o->numbers.bytes -= fact_bytes(f);
	o->numbers.facts--;
	free(f);
}

static void teller_drop(struct options *o, struct teller *t)
{
	struct teller **at = teller_bucket(o, &t->scope);

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	queue_leave(o, t);
	while (t->rates)
		fact_free(o, t->rates);
	while (t->others)
		fact_free(o, t->others);
	o->numbers.bytes -= t->bytes;
	o->numbers.exporters--;
	if (o->last == t)
		o->last = NULL;
	free(t);
}

void options_free(struct options *o)
{
	if (!o)
		return;
	while (o->oldest)
		teller_drop(o, o->oldest);
	free(o);
}

static struct teller *teller_add(struct options *o, const struct message *m)
{
	struct teller *t = calloc(1, sizeof(*t));
	struct teller **bucket;

	if (!t)
		return NULL;
	t->scope = teller_scope(m);
	bucket = teller_bucket(o, &t->scope);
	t->next = *bucket;
	*bucket = t;
	t->bytes = sizeof(*t);
	o->numbers.bytes += t->bytes;
	o->numbers.exporters++;
	queue_enter(o, t);
	return t;
}

/* --- facts ----------------------------------------------------------------------------------- */

static bool room_make(struct options *o, const struct teller *t, size_t bytes)
{
	if (t->bytes + bytes > o->limits.exporter_bytes)
		return false;
	while (o->numbers.bytes + bytes > o->limits.bytes) {
		struct teller *idle = o->oldest == t ? t->newer : o->oldest;

		if (!idle)
			return false;
		teller_drop(o, idle); /* NOLINT(clang-analyzer-unix.Malloc): it leaves the queue */
		o->numbers.evicted++;
	}
	return true;
}

static struct fact *fact_find(struct options *o, const struct teller *t, uint8_t kind, uint64_t key,
			      uint32_t domain)
{
	struct fact *f = *fact_bucket(o, t, kind, key);

	while (f && !(f->teller == t && f->kind == kind && f->key == key && f->domain == domain))
		f = f->next;
	return f;
}

/* In the record's own domain, else in any other of this exporter: what was put last. */
static const struct fact *fact_any(struct options *o, const struct teller *t, uint8_t kind,
				   uint64_t key, uint32_t domain)
{
	const struct fact *f = fact_find(o, t, kind, key, domain);

	if (f)
		return f;
	for (f = *fact_bucket(o, t, kind, key); f; f = f->next)
		if (f->teller == t && f->kind == kind && f->key == key)
			return f;
	return NULL;
}

/* old: what it takes the place of, or NULL; stays if there is no room. */
static void fact_add(struct options *o, struct teller *t, const struct fact *like,
		     const uint8_t *name, struct fact *old)
{
	size_t bytes = fact_bytes(like);
	size_t more = old && fact_bytes(old) < bytes ? bytes - fact_bytes(old) : old ? 0 : bytes;
	struct fact **bucket = fact_bucket(o, t, like->kind, like->key);
	struct fact **list = is_rate(like->kind) ? &t->rates : &t->others;
	bool full = !old && is_rate(like->kind) && t->rates_n == RATES_MAX;
	struct fact *f = NULL;

	if (!full && room_make(o, t, more))
		f = malloc(bytes);
	if (!f) {
		o->numbers.refused++;
		return;
	}
	if (old)
		fact_free(o, old);
	memcpy(f, like, sizeof(*f));
	if (f->len)
		memcpy(f->name, name, f->len);
	f->teller = t;
	f->next = *bucket;
	*bucket = f;
	f->sibling = *list;
	f->back = list;
	if (f->sibling)
		f->sibling->back = &f->sibling;
	*list = f;
	t->rates_n += is_rate(f->kind);
	t->bytes += fact_bytes(f);
	o->numbers.bytes += fact_bytes(f);
	o->numbers.facts++;
}

/* The oldest of too many domains that tell of one key, or NULL: a look-up walks them all. */
static struct fact *fact_surplus(struct options *o, const struct teller *t, uint8_t kind,
				 uint64_t key)
{
	struct fact *oldest = NULL;
	size_t n = 0;

	for (struct fact *f = *fact_bucket(o, t, kind, key); f; f = f->next) {
		if (f->teller == t && f->kind == kind && f->key == key) {
			oldest = f;
			n++;
		}
	}
	return n >= DOMAINS_MAX ? oldest : NULL;
}

/* The newest word for a key wins (wire-quirks 61). */
static void fact_put(struct options *o, struct teller *t, const struct fact *like,
		     const uint8_t *name)
{
	struct fact *old = fact_find(o, t, like->kind, like->key, like->domain);

	if (old && old->len == like->len && memcmp(old->name, name, like->len) == 0) {
		old->value = like->value;
		return;
	}
	if (!old)
		old = fact_surplus(o, t, like->kind, like->key);
	fact_add(o, t, like, name, old);
}

/* An exporter that booted describes its samplers anew, under other ids maybe. */
static void rates_forget(struct options *o, struct teller *t, uint32_t domain, uint64_t boot_ms)
{
	const struct fact *old = fact_find(o, t, KIND_BOOT, 0, domain);
	struct fact *next;

	if (!old || boot_ms < old->value + BOOT_JITTER_MS)
		return;
	for (struct fact *f = t->rates; f; f = next) {
		next = f->sibling;
		if (f->domain == domain)
			fact_free(o, f);
	}
}

static bool worth_noting(const struct option_facts *facts)
{
	bool names = false;

	for (int i = 0; i < NAME_COUNT; i++)
		names |= facts->names[i].has;
	return facts->rate || facts->boot_ms || names;
}

void options_note(struct options *o, const struct message *m, const struct option_facts *facts)
{
	static const uint8_t none[1];
	struct teller *t = teller_find(o, m);
	struct fact like = {.domain = m->domain};

	if (!worth_noting(facts))
		return;
	if (!t)
		t = teller_add(o, m);
	if (!t)
		return;
	teller_used(o, t);
	if (facts->boot_ms)
		rates_forget(o, t, m->domain, facts->boot_ms);
	if (facts->rate) {
		like.kind = (uint8_t)(KIND_RATE + facts->reach);
		like.key = facts->reach_key;
		like.value = facts->rate;
		fact_put(o, t, &like, none);
	}
	if (facts->boot_ms) {
		like.kind = KIND_BOOT;
		like.key = 0;
		like.value = facts->boot_ms;
		fact_put(o, t, &like, none);
	}
	for (int i = 0; i < NAME_COUNT; i++) {
		if (!facts->names[i].has)
			continue;
		like.kind = (uint8_t)(KIND_NAME + i);
		like.key = facts->names[i].id;
		like.value = 0;
		like.len = facts->names[i].name.len;
		fact_put(o, t, &like, facts->names[i].name.at);
	}
	if (!t->rates && !t->others) /* all refused: it must not take room for nothing */
		teller_drop(o, t);
}

/* --- answers --------------------------------------------------------------------------------- */

static const struct teller *teller_ask(struct options *o, const struct message *m)
{
	struct teller *t = teller_find(o, m);

	if (t)
		teller_used(o, t);
	return t;
}

uint64_t options_boot_ms(struct options *o, const struct message *m)
{
	const struct teller *t = teller_ask(o, m);
	const struct fact *f = t ? fact_any(o, t, KIND_BOOT, 0, m->domain) : NULL;

	return f ? f->value : 0;
}

bool options_name(struct options *o, const struct message *m, enum option_name kind, uint64_t id,
		  struct octets *out)
{
	const struct teller *t = teller_ask(o, m);
	const struct fact *f =
		t ? fact_any(o, t, (uint8_t)(KIND_NAME + kind), id, m->domain) : NULL;

	if (!f)
		return false;
	*out = (struct octets){f->name, f->len};
	return true;
}

/* What speaks of one template or one interface says nothing of the others. */
static bool speaks_of_all(const struct fact *f)
{
	return f->kind == KIND_RATE + REACH_SELECTOR || f->kind == KIND_RATE + REACH_DOMAIN;
}

/* The only rate of the domain, or of the exporter when domain is NULL; 0: none, or several. Several
 * that agree are one. selectors: those of samplers count too. */
static uint64_t only_rate(const struct teller *t, bool selectors, const uint32_t *domain)
{
	uint64_t rate = 0;

	for (const struct fact *f = t->rates; f; f = f->sibling) {
		if (!speaks_of_all(f) || (!selectors && f->kind == KIND_RATE + REACH_SELECTOR) ||
		    (domain && f->domain != *domain))
			continue;
		if (rate && rate != f->value)
			return 0;
		rate = f->value;
	}
	return rate;
}

static bool answer(struct rate_answer *out, uint64_t rate, enum sampling_source source)
{
	*out = (struct rate_answer){rate, (uint8_t)source};
	return rate != 0;
}

static bool answer_fact(struct rate_answer *out, const struct fact *f, enum sampling_source source)
{
	return f && answer(out, f->value, source);
}

bool options_rate(struct options *o, const struct message *m, const struct rate_query *q,
		  struct rate_answer *out)
{
	const struct teller *t = teller_ask(o, m);
	uint32_t domain = m->domain;

	if (!t)
		return false;
	if (q->selector != RATE_NO_SELECTOR &&
	    answer_fact(out, fact_any(o, t, KIND_RATE + REACH_SELECTOR, q->selector, domain),
			SAMPLING_SELECTOR))
		return true;
	if (answer_fact(out, fact_find(o, t, KIND_RATE + REACH_TEMPLATE, q->tmpl, domain),
			SAMPLING_TEMPLATE) ||
	    answer_fact(out, fact_find(o, t, KIND_RATE + REACH_INTERFACE, q->interface, domain),
			SAMPLING_INTERFACE) ||
	    answer(out, only_rate(t, false, &domain), SAMPLING_DOMAIN))
		return true;
	if (q->selector &&
	    q->selector !=
		    RATE_NO_SELECTOR) /* named, but never described: unknown (wire-quirks 106) */
		return false;
	return answer(out, only_rate(t, true, &domain), SAMPLING_DOMAIN) ||
	       answer(out, only_rate(t, true, NULL), SAMPLING_INFERRED);
}

void options_numbers(const struct options *o, struct options_numbers *out)
{
	*out = o->numbers;
}
