/* The only voice: one line an event on stderr, key=value (or one JSON object a line).
 *
 *	log_info("listening", "addr=%s workers=%u", addr, n);
 *	ts=2026-01-02T03:04:05.678Z level=info module=receiver msg=listening addr=[::]:4739
 *workers=4
 *
 * The message is a few lower-case words without a full stop; what varies goes into key=value pairs
 * separated by a space, a value being bare or as log_text() writes it. As JSON, the pairs become
 * members: whole numbers as numbers, true and false as such, everything else as strings.
 *
 * error: a human now. warn: a human someday. info: life events. debug: off by default.
 * Any thread. Nothing is logged per datagram but through log_pass(). Octets from outside never
 * enter a line unescaped: log_text() makes them fit.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_LINE_MAX 4096 /* PIPE_BUF: a line of this length is written whole, even to a pipe */

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_LEVEL_COUNT };
enum log_format { LOG_LOGFMT, LOG_JSON };

/* Until it is called: LOG_INFO, LOG_LOGFMT. Any thread may call it again. */
void log_setup(enum log_level level, enum log_format format);

bool log_enabled(enum log_level level);

/* Writes one line by one write(2), so that lines of several threads never mix. What is longer than
 * LOG_LINE_MAX is cut at the end of a pair. errno stays as it was. */
void log_write(enum log_level level, const char *module, const char *msg, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#ifndef LOG_MODULE
#define LOG_MODULE "weir" /* a file that speaks defines its own before it includes this one */
#endif

#define log_at(level, msg, ...)                                                 \
	do {                                                                    \
		if (log_enabled(level))                                         \
			log_write((level), LOG_MODULE, (msg), " " __VA_ARGS__); \
	} while (0)

/* The format is a literal, "" when there is nothing to add (the space in log_at() keeps the
 * compiler from calling it empty). */
#define log_error(msg, ...) log_at(LOG_ERROR, (msg), __VA_ARGS__)
#define log_warn(msg, ...)  log_at(LOG_WARN, (msg), __VA_ARGS__)
#define log_info(msg, ...)  log_at(LOG_INFO, (msg), __VA_ARGS__)
#define log_debug(msg, ...) log_at(LOG_DEBUG, (msg), __VA_ARGS__)

/* Any octets as the value of a pair, terminated, in out (which it returns): bare if they are
 * printable ASCII without space, quote, backslash or "=", else in double quotes with \" and \\ and
 * \xNN for each octet that is not printable ASCII. What does not fit is cut and ends in "...".
 * size: at least 8. log_string(): the same for a string; NULL as "-".
 *
 *	char name[64];
 *
 *	log_warn("odd template", "name=%s", log_text(name, sizeof(name), octets, len)); */
const char *log_text(char *out, size_t size, const void *octets, size_t len);
const char *log_string(char *out, size_t size, const char *s);

/* A limiter of one cause, owned by one thread (a zeroed one is ready). log_pass() says whether a
 * line may be written now, at most one in interval_ms, and how many were swallowed since the last:
 *
 *	if (log_pass(&limit, now_mono_ms, 1000, &swallowed))
 *		log_warn("datagram refused", "reason=%s swallowed=%" PRIu64, token, swallowed);
 */
struct log_limit {
	uint64_t next_ms;
	uint64_t swallowed;
};

bool log_pass(struct log_limit *limit, uint64_t now_mono_ms, uint64_t interval_ms,
	      uint64_t *swallowed);

/* Lines written and swallowed so far, for the metrics. Lines that could not be written, because
 * stderr is gone, count as swallowed. */
uint64_t log_lines(enum log_level level);
uint64_t log_swallowed(void);
