/* What records ask of whoever remembers options, and what comes of the answers. */
#include "parsers/record.h"

#include <string.h>

#include "tests/parsers/world.h"
#include "tests/support/suite.h"

static struct world world;
static struct build b;
static unsigned rates_asked, notes, messages;
static struct rate_query asked; /* last */
static uint64_t rate_told, override_told, boot_told;
static uint32_t records_seen;
static bool exact_seen;

static bool rate(void *ctx, const struct message *m, const struct rate_query *q,
		 struct rate_answer *out)
{
	(void)ctx;
	(void)m;
	rates_asked++;
	asked = *q;
	*out = (struct rate_answer){rate_told, SAMPLING_SELECTOR};
	return rate_told != 0;
}

static bool name(void *ctx, const struct message *m, enum option_name kind, uint64_t id,
		 struct octets *out)
{
	static const char *const kinds[NAME_COUNT] = {"interface", "vrf", "application"};

	(void)ctx;
	(void)m;
	*out = (struct octets){(const uint8_t *)kinds[kind], (uint16_t)strlen(kinds[kind])};
	return id < 100;
}

static uint64_t boot_ms(void *ctx, const struct message *m)
{
	(void)ctx;
	(void)m;
	return boot_told;
}

static uint64_t rate_override(void *ctx, const struct message *m)
{
	(void)ctx;
	(void)m;
	return override_told;
}

static void note(void *ctx, const struct raw_record *r)
{
	(void)ctx;
	ck_assert(r->tmpl->options);
	ck_assert_ptr_null(r->flow);
	notes++;
}

static void message(void *ctx, const struct message *m, uint32_t records, bool exact)
{
	(void)ctx;
	(void)m;
	messages++;
	records_seen = records;
	exact_seen = exact;
}

static void begin(void)
{
	world_init(&world);
	world.book.rate = rate;
	world.book.name = name;
	world.book.boot_ms = boot_ms;
	world.book.rate_override = rate_override;
	world.book.note = note;
	world.book.message = message;
	rates_asked = notes = messages = 0;
	rate_told = override_told = boot_told = 0;
}

static void end(void)
{
	world_balances(&world);
	world_fini(&world);
}

/* IPFIX: template 256 and a data Set of records, each a row of 4-octet values. */
static void feed(const uint16_t *ids, size_t ids_n, const uint32_t *values, size_t rows)
{
	uint16_t fields[16][2];
	size_t set;

	for (size_t i = 0; i < ids_n; i++) {
		fields[i][0] = ids[i];
		fields[i][1] = 4;
	}
	ipfix_begin(&b, 5);
	put_template(&b, 2, 256, (const uint16_t(*)[2])fields, ids_n);
	set = set_begin(&b, 256);
	for (size_t i = 0; i < ids_n * rows; i++)
		put32(&b, values[i]);
	set_end(&b, set);
	ipfix_end(&b);
	ck_assert_int_eq(world_feed(&world, b.octets, b.len), PARSE_OK);
	ck_assert_uint_eq(world.flows_n, rows);
}

START_TEST(names_are_asked_for_what_a_record_has)
{
	static const uint16_t ids[] = {10, 14, 234, 235, 95};
	static const uint32_t values[] = {1, 2, 3, 4, 5, 1, 200, 3, 200, 200};
	const struct flow *f = world.flows;

	feed(ids, 5, values, 2);
	ck_assert(flow_has(&f[0], FLOW_IN_IF_NAME) && flow_has(&f[0], FLOW_OUT_IF_NAME));
	ck_assert_uint_eq(f[0].in_if_name.len, strlen("interface"));
	ck_assert(flow_has(&f[0], FLOW_INGRESS_VRF_NAME) && flow_has(&f[0], FLOW_EGRESS_VRF_NAME));
	ck_assert_uint_eq(f[0].egress_vrf_name.len, strlen("vrf"));
	ck_assert(flow_has(&f[0], FLOW_APPLICATION_NAME));
	ck_assert_uint_eq(f[0].application_name.len, strlen("application"));
	ck_assert(flow_has(&f[1], FLOW_IN_IF_NAME) && !flow_has(&f[1], FLOW_OUT_IF_NAME));
	ck_assert(flow_has(&f[1], FLOW_INGRESS_VRF_NAME));
	ck_assert(!flow_has(&f[1], FLOW_EGRESS_VRF_NAME));
	ck_assert(!flow_has(&f[1], FLOW_APPLICATION_NAME));
}
END_TEST

START_TEST(a_rate_is_asked_once_for_records_that_ask_the_same)
{
	static const uint16_t ids[] = {302, 10, 14, 61};
	static const uint32_t values[] = {
		7, 1, 2, 0, /* asks */
		7, 1, 9, 0, /* the same */
		7, 1, 9, 1, /* by its egress interface */
		8, 1, 9, 1, /* another selector */
	};

	rate_told = 1000;
	feed(ids, 4, values, 4);
	ck_assert_uint_eq(rates_asked, 3);
	ck_assert_uint_eq(asked.selector, 8);
	ck_assert_uint_eq(asked.interface, 9);
	ck_assert_uint_eq(asked.tmpl, 256);
	for (int i = 0; i < 4; i++) {
		ck_assert_uint_eq(world.flows[i].sampling_rate, 1000);
		ck_assert_uint_eq(world.flows[i].sampling_source, SAMPLING_SELECTOR);
	}
	ck_assert_uint_eq(world.tally.flows_sampling[SAMPLING_SELECTOR], 4);
}
END_TEST

START_TEST(a_record_without_interfaces_asks_with_none)
{
	static const uint16_t ids[] = {1, 61};
	static const uint32_t values[] = {7, 1, 7, 0};

	feed(ids, 2, values, 2);
	ck_assert_uint_eq(rates_asked, 1);
	ck_assert_uint_eq(asked.selector, RATE_NO_SELECTOR);
	ck_assert_uint_eq(asked.interface, 0);
	ck_assert(!flow_has(&world.flows[0], FLOW_SAMPLING_RATE));
	ck_assert_uint_eq(world.tally.flows_sampling[SAMPLING_UNKNOWN], 2);
}
END_TEST

START_TEST(the_record_itself_is_believed_before_options)
{
	static const uint16_t ids[] = {34};
	static const uint32_t values[] = {50, 0};

	rate_told = 1000;
	feed(ids, 1, values, 2);
	ck_assert_uint_eq(world.flows[0].sampling_rate, 50);
	ck_assert_uint_eq(world.flows[0].sampling_source, SAMPLING_RECORD);
	ck_assert_uint_eq(world.flows[1].sampling_rate, 1000);
}
END_TEST

START_TEST(the_operator_has_the_first_word_and_the_last)
{
	static const uint16_t ids[] = {34};
	static const uint32_t values[] = {0};

	world.book.rate_default = 20;
	feed(ids, 1, values, 1);
	ck_assert_uint_eq(world.flows[0].sampling_rate, 20);
	ck_assert_uint_eq(world.flows[0].sampling_source, SAMPLING_DEFAULT);
	end();
	begin();
	override_told = 30;
	rate_told = 1000;
	feed(ids, 1, values, 1);
	ck_assert_uint_eq(world.flows[0].sampling_rate, 30);
	ck_assert_uint_eq(world.flows[0].sampling_source, SAMPLING_OVERRIDE);
	ck_assert_uint_eq(rates_asked, 0);
}
END_TEST

START_TEST(a_boot_time_makes_uptimes_of_ipfix_times)
{
	static const uint16_t ids[] = {22, 21};
	static const uint32_t values[] = {1000, 2000};

	boot_told = (WORLD_EXPORT_S - 60) * UINT64_C(1000);
	feed(ids, 2, values, 1);
	ck_assert_uint_eq(world.flows[0].time_flow_start_ns / 1000000, boot_told + 1000);
	ck_assert_uint_eq(world.flows[0].time_flow_end_ns / 1000000, boot_told + 2000);
	ck_assert_uint_eq(world.flows[0].time_source, TIME_UPTIME);
}
END_TEST

START_TEST(options_are_noted_and_records_of_a_message_are_counted)
{
	static const uint16_t fields[][2] = {{34, 4}};
	size_t set;

	ipfix_begin(&b, 5);
	set = set_begin(&b, 3);
	put16(&b, 300);
	put16(&b, 1);
	put16(&b, 1);
	put32(&b, 149u << 16 | 4);
	set_end(&b, set);
	set = set_begin(&b, 300);
	put64(&b, 1);
	set_end(&b, set);
	put_template(&b, 2, 256, fields, 1);
	set = set_begin(&b, 256);
	put32(&b, 1);
	set_end(&b, set);
	ipfix_end(&b);
	ck_assert_int_eq(world_feed(&world, b.octets, b.len), PARSE_OK);
	ck_assert_uint_eq(notes, 2);
	ck_assert_uint_eq(messages, 1);
	ck_assert_uint_eq(records_seen, 3);
	ck_assert(exact_seen);
}
END_TEST

START_TEST(a_set_that_is_not_understood_makes_the_number_of_records_inexact)
{
	size_t set;

	ipfix_begin(&b, 5);
	set = set_begin(&b, 999);
	put32(&b, 1);
	set_end(&b, set);
	ipfix_end(&b);
	ck_assert_int_eq(world_feed(&world, b.octets, b.len), PARSE_OK);
	ck_assert_uint_eq(messages, 1);
	ck_assert(!exact_seen);
}
END_TEST

START_TEST(a_v5_header_claims_its_number_of_records)
{
	b.len = 0;
	put16(&b, 5);
	put16(&b, 3);
	put_zeros(&b, 20 + 48);
	ck_assert_int_eq(world_feed(&world, b.octets, b.len), PARSE_OK);
	ck_assert_uint_eq(world.flows_n, 1);
	ck_assert_uint_eq(messages, 1);
	ck_assert_uint_eq(records_seen, 3);
}
END_TEST

SUITE(records)
{
	TCase *tc = suite_case(s, "answers");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, names_are_asked_for_what_a_record_has);
	tcase_add_test(tc, a_rate_is_asked_once_for_records_that_ask_the_same);
	tcase_add_test(tc, a_record_without_interfaces_asks_with_none);
	tcase_add_test(tc, the_record_itself_is_believed_before_options);
	tcase_add_test(tc, the_operator_has_the_first_word_and_the_last);
	tcase_add_test(tc, a_boot_time_makes_uptimes_of_ipfix_times);
	tcase_add_test(tc, options_are_noted_and_records_of_a_message_are_counted);
	tcase_add_test(tc, a_set_that_is_not_understood_makes_the_number_of_records_inexact);
	tcase_add_test(tc, a_v5_header_claims_its_number_of_records);
}
