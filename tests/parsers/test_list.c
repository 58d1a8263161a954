#include "parsers/list.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/template.h"
#include "tests/parsers/world.h"
#include "tests/support/suite.h"

#define PEN_YAF 6871u

static struct world world;
static struct build b;
static const struct message message = {.source = {.octets = {192, 0, 2, 1}, .len = 4},
				       .protocol = PROTOCOL_IPFIX};
static char trace[1 << 20]; /* what the visitor saw */
static size_t events;

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	size_t len = strlen(trace);
	va_list args;

	events++;
	va_start(args, format);
	vsnprintf(trace + len, sizeof(trace) - len, format, args);
	va_end(args);
}

static enum ie_type type(void *ctx, const struct tmpl_field *f)
{
	const struct ie *ie = ie_find((enum ie_space)f->space, f->pen, f->id);

	(void)ctx;
	return ie ? (enum ie_type)ie->type : IE_OCTETS;
}

static void list(void *ctx, uint8_t semantic, const struct tmpl_field *element)
{
	(void)ctx;
	if (element)
		say("(%u %u:%u ", semantic, element->pen, element->id);
	else
		say("(%u ", semantic);
}

static void part(void *ctx, uint16_t tmpl_id)
{
	(void)ctx;
	say("<%u ", tmpl_id);
}

static void record(void *ctx)
{
	(void)ctx;
	say("{");
}

static void field(void *ctx, const struct tmpl_field *f)
{
	(void)ctx;
	say("%u=", f->id);
}

static void value(void *ctx, const struct tmpl_field *f, const uint8_t *octets, size_t len)
{
	(void)ctx;
	(void)f;
	for (size_t i = 0; i < len; i++)
		say("%02x", octets[i]);
	say(",");
}

static void done(void *ctx, enum list_level level)
{
	static const char *const ends[] = {
		[LIST_FIELD] = ";", [LIST_RECORD] = "}", [LIST_PART] = ">", [LIST_LIST] = ")"};

	(void)ctx;
	say("%s", ends[level]);
}

static const struct list_visitor visitor = {
	.type = type,
	.list = list,
	.part = part,
	.record = record,
	.field = field,
	.value = value,
	.done = done,
};

/* Templates 300: two ports; 301: a name and a counter; 302: a list of records, then an octet. */
static void begin(void)
{
	static const uint16_t ports[][2] = {{7, 2}, {11, 2}};
	static const uint16_t names[][2] = {{82, TMPL_VARLEN}, {1, 4}};
	static const uint16_t lists[][2] = {{292, TMPL_VARLEN}, {4, 1}};

	world_init(&world);
	ipfix_begin(&b, 0);
	put_template(&b, 2, 300, ports, 2);
	put_template(&b, 2, 301, names, 2);
	put_template(&b, 2, 302, lists, 2);
	ipfix_end(&b);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.templates_n, 3);
	b.len = 0;
	events = 0;
	trace[0] = '\0';
}

static void end(void)
{
	world_fini(&world);
}

/* Walks an exact-size copy of what was built. */
static bool walk_as(enum ie_type list_type, size_t len)
{
	uint8_t *octets = exact_copy(b.octets, len);
	bool whole;

	events = 0;
	trace[0] = '\0';
	whole = list_walk(list_type, wire_over(octets, len), &message, &world.book, &visitor);
	free(octets);
	return whole;
}

static bool walk(enum ie_type list_type)
{
	return walk_as(list_type, b.len);
}

static void put_basic(unsigned id, unsigned len)
{
	put8(&b, 3); /* allOf */
	put16(&b, id);
	put16(&b, len);
}

START_TEST(a_basic_list_gives_its_elements)
{
	put_basic(10, 4);
	put32(&b, 1);
	put32(&b, 2);
	ck_assert(walk(IE_BASIC_LIST));
	ck_assert_str_eq(trace, "(3 0:10 00000001,00000002,)");
}
END_TEST

START_TEST(elements_may_be_of_a_vendor_and_of_any_length)
{
	put_basic(0x8000 | 77, TMPL_VARLEN);
	put32(&b, PEN_YAF);
	put8(&b, 2);
	put16(&b, 0xabcd);
	put8(&b, 0);
	put8(&b, 255); /* the long form */
	put16(&b, 1);
	put8(&b, 0xee);
	ck_assert(walk(IE_BASIC_LIST));
	ck_assert_str_eq(trace, "(3 6871:77 abcd,,ee,)");
}
END_TEST

START_TEST(lists_without_elements_are_lists)
{
	put_basic(10, 4);
	ck_assert(walk(IE_BASIC_LIST));
	ck_assert_str_eq(trace, "(3 0:10 )");
	b.len = 0;
	put8(&b, 0xff); /* undefined */
	ck_assert(walk(IE_TMPL_MULTILIST));
	ck_assert_str_eq(trace, "(255 )");
	ck_assert(!walk(IE_TMPL_LIST)); /* names no template */
	put16(&b, 999);                 /* need not be known: there is nothing to read by it */
	ck_assert(walk(IE_TMPL_LIST));
	ck_assert_str_eq(trace, "(255 <999 >)");
}
END_TEST

START_TEST(a_list_of_records_is_read_by_its_template)
{
	put8(&b, 1);
	put16(&b, 301);
	put8(&b, 2);
	put_octets(&b, "lo", 2);
	put32(&b, 7);
	put8(&b, 0);
	put32(&b, 8);
	ck_assert(walk(IE_TMPL_LIST));
	ck_assert_str_eq(trace, "(1 <301 {82=6c6f,;1=00000007,;}{82=,;1=00000008,;}>)");
}
END_TEST

START_TEST(a_multi_list_has_a_template_a_part)
{
	put8(&b, 4); /* ordered */
	put16(&b, 300);
	put16(&b, 4 + 8);
	put32(&b, 0x00010002);
	put32(&b, 0x00030004);
	put16(&b, 300);
	put16(&b, 4); /* no records */
	put16(&b, 301);
	put16(&b, 4 + 6);
	put8(&b, 1);
	put8(&b, 'x');
	put32(&b, 9);
	ck_assert(walk(IE_TMPL_MULTILIST));
	ck_assert_str_eq(trace, "(4 <300 {7=0001,;11=0002,;}{7=0003,;11=0004,;}><300 >"
				"<301 {82=78,;1=00000009,;}>)");
}
END_TEST

START_TEST(lists_stand_in_lists)
{
	put8(&b, 3);
	put16(&b, 302); /* its first field is a subTemplateList */
	put8(&b, 7);
	put8(&b, 1);
	put16(&b, 300);
	put32(&b, 0x00350050);
	put8(&b, 17);
	put8(&b, 0); /* an empty field is a value */
	put8(&b, 6);
	ck_assert(walk(IE_TMPL_LIST));
	ck_assert_str_eq(trace, "(3 <302 {292=(1 <300 {7=0035,;11=0050,;}>);4=11,;}"
				"{292=,;4=06,;}>)");
}
END_TEST

START_TEST(every_prefix_of_nested_lists_is_survived)
{
	put_basic(292, TMPL_VARLEN);
	put8(&b, 16);
	put8(&b, 1);
	put16(&b, 301);
	put8(&b, 2);
	put_octets(&b, "lo", 2);
	put32(&b, 7);
	put8(&b, 1);
	put8(&b, 'x');
	put32(&b, 8);
	ck_assert(walk(IE_BASIC_LIST));
	ck_assert_uint_lt((size_t)_i, b.len);
	ck_assert(walk_as(IE_BASIC_LIST, (size_t)_i) == (_i == 5)); /* 5: the header alone */
	walk_as(IE_TMPL_LIST, (size_t)_i);
	walk_as(IE_TMPL_MULTILIST, (size_t)_i);
}
END_TEST

/* hostile-input 15. */
START_TEST(lengths_that_cannot_be_true_are_refused)
{
	put_basic(10, 0); /* elements of no octets would never end */
	put32(&b, 1);
	ck_assert(!walk(IE_BASIC_LIST));
	b.len = 0;
	put_basic(10, 4);
	put_zeros(&b, 7); /* no multiple */
	ck_assert(!walk(IE_BASIC_LIST));
	for (unsigned len = 0; len < 4; len++) {
		b.len = 0;
		put8(&b, 3);
		put16(&b, 300);
		put16(&b, len);
		ck_assert(!walk(IE_TMPL_MULTILIST));
	}
	b.len = 0;
	put8(&b, 3);
	put16(&b, 300);
	put16(&b, 9); /* one more than there is */
	put32(&b, 1);
	ck_assert(!walk(IE_TMPL_MULTILIST));
	b.len = 0;
	put8(&b, 3);
	put16(&b, 300);
	put_zeros(&b, 5); /* a record and a quarter */
	ck_assert(!walk(IE_TMPL_LIST));
}
END_TEST

START_TEST(a_template_that_nobody_knows_refuses_the_list)
{
	put8(&b, 3);
	put16(&b, 999);
	put8(&b, 0);
	ck_assert(!walk(IE_TMPL_LIST));
}
END_TEST

/* hostile-input 16: basicLists of basicLists, each the only element of the one around it. */
static void put_nested(unsigned depth)
{
	b.len = 0;
	for (unsigned i = 1; i < depth; i++) {
		unsigned inside = (depth - i) * 5 + (depth - i - 1) * 3;

		put_basic(291, TMPL_VARLEN);
		put8(&b, 255);
		put16(&b, inside);
	}
	put_basic(4, 1);
}

START_TEST(nesting_has_a_limit)
{
	put_nested(2);
	ck_assert(walk(IE_BASIC_LIST));
	ck_assert_str_eq(trace, "(3 0:291 (3 0:4 ))");
	put_nested(LIST_DEPTH_MAX);
	ck_assert(walk(IE_BASIC_LIST));
	put_nested(LIST_DEPTH_MAX + 1);
	ck_assert(!walk(IE_BASIC_LIST));
	put_nested(1000);
	ck_assert(!walk(IE_BASIC_LIST));
	ck_assert_uint_eq(events, LIST_DEPTH_MAX); /* it stopped there */
}
END_TEST

static void put_itself(unsigned depth)
{
	put8(&b, 3);
	put16(&b, 302);
	if (depth == 1)
		return;
	put8(&b, 255);
	put16(&b, 3 + (depth - 2) * 7); /* octets of the list inside */
	put_itself(depth - 1);
	put8(&b, 17);
}

START_TEST(a_list_that_names_its_own_template_ends)
{
	put_itself(LIST_DEPTH_MAX);
	ck_assert(walk(IE_TMPL_LIST));
	b.len = 0;
	put_itself(LIST_DEPTH_MAX + 1);
	ck_assert(!walk(IE_TMPL_LIST));
	b.len = 0;
	put_itself(1000);
	ck_assert(!walk(IE_TMPL_LIST));
	ck_assert_uint_lt(events, 100);
}
END_TEST

/* A record of one octet and very many fields of none: a datagram of them must not take minutes. */
START_TEST(fields_of_no_octets_do_not_make_work_without_end)
{
	size_t set;

	ipfix_begin(&b, 0);
	set = set_begin(&b, 2);
	put16(&b, 400);
	put16(&b, TMPL_EMPTY_FIELDS_MAX + 1);
	put16(&b, 4);
	put16(&b, 1);
	for (unsigned i = 0; i < TMPL_EMPTY_FIELDS_MAX; i++)
		put32(&b, 82u << 16);
	set_end(&b, set);
	ipfix_end(&b);
	world_feed(&world, b.octets, b.len);
	ck_assert_uint_eq(world.templates_n, 4);
	b.len = 0;
	put8(&b, 3);
	put16(&b, 400);
	put_zeros(&b, 1000);
	ck_assert(!walk(IE_TMPL_LIST));
	ck_assert_uint_lt(events, 2 * TMPL_EMPTY_FIELDS_MAX * b.len);
}
END_TEST

SUITE(list)
{
	TCase *tc = suite_case(s, "walk");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, a_basic_list_gives_its_elements);
	tcase_add_test(tc, elements_may_be_of_a_vendor_and_of_any_length);
	tcase_add_test(tc, lists_without_elements_are_lists);
	tcase_add_test(tc, a_list_of_records_is_read_by_its_template);
	tcase_add_test(tc, a_multi_list_has_a_template_a_part);
	tcase_add_test(tc, lists_stand_in_lists);
	tcase_add_loop_test(tc, every_prefix_of_nested_lists_is_survived, 0, 22);
	tcase_add_test(tc, lengths_that_cannot_be_true_are_refused);
	tcase_add_test(tc, a_template_that_nobody_knows_refuses_the_list);
	tcase_add_test(tc, nesting_has_a_limit);
	tcase_add_test(tc, a_list_that_names_its_own_template_ends);
	tcase_add_test(tc, fields_of_no_octets_do_not_make_work_without_end);
}
