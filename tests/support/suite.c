#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#define SUITES_MAX 64

static struct {
	const char *name;
	void (*fill)(Suite *s);
} suites[SUITES_MAX];
static size_t suites_n;

void suite_register(const char *name, void (*fill)(Suite *s))
{
	if (suites_n == SUITES_MAX)
		abort(); /* raise SUITES_MAX */
	suites[suites_n].name = name;
	suites[suites_n++].fill = fill;
}

TCase *suite_case(Suite *s, const char *name)
{
	TCase *tc = tcase_create(name);

	suite_add_tcase(s, tc);
	return tc;
}

int suites_run(void)
{
	const char *only = getenv("WEIR_SUITE");
	SRunner *sr = srunner_create(NULL);
	int failed;

	for (size_t i = 0; i < suites_n; i++) {
		Suite *s;

		if (only && strcmp(only, suites[i].name) != 0)
			continue;
		s = suite_create(suites[i].name);
		suites[i].fill(s);
		srunner_add_suite(sr, s);
	}
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

uint8_t *exact_copy(const void *octets, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	if (len)
		memcpy(copy, octets, len);
	return copy;
}
