/* Signals belong to the main thread, which asks for them when it has time (signals_wait); every
 * other thread, those of libraries included, has them blocked, because it inherits that from the
 * main thread. Only the last seconds of the process are different: signals_arm_exit().
 */
#pragma once

#include <stdint.h>

/* Blocks, in this thread and all that it starts from now on, every signal but those that tell of a
 * fault of the program itself, SIGQUIT and SIGTSTP; SIGPIPE is ignored for the whole process. */
void signals_block(void);

/* Waits for SIGTERM, SIGINT or SIGHUP: its number, or 0 when timeout_ms have passed. */
int signals_wait(uint64_t timeout_ms);

/* From now on SIGTERM and SIGINT end the process at once, and so do limit_ms: with exit code 1,
 * whatever its threads are stuck in. signals_disarm_exit() calls that off. */
void signals_arm_exit(uint64_t limit_ms);
void signals_disarm_exit(void);
