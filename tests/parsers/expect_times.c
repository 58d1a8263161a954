#include "tests/parsers/expect_times.h"

#include <stddef.h>

#define SECOND      UINT64_C(1000000000)
#define EXPORT_NS   (WORLD_EXPORT_S * SECOND)
#define NTP_TO_UNIX UINT64_C(2208988800)

/* The two ends of a flow in one form each, the finest first. */
enum time_form { NTP, MILLISECONDS, SECONDS, BEFORE_EXPORT, FORMS };

static const struct time_pair {
	uint16_t start, end;
	enum time_form form;
} pairs[] = {
	{156, 157, NTP},     {154, 155, NTP},           {152, 153, MILLISECONDS},
	{150, 151, SECONDS}, {158, 159, BEFORE_EXPORT},
};

static uint64_t absolute_ns(uint64_t v, enum time_form form)
{
	switch (form) {
	case NTP:
		return ((v >> 32) - NTP_TO_UNIX) * SECOND + ((v & 0xffffffff) * SECOND >> 32);
	case MILLISECONDS:
		return v * (SECOND / 1000);
	case SECONDS:
		return v * SECOND;
	case BEFORE_EXPORT:
		return EXPORT_NS - v * 1000;
	case FORMS:
		break;
	}
	return 0;
}

/* Within two hours of the export; what is further off has rules for other tests. */
static bool is_near(uint64_t ns)
{
	return ns > EXPORT_NS - 7200 * SECOND && ns < EXPORT_NS + 7200 * SECOND;
}

/* A zero before Export Time is Export Time, if the other end says that the form is in use. */
static bool ends_with_export(const struct story_record *r, const struct time_pair *pair, bool end)
{
	uint64_t other;

	return pair->form == BEFORE_EXPORT &&
	       expect_number(r, 0, end ? pair->start : pair->end, &other) && other != 0;
}

/* The finest that is not zero; 0: none. *odd: something is not near. */
static uint64_t end_of(const struct story_record *r, bool end, bool *odd)
{
	uint64_t found = 0;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		uint64_t v, ns;

		if (!expect_number(r, 0, end ? pairs[i].end : pairs[i].start, &v))
			continue;
		if (v == 0 && !ends_with_export(r, &pairs[i], end))
			continue;
		*odd |= pairs[i].form == MILLISECONDS && v >> 48;
		*odd |= pairs[i].form == SECONDS && v >> 33;
		*odd |= pairs[i].form == BEFORE_EXPORT && v >> 32;
		ns = absolute_ns(v, pairs[i].form);
		*odd |= !is_near(ns);
		if (!found)
			found = ns;
	}
	return found;
}

static bool uptime_of(const struct story_record *r, uint16_t id, uint64_t *ns)
{
	uint64_t v;

	if (!expect_number(r, 0, id, &v))
		return false;
	*ns = EXPORT_NS -
	      (uint64_t)(int64_t)(int32_t)(WORLD_UPTIME_MS - (uint32_t)v) * UINT64_C(1000000);
	return true;
}

/* Another source of time, with rules of its own. */
static bool has_others(const struct story_record *r)
{
	static const uint16_t others[] = {160, 161, 162, 258, 322, 323, 324, 325};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (expect_has(r, others[i]))
			return true;
	return false;
}

bool expect_times(const struct story_record *r, bool netflow9, const struct flow *f)
{
	bool odd = false;
	uint64_t start = end_of(r, false, &odd), end = end_of(r, true, &odd);

	if (odd || has_others(r))
		return true;
	if (!start && !end && netflow9) {
		bool has_start = uptime_of(r, 22, &start), has_end = uptime_of(r, 21, &end);

		/* Far apart means a wrap: test_netflow9.c has that. */
		if (has_start && has_end && start > end + 3600 * SECOND)
			return true;
	} else if (!start && !end && (expect_has(r, 21) || expect_has(r, 22))) {
		return true; /* IPFIX without a boot time: only the duration holds */
	}
	if (!start && !end)
		start = end = EXPORT_NS;
	start = start ? start : end;
	end = end ? end : start;
	return f->time_flow_start_ns == start && f->time_flow_end_ns == end;
}

static uint64_t nearest(uint64_t a, uint64_t b)
{
	return (2 * a + b) / (2 * b);
}

bool expect_rate(const struct story_record *r, const struct flow *f)
{
	static const uint16_t ids[] = {34, 50, 305, 306, 309, 310};
	uint64_t v[6], want;
	bool told, has_space = false;

	for (size_t i = 0; i < 6; i++) {
		told = expect_number(r, 0, ids[i], &v[i]); /* none is zero */
		has_space |= told && ids[i] == 306;
		if (v[i] >> 32)
			return true;
	}
	if (expect_has(r, 311))
		return true;
	if (v[4] && v[5])
		want = nearest(v[5], v[4]);
	else if (v[2] && has_space) /* a space of zero skips none */
		want = nearest(v[2] + v[3], v[2]);
	else
		want = v[1] ? v[1] : v[0] ? v[0] : v[2] > 1 ? v[2] : 0;
	if (want == 0)
		return !flow_has(f, FLOW_SAMPLING_RATE);
	return flow_has(f, FLOW_SAMPLING_RATE) && f->sampling_rate == want;
}
