#include "collector/log/log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "collector/log/log_line.h"

static const char *const level_names[LOG_LEVEL_COUNT] = {"error", "warn", "info", "debug"};

/* Written by log_setup(), read by everybody; each stands for itself. */
static _Atomic int level_max = LOG_INFO;
static _Atomic int line_format = LOG_LOGFMT;
static _Atomic uint64_t lines[LOG_LEVEL_COUNT];
static _Atomic uint64_t swallowed_lines;

static bool is_printable(char c)
{
	return c >= 0x20 && c < 0x7f;
}

/* The last fence: whoever forgot log_text() still cannot break the line or reach the terminal. */
static void controls_blank(char *s)
{
	for (; *s; s++)
		if (!is_printable(*s))
			*s = '?';
}

/* Never waits: a pipe that is full because nobody reads it would hold up a worker, and with it
 * reception, or the main thread, and with it SIGTERM. What poll() calls writable takes LOG_LINE_MAX
 * octets; the lock keeps two threads from going by the same room. */
static ssize_t write_if_room(const char *line, size_t len)
{
	static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
	struct pollfd p = {.fd = STDERR_FILENO, .events = POLLOUT};
	ssize_t n = -1;

	pthread_mutex_lock(&turn);
	if (poll(&p, 1, 0) > 0)
		n = write(STDERR_FILENO, line, len);
	pthread_mutex_unlock(&turn);
	return n;
}

static void line_send(enum log_level level, const char *line, size_t len)
{
	if (write_if_room(line, len) == (ssize_t)len)
		atomic_fetch_add_explicit(&lines[level], 1, memory_order_relaxed);
	else
		atomic_fetch_add_explicit(&swallowed_lines, 1, memory_order_relaxed);
}

void log_setup(enum log_level level, enum log_format format)
{
	atomic_store_explicit(&level_max, (int)level, memory_order_relaxed);
	atomic_store_explicit(&line_format, (int)format, memory_order_relaxed);
}

bool log_enabled(enum log_level level)
{
	return (int)level <= atomic_load_explicit(&level_max, memory_order_relaxed);
}

void log_write(enum log_level level, const char *module, const char *msg, const char *format, ...)
{
	struct log_event event = {.level = level_names[level], .module = module, .msg = msg};
	int saved = errno;
	char pairs[LOG_PAIRS_MAX];
	char line[LOG_LINE_MAX];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(pairs, sizeof(pairs), format, args);
	va_end(args);
	if (n < 0)
		pairs[0] = '\0';
	controls_blank(pairs);
	event.pairs = pairs;
	event.cut = n >= (int)sizeof(pairs);
	n = atomic_load_explicit(&line_format, memory_order_relaxed);
	line_send(level, line, log_line(line, (enum log_format)n, &event));
	errno = saved;
}

bool log_pass(struct log_limit *limit, uint64_t now_mono_ms, uint64_t interval_ms,
	      uint64_t *swallowed)
{
	if (now_mono_ms < limit->next_ms) {
		limit->swallowed++;
		atomic_fetch_add_explicit(&swallowed_lines, 1, memory_order_relaxed);
		return false;
	}
	*swallowed = limit->swallowed;
	limit->swallowed = 0;
	limit->next_ms = now_mono_ms + interval_ms;
	return true;
}

uint64_t log_lines(enum log_level level)
{
	return atomic_load_explicit(&lines[level], memory_order_relaxed);
}

uint64_t log_swallowed(void)
{
	return atomic_load_explicit(&swallowed_lines, memory_order_relaxed);
}
