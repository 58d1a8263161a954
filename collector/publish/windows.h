/* What was published between two markers to a server that acknowledges nothing else, and the
 * markers that have still to come back. The publisher thread's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/publish/subject.h"

#define WINDOWS_MAX 64

struct window {
	uint64_t number;               /* of its marker */
	uint64_t flows[SUBJECT_COUNT]; /* and as how many messages: */
	uint64_t messages[SUBJECT_COUNT];
	uint64_t epoch;   /* the TCP connection that all of it went over */
	uint64_t mono_ms; /* when it was opened; once its marker is out: when that was sent */
	uint64_t echoed_mono_ms; /* 0: not yet */
};

/* Whose markers are out: a ring, oldest first. Zeroed: none. */
struct windows {
	struct window sent[WINDOWS_MAX];
	size_t first;
	size_t n;
};

bool window_is_empty(const struct window *w);
uint64_t window_flows(const struct window *w);

/* There is room: n < WINDOWS_MAX. */
void windows_push(struct windows *ws, const struct window *w);
const struct window *windows_oldest(const struct windows *ws); /* NULL: none */
void windows_pop(struct windows *ws);                          /* the oldest; there is one */

/* A marker came back: the server has processed its window, and those before it on the same
 * connection. One that is not known any more is nothing. */
void windows_echoed(struct windows *ws, uint64_t number, uint64_t now_mono_ms);
