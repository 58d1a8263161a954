#include <pthread.h>
#include <stdatomic.h>

#include "collector/show/ledger.h"
#include "tests/support/suite.h"

#define LISTENERS 3
#define ROUNDS    5000

START_TEST(a_new_ledger_is_all_zeros)
{
	struct ledger *l = ledger_new(LISTENERS);
	struct ledger_view *v = ledger_view(l);

	ck_assert_uint_eq(ledger_view_listeners(v), LISTENERS);
	ck_assert_uint_eq(ledger_view_worker(v)->flows_pushed, 0);
	for (size_t i = 0; i < LISTENERS; i++) {
		ck_assert_uint_eq(ledger_view_socket(v, i)->kernel_drops, 0);
		for (unsigned p = 0; p < PROTOCOL_COUNT; p++)
			ck_assert_uint_eq(ledger_view_block(v, i, p)->datagrams_received, 0);
	}
	ledger_view_free(v);
	ledger_free(l);
}
END_TEST

START_TEST(nothing_shows_before_it_is_published)
{
	struct ledger *l = ledger_new(LISTENERS);
	struct ledger_view *v;

	ledger_block(l, 1, PROTOCOL_IPFIX)->parse.flows = 9;
	ledger_worker(l)->flows_open = 9;
	v = ledger_view(l);
	ck_assert_uint_eq(ledger_view_block(v, 1, PROTOCOL_IPFIX)->parse.flows, 0);
	ck_assert_uint_eq(ledger_view_worker(v)->flows_open, 0);
	ledger_view_free(v);
	ledger_free(l);
}
END_TEST

/* A different number in every member of every part: none may move or be left out. */
static void fill(struct ledger *l)
{
	uint64_t *worker = (uint64_t *)ledger_worker(l);
	uint64_t next = 1;

	for (size_t i = 0; i < sizeof(struct ledger_worker) / sizeof(*worker); i++)
		worker[i] = next++;
	for (size_t i = 0; i < LISTENERS; i++) {
		uint64_t *sock = (uint64_t *)ledger_socket(l, i);

		for (size_t w = 0; w < sizeof(struct ledger_socket) / sizeof(*sock); w++)
			sock[w] = next++;
		for (unsigned p = 0; p < PROTOCOL_COUNT; p++) {
			uint64_t *block = (uint64_t *)ledger_block(l, i, p);

			for (size_t w = 0; w < sizeof(struct ledger_block) / sizeof(*block); w++)
				block[w] = next++;
		}
	}
}

START_TEST(everything_published_is_in_the_view)
{
	struct ledger *l = ledger_new(LISTENERS);
	struct ledger_view *v;

	fill(l);
	ledger_publish(l);
	v = ledger_view(l);
	ck_assert_mem_eq(ledger_view_worker(v), ledger_worker(l), sizeof(struct ledger_worker));
	for (size_t i = 0; i < LISTENERS; i++) {
		ck_assert_mem_eq(ledger_view_socket(v, i), ledger_socket(l, i),
				 sizeof(struct ledger_socket));
		for (unsigned p = 0; p < PROTOCOL_COUNT; p++)
			ck_assert_mem_eq(ledger_view_block(v, i, p), ledger_block(l, i, p),
					 sizeof(struct ledger_block));
	}
	ledger_view_free(v);
	ledger_free(l);
}
END_TEST

START_TEST(a_block_asked_for_again_is_published_again)
{
	struct ledger *l = ledger_new(LISTENERS);
	struct ledger_view *v;

	for (int i = 0; i < 2; i++) {
		ledger_block(l, 2, PROTOCOL_SFLOW5)->datagrams_received++;
		ledger_publish(l);
	}
	v = ledger_view(l);
	ck_assert_uint_eq(ledger_view_block(v, 2, PROTOCOL_SFLOW5)->datagrams_received, 2);
	ledger_view_free(v);
	ledger_free(l);
}
END_TEST

START_TEST(a_view_stays_as_it_was_taken)
{
	struct ledger *l = ledger_new(1);
	struct ledger_view *v = ledger_view(l);

	ledger_worker(l)->flows_pushed = 5;
	ledger_publish(l);
	ck_assert_uint_eq(ledger_view_worker(v)->flows_pushed, 0);
	ledger_view_free(v);
	ledger_free(l);
	ledger_free(NULL);
}
END_TEST

struct race {
	struct ledger *ledger;
	_Atomic int done;
};

/* Every round one flow is decoded and one pushed: the identity of struct ledger_worker. */
static void *work(void *arg)
{
	struct race *race = arg;

	for (int i = 0; i < ROUNDS; i++) {
		ledger_block(race->ledger, (size_t)i % LISTENERS, PROTOCOL_NETFLOW5)->parse.flows++;
		ledger_worker(race->ledger)->flows_pushed++;
		ledger_publish(race->ledger);
	}
	atomic_store(&race->done, 1);
	return NULL;
}

START_TEST(a_view_taken_while_the_worker_works_adds_up)
{
	struct race race = {.ledger = ledger_new(LISTENERS)};
	pthread_t worker;
	int done;

	ck_assert_int_eq(pthread_create(&worker, NULL, work, &race), 0);
	do {
		struct ledger_view *v;
		uint64_t flows = 0;

		done = atomic_load(&race.done);
		v = ledger_view(race.ledger);
		for (size_t i = 0; i < LISTENERS; i++)
			flows += ledger_view_block(v, i, PROTOCOL_NETFLOW5)->parse.flows;
		ck_assert_uint_eq(flows, ledger_view_worker(v)->flows_pushed);
		if (done)
			ck_assert_uint_eq(flows, ROUNDS);
		ledger_view_free(v);
	} while (!done);
	ck_assert_int_eq(pthread_join(worker, NULL), 0);
	ledger_free(race.ledger);
}
END_TEST

SUITE(ledger)
{
	TCase *tc = suite_case(s, "one thread");

	tcase_add_test(tc, a_new_ledger_is_all_zeros);
	tcase_add_test(tc, nothing_shows_before_it_is_published);
	tcase_add_test(tc, everything_published_is_in_the_view);
	tcase_add_test(tc, a_block_asked_for_again_is_published_again);
	tcase_add_test(tc, a_view_stays_as_it_was_taken);
	tc = suite_case(s, "two threads");
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_view_taken_while_the_worker_works_adds_up);
}
