/* Waiting for what another thread or process is about to do. */
#pragma once

#include <check.h>
#include <unistd.h>

#include "collector/clock.h"

#define EVENTUALLY(condition)                                                       \
	do {                                                                        \
		uint64_t until_ms = clock_mono_ms() + 20000;                        \
		while (!(condition) && clock_mono_ms() < until_ms)                  \
			usleep(1000);                                               \
		ck_assert_msg((condition), "still not so after 20 s: " #condition); \
	} while (0)
