#include "collector/receive/udp.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/collector/peer.h"
#include "tests/support/suite.h"

static const struct addr anybody = {.len = 4};

static int socket_bound(uint16_t *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);
	int fd = udp_open(AF_INET);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static unsigned read_all(int fd)
{
	char octets[2048];
	unsigned n = 0;

	while (recv(fd, octets, sizeof(octets), 0) >= 0)
		n++;
	ck_assert_int_eq(errno, EAGAIN);
	return n;
}

static struct udp_queue queue_of(int fd)
{
	struct udp_queue q;

	ck_assert_int_eq(udp_queue(fd, &q), 0);
	return q;
}

START_TEST(a_socket_neither_blocks_nor_survives_exec)
{
	int fd = udp_open(AF_INET6);

	ck_assert_int_ge(fd, 0);
	ck_assert_uint_eq(read_all(fd), 0);
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	close(fd);
}
END_TEST

START_TEST(a_family_unknown_to_the_host_is_an_error)
{
	ck_assert_int_lt(udp_open(-1), 0);
}
END_TEST

START_TEST(behind_the_fence_the_queue_stays_and_arrivals_are_drops)
{
	uint16_t port;
	int fd = socket_bound(&port);

	peer_send_once(anybody, port, "before", 6);
	ck_assert_int_eq(udp_fence(fd), 0);
	for (unsigned i = 0; i < 3; i++)
		peer_send_once(anybody, port, "during", 6);
	ck_assert_uint_eq(read_all(fd), 1);
	ck_assert_uint_eq(queue_of(fd).drops, 3);
	ck_assert_int_eq(udp_unfence(fd), 0);
	peer_send_once(anybody, port, "after", 5);
	ck_assert_uint_eq(read_all(fd), 1);
	ck_assert_uint_eq(queue_of(fd).drops, 3);
	close(fd);
}
END_TEST

START_TEST(what_is_read_and_what_is_dropped_is_what_was_sent)
{
	char octets[1400] = {0};
	uint16_t port;
	int fd = socket_bound(&port), peer = peer_open(anybody, 0, port);
	unsigned n;

	udp_rcvbuf(fd, 1 << 16);
	for (unsigned i = 0; i < 500; i++)
		peer_send(peer, octets, sizeof(octets));
	ck_assert_uint_gt(queue_of(fd).queued_bytes, 0);
	n = read_all(fd);
	ck_assert_uint_gt(n, 0);
	ck_assert_uint_gt(queue_of(fd).drops, 0);
	ck_assert_uint_eq(n + queue_of(fd).drops, 500);
	ck_assert_uint_eq(queue_of(fd).queued_bytes, 0);
	close(peer);
	close(fd);
}
END_TEST

START_TEST(the_receive_buffer_is_told_in_the_unit_it_was_asked_in)
{
	int fd = udp_open(AF_INET);

	ck_assert_uint_eq(udp_rcvbuf(fd, 100000), 100000);
	ck_assert_uint_eq(queue_of(fd).rcvbuf_bytes, 200000);
	ck_assert_uint_eq(udp_rcvbuf(fd, 0), 100000);
	ck_assert_uint_gt(udp_rcvbuf(fd, UINT64_MAX), 0);
	close(fd);
	ck_assert_uint_eq(udp_rcvbuf(fd, 100000), 0);
}
END_TEST

START_TEST(a_closed_socket_has_no_queue)
{
	struct udp_queue q = {.drops = 7};
	int fd = udp_open(AF_INET);

	close(fd);
	ck_assert_int_eq(udp_queue(fd, &q), -EBADF);
	ck_assert_uint_eq(q.drops, 0);
	ck_assert_int_eq(udp_fence(fd), -EBADF);
}
END_TEST

SUITE(udp)
{
	TCase *tc = suite_case(s, "socket");

	tcase_add_test(tc, a_socket_neither_blocks_nor_survives_exec);
	tcase_add_test(tc, a_family_unknown_to_the_host_is_an_error);
	tcase_add_test(tc, behind_the_fence_the_queue_stays_and_arrivals_are_drops);
	tcase_add_test(tc, what_is_read_and_what_is_dropped_is_what_was_sent);
	tcase_add_test(tc, the_receive_buffer_is_told_in_the_unit_it_was_asked_in);
	tcase_add_test(tc, a_closed_socket_has_no_queue);
}
