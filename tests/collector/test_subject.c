#include "collector/publish/subject.h"

#include <errno.h>
#include <string.h>

#include "tests/support/suite.h"

static void expect(const char *template, enum subject_family family, const char *subject)
{
	char out[SUBJECT_MAX];
	const char *error = "";

	ck_assert_msg(subject_render(template, family, out, &error) == 0, "%s", error);
	ck_assert_str_eq(out, subject);
}

static void expect_refusal(const char *template, const char *word)
{
	char out[SUBJECT_MAX];
	const char *error = NULL;

	ck_assert_int_eq(subject_render(template, SUBJECT_SFLOW, out, &error), -EINVAL);
	ck_assert_msg(strstr(error, word) != NULL, "\"%s\" does not mention \"%s\"", error, word);
}

START_TEST(the_family_is_put_in_its_place)
{
	expect("flows.raw.{family}", SUBJECT_NETFLOW, "flows.raw.netflow");
	expect("flows.raw.{family}", SUBJECT_SFLOW, "flows.raw.sflow");
	expect("{family}", SUBJECT_SFLOW, "sflow");
	expect("a-{family}-b.{family}", SUBJECT_SFLOW, "a-sflow-b.sflow");
	expect("plain", SUBJECT_NETFLOW, "plain");
}
END_TEST

START_TEST(what_cannot_be_published_to_is_refused)
{
	expect_refusal("", "empty");
	expect_refusal("flows.", "dot");
	expect_refusal(".flows", "empty");
	expect_refusal("flows..raw", "empty");
	expect_refusal("flows.*", "wildcard");
	expect_refusal("flows.>", "wildcard");
	expect_refusal("flows raw", "space");
	expect_refusal("flows.\r\nPUB", "space");
	expect_refusal("flows.\xc3\xa9", "ASCII");
	expect_refusal("flows.{exporter}", "placeholder");
	expect_refusal("flows.{family", "placeholder");
	expect_refusal("flows.}", "placeholder");
}
END_TEST

START_TEST(a_subject_has_an_end)
{
	char template[SUBJECT_MAX + 1];

	memset(template, 'a', sizeof(template));
	template[SUBJECT_MAX] = '\0';
	expect_refusal(template, "too long");
	template[SUBJECT_MAX - 1] = '\0';
	expect(template, SUBJECT_NETFLOW, template);
}
END_TEST

START_TEST(a_flow_knows_its_family)
{
	struct flow f = {0};

	flow_init(&f);
	ck_assert_int_eq(subject_of(&f), SUBJECT_NETFLOW);
	FLOW_PUT(&f, TYPE, type, FLOW_IPFIX);
	ck_assert_int_eq(subject_of(&f), SUBJECT_NETFLOW);
	FLOW_PUT(&f, TYPE, type, FLOW_SFLOW_5);
	ck_assert_int_eq(subject_of(&f), SUBJECT_SFLOW);
}
END_TEST

SUITE(subject)
{
	TCase *tc = suite_case(s, "subject");

	tcase_add_test(tc, the_family_is_put_in_its_place);
	tcase_add_test(tc, what_cannot_be_published_to_is_refused);
	tcase_add_test(tc, a_subject_has_an_end);
	tcase_add_test(tc, a_flow_knows_its_family);
}
