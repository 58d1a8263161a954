#include "collector/receive/listener.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/conf/conf.h"
#include "tests/collector/peer.h"
#include "tests/support/suite.h"

static char error[CONF_ERROR_MAX];

static struct conf_listener conf_at(const char *address, uint16_t port)
{
	struct conf_listener conf = {.port = port, .rcvbuf_bytes = 1 << 16};

	snprintf(conf.address, sizeof(conf.address), "%s", address);
	return conf;
}

static int try_open(struct listener *l, const char *address, uint16_t port, bool share)
{
	struct conf_listener conf = conf_at(address, port);

	conf.share = share;
	error[0] = '\0';
	return listener_open(l, &conf, 2, error, sizeof(error));
}

static uint16_t port_of(int fd)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof(at);

	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	return ntohs(at.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&at)->sin6_port
					      : ((struct sockaddr_in *)&at)->sin_port);
}

START_TEST(every_worker_has_a_socket_on_the_port_the_kernel_picked)
{
	struct conf_listener conf = conf_at("127.0.0.1", 0);
	struct listener l;
	char addr[LISTENER_ADDR_MAX];

	ck_assert_int_eq(listener_open(&l, &conf, 5, error, sizeof(error)), 0);
	ck_assert_uint_eq(l.sockets_n, 5);
	ck_assert_uint_ne(l.port, 0);
	for (unsigned i = 0; i < 5; i++)
		ck_assert_uint_eq(port_of(l.sockets[i].fd), l.port);
	snprintf(addr, sizeof(addr), "127.0.0.1:%u", l.port);
	ck_assert_str_eq(l.addr, addr);
	ck_assert_uint_eq(l.rcvbuf_granted, 1 << 16);
	listener_close(&l);
	listener_close(&l);
}
END_TEST

START_TEST(a_dual_stack_listener_hears_both_families)
{
	static const struct addr sources[] = {{.octets = {127, 0, 0, 1}, .len = 4},
					      {.octets = {0xfd}, .len = 16}};
	struct conf_listener conf = conf_at("::", 0);
	struct listener l;
	char octet;

	ck_assert_int_eq(listener_open(&l, &conf, 1, error, sizeof(error)), 0);
	ck_assert_int_eq(strncmp(l.addr, "[::]:", 5), 0);
	for (unsigned i = 0; i < 2; i++) {
		peer_send_once(sources[i], l.port, "x", 1);
		ck_assert_int_eq(recv(l.sockets[0].fd, &octet, 1, 0), 1);
	}
	listener_close(&l);
}
END_TEST

START_TEST(a_second_weir_on_the_port_is_refused)
{
	static const char *const addresses[] = {"127.0.0.1", "0.0.0.0", "::"};
	struct listener first, second;
	char expected[CONF_ERROR_MAX];

	ck_assert_int_eq(try_open(&first, "127.0.0.1", 0, false), 0);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_int_eq(try_open(&second, addresses[i], first.port, false), -EADDRINUSE);
	ck_assert_int_eq(try_open(&second, "127.0.0.1", first.port, false), -EADDRINUSE);
	snprintf(expected, sizeof(expected),
		 "address in use: %s (another weir? \"share\": true allows it)", first.addr);
	ck_assert_str_eq(error, expected);
	listener_close(&second);
	listener_close(&first);
}
END_TEST

START_TEST(a_port_is_free_again_after_close)
{
	struct listener first, second;

	ck_assert_int_eq(try_open(&first, "127.0.0.1", 0, false), 0);
	second.port = first.port;
	listener_close(&first);
	ck_assert_int_eq(try_open(&second, "127.0.0.1", second.port, false), 0);
	listener_close(&second);
}
END_TEST

START_TEST(who_shares_may_enter_and_nobody_starves)
{
	struct listener first, second;
	unsigned got = 0;
	char octet;

	ck_assert_int_eq(try_open(&first, "127.0.0.1", 0, false), 0);
	ck_assert(first.steered);
	ck_assert_int_eq(try_open(&second, "127.0.0.1", first.port, true), 0);
	ck_assert(!second.steered);
	for (unsigned i = 0; i < 256; i++)
		peer_send_once((struct addr){.len = 4}, first.port, "x", 1);
	for (unsigned i = 0; i < 2; i++)
		while (recv(second.sockets[i].fd, &octet, 1, 0) == 1)
			got++;
	ck_assert_uint_gt(got, 0);
	ck_assert_uint_lt(got, 256);
	listener_close(&second);
	listener_close(&first);
}
END_TEST

START_TEST(a_port_of_somebody_who_does_not_share_stays_closed)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct listener l;

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(try_open(&l, "127.0.0.1", port_of(fd), true), -EADDRINUSE);
	ck_assert_ptr_nonnull(strstr(error, "address in use: 127.0.0.1:"));
	ck_assert_int_eq(try_open(&l, "127.0.0.1", port_of(fd), false), -EADDRINUSE);
	close(fd);
}
END_TEST

/* Opens the port as soon as the gate closes, tells how it went, and holds it until told. */
static void contend(uint16_t port, int gate, int verdict, int leave)
{
	struct listener l;
	char won, octet;

	(void)!read(gate, &octet, 1);
	won = try_open(&l, "127.0.0.1", port, false) == 0;
	(void)!write(verdict, &won, 1);
	(void)!read(leave, &octet, 1);
	_exit(0);
}

START_TEST(of_two_weirs_that_start_at_once_one_is_refused)
{
	int gate[2], verdict[2], leave[2];
	struct listener free_port;
	char won[2];

	ck_assert_int_eq(try_open(&free_port, "127.0.0.1", 0, false), 0);
	ck_assert_int_eq(pipe(gate) | pipe(verdict) | pipe(leave), 0);
	for (unsigned i = 0; i < 2; i++) {
		if (fork() != 0)
			continue;
		close(gate[1]);
		close(leave[1]);
		for (unsigned s = 0; s < free_port.sockets_n; s++)
			close(free_port.sockets[s].fd);
		contend(free_port.port, gate[0], verdict[1], leave[0]);
	}
	listener_close(&free_port);
	usleep(5000); /* both wait at the gate */
	close(gate[1]);
	for (unsigned i = 0; i < 2; i++)
		ck_assert_int_eq(read(verdict[0], &won[i], 1), 1);
	ck_assert_int_eq(won[0] + won[1], 1);
	close(leave[1]);
	while (wait(NULL) > 0)
		;
}
END_TEST

START_TEST(what_cannot_be_bound_is_named)
{
	struct listener l;

	ck_assert_int_lt(try_open(&l, "192.0.2.77", 2055, false), 0);
	ck_assert_str_eq(error,
			 "cannot listen on 192.0.2.77:2055: Cannot assign requested address");
	ck_assert_int_lt(try_open(&l, "router.example", 2055, false), 0);
	ck_assert_str_eq(error, "cannot listen on router.example:2055: Invalid argument");
	ck_assert_int_lt(try_open(&l, "2001:db8::77", 2055, false), 0);
	ck_assert_ptr_nonnull(strstr(error, "[2001:db8::77]:2055"));
}
END_TEST

/* From now on this process lives on a host without IPv6. */
static void lose_ipv6(void)
{
	struct sock_filter steps[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = 6, .filter = steps};

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static int open_without_ipv6(void)
{
	struct listener l;

	lose_ipv6();
	ck_assert_int_eq(try_open(&l, "::1", 0, false), -EAFNOSUPPORT);
	ck_assert_int_eq(try_open(&l, "::", 0, false), 0);
	ck_assert(l.only_ipv4);
	ck_assert_int_eq(strncmp(l.addr, "0.0.0.0:", 8), 0);
	ck_assert_uint_eq(l.sockets_n, 2);
	return 0;
}

START_TEST(without_ipv6_any_address_is_any_ipv4_address)
{
	pid_t child = fork(); /* a filter cannot be taken back */
	int status;

	if (child == 0)
		_exit(open_without_ipv6());
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

SUITE(listener)
{
	TCase *tc = suite_case(s, "group");

	tcase_add_test(tc, every_worker_has_a_socket_on_the_port_the_kernel_picked);
	tcase_add_test(tc, a_dual_stack_listener_hears_both_families);
	tcase_add_test(tc, what_cannot_be_bound_is_named);
	tcase_add_test(tc, without_ipv6_any_address_is_any_ipv4_address);
	tc = suite_case(s, "port");
	tcase_add_test(tc, a_second_weir_on_the_port_is_refused);
	tcase_add_test(tc, a_port_is_free_again_after_close);
	tcase_add_test(tc, who_shares_may_enter_and_nobody_starves);
	tcase_add_test(tc, a_port_of_somebody_who_does_not_share_stays_closed);
	tcase_add_loop_test(tc, of_two_weirs_that_start_at_once_one_is_refused, 0, 20);
}
