/* Numbers as people write them: whole numbers, sizes ("16KiB"), durations ("500ms"). Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define NUMBER_TEXT_MAX 32

/* Digits only. False: something else, or more than 64 bits. */
bool number_parse(const char *text, uint64_t *out);

/* Bytes: digits, then nothing, B, KiB, MiB or GiB. */
bool size_parse(const char *text, uint64_t *out_bytes);

/* Digits, perhaps with a fraction, then ms, s, m, h, or nothing for seconds; nothing finer than a
 * millisecond. */
bool duration_parse(const char *text, uint64_t *out_ms);

/* In the largest unit that says it exactly. */
void number_print(uint64_t n, char out[NUMBER_TEXT_MAX]);
void size_print(uint64_t bytes, char out[NUMBER_TEXT_MAX]);
void duration_print(uint64_t ms, char out[NUMBER_TEXT_MAX]);
