#include "tests/parsers/generate.h"

#include <string.h>

#include "parsers/ie.h"
#include "parsers/mapping.h"
#include "tests/parsers/generate_field.h"
#include "tests/support/random.h"

#define DATAGRAM_FULL 12000u /* octets: no Set is begun behind it */
#define SET_FULL      3000u
#define POOL_SPARE    60000u
#define ID_MAX        65535u

static uint32_t below(struct story *s, uint32_t n)
{
	return random_below(&s->random, n);
}

static bool once(struct story *s, uint32_t n)
{
	return random_once(&s->random, n);
}

static bool room(const struct story *s)
{
	return s->records_n + 32 < STORY_RECORDS && s->values_n + 2000 < STORY_VALUES &&
	       s->pool_n + POOL_SPARE < STORY_POOL && s->b.len < DATAGRAM_FULL;
}

/* --- templates ------------------------------------------------------------------------------- */

/* Octets of the shortest record. */
static uint32_t template_least(const struct story_template *t)
{
	uint32_t sum = 0;

	for (uint16_t i = 0; i < t->fields_n; i++)
		sum += t->fields[i].len == TMPL_VARLEN ? 1 : t->fields[i].len;
	return sum;
}

static bool template_varies(const struct story_template *t)
{
	for (uint16_t i = 0; i < t->fields_n; i++)
		if (t->fields[i].len == TMPL_VARLEN)
			return true;
	return false;
}

/* A new layout, not announced yet. */
static struct story_template *template_invent(struct story *s, uint16_t id)
{
	struct story_template *t = &s->templates[s->templates_n++];

	t->id = id;
	t->announced = false;
	t->options = once(s, 3);
	t->fields_n = (uint16_t)(1 + below(s, once(s, 20) ? STORY_FIELDS : 24));
	t->scope_n = 0;
	if (t->options) /* IPFIX wants one at least; v9 has them with none */
		t->scope_n = (uint16_t)(below(s, t->fields_n) + !s->netflow9);
	for (uint16_t i = 0; i < t->fields_n; i++) {
		if (i > 0 && i != t->scope_n && once(s, 10))
			t->fields[i] = t->fields[below(s, i)];
		else
			t->fields[i] = field_invent(&s->random, s->netflow9, i < t->scope_n);
		if (s->netflow9 && i >= t->scope_n)
			t->fields[i].space = IE_SPACE_NETFLOW9;
	}
	if (template_least(t) == 0 || (s->steady && template_varies(t)))
		t->fields[0].len = 8;
	return t;
}

/* The newest of this id, announced or not. */
static struct story_template *template_newest(struct story *s, uint16_t id)
{
	for (size_t i = s->templates_n; i-- > 0;)
		if (s->templates[i].id == id)
			return &s->templates[i];
	return NULL;
}

/* The one that data of this id follow now; if there is none yet, the one that is to come. */
static struct story_template *template_current(struct story *s, uint16_t id)
{
	for (size_t i = s->templates_n; i-- > 0;)
		if (s->templates[i].id == id && s->templates[i].announced)
			return &s->templates[i];
	return template_newest(s, id);
}

static uint16_t id_choose(struct story *s)
{
	return once(s, 10) ? ID_MAX : (uint16_t)(TMPL_ID_LOWEST + below(s, 6));
}

static void template_put(struct story *s, const struct story_template *t)
{
	put16(&s->b, t->id);
	if (s->netflow9 && t->options) {
		put16(&s->b, 4u * t->scope_n);
		put16(&s->b, 4u * (t->fields_n - t->scope_n));
	} else {
		put16(&s->b, t->fields_n);
		if (t->options)
			put16(&s->b, t->scope_n);
	}
	for (uint16_t i = 0; i < t->fields_n; i++) {
		const struct tmpl_field *f = &t->fields[i];

		put16(&s->b, f->id | (f->pen ? 0x8000u : 0));
		put16(&s->b, f->len);
		if (f->pen)
			put32(&s->b, f->pen);
	}
}

static void record_due(struct story *s, const struct story_record *r)
{
	s->due[s->due_n++] = r;
	if (r->tmpl->options)
		s->count.options++;
	else
		s->count.flows++;
}

/* What waited for it is due now, oldest first. */
static void template_announce(struct story *s, struct story_template *t)
{
	template_put(s, t);
	t->announced = true;
	if (t->options)
		s->count.templates_options++;
	else
		s->count.templates_data++;
	for (size_t i = 0; i < s->records_n; i++) {
		if (s->records[i].waits && s->records[i].tmpl == t) {
			s->records[i].waits = false;
			record_due(s, &s->records[i]);
		}
	}
}

/* The one that waits to be announced, a known one again, another layout, or a new id. */
static struct story_template *template_next(struct story *s, uint16_t id)
{
	struct story_template *t = template_newest(s, id);

	if (!t || (t->announced && !s->steady && !once(s, 3)))
		return s->templates_n < STORY_TEMPLATES ? template_invent(s, id) : t;
	return t;
}

static void templates_write(struct story *s)
{
	struct story_template *t = template_next(s, id_choose(s));
	bool options;
	size_t set;

	if (!t)
		return;
	options = t->options;
	set = set_begin(&s->b, (s->netflow9 ? 0u : 2u) + options);
	s->count.sets++;
	do {
		template_announce(s, t);
		t = template_next(s, id_choose(s));
	} while (t && t->options == options && !once(s, 3) && room(s));
	put_zeros(&s->b, below(s, 8));
	set_end(&s->b, set);
}

/* --- data ------------------------------------------------------------------------------------ */

static void value_put(struct story *s, const struct tmpl_field *f)
{
	struct story_value *v = &s->values[s->values_n++];
	uint8_t *octets = s->pool + s->pool_n;
	uint16_t len = value_invent(&s->random, f, octets);

	*v = (struct story_value){octets, len};
	s->pool_n += len;
	if (f->len == TMPL_VARLEN && (len >= 255 || once(s, 4))) {
		put8(&s->b, 255);
		put16(&s->b, len);
	} else if (f->len == TMPL_VARLEN) {
		put8(&s->b, len);
	}
	put_octets(&s->b, octets, len);
}

static void record_put(struct story *s, const struct story_template *t)
{
	s->records[s->records_n++] = (struct story_record){t, &s->values[s->values_n], true};
	for (uint16_t i = 0; i < t->fields_n; i++)
		value_put(s, &t->fields[i]);
}

/* A rest of zeros this short is padding where lengths vary, whatever was meant by it. */
static bool reads_as_padding(const struct story *s, size_t from)
{
	for (size_t i = from; i < s->b.len; i++)
		if (s->b.octets[i])
			return false;
	return s->b.len - from <= 7;
}

static void data_write(struct story *s, struct story_template *t)
{
	size_t set = set_begin(&s->b, t->id);
	size_t starts[32], first = s->records_n;
	bool varies = template_varies(t);
	uint32_t least = template_least(t);
	size_t n = 0;

	s->count.sets++;
	do {
		starts[n++] = s->b.len;
		record_put(s, t);
	} while (n < 32 && room(s) && s->b.len - set < SET_FULL && !once(s, 6));
	put_zeros(&s->b, below(s, varies || least > 8 ? 8 : least));
	set_end(&s->b, set);
	while (varies && n > 0 && reads_as_padding(s, starts[n - 1])) {
		s->records_n--;
		n--;
	}
	for (size_t i = first; i < s->records_n && t->announced; i++) {
		s->records[i].waits = false;
		record_due(s, &s->records[i]);
	}
	if (!t->announced) {
		s->count.sets_missed++;
		s->count.sets_waiting++;
	}
}

/* A known template, or now and then one that is announced only later. */
static struct story_template *template_for_data(struct story *s)
{
	uint16_t id = id_choose(s);
	struct story_template *t = template_current(s, id);

	if (s->steady)
		return t && t->announced ? t : NULL;
	if (!t && once(s, 4) && s->templates_n < STORY_TEMPLATES)
		t = template_invent(s, id);
	return t;
}

static void set_write(struct story *s)
{
	struct story_template *t = NULL;

	if (!once(s, 3))
		t = template_for_data(s);
	if (t)
		data_write(s, t);
	else
		templates_write(s);
}

void story_begin(struct story *s, uint64_t seed, bool steady)
{
	s->random = seed;
	s->steady = steady;
	s->netflow9 = once(s, 2);
	s->templates_n = s->records_n = s->values_n = s->pool_n = 0;
	memset(&s->count, 0, sizeof(s->count));
}

void story_datagram(struct story *s)
{
	uint64_t before = s->count.templates_data + s->count.templates_options + s->records_n;
	uint64_t count; /* of records, which some decoders believe */

	s->due_n = 0;
	if (s->netflow9)
		netflow9_begin(&s->b, 77);
	else
		ipfix_begin(&s->b, 77);
	do {
		set_write(s);
	} while (room(s) && !once(s, 8));
	if (once(s, 8))
		put_zeros(&s->b, below(s, 40));
	count = s->count.templates_data + s->count.templates_options + s->records_n - before;
	if (s->netflow9)
		netflow9_end(&s->b, (unsigned)count);
	else
		ipfix_end(&s->b);
}
