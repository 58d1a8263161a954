#include "collector/decode/decode_summary.h"

#include <jansson.h>
#include <string.h>

#include "collector/show/ledger.h"
#include "tests/support/suite.h"

static struct ledger *ledger;
static struct sample_counts samples;
static json_t *root;

static void summary_setup(void)
{
	ledger = ledger_new(1);
	ck_assert_ptr_nonnull(ledger);
	memset(&samples, 0, sizeof(samples));
	root = NULL;
}

static void summary_teardown(void)
{
	json_decref(root);
	ledger_free(ledger);
}

static void expect(const char *key, json_int_t want)
{
	char room[1024];
	struct text t = text_over(room, sizeof(room));

	if (!root) {
		decode_summary_put(&t, ledger, &samples);
		ck_assert(text_ok(&t));
		ck_assert_int_eq(room[t.len - 1], '\n');
		root = json_loadb(room, t.len, JSON_REJECT_DUPLICATES, NULL);
		ck_assert_ptr_nonnull(root);
	}
	ck_assert(json_is_integer(json_object_get(json_object_get(root, "summary"), key)));
	ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(root, "summary"), key)),
			 want);
}

START_TEST(all_protocols_are_added_up)
{
	struct ledger_block *v9 = ledger_block(ledger, 0, PROTOCOL_NETFLOW9);
	struct ledger_block *ipfix = ledger_block(ledger, 0, PROTOCOL_IPFIX);
	struct ledger_block *unknown = ledger_block(ledger, 0, PROTOCOL_UNKNOWN);

	v9->datagrams_received = 3;
	v9->parse.templates_data = 4;
	v9->parse.templates_options = 1;
	v9->parse.flows = 10;
	v9->parse.options = 2;
	v9->parse.sets_missed = 6;
	ipfix->datagrams_received = 2;
	ipfix->parse.flows = 5;
	ipfix->parse.notes[NOTE_WITHDRAWAL] = 7;
	ipfix->datagrams_rejected[PARSE_TRUNCATED] = 1;
	unknown->datagrams_received = 1;
	unknown->datagrams_rejected[PARSE_BAD_VERSION] = 1;
	expect("datagrams", 6);
	expect("templates", 4);
	expect("options_templates", 1);
	expect("template_withdrawals", 7);
	expect("data_records", 15);
	expect("options_records", 2);
	expect("data_sets_without_template", 6);
	expect("malformed_datagrams", 2);
}
END_TEST

START_TEST(a_false_count_is_malformed_in_v5_but_not_in_v9)
{
	ledger_block(ledger, 0, PROTOCOL_NETFLOW5)->parse.notes[NOTE_COUNT_MISMATCH] = 2;
	ledger_block(ledger, 0, PROTOCOL_NETFLOW9)->parse.notes[NOTE_COUNT_MISMATCH] = 9;
	expect("malformed_datagrams", 2);
}
END_TEST

static void sample_take(uint32_t tag, const void *octets, size_t len)
{
	struct raw_sample sample = {.tag = tag, .body = wire_over(octets, len)};

	sample_counts_add(&samples, &sample);
}

START_TEST(samples_and_their_records_are_counted_by_kind)
{
	static const uint8_t counters[] = {
		0, 0, 0, 2,    0,    0, 0, 1,          /* sequence, source id */
		0, 0, 0, 2,                            /* records */
		0, 0, 3, 0xed, 0,    0, 0, 4, 0, 0, 0, /* 0:1005, length, an empty name */
		0, 0, 0, 0,    0x63, 0, 0, 0, 0        /* a record of unknown form */
	};

	sample_take(2, counters, sizeof(counters));
	sample_take(1, "", 0);
	sample_take(3, "", 0);
	sample_take(4, "", 0);
	sample_take(5, "", 0);
	sample_take(4242 << 12 | 1, "", 0);
	ledger_block(ledger, 0, PROTOCOL_SFLOW5)->parse.flows = 2;
	expect("flow_samples", 2);
	expect("counter_samples", 2);
	expect("discarded_samples", 1);
	expect("other_samples", 1);
	expect("counter_records", 2);
	expect("flow_records", 0);
	expect("data_records", 0);
}
END_TEST

SUITE(decode_summary)
{
	TCase *tc = suite_case(s, "summary");

	tcase_add_checked_fixture(tc, summary_setup, summary_teardown);
	tcase_add_test(tc, all_protocols_are_added_up);
	tcase_add_test(tc, a_false_count_is_malformed_in_v5_but_not_in_v9);
	tcase_add_test(tc, samples_and_their_records_are_counted_by_kind);
}
