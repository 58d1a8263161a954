#include "parsers/sflow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/sflow_structures.h"
#include "tests/parsers/golden.h"
#include "tests/parsers/sflow_build.h"
#include "tests/parsers/sflow_text.h"
#include "tests/parsers/world.h"
#include "tests/support/suite.h"

static const char *const goldens[] = {"plain-tcp", "expanded-gateway", "counters", "discard",
				      "vendors"};
#define GOLDENS 5

static struct world w;
static struct build b;
static struct sflow_text text;
static unsigned samples_shown;

static void show(void *ctx, const struct raw_sample *sample)
{
	(void)ctx;
	samples_shown++;
	sflow_text_write(&text, sample); /* so that a sanitizer sees every octet touched */
}

static void setup(void)
{
	world_init(&w);
	w.sink.sample = show;
	b.len = 0;
	samples_shown = 0;
}

static void teardown(void)
{
	world_balances(&w);
	world_fini(&w);
}

static enum parse_status feed(void)
{
	return world_feed(&w, b.octets, b.len);
}

static void sentinel_arrived(void)
{
	const struct flow *f = &w.flows[w.flows_n - 1];

	ck_assert_uint_ge(w.flows_n, 1);
	ck_assert_uint_eq(f->src_port, 1000);
	ck_assert_uint_eq(f->dst_port, 53);
}

/* hostile 20 */
START_TEST(a_header_cut_short_is_truncated)
{
	sflow_begin(&b, 0);
	for (size_t len = 4; len < 28; len++) {
		ck_assert_int_eq(world_feed(&w, b.octets, len), PARSE_TRUNCATED);
		b.octets[7] = 2;
		ck_assert_int_eq(world_feed(&w, b.octets, len), PARSE_TRUNCATED);
		b.octets[7] = 1;
	}
	ck_assert_int_eq(feed(), PARSE_OK);
}
END_TEST

/* hostile 39 */
START_TEST(an_agent_address_of_unknown_type_ends_the_datagram)
{
	static const uint32_t types[] = {3, 4, 0x01000000, UINT32_MAX};

	for (unsigned i = 0; i < 4; i++) {
		sflow_begin(&b, 1);
		sflow_put_flow(&b);
		for (unsigned k = 0; k < 4; k++)
			b.octets[4 + k] = (uint8_t)(types[i] >> (24 - 8 * k));
		ck_assert_int_eq(feed(), PARSE_BAD_ADDRESS);
	}
	ck_assert_uint_eq(w.flows_n, 0);
}
END_TEST

/* hostile 13 */
START_TEST(counts_are_claims)
{
	static const uint16_t formats[] = {1, 2, 3, 4, 5};
	static const uint8_t fields[] = {28, 8, 40, 12, 28};

	sflow_begin(&b, UINT32_MAX);
	for (unsigned i = 0; i < 5; i++) {
		size_t at = sflow_open(&b, formats[i]);

		put_zeros(&b, fields[i]);
		put32(&b, UINT32_MAX);
		sflow_close(&b, at);
	}
	sflow_put_flow(&b);
	ck_assert_int_eq(feed(), PARSE_OK);
	ck_assert_uint_eq(w.tally.sets_decoded, 6);
	ck_assert_uint_eq(w.tally.notes[NOTE_COUNT_MISMATCH], 6);
	sentinel_arrived();
}
END_TEST

/* hostile 14 */
START_TEST(samples_and_records_of_no_length_advance)
{
	for (uint32_t len = 0; len < 4; len++) {
		sflow_begin(&b, 101);
		for (unsigned i = 0; i < 100; i++) {
			size_t at = sflow_open(&b, SFLOW_TAG(0, 1 + i % 5));

			put_zeros(&b, (len + 3) / 4 * 4);
			sflow_mend(&b, at, len);
		}
		sflow_put_flow(&b);
		ck_assert_int_eq(feed(), PARSE_OK);
		sentinel_arrived();
	}
	ck_assert_uint_eq(w.tally.sets_skipped[PARSE_BAD_LENGTH], 400);
	ck_assert_uint_eq(w.flows_n, 4);
}
END_TEST

START_TEST(records_of_no_length_advance)
{
	size_t at;

	sflow_begin(&b, 1);
	at = sflow_open_flow(&b, 1001);
	for (unsigned i = 0; i < 1000; i++)
		(void)sflow_open(&b, i % 10 ? 1 + i % 4 : 1003);
	sflow_put_ipv4(&b);
	sflow_close(&b, at);
	ck_assert_int_eq(feed(), PARSE_OK);
	sentinel_arrived();
	ck_assert_uint_eq(w.tally.notes[NOTE_SHORT_RECORD], 1000 + 100); /* gateways: twice */
}
END_TEST

START_TEST(stray_octets_are_no_sample)
{
	for (size_t stray = 1; stray < 8; stray++) {
		sflow_begin(&b, 2);
		sflow_put_flow(&b);
		put_zeros(&b, stray);
		ck_assert_int_eq(feed(), PARSE_OK);
	}
	ck_assert_uint_eq(w.tally.sets_received, 7);
	ck_assert_uint_eq(w.tally.sets_decoded, 7);
	ck_assert_uint_eq(w.tally.notes[NOTE_COUNT_MISMATCH], 7);
}
END_TEST

START_TEST(a_sample_longer_than_the_datagram_ends_it)
{
	size_t at;

	sflow_begin(&b, 3);
	sflow_put_flow(&b);
	at = sflow_open_flow(&b, 1);
	sflow_put_ipv4(&b);
	sflow_mend(&b, at, (uint32_t)(b.len - at + 1));
	ck_assert_int_eq(feed(), PARSE_OK);
	ck_assert_uint_eq(w.flows_n, 1);
	ck_assert_uint_eq(w.tally.sets_received, 2);
	ck_assert_uint_eq(w.tally.sets_skipped[PARSE_BAD_LENGTH], 1);
}
END_TEST

START_TEST(a_record_longer_than_its_sample_costs_the_sample)
{
	static const uint32_t lengths[] = {33, 36, 0x7fffffff, 0xfffffffd, UINT32_MAX};

	for (unsigned i = 0; i < 5; i++) {
		size_t at;

		sflow_begin(&b, 2);
		at = sflow_open_flow(&b, 1);
		sflow_put_ipv4(&b);
		sflow_close(&b, at);
		sflow_mend(&b, at + 32 + 8, lengths[i]);
		sflow_put_flow(&b);
		ck_assert_int_eq(feed(), PARSE_OK);
		sentinel_arrived();
	}
	ck_assert_uint_eq(w.flows_n, 5);
	ck_assert_uint_eq(w.tally.sets_skipped[PARSE_BAD_RECORD], 5);
}
END_TEST

/* hostile 35 */
START_TEST(a_header_longer_than_its_record_is_clamped)
{
	static const uint32_t lengths[] = {29, 200, 0x7fffffff, 0xfffffffd, UINT32_MAX};
	size_t at, record;

	sflow_begin(&b, 5);
	for (unsigned i = 0; i < 5; i++) {
		at = sflow_open_flow(&b, 1);
		record = sflow_open(&b, 1);
		put32(&b, 11);
		put32(&b, 60);
		put32(&b, UINT32_MAX); /* stripped more than there was */
		put32(&b, lengths[i]);
		put_octets(&b, "\x45\0\0\x1c\0\0\0\0\x40\x11\0\0\xc0\0\2\1\xc0\0\2\2\0\x7b", 22);
		put_zeros(&b, 2);
		sflow_close(&b, record);
		sflow_close(&b, at);
	}
	ck_assert_int_eq(feed(), PARSE_OK);
	ck_assert_uint_eq(w.flows_n, 5);
	ck_assert_uint_eq(w.flows[4].bytes, 60);
	ck_assert_uint_eq(w.flows[4].src_port, 123);
}
END_TEST

/* hostile 36 */
START_TEST(a_path_that_cannot_be_true_costs_its_record)
{
	static const struct {
		uint32_t segments, count, communities;
	} cases[] = {{0x40000000, 1, 0}, {1, 0x40000000, 0}, {1, 0x40000001, 0},
		     {UINT32_MAX, 1, 0}, {1, UINT32_MAX, 0}, {1, 1, 0x40000000},
		     {1, 1, 0x40000001}, {1, 1, UINT32_MAX}};

	for (unsigned i = 0; i < 8; i++) {
		size_t at, record;

		sflow_begin(&b, 1);
		at = sflow_open_flow(&b, 3);
		record = sflow_open(&b, 1003);
		put_zeros(&b, 12);
		put32(&b, 64500);
		put32(&b, cases[i].segments);
		put32(&b, 2);
		put32(&b, cases[i].count);
		put32(&b, 64501);
		put32(&b, cases[i].communities);
		sflow_close(&b, record);
		sflow_put_ipv4(&b);
		record = sflow_open(&b, 1030);
		put32(&b, 77);
		sflow_close(&b, record);
		sflow_close(&b, at);
		ck_assert_int_eq(feed(), PARSE_OK);
		ck_assert_uint_eq(w.flows_n, i + 1);
		ck_assert(!flow_has(&w.flows[i], FLOW_AS_PATH));
		ck_assert(!flow_has(&w.flows[i], FLOW_SRC_AS));
		ck_assert_uint_eq(w.flows[i].vni, 77);
		ck_assert_uint_eq(w.tally.notes[NOTE_SHORT_RECORD], i + 1);
	}
}
END_TEST

/* hostile 38 */
START_TEST(stacks_are_bounded_by_their_record)
{
	static const uint32_t depths[] = {2, 0x40000000, 0x40000001, UINT32_MAX};

	for (unsigned i = 0; i < 4; i++) {
		size_t at, record;

		sflow_begin(&b, 1);
		at = sflow_open_flow(&b, 3);
		sflow_put_ipv4(&b);
		record = sflow_open(&b, 1006);
		put32(&b, 0);
		put32(&b, depths[i]);
		put32(&b, 0x000643ff);
		sflow_close(&b, record);
		record = sflow_open(&b, 1012);
		put32(&b, depths[i]);
		put32(&b, 0x81000064);
		sflow_close(&b, record);
		sflow_close(&b, at);
		ck_assert_int_eq(feed(), PARSE_OK);
		ck_assert(!flow_has(&w.flows[i], FLOW_MPLS_LABEL));
		ck_assert_uint_eq(w.flows[i].vlan_id, 100);
		ck_assert(!flow_has(&w.flows[i], FLOW_CUSTOMER_VLAN));
	}
}
END_TEST

START_TEST(a_label_stack_deeper_than_a_flow_holds_is_cut)
{
	size_t at, record;

	sflow_begin(&b, 1);
	at = sflow_open_flow(&b, 2);
	sflow_put_ipv4(&b);
	record = sflow_open(&b, 1006);
	put32(&b, 0);
	put32(&b, 1000);
	for (uint32_t i = 0; i < 1000; i++)
		put32(&b, (100 + i) << 12);
	sflow_close(&b, record);
	sflow_close(&b, at);
	ck_assert_int_eq(feed(), PARSE_OK);
	ck_assert_uint_eq(w.flows[0].mpls_label.count, FLOW_LABELS_MAX);
	ck_assert_uint_eq(w.flows[0].mpls_label.items[9], 109);
}
END_TEST

/* hostile 39 */
START_TEST(a_next_hop_of_unknown_type_ends_its_record)
{
	static const uint32_t types[] = {3, UINT32_MAX};

	for (unsigned i = 0; i < 2; i++) {
		size_t at, record;

		sflow_begin(&b, 2);
		at = sflow_open_flow(&b, 2);
		record = sflow_open(&b, 1002);
		put32(&b, types[i]);
		put_zeros(&b, 12);
		sflow_close(&b, record);
		sflow_put_ipv4(&b);
		sflow_close(&b, at);
		sflow_put_flow(&b);
		ck_assert_int_eq(feed(), PARSE_OK);
		ck_assert(!flow_has(&w.flows[2 * i], FLOW_NEXT_HOP));
		ck_assert(!flow_has(&w.flows[2 * i], FLOW_SRC_NET));
	}
	ck_assert_uint_eq(w.flows_n, 4);
}
END_TEST

START_TEST(brocade_samples_that_hold_none_are_refused)
{
	size_t at;

	sflow_begin(&b, 4);
	at = sflow_open(&b, SFLOW_TAG(1991, 1)); /* nothing in it */
	put_zeros(&b, 8);
	sflow_close(&b, at);
	at = sflow_open(&b, SFLOW_TAG(1991, 1)); /* itself in it */
	put_zeros(&b, 8);
	(void)sflow_open(&b, SFLOW_TAG(1991, 1));
	sflow_close(&b, at);
	at = sflow_open(&b, SFLOW_TAG(1991, 1)); /* longer than it is */
	put_zeros(&b, 8);
	put32(&b, 1);
	put32(&b, UINT32_MAX);
	sflow_close(&b, at);
	sflow_put_flow(&b);
	ck_assert_int_eq(feed(), PARSE_OK);
	ck_assert_uint_eq(w.tally.sets_skipped[PARSE_BAD_LENGTH], 2);
	ck_assert_uint_eq(w.tally.sets_skipped[PARSE_UNKNOWN_SAMPLE], 1);
	sentinel_arrived();
}
END_TEST

/* wire-quirks 1 */
START_TEST(of_a_cut_datagram_the_cut_sample_is_refused)
{
	struct datagram d = {.cut = true, .source = {.len = 4}};
	uint8_t *copy;

	sflow_begin(&b, 2);
	sflow_put_flow(&b);
	sflow_put_flow(&b);
	copy = exact_copy(b.octets, b.len - 3);
	d.payload = wire_over(copy, b.len - 3);
	ck_assert_int_eq(sflow_parse(&d, &w.book, &w.sink, &w.tally), PARSE_OK);
	free(copy);
	ck_assert_uint_eq(w.flows_n, 1);
	ck_assert_uint_eq(w.tally.sets_skipped[PARSE_BAD_LENGTH], 1);
}
END_TEST

START_TEST(other_versions_are_refused)
{
	sflow_begin(&b, 0);
	b.octets[3] = 4;
	ck_assert_int_eq(feed(), PARSE_BAD_VERSION);
	b.octets[0] = 1;
	b.octets[3] = 5;
	ck_assert_int_eq(feed(), PARSE_BAD_VERSION);
}
END_TEST

START_TEST(every_prefix_of_a_golden_is_survived)
{
	char path[64];
	unsigned before = 0;

	(void)snprintf(path, sizeof(path), "sflow/%s.hex", goldens[_i]);
	golden_read(path, &b);
	for (size_t len = 0; len <= b.len; len++) {
		size_t flows = w.flows_n;

		(void)world_feed(&w, b.octets, len);
		world_balances(&w);
		ck_assert_uint_ge(w.flows_n - flows, before); /* a longer one never gives less */
		before = (unsigned)(w.flows_n - flows);
	}
}
END_TEST

/* Each word in turn replaced by what lengths and counts lie best with. */
START_TEST(every_word_of_a_golden_may_lie)
{
	static const uint32_t lies[] = {0, 1, 3, 4, 0x7fffffff, 0x80000000, 0xfffffffd, UINT32_MAX};
	char path[64];

	(void)snprintf(path, sizeof(path), "sflow/%s.hex", goldens[_i]);
	golden_read(path, &b);
	for (size_t at = 0; at + 4 <= b.len; at += 4)
		for (unsigned i = 0; i < 8; i++) {
			uint8_t kept[4];

			memcpy(kept, b.octets + at, 4);
			sflow_mend(&b, at + 4, lies[i]);
			(void)feed();
			world_balances(&w);
			memcpy(b.octets + at, kept, 4);
		}
}
END_TEST

static TCase *with_world(Suite *s, const char *name)
{
	TCase *tc = suite_case(s, name);

	tcase_add_checked_fixture(tc, setup, teardown);
	return tc;
}

SUITE(sflow_hostile)
{
	TCase *tc = with_world(s, "hostile");

	tcase_add_test(tc, a_header_cut_short_is_truncated);
	tcase_add_test(tc, an_agent_address_of_unknown_type_ends_the_datagram);
	tcase_add_test(tc, counts_are_claims);
	tcase_add_test(tc, samples_and_records_of_no_length_advance);
	tcase_add_test(tc, records_of_no_length_advance);
	tcase_add_test(tc, stray_octets_are_no_sample);
	tcase_add_test(tc, a_sample_longer_than_the_datagram_ends_it);
	tcase_add_test(tc, a_record_longer_than_its_sample_costs_the_sample);
	tcase_add_test(tc, a_header_longer_than_its_record_is_clamped);
	tcase_add_test(tc, a_path_that_cannot_be_true_costs_its_record);
	tcase_add_test(tc, stacks_are_bounded_by_their_record);
	tcase_add_test(tc, a_label_stack_deeper_than_a_flow_holds_is_cut);
	tcase_add_test(tc, a_next_hop_of_unknown_type_ends_its_record);
	tcase_add_test(tc, brocade_samples_that_hold_none_are_refused);
	tcase_add_test(tc, of_a_cut_datagram_the_cut_sample_is_refused);
	tcase_add_test(tc, other_versions_are_refused);
	tcase_add_loop_test(tc, every_prefix_of_a_golden_is_survived, 0, GOLDENS);
	tcase_add_loop_test(tc, every_word_of_a_golden_may_lie, 0, GOLDENS);
	tcase_set_timeout(tc, 60); /* sanitizers are slow */
}
