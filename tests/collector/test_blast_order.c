#include "collector/blast/order.h"
#include "collector/blast/sender.h"
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#define ARGS_MAX 32

static struct order order;
static char why[ORDER_WHY_MAX];

/* The command line as words with single spaces between them. */
static enum order_outcome ordered(const char *line)
{
	char words[512] = "weir-blast ";
	char *argv[ARGS_MAX + 1] = {0};
	int argc = 0;

	strncat(words, line, sizeof(words) - strlen(words) - 1);
	for (char *w = strtok(words, " "); w && argc < ARGS_MAX; w = strtok(NULL, " "))
		argv[argc++] = w;
	return order_read(argc, argv, &order, why);
}

START_TEST(a_target_is_enough)
{
	ck_assert_int_eq(ordered("192.0.2.1"), ORDER_RUN);
	ck_assert_uint_eq(order.protocols_n, 1);
	ck_assert_uint_eq(order.protocols[0], EXPORT_V9);
	ck_assert_uint_eq(order.targets_n, 1);
	ck_assert_uint_eq(order.sources, 1);
	ck_assert_uint_eq(order.domains, 1);
	ck_assert_uint_eq(order.rate, 1000);
	ck_assert_uint_eq(order.count, 0);
	ck_assert_uint_eq(order.duration_ns, 0);
	ck_assert_uint_eq(order.fields, 20);
	ck_assert_uint_eq(order.tmpl_interval_ns, UINT64_C(30000000000));
	ck_assert_uint_eq(order.gso, SENDER_GSO_AUTO);
	ck_assert(!order.json && !order.ipv6_flows);
}
END_TEST

START_TEST(every_option_is_taken)
{
	ck_assert_int_eq(
		ordered("--protocol v5,sflow --protocol ipfix --sources 7 --rate 0 --count 99 "
			"--duration 2.25 --records 3 --fields 60 --template-interval 0 "
			"--template-every=50 --domains 4 --ipv6-flows --seed 12345678901234567890 "
			"--gso off --json 192.0.2.1 [2001:db8::1]:9995"),
		ORDER_RUN);
	ck_assert_uint_eq(order.protocols_n, 3);
	ck_assert_uint_eq(order.protocols[0], EXPORT_V5);
	ck_assert_uint_eq(order.protocols[1], EXPORT_SFLOW);
	ck_assert_uint_eq(order.protocols[2], EXPORT_IPFIX);
	ck_assert_uint_eq(order.sources, 7);
	ck_assert_uint_eq(order.rate, 0);
	ck_assert_uint_eq(order.count, 99);
	ck_assert_uint_eq(order.duration_ns, 2250000000u);
	ck_assert_uint_eq(order.records, 3);
	ck_assert_uint_eq(order.fields, 60);
	ck_assert_uint_eq(order.tmpl_interval_ns, 0);
	ck_assert_uint_eq(order.tmpl_every, 50);
	ck_assert_uint_eq(order.domains, 4);
	ck_assert_uint_eq(order.seed, UINT64_C(12345678901234567890));
	ck_assert_uint_eq(order.gso, SENDER_GSO_OFF);
	ck_assert(order.json && order.ipv6_flows);
	ck_assert_uint_eq(order.targets_n, 2);
}
END_TEST

START_TEST(a_protocol_named_twice_takes_one_turn)
{
	ck_assert_int_eq(ordered("--protocol v9,v9 --protocol v9 192.0.2.1"), ORDER_RUN);
	ck_assert_uint_eq(order.protocols_n, 1);
}
END_TEST

START_TEST(there_are_as_many_sources_as_targets)
{
	ck_assert_int_eq(ordered("192.0.2.1 192.0.2.2 192.0.2.3"), ORDER_RUN);
	ck_assert_uint_eq(order.sources, 3);
}
END_TEST

START_TEST(help_and_version_ask_for_no_target)
{
	ck_assert_int_eq(ordered("--help"), ORDER_HELP);
	ck_assert_int_eq(ordered("-h"), ORDER_HELP);
	ck_assert_int_eq(ordered("--version"), ORDER_VERSION);
}
END_TEST

static const struct {
	const char *line;
	const char *why;
} wrong[] = {
	{"", "no target (--help says more)"},
	{"--rate", "--rate: a value is missing"},
	{"--rats 5 ::1", "--rats: no such option (see --help)"},
	{"--rate -1 ::1", "--rate: '-1' is not a number from 0 to 100000000"},
	{"--rate 1k ::1", "--rate: '1k' is not a number from 0 to 100000000"},
	{"--rate 100000001 ::1", "--rate: '100000001' is not a number from 0 to 100000000"},
	{"--sources 0 ::1", "--sources: '0' is not a number from 1 to 65536"},
	{"--fields 61 ::1", "--fields: '61' is not a number from 5 to 60"},
	{"--duration 1e3 ::1", "--duration: '1e3' is not a number of seconds from 0 to 31536000"},
	{"--duration 31536000.5 ::1", NULL},
	{"--count 18446744073709551616 ::1", NULL},
	{"--protocol v8 ::1", "--protocol: 'v8' is none of v5, v7, v9, ipfix, sflow"},
	{"--protocol v9, ::1", "--protocol: '' is none of v5, v7, v9, ipfix, sflow"},
	{"--protocol v ::1", "--protocol: 'v' is none of v5, v7, v9, ipfix, sflow"},
	{"--gso yes ::1", "--gso: 'yes' is none of auto, on, off"},
	{"--domains 2 --protocol v9,v7 ::1", "--domains: v7 has none"},
	{"--sources 2 ::1 ::1 ::1", "--sources: 2 cannot send to 3 targets"},
	{"--sources 65536 --domains 17 ::1",
	 "sources x domains x protocols are more than 1048576 streams"},
	{"192.0.2.1:port",
	 "target '192.0.2.1:port': not of the form HOST, HOST:PORT or [IPV6]:PORT"},
};
#define WRONG_N ((int)(sizeof(wrong) / sizeof(*wrong)))

START_TEST(what_is_wrong_is_said_in_one_line)
{
	ck_assert_int_eq(ordered(wrong[_i].line), ORDER_WRONG);
	if (wrong[_i].why)
		ck_assert_str_eq(why, wrong[_i].why);
	ck_assert_ptr_null(strchr(why, '\n'));
}
END_TEST

START_TEST(help_names_every_option_and_keeps_to_its_width)
{
	char *text = NULL, *line, *rest;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(out);
	order_help(out);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_ptr_nonnull(strstr(text, "--template-interval SECONDS"));
	ck_assert_ptr_nonnull(strstr(text, "--version"));
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		ck_assert_uint_le(strlen(line), 105);
	free(text);
}
END_TEST

SUITE(blast_order)
{
	TCase *tc = suite_case(s, "command line");

	tcase_add_test(tc, a_target_is_enough);
	tcase_add_test(tc, every_option_is_taken);
	tcase_add_test(tc, a_protocol_named_twice_takes_one_turn);
	tcase_add_test(tc, there_are_as_many_sources_as_targets);
	tcase_add_test(tc, help_and_version_ask_for_no_target);
	tcase_add_loop_test(tc, what_is_wrong_is_said_in_one_line, 0, WRONG_N);
	tcase_add_test(tc, help_names_every_option_and_keeps_to_its_width);
}
