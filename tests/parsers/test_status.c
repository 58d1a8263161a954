#include "parsers/status.h"

#include <ctype.h>
#include <string.h>

#include "tests/support/suite.h"

static void is_a_label(const char *token)
{
	ck_assert_str_ne(token, "");
	for (const char *p = token; *p; p++)
		ck_assert_msg(islower((unsigned char)*p) || isdigit((unsigned char)*p) || *p == '_',
			      "%s", token);
}

START_TEST(tokens_are_labels_and_none_is_there_twice)
{
	for (int i = 0; i < PARSE_STATUS_COUNT; i++) {
		is_a_label(parse_status_token((enum parse_status)i));
		ck_assert_str_ne(parse_status_help((enum parse_status)i), "");
		for (int j = 0; j < i; j++)
			ck_assert_str_ne(parse_status_token((enum parse_status)i),
					 parse_status_token((enum parse_status)j));
	}
	for (int i = 0; i < NOTE_COUNT; i++) {
		is_a_label(parse_note_token((enum parse_note)i));
		ck_assert_str_ne(parse_note_help((enum parse_note)i), "");
		for (int j = 0; j < i; j++)
			ck_assert_str_ne(parse_note_token((enum parse_note)i),
					 parse_note_token((enum parse_note)j));
	}
}
END_TEST

START_TEST(what_is_not_on_the_list_has_no_words)
{
	ck_assert_str_eq(parse_status_token(PARSE_STATUS_COUNT), "");
	ck_assert_str_eq(parse_status_help(PARSE_STATUS_COUNT), "");
	ck_assert_str_eq(parse_note_token(NOTE_COUNT), "");
	ck_assert_str_eq(parse_note_help(NOTE_COUNT), "");
	ck_assert_uint_eq(parse_status_of(PARSE_STATUS_COUNT), 0);
}
END_TEST

START_TEST(every_status_but_ok_is_said_of_something)
{
	ck_assert_uint_eq(parse_status_of(PARSE_OK), 0);
	for (int i = PARSE_OK + 1; i < PARSE_STATUS_COUNT; i++)
		ck_assert_uint_ne(parse_status_of((enum parse_status)i), 0);
}
END_TEST

SUITE(status)
{
	TCase *tc = suite_case(s, "list");

	tcase_add_test(tc, tokens_are_labels_and_none_is_there_twice);
	tcase_add_test(tc, what_is_not_on_the_list_has_no_words);
	tcase_add_test(tc, every_status_but_ok_is_said_of_something);
}
