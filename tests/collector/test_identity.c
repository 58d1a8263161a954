#include "collector/show/identity.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "collector/clock.h"
#include "collector/conf/conf.h"
#include "collector/publish/ring.h"
#include "tests/support/suite.h"

#define LISTENERS   2
#define WORKERS     2
#define ROUNDS      3000
#define BATCH_FLOWS 3

static const char *const names[LISTENERS] = {"0.0.0.0:2055", "[::]:6343"};
static struct ledger *ledgers[WORKERS];
static struct snapshot_source source;
static struct totals last;

static void setup(void)
{
	for (size_t w = 0; w < WORKERS; w++)
		ledgers[w] = ledger_new(LISTENERS);
	source = (struct snapshot_source){
		.listeners_n = LISTENERS,
		.listeners = names,
		.workers = WORKERS,
		.ledgers = ledgers,
	};
}

static void teardown(void)
{
	for (size_t w = 0; w < WORKERS; w++)
		ledger_free(ledgers[w]);
}

static size_t broken(char *why)
{
	struct snapshot s;
	size_t n;

	for (size_t w = 0; w < WORKERS; w++)
		ledger_publish(ledgers[w]);
	ck_assert_int_eq(snapshot_take(&source, &s), 0);
	last = s.totals;
	n = identities_broken(&s, why, IDENTITY_WHY_MAX);
	snapshot_fini(&s);
	return n;
}

START_TEST(a_ledger_that_adds_up_is_balanced)
{
	struct ledger_block *b = ledger_block(ledgers[0], 0, PROTOCOL_NETFLOW9);
	struct ledger_worker *worker = ledger_worker(ledgers[0]);
	char why[IDENTITY_WHY_MAX] = "";

	b->datagrams_received = 10;
	b->datagrams_decoded = 5;
	b->datagrams_rejected[PARSE_BAD_LENGTH] = 3;
	b->datagrams_filtered[FILTER_SOURCE] = 2;
	b->parse.sets_received = 21;
	b->parse.sets_decoded = 6;
	b->parse.sets_skipped[PARSE_BAD_RECORD] = 5;
	b->parse.sets_parked = 4;
	b->parse.sets_park_refused = 3;
	b->sets_expired = 3;
	b->parse.flows = 100;
	b->parse.flows_sampling[SAMPLING_HEADER] = 60;
	b->parse.flows_sampling[SAMPLING_UNKNOWN] = 40;
	worker->flows_open = 1;
	worker->flows_pushed = 90;
	worker->flows_dropped[DROP_RING_FULL] = 9;
	ck_assert_msg(broken(why) == 0, "%s", why);
	ck_assert_uint_eq(last.flows_queued, 91);
	ck_assert_uint_eq(last.flows_dropped[DROP_RING_FULL], 9);
}
END_TEST

START_TEST(a_datagram_without_an_outcome_is_found)
{
	char why[IDENTITY_WHY_MAX];

	ledger_block(ledgers[1], 1, PROTOCOL_IPFIX)->datagrams_received = 1;
	ck_assert_uint_eq(broken(why), 1);
	ck_assert_str_eq(why, "datagrams: 1 != 0 (listener 1, protocol 3)");
}
END_TEST

START_TEST(a_set_counted_twice_is_found)
{
	struct ledger_block *b = ledger_block(ledgers[1], 0, PROTOCOL_IPFIX);
	char why[IDENTITY_WHY_MAX];

	b->parse.sets_received = 1;
	b->parse.sets_decoded = 1;
	b->sets_expired = 1;
	ck_assert_uint_eq(broken(why), 1);
	ck_assert_str_eq(why, "sets: 1 != 2 (listener 0, protocol 3)");
}
END_TEST

START_TEST(a_flow_that_never_reached_a_batch_is_found)
{
	char why[IDENTITY_WHY_MAX];

	ledger_block(ledgers[0], 0, PROTOCOL_SFLOW5)->parse.flows = 7;
	ledger_block(ledgers[0], 0, PROTOCOL_SFLOW5)->parse.flows_sampling[SAMPLING_HEADER] = 7;
	ledger_worker(ledgers[0])->flows_pushed = 6;
	ck_assert_uint_eq(broken(why), 1);
	ck_assert_str_eq(why, "flows: 7 != 6");
}
END_TEST

static struct ring *rings[WORKERS];
static struct publisher *publisher;
static struct conf conf;

static void setup_publisher(void)
{
	setup();
	memset(&conf, 0, sizeof(conf));
	conf.output.type = OUTPUT_NULL;
	publisher = publisher_new(&conf);
	ck_assert_ptr_nonnull(publisher);
	for (size_t w = 0; w < WORKERS; w++) {
		rings[w] = ring_new(65536, publisher_wake_fd(publisher));
		ck_assert_int_eq(publisher_attach(publisher, rings[w]), 0);
	}
	source.rings = rings;
	source.publisher = publisher;
	ck_assert_int_eq(publisher_start(publisher), 0);
}

static void teardown_publisher(void)
{
	publisher_free(publisher);
	for (size_t w = 0; w < WORKERS; w++)
		ring_free(rings[w]);
	teardown();
}

static _Atomic size_t workers_done;

/* Decodes some flows a round and pushes them while the ledger does not show them yet, as a batcher
 * does in the middle of a batch of datagrams. */
static void *work(void *arg)
{
	size_t w = *(const size_t *)arg;
	const struct batch batch = {.len = 4, .flows = BATCH_FLOWS, .octets = "abc\n"};

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct ledger_block *b = ledger_block(ledgers[w], 0, PROTOCOL_NETFLOW5);

		b->parse.flows += BATCH_FLOWS;
		b->parse.flows_sampling[SAMPLING_RECORD] += BATCH_FLOWS;
		if (ring_push(rings[w], &batch))
			ledger_worker(ledgers[w])->flows_pushed += BATCH_FLOWS;
		else
			ledger_worker(ledgers[w])->flows_dropped[DROP_RING_FULL] += BATCH_FLOWS;
		sched_yield();
		ledger_publish(ledgers[w]);
	}
	atomic_fetch_add(&workers_done, 1);
	return NULL;
}

static void watch(void)
{
	char why[IDENTITY_WHY_MAX];
	struct snapshot s;

	ck_assert_int_eq(snapshot_take(&source, &s), 0);
	ck_assert_msg(identities_broken(&s, why, sizeof(why)) == 0, "%s", why);
	snapshot_fini(&s);
}

START_TEST(every_scrape_of_a_running_process_adds_up)
{
	size_t numbers[WORKERS] = {0, 1};
	pthread_t threads[WORKERS];
	struct snapshot_summary sum;
	struct snapshot s;

	for (size_t w = 0; w < WORKERS; w++)
		ck_assert_int_eq(pthread_create(&threads[w], NULL, work, &numbers[w]), 0);
	while (atomic_load(&workers_done) < WORKERS)
		watch();
	for (size_t w = 0; w < WORKERS; w++)
		ck_assert_int_eq(pthread_join(threads[w], NULL), 0);
	ck_assert_int_eq(publisher_stop(publisher, clock_mono_ms() + 60000), 0);
	watch();
	ck_assert_int_eq(snapshot_take(&source, &s), 0);
	snapshot_summary(&s, &sum);
	ck_assert_uint_eq(sum.flows_decoded, WORKERS * ROUNDS * BATCH_FLOWS);
	ck_assert_uint_eq(sum.flows_published + sum.flows_dropped, sum.flows_decoded);
	ck_assert_uint_gt(sum.flows_published, 0);
	ck_assert_uint_eq(sum.flows_left, 0);
	snapshot_fini(&s);
}
END_TEST

SUITE(identity)
{
	TCase *tc = suite_case(s, "by hand");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_ledger_that_adds_up_is_balanced);
	tcase_add_test(tc, a_datagram_without_an_outcome_is_found);
	tcase_add_test(tc, a_set_counted_twice_is_found);
	tcase_add_test(tc, a_flow_that_never_reached_a_batch_is_found);
	tc = suite_case(s, "running");
	tcase_add_checked_fixture(tc, setup_publisher, teardown_publisher);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, every_scrape_of_a_running_process_adds_up);
}
