#include "collector/publish/denials.h"

#include "tests/support/suite.h"

#define SFLOW   "Permissions Violation for Publish to \"flows.raw.sflow\""
#define NETFLOW "Permissions Violation for Publish to \"flows.raw.netflow\""

static const char subjects[SUBJECT_COUNT][SUBJECT_MAX] = {"flows.raw.netflow", "flows.raw.sflow"};

START_TEST(the_text_of_the_server_names_the_subject)
{
	static const char odd[SUBJECT_COUNT][SUBJECT_MAX] = {"a\"b\\c", "flows"};
	struct denials d = {.subjects = subjects};

	ck_assert_uint_eq(denials_which(&d, SFLOW), SUBJECT_SFLOW);
	ck_assert_uint_eq(denials_which(&d, NETFLOW), SUBJECT_NETFLOW);
	ck_assert_uint_eq(denials_which(&d, "Permissions Violation for Publish to \"flows.raw.s"),
			  SUBJECT_COUNT);
	ck_assert_uint_eq(
		denials_which(&d, "Permissions Violation for Subscription to \"flows.raw.sflow\""),
		SUBJECT_COUNT);
	ck_assert_uint_eq(denials_which(&d, ""), SUBJECT_COUNT);
	d.subjects = odd;
	ck_assert_uint_eq(denials_which(&d, "Permissions Violation for Publish to \"a\\\"b\\\\c\""),
			  0);
	ck_assert_uint_eq(denials_which(&d, SFLOW), SUBJECT_COUNT);
}
END_TEST

/* The library knows the last denial before it has told all. */
START_TEST(all_is_told_when_each_message_of_a_denied_subject_was_noted)
{
	struct denials d = {.subjects = subjects};
	const uint64_t messages[SUBJECT_COUNT] = {2, 1};
	unsigned last;

	ck_assert(!denials_told(&d, messages, SFLOW, &last));
	ck_assert_uint_eq(last, SUBJECT_SFLOW);
	denials_note(&d, NETFLOW);
	ck_assert(!denials_told(&d, messages, SFLOW, &last));
	denials_note(&d, SFLOW);
	ck_assert(!denials_told(&d, messages, SFLOW, &last)); /* one of netflow is on its way */
	denials_note(&d, NETFLOW);
	ck_assert(denials_told(&d, messages, SFLOW, &last));
	denials_clear(&d);
	denials_note(&d, SFLOW);
	ck_assert(denials_told(&d, messages, SFLOW, &last)); /* netflow is not denied */
}
END_TEST

START_TEST(a_subject_for_all_is_denied_to_all)
{
	static const char one[SUBJECT_COUNT][SUBJECT_MAX] = {"flows", "flows"};
	struct denials d = {.subjects = one};

	denials_note(&d, "Permissions Violation for Publish to \"flows\"");
	ck_assert_uint_eq(d.counts[SUBJECT_NETFLOW], 1);
	ck_assert_uint_eq(d.counts[SUBJECT_SFLOW], 1);
}
END_TEST

SUITE(denials)
{
	TCase *tc = suite_case(s, "texts");

	tcase_add_test(tc, the_text_of_the_server_names_the_subject);
	tcase_add_test(tc, all_is_told_when_each_message_of_a_denied_subject_was_noted);
	tcase_add_test(tc, a_subject_for_all_is_denied_to_all);
}
