#include "templatestore/book.h"

#include "parsers/template.h"
#include "tests/support/suite.h"

#define MINUTE UINT64_C(60000)

static const struct book_limits small = {.scopes = 4, .templates = 3, .bytes = 1 << 20};

static struct book *book;
static uint16_t misfits;

static void begin(void)
{
	book = book_new(&small);
	ck_assert_ptr_nonnull(book);
}

static void end(void)
{
	book_free(book);
}

static struct message from(uint8_t last, uint32_t domain, enum protocol protocol)
{
	return (struct message){
		.source = {.octets = {192, 0, 2, last}, .len = 4},
		.domain = domain,
		.protocol = (uint8_t)protocol,
	};
}

/* A template of one field of len octets. */
static enum tmpl_learnt learn(const struct message *m, uint16_t id, uint8_t len, uint64_t now_ms)
{
	uint8_t octets[] = {(uint8_t)(id >> 8), (uint8_t)id, 0, 1, 0, 1, 0, len};
	struct wire w = wire_over(octets, sizeof(octets));
	struct tmpl_record r;

	ck_assert_int_eq(tmpl_read(&w, false, false, &r), PARSE_OK);
	return book_learn(book, m, &r, now_ms, &misfits);
}

START_TEST(a_template_is_found_in_its_scope_only)
{
	struct message a = from(1, 0, PROTOCOL_IPFIX);
	struct message b = from(1, 1, PROTOCOL_IPFIX);
	struct message c = from(1, 0, PROTOCOL_NETFLOW9);
	struct message d = from(2, 0, PROTOCOL_IPFIX);

	ck_assert_int_eq(learn(&a, 256, 4, 0), TMPL_NEW);
	ck_assert_uint_eq(book_find(book, &a, 256, 0)->min_len, 4);
	ck_assert_ptr_null(book_find(book, &a, 257, 0));
	ck_assert_ptr_null(book_find(book, &b, 256, 0));
	ck_assert_ptr_null(book_find(book, &c, 256, 0));
	ck_assert_ptr_null(book_find(book, &d, 256, 0));
}
END_TEST

START_TEST(the_port_is_no_part_of_the_scope)
{
	struct message a = from(1, 0, PROTOCOL_IPFIX);
	struct message b = a;

	a.port = 50001;
	b.port = 50002;
	learn(&a, 256, 4, 0);
	ck_assert_ptr_nonnull(book_find(book, &b, 256, 0));
}
END_TEST

START_TEST(same_is_refreshed_and_other_is_redefined)
{
	struct message a = from(1, 0, PROTOCOL_IPFIX);
	struct book_numbers n;

	learn(&a, 256, 4, 0);
	ck_assert_int_eq(learn(&a, 256, 4, 1), TMPL_REFRESHED);
	ck_assert_int_eq(learn(&a, 256, 8, 2), TMPL_REDEFINED);
	ck_assert_uint_eq(book_find(book, &a, 256, 3)->min_len, 8);
	book_numbers(book, &n);
	ck_assert_uint_eq(n.templates, 1);
	ck_assert_uint_eq(n.scopes, 1);
}
END_TEST

START_TEST(a_full_scope_refuses_but_still_redefines)
{
	struct message a = from(1, 0, PROTOCOL_IPFIX);

	for (uint16_t id = 256; id < 259; id++)
		ck_assert_int_eq(learn(&a, id, 4, 0), TMPL_NEW);
	ck_assert_int_eq(learn(&a, 259, 4, 1), TMPL_REFUSED);
	ck_assert_int_eq(learn(&a, 257, 8, 1), TMPL_REDEFINED);
	ck_assert_ptr_nonnull(book_find(book, &a, 256, 1));
}
END_TEST

START_TEST(what_was_not_used_for_long_makes_room)
{
	struct message a = from(1, 0, PROTOCOL_IPFIX);
	struct book_numbers n;

	for (uint16_t id = 256; id < 259; id++)
		learn(&a, id, 4, 1);
	book_find(book, &a, 257, 40 * MINUTE); /* data extends a life */
	ck_assert_int_eq(learn(&a, 259, 4, 41 * MINUTE), TMPL_NEW);
	ck_assert_ptr_nonnull(book_find(book, &a, 257, 41 * MINUTE));
	ck_assert_ptr_null(book_find(book, &a, 256, 41 * MINUTE));
	book_numbers(book, &n);
	ck_assert_uint_eq(n.templates, 2);
	ck_assert_uint_eq(n.templates_evicted, 2);
}
END_TEST

START_TEST(a_flood_of_unproven_scopes_leaves_proven_ones)
{
	struct message good = from(1, 0, PROTOCOL_IPFIX);
	struct book_numbers n;

	learn(&good, 256, 4, 0);
	book_find(book, &good, 256, 0);
	for (uint32_t domain = 1; domain < 1000; domain++) {
		struct message forged = from(9, domain, PROTOCOL_IPFIX);

		ck_assert_int_eq(learn(&forged, 256, 4, 1), TMPL_NEW);
	}
	ck_assert_ptr_nonnull(book_find(book, &good, 256, 2));
	book_numbers(book, &n);
	ck_assert_uint_eq(n.scopes, small.scopes);
	ck_assert_uint_eq(n.scopes_evicted, 999 - 3);
}
END_TEST

START_TEST(octets_are_bounded)
{
	struct book_limits tight = {.scopes = 1000, .templates = 1000, .bytes = 4096};
	struct book_numbers n;

	book_free(book);
	book = book_new(&tight);
	for (uint32_t domain = 0; domain < 500; domain++) {
		struct message m = from(1, domain, PROTOCOL_IPFIX);

		ck_assert_int_eq(learn(&m, 256, 4, 0), TMPL_NEW);
		book_numbers(book, &n);
		ck_assert_uint_le(n.bytes, tight.bytes);
	}
	ck_assert_uint_gt(n.scopes_evicted, 0);
	for (uint16_t id = 256; id < 700; id++) { /* one scope alone may not have it all either */
		struct message m = from(1, 499, PROTOCOL_IPFIX);

		learn(&m, id, 4, 0);
		book_numbers(book, &n);
		ck_assert_uint_le(n.bytes, tight.bytes);
	}
}
END_TEST

START_TEST(elements_that_do_not_fit_are_told)
{
	struct message a = from(1, 0, PROTOCOL_IPFIX);

	learn(&a, 256, 9, 0); /* octetDeltaCount of 9 octets */
	ck_assert_uint_eq(misfits, 1);
	learn(&a, 257, 8, 0);
	ck_assert_uint_eq(misfits, 0);
}
END_TEST

/* Proven or not: what one exporter takes, it takes from itself. */
START_TEST(one_exporter_cannot_push_the_others_out)
{
	struct book_limits wide = {.scopes = 256, .templates = 1000, .bytes = 1 << 20};
	struct book_numbers n;

	book_free(book);
	book = book_new(&wide);
	for (uint8_t last = 1; last <= 100; last++) {
		struct message good = from(last, 0, PROTOCOL_IPFIX);

		learn(&good, 256, 4, 0);
		book_find(book, &good, 256, 0);
	}
	for (uint32_t domain = 0; domain < 2000; domain++) {
		struct message greedy = from(200, domain, PROTOCOL_IPFIX);

		learn(&greedy, 256, 4, 1);
		ck_assert_ptr_nonnull(book_find(book, &greedy, 256, 1));
	}
	for (uint8_t last = 1; last <= 100; last++) {
		struct message good = from(last, 0, PROTOCOL_IPFIX);

		ck_assert_ptr_nonnull(book_find(book, &good, 256, 2));
	}
	book_numbers(book, &n);
	ck_assert_uint_le(n.scopes, 100 + wide.scopes / 8);
}
END_TEST

SUITE(book)
{
	TCase *tc = suite_case(s, "templates");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, a_template_is_found_in_its_scope_only);
	tcase_add_test(tc, the_port_is_no_part_of_the_scope);
	tcase_add_test(tc, same_is_refreshed_and_other_is_redefined);
	tcase_add_test(tc, a_full_scope_refuses_but_still_redefines);
	tcase_add_test(tc, what_was_not_used_for_long_makes_room);
	tcase_add_test(tc, a_flood_of_unproven_scopes_leaves_proven_ones);
	tcase_add_test(tc, one_exporter_cannot_push_the_others_out);
	tcase_add_test(tc, octets_are_bounded);
	tcase_add_test(tc, elements_that_do_not_fit_are_told);
}
