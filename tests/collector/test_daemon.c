#include "collector/daemon.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/clock.h"
#include "collector/conf/conf.h"
#include "collector/log/log.h"
#include "tests/collector/peer.h"
#include "tests/support/suite.h"

#define PATIENCE_MS 30000

static struct conf conf;
static char said[1 << 16]; /* what the daemon wrote to stderr so far */
static int said_fd, out_fd;
static int reader_fd; /* the far end if out_fd is a pipe; -1 */
static pid_t child;

/* NetFlow v5, one record. */
static const uint8_t netflow5[72] = {0, 5, 0, 1, [24] = 192, 0, 2, 1, 192, 0, 2, 2};
static const struct addr exporter = {.octets = {127, 0, 0, 5}, .len = 4};

static int scratch_file(void)
{
	char name[] = "/tmp/weir-daemon-XXXXXX";
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	unlink(name);
	return fd;
}

static void setup(void)
{
	conf_init(&conf);
	conf.listeners_n = 1;
	conf.listeners[0] = (struct conf_listener){
		.address = "127.0.0.1", .protocols = UINT32_MAX, .rcvbuf_bytes = 1 << 20};
	conf.http.enabled = false;
	conf.workers = 2;
	conf.output.type = OUTPUT_STDOUT;
	conf.shutdown_timeout_ms = 20000;
	said_fd = scratch_file();
	out_fd = scratch_file();
	reader_fd = -1;
	child = 0;
}

static void teardown(void)
{
	if (child)
		kill(child, SIGKILL);
	close(said_fd);
	close(out_fd);
	conf_fini(&conf);
}

static void daemon_fork(void)
{
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child != 0)
		return;
	dup2(out_fd, STDOUT_FILENO);
	dup2(said_fd, STDERR_FILENO);
	close(reader_fd);
	exit(daemon_run(&conf));
}

static const char *listen_in(void)
{
	ssize_t n = pread(said_fd, said, sizeof(said) - 1, 0);

	said[n > 0 ? n : 0] = '\0';
	return said;
}

#define wait_until(condition)                                                                     \
	do {                                                                                      \
		uint64_t until_ms = clock_mono_ms() + PATIENCE_MS;                                \
		while (!(condition) && clock_mono_ms() < until_ms)                                \
			usleep(2000);                                                             \
		ck_assert_msg((condition), "waited in vain for " #condition "\n%s", listen_in()); \
	} while (0)

/* The port behind "addr=127.0.0.1:" in the line with this message. */
static uint16_t port_said(const char *msg)
{
	const char *line, *addr;

	wait_until((line = strstr(listen_in(), msg)) != NULL && strchr(line, '\n') != NULL);
	addr = strstr(line, "addr=127.0.0.1:");
	ck_assert_ptr_nonnull(addr);
	return (uint16_t)strtoul(addr + 15, NULL, 10);
}

static uint16_t daemon_up(void)
{
	daemon_fork();
	return port_said("msg=listening");
}

static int daemon_ended(void)
{
	int status;

	ck_assert_int_eq(waitpid(child, &status, 0), child);
	child = 0;
	listen_in();
	ck_assert_msg(WIFEXITED(status), "status %d\n%s", status, said);
	return WEXITSTATUS(status);
}

static unsigned long long summary(const char *key)
{
	const char *line = strstr(said, "msg=summary");
	char pair[64];

	ck_assert_msg(line != NULL, "%s", said);
	snprintf(pair, sizeof(pair), " %s=", key);
	line = strstr(line, pair);
	ck_assert_msg(line != NULL, "%s\n%s", key, said);
	return strtoull(line + strlen(pair), NULL, 10);
}

static unsigned lines_out(void)
{
	char octets[4096];
	unsigned lines = 0;
	off_t at = 0;
	ssize_t n;

	while ((n = pread(out_fd, octets, sizeof(octets), at)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			lines += octets[i] == '\n';
		at += n;
	}
	return lines;
}

static void send_flows(uint16_t port, unsigned n)
{
	int peer = peer_open(exporter, 0, port);

	for (unsigned i = 0; i < n; i++)
		peer_send(peer, netflow5, sizeof(netflow5));
	close(peer);
}

static void balances(void)
{
	ck_assert_ptr_null(strstr(said, "balance"));
	ck_assert_uint_eq(summary("flows"),
			  summary("published") + summary("dropped") + summary("unknown"));
}

/* How many lines of this level were said. */
static unsigned lines_said(const char *level)
{
	unsigned n = 0;

	for (const char *p = said; (p = strstr(p, level)) != NULL; p++)
		n++;
	return n;
}

START_TEST(a_signal_ends_it_with_everything_delivered)
{
	static const int signals[] = {SIGTERM, SIGINT};

	send_flows(daemon_up(), 100);
	kill(child, signals[_i]); /* the datagrams may still be in the sockets */
	ck_assert_int_eq(daemon_ended(), 0);
	ck_assert_uint_eq(summary("datagrams"), 100);
	ck_assert_uint_eq(summary("flows"), 100);
	ck_assert_uint_eq(summary("published"), 100);
	ck_assert_uint_eq(summary("kernel_drops"), 0);
	ck_assert_uint_eq(lines_out(), 100);
	balances();
}
END_TEST

START_TEST(a_burst_too_large_for_the_socket_is_accounted_for)
{
	conf.listeners[0].rcvbuf_bytes = 1 << 13;
	send_flows(daemon_up(), 20000);
	kill(child, SIGTERM);
	ck_assert_int_eq(daemon_ended(), 0);
	ck_assert_uint_eq(summary("datagrams") + summary("kernel_drops"), 20000);
	ck_assert_uint_eq(summary("flows"), summary("datagrams"));
	ck_assert_uint_eq(summary("published"), lines_out());
	balances();
}
END_TEST

START_TEST(it_stops_while_datagrams_keep_coming)
{
	uint16_t port = daemon_up();
	pid_t flood = fork();

	if (flood == 0) {
		int fd = peer_open(exporter, 0, port);

		for (;;) /* refused once the port is closed */
			(void)!send(fd, netflow5, sizeof(netflow5), 0);
	}
	usleep(100000);
	kill(child, SIGTERM);
	ck_assert_int_eq(daemon_ended(), 0);
	kill(flood, SIGKILL);
	waitpid(flood, NULL, 0);
	ck_assert_uint_gt(summary("datagrams"), 0);
	ck_assert_uint_eq(summary("published") + summary("dropped"), summary("flows"));
	ck_assert_uint_eq(summary("published"), lines_out());
	balances();
}
END_TEST

static unsigned entries(const char *path)
{
	DIR *dir = opendir(path);
	unsigned n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

START_TEST(the_summary_is_said_at_any_log_level)
{
	char tasks[64];

	conf.log.level = LOG_ERROR;
	daemon_fork();
	snprintf(tasks, sizeof(tasks), "/proc/%d/task", child);
	wait_until(entries(tasks) >= 2 + 4); /* . and .., main, publisher, two workers */
	kill(child, SIGTERM);
	ck_assert_int_eq(daemon_ended(), 0);
	ck_assert_uint_eq(summary("datagrams"), 0);
	ck_assert_ptr_null(strstr(said, "msg=listening"));
}
END_TEST

START_TEST(sighup_does_not_end_it)
{
	daemon_up();
	kill(child, SIGHUP);
	wait_until(strstr(listen_in(), "reload not yet supported") != NULL);
	kill(child, SIGTERM);
	ck_assert_int_eq(daemon_ended(), 0);
}
END_TEST

START_TEST(a_second_weir_is_refused_in_one_line)
{
	pid_t first;
	int first_said = said_fd;

	conf.listeners[0].port = daemon_up();
	first = child;
	said_fd = scratch_file();
	daemon_fork();
	ck_assert_int_eq(daemon_ended(), 1);
	ck_assert_ptr_nonnull(strstr(said, "address in use: 127.0.0.1:"));
	ck_assert_ptr_nonnull(strstr(said, "share"));
	ck_assert_ptr_null(strstr(said, "msg=summary"));
	ck_assert_uint_eq(lines_said("level=error"), 1);
	close(said_fd);
	said_fd = first_said;
	child = first;
	kill(child, SIGTERM);
	ck_assert_int_eq(daemon_ended(), 0);
}
END_TEST

START_TEST(an_output_that_cannot_be_opened_fails_the_start)
{
	conf.output.type = OUTPUT_FILE;
	strcpy(conf.output.path, "/nonexistent/flows.json");
	daemon_fork();
	ck_assert_int_eq(daemon_ended(), 1);
	ck_assert_uint_eq(lines_said("level=error"), 1);
	ck_assert_ptr_nonnull(strstr(said, "/nonexistent/flows.json"));
	ck_assert_ptr_null(strstr(said, "msg=listening"));
}
END_TEST

START_TEST(a_port_that_http_cannot_have_fails_the_start)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	conf.http.enabled = true;
	strcpy(conf.http.address, "127.0.0.1");
	conf.http.port = ntohs(at.sin_port);
	daemon_fork();
	ck_assert_int_eq(daemon_ended(), 1);
	ck_assert_uint_eq(lines_said("level=error"), 1);
	ck_assert_ptr_nonnull(strstr(said, "cannot serve HTTP on 127.0.0.1:"));
	close(fd);
}
END_TEST

static void output_to_pipe(void)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	close(out_fd);
	out_fd = ends[1];
	reader_fd = ends[0];
}

START_TEST(nobody_reading_its_output_any_more_ends_it)
{
	uint16_t port;

	output_to_pipe();
	port = daemon_up();
	close(reader_fd);
	send_flows(port, 1);
	ck_assert_int_eq(daemon_ended(), 1);
	ck_assert_ptr_nonnull(strstr(said, "output is gone"));
	balances();
}
END_TEST

/* A daemon whose output takes nothing more, with much waiting. */
static void daemon_blocked(uint64_t timeout_ms)
{
	output_to_pipe();
	conf.shutdown_timeout_ms = timeout_ms;
	conf.workers = 1;
	send_flows(daemon_up(), 3000);
}

START_TEST(an_output_that_hangs_costs_no_more_than_the_deadline)
{
	uint64_t began_ms;

	daemon_blocked(500);
	began_ms = clock_mono_ms();
	kill(child, SIGTERM);
	ck_assert_int_eq(daemon_ended(), 0);
	ck_assert_uint_lt(clock_mono_ms() - began_ms, 15000);
	ck_assert_uint_eq(summary("datagrams") + summary("kernel_drops"), 3000);
	ck_assert_uint_gt(summary("dropped") + summary("unknown"), 0);
	balances();
	close(reader_fd);
}
END_TEST

START_TEST(a_second_signal_ends_it_at_once)
{
	daemon_blocked(3600000);
	kill(child, SIGTERM);
	wait_until(strstr(listen_in(), "msg=stopping") != NULL);
	kill(child, SIGTERM);
	ck_assert_int_eq(daemon_ended(), 1);
	ck_assert_ptr_nonnull(strstr(said, "second signal"));
	close(reader_fd);
}
END_TEST

/* The status line of a GET. */
static void get(uint16_t port, const char *path, char *answer, size_t size)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char request[128];
	ssize_t n;
	size_t len = 0;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	snprintf(request, sizeof(request), "GET %s HTTP/1.0\r\nHost: weir\r\n\r\n", path);
	ck_assert_int_eq(write(fd, request, strlen(request)), (ssize_t)strlen(request));
	while (len < size - 1 && (n = read(fd, answer + len, size - 1 - len)) > 0)
		len += (size_t)n;
	answer[len] = '\0';
	close(fd);
}

START_TEST(its_pages_tell_what_it_does)
{
	static char answer[1 << 20];
	uint16_t http, port;

	conf.http.enabled = true;
	strcpy(conf.http.address, "127.0.0.1");
	conf.http.port = 0;
	port = daemon_up();
	http = port_said("http listening");
	send_flows(port, 10);
	wait_until(lines_out() == 10);
	get(http, "/readyz", answer, sizeof(answer));
	ck_assert_ptr_nonnull(strstr(answer, " 200 "));
	get(http, "/healthz", answer, sizeof(answer));
	ck_assert_ptr_nonnull(strstr(answer, " 200 "));
	get(http, "/metrics", answer, sizeof(answer));
	ck_assert_ptr_nonnull(strstr(answer, "weir_flows_decoded_total"));
	kill(child, SIGTERM);
	ck_assert_int_eq(daemon_ended(), 0);
	balances();
}
END_TEST

START_TEST(a_check_makes_everything_and_starts_nothing)
{
	char error[CONF_ERROR_MAX] = "";
	unsigned fds = entries("/proc/self/fd"), threads = entries("/proc/self/task");

	conf.listeners[0].port = daemon_up(); /* taken: nobody tries to bind it */
	ck_assert_int_eq(daemon_check(&conf, error, sizeof(error)), 0);
	ck_assert_str_eq(error, "");
	ck_assert_uint_eq(entries("/proc/self/fd"), fds);
	ck_assert_uint_eq(entries("/proc/self/task"), threads);
	kill(child, SIGTERM);
	ck_assert_int_eq(daemon_ended(), 0);
}
END_TEST

SUITE(daemon)
{
	TCase *tc = suite_case(s, "end");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, a_signal_ends_it_with_everything_delivered, 0, 2);
	tcase_add_test(tc, a_burst_too_large_for_the_socket_is_accounted_for);
	tcase_add_test(tc, it_stops_while_datagrams_keep_coming);
	tcase_add_test(tc, the_summary_is_said_at_any_log_level);
	tcase_add_test(tc, sighup_does_not_end_it);
	tcase_add_test(tc, nobody_reading_its_output_any_more_ends_it);
	tcase_add_test(tc, an_output_that_hangs_costs_no_more_than_the_deadline);
	tcase_add_test(tc, a_second_signal_ends_it_at_once);
	tc = suite_case(s, "start");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, a_second_weir_is_refused_in_one_line);
	tcase_add_test(tc, an_output_that_cannot_be_opened_fails_the_start);
	tcase_add_test(tc, a_port_that_http_cannot_have_fails_the_start);
	tcase_add_test(tc, its_pages_tell_what_it_does);
	tcase_add_test(tc, a_check_makes_everything_and_starts_nothing);
}
