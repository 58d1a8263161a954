#include "tests/support/nats_server.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const programs[] = {"/usr/sbin/nats-server", "/usr/bin/nats-server",
				       "/usr/local/bin/nats-server"};

static const char *program(void)
{
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
		if (access(programs[i], X_OK) == 0)
			return programs[i];
	return NULL;
}

bool nats_server_exists(void)
{
	if (program())
		return true;
	fprintf(stderr, "SKIPPED: there is no nats-server to test against\n");
	return false;
}

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
				    .sin_port = htons(port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static uint16_t free_port(void)
{
	struct sockaddr_in a = loopback(0);
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	close(fd);
	return ntohs(a.sin_port);
}

static int dial(uint16_t port)
{
	struct sockaddr_in a = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	close(fd);
	return -1;
}

void nats_server_init(struct nats_server *s, const char *config)
{
	memset(s, 0, sizeof(*s));
	s->port = free_port();
	snprintf(s->url, sizeof(s->url), "nats://127.0.0.1:%u", s->port);
	if (config) {
		int fd;

		strcpy(s->config, "/tmp/weir-nats-XXXXXX");
		fd = mkstemp(s->config);
		ck_assert_int_ge(fd, 0);
		ck_assert_int_eq(write(fd, config, strlen(config)), (ssize_t)strlen(config));
		close(fd);
	}
}

static void be_server(const struct nats_server *s)
{
	char port[8];
	int null = open("/dev/null", O_RDWR);

	snprintf(port, sizeof(port), "%u", s->port);
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* it never outlives the test */
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	if (s->config[0])
		execl(program(), "nats-server", "-a", "127.0.0.1", "-p", port, "-c", s->config,
		      (char *)NULL);
	else
		execl(program(), "nats-server", "-a", "127.0.0.1", "-p", port, (char *)NULL);
	_exit(127);
}

void nats_server_start(struct nats_server *s)
{
	s->pid = fork();
	ck_assert_int_ge(s->pid, 0);
	if (s->pid == 0)
		be_server(s);
	for (unsigned i = 0; i < 2000; i++) {
		int fd = dial(s->port);

		if (fd >= 0) {
			close(fd);
			return;
		}
		usleep(10000);
	}
	ck_abort_msg("nats-server does not start");
}

void nats_server_kill(struct nats_server *s)
{
	if (s->pid == 0)
		return;
	kill(s->pid, SIGKILL);
	ck_assert_int_eq(waitpid(s->pid, NULL, 0), s->pid);
	s->pid = 0;
}

void nats_server_pause(const struct nats_server *s)
{
	int status;

	kill(s->pid, SIGSTOP);
	ck_assert_int_eq(waitpid(s->pid, &status, WUNTRACED), s->pid);
}

void nats_server_resume(const struct nats_server *s)
{
	kill(s->pid, SIGCONT);
}

void nats_server_fini(struct nats_server *s)
{
	nats_server_kill(s);
	if (s->config[0])
		unlink(s->config);
}

/* --- the subscriber -----------------------------------------------------------------------------
 */

static void say(const struct nats_tap *t, const char *line)
{
	ck_assert_int_eq(write(t->fd, line, strlen(line)), (ssize_t)strlen(line));
}

static void take_message(struct nats_tap *t, FILE *in, const char *line)
{
	size_t len = strtoul(strrchr(line, ' ') + 1, NULL, 10);
	char *octets = calloc(1, len + 3);
	unsigned long number;

	if (fread(octets, 1, len + 2, in) == len + 2) { /* and its CR LF */
		number = strtoul(octets, NULL, 10);
		if (number < NATS_TAP_MAX)
			t->seen[number]++;
		t->octets += len;
		t->messages++;
	}
	free(octets);
}

static void *tap_run(void *closure)
{
	struct nats_tap *t = closure;
	FILE *in = fdopen(dup(t->fd), "r");
	char line[4096];

	while (fgets(line, sizeof(line), in)) {
		if (strncmp(line, "MSG ", 4) == 0)
			take_message(t, in, line);
		else if (strncmp(line, "PING", 4) == 0)
			(void)!write(t->fd, "PONG\r\n", 6);
	}
	fclose(in);
	return NULL;
}

/* Octet by octet, so that nothing behind the line is taken from the thread. */
static void await_line(const struct nats_tap *t, const char *start)
{
	char line[8192];
	size_t len = 0;

	for (;;) {
		ck_assert_uint_lt(len, sizeof(line));
		ck_assert_int_eq(read(t->fd, line + len, 1), 1);
		if (line[len++] != '\n')
			continue;
		if (strncmp(line, start, strlen(start)) == 0)
			return;
		len = 0;
	}
}

void nats_tap_open(struct nats_tap *t, uint16_t port, const char *subject, const char *login)
{
	char line[512];

	memset(t, 0, sizeof(*t));
	t->fd = dial(port);
	ck_assert_int_ge(t->fd, 0);
	await_line(t, "INFO");
	snprintf(line, sizeof(line), "CONNECT {\"verbose\":false,\"pedantic\":false%s%s}\r\n",
		 login[0] ? "," : "", login);
	say(t, line);
	snprintf(line, sizeof(line), "SUB %s 1\r\nPING\r\n", subject);
	say(t, line);
	await_line(t, "PONG");
	ck_assert_int_eq(pthread_create(&t->thread, NULL, tap_run, t), 0);
}

void nats_tap_close(struct nats_tap *t)
{
	shutdown(t->fd, SHUT_RDWR);
	pthread_join(t->thread, NULL);
	close(t->fd);
}
