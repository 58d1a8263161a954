#include "collector/publish/batcher.h"

#include <stdlib.h>
#include <string.h>

#include "collector/conf/conf.h"
#include "collector/publish/ring.h"
#include "collector/publish/subject.h"
#include "collector/show/ledger.h"
#include "tests/support/suite.h"

#define BATCH_BYTES 100u
#define BATCH_MS    50u

static struct {
	struct conf conf;
	struct ring *ring;
	struct ledger *ledger;
	struct batcher *batcher;
	const struct ledger_worker *w;
} t;

/* A flow of as many octets as its bytes member says: "fff...\n". */
static void encode_filled(struct text *out, const struct flow *flow,
			  const struct encode_style *style)
{
	(void)style; /* an encoder may have none */
	for (uint64_t i = 1; i < flow->bytes; i++)
		text_char(out, 'f');
	text_char(out, '\n');
}

static void setup_ring(size_t ring_bytes)
{
	memset(&t, 0, sizeof(t));
	t.conf.output.batch_bytes = BATCH_BYTES;
	t.conf.output.batch_ms = BATCH_MS;
	t.ring = ring_new(ring_bytes, -1);
	t.ledger = ledger_new(1);
	t.w = ledger_worker(t.ledger);
	t.batcher = batcher_new_with(&t.conf, t.ring, t.ledger, encode_filled);
	ck_assert_ptr_nonnull(t.batcher);
}

static void setup(void)
{
	setup_ring(4u << 20);
}

static void teardown(void)
{
	batcher_free(t.batcher);
	ring_free(t.ring);
	ledger_free(t.ledger);
}

static void add(uint64_t octets, uint8_t type, uint64_t now_mono_ms)
{
	struct flow f;

	flow_init(&f);
	FLOW_PUT(&f, TYPE, type, type);
	FLOW_PUT(&f, BYTES, bytes, octets);
	batcher_add(t.batcher, &f, now_mono_ms);
}

static void expect_batch(uint32_t len, uint32_t flows, uint32_t subject)
{
	struct batch b;

	ck_assert(ring_front(t.ring, &b));
	ck_assert_uint_eq(b.len, len);
	ck_assert_uint_eq(b.flows, flows);
	ck_assert_uint_eq(b.subject, subject);
	ck_assert_int_eq(b.octets[b.len - 1], '\n');
	ring_pop(t.ring);
}

static void expect_no_batch(void)
{
	struct batch b;

	ck_assert(!ring_front(t.ring, &b));
}

/* open + pushed + dropped: what was added. */
static void expect_ledger(uint64_t added)
{
	uint64_t sum = t.w->flows_open + t.w->flows_pushed;

	for (unsigned i = 0; i < DROP_COUNT; i++)
		sum += t.w->flows_dropped[i];
	ck_assert_uint_eq(sum, added);
}

START_TEST(a_flow_waits_in_the_open_batch)
{
	add(10, FLOW_IPFIX, 1000);
	expect_no_batch();
	ck_assert_uint_eq(t.w->flows_open, 1);
	expect_ledger(1);
	batcher_flush(t.batcher);
	expect_batch(10, 1, SUBJECT_NETFLOW);
	ck_assert_uint_eq(t.w->flows_open, 0);
	ck_assert_uint_eq(t.w->flows_pushed, 1);
	ck_assert_uint_eq(t.w->octets_pushed, 10);
	ck_assert_uint_eq(t.w->batches_pushed, 1);
	expect_ledger(1);
	batcher_flush(t.batcher);
	expect_no_batch(); /* nothing is pushed twice, nor empty */
}
END_TEST

START_TEST(a_full_batch_leaves_when_the_next_flow_does_not_fit)
{
	for (unsigned i = 0; i < 4; i++)
		add(25, FLOW_IPFIX, 1000 + i);
	expect_no_batch(); /* exactly full */
	add(25, FLOW_IPFIX, 1010);
	expect_batch(100, 4, SUBJECT_NETFLOW);
	expect_no_batch();
	add(76, FLOW_IPFIX, 1020);
	expect_batch(25, 1, SUBJECT_NETFLOW);
	batcher_flush(t.batcher);
	expect_batch(76, 1, SUBJECT_NETFLOW);
	expect_ledger(6);
}
END_TEST

START_TEST(families_do_not_mix)
{
	add(10, FLOW_SFLOW_5, 1000);
	add(20, FLOW_NETFLOW_V5, 1000);
	add(30, FLOW_SFLOW_5, 1000);
	batcher_flush(t.batcher);
	expect_batch(20, 1, SUBJECT_NETFLOW);
	expect_batch(40, 2, SUBJECT_SFLOW);
	expect_no_batch();
	expect_ledger(3);
}
END_TEST

START_TEST(an_old_batch_leaves_with_the_tick)
{
	ck_assert_uint_eq(batcher_tick(t.batcher, 500), UINT64_MAX);
	add(10, FLOW_IPFIX, 1000);
	add(10, FLOW_IPFIX, 1040); /* the age is that of the first flow */
	add(10, FLOW_SFLOW_5, 1020);
	ck_assert_uint_eq(batcher_tick(t.batcher, 1040), 10);
	expect_no_batch();
	ck_assert_uint_eq(batcher_tick(t.batcher, 1050), 20);
	expect_batch(20, 2, SUBJECT_NETFLOW);
	expect_no_batch();
	ck_assert_uint_eq(batcher_tick(t.batcher, 1070), UINT64_MAX);
	expect_batch(10, 1, SUBJECT_SFLOW);
	add(10, FLOW_IPFIX, 2000);
	ck_assert_uint_eq(batcher_tick(t.batcher, 2000), BATCH_MS);
	expect_ledger(4);
}
END_TEST

START_TEST(a_long_flow_is_a_message_of_its_own)
{
	add(10, FLOW_IPFIX, 1000);
	add(BATCH_BYTES + 1, FLOW_IPFIX, 1001);
	expect_batch(10, 1, SUBJECT_NETFLOW);
	expect_batch(BATCH_BYTES + 1, 1, SUBJECT_NETFLOW);
	add(60, FLOW_IPFIX, 1002);
	add(60, FLOW_IPFIX, 1003); /* the old limit holds again */
	expect_batch(60, 1, SUBJECT_NETFLOW);
	expect_ledger(4);
	add(BATCHER_MESSAGE_MAX, FLOW_IPFIX, 1004);
	expect_batch(60, 1, SUBJECT_NETFLOW);
	expect_batch(BATCHER_MESSAGE_MAX, 1, SUBJECT_NETFLOW);
	expect_ledger(5);
}
END_TEST

START_TEST(a_flow_too_long_for_any_message_is_dropped_and_counted)
{
	add(10, FLOW_IPFIX, 1000);
	add(BATCHER_MESSAGE_MAX + 1, FLOW_IPFIX, 1001);
	ck_assert_uint_eq(t.w->flows_dropped[DROP_TOO_LARGE], 1);
	expect_batch(10, 1, SUBJECT_NETFLOW);
	add(10, FLOW_IPFIX, 1002);
	batcher_flush(t.batcher);
	expect_batch(10, 1, SUBJECT_NETFLOW);
	expect_ledger(3);
}
END_TEST

START_TEST(a_full_ring_drops_the_newest_batch_and_counts_its_flows)
{
	teardown();
	setup_ring(320);
	for (unsigned i = 0; i < 13; i++)
		add(50, FLOW_IPFIX, 1000);
	batcher_flush(t.batcher); /* 7 batches; 2 fit the ring with their heads */
	ck_assert_uint_eq(t.w->flows_pushed, 4);
	ck_assert_uint_eq(t.w->batches_pushed, 2);
	ck_assert_uint_eq(t.w->octets_pushed, 200);
	ck_assert_uint_eq(t.w->flows_dropped[DROP_RING_FULL], 9);
	expect_ledger(13);
	expect_batch(100, 2, SUBJECT_NETFLOW);
	expect_batch(100, 2, SUBJECT_NETFLOW);
	expect_no_batch();
	add(50, FLOW_IPFIX, 1000);
	batcher_flush(t.batcher);
	expect_batch(50, 1, SUBJECT_NETFLOW);
	expect_ledger(14);
}
END_TEST

START_TEST(flows_are_json_lines)
{
	struct batcher *b;
	struct batch got;
	struct flow f;

	t.conf.output.batch_bytes = 16384;
	b = batcher_new(&t.conf, t.ring, t.ledger);
	flow_init(&f);
	FLOW_PUT(&f, TYPE, type, FLOW_IPFIX);
	FLOW_PUT(&f, SRC_PORT, src_port, 53);
	batcher_add(b, &f, 0);
	batcher_add(b, &f, 0);
	batcher_flush(b);
	ck_assert(ring_front(t.ring, &got));
	ck_assert_uint_eq(got.flows, 2);
	ck_assert_int_eq(got.octets[0], '{');
	ck_assert_int_eq(got.octets[got.len / 2 - 1], '\n');
	ck_assert_mem_eq(got.octets, got.octets + got.len / 2, got.len / 2);
	batcher_free(b);
}
END_TEST

SUITE(batcher)
{
	TCase *tc = suite_case(s, "batcher");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_flow_waits_in_the_open_batch);
	tcase_add_test(tc, a_full_batch_leaves_when_the_next_flow_does_not_fit);
	tcase_add_test(tc, families_do_not_mix);
	tcase_add_test(tc, an_old_batch_leaves_with_the_tick);
	tcase_add_test(tc, a_long_flow_is_a_message_of_its_own);
	tcase_add_test(tc, a_flow_too_long_for_any_message_is_dropped_and_counted);
	tcase_add_test(tc, a_full_ring_drops_the_newest_batch_and_counts_its_flows);
	tcase_add_test(tc, flows_are_json_lines);
}
