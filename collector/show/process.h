/* What the kernel says about this process. Any thread. */
#pragma once

#include <stdint.h>

/* All members are uint64_t: meters.def names each by its offset. What cannot be read is 0. */
struct process_numbers {
	uint64_t cpu_us; /* user and system, all threads */
	uint64_t resident_bytes;
	uint64_t virtual_bytes;
	uint64_t open_fds;
	uint64_t max_fds;
	uint64_t started_unix_ms;
};

/* Fills all but started_unix_ms. */
void process_numbers(struct process_numbers *out);
