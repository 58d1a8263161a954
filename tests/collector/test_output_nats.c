#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "collector/clock.h"
#include "collector/conf/conf.h"
#include "collector/publish/publisher.h"
#include "collector/publish/ring.h"
#include "collector/publish/subject.h"
#include "collector/show/ledger.h"
#include "tests/support/eventually.h"
#include "tests/support/nats_server.h"
#include "tests/support/suite.h"

#define FLOWS_PER_BATCH 10u

static struct conf conf;
static struct nats_server server;
static struct nats_tap tap;
static struct publisher *publisher;
static struct ring *ring;
static uint32_t batches; /* pushed so far; also the number of the next */

static void start_publisher(const char *url)
{
	batches = 0;
	strcpy(conf.output.subject, "flows.raw.{family}");
	snprintf(conf.nats.url, sizeof(conf.nats.url), "%s", url);
	conf.output.type = OUTPUT_NATS;
	publisher = publisher_new(&conf);
	ck_assert_ptr_nonnull(publisher);
	ring = ring_new(8u << 20, publisher_wake_fd(publisher));
	ck_assert_int_eq(publisher_attach(publisher, ring), 0);
	ck_assert_int_eq(publisher_start(publisher), 0);
}

static int stop_within(uint64_t ms)
{
	return publisher_stop(publisher, clock_mono_ms() + ms);
}

static void free_publisher(void)
{
	publisher_free(publisher);
	ring_free(ring);
}

/* A batch that begins with its number, filled up to len. False: the ring is full. */
static bool push(uint32_t len, enum subject_family family)
{
	static char octets[65536];
	struct batch b = {
		.len = len, .flows = FLOWS_PER_BATCH, .subject = family, .octets = octets};

	memset(octets, 'x', len);
	octets[snprintf(octets, 16, "%u", batches)] = '\n';
	if (!ring_push(ring, &b))
		return false;
	batches++;
	return true;
}

/* The identity, at any moment; pushed = popped + queued by construction of the ring. */
static struct publisher_numbers numbers(void)
{
	struct publisher_numbers n;
	uint64_t sum;

	publisher_numbers(publisher, &n);
	sum = n.published + n.in_flight + n.unknown;
	for (unsigned i = 0; i < DROP_COUNT; i++)
		sum += n.dropped[i];
	ck_assert_uint_eq(n.popped, sum);
	ck_assert_uint_le(n.popped, (uint64_t)batches * FLOWS_PER_BATCH);
	return n;
}

static uint64_t pushed(void)
{
	return (uint64_t)batches * FLOWS_PER_BATCH;
}

/* Nothing came twice, and of all batches at least as many came as flows are said to be out. */
static void expect_arrivals(uint64_t published)
{
	uint64_t once = 0;

	for (uint32_t i = 0; i < batches; i++) {
		ck_assert_uint_le(tap.seen[i], 1);
		once += tap.seen[i];
	}
	ck_assert_uint_ge(once * FLOWS_PER_BATCH, published);
}

static void setup(void)
{
	nats_server_init(&server, NULL);
	nats_server_start(&server);
	nats_tap_open(&tap, server.port, "flows.>", "");
	start_publisher(server.url);
}

static void teardown(void)
{
	free_publisher();
	nats_tap_close(&tap);
	nats_server_fini(&server);
}

START_TEST(every_batch_arrives_once_under_its_subject)
{
	struct nats_tap sflow;

	nats_tap_open(&sflow, server.port, "flows.raw.sflow", "");
	for (unsigned i = 0; i < 300; i++)
		ck_assert(push(16000, i % 3 == 0 ? SUBJECT_SFLOW : SUBJECT_NETFLOW));
	EVENTUALLY(numbers().published == pushed());
	EVENTUALLY(tap.messages == 300 && sflow.messages == 100);
	expect_arrivals(pushed());
	for (uint32_t i = 0; i < batches; i++)
		ck_assert_uint_eq(sflow.seen[i], i % 3 == 0);
	ck_assert_uint_eq(numbers().batches, 300);
	ck_assert_uint_eq(numbers().octets, 300 * 16000);
	ck_assert_uint_eq(tap.octets, 300 * 16000);
	ck_assert_uint_eq(numbers().connects, 1);
	ck_assert_uint_eq(numbers().connected, 1);
	ck_assert_int_eq(stop_within(20000), 0);
	ck_assert_uint_eq(numbers().unknown, 0);
	ck_assert_uint_eq(numbers().connected, 0);
	nats_tap_close(&sflow);
}
END_TEST

START_TEST(the_stop_delivers_what_is_queued)
{
	uint64_t before_ms = clock_mono_ms();

	for (unsigned i = 0; i < 400; i++)
		ck_assert(push(16000, SUBJECT_NETFLOW));
	ck_assert_int_eq(stop_within(20000), 0);
	ck_assert_uint_lt(clock_mono_ms() - before_ms, 10000);
	ck_assert_uint_eq(numbers().published, pushed());
	EVENTUALLY(tap.messages == 400);
	expect_arrivals(pushed());
}
END_TEST

/* What the server had not processed when it died is unknown, and nothing else is. */
START_TEST(what_a_killed_server_had_not_answered_is_unknown)
{
	uint64_t answered;

	for (unsigned i = 0; i < 50; i++)
		ck_assert(push(1000, SUBJECT_NETFLOW));
	EVENTUALLY(numbers().published == pushed() && tap.messages == 50);
	answered = pushed();
	nats_server_pause(&server);
	for (unsigned i = 0; i < 20; i++)
		ck_assert(push(1000, SUBJECT_NETFLOW));
	EVENTUALLY(numbers().in_flight == pushed() - answered);
	usleep(300000); /* markers are out too */
	ck_assert_uint_eq(numbers().published, answered);
	nats_server_kill(&server);
	nats_tap_close(&tap);
	EVENTUALLY(numbers().unknown == pushed() - answered);
	EVENTUALLY(numbers().connected == 0);
	ck_assert_uint_eq(numbers().published, answered);
	nats_server_start(&server);
	nats_tap_open(&tap, server.port, "flows.>", "");
	EVENTUALLY(numbers().connected == 1);
	ck_assert_uint_eq(numbers().disconnects, 1);
	ck_assert_uint_eq(numbers().connects, 2);
	for (unsigned i = 0; i < 30; i++)
		ck_assert(push(1000, SUBJECT_NETFLOW));
	ck_assert_int_eq(stop_within(20000), 0);
	ck_assert_uint_eq(numbers().published, 80 * FLOWS_PER_BATCH);
	ck_assert_uint_eq(numbers().unknown, 20 * FLOWS_PER_BATCH);
	EVENTUALLY(tap.messages == 30); /* unknown ones are not sent again */
}
END_TEST

/* Pushes at a good rate for a while, looking at the numbers all the time. */
static void push_for(uint64_t ms)
{
	uint64_t until_ms = clock_mono_ms() + ms;

	while (clock_mono_ms() < until_ms) {
		for (unsigned i = 0; i < 5 && batches < NATS_TAP_MAX; i++)
			(void)push(8000, SUBJECT_NETFLOW); /* or the ring is full: as well */
		(void)numbers();
		usleep(1000);
	}
}

START_TEST(the_numbers_add_up_while_the_server_is_killed_and_restarted)
{
	uint64_t published;

	push_for(400);
	nats_server_kill(&server);
	push_for(500);
	nats_server_start(&server);
	push_for(1500);
	published = numbers().published;
	EVENTUALLY(numbers().connected == 1);
	push_for(300);
	ck_assert_int_eq(stop_within(20000), 0);
	ck_assert_uint_eq(numbers().popped, pushed());
	ck_assert_uint_eq(numbers().dropped[DROP_SHUTDOWN], 0);
	ck_assert_uint_gt(numbers().published, published);
	ck_assert_uint_eq(numbers().published + numbers().unknown, pushed());
	ck_assert_uint_lt(numbers().unknown, pushed() / 2);
	expect_arrivals(0);
}
END_TEST

START_TEST(a_server_that_stands_still_for_3_s_loses_nothing_unsaid)
{
	push_for(300);
	nats_server_pause(&server);
	push_for(3000);
	nats_server_resume(&server);
	push_for(300);
	ck_assert_int_eq(stop_within(20000), 0);
	ck_assert_uint_eq(numbers().popped, pushed());
	ck_assert_uint_eq(numbers().published + numbers().unknown, pushed());
	EVENTUALLY(tap.messages * FLOWS_PER_BATCH >= numbers().published);
	expect_arrivals(numbers().published);
}
END_TEST

START_TEST(a_message_that_the_server_is_too_small_for_is_refused)
{
	ck_assert(push(1000, SUBJECT_NETFLOW));
	EVENTUALLY(numbers().published == FLOWS_PER_BATCH);
	ck_assert_int_eq(stop_within(20000), 0);
	teardown();

	nats_server_init(&server, "max_payload: 2000\n");
	nats_server_start(&server);
	nats_tap_open(&tap, server.port, "flows.>", "");
	start_publisher(server.url);
	ck_assert(push(1000, SUBJECT_NETFLOW));
	ck_assert(push(3000, SUBJECT_NETFLOW));
	ck_assert(push(2000, SUBJECT_NETFLOW));
	ck_assert_int_eq(stop_within(20000), 0);
	ck_assert_uint_eq(numbers().published, 2 * FLOWS_PER_BATCH);
	ck_assert_uint_eq(numbers().dropped[DROP_REFUSED], FLOWS_PER_BATCH);
}
END_TEST

START_TEST(the_stop_keeps_its_deadline_while_the_server_is_away)
{
	uint64_t before_ms;

	ck_assert(push(1000, SUBJECT_NETFLOW));
	EVENTUALLY(numbers().published == FLOWS_PER_BATCH);
	nats_server_kill(&server);
	EVENTUALLY(numbers().connected == 0);
	ck_assert(push(1000, SUBJECT_NETFLOW));
	before_ms = clock_mono_ms();
	ck_assert_int_eq(stop_within(500), 0);
	ck_assert_uint_lt(clock_mono_ms() - before_ms, 5000);
	ck_assert_uint_eq(numbers().dropped[DROP_SHUTDOWN] + numbers().unknown, FLOWS_PER_BATCH);
	ck_assert_uint_eq(numbers().popped, pushed());
}
END_TEST

START_TEST(a_server_that_comes_late_gets_what_has_waited)
{
	nats_server_init(&server, NULL);
	start_publisher(server.url);
	for (unsigned i = 0; i < 10; i++)
		ck_assert(push(1000, SUBJECT_NETFLOW));
	EVENTUALLY(numbers().connect_failures >= 2 && numbers().errors >= 1);
	ck_assert_uint_eq(numbers().popped, 0);
	ck_assert_uint_eq(numbers().connected, 0);
	nats_server_start(&server);
	EVENTUALLY(numbers().published == pushed());
	ck_assert_uint_eq(numbers().connects, 1);
	ck_assert_int_eq(stop_within(20000), 0);
	free_publisher();
	nats_server_fini(&server);
}
END_TEST

START_TEST(of_several_servers_one_is_enough)
{
	char urls[256];

	nats_server_init(&server, NULL);
	nats_server_start(&server);
	snprintf(urls, sizeof(urls), "nats://127.0.0.1:1,%s", server.url);
	start_publisher(urls);
	ck_assert(push(1000, SUBJECT_NETFLOW));
	EVENTUALLY(numbers().published == pushed());
	ck_assert_int_eq(stop_within(20000), 0);
	free_publisher();
	nats_server_fini(&server);
}
END_TEST

/* Two equal authentication errors in a row make the library close the connection for good. */
START_TEST(a_wrong_password_is_tried_again_for_ever)
{
	char url[128];

	nats_server_init(&server, "authorization { user: weir, password: right }\n");
	nats_server_start(&server);
	snprintf(url, sizeof(url), "nats://weir:right@127.0.0.1:%u", server.port);
	start_publisher(url);
	ck_assert(push(1000, SUBJECT_NETFLOW));
	EVENTUALLY(numbers().published == FLOWS_PER_BATCH);
	nats_server_kill(&server);
	{
		FILE *config = fopen(server.config, "w");

		fputs("authorization { user: weir, password: changed }\n", config);
		fclose(config);
	}
	nats_server_start(&server);
	EVENTUALLY(numbers().connect_failures >= 3);
	ck_assert_uint_eq(numbers().connected, 0);
	nats_server_kill(&server);
	{
		FILE *config = fopen(server.config, "w");

		fputs("authorization { user: weir, password: right }\n", config);
		fclose(config);
	}
	nats_server_start(&server);
	ck_assert(push(1000, SUBJECT_NETFLOW));
	EVENTUALLY(numbers().published == 2 * FLOWS_PER_BATCH);
	ck_assert_int_eq(stop_within(20000), 0);
	free_publisher();
	nats_server_fini(&server);
}
END_TEST

static void deny(const char *what)
{
	char config[512];
	char url[128];

	snprintf(config, sizeof(config),
		 "authorization { users: [ { user: weir, password: pw, permissions: { %s } },\n"
		 "{ user: tap, password: pw } ] }\n",
		 what);
	nats_server_init(&server, config);
	nats_server_start(&server);
	nats_tap_open(&tap, server.port, "flows.>", "\"user\":\"tap\",\"pass\":\"pw\"");
	snprintf(url, sizeof(url), "nats://weir:pw@127.0.0.1:%u", server.port);
	start_publisher(url);
}

START_TEST(what_is_denied_of_one_subject_costs_the_others_nothing)
{
	unsigned allowed = 0;

	deny("publish: { deny: \"flows.raw.sflow\" }");
	for (unsigned i = 0; i < 60; i++) {
		bool sflow = i % 3 == 1;

		ck_assert(push(1000, sflow ? SUBJECT_SFLOW : SUBJECT_NETFLOW));
		allowed += !sflow;
		if (i % 10 == 9)
			usleep(120000); /* into several windows */
		(void)numbers();
	}
	EVENTUALLY(numbers().published == allowed * FLOWS_PER_BATCH);
	EVENTUALLY(numbers().dropped[DROP_REFUSED] == pushed() - allowed * FLOWS_PER_BATCH);
	ck_assert_uint_eq(numbers().unknown, 0);
	EVENTUALLY(tap.messages == allowed);
	ck_assert_int_eq(stop_within(20000), 0);
	ck_assert_uint_eq(numbers().published, allowed * FLOWS_PER_BATCH);
	teardown();
}
END_TEST

START_TEST(all_subjects_denied_at_once_are_all_refused)
{
	deny("publish: { deny: \"flows.>\" }");
	for (unsigned i = 0; i < 40; i++)
		ck_assert(push(1000, i % 2 ? SUBJECT_SFLOW : SUBJECT_NETFLOW));
	EVENTUALLY(numbers().dropped[DROP_REFUSED] == pushed());
	ck_assert_uint_eq(numbers().published, 0);
	ck_assert_int_eq(stop_within(20000), 0);
	teardown();
}
END_TEST

/* The thread of the publisher sleeps although no echo will ever come. */
START_TEST(without_echoes_it_waits_and_does_not_spin)
{
	struct timespec used;
	clockid_t clock;

	deny("subscribe: { deny: \"_INBOX.>\" }");
	ck_assert_int_eq(clock_getcpuclockid(getpid(), &clock), 0);
	for (unsigned i = 0; i < 90; i++) { /* more windows than there are: 64 of 100 ms */
		ck_assert(push(1000, SUBJECT_NETFLOW));
		usleep(110000);
	}
	ck_assert_int_eq(clock_gettime(clock, &used), 0);
	{
		double before_s = (double)used.tv_sec + (double)used.tv_nsec / 1e9;

		sleep(3);
		ck_assert_int_eq(clock_gettime(clock, &used), 0);
		ck_assert_double_lt((double)used.tv_sec + (double)used.tv_nsec / 1e9 - before_s,
				    0.9);
	}
	ck_assert_uint_eq(numbers().published, 0);
	ck_assert_int_eq(stop_within(100), 0);
	ck_assert_uint_eq(numbers().unknown, pushed());
	teardown();
}
END_TEST

/* Lines of 100 octets, a flow each, numbered in the first; but for one of too many. */
static void push_lines(uint32_t n, uint32_t long_one, uint32_t long_len)
{
	static char octets[65536];
	struct batch b = {.flows = n, .subject = SUBJECT_NETFLOW, .octets = octets};

	memset(octets, 'x', sizeof(octets));
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = b.len;

		b.len += i == long_one ? long_len : 100;
		octets[at + (uint32_t)snprintf(octets + at, 16, "%u", batches++)] = 'x';
		octets[b.len - 1] = '\n';
	}
	ck_assert(ring_push(ring, &b));
}

static void start_small(void)
{
	nats_server_init(&server, "max_payload: 4096\n");
	nats_server_start(&server);
	nats_tap_open(&tap, server.port, "flows.>", "");
	start_publisher(server.url);
}

START_TEST(a_batch_longer_than_the_server_takes_goes_in_pieces)
{
	start_small();
	push_lines(100, UINT32_MAX, 0); /* 10000 octets: 40, 40 and 20 lines */
	push_lines(40, UINT32_MAX, 0);  /* 4000: whole */
	EVENTUALLY(numbers().published == 140);
	EVENTUALLY(tap.messages == 4 && tap.octets == 14000);
	ck_assert_uint_eq(tap.seen[0], 1);
	ck_assert_uint_eq(tap.seen[40], 1);
	ck_assert_uint_eq(tap.seen[80], 1);
	ck_assert_uint_eq(tap.seen[100], 1);
	ck_assert_int_eq(stop_within(20000), 0);
	ck_assert_uint_eq(numbers().popped, 140);
	teardown();
}
END_TEST

START_TEST(a_flow_longer_than_the_server_takes_is_dropped_alone)
{
	start_small();
	push_lines(100, 50, 5000);
	push_lines(3, 2, 4097);
	push_lines(3, 0, 4096); /* just fits */
	EVENTUALLY(numbers().published == 99 + 2 + 3);
	ck_assert_uint_eq(numbers().dropped[DROP_TOO_LARGE], 2);
	ck_assert_uint_eq(numbers().dropped[DROP_REFUSED], 0);
	ck_assert_int_eq(stop_within(20000), 0);
	ck_assert_uint_eq(tap.octets, 9900 + 200 + 4296);
	teardown();
}
END_TEST

START_TEST(what_the_server_denies_is_never_called_published)
{
	char url[128];

	nats_server_init(&server,
			 "authorization { users: [ { user: weir, password: pw,\n"
			 "permissions: { publish: { deny: \"flows.raw.netflow\" } } } ] }\n");
	nats_server_start(&server);
	snprintf(url, sizeof(url), "nats://weir:pw@127.0.0.1:%u", server.port);
	start_publisher(url);
	ck_assert(push(1000, SUBJECT_NETFLOW));
	EVENTUALLY(numbers().dropped[DROP_REFUSED] == FLOWS_PER_BATCH);
	ck_assert_uint_eq(numbers().published, 0);
	ck_assert(push(1000, SUBJECT_NETFLOW));
	EVENTUALLY(numbers().dropped[DROP_REFUSED] == 2 * FLOWS_PER_BATCH);
	ck_assert_int_eq(stop_within(20000), 0);
	free_publisher();
	nats_server_fini(&server);
}
END_TEST

START_TEST(tls_is_demanded_not_wished)
{
	char url[128];

	nats_server_init(&server, NULL);
	nats_server_start(&server);
	snprintf(url, sizeof(url), "tls://127.0.0.1:%u", server.port);
	start_publisher(url);
	ck_assert(push(1000, SUBJECT_NETFLOW));
	EVENTUALLY(numbers().connect_failures >= 2);
	ck_assert_uint_eq(numbers().connects, 0);
	ck_assert_uint_eq(numbers().popped, 0);
	ck_assert_int_eq(stop_within(100), 0);
	free_publisher();
	nats_server_fini(&server);
}
END_TEST

/* A peer that says INFO and then nothing: the library spins, and its timeout does not hold. */
static int listen_on_loopback(char *url, size_t size)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	snprintf(url, size, "nats://127.0.0.1:%u", ntohs(a.sin_port));
	return fd;
}

START_TEST(a_call_that_hangs_is_ended_by_the_watchdog)
{
	static const char info[] = "INFO {\"server_id\":\"x\",\"version\":\"2.9.10\",\"proto\":1,"
				   "\"max_payload\":1048576}\r\n";
	char url[64];
	int listener = listen_on_loopback(url, sizeof(url));
	int peer;

	start_publisher(url);
	peer = accept(listener, NULL, NULL);
	ck_assert_int_eq(write(peer, info, sizeof(info) - 1), sizeof(info) - 1);
	close(listener);
	usleep(100000);
	publisher_watch(publisher, clock_mono_ms()); /* not yet */
	ck_assert_uint_eq(numbers().stalls, 0);
	publisher_watch(publisher, clock_mono_ms() + 60000);
	ck_assert_uint_eq(numbers().stalls, 1);
	EVENTUALLY(numbers().connect_failures >= 1);
	ck_assert_int_eq(stop_within(10000), 0);
	close(peer);
	free_publisher();
}
END_TEST

START_TEST(a_bad_subject_or_no_server_fails_the_start)
{
	strcpy(conf.output.subject, "flows.*");
	strcpy(conf.nats.url, "nats://127.0.0.1:1");
	conf.output.type = OUTPUT_NATS;
	publisher = publisher_new(&conf);
	ck_assert_int_eq(publisher_start(publisher), -EINVAL);
	publisher_free(publisher);
	strcpy(conf.output.subject, "flows");
	strcpy(conf.nats.url, "http://127.0.0.1");
	publisher = publisher_new(&conf);
	ck_assert_int_eq(publisher_start(publisher), -EINVAL);
	publisher_free(publisher);
}
END_TEST

SUITE(output_nats)
{
	TCase *tc = suite_case(s, "no server");

	tcase_set_timeout(tc, 90);
	tcase_add_test(tc, a_call_that_hangs_is_ended_by_the_watchdog);
	tcase_add_test(tc, a_bad_subject_or_no_server_fails_the_start);
	if (!nats_server_exists())
		return;
	tc = suite_case(s, "a server from the start");
	tcase_set_timeout(tc, 90);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, every_batch_arrives_once_under_its_subject);
	tcase_add_test(tc, the_stop_delivers_what_is_queued);
	tcase_add_test(tc, what_a_killed_server_had_not_answered_is_unknown);
	tcase_add_test(tc, the_numbers_add_up_while_the_server_is_killed_and_restarted);
	tcase_add_test(tc, a_server_that_stands_still_for_3_s_loses_nothing_unsaid);
	tcase_add_test(tc, a_message_that_the_server_is_too_small_for_is_refused);
	tcase_add_test(tc, the_stop_keeps_its_deadline_while_the_server_is_away);
	tc = suite_case(s, "other servers");
	tcase_set_timeout(tc, 90);
	tcase_add_test(tc, a_server_that_comes_late_gets_what_has_waited);
	tcase_add_test(tc, of_several_servers_one_is_enough);
	tcase_add_test(tc, a_wrong_password_is_tried_again_for_ever);
	tcase_add_test(tc, what_the_server_denies_is_never_called_published);
	tcase_add_test(tc, what_is_denied_of_one_subject_costs_the_others_nothing);
	tcase_add_test(tc, all_subjects_denied_at_once_are_all_refused);
	tcase_add_test(tc, without_echoes_it_waits_and_does_not_spin);
	tcase_add_test(tc, a_batch_longer_than_the_server_takes_goes_in_pieces);
	tcase_add_test(tc, a_flow_longer_than_the_server_takes_is_dropped_alone);
	tcase_add_test(tc, tls_is_demanded_not_wished);
}
