#include "parsers/sequence.h"

#include <stddef.h>

#define REORDERED     64u        /* messages: farther back is no reordering */
#define STARTS_OVER   8u         /* messages back to the number zero or one: neither is this */
#define REBOOT_MS     10000u     /* uptime falls by more than reordering makes it */
#define WRAP_MS       3600000u   /* ... but an uptime that wraps goes on from there */
#define OTHER_STEPS   4u         /* until we believe that an exporter counts in the other unit */
#define DATAGRAMS_MAX (1u << 20) /* a longer gap is no loss but another count */
#define RECORDS_MAX   (1u << 24)

/* Exporters that count in the wrong unit count in this one (wire-quirks 116). */
struct units {
	uint8_t own;
	uint8_t other;
};

/* clang-format off */
static const struct units units_of[PROTOCOL_COUNT] = {
	[PROTOCOL_NETFLOW5] = {SEQUENCE_FLOWS,      SEQUENCE_DATAGRAMS},
	[PROTOCOL_NETFLOW7] = {SEQUENCE_FLOWS,      SEQUENCE_DATAGRAMS},
	[PROTOCOL_NETFLOW9] = {SEQUENCE_DATAGRAMS,  SEQUENCE_RECORDS},
	[PROTOCOL_IPFIX]    = {SEQUENCE_RECORDS,    SEQUENCE_DATAGRAMS},
	[PROTOCOL_SFLOW5]   = {SEQUENCE_DATAGRAMS,  SEQUENCE_DATAGRAMS},
	[PROTOCOL_UNKNOWN]  = {SEQUENCE_UNIT_COUNT, SEQUENCE_UNIT_COUNT},
};
/* clang-format on */

enum sequence_unit sequence_unit_of(enum protocol protocol)
{
	return (enum sequence_unit)units_of[protocol].own;
}

static uint8_t other_unit(uint8_t unit, uint8_t protocol)
{
	const struct units *u = &units_of[protocol];

	return unit == u->own ? u->other : u->own;
}

static uint32_t in_unit(uint8_t unit, uint32_t records)
{
	return unit == SEQUENCE_DATAGRAMS ? 1 : records;
}

/* --- gaps ------------------------------------------------------------------------------------ */

static void gap_add(struct sequence *s, uint32_t at, uint32_t n, bool counted)
{
	uint8_t slot = 0;

	while (slot < SEQUENCE_GAPS && s->gaps[slot].n)
		slot++;
	if (slot == SEQUENCE_GAPS) {
		slot = s->gap_next;
		s->gap_next = (uint8_t)((s->gap_next + 1) % SEQUENCE_GAPS);
	}
	s->gaps[slot] = (struct sequence_gap){at, n, counted};
}

static struct sequence_gap *gap_find(struct sequence *s, uint32_t at)
{
	for (unsigned i = 0; i < SEQUENCE_GAPS; i++)
		if (at - s->gaps[i].at < s->gaps[i].n)
			return &s->gaps[i];
	return NULL;
}

/* Takes n numbers from at on, which is in the gap; how many of them the gap had. */
static uint32_t gap_fill(struct sequence *s, struct sequence_gap *g, uint32_t at, uint32_t n)
{
	struct sequence_gap was = *g;
	uint32_t before = at - was.at;
	uint32_t filled = n < was.n - before ? n : was.n - before;

	if (filled == 0)
		return 0;
	g->n = before;
	if (before + filled < was.n)
		gap_add(s, at + filled, was.n - before - filled, was.counted);
	return filled;
}

/* --- one message ----------------------------------------------------------------------------- */

static void advance(struct sequence *s, const struct message *m, uint32_t units, bool exact)
{
	s->next = m->sequence + units;
	s->next_exact = exact || s->unit == SEQUENCE_DATAGRAMS;
	s->uptime_ms = m->uptime_ms;
	if (units > s->widest)
		s->widest = units;
}

/* From here on, whatever was before. What comes a little before it was not counted as lost yet. */
static void base(struct sequence *s, uint8_t unit, const struct message *m, uint32_t units,
		 bool exact)
{
	*s = (struct sequence){.unit = unit, .begun = true};
	gap_add(s, m->sequence - REORDERED * (units + 1), REORDERED * (units + 1), false);
	advance(s, m, units, exact);
}

static void restart(struct sequence *s, const struct message *m, uint32_t units, bool exact,
		    struct sequence_verdict *v)
{
	v->reset = true;
	base(s, s->unit, m, units, exact);
}

static void skip_ahead(struct sequence *s, uint32_t ahead, bool suspect, struct sequence_verdict *v)
{
	gap_add(s, s->next, ahead, s->next_exact);
	if (s->next_exact && suspect)
		s->held += ahead;
	else if (s->next_exact)
		v->lost += ahead;
}

static void step_back(struct sequence *s, const struct message *m, uint32_t units,
		      struct sequence_verdict *v)
{
	struct sequence_gap *g = gap_find(s, m->sequence);
	bool counted = g && g->counted;

	if (!g) {
		v->duplicate = units;
		return;
	}
	v->late = gap_fill(s, g, m->sequence, units);
	if (!counted) /* we learn of the loss by its end */
		v->lost += v->late;
}

/* IPFIX has no uptime: it is zero then, and never falls. After 49 days it begins again. */
static bool rebooted(const struct sequence *s, const struct message *m)
{
	return s->uptime_ms > REBOOT_MS && m->uptime_ms < s->uptime_ms - REBOOT_MS &&
	       m->uptime_ms - s->uptime_ms > WRAP_MS;
}

static bool starts_over(const struct sequence *s, const struct message *m, uint32_t behind)
{
	uint64_t far = UINT64_C(1) + s->widest;

	return behind > far * REORDERED || (m->sequence <= 1 && behind > far * STARTS_OVER);
}

/* A message's step as it is to be judged. */
struct step {
	uint32_t units;
	bool exact;
	bool suspect; /* it may be one of the other unit */
};

static void judge(struct sequence *s, const struct message *m, const struct step *step,
		  struct sequence_verdict *v)
{
	uint32_t ahead = m->sequence - s->next;
	uint32_t most = s->unit == SEQUENCE_DATAGRAMS ? DATAGRAMS_MAX : RECORDS_MAX;
	bool forward = ahead < most;

	if ((ahead != 0 && rebooted(s, m)) || (!forward && starts_over(s, m, 0 - ahead))) {
		restart(s, m, step->units, step->exact, v);
	} else if (forward) {
		if (ahead)
			skip_ahead(s, ahead, step->suspect, v);
		advance(s, m, step->units, step->exact);
	} else if (!step->suspect) {
		step_back(s, m, step->units, v);
	}
}

/* Whether the step to this message is one of the other unit and not of ours, as all before it. */
static bool step_suspect(struct sequence *s, const struct message *m)
{
	uint32_t step = m->sequence - s->last;
	uint32_t own = in_unit(s->unit, s->last_records);
	uint32_t other = in_unit(other_unit(s->unit, m->protocol), s->last_records);

	if (s->proven || !s->last_exact)
		return false;
	if (own == other) /* says nothing */
		return s->other_steps > 0 && step == other;
	s->proven = step == own;
	s->other_steps = step == other ? (uint8_t)(s->other_steps + 1) : 0;
	return step == other;
}

static struct sequence_verdict judge_next(struct sequence *s, const struct message *m,
					  uint32_t records, bool exact)
{
	struct sequence_verdict v = {0};
	bool suspect = step_suspect(s, m);

	if (s->other_steps == OTHER_STEPS) {
		uint8_t unit = other_unit(s->unit, m->protocol);

		base(s, unit, m, in_unit(unit, records), exact);
		v.switched = true;
		return v;
	}
	if (!suspect) {
		v.lost = s->held;
		s->held = 0;
	}
	judge(s, m, &(struct step){in_unit(s->unit, records), exact, suspect}, &v);
	return v;
}

struct sequence_verdict sequence_judge(struct sequence *s, const struct message *m,
				       uint32_t records, bool exact)
{
	uint8_t unit = units_of[m->protocol].own;
	struct sequence_verdict v = {0};

	if (s->begun)
		v = judge_next(s, m, records, exact);
	else
		base(s, unit, m, in_unit(unit, records), exact);
	s->last = m->sequence;
	s->last_records = records;
	s->last_exact = exact;
	v.unit = s->unit;
	return v;
}
