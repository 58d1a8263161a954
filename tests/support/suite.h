/* A test file registers its suite by itself, so that adding one is adding a file:
 *
 *	SUITE(wire)
 *	{
 *		TCase *tc = suite_case(s, "reader");
 *
 *		tcase_add_test(tc, reads_big_endian_in_order);
 *	}
 */
#pragma once

#include <check.h>
#include <stddef.h>
#include <stdint.h>

void suite_register(const char *name, void (*fill)(Suite *s));

/* A new test case, already in the suite. */
TCase *suite_case(Suite *s, const char *name);

/* Runs every registered suite; the exit status of a test binary. WEIR_SUITE=name runs only one. */
int suites_run(void);

#define SUITE(noun)                                                 \
	static void noun##_suite_fill(Suite *s);                    \
	__attribute__((constructor)) static void noun##_suite(void) \
	{                                                           \
		suite_register(#noun, noun##_suite_fill);           \
	}                                                           \
	static void noun##_suite_fill(Suite *s)

/* An exact-size heap copy, so that a sanitizer sees the first octet too far. Caller frees. */
uint8_t *exact_copy(const void *octets, size_t len);
