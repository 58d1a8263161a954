#include "collector/receive/steer.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector/conf/conf.h"
#include "collector/receive/listener.h"
#include "tests/collector/peer.h"
#include "tests/support/suite.h"

#define SOURCES     3400 /* of each kind: more than 10,000 in all */
#define SOCKETS_MAX 4

static struct listener group_of(const char *address, unsigned sockets)
{
	struct conf_listener conf = {.rcvbuf_bytes = 1 << 16};
	struct listener l;
	char error[CONF_ERROR_MAX];

	snprintf(conf.address, sizeof(conf.address), "%s", address);
	ck_assert_msg(listener_open(&l, &conf, sockets, error, sizeof(error)) == 0, "%s", error);
	ck_assert(l.steered);
	return l;
}

/* Which socket has a datagram, and takes it; loopback delivers before send() returns. */
static unsigned taken_by(const struct listener *l)
{
	char octets[16];

	for (unsigned i = 0; i < l->sockets_n; i++)
		if (recv(l->sockets[i].fd, octets, sizeof(octets), MSG_DONTWAIT) >= 0)
			return i;
	ck_abort_msg("nobody got the datagram");
	return 0;
}

/* Half of them counted up as an address plan does, half of them scattered. IPv4 routes only what
 * the host owns: all of 127.0.0.0/8. */
static struct addr source_nth(unsigned i, uint8_t len)
{
	uint32_t n = i % 2 ? i * 2654435761u : i / 2 + 1;
	struct addr a = {.octets = {127, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n},
			 .len = len};

	if (len == 16) {
		memset(a.octets, 0, sizeof(a.octets));
		a.octets[0] = 0xfd;
		a.octets[i % 3 + 1] = (uint8_t)(n >> 24);
		for (unsigned b = 0; b < 3; b++)
			a.octets[15 - b - i % 4 * 3] = (uint8_t)(n >> 8 * b);
	}
	return a;
}

static void sweep(const char *address, uint8_t len, unsigned sockets)
{
	struct listener l = group_of(address, sockets);
	unsigned got[SOCKETS_MAX] = {0};

	for (unsigned i = 0; i < SOURCES; i++) {
		struct addr source = source_nth(i, len);
		unsigned by;

		peer_send_once(source, l.port, "x", 1);
		by = taken_by(&l);
		ck_assert_uint_eq(by, steer_pick(&source, sockets));
		got[by]++;
	}
	for (unsigned i = 0; i < sockets; i++)
		ck_assert_uint_gt(got[i], SOURCES / sockets * 3 / 4);
	listener_close(&l);
}

START_TEST(the_kernel_picks_as_the_twin_does)
{
	sweep("127.0.0.1", 4, (unsigned)_i);
	sweep("::", 4, (unsigned)_i);
	sweep("::", 16, (unsigned)_i);
}
END_TEST

START_TEST(a_source_has_one_socket_whatever_its_ports)
{
	struct listener l = group_of("::", (unsigned)_i);

	for (unsigned i = 0; i < 400; i++) {
		struct addr source = source_nth(i / 2, i % 2 ? 16 : 4);
		unsigned home = steer_pick(&source, l.sockets_n);

		for (unsigned port = 0; port < 4; port++) {
			peer_send_once(source, l.port, "x", 1);
			ck_assert_uint_eq(taken_by(&l), home);
		}
	}
	listener_close(&l);
}
END_TEST

START_TEST(without_the_program_the_kernel_splits_sources)
{
	struct listener l = group_of("127.0.0.1", 2);
	struct addr source = source_nth(1, 4);
	unsigned got[2] = {0};

	steer_detach(l.sockets[0].fd);
	for (unsigned i = 0; i < 64; i++) {
		peer_send_once(source, l.port, "x", 1);
		got[taken_by(&l)]++;
	}
	ck_assert_uint_gt(got[0], 0);
	ck_assert_uint_gt(got[1], 0);
	listener_close(&l);
}
END_TEST

START_TEST(a_group_of_none_and_a_socket_in_no_group_are_refused)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ck_assert_int_lt(steer_attach(fd, 0), 0);
	ck_assert_int_lt(steer_attach(fd, 2), 0);
	steer_detach(fd);
	close(fd);
}
END_TEST

SUITE(steer)
{
	TCase *tc = suite_case(s, "program");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, the_kernel_picks_as_the_twin_does, 1, SOCKETS_MAX + 1);
	tcase_add_loop_test(tc, a_source_has_one_socket_whatever_its_ports, 1, SOCKETS_MAX + 1);
	tcase_add_test(tc, without_the_program_the_kernel_splits_sources);
	tcase_add_test(tc, a_group_of_none_and_a_socket_in_no_group_are_refused);
}
