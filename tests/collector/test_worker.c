#include "collector/worker.h"

#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "collector/clock.h"
#include "collector/conf/conf.h"
#include "collector/publish/ring.h"
#include "collector/receive/listener.h"
#include "collector/receive/steer.h"
#include "collector/show/ledger.h"
#include "tests/collector/peer.h"
#include "tests/support/suite.h"

#define WORKERS_MAX 2
#define PATIENCE_MS 20000

static struct conf conf;
static struct listener listeners[2];
static struct worker *workers[WORKERS_MAX];
static unsigned workers_n;

/* NetFlow v5, one record. */
static const uint8_t netflow5[72] = {0, 5, 0, 1};

static struct addr source_nth(unsigned i)
{
	return (struct addr){.octets = {127, 1, (uint8_t)(i >> 8), (uint8_t)i}, .len = 4};
}

static void crew_make(unsigned n, size_t listeners_n, uint64_t rcvbuf_bytes)
{
	char error[CONF_ERROR_MAX];

	conf_init(&conf);
	conf.listeners_n = listeners_n;
	for (size_t i = 0; i < listeners_n; i++) {
		struct conf_listener *l = &conf.listeners[i];

		*l = (struct conf_listener){.address = "127.0.0.1",
					    .protocols = UINT32_MAX,
					    .rcvbuf_bytes = rcvbuf_bytes};
		ck_assert_int_eq(listener_open(&listeners[i], l, n, error, sizeof(error)), 0);
	}
	workers_n = n;
	for (unsigned i = 0; i < n; i++) {
		workers[i] = worker_new(&conf, i, -1);
		ck_assert_ptr_nonnull(workers[i]);
	}
}

static void crew_start(void)
{
	for (unsigned i = 0; i < workers_n; i++)
		ck_assert_int_eq(worker_start(workers[i], listeners), 0);
}

static void crew_stop(void)
{
	for (size_t i = 0; i < conf.listeners_n; i++)
		listener_fence(&listeners[i]);
	for (unsigned i = 0; i < workers_n; i++)
		worker_stop(workers[i], clock_mono_ms() + PATIENCE_MS);
	for (unsigned i = 0; i < workers_n; i++)
		worker_join(workers[i]);
}

static void crew_free(void)
{
	for (unsigned i = 0; i < workers_n; i++)
		worker_free(workers[i]);
	for (size_t i = 0; i < conf.listeners_n; i++)
		listener_close(&listeners[i]);
	conf_fini(&conf);
}

static uint64_t received(struct worker *w, size_t listener)
{
	struct ledger_view *v = ledger_view(worker_ledger(w));
	uint64_t n = 0;

	ck_assert_ptr_nonnull(v);
	for (unsigned p = 0; p < PROTOCOL_COUNT; p++)
		n += ledger_view_block(v, listener, (enum protocol)p)->datagrams_received;
	ledger_view_free(v);
	return n;
}

static uint64_t received_by_all(size_t listener)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < workers_n; i++)
		n += received(workers[i], listener);
	return n;
}

static struct ledger_worker own_row(struct worker *w)
{
	struct ledger_view *v = ledger_view(worker_ledger(w));
	struct ledger_worker row;

	ck_assert_ptr_nonnull(v);
	row = *ledger_view_worker(v);
	ledger_view_free(v);
	return row;
}

static struct ledger_socket socket_row(struct worker *w)
{
	struct ledger_view *v = ledger_view(worker_ledger(w));
	struct ledger_socket row;

	ck_assert_ptr_nonnull(v);
	row = *ledger_view_socket(v, 0);
	ledger_view_free(v);
	return row;
}

#define wait_until(condition)                                                 \
	do {                                                                  \
		uint64_t until_ms = clock_mono_ms() + PATIENCE_MS;            \
		while (!(condition) && clock_mono_ms() < until_ms)            \
			usleep(1000);                                         \
		ck_assert_msg((condition), "waited in vain for " #condition); \
	} while (0)

START_TEST(every_exporter_has_one_worker)
{
	uint64_t expected[WORKERS_MAX] = {0};

	crew_make(2, 1, 1 << 20);
	crew_start();
	for (unsigned i = 0; i < 100; i++) {
		struct addr source = source_nth(i + 1);

		for (unsigned port = 0; port < 3; port++)
			peer_send_once(source, listeners[0].port, netflow5, sizeof(netflow5));
		expected[steer_pick(&source, 2)] += 3;
	}
	wait_until(received_by_all(0) == 300);
	crew_stop();
	for (unsigned i = 0; i < 2; i++)
		ck_assert_uint_eq(received(workers[i], 0), expected[i]);
	crew_free();
}
END_TEST

START_TEST(stop_reads_the_sockets_until_they_are_empty)
{
	int peer;

	crew_make(1, 2, 4 << 20);
	for (unsigned l = 0; l < 2; l++) {
		peer = peer_open(source_nth(1), 0, listeners[l].port);
		for (unsigned i = 0; i < 2000; i++)
			peer_send(peer, netflow5, sizeof(netflow5));
		close(peer);
	}
	crew_start();
	crew_stop();
	ck_assert_uint_eq(received(workers[0], 0) + socket_row(workers[0]).kernel_drops, 2000);
	ck_assert_uint_eq(received(workers[0], 1), received(workers[0], 0));
	ck_assert_uint_eq(socket_row(workers[0]).queued_bytes, 0);
	ck_assert_uint_eq(own_row(workers[0]).flows_open, 0);
	crew_free();
}
END_TEST

START_TEST(sent_is_received_plus_kernel_drops)
{
	uint8_t octets[1400] = {0, 99};
	int peer;

	crew_make(1, 1, 1 << 16);
	peer = peer_open(source_nth(1), 0, listeners[0].port);
	for (unsigned i = 0; i < 1000; i++)
		peer_send(peer, octets, sizeof(octets));
	crew_start();
	for (unsigned i = 0; i < 1000; i++)
		peer_send(peer, octets, sizeof(octets));
	crew_stop();
	ck_assert_uint_gt(socket_row(workers[0]).kernel_drops, 0);
	ck_assert_uint_eq(received(workers[0], 0) + socket_row(workers[0]).kernel_drops, 2000);
	close(peer);
	crew_free();
}
END_TEST

START_TEST(drops_are_shown_within_seconds_though_nothing_comes)
{
	uint8_t octets[1400] = {0, 99};
	int peer;

	crew_make(1, 1, 1 << 16);
	peer = peer_open(source_nth(1), 0, listeners[0].port);
	for (unsigned i = 0; i < 1000; i++)
		peer_send(peer, octets, sizeof(octets));
	crew_start();
	wait_until(socket_row(workers[0]).kernel_drops > 0);
	ck_assert_uint_eq(socket_row(workers[0]).rcvbuf_bytes, 2 << 16);
	crew_stop();
	close(peer);
	crew_free();
}
END_TEST

START_TEST(a_batch_that_is_old_leaves_though_nothing_comes)
{
	struct batch batch;

	crew_make(1, 1, 1 << 20);
	crew_start();
	peer_send_once(source_nth(1), listeners[0].port, netflow5, sizeof(netflow5));
	wait_until(ring_front(worker_ring(workers[0]), &batch));
	ck_assert_uint_eq(batch.flows, 1);
	wait_until(own_row(workers[0]).flows_pushed == 1);
	crew_stop();
	crew_free();
}
END_TEST

START_TEST(stop_pushes_the_batch_that_is_open)
{
	struct batch batch;

	crew_make(1, 1, 1 << 20);
	conf.output.batch_ms = 3600000;
	worker_free(workers[0]);
	workers[0] = worker_new(&conf, 0, -1);
	crew_start();
	peer_send_once(source_nth(1), listeners[0].port, netflow5, sizeof(netflow5));
	wait_until(own_row(workers[0]).flows_open == 1);
	ck_assert(!ring_front(worker_ring(workers[0]), &batch));
	crew_stop();
	ck_assert(ring_front(worker_ring(workers[0]), &batch));
	ck_assert_uint_eq(batch.flows, 1);
	ck_assert_uint_eq(own_row(workers[0]).flows_open, 0);
	ck_assert_uint_eq(own_row(workers[0]).flows_pushed, 1);
	crew_free();
}
END_TEST

START_TEST(an_idle_worker_shows_that_it_lives)
{
	uint64_t before_ms = clock_mono_ms();

	crew_make(1, 1, 1 << 20);
	crew_start();
	wait_until(own_row(workers[0]).loop_turns >= 2);
	ck_assert_uint_ge(own_row(workers[0]).loop_last_ms, before_ms);
	ck_assert_uint_le(own_row(workers[0]).loop_last_ms, clock_mono_ms());
	crew_stop();
	crew_free();
}
END_TEST

/* The signals that the thread of this name has blocked, bit n - 1 for signal n; 0 if there is none.
 */
static unsigned long long blocked_by(const char *thread)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *entry;
	unsigned long long blocked = 0;

	while ((entry = readdir(tasks)) != NULL) {
		char path[PATH_MAX], line[256], name[64] = "";
		FILE *f;

		snprintf(path, sizeof(path), "/proc/self/task/%s/status", entry->d_name);
		f = fopen(path, "re");
		while (f && fgets(line, sizeof(line), f)) {
			(void)sscanf(line, "Name: %63s", name);
			if (strcmp(name, thread) == 0)
				(void)sscanf(line, "SigBlk: %llx", &blocked);
		}
		if (f)
			fclose(f);
	}
	closedir(tasks);
	return blocked;
}

START_TEST(the_thread_has_a_name_and_takes_no_signal)
{
	unsigned long long blocked;

	crew_make(2, 1, 1 << 20);
	crew_start();
	wait_until(own_row(workers[1]).loop_turns >= 1);
	blocked = blocked_by("weir-w1");
	ck_assert(blocked & 1ULL << (SIGTERM - 1));
	ck_assert(blocked & 1ULL << (SIGINT - 1));
	ck_assert(blocked & 1ULL << (SIGHUP - 1));
	ck_assert(!(blocked & 1ULL << (SIGSEGV - 1)));
	crew_stop();
	crew_free();
}
END_TEST

START_TEST(a_worker_that_never_started_stops_and_is_freed)
{
	crew_make(1, 1, 1 << 20);
	crew_stop();
	crew_free();
	worker_free(NULL);
}
END_TEST

START_TEST(a_socket_that_cannot_be_watched_fails_the_start)
{
	int fd;

	crew_make(1, 1, 1 << 20);
	fd = listeners[0].sockets[0].fd;
	listeners[0].sockets[0].fd = -1;
	ck_assert_int_lt(worker_start(workers[0], listeners), 0);
	listeners[0].sockets[0].fd = fd;
	crew_start(); /* and it may be tried again */
	crew_stop();
	crew_free();
}
END_TEST

SUITE(worker)
{
	TCase *tc = suite_case(s, "thread");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, every_exporter_has_one_worker);
	tcase_add_test(tc, stop_reads_the_sockets_until_they_are_empty);
	tcase_add_test(tc, sent_is_received_plus_kernel_drops);
	tcase_add_test(tc, drops_are_shown_within_seconds_though_nothing_comes);
	tcase_add_test(tc, a_batch_that_is_old_leaves_though_nothing_comes);
	tcase_add_test(tc, stop_pushes_the_batch_that_is_open);
	tcase_add_test(tc, an_idle_worker_shows_that_it_lives);
	tcase_add_test(tc, the_thread_has_a_name_and_takes_no_signal);
	tcase_add_test(tc, a_worker_that_never_started_stops_and_is_freed);
	tcase_add_test(tc, a_socket_that_cannot_be_watched_fails_the_start);
}
