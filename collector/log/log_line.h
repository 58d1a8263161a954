/* How a log line looks, in either format: the part of log.c that can be tried without a stderr. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "collector/log/log.h"

#define LOG_PAIRS_MAX 3584 /* of LOG_LINE_MAX: the rest is for ts, level, module and msg */

struct log_event {
	const char *level;
	const char *module;
	const char *msg;
	const char *pairs; /* key=value ..., printable ASCII */
	bool cut;          /* pairs went on: its last pair cannot be trusted */
};

/* Writes the line with its line feed and without a NUL; returns how many octets it has. Pairs that
 * do not fit are left out from the end, and the line says cut=true. */
size_t log_line(char line[LOG_LINE_MAX], enum log_format format, const struct log_event *event);
