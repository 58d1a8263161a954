#include "parsers/flow.h"
#include "parsers/record.h"

#define NS_PER_US   UINT64_C(1000)
#define NS_PER_MS   UINT64_C(1000000)
#define NS_PER_S    UINT64_C(1000000000)
#define NTP_TO_UNIX UINT64_C(2208988800) /* seconds from 1900 to 1970: RFC 7011 section 6.1.9 */
#define ERA         (UINT64_C(1) << 32)
#define DAY_NS      (86400 * NS_PER_S)
#define YEARS_NS    (UINT64_C(1825) * DAY_NS) /* five */
#define UPTIME_WRAP (ERA * NS_PER_MS)

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* No sum or difference leaves the range: a clamped time is wrong, but it is a time. */
static uint64_t before(uint64_t t, uint64_t ns)
{
	return t > ns ? t - ns : 0;
}

static uint64_t after(uint64_t t, uint64_t ns)
{
	return t > UINT64_MAX - ns ? UINT64_MAX : t + ns;
}

/* To nanoseconds; a value that would not fit counts as not told. */
static uint64_t scaled(uint64_t v, uint64_t unit_ns)
{
	return v <= UINT64_MAX / unit_ns ? v * unit_ns : 0;
}

/* 64-bit NTP: seconds since 1900 and 2^-32 s. From 2036 on the seconds belong to era 1. */
static uint64_t ntp_ns(uint64_t ntp)
{
	uint64_t s = ntp >> 32;
	uint64_t fraction = ntp & UINT32_MAX;

	s = s < NTP_TO_UNIX ? s + ERA - NTP_TO_UNIX : s - NTP_TO_UNIX;
	return s * NS_PER_S + (fraction * NS_PER_S >> 32);
}

/* An NTP stamp; but some exporters send a plain count since 1970 under these elements. The Export
 * Time tells: whichever reading is within a day of it, NTP first (wire-quirks 72). */
static uint64_t stamp_ns(uint64_t v, uint64_t unit_ns, const struct message *m)
{
	uint64_t ntp, plain;

	if (v == 0)
		return 0;
	ntp = ntp_ns(v);
	plain = scaled(v, unit_ns);
	if (distance(ntp, m->export_ns) > DAY_NS && distance(plain, m->export_ns) <= DAY_NS)
		return plain;
	return ntp;
}

/* v5, v7 and v9: export time minus how long ago, taken as a signed 32-bit difference, which is
 * right across the wrap of sysUptime and when the flow ends a little after it (wire-quirks 65). */
static uint64_t uptime_ns(uint64_t uptime, const struct message *m)
{
	int64_t ago_ms = (int32_t)(m->uptime_ms - (uint32_t)uptime);
	int64_t t = (int64_t)m->export_ns - ago_ms * (int64_t)NS_PER_MS;

	return t > 0 ? (uint64_t)t : 0;
}

/* IPFIX: ms since a boot that is told, wrapping every 49.7 days: the turn nearest to Export Time. A
 * flow from just before a boot that was just now has wrapped the other way. */
static uint64_t boot_ns(uint64_t uptime, uint64_t boot_ms, const struct message *m)
{
	uint64_t boot = scaled(boot_ms, NS_PER_MS);
	uint64_t t = scaled(boot_ms + (uint32_t)uptime, NS_PER_MS);

	if (t == 0)
		return 0;
	if (t <= m->export_ns)
		return t + (m->export_ns - t + UPTIME_WRAP / 2) / UPTIME_WRAP * UPTIME_WRAP;
	if (boot <= after(m->export_ns, DAY_NS) && t - m->export_ns > UPTIME_WRAP / 2)
		return before(t, UPTIME_WRAP);
	return t;
}

struct moment {
	uint64_t ns;
	enum time_source source;
};

static struct moment start_absolute(const struct record_times *t, const struct message *m)
{
	if (t->start_ns)
		return (struct moment){stamp_ns(t->start_ns, 1, m), TIME_NANOSECONDS};
	if (t->start_us)
		return (struct moment){stamp_ns(t->start_us, NS_PER_US, m), TIME_MICROSECONDS};
	if (t->start_ms)
		return (struct moment){scaled(t->start_ms, NS_PER_MS), TIME_MILLISECONDS};
	if (t->start_s)
		return (struct moment){scaled(t->start_s, NS_PER_S), TIME_SECONDS};
	if (t->has_start_delta && (t->start_delta || t->end_delta))
		return (struct moment){before(m->export_ns, (uint32_t)t->start_delta * NS_PER_US),
				       TIME_DELTA};
	return (struct moment){0, TIME_UNKNOWN};
}

static struct moment end_absolute(const struct record_times *t, const struct message *m)
{
	if (t->end_ns)
		return (struct moment){stamp_ns(t->end_ns, 1, m), TIME_NANOSECONDS};
	if (t->end_us)
		return (struct moment){stamp_ns(t->end_us, NS_PER_US, m), TIME_MICROSECONDS};
	if (t->end_ms)
		return (struct moment){scaled(t->end_ms, NS_PER_MS), TIME_MILLISECONDS};
	if (t->end_s)
		return (struct moment){scaled(t->end_s, NS_PER_S), TIME_SECONDS};
	if (t->has_end_delta && (t->start_delta || t->end_delta))
		return (struct moment){before(m->export_ns, (uint32_t)t->end_delta * NS_PER_US),
				       TIME_DELTA};
	return (struct moment){0, TIME_UNKNOWN};
}

static struct moment observed(const struct record_times *t, const struct message *m)
{
	if (t->seen_ns)
		return (struct moment){stamp_ns(t->seen_ns, 1, m), TIME_OBSERVATION};
	if (t->seen_us)
		return (struct moment){stamp_ns(t->seen_us, NS_PER_US, m), TIME_OBSERVATION};
	if (t->seen_ms)
		return (struct moment){scaled(t->seen_ms, NS_PER_MS), TIME_OBSERVATION};
	if (t->seen_s)
		return (struct moment){scaled(t->seen_s, NS_PER_S), TIME_OBSERVATION};
	if (t->collected_ms)
		return (struct moment){scaled(t->collected_ms, NS_PER_MS), TIME_OBSERVATION};
	return (struct moment){0, TIME_UNKNOWN};
}

/* Without a boot time only the duration holds: the flow ends at Export Time (wire-quirks 69). */
static void duration_resolve(const struct record_times *t, const struct message *m,
			     struct moment *start, struct moment *end)
{
	int64_t lasted_ms = (int32_t)((uint32_t)t->end_uptime - (uint32_t)t->start_uptime);

	*end = (struct moment){m->export_ns, TIME_APPROXIMATE};
	*start = *end;
	if (!t->has_start_uptime || !t->has_end_uptime)
		return;
	if (lasted_ms >= 0)
		start->ns = before(m->export_ns, (uint64_t)lasted_ms * NS_PER_MS);
	else
		start->ns = after(m->export_ns, (uint64_t)-lasted_ms * NS_PER_MS);
}

static struct moment uptime_moment(uint64_t uptime, const struct record_times *t,
				   const struct message *m)
{
	if (m->protocol == PROTOCOL_IPFIX)
		return (struct moment){boot_ns(uptime, t->boot_ms, m), TIME_UPTIME};
	return (struct moment){uptime_ns(uptime, m), TIME_UPTIME};
}

/* Start and end from uptimes; whichever is missing stays unknown. */
static void uptimes_resolve(const struct record_times *t, const struct message *m,
			    struct moment *start, struct moment *end)
{
	if (m->protocol == PROTOCOL_IPFIX && t->boot_ms == 0) {
		duration_resolve(t, m, start, end);
		return;
	}
	if (t->has_start_uptime)
		*start = uptime_moment(t->start_uptime, t, m);
	if (t->has_end_uptime)
		*end = uptime_moment(t->end_uptime, t, m);
	/* A start more than 24.8 days old reads as the future (wire-quirks 66). */
	if (end->ns && start->ns > end->ns + DAY_NS && start->ns > UPTIME_WRAP)
		start->ns -= UPTIME_WRAP;
}

/* Zeros do not count beside another form of time (wire-quirks 77); alone, zero is a time. */
static bool uptimes_count(const struct record_times *t)
{
	bool other = t->seen_s || t->seen_ms || t->seen_us || t->seen_ns || t->collected_ms;

	return (t->has_start_uptime || t->has_end_uptime) &&
	       (t->start_uptime || t->end_uptime || !other);
}

/* Nothing in the record: Export Time, or arrival where that is no time (wire-quirks 78). */
static struct moment export_moment(const struct message *m, struct parse_tally *tally)
{
	if (m->export_ns && distance(m->export_ns, m->received_ns) <= YEARS_NS)
		return (struct moment){m->export_ns, TIME_EXPORT};
	tally->notes[NOTE_TIME_ABSURD]++;
	return (struct moment){m->received_ns, TIME_RECEIVED};
}

/* An event that says when its flow began has seen it to the moment of the event: a firewall's
 * teardown has 152 and 323. None if there was no event, or an earlier one. */
static struct moment event_end(const struct record_times *t, const struct message *m,
			       const struct moment *start)
{
	bool told = t->seen_ns || t->seen_us || t->seen_ms || t->seen_s;
	struct moment seen = observed(t, m);

	return told && seen.ns > start->ns ? seen : (struct moment){0, TIME_UNKNOWN};
}

/* Fills whichever of the two is missing, by the duration if there is one. */
static void moments_complete(const struct record_times *t, const struct message *m,
			     struct moment *start, struct moment *end, struct parse_tally *tally)
{
	uint64_t lasted_ns =
		t->lasted_us ? scaled(t->lasted_us, NS_PER_US) : scaled(t->lasted_ms, NS_PER_MS);

	if (!start->ns && !end->ns) {
		*end = observed(t, m);
		if (!end->ns) {
			*end = export_moment(m, tally);
			if (lasted_ns)
				end->source = TIME_DURATION;
		}
	}
	if (!end->ns && !lasted_ns)
		*end = event_end(t, m, start);
	if (!end->ns)
		*end = (struct moment){after(start->ns, lasted_ns), start->source};
	if (!start->ns)
		*start = (struct moment){before(end->ns, lasted_ns), end->source};
}

void times_resolve(const struct record_times *t, const struct message *m, struct flow *flow,
		   struct parse_tally *tally)
{
	struct moment start = start_absolute(t, m);
	struct moment end = end_absolute(t, m);

	if (!start.ns && !end.ns && uptimes_count(t))
		uptimes_resolve(t, m, &start, &end);
	if (!start.ns || !end.ns)
		moments_complete(t, m, &start, &end, tally);
	if (start.ns > end.ns)
		tally->notes[NOTE_START_AFTER_END]++; /* kept as sent: wire-quirks 79 */
	FLOW_PUT(flow, TIME_START, time_flow_start_ns, start.ns);
	FLOW_PUT(flow, TIME_END, time_flow_end_ns, end.ns);
	FLOW_PUT(flow, TIME_SOURCE, time_source, (uint8_t)start.source);
}
