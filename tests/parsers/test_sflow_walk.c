#include "parsers/sflow_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/sflow.h"
#include "tests/parsers/golden.h"
#include "tests/parsers/sflow_text.h"
#include "tests/parsers/world.h"
#include "tests/support/suite.h"

static const char *const goldens[] = {"plain-tcp", "expanded-gateway", "counters", "discard",
				      "vendors"};

static char shown[65536];
static size_t shown_len;
static struct sflow_text text;

static void show(void *ctx, const struct raw_sample *sample)
{
	(void)ctx;
	sflow_text_write(&text, sample);
	memcpy(shown + shown_len, text.text, text.len);
	shown_len += text.len;
	shown[shown_len++] = '\n';
	shown[shown_len] = '\0';
}

START_TEST(a_golden_shows_every_field_by_its_name)
{
	static char expected[65536];
	struct world w;
	struct build b;
	char path[64];

	world_init(&w);
	w.sink.sample = show;
	shown_len = 0;
	(void)snprintf(path, sizeof(path), "sflow/%s.hex", goldens[_i]);
	golden_read(path, &b);
	ck_assert_int_eq(world_feed(&w, b.octets, b.len), PARSE_OK);
	(void)snprintf(path, sizeof(path), "sflow/%s.txt", goldens[_i]);
	(void)golden_text(path, expected, sizeof(expected));
	ck_assert_str_eq(shown, expected);
	world_fini(&w);
}
END_TEST

static void walk(uint32_t tag, const struct build *b)
{
	uint8_t *copy = exact_copy(b->octets, b->len);
	struct raw_sample sample = {.tag = tag, .body = wire_over(copy, b->len)};

	sflow_text_write(&text, &sample);
	free(copy);
}

/* A counter sample with one record of the kind. */
static void walk_record(enum sflow_kind kind, uint32_t tag, const struct build *record)
{
	static struct build b;

	b.len = 0;
	put_zeros(&b, kind == SFLOW_COUNTER ? 8 : 28);
	put32(&b, 1);
	put32(&b, tag);
	put32(&b, (uint32_t)record->len);
	put_octets(&b, record->octets, record->len);
	walk(kind == SFLOW_COUNTER ? SFLOW_TAG(0, 2) : SFLOW_TAG(0, 1), &b);
}

struct row {
	enum sflow_kind kind;
	uint32_t tag;
	unsigned count;
	unsigned least;
	const char *name;
};

static const struct row rows[] = {
#define FIELD(type, list, name)
#define STRUCTURE(kind, enterprise, format, name, first, count, least) \
	{SFLOW_##kind, SFLOW_TAG(enterprise, format), count, least, name},
#include "parsers/sflow_structures.def"
#undef FIELD
#undef STRUCTURE
};

#define ROWS (int)(sizeof(rows) / sizeof(rows[0]))

START_TEST(every_structure_is_found_by_its_tag)
{
	uint64_t last = 0;

	for (int i = 0; i < ROWS; i++) {
		const struct sflow_structure *row = sflow_structure_find(rows[i].kind, rows[i].tag);

		ck_assert_msg(row != NULL, "%s", rows[i].name);
		ck_assert_str_eq(row->name, rows[i].name);
		ck_assert_uint_eq(row->least, rows[i].least); /* it did not wrap */
		ck_assert_msg(last < row->key, "%s", rows[i].name);
		last = row->key;
	}
}
END_TEST

/* Zeros are empty strings, unknown addresses and lists without items: every structure has such. */
START_TEST(every_record_is_shown_whole_when_it_is_all_zeros)
{
	static struct build b;

	for (int i = 0; i < ROWS; i++) {
		if (rows[i].kind == SFLOW_SAMPLE)
			continue;
		b.len = 0;
		put_zeros(&b, rows[i].least + 64u); /* more than any padding of MACs */
		walk_record(rows[i].kind, rows[i].tag, &b);
		ck_assert_uint_eq(text.begins, 2);
		ck_assert_msg(strstr(text.text, rows[i].name) != NULL, "%s", rows[i].name);
		ck_assert_uint_le(text.undecoded, 1);
		ck_assert_msg(strstr(text.text, "| unknown ") == NULL, "%s", rows[i].name);
	}
}
END_TEST

static void every_end(const struct row *row)
{
	static struct build b;

	for (unsigned len = 0; len <= row->least; len++) {
		b.len = 0;
		put_zeros(&b, len);
		walk_record(row->kind, row->tag, &b);
		ck_assert_uint_eq(text.begins, 2);
		memset(b.octets, 0xff, len); /* all lengths and counts at once */
		walk_record(row->kind, row->tag, &b);
		ck_assert_uint_eq(text.begins, 2);
	}
}

START_TEST(every_record_may_end_anywhere)
{
	for (int i = 0; i < ROWS; i++)
		if (rows[i].kind != SFLOW_SAMPLE)
			every_end(&rows[i]);
}
END_TEST

START_TEST(an_unknown_record_is_shown_as_octets)
{
	struct build b = {.len = 0};

	put32(&b, 0xdeadbeef);
	walk_record(SFLOW_FLOW, SFLOW_TAG(4711, 5), &b);
	ck_assert_ptr_nonnull(strstr(text.text, " | unknown 4711:5 undecoded=deadbeef"));
}
END_TEST

START_TEST(what_a_longer_record_adds_is_shown_undecoded)
{
	struct build b = {.len = 0};

	for (uint32_t i = 1; i <= 5; i++)
		put32(&b, i);
	put32(&b, 0xcafe);
	walk_record(SFLOW_FLOW, SFLOW_TAG(0, 1001), &b);
	ck_assert_ptr_nonnull(strstr(text.text, "src_vlan=1 src_priority=2 dst_vlan=3 "
						"dst_priority=4 undecoded=000000050000cafe"));
}
END_TEST

START_TEST(a_record_that_ends_early_shows_what_it_has)
{
	struct build b = {.len = 0};

	put32(&b, 1);
	put16(&b, 2);
	walk_record(SFLOW_FLOW, SFLOW_TAG(0, 1001), &b);
	ck_assert_ptr_nonnull(strstr(text.text, "src_vlan=1 undecoded=0002"));
	ck_assert_ptr_null(strstr(text.text, "src_priority"));
}
END_TEST

START_TEST(ethernet_addresses_may_come_without_padding)
{
	struct build b = {.len = 0};

	put32(&b, 64);
	put_octets(&b, "\1\2\3\4\5\6\7\10\11\12\13\14", 12);
	put32(&b, 0x806);
	walk_record(SFLOW_FLOW, SFLOW_TAG(0, 2), &b);
	ck_assert_ptr_nonnull(
		strstr(text.text, "length=64 src_mac=010203040506 dst_mac=0708090a0b0c type=2054"));
	ck_assert_uint_eq(text.undecoded, 0);
}
END_TEST

/* hostile 36, 38: counts that wrap when multiplied. */
START_TEST(a_list_longer_than_its_record_is_left_undecoded)
{
	static const uint32_t claims[] = {2, 3, 0x3fffffff, 0x40000000, 0x40000001, UINT32_MAX};
	static const uint16_t lists[] = {1006, 1012, 1034};

	for (unsigned i = 0; i < 6 * 3; i++) {
		struct build b = {.len = 0};

		if (lists[i / 6] == 1006)
			put32(&b, 0); /* next hop unknown */
		put32(&b, claims[i % 6]);
		put32(&b, 16);
		walk_record(SFLOW_FLOW, SFLOW_TAG(0, lists[i / 6]), &b);
		ck_assert_uint_eq(text.undecoded, 1);
		ck_assert_ptr_null(strchr(text.text, '['));
	}
}
END_TEST

/* hostile 38 */
START_TEST(adapters_with_more_addresses_than_octets_end_the_list)
{
	struct build b = {.len = 0};

	put32(&b, 2); /* adapters */
	put32(&b, 1); /* ifIndex */
	put32(&b, UINT32_MAX);
	put_zeros(&b, 64);
	walk_record(SFLOW_COUNTER, SFLOW_TAG(0, 2001), &b);
	ck_assert_ptr_nonnull(strstr(text.text, "adapters=[ { ifIndex=1 } ] undecoded=ffffffff"));
}
END_TEST

/* hostile 37 */
START_TEST(a_string_longer_than_its_record_is_left_undecoded)
{
	static const uint32_t lengths[] = {5, 0x7fffffff, 0xfffffffc, 0xfffffffd, UINT32_MAX};

	for (unsigned i = 0; i < 5; i++) {
		struct build b = {.len = 0};

		put32(&b, lengths[i]);
		put32(&b, 0x61626364);
		walk_record(SFLOW_FLOW, SFLOW_TAG(0, 1038), &b);
		ck_assert_ptr_null(strstr(text.text, "symbol"));
		ck_assert_uint_eq(text.undecoded, 1);
	}
}
END_TEST

/* hostile 39 */
START_TEST(an_address_of_unknown_type_ends_its_record)
{
	struct build b = {.len = 0};

	put32(&b, 3);
	put_zeros(&b, 16);
	walk_record(SFLOW_FLOW, SFLOW_TAG(0, 1002), &b);
	ck_assert_ptr_null(strstr(text.text, "nexthop"));
	ck_assert_uint_eq(text.undecoded, 1);
}
END_TEST

START_TEST(an_unknown_sample_is_shown_as_octets)
{
	struct build b = {.len = 0};

	put32(&b, 0x01020304);
	walk(SFLOW_TAG(1, 1), &b);
	ck_assert_str_eq(text.text, "unknown 1:1 undecoded=01020304");
}
END_TEST

START_TEST(samples_within_samples_end_at_the_second)
{
	static struct build b;

	b.len = 0;
	for (int i = 0; i < 100; i++) {
		put64(&b, 0); /* flags, group */
		put32(&b, SFLOW_TAG(1991, 1));
		put32(&b, (uint32_t)(16 * (99 - i)));
	}
	walk(SFLOW_TAG(1991, 1), &b);
	ck_assert_uint_eq(text.begins, 1);
	ck_assert_uint_eq(text.fields, 5); /* flags and group twice, and what is left */
}
END_TEST

/* hostile 13 */
START_TEST(a_record_count_is_a_claim)
{
	static const uint16_t formats[] = {1, 2, 3, 4, 5};

	for (unsigned i = 0; i < 5; i++) {
		struct build b = {.len = 0};

		put_zeros(&b, sflow_structure_find(SFLOW_SAMPLE, formats[i])->least - 4u);
		put32(&b, UINT32_MAX);
		put32(&b, SFLOW_TAG(0, 1043));
		put32(&b, 0);
		walk(SFLOW_TAG(0, formats[i]), &b);
		ck_assert_uint_eq(text.begins, 2);
	}
}
END_TEST

START_TEST(drop_reasons_have_names)
{
	ck_assert_str_eq(sflow_drop_reason_name(0), "net_unreachable");
	ck_assert_str_eq(sflow_drop_reason_name(257), "ttl_exceeded");
	ck_assert_str_eq(sflow_drop_reason_name(332), "dev_hdr");
	ck_assert_str_eq(sflow_drop_reason_name(366), "tc_egress");
	ck_assert_str_eq(sflow_drop_reason_name(16), "");
	ck_assert_str_eq(sflow_drop_reason_name(UINT32_MAX), "");
}
END_TEST

SUITE(sflow_walk)
{
	TCase *tc = suite_case(s, "table");

	tcase_add_test(tc, every_structure_is_found_by_its_tag);
	tcase_add_test(tc, every_record_is_shown_whole_when_it_is_all_zeros);
	tcase_add_test(tc, every_record_may_end_anywhere);
	tcase_add_test(tc, drop_reasons_have_names);
	tcase_set_timeout(tc, 60);
	tc = suite_case(s, "walk");
	tcase_add_loop_test(tc, a_golden_shows_every_field_by_its_name, 0, 5);
	tcase_add_test(tc, an_unknown_record_is_shown_as_octets);
	tcase_add_test(tc, what_a_longer_record_adds_is_shown_undecoded);
	tcase_add_test(tc, a_record_that_ends_early_shows_what_it_has);
	tcase_add_test(tc, ethernet_addresses_may_come_without_padding);
	tcase_add_test(tc, an_unknown_sample_is_shown_as_octets);
	tc = suite_case(s, "hostile");
	tcase_add_test(tc, a_list_longer_than_its_record_is_left_undecoded);
	tcase_add_test(tc, adapters_with_more_addresses_than_octets_end_the_list);
	tcase_add_test(tc, a_string_longer_than_its_record_is_left_undecoded);
	tcase_add_test(tc, an_address_of_unknown_type_ends_its_record);
	tcase_add_test(tc, samples_within_samples_end_at_the_second);
	tcase_add_test(tc, a_record_count_is_a_claim);
}
