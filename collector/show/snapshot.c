#include "collector/show/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collector/clock.h"
#include "collector/log/log.h"
#include "collector/publish/ring.h"

#define WORD      8u  /* octets of a uint64_t */
#define WAITS_MAX 200 /* for a worker to publish what it pushed */
#define WAIT_NS   1000000

_Static_assert(sizeof(struct totals) % WORD == 0, "read by offset");
_Static_assert(sizeof(((struct publisher_numbers *)0)->dropped) / WORD == DROP_COUNT,
	       "one for each reason");
_Static_assert(LOG_DEBUG + 1 == LOG_LEVELS, "one for each level");

/* A view that has counted at least the flows that were taken from the worker's ring. A worker
 * publishes after each batch of datagrams, so it may have pushed more than it shows; one that hangs
 * is shown as it is. */
static struct ledger_view *view_after(const struct ledger *l, uint64_t taken)
{
	const struct timespec wait = {.tv_nsec = WAIT_NS};

	for (unsigned waits = 0;; waits++) {
		struct ledger_view *v = ledger_view(l);

		if (!v || ledger_view_worker(v)->flows_pushed >= taken || waits == WAITS_MAX)
			return v;
		ledger_view_free(v);
		nanosleep(&wait, NULL);
	}
}

static int views_take(struct snapshot *s, const uint64_t *taken)
{
	for (size_t w = 0; w < s->source->workers; w++) {
		s->views[w] = view_after(s->source->ledgers[w], taken[w]);
		if (!s->views[w])
			return -ENOMEM;
	}
	return 0;
}

static void rings_read(struct snapshot *s, uint64_t *taken)
{
	if (!s->source->rings)
		return;
	for (size_t w = 0; w < s->source->workers; w++) {
		taken[w] = ring_flows_popped(s->source->rings[w]);
		s->totals.ring_bytes += ring_used(s->source->rings[w]);
	}
}

static void add_words(uint64_t *to, const uint64_t *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] += from[i];
}

static void blocks_add_up(struct snapshot *s)
{
	for (size_t w = 0; w < s->source->workers; w++)
		for (size_t l = 0; l < s->source->listeners_n; l++)
			for (unsigned p = 0; p < PROTOCOL_COUNT; p++)
				add_words((uint64_t *)&s->blocks[l * PROTOCOL_COUNT + p],
					  (const uint64_t *)ledger_view_block(s->views[w], l, p),
					  sizeof(struct ledger_block) / WORD);
}

static void flows_add_up(struct totals *t, const struct snapshot *s)
{
	uint64_t handed_on = 0;

	add_words(t->flows_dropped, t->publisher.dropped, DROP_COUNT);
	for (size_t w = 0; w < s->source->workers; w++) {
		const struct ledger_worker *worker = ledger_view_worker(s->views[w]);

		handed_on += worker->flows_open + worker->flows_pushed;
		add_words(t->flows_dropped, worker->flows_dropped, DROP_COUNT);
	}
	/* Never less, unless a worker hangs between a push and its publication. */
	t->flows_queued = handed_on > t->publisher.popped ? handed_on - t->publisher.popped : 0;
}

static void others_read(struct totals *t, const struct snapshot_source *source)
{
	for (unsigned level = 0; level < LOG_LEVELS; level++)
		t->log_lines[level] = log_lines(level);
	t->log_swallowed = log_swallowed();
	if (source->http)
		http_numbers(source->http, &t->http);
	process_numbers(&t->process);
	t->process.started_unix_ms = source->started_unix_ms;
	t->build = 1;
}

static int snapshot_read(struct snapshot *s, uint64_t *taken)
{
	int err;

	if (s->source->publisher)
		publisher_numbers(s->source->publisher, &s->totals.publisher);
	rings_read(s, taken);
	err = views_take(s, taken);
	if (err)
		return err;
	s->now_mono_ms = clock_mono_ms();
	blocks_add_up(s);
	flows_add_up(&s->totals, s);
	others_read(&s->totals, s->source);
	return 0;
}

int snapshot_take(const struct snapshot_source *source, struct snapshot *out)
{
	uint64_t *taken = calloc(source->workers + 1, sizeof(*taken));
	int err = -ENOMEM;

	*out = (struct snapshot){.source = source};
	out->views = calloc(source->workers + 1, sizeof(struct ledger_view *));
	out->blocks = calloc(source->listeners_n * PROTOCOL_COUNT + 1, sizeof(*out->blocks));
	if (taken && out->views && out->blocks)
		err = snapshot_read(out, taken);
	free(taken);
	if (err)
		snapshot_fini(out);
	return err;
}

void snapshot_fini(struct snapshot *s)
{
	for (size_t w = 0; s->views && w < s->source->workers; w++)
		ledger_view_free(s->views[w]);
	free(s->views);
	free(s->blocks);
	*s = (struct snapshot){0};
}

size_t snapshot_rows(const struct snapshot *s, enum snapshot_part part)
{
	return part == PART_BLOCK || part == PART_SOCKET ? s->source->listeners_n : 1;
}

size_t snapshot_columns(const struct snapshot *s, enum snapshot_part part)
{
	if (part == PART_BLOCK)
		return PROTOCOL_COUNT;
	return part == PART_TOTALS ? 1 : s->source->workers;
}

const uint64_t *snapshot_words(const struct snapshot *s, enum snapshot_part part, size_t row,
			       size_t column)
{
	switch (part) {
	case PART_BLOCK:
		return (const uint64_t *)&s->blocks[row * PROTOCOL_COUNT + column];
	case PART_SOCKET:
		return (const uint64_t *)ledger_view_socket(s->views[column], row);
	case PART_WORKER:
		return (const uint64_t *)ledger_view_worker(s->views[column]);
	case PART_TOTALS:
	case PART_COUNT:
		break;
	}
	return (const uint64_t *)&s->totals;
}

uint64_t snapshot_sum(const struct snapshot *s, enum snapshot_part part, size_t offset, size_t n)
{
	uint64_t sum = 0;

	for (size_t row = 0; row < snapshot_rows(s, part); row++)
		for (size_t column = 0; column < snapshot_columns(s, part); column++)
			for (size_t i = 0; i < n; i++)
				sum += snapshot_words(s, part, row, column)[offset / WORD + i];
	return sum;
}

#define SUM(part, type, member)                                     \
	snapshot_sum(s, PART_##part, offsetof(struct type, member), \
		     sizeof(((struct type *)0)->member) / WORD)

void snapshot_summary(const struct snapshot *s, struct snapshot_summary *out)
{
	const struct totals *t = &s->totals;

	*out = (struct snapshot_summary){
		.datagrams_received = SUM(BLOCK, ledger_block, datagrams_received),
		.datagrams_decoded = SUM(BLOCK, ledger_block, datagrams_decoded),
		.datagrams_rejected = SUM(BLOCK, ledger_block, datagrams_rejected),
		.datagrams_filtered = SUM(BLOCK, ledger_block, datagrams_filtered),
		.kernel_drops = SUM(SOCKET, ledger_socket, kernel_drops),
		.sets_received = SUM(BLOCK, ledger_block, parse.sets_received),
		.sets_decoded = SUM(BLOCK, ledger_block, parse.sets_decoded),
		.flows_decoded = SUM(BLOCK, ledger_block, parse.flows),
		.flows_published = t->publisher.published,
		.flows_dropped = SUM(TOTALS, totals, flows_dropped),
		.flows_unknown = t->publisher.unknown,
		.flows_left = t->flows_queued + t->publisher.in_flight,
	};
	out->sets_lost = out->sets_received - out->sets_decoded;
}
