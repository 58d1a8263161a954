/* The daemon: what `weir run` is. It makes its parts, starts them in the order of a table, waits
 * for a signal and stops them in reverse, which is the order of the water: sockets are read empty
 * and closed, rings and output are drained, and the pages that tell of it are served to the end.
 */
#pragma once

#include <stddef.h>

struct conf;

/* Runs until SIGTERM or SIGINT, with the calling thread as the main one; no other of the program
 * may run yet. Returns the exit code: 0 after an orderly end, 1 if it could not start or its output
 * is gone. In the last seconds it may instead end the process itself: with 1 by a second signal or
 * when shutdown_timeout has passed by a second, and with the exit code due if a library hangs. */
int daemon_run(const struct conf *conf);

/* Makes all parts and starts none. 0; or a negative errno and one line in error. */
int daemon_check(const struct conf *conf, char *error, size_t size);
