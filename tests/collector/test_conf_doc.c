#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/conf/conf.h"
#include "collector/conf/conf_table.h"
#include "tests/support/suite.h"

#define DOC     "docs/configuration.md"
#define DOC_MAX (1u << 16)

START_TEST(every_key_and_variable_is_documented)
{
	char *text = conf_markdown();

	ck_assert_ptr_nonnull(text);
	for (size_t i = 0; i < conf_table.n; i++) {
		char env[CONF_ENV_MAX];

		conf_key_env(&conf_table.keys[i], env);
		ck_assert_msg(strstr(text, env) != NULL, "%s", env);
		ck_assert_ptr_nonnull(strstr(text, conf_table.keys[i].help));
	}
	free(text);
}
END_TEST

START_TEST(the_page_in_the_tree_is_that_of_the_table)
{
	char *page = calloc(1, DOC_MAX);
	char *text = conf_markdown();
	FILE *file = fopen(DOC, "r");

	ck_assert_msg(file != NULL, DOC " is read from the top of the tree: run the tests there");
	ck_assert_uint_lt(fread(page, 1, DOC_MAX - 1, file), DOC_MAX - 1);
	fclose(file);
	ck_assert_msg(strcmp(page, text) == 0, DOC " is stale: make docs");
	free(page);
	free(text);
}
END_TEST

SUITE(conf_doc)
{
	TCase *tc = suite_case(s, "page");

	tcase_add_test(tc, every_key_and_variable_is_documented);
	tcase_add_test(tc, the_page_in_the_tree_is_that_of_the_table);
}
