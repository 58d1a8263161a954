#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "metrics/http.h"
#include "tests/support/suite.h"

#define ANSWER_MAX 16384
#define PATIENCE_S 20
#define OF_ADDRESS 8 /* connections that one address may hold */

static int render_hello(void *ctx, struct http_page *out)
{
	out->status = *(const unsigned *)ctx;
	out->body = strdup("hello\n");
	out->len = 6;
	return 0;
}

static int render_nothing(void *ctx, struct http_page *out)
{
	(void)ctx;
	out->body = NULL;
	out->len = 0;
	return 0;
}

static int render_failure(void *ctx, struct http_page *out)
{
	(void)ctx;
	(void)out;
	return -ENOMEM;
}

static unsigned status_200 = 200;
static unsigned status_503 = 503;

static const struct http_route routes[] = {
	{"/hello", "text/plain; version=7", render_hello, &status_200},
	{"/busy", "application/json", render_hello, &status_503},
	{"/empty", "text/plain", render_nothing, NULL},
	{"/broken", "text/plain", render_failure, NULL},
};

static struct http *server;

static void start(void)
{
	ck_assert_int_eq(
		http_start("127.0.0.1", 0, routes, sizeof(routes) / sizeof(routes[0]), &server), 0);
	ck_assert_uint_ne(http_port(server), 0);
}

static void stop(void)
{
	http_stop(server);
	server = NULL;
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int dial(void)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(http_port(server)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static void say(int fd, const char *text)
{
	ck_assert_int_eq(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Everything until the server ends the stream, as a string. */
static const char *hear(int fd)
{
	static char answer[ANSWER_MAX];
	struct timeval patience = {.tv_sec = PATIENCE_S};
	size_t len = 0;
	ssize_t n;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	while ((n = recv(fd, answer + len, sizeof(answer) - 1 - len, 0)) > 0)
		len += (size_t)n;
	ck_assert_msg(n == 0 || errno == ECONNRESET, "the server did not end the stream");
	answer[len] = '\0';
	return answer;
}

static const char *ask(const char *request)
{
	int fd = dial();
	const char *answer;

	say(fd, request);
	answer = hear(fd);
	close(fd);
	return answer;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

START_TEST(a_page_comes_with_its_type_and_may_not_be_kept)
{
	const char *a = ask("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");

	ck_assert_msg(begins(a, "HTTP/1.1 200 "), "%s", a);
	ck_assert_ptr_nonnull(strstr(a, "\r\nContent-Type: text/plain; version=7\r\n"));
	ck_assert_ptr_nonnull(strstr(a, "\r\nCache-Control: no-store\r\n"));
	ck_assert_ptr_nonnull(strstr(a, "\r\nX-Content-Type-Options: nosniff\r\n"));
	ck_assert_ptr_nonnull(strstr(a, "\r\nContent-Length: 6\r\n"));
	ck_assert_ptr_nonnull(strstr(a, "\r\n\r\nhello\n"));
}
END_TEST

START_TEST(a_route_chooses_the_status)
{
	const char *a = ask("GET /busy HTTP/1.1\r\nHost: x\r\n\r\n");

	ck_assert_msg(begins(a, "HTTP/1.1 503 "), "%s", a);
	ck_assert_ptr_nonnull(strstr(a, "hello\n"));
}
END_TEST

START_TEST(an_empty_page_is_a_page)
{
	const char *a = ask("GET /empty HTTP/1.1\r\nHost: x\r\n\r\n");

	ck_assert_msg(begins(a, "HTTP/1.1 200 "), "%s", a);
	ck_assert_ptr_nonnull(strstr(a, "\r\nContent-Length: 0\r\n"));
}
END_TEST

START_TEST(a_route_that_fails_is_answered_with_500_and_counted)
{
	const char *a = ask("GET /broken HTTP/1.1\r\nHost: x\r\n\r\n");
	struct http_numbers n;

	ck_assert_msg(begins(a, "HTTP/1.1 500 "), "%s", a);
	http_numbers(server, &n);
	ck_assert_uint_eq(n.failures, 1);
	ck_assert_uint_eq(n.requests, 1);
	ck_assert_uint_eq(n.connections, 1);
}
END_TEST

START_TEST(head_has_the_length_but_no_body)
{
	const char *a = ask("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");

	ck_assert_msg(begins(a, "HTTP/1.1 200 "), "%s", a);
	ck_assert_ptr_nonnull(strstr(a, "\r\nContent-Length: 6\r\n"));
	ck_assert_ptr_null(strstr(a, "hello"));
}
END_TEST

START_TEST(http_1_0_without_a_host_is_answered)
{
	const char *a = ask("GET /hello HTTP/1.0\r\n\r\n");

	ck_assert_msg(begins(a, "HTTP/1."), "%s", a);
	ck_assert_ptr_nonnull(strstr(a, " 200 "));
	ck_assert_ptr_nonnull(strstr(a, "\r\n\r\nhello\n"));
}
END_TEST

START_TEST(a_query_does_not_change_the_path)
{
	ck_assert(begins(ask("GET /hello?x=1 HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP/1.1 200 "));
}
END_TEST

static const char *const strangers[] = {"/", "/hell", "/hello/", "/hello2", "/HELLO", "//hello"};

START_TEST(any_other_path_is_not_found)
{
	char request[100];

	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", strangers[_i]);
	ck_assert(begins(ask(request), "HTTP/1.1 404 "));
}
END_TEST

static const char *const methods[] = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"};

START_TEST(any_other_method_is_told_which_are_allowed)
{
	char request[100];
	const char *a;

	snprintf(request, sizeof(request), "%s /hello HTTP/1.1\r\nHost: x\r\n\r\n", methods[_i]);
	a = ask(request);
	ck_assert_msg(begins(a, "HTTP/1.1 405 "), "%s", a);
	ck_assert_ptr_nonnull(strstr(a, "\r\nAllow: GET, HEAD\r\n"));
}
END_TEST

START_TEST(a_body_is_not_waited_for)
{
	const char *a = ask("POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");

	ck_assert_msg(begins(a, "HTTP/1.1 405 "), "%s", a);
}
END_TEST

START_TEST(a_huge_path_is_refused_and_the_next_request_served)
{
	static char request[20000];
	const char *a;

	memset(request, 'a', sizeof(request) - 1);
	memcpy(request, "GET /", 5);
	memcpy(request + sizeof(request) - 40, " HTTP/1.1\r\nHost: x\r\n\r\n", 23);
	a = ask(request);
	ck_assert_msg(begins(a, "HTTP/1.1 414 ") || *a == '\0', "%s", a);
	ck_assert(begins(ask("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP/1.1 200 "));
}
END_TEST

START_TEST(garbage_is_survived)
{
	ask("\x16\x03\x01\x02\x01\r\n\r\n\r\n");
	ck_assert(begins(ask("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP/1.1 200 "));
}
END_TEST

/* True when the server has ended the stream; waits at most ms for it. */
static bool ended(int fd, int ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char c;

	return poll(&p, 1, ms) == 1 && recv(fd, &c, 1, MSG_DONTWAIT) <= 0;
}

START_TEST(a_slow_drip_is_cut_by_the_deadline)
{
	struct http_numbers n;
	double began;
	int fd;

	http_set_deadline(server, 1000);
	began = now_s();
	fd = dial();
	while (!ended(fd, 100) && now_s() < began + PATIENCE_S)
		send(fd, "G", 1, MSG_NOSIGNAL);
	ck_assert_double_ge(now_s() - began, 0.9);
	ck_assert_double_lt(now_s() - began, PATIENCE_S);
	http_numbers(server, &n);
	ck_assert_uint_eq(n.cut, 1);
	ck_assert_uint_eq(n.requests, 0);
	close(fd);
}
END_TEST

START_TEST(a_client_that_is_done_is_not_cut)
{
	struct http_numbers n;

	http_set_deadline(server, 200);
	ask("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
	usleep(600 * 1000);
	http_numbers(server, &n);
	ck_assert_uint_eq(n.cut, 0);
}
END_TEST

/* Dials until the server has let in as many as one address may hold. */
static void hold(int *fds)
{
	struct http_numbers n;
	double until = now_s() + PATIENCE_S;

	for (int i = 0; i < OF_ADDRESS; i++)
		fds[i] = dial();
	do {
		usleep(1000);
		http_numbers(server, &n);
	} while (n.connections < OF_ADDRESS && now_s() < until);
	ck_assert_uint_eq(n.connections, OF_ADDRESS);
}

START_TEST(an_address_that_holds_its_share_gets_no_more)
{
	int fds[OF_ADDRESS];
	struct http_numbers n;

	hold(fds);
	for (int i = OF_ADDRESS; i < 40; i++) {
		int fd = dial();

		ck_assert(ended(fd, PATIENCE_S * 1000));
		close(fd);
	}
	http_numbers(server, &n);
	ck_assert_uint_eq(n.refused, 40 - OF_ADDRESS);
	for (int i = 0; i < OF_ADDRESS; i++)
		close(fds[i]);
}
END_TEST

START_TEST(a_share_that_was_given_back_can_be_used_again)
{
	int fds[OF_ADDRESS];
	double until = now_s() + PATIENCE_S;
	bool served = false;

	hold(fds);
	for (int i = 0; i < OF_ADDRESS; i++)
		close(fds[i]);
	while (!served && now_s() < until) {
		int fd = dial();

		send(fd, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n", 32, MSG_NOSIGNAL);
		served = begins(hear(fd), "HTTP/1.1 200 ");
		close(fd);
	}
	ck_assert(served);
}
END_TEST

START_TEST(another_address_is_served_while_one_holds_its_share)
{
	struct sockaddr_in from = {.sin_family = AF_INET};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(http_port(server))};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int fds[OF_ADDRESS];

	hold(fds);
	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&from, sizeof(from)), 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	say(fd, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert(begins(hear(fd), "HTTP/1.1 200 "));
	close(fd);
	for (int i = 0; i < OF_ADDRESS; i++)
		close(fds[i]);
}
END_TEST

START_TEST(stopping_cuts_half_open_connections_at_once)
{
	int fds[OF_ADDRESS];
	double began;

	hold(fds);
	for (int i = 0; i < OF_ADDRESS / 2; i++)
		say(fds[i], "GET /hello HTT");
	began = now_s();
	stop();
	ck_assert_double_lt(now_s() - began, 2.5);
	for (int i = 0; i < OF_ADDRESS; i++) {
		ck_assert(ended(fds[i], PATIENCE_S * 1000));
		close(fds[i]);
	}
}
END_TEST

START_TEST(a_taken_port_is_refused_by_its_name)
{
	struct http *second;

	ck_assert_int_eq(http_start("127.0.0.1", http_port(server), routes, 1, &second),
			 -EADDRINUSE);
	ck_assert_ptr_null(second);
	http_stop(second);
}
END_TEST

static const char *const no_addresses[] = {"", "localhost", "127.0.0.1:80", "[::1]", "300.0.0.1"};

START_TEST(what_is_not_an_address_is_refused)
{
	struct http *none;

	ck_assert_int_eq(http_start(no_addresses[_i], 0, routes, 1, &none), -EINVAL);
	ck_assert_ptr_null(none);
}
END_TEST

static const char *const six[] = {"::1", "::"};

START_TEST(serves_ipv6)
{
	struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int err = http_start(six[_i], 0, routes, 1, &server);

	if (err == -EAFNOSUPPORT || err == -EADDRNOTAVAIL)
		return; /* a machine without IPv6 */
	ck_assert_int_eq(err, 0);
	to.sin6_port = htons(http_port(server));
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	say(fd, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert(begins(hear(fd), "HTTP/1.1 200 "));
	close(fd);
	if (_i == 1) /* the wildcard is dual stack */
		ck_assert(begins(ask("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP/1.1 200 "));
	stop();
}
END_TEST

#define LOOP(tc, test, table) tcase_add_loop_test(tc, test, 0, sizeof(table) / sizeof((table)[0]))

SUITE(http)
{
	TCase *tc = suite_case(s, "requests");

	tcase_add_checked_fixture(tc, start, stop);
	tcase_add_test(tc, a_page_comes_with_its_type_and_may_not_be_kept);
	tcase_add_test(tc, a_route_chooses_the_status);
	tcase_add_test(tc, an_empty_page_is_a_page);
	tcase_add_test(tc, a_route_that_fails_is_answered_with_500_and_counted);
	tcase_add_test(tc, head_has_the_length_but_no_body);
	tcase_add_test(tc, http_1_0_without_a_host_is_answered);
	tcase_add_test(tc, a_query_does_not_change_the_path);
	LOOP(tc, any_other_path_is_not_found, strangers);
	LOOP(tc, any_other_method_is_told_which_are_allowed, methods);
	tcase_add_test(tc, a_body_is_not_waited_for);
	tcase_add_test(tc, a_huge_path_is_refused_and_the_next_request_served);
	tcase_add_test(tc, garbage_is_survived);
	tc = suite_case(s, "limits");
	tcase_add_checked_fixture(tc, start, stop);
	tcase_set_timeout(tc, 3 * PATIENCE_S);
	tcase_add_test(tc, a_slow_drip_is_cut_by_the_deadline);
	tcase_add_test(tc, a_client_that_is_done_is_not_cut);
	tcase_add_test(tc, an_address_that_holds_its_share_gets_no_more);
	tcase_add_test(tc, a_share_that_was_given_back_can_be_used_again);
	tcase_add_test(tc, another_address_is_served_while_one_holds_its_share);
	tcase_add_test(tc, stopping_cuts_half_open_connections_at_once);
	tcase_add_test(tc, a_taken_port_is_refused_by_its_name);
	tc = suite_case(s, "addresses");
	LOOP(tc, what_is_not_an_address_is_refused, no_addresses);
	LOOP(tc, serves_ipv6, six);
}
