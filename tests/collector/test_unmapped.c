#include "collector/encode/unmapped.h"

#include <stdlib.h>
#include <string.h>

#include "collector/conf/conf.h"
#include "collector/encode/encoder.h"
#include "collector/pipeline.h"
#include "collector/show/ledger.h"
#include "tests/support/suite.h"

/* A pipeline whose flows are written with what they did not take up. */
static struct conf conf;
static struct ledger *ledger;
static struct pipeline *pipeline;
static char lines[1 << 20];
static struct text out;
static struct encode_style style;

static uint8_t message[2048];
static size_t message_len, set_at;

static void flow_write(void *ctx, const struct flow *flow)
{
	(void)ctx;
	encode_json(&out, flow, &style);
}

static void setup(void)
{
	const struct flow_sink sink = {.flow = flow_write};

	conf_init(&conf);
	ledger = ledger_new(conf.listeners_n);
	pipeline = pipeline_new(&conf, &sink, ledger);
	ck_assert_ptr_nonnull(pipeline);
	out = text_over(lines, sizeof(lines));
	style = (struct encode_style){.unmapped = UNMAPPED_INCLUDE};
	message_len = 16;
}

static void teardown(void)
{
	pipeline_free(pipeline);
	ledger_free(ledger);
	conf_fini(&conf);
}

static void put(const void *octets, size_t len)
{
	ck_assert_uint_le(message_len + len, sizeof(message));
	memcpy(message + message_len, octets, len);
	message_len += len;
}

static void put16(unsigned v)
{
	put((const uint8_t[]){(uint8_t)(v >> 8), (uint8_t)v}, 2);
}

static void set_begin(unsigned id)
{
	set_at = message_len;
	put16(id);
	put16(0);
}

static void set_end(void)
{
	size_t len = message_len - set_at;

	message[set_at + 2] = (uint8_t)(len >> 8);
	message[set_at + 3] = (uint8_t)len;
}

static void template_put(unsigned id, const uint16_t (*fields)[2], unsigned n)
{
	set_begin(2);
	put16(id);
	put16(n);
	for (unsigned i = 0; i < n; i++) {
		put16(fields[i][0]);
		put16(fields[i][1]);
		if (fields[i][0] & 0x8000)
			put((const uint8_t[]){0, 0, 0x7e, 0xd9}, 4); /* PEN 32473 */
	}
	set_end();
}

static void message_take(void)
{
	struct datagram d = {
		.payload = {.pos = message, .left = message_len},
		.source = {.octets = {192, 0, 2, 1}, .len = 4},
	};

	memcpy(message, (const uint8_t[]){0, 10, (uint8_t)(message_len >> 8), (uint8_t)message_len},
	       4);
	pipeline_tick(pipeline, 1);
	pipeline_take(pipeline, 0, &d);
	ck_assert(text_ok(&out));
	lines[out.len] = '\0';
}

static void expect(const char *want)
{
	const char *got = strstr(lines, "\"unmapped\":");

	ck_assert_ptr_nonnull(got);
	ck_assert_str_eq(got, want);
}

START_TEST(what_has_no_member_is_listed_by_type)
{
	static const uint16_t fields[][2] = {
		{7, 2}, {209, 2}, {0x8000 | 9, 2}, {210, 2}, {7, 2}, {82, 4},
	};

	template_put(256, fields, 6);
	set_begin(256);
	put("\0\x35"
	    "\0\x07"
	    "\xab\xcd"
	    "\0\0"
	    "\0\x36"
	    "lo\0\0",
	    14);
	set_end();
	message_take();
	expect("\"unmapped\":[{\"pen\":0,\"id\":209,\"name\":\"tcpOptions\",\"value\":7},"
	       "{\"pen\":32473,\"id\":9,\"value\":\"abcd\"},"
	       "{\"pen\":0,\"id\":7,\"name\":\"sourceTransportPort\",\"value\":54},"
	       "{\"pen\":0,\"id\":82,\"name\":\"interfaceName\",\"value\":\"lo\"}]}\n");
}
END_TEST

START_TEST(nothing_is_listed_when_nobody_asked_or_nothing_is_left)
{
	static const uint16_t fields[][2] = {{7, 2}, {209, 2}};
	static const uint16_t taken[][2] = {{7, 2}};

	style.unmapped = UNMAPPED_DROP;
	template_put(256, fields, 2);
	set_begin(256);
	put("\0\x35\0\x07", 4);
	set_end();
	message_take();
	ck_assert_ptr_nonnull(strstr(lines, "\"src_port\":53"));
	ck_assert_ptr_null(strstr(lines, "unmapped"));
	message_len = 16;
	style.unmapped = UNMAPPED_INCLUDE;
	template_put(257, taken, 1);
	set_begin(257);
	put("\0\x35", 2);
	set_end();
	message_take();
	ck_assert_ptr_null(strstr(lines, "unmapped"));
}
END_TEST

/* A value too large for its member, an address of five octets, a community list of something else:
 * wire-quirks 81, 82, 133. */
START_TEST(what_does_not_fit_its_member_is_listed)
{
	static const uint16_t fields[][2] = {{4, 2}, {7, 4}, {8, 5}, {484, 65535}, {485, 65535}};

	template_put(256, fields, 5);
	set_begin(256);
	put("\x01\x2c"
	    "\0\0\0\x35"
	    "\x0a\0\0\x01\0",
	    11);
	put("\x09\x03\x01\xe3\0\x04\0\0\0\x01", 10);
	put("\x07\x03\0\x0a\0\x02\0\x05", 8);
	set_end();
	message_take();
	ck_assert_ptr_nonnull(strstr(lines, "\"src_port\":53"));
	ck_assert_ptr_nonnull(strstr(lines, "\"bgp_communities\":[1]"));
	expect("\"unmapped\":[{\"pen\":0,\"id\":4,\"name\":\"protocolIdentifier\",\"value\":300},"
	       "{\"pen\":0,\"id\":8,\"name\":\"sourceIPv4Address\",\"value\":\"0a00000100\"},"
	       "{\"pen\":0,\"id\":485,\"name\":\"bgpDestinationCommunityList\",\"value\":"
	       "{\"semantic\":\"allOf\",\"pen\":0,\"id\":10,\"name\":\"ingressInterface\","
	       "\"values\":[5]}}]}\n");
}
END_TEST

START_TEST(lists_are_structured_by_the_templates_of_their_exporter)
{
	static const uint16_t inner[][2] = {{7, 2}, {291, 65535}};
	static const uint16_t fields[][2] = {{293, 65535}};

	template_put(300, inner, 2);
	template_put(256, fields, 1);
	set_begin(256);
	put("\x1b"
	    "\x04"
	    "\x01\x2c\0\x16"
	    "\0\x35\x07\xff\0\x0a\0\x02\0\x05"
	    "\0\x36\x05\xc8\0\x0a\0\x02"
	    "\x01\x2c\0\x04",
	    28);
	set_end();
	message_take();
	expect("\"unmapped\":[{\"pen\":0,\"id\":293,\"name\":\"subTemplateMultiList\",\"value\":"
	       "{\"semantic\":\"ordered\",\"parts\":[{\"template\":300,\"records\":["
	       "[{\"pen\":0,\"id\":7,\"name\":\"sourceTransportPort\",\"value\":53},"
	       "{\"pen\":0,\"id\":291,\"name\":\"basicList\",\"value\":{\"semantic\":\"undefined\","
	       "\"pen\":0,\"id\":10,\"name\":\"ingressInterface\",\"values\":[5]}}],"
	       "[{\"pen\":0,\"id\":7,\"name\":\"sourceTransportPort\",\"value\":54},"
	       "{\"pen\":0,\"id\":291,\"name\":\"basicList\",\"value\":{\"semantic\":200,"
	       "\"pen\":0,\"id\":10,\"name\":\"ingressInterface\",\"values\":[]}}]]},"
	       "{\"template\":300,\"records\":[]}]}}]}\n");
}
END_TEST

START_TEST(a_list_that_cannot_be_read_is_hex)
{
	static const uint16_t fields[][2] = {{292, 65535}, {291, 65535}, {291, 65535}};

	template_put(256, fields, 3);
	set_begin(256);
	put("\x04\x03\x03\xe7\x01", 5);       /* template 999 */
	put("\x07\x03\0\x0a\0\x04\0\x05", 8); /* an element cut short */
	put("\0", 1);
	set_end();
	message_take();
	expect("\"unmapped\":[{\"pen\":0,\"id\":292,\"name\":\"subTemplateList\",\"value\":"
	       "\"0303e701\"},"
	       "{\"pen\":0,\"id\":291,\"name\":\"basicList\",\"value\":\"03000a00040005\"},"
	       "{\"pen\":0,\"id\":291,\"name\":\"basicList\",\"value\":\"\"}]}\n");
}
END_TEST

/* Every size of the text: what does not fit fails and writes nothing beyond its end. */
START_TEST(a_text_too_short_fails)
{
	static const uint16_t fields[][2] = {{291, 65535}, {82, 4}};
	size_t whole;

	template_put(256, fields, 2);
	set_begin(256);
	put("\x09\x03\0\x0a\0\x02\0\x05\0\x06"
	    "lo\0\0",
	    14);
	set_end();
	message_take();
	whole = out.len;
	for (size_t size = 0; size <= whole; size++) {
		struct datagram d = {
			.payload = {.pos = message, .left = message_len},
			.source = {.octets = {192, 0, 2, 1}, .len = 4},
		};
		char *exact = malloc(size + 1);

		out = text_over(exact, size);
		pipeline_take(pipeline, 0, &d);
		ck_assert(text_ok(&out) == (size >= whole));
		free(exact);
	}
}
END_TEST

SUITE(unmapped)
{
	TCase *tc = suite_case(s, "json");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_has_no_member_is_listed_by_type);
	tcase_add_test(tc, nothing_is_listed_when_nobody_asked_or_nothing_is_left);
	tcase_add_test(tc, what_does_not_fit_its_member_is_listed);
	tcase_add_test(tc, lists_are_structured_by_the_templates_of_their_exporter);
	tcase_add_test(tc, a_list_that_cannot_be_read_is_hex);
	tcase_add_test(tc, a_text_too_short_fails);
}
