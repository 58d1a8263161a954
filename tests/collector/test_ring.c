#include "collector/publish/ring.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "tests/support/suite.h"

#define ARENA 4096u

static struct batch batch_of(const char *octets, uint32_t len, uint32_t flows)
{
	return (struct batch){.len = len, .flows = flows, .octets = octets};
}

static bool push_filled(struct ring *r, uint32_t len, char fill)
{
	char octets[ARENA];
	struct batch b = batch_of(octets, len, 1);

	memset(octets, fill, len);
	return ring_push(r, &b);
}

static bool all_are(const char *octets, size_t len, char fill)
{
	for (size_t i = 0; i < len; i++)
		if (octets[i] != fill)
			return false;
	return true;
}

static void expect_filled(struct ring *r, uint32_t len, char fill)
{
	struct batch b;

	ck_assert(ring_front(r, &b));
	ck_assert_uint_eq(b.len, len);
	ck_assert(all_are(b.octets, b.len, fill));
	ring_pop(r);
}

static bool readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

START_TEST(an_empty_ring_gives_nothing)
{
	struct ring *r = ring_new(ARENA, -1);
	struct batch b;

	ck_assert(!ring_front(r, &b));
	ck_assert_uint_eq(ring_used(r), 0);
	ck_assert_uint_eq(ring_flows_popped(r), 0);
	ring_free(r);
}
END_TEST

START_TEST(a_batch_keeps_all_that_was_said_of_it)
{
	struct ring *r = ring_new(ARENA, -1);
	struct batch in = {.len = 5,
			   .flows = 3,
			   .subject = 1,
			   .opened_mono_ms = UINT64_C(1) << 40,
			   .octets = "hello"};
	struct batch out;

	ck_assert(ring_push(r, &in));
	ck_assert(ring_front(r, &out));
	ck_assert(ring_front(r, &out)); /* it stays until it is popped */
	ck_assert_uint_eq(out.len, 5);
	ck_assert_uint_eq(out.flows, 3);
	ck_assert_uint_eq(out.subject, 1);
	ck_assert_uint_eq(out.opened_mono_ms, UINT64_C(1) << 40);
	ck_assert_mem_eq(out.octets, "hello", 5);
	ck_assert_uint_eq((uintptr_t)out.octets % 8, 0);
	ck_assert_uint_eq(ring_flows_popped(r), 0);
	ring_pop(r);
	ck_assert(!ring_front(r, &out));
	ck_assert_uint_eq(ring_flows_popped(r), 3);
	ck_assert_uint_eq(ring_used(r), 0);
	ring_free(r);
}
END_TEST

START_TEST(an_empty_batch_is_a_batch)
{
	struct ring *r = ring_new(ARENA, -1);

	ck_assert(push_filled(r, 0, 'x'));
	expect_filled(r, 0, 'x');
	ring_free(r);
}
END_TEST

START_TEST(a_full_ring_refuses_and_changes_nothing)
{
	struct ring *r = ring_new(ARENA, -1);
	size_t used;
	char fill = 'a';

	while (push_filled(r, 1000, fill))
		fill++;
	ck_assert_int_eq(fill, 'd'); /* three of them, with their heads */
	used = ring_used(r);
	ck_assert(!push_filled(r, 1000, fill));
	ck_assert_uint_eq(ring_used(r), used);
	for (char c = 'a'; c < fill; c++)
		expect_filled(r, 1000, c);
	ck_assert_uint_eq(ring_used(r), 0);
	ring_free(r);
}
END_TEST

START_TEST(a_batch_longer_than_the_ring_never_fits)
{
	struct ring *r = ring_new(1024, -1);

	ck_assert(!push_filled(r, 1024, 'x'));
	ck_assert(push_filled(r, 1024 - 32, 'x'));
	ring_free(r);
}
END_TEST

/* Every length up to half the arena, from every position that such lengths lead to. */
START_TEST(half_of_the_arena_fits_an_empty_ring_wherever_it_stands)
{
	struct ring *r = ring_new(ARENA, -1);

	for (uint32_t step = 0; step < ARENA / 2 - 32; step++) {
		ck_assert(push_filled(r, step, 's'));
		expect_filled(r, step, 's');
		ck_assert(push_filled(r, ARENA / 2 - 32, 'h'));
		expect_filled(r, ARENA / 2 - 32, 'h');
	}
	ring_free(r);
}
END_TEST

START_TEST(batches_stay_whole_across_the_end_of_the_arena)
{
	struct ring *r = ring_new(ARENA, -1);
	uint32_t in = 0;
	uint32_t out = 0;

	while (out < 5000) {
		while (in < out + 40 && push_filled(r, in * 7 % 1500, (char)(in % 100)))
			in++;
		ck_assert_uint_gt(in, out);
		expect_filled(r, out * 7 % 1500, (char)(out % 100));
		out++;
	}
	ck_assert_uint_eq(ring_flows_popped(r), 5000);
	ring_free(r);
}
END_TEST

START_TEST(only_a_consumer_that_waits_is_woken)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct ring *r = ring_new(ARENA, fd);
	uint64_t count;

	ck_assert(push_filled(r, 1, 'a'));
	ck_assert(!readable(fd));
	ck_assert(!ring_wait(r)); /* something is there */
	expect_filled(r, 1, 'a');
	ck_assert(ring_wait(r));
	ck_assert(push_filled(r, 1, 'b'));
	ck_assert(push_filled(r, 1, 'c'));
	ck_assert_int_eq(read(fd, &count, sizeof(count)), sizeof(count));
	ck_assert_uint_eq(count, 1); /* once, not twice */
	ring_free(r);
	close(fd);
}
END_TEST

#define THREADED 20000u

static void *produce(void *closure)
{
	struct ring *r = closure;
	char octets[700];

	for (uint32_t i = 0; i < THREADED;) {
		uint32_t len = 4 + i * 31 % (sizeof(octets) - 4);
		struct batch b = batch_of(octets, len, i % 5);

		memset(octets, (int)(i & 0x7f), sizeof(octets));
		memcpy(octets, &i, sizeof(i));
		if (ring_push(r, &b))
			i++;
		else
			usleep(50);
	}
	return NULL;
}

static void sleep_until_woken(struct ring *r, int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	uint64_t count;

	if (!ring_wait(r))
		return;
	ck_assert_int_eq(poll(&p, 1, 20000), 1); /* a lost wake-up would hang here */
	ck_assert_int_eq(read(fd, &count, sizeof(count)), sizeof(count));
}

START_TEST(two_threads_pass_every_batch_once_in_order)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct ring *r = ring_new(ARENA, fd);
	uint64_t flows = 0;
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, produce, r), 0);
	for (uint32_t i = 0; i < THREADED;) {
		struct batch b;
		uint32_t number;

		if (!ring_front(r, &b)) {
			sleep_until_woken(r, fd);
			continue;
		}
		memcpy(&number, b.octets, sizeof(number));
		ck_assert_uint_eq(number, i);
		ck_assert_uint_eq(b.len, 4 + i * 31 % 696);
		ck_assert(all_are(b.octets + 4, b.len - 4, (char)(i & 0x7f)));
		flows += b.flows;
		ring_pop(r);
		ck_assert_uint_eq(ring_flows_popped(r), flows);
		i++;
	}
	pthread_join(thread, NULL);
	ck_assert_uint_eq(ring_used(r), 0);
	ring_free(r);
	close(fd);
}
END_TEST

SUITE(ring)
{
	TCase *tc = suite_case(s, "one thread");

	tcase_add_test(tc, an_empty_ring_gives_nothing);
	tcase_add_test(tc, a_batch_keeps_all_that_was_said_of_it);
	tcase_add_test(tc, an_empty_batch_is_a_batch);
	tcase_add_test(tc, a_full_ring_refuses_and_changes_nothing);
	tcase_add_test(tc, a_batch_longer_than_the_ring_never_fits);
	tcase_add_test(tc, half_of_the_arena_fits_an_empty_ring_wherever_it_stands);
	tcase_add_test(tc, batches_stay_whole_across_the_end_of_the_arena);
	tcase_add_test(tc, only_a_consumer_that_waits_is_woken);
	tc = suite_case(s, "two threads");
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, two_threads_pass_every_batch_once_in_order);
}
