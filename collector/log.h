/* The only voice: one line an event on stderr, key=value (or one JSON object a line).
 *
 *	log_info("listening", "addr=%s workers=%u", addr, n);
 *
 * The message is a few lower-case words without a full stop; what varies goes into key=value pairs.
 * error: a human now. warn: a human someday. info: life events. debug: off by default.
 * Any thread. Nothing is logged per datagram but through log_limited(). Octets from the wire never
 * enter a line unescaped: log_text() makes them fit.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_LOGFMT, LOG_JSON };

/* Before any other thread runs. */
void log_setup(enum log_level level, enum log_format format);

bool log_enabled(enum log_level level);
void log_write(enum log_level level, const char *module, const char *msg, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#ifndef LOG_MODULE
#define LOG_MODULE "weir"
#endif

#define log_at(level, msg, ...)                                             \
	do {                                                                \
		if (log_enabled(level))                                     \
			log_write((level), LOG_MODULE, (msg), __VA_ARGS__); \
	} while (0)

/* The format may be "" when there is nothing to add. */
#define log_error(msg, ...) log_at(LOG_ERROR, (msg), __VA_ARGS__)
#define log_warn(msg, ...)  log_at(LOG_WARN, (msg), __VA_ARGS__)
#define log_info(msg, ...)  log_at(LOG_INFO, (msg), __VA_ARGS__)
#define log_debug(msg, ...) log_at(LOG_DEBUG, (msg), __VA_ARGS__)

/* A limiter of one cause, owned by one thread (a zeroed one is ready). log_pass() says whether a
 * line may be written now, at most one in interval_ms, and how many were swallowed since. */
struct log_limit {
	uint64_t next_ms;
	uint64_t swallowed;
};

bool log_pass(struct log_limit *limit, uint64_t now_mono_ms, uint64_t interval_ms,
	      uint64_t *swallowed);

/* Lines written and swallowed so far, for the metrics. */
uint64_t log_lines(enum log_level level);
uint64_t log_swallowed(void);
