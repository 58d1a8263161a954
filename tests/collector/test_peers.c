#include "collector/publish/peers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/suite.h"

static int listen_on(struct sockaddr_in *a)
{
	socklen_t len = sizeof(*a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*a = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	ck_assert_int_eq(bind(fd, (struct sockaddr *)a, sizeof(*a)), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)a, &len), 0);
	return fd;
}

static int dial(const struct sockaddr_in *a)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(connect(fd, (const struct sockaddr *)a, sizeof(*a)), 0);
	return fd;
}

START_TEST(only_sockets_that_lead_to_the_ports_are_shut_down)
{
	struct sockaddr_in a;
	struct sockaddr_in b;
	int listeners[2] = {listen_on(&a), listen_on(&b)};
	int to_a = dial(&a);
	int to_b = dial(&b);
	uint16_t ports[] = {1, ntohs(a.sin_port)};
	char octet;

	peers_shut_down(ports, 2);
	ck_assert_int_eq(recv(to_a, &octet, 1, MSG_DONTWAIT), 0); /* the end */
	ck_assert_int_eq(recv(to_b, &octet, 1, MSG_DONTWAIT), -1);
	ck_assert_int_eq(errno, EAGAIN);
	for (unsigned i = 0; i < 2; i++)
		close(listeners[i]);
	close(to_a);
	close(to_b);
}
END_TEST

SUITE(peers)
{
	TCase *tc = suite_case(s, "peers");

	tcase_add_test(tc, only_sockets_that_lead_to_the_ports_are_shut_down);
}
