#include "collector/publish/publisher.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/clock.h"
#include "collector/conf/conf.h"
#include "collector/publish/output.h"
#include "collector/publish/ring.h"
#include "collector/show/ledger.h"
#include "tests/support/eventually.h"
#include "tests/support/suite.h"

#define RINGS 3

/* An output that does what the test says. */
static struct {
	_Atomic int verdict;       /* of the next writes */
	_Atomic uint64_t writes;   /* calls */
	_Atomic uint64_t taken;    /* flows */
	_Atomic uint64_t settle;   /* flows to be settled as published */
	_Atomic uint64_t lose;     /* ... as unknown */
	_Atomic bool settle_all;   /* whatever was given, when draining */
	_Atomic bool hang;         /* in write() */
	_Atomic bool mended;       /* told once */
	_Atomic uint64_t given;    /* flows in flight */
	_Atomic uint64_t order[8]; /* subjects of the first batches */
	_Atomic int open_error;
	_Atomic int closed;
} fake;

static struct conf conf;
static struct publisher *publisher;
static struct ring *rings[RINGS];

static struct output *fake_create(const struct conf *c, int wake_fd);

static int fake_open(struct output *o)
{
	(void)o;
	return fake.open_error;
}

static enum output_verdict fake_write(struct output *o, const struct batch *b, uint64_t now_mono_ms)
{
	enum output_verdict verdict = (enum output_verdict)fake.verdict;

	(void)o;
	(void)now_mono_ms;
	if (fake.writes < 8)
		fake.order[fake.writes] = b->subject;
	fake.writes++;
	while (fake.hang)
		usleep(1000);
	if (verdict == OUTPUT_PUBLISHED || verdict == OUTPUT_GIVEN)
		fake.taken += b->flows;
	if (verdict == OUTPUT_GIVEN)
		fake.given += b->flows;
	if (verdict == OUTPUT_BUSY)
		usleep(1000);
	return verdict;
}

static struct output_settled fake_settle(struct output *o, uint64_t now_mono_ms, bool draining)
{
	struct output_settled s = {.again_mono_ms = fake.settle_all ? UINT64_MAX : now_mono_ms + 5};

	(void)o;
	s.published = atomic_exchange(&fake.settle, 0);
	s.unknown = atomic_exchange(&fake.lose, 0);
	if (draining && fake.settle_all)
		s.published = fake.given - s.unknown;
	s.mended = atomic_exchange(&fake.mended, false);
	fake.given -= s.published + s.unknown;
	return s;
}

static void fake_close(struct output *o)
{
	(void)o;
	fake.closed++;
}

static void fake_free(struct output *o)
{
	free(o);
}

static const struct output_kind fake_kind = {
	.name = "fake",
	.create = fake_create,
	.open = fake_open,
	.write = fake_write,
	.settle = fake_settle,
	.close = fake_close,
	.health = output_always_healthy,
	.watch = output_watch_nothing,
	.free = fake_free,
};

static struct output *fake_create(const struct conf *c, int wake_fd)
{
	struct output *o = calloc(1, sizeof(*o));

	(void)c;
	(void)wake_fd;
	o->kind = &fake_kind;
	return o;
}

static void setup(void)
{
	memset(&fake, 0, sizeof(fake));
	publisher = publisher_new_with(&conf, &fake_kind);
	ck_assert_ptr_nonnull(publisher);
	for (unsigned i = 0; i < RINGS; i++) {
		rings[i] = ring_new(4096, publisher_wake_fd(publisher));
		ck_assert_int_eq(publisher_attach(publisher, rings[i]), 0);
	}
}

static void teardown(void)
{
	publisher_free(publisher);
	for (unsigned i = 0; i < RINGS; i++)
		ring_free(rings[i]);
}

static bool push(unsigned ring, uint32_t flows)
{
	struct batch b = {.len = 100, .flows = flows, .subject = ring};
	char octets[100] = {0};

	b.octets = octets;
	return ring_push(rings[ring], &b);
}

/* The identity of publisher.h, in a copy made at any moment. */
static struct publisher_numbers numbers(void)
{
	struct publisher_numbers n;
	uint64_t sum;

	publisher_numbers(publisher, &n);
	sum = n.published + n.in_flight + n.unknown;
	for (unsigned i = 0; i < DROP_COUNT; i++)
		sum += n.dropped[i];
	ck_assert_uint_eq(n.popped, sum);
	return n;
}

static int stop_within(uint64_t ms)
{
	return publisher_stop(publisher, clock_mono_ms() + ms);
}

START_TEST(it_takes_every_batch_of_every_ring)
{
	for (unsigned i = 0; i < 6; i++)
		ck_assert(push(i % RINGS, i));
	ck_assert_int_eq(publisher_start(publisher), 0);
	EVENTUALLY(numbers().published == 15);
	ck_assert(push(1, 5)); /* while it sleeps */
	EVENTUALLY(numbers().published == 20);
	ck_assert_uint_eq(numbers().batches, 7);
	ck_assert_uint_eq(numbers().octets, 700);
	ck_assert_uint_eq(numbers().connected, 1);
	ck_assert_int_eq(stop_within(10000), 0);
	ck_assert_int_eq(fake.closed, 1);
}
END_TEST

START_TEST(rings_take_turns)
{
	for (unsigned i = 0; i < 3; i++)
		ck_assert(push(0, 1));
	ck_assert(push(1, 1));
	ck_assert(push(2, 1));
	ck_assert_int_eq(publisher_start(publisher), 0);
	EVENTUALLY(numbers().published == 5);
	ck_assert_uint_eq(fake.order[0], 0);
	ck_assert_uint_eq(fake.order[1], 1);
	ck_assert_uint_eq(fake.order[2], 2);
	ck_assert_uint_eq(fake.order[3], 0);
	ck_assert_uint_eq(fake.order[4], 0);
	ck_assert_int_eq(stop_within(10000), 0);
}
END_TEST

START_TEST(a_batch_that_fails_stays_queued_and_keeps_its_turn)
{
	fake.verdict = OUTPUT_FAILED;
	ck_assert(push(1, 7));
	ck_assert_int_eq(publisher_start(publisher), 0);
	EVENTUALLY(numbers().errors >= 1);
	ck_assert(push(0, 1)); /* it does not overtake */
	EVENTUALLY(numbers().errors >= 3);
	ck_assert_uint_eq(numbers().popped, 0);
	for (unsigned i = 0; i < fake.writes && i < 8; i++)
		ck_assert_uint_eq(fake.order[i], 1);
	fake.verdict = OUTPUT_PUBLISHED;
	EVENTUALLY(numbers().published == 8);
	ck_assert_int_eq(stop_within(10000), 0);
}
END_TEST

START_TEST(a_failing_output_is_tried_with_backoff)
{
	fake.verdict = OUTPUT_FAILED;
	ck_assert(push(0, 7));
	ck_assert_int_eq(publisher_start(publisher), 0);
	for (unsigned i = 0; i < 100; i++) {
		(void)push(1, 1); /* pushes do not make it hurry */
		usleep(10000);
	}
	ck_assert_uint_ge(fake.writes, 1);
	ck_assert_uint_le(fake.writes, 10);
	fake.verdict = OUTPUT_PUBLISHED;
	fake.mended = true;
	EVENTUALLY(numbers().published >= 7);
	ck_assert_int_eq(stop_within(10000), 0);
}
END_TEST

START_TEST(what_the_output_refuses_is_dropped_and_counted)
{
	fake.verdict = OUTPUT_REFUSED;
	ck_assert(push(0, 7));
	ck_assert_int_eq(publisher_start(publisher), 0);
	EVENTUALLY(numbers().dropped[DROP_REFUSED] == 7);
	ck_assert(!publisher_failed(publisher));
	ck_assert_int_eq(stop_within(10000), 0);
}
END_TEST

START_TEST(a_broken_output_is_told_and_everything_refused)
{
	fake.verdict = OUTPUT_BROKEN;
	ck_assert(push(0, 7));
	ck_assert_int_eq(publisher_start(publisher), 0);
	EVENTUALLY(publisher_failed(publisher));
	ck_assert(push(1, 3));
	EVENTUALLY(numbers().dropped[DROP_REFUSED] == 10);
	ck_assert_int_eq(stop_within(10000), 0);
}
END_TEST

START_TEST(given_flows_are_in_flight_until_they_are_settled)
{
	uint64_t before_ms;

	fake.verdict = OUTPUT_GIVEN;
	ck_assert(push(0, 10));
	ck_assert_int_eq(publisher_start(publisher), 0);
	EVENTUALLY(numbers().in_flight == 10);
	fake.settle = 6;
	EVENTUALLY(numbers().published == 6);
	fake.lose = 3;
	EVENTUALLY(numbers().unknown == 3);
	ck_assert_uint_eq(numbers().in_flight, 1);
	fake.settle_all = true;
	before_ms = clock_mono_ms();
	ck_assert_int_eq(stop_within(20000), 0);
	ck_assert_uint_lt(clock_mono_ms() - before_ms, 10000); /* not the deadline */
	ck_assert_uint_eq(numbers().published, 7);
}
END_TEST

START_TEST(at_the_deadline_the_rest_is_dropped_or_unknown)
{
	uint64_t before_ms;

	fake.verdict = OUTPUT_GIVEN;
	ck_assert(push(0, 10));
	ck_assert_int_eq(publisher_start(publisher), 0);
	EVENTUALLY(numbers().in_flight == 10);
	fake.verdict = OUTPUT_FAILED;
	ck_assert(push(0, 5));
	ck_assert(push(1, 6));
	before_ms = clock_mono_ms();
	ck_assert_int_eq(stop_within(300), 0);
	ck_assert_uint_ge(clock_mono_ms() - before_ms, 300);
	ck_assert_uint_lt(clock_mono_ms() - before_ms, 5000);
	ck_assert_uint_eq(numbers().unknown, 10);
	ck_assert_uint_eq(numbers().dropped[DROP_SHUTDOWN], 11);
	ck_assert_uint_eq(numbers().in_flight, 0);
	ck_assert_uint_eq(numbers().popped, 21);
}
END_TEST

START_TEST(a_thread_that_hangs_in_the_output_is_left_behind)
{
	fake.hang = true;
	fake.verdict = OUTPUT_PUBLISHED;
	ck_assert(push(0, 10));
	ck_assert(push(0, 4));
	ck_assert(push(2, 5));
	ck_assert_int_eq(publisher_start(publisher), 0);
	EVENTUALLY(fake.writes == 1);
	ck_assert_int_eq(stop_within(50), -ETIMEDOUT);
	ck_assert_uint_eq(numbers().unknown, 10); /* it may yet be written, or not */
	ck_assert_uint_eq(numbers().dropped[DROP_SHUTDOWN], 9);
	publisher_free(publisher); /* does nothing */
	fake.hang = false;
	EVENTUALLY(fake.taken == 10);
	usleep(20000);
	ck_assert_uint_eq(numbers().unknown, 10); /* whatever the thread does now */
	ck_assert_uint_eq(numbers().published, 0);
}
END_TEST

START_TEST(a_busy_output_is_asked_again_without_an_error)
{
	fake.verdict = OUTPUT_BUSY;
	ck_assert(push(0, 1));
	ck_assert_int_eq(publisher_start(publisher), 0);
	EVENTUALLY(fake.writes > 5);
	fake.verdict = OUTPUT_PUBLISHED;
	EVENTUALLY(numbers().published == 1);
	ck_assert_uint_eq(numbers().errors, 0);
	ck_assert_int_eq(stop_within(10000), 0);
}
END_TEST

START_TEST(an_output_that_cannot_work_fails_the_start)
{
	fake.open_error = -EACCES;
	ck_assert_int_eq(publisher_start(publisher), -EACCES);
	ck_assert_int_eq(stop_within(10000), 0); /* nothing to stop */
}
END_TEST

START_TEST(it_stops_at_once_when_there_is_nothing)
{
	uint64_t before_ms = clock_mono_ms();

	ck_assert_int_eq(publisher_start(publisher), 0);
	ck_assert_int_eq(stop_within(20000), 0);
	ck_assert_uint_lt(clock_mono_ms() - before_ms, 10000);
}
END_TEST

static _Atomic uint64_t pushed;

static void *produce(void *closure)
{
	unsigned ring = *(unsigned *)closure;

	for (unsigned i = 0; i < 4000;) {
		if (push(ring, i % 7)) {
			pushed += i % 7;
			i++;
		} else {
			usleep(100);
		}
		if (i % 64 == 0)
			usleep(100);
	}
	return NULL;
}

/* Every copy adds up, and pushed (read afterwards) is never behind popped. */
START_TEST(the_numbers_add_up_at_every_moment)
{
	unsigned which[RINGS] = {0, 1, 2};
	pthread_t threads[RINGS];
	struct publisher_numbers n;

	pushed = 0;
	fake.verdict = OUTPUT_GIVEN;
	ck_assert_int_eq(publisher_start(publisher), 0);
	for (unsigned i = 0; i < RINGS; i++)
		pthread_create(&threads[i], NULL, produce, &which[i]);
	for (unsigned turn = 0; turn < 3000; turn++) {
		n = numbers();
		fake.verdict = turn % 3 == 0 ? OUTPUT_PUBLISHED : OUTPUT_GIVEN;
		if (fake.settle == 0 && fake.given > 20)
			fake.settle = 13;
		if (fake.lose == 0 && fake.given > 40)
			fake.lose = 3;
	}
	for (unsigned i = 0; i < RINGS; i++)
		pthread_join(threads[i], NULL);
	fake.settle_all = true;
	ck_assert_int_eq(stop_within(20000), 0);
	n = numbers();
	ck_assert_uint_eq(n.popped, pushed);
	ck_assert_uint_eq(n.in_flight, 0);
	ck_assert_uint_eq(fake.taken, pushed);
}
END_TEST

SUITE(publisher)
{
	TCase *tc = suite_case(s, "publisher");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, it_takes_every_batch_of_every_ring);
	tcase_add_test(tc, rings_take_turns);
	tcase_add_test(tc, a_batch_that_fails_stays_queued_and_keeps_its_turn);
	tcase_add_test(tc, a_failing_output_is_tried_with_backoff);
	tcase_add_test(tc, what_the_output_refuses_is_dropped_and_counted);
	tcase_add_test(tc, a_broken_output_is_told_and_everything_refused);
	tcase_add_test(tc, given_flows_are_in_flight_until_they_are_settled);
	tcase_add_test(tc, at_the_deadline_the_rest_is_dropped_or_unknown);
	tcase_add_test(tc, a_busy_output_is_asked_again_without_an_error);
	tcase_add_test(tc, an_output_that_cannot_work_fails_the_start);
	tcase_add_test(tc, it_stops_at_once_when_there_is_nothing);
	tcase_add_test(tc, the_numbers_add_up_at_every_moment);
	tc = suite_case(s, "hanging");
	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, NULL); /* what hangs may not be freed */
	tcase_add_test(tc, a_thread_that_hangs_in_the_output_is_left_behind);
}
