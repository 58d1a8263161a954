#include "templatestore/parking.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"

#define LOT      4096u
#define EXPORTER 2048u
#define AGE_MS   1000u
#define GIVEN    64u

static struct parking *lot;
static uint32_t given[GIVEN];
static size_t given_n;

static void begin(void)
{
	lot = parking_new(LOT, EXPORTER, AGE_MS);
	given_n = 0;
	ck_assert_ptr_nonnull(lot);
}

static void end(void)
{
	parking_free(lot);
}

static struct message from(uint8_t last)
{
	return (struct message){
		.source = {.octets = {192, 0, 2, last}, .len = 4},
		.protocol = PROTOCOL_IPFIX,
		.sequence = last,
	};
}

/* The octets of a Set are its tag, over and over. */
static bool put(uint8_t exporter, uint16_t id, uint32_t tag, size_t len, uint64_t now_ms)
{
	struct message m = from(exporter);
	uint8_t *octets = malloc(len ? len : 1);
	bool parked;

	ck_assert_ptr_nonnull(octets);
	memset(octets, (int)tag, len);
	parked = parking_put(lot, &m, &(struct parked){wire_over(octets, len), id, tag}, now_ms);
	free(octets);
	return parked;
}

static void give(void *ctx, const struct message *m, const struct parked *what)
{
	(void)ctx;
	ck_assert_uint_eq(m->sequence, m->source.octets[3]);
	for (size_t i = 0; i < what->set.left; i++)
		ck_assert_uint_eq(what->set.pos[i], what->tag & 0xff);
	ck_assert_uint_lt(given_n, GIVEN);
	given[given_n++] = what->tag;
}

static void take(uint8_t exporter, uint16_t id)
{
	struct message m = from(exporter);

	given_n = 0;
	parking_take(lot, &m, id, give, NULL);
}

START_TEST(sets_come_back_in_order_and_once)
{
	ck_assert(put(1, 256, 10, 100, 0));
	ck_assert(put(1, 257, 11, 100, 0));
	ck_assert(put(1, 256, 12, 33, 0));
	take(1, 256);
	ck_assert_uint_eq(given_n, 2);
	ck_assert_uint_eq(given[0], 10);
	ck_assert_uint_eq(given[1], 12);
	take(1, 256);
	ck_assert_uint_eq(given_n, 0);
	take(1, 257);
	ck_assert_uint_eq(given_n, 1);
	ck_assert_uint_eq(parking_bytes(lot), 0);
}
END_TEST

START_TEST(another_exporter_waits_for_its_own_template)
{
	ck_assert(put(1, 256, 10, 10, 0));
	take(2, 256);
	ck_assert_uint_eq(given_n, 0);
}
END_TEST

START_TEST(an_exporter_cannot_fill_the_lot)
{
	size_t n = 0;

	while (put(1, 256, 1, 100, 0))
		n++;
	ck_assert_uint_ge(n, 3);
	ck_assert(put(2, 256, 2, 100, 0));
	ck_assert_uint_le(parking_bytes(lot), LOT);
}
END_TEST

START_TEST(a_full_lot_refuses_the_newcomer)
{
	uint8_t exporter = 1;

	while (put(exporter, 256, exporter, 500, 0))
		exporter++;
	ck_assert_uint_gt(exporter, 4);
	take(1, 256);
	ck_assert_uint_eq(given_n, 1); /* the oldest was not pushed out */
	ck_assert(put(exporter, 256, exporter, 400, 0));
}
END_TEST

START_TEST(sets_expire_by_age)
{
	put(1, 256, 1, 10, 0);
	put(2, 256, 2, 10, 500);
	given_n = 0;
	parking_expire(lot, 999, give, NULL);
	ck_assert_uint_eq(given_n, 0);
	parking_expire(lot, 1000, give, NULL);
	ck_assert_uint_eq(given_n, 1);
	parking_expire(lot, 5000, give, NULL);
	ck_assert_uint_eq(given_n, 2);
	take(2, 256);
	ck_assert_uint_eq(given_n, 0);
	ck_assert_uint_eq(parking_bytes(lot), 0);
}
END_TEST

START_TEST(a_set_of_no_octets_is_a_set)
{
	ck_assert(put(1, 256, 7, 0, 0));
	take(1, 256);
	ck_assert_uint_eq(given_n, 1);
}
END_TEST

/* Whatever the order of coming, taking and expiring: what went in comes out once. */
START_TEST(thousands_of_sets_come_out_once)
{
	unsigned in = 0, out = 0, refused = 0;
	uint64_t now_ms = 0;

	srand((unsigned)_i);
	for (unsigned i = 0; i < 20000; i++) {
		uint8_t exporter = (uint8_t)(1 + rand() % 6);
		uint16_t id = (uint16_t)(256 + rand() % 4);

		now_ms += (unsigned)rand() % 20;
		if (put(exporter, id, (uint32_t)i & 0xff, (size_t)rand() % 300, now_ms))
			in++;
		else
			refused++;
		if (rand() % 4 == 0) {
			take((uint8_t)(1 + rand() % 6), (uint16_t)(256 + rand() % 4));
			out += (unsigned)given_n;
		}
		given_n = 0;
		parking_expire(lot, now_ms, give, NULL);
		out += (unsigned)given_n;
		ck_assert_uint_le(parking_bytes(lot), LOT);
	}
	given_n = 0;
	parking_expire(lot, now_ms + AGE_MS, give, NULL);
	out += (unsigned)given_n;
	ck_assert_uint_eq(in, out);
	ck_assert_uint_gt(refused, 0);
	ck_assert_uint_eq(parking_bytes(lot), 0);
}
END_TEST

SUITE(parking)
{
	TCase *tc = suite_case(s, "lot");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, sets_come_back_in_order_and_once);
	tcase_add_test(tc, another_exporter_waits_for_its_own_template);
	tcase_add_test(tc, an_exporter_cannot_fill_the_lot);
	tcase_add_test(tc, a_full_lot_refuses_the_newcomer);
	tcase_add_test(tc, sets_expire_by_age);
	tcase_add_test(tc, a_set_of_no_octets_is_a_set);
	tcase_add_loop_test(tc, thousands_of_sets_come_out_once, 0, 5);
}
