#include <stdlib.h>
#include <string.h>

#include "collector/clock.h"
#include "collector/show/health.h"
#include "collector/show/ledger.h"
#include "tests/support/suite.h"

#define WORKERS 2

static struct ledger *ledgers[WORKERS];
static struct health health;
static char body[512];

/* Both workers turned just now, of a process that is a minute old. */
static void setup(void)
{
	uint64_t now_ms = clock_mono_ms();

	for (size_t w = 0; w < WORKERS; w++) {
		ledgers[w] = ledger_new(1);
		ledger_worker(ledgers[w])->loop_last_ms = now_ms;
		ledger_publish(ledgers[w]);
	}
	health.workers = WORKERS;
	health.ledgers = ledgers;
	health.stall_ms = HEALTH_STALL_MS;
	health.started_mono_ms = now_ms > 60000 ? now_ms - 60000 : 1;
	atomic_store(&health.sockets_bound, false);
	atomic_store(&health.stopping, false);
}

static void teardown(void)
{
	for (size_t w = 0; w < WORKERS; w++)
		ledger_free(ledgers[w]);
}

static unsigned ask(int (*render)(void *ctx, struct http_page *out))
{
	struct http_page page;

	ck_assert_int_eq(render(&health, &page), 0);
	ck_assert_uint_lt(page.len, sizeof(body));
	memcpy(body, page.body, page.len);
	body[page.len] = '\0';
	free(page.body);
	return page.status;
}

START_TEST(workers_that_turn_are_healthy)
{
	ck_assert_uint_eq(ask(health_live), 200);
	ck_assert_ptr_nonnull(
		strstr(body, "{\"healthy\":true,\"workers\":2,\"stuck\":0,\"oldest_turn_ms\":"));
}
END_TEST

START_TEST(one_worker_that_hangs_makes_the_process_unhealthy)
{
	ledger_worker(ledgers[1])->loop_last_ms -= 2 * HEALTH_STALL_MS;
	ledger_publish(ledgers[1]);
	ck_assert_uint_eq(ask(health_live), 503);
	ck_assert_ptr_nonnull(strstr(body, "{\"healthy\":false,\"workers\":2,\"stuck\":1,"));
}
END_TEST

START_TEST(a_worker_that_has_not_turned_yet_is_given_time)
{
	ledger_worker(ledgers[0])->loop_last_ms = 0;
	ledger_publish(ledgers[0]);
	health.started_mono_ms = clock_mono_ms();
	ck_assert_uint_eq(ask(health_live), 200);
	health.started_mono_ms -= 2 * HEALTH_STALL_MS;
	ck_assert_uint_eq(ask(health_live), 503);
}
END_TEST

START_TEST(bound_sockets_make_it_ready)
{
	ck_assert_uint_eq(ask(health_ready), 503);
	ck_assert_str_eq(body, "{\"ready\":false,\"sockets_bound\":false,\"stopping\":false}\n");
	atomic_store(&health.sockets_bound, true);
	ck_assert_uint_eq(ask(health_ready), 200);
	ck_assert_str_eq(body, "{\"ready\":true,\"sockets_bound\":true,\"stopping\":false}\n");
}
END_TEST

START_TEST(stopping_ends_readiness_but_not_health)
{
	atomic_store(&health.sockets_bound, true);
	atomic_store(&health.stopping, true);
	ck_assert_uint_eq(ask(health_ready), 503);
	ck_assert_str_eq(body, "{\"ready\":false,\"sockets_bound\":true,\"stopping\":true}\n");
	ck_assert_uint_eq(ask(health_live), 200);
}
END_TEST

SUITE(health)
{
	TCase *tc = suite_case(s, "conditions");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, workers_that_turn_are_healthy);
	tcase_add_test(tc, one_worker_that_hangs_makes_the_process_unhealthy);
	tcase_add_test(tc, a_worker_that_has_not_turned_yet_is_given_time);
	tcase_add_test(tc, bound_sockets_make_it_ready);
	tcase_add_test(tc, stopping_ends_readiness_but_not_health);
}
