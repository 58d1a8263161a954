#include "collector/receive/receiver.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "collector/conf/conf.h"
#include "collector/receive/listener.h"
#include "collector/show/ledger.h"
#include "tests/collector/peer.h"
#include "tests/support/suite.h"

static struct listener listener;
static struct receiver receiver;
static const struct addr local4 = {.octets = {127, 0, 0, 9}, .len = 4};
static const struct addr local6 = {.octets = {0xfd, [15] = 7}, .len = 16};

static void socket_open(const char *address, uint64_t rcvbuf_bytes)
{
	struct conf_listener conf = {.rcvbuf_bytes = rcvbuf_bytes};
	char error[CONF_ERROR_MAX];

	strcpy(conf.address, address);
	ck_assert_int_eq(listener_open(&listener, &conf, 1, error, sizeof(error)), 0);
}

static void setup(void)
{
	socket_open("::", 1 << 20);
	ck_assert_int_eq(receiver_open(&receiver, RECEIVER_SLOT_OCTETS), 0);
}

static void teardown(void)
{
	receiver_close(&receiver);
	listener_close(&listener);
}

static int read_batch(void)
{
	return receiver_read(&receiver, listener.sockets[0].fd);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void is_from(const struct datagram *d, const struct addr *source, uint16_t port)
{
	ck_assert(addr_equal(&d->source, source));
	ck_assert_uint_eq(d->port, port);
}

START_TEST(a_datagram_comes_with_its_source)
{
	const struct addr *sources[] = {&local4, &local6};
	struct datagram d;

	for (uint16_t i = 0; i < 2; i++) {
		int peer = peer_open(*sources[i], (uint16_t)(40000 + i), listener.port);

		peer_send(peer, "hello", 5);
		ck_assert_int_eq(read_batch(), 1);
		d = receiver_datagram(&receiver, 0);
		is_from(&d, sources[i], (uint16_t)(40000 + i));
		ck_assert_uint_eq(d.payload.left, 5);
		ck_assert_mem_eq(d.payload.pos, "hello", 5);
		ck_assert(!d.cut);
		close(peer);
	}
	ck_assert_int_eq(read_batch(), 0);
}
END_TEST

START_TEST(an_ipv4_socket_tells_the_same_source)
{
	struct datagram d;

	teardown();
	socket_open("127.0.0.1", 1 << 20);
	ck_assert_int_eq(receiver_open(&receiver, RECEIVER_SLOT_OCTETS), 0);
	peer_send_once(local4, listener.port, "", 0);
	ck_assert_int_eq(read_batch(), 1);
	d = receiver_datagram(&receiver, 0);
	ck_assert(addr_equal(&d.source, &local4));
	ck_assert_uint_eq(d.payload.left, 0);
	ck_assert(wire_ok(&d.payload));
}
END_TEST

START_TEST(a_batch_keeps_order_and_leaves_the_rest)
{
	int peer = peer_open(local4, 0, listener.port);

	for (uint8_t i = 0; i < 100; i++)
		peer_send(peer, &i, 1);
	ck_assert_int_eq(read_batch(), RECEIVER_BATCH);
	for (int i = 0; i < RECEIVER_BATCH; i++)
		ck_assert_int_eq(*receiver_datagram(&receiver, i).payload.pos, i);
	ck_assert_int_eq(read_batch(), 100 - RECEIVER_BATCH);
	ck_assert_int_eq(*receiver_datagram(&receiver, 0).payload.pos, RECEIVER_BATCH);
	ck_assert_int_eq(read_batch(), 0);
	close(peer);
}
END_TEST

START_TEST(the_longest_datagram_is_whole)
{
	size_t len = 65507; /* IPv4: 65,535 less the IP and UDP headers */
	uint8_t *octets = calloc(1, len);
	struct datagram d;

	octets[len - 1] = 42;
	peer_send_once(local4, listener.port, octets, len);
	ck_assert_int_eq(read_batch(), 1);
	d = receiver_datagram(&receiver, 0);
	ck_assert(!d.cut);
	ck_assert_uint_eq(d.payload.left, len);
	ck_assert_uint_eq(d.payload.pos[len - 1], 42);
	free(octets);
}
END_TEST

START_TEST(a_datagram_longer_than_the_slot_is_cut_and_says_so)
{
	const char octets[101] = {0};

	receiver_close(&receiver);
	ck_assert_int_eq(receiver_open(&receiver, 100), 0);
	peer_send_once(local4, listener.port, octets, 100);
	peer_send_once(local4, listener.port, octets, 101);
	ck_assert_int_eq(read_batch(), 2);
	ck_assert(!receiver_datagram(&receiver, 0).cut);
	ck_assert(receiver_datagram(&receiver, 1).cut);
	ck_assert_uint_eq(receiver_datagram(&receiver, 1).payload.left, 100);
}
END_TEST

/* The kernel switches its stamps on some time after the first socket asks for them; until then it
 * stamps what is read. */
START_TEST(arrival_is_when_the_kernel_got_it)
{
	for (int tries = 0; tries < 100; tries++) {
		uint64_t before_ns = now_ns(), after_ns, got_ns;

		peer_send_once(local4, listener.port, "x", 1);
		after_ns = now_ns();
		usleep(20000);
		ck_assert_int_eq(read_batch(), 1);
		got_ns = receiver_datagram(&receiver, 0).received_ns;
		if (got_ns >= before_ns && got_ns <= after_ns)
			return;
	}
	ck_abort_msg("no datagram was stamped between its sending and its reading");
}
END_TEST

START_TEST(without_a_stamp_arrival_is_when_it_was_read)
{
	int fd = listener.sockets[0].fd, off = 0;
	uint64_t before_ns;

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &off, sizeof(off)), 0);
	peer_send_once(local4, listener.port, "x", 1);
	before_ns = now_ns();
	ck_assert_int_eq(read_batch(), 1);
	ck_assert_uint_ge(receiver_datagram(&receiver, 0).received_ns, before_ns);
	ck_assert_uint_le(receiver_datagram(&receiver, 0).received_ns, now_ns());
}
END_TEST

START_TEST(sent_is_received_plus_kernel_drops)
{
	struct ledger_socket row = {0};
	char octets[1400] = {0};
	unsigned received = 0;
	uint32_t drops;
	int peer, n;

	listener_close(&listener);
	socket_open("::", 1 << 16);
	drops = listener.sockets[0].drops_before;
	peer = peer_open(local4, 0, listener.port);
	for (unsigned i = 0; i < 600; i++)
		peer_send(peer, octets, sizeof(octets));
	ck_assert_int_eq(receiver_watch(listener.sockets[0].fd, &drops, &row), 0);
	ck_assert_uint_gt(row.queued_bytes, 0);
	while ((n = read_batch()) > 0)
		received += (unsigned)n;
	ck_assert_int_eq(receiver_watch(listener.sockets[0].fd, &drops, &row), 0);
	ck_assert_uint_gt(row.kernel_drops, 0);
	ck_assert_uint_eq(received + row.kernel_drops, 600);
	ck_assert_uint_eq(row.queued_bytes, 0);
	ck_assert_uint_eq(row.rcvbuf_bytes, 2 << 16);
	close(peer);
}
END_TEST

START_TEST(the_drop_counter_may_wrap)
{
	struct ledger_socket row = {.kernel_drops = 10};
	uint32_t drops = UINT32_MAX - 4;

	ck_assert_int_eq(receiver_watch(listener.sockets[0].fd, &drops, &row), 0);
	ck_assert_uint_eq(row.kernel_drops, 15);
	ck_assert_uint_eq(drops, 0);
}
END_TEST

START_TEST(a_socket_that_is_gone_is_an_error)
{
	struct ledger_socket row = {.kernel_drops = 10};
	uint32_t drops = 3;

	ck_assert_int_eq(receiver_read(&receiver, -1), -EBADF);
	ck_assert_int_eq(receiver_watch(-1, &drops, &row), -EBADF);
	ck_assert_uint_eq(row.kernel_drops, 10);
	ck_assert_uint_eq(drops, 3);
}
END_TEST

START_TEST(a_receiver_may_be_closed_twice)
{
	struct receiver r;

	ck_assert_int_eq(receiver_open(&r, SIZE_MAX / RECEIVER_BATCH), -ENOMEM);
	receiver_close(&r);
	receiver_close(&r);
}
END_TEST

SUITE(receiver)
{
	TCase *tc = suite_case(s, "datagrams");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_datagram_comes_with_its_source);
	tcase_add_test(tc, an_ipv4_socket_tells_the_same_source);
	tcase_add_test(tc, a_batch_keeps_order_and_leaves_the_rest);
	tcase_add_test(tc, the_longest_datagram_is_whole);
	tcase_add_test(tc, a_datagram_longer_than_the_slot_is_cut_and_says_so);
	tcase_add_test(tc, arrival_is_when_the_kernel_got_it);
	tcase_add_test(tc, without_a_stamp_arrival_is_when_it_was_read);
	tcase_add_test(tc, sent_is_received_plus_kernel_drops);
	tcase_add_test(tc, the_drop_counter_may_wrap);
	tcase_add_test(tc, a_socket_that_is_gone_is_an_error);
	tcase_add_test(tc, a_receiver_may_be_closed_twice);
}
