#include "collector/encode/elements.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/flow.h"
#include "parsers/ie.h"
#include "parsers/template.h"
#include "tests/support/suite.h"

#define FIELDS_MAX 32

/* A record built field by field, with the template that describes it. */
static struct {
	struct tmpl_field fields[FIELDS_MAX];
	struct span spans[FIELDS_MAX];
	uint8_t octets[512];
	uint16_t len;
	struct tmpl tmpl;
	struct message message;
	struct flow flow;
	struct raw_record record;
} b;

static struct elements *plain, *named;

static void record_setup(void)
{
	memset(&b, 0, sizeof(b));
	b.tmpl = (struct tmpl){.id = 256, .fields = b.fields};
	b.message = (struct message){
		.source = addr4((const uint8_t[]){192, 0, 2, 1}),
		.port = 50001,
		.protocol = PROTOCOL_IPFIX,
		.sequence = 17,
	};
	b.record = (struct raw_record){
		.message = &b.message,
		.tmpl = &b.tmpl,
		.octets = b.octets,
		.spans = b.spans,
	};
	plain = elements_new(false, NULL);
	named = elements_new(true, NULL);
	ck_assert_ptr_nonnull(plain);
	ck_assert_ptr_nonnull(named);
}

static void record_teardown(void)
{
	elements_free(plain);
	elements_free(named);
}

static void field(enum ie_space space, uint32_t pen, uint16_t id, const void *octets, uint16_t len)
{
	uint16_t n = b.tmpl.fields_n++;

	b.fields[n] =
		(struct tmpl_field){.space = (uint8_t)space, .pen = pen, .id = id, .len = len};
	b.spans[n] = (struct span){.offset = b.len, .len = len};
	memcpy(b.octets + b.len, octets, len);
	b.len = (uint16_t)(b.len + len);
}

static void expect(struct elements *e, const char *want)
{
	const struct text *line;

	ck_assert_int_eq(elements_record(e, &b.record, &line), 0);
	ck_assert_uint_eq(line->len, strlen(want));
	ck_assert_mem_eq(line->start, want, line->len);
}

#define HEAD \
	"{\"exporter\":\"192.0.2.1\",\"port\":50001,\"version\":10,\"domain\":0,\"sequence\":17,"

START_TEST(a_record_is_one_object_with_its_keys_in_order)
{
	field(IE_SPACE_IPFIX, 0, 1, "\x04\xd2", 2);
	field(IE_SPACE_IPFIX, 0, 8, "\x0a\0\0\x01", 4);
	field(IE_SPACE_IPFIX, 9, 12235, "\x0a\x0b", 2);
	expect(plain, HEAD "\"set\":256,\"kind\":\"data\",\"fields\":{\"octetDeltaCount\":1234,"
			   "\"sourceIPv4Address\":\"10.0.0.1\",\"e9:12235\":\"0a0b\"}}\n");
}
END_TEST

START_TEST(an_options_record_says_so)
{
	b.tmpl.options = true;
	field(IE_SPACE_IPFIX, 0, 149, "\0\0\0\x01", 4);
	expect(plain,
	       HEAD "\"set\":256,\"kind\":\"options\",\"fields\":{\"observationDomainId\":1}}\n");
}
END_TEST

START_TEST(a_record_that_waited_says_so)
{
	b.message.waited = true;
	field(IE_SPACE_IPFIX, 0, 4, "\x06", 1);
	expect(plain, HEAD "\"set\":256,\"kind\":\"data\",\"fields\":{\"protocolIdentifier\":6},"
			   "\"waited\":true}\n");
}
END_TEST

START_TEST(repeated_elements_are_a_list_at_the_place_of_the_first)
{
	field(IE_SPACE_IPFIX, 0, 7, "\0\x01", 2);
	field(IE_SPACE_IPFIX, 0, 4, "\x06", 1);
	field(IE_SPACE_IPFIX, 0, 7, "\0\x02", 2);
	field(IE_SPACE_IPFIX, 9, 7, "\0\x09", 2);
	field(IE_SPACE_IPFIX, 0, 7, "\0\x03", 2);
	expect(plain,
	       HEAD "\"set\":256,\"kind\":\"data\",\"fields\":{\"sourceTransportPort\":[1,2,3],"
		    "\"protocolIdentifier\":6,\"e9:7\":\"0009\"}}\n");
}
END_TEST

START_TEST(what_iana_does_not_assign_is_e0_and_hex)
{
	b.message.protocol = PROTOCOL_NETFLOW9;
	field(IE_SPACE_NETFLOW9, 0, 33002, "\x07\xe9", 2);
	field(IE_SPACE_NETFLOW9, 0, 0, "", 0);
	field(IE_SPACE_NETFLOW9, 0, 105, "\x01", 1);
	field(IE_SPACE_NETFLOW9, 0, 0, "\x01", 1);
	field(IE_SPACE_NETFLOW9, 0, 1, "\0\x01", 2);
	expect(plain,
	       "{\"exporter\":\"192.0.2.1\",\"port\":50001,\"version\":9,\"domain\":0,"
	       "\"sequence\":17,\"set\":256,\"kind\":\"data\",\"fields\":{\"e0:33002\":\"07e9\","
	       "\"e0:0\":[\"\",\"01\"],\"e0:105\":\"01\",\"octetDeltaCount\":1}}\n");
}
END_TEST

START_TEST(scopes_of_netflow9_are_not_elements)
{
	b.message.protocol = PROTOCOL_NETFLOW9;
	b.tmpl.options = true;
	field(IE_SPACE_SCOPE9, 0, 1, "\xc0\0\x02\x01", 4);
	field(IE_SPACE_SCOPE9, 0, 2, "\0\x02", 2);
	field(IE_SPACE_SCOPE9, 0, 3, "", 0);
	field(IE_SPACE_SCOPE9, 0, 9, "\x07", 1);
	field(IE_SPACE_NETFLOW9, 0, 2, "\x03", 1);
	expect(plain, "{\"exporter\":\"192.0.2.1\",\"port\":50001,\"version\":9,\"domain\":0,"
		      "\"sequence\":17,\"set\":256,\"kind\":\"options\",\"fields\":{"
		      "\"scope:system\":3221225985,\"scope:interface\":2,\"scope:lineCard\":\"\","
		      "\"scope:9\":7,\"packetDeltaCount\":3}}\n");
}
END_TEST

START_TEST(v7_has_three_fields_of_its_own_and_its_version_for_a_set)
{
	b.message.protocol = PROTOCOL_NETFLOW7;
	field(IE_SPACE_NETFLOW7, 0, 1, "\x06", 1);
	field(IE_SPACE_NETFLOW7, 0, 2, "\x06\x07", 2);
	field(IE_SPACE_NETFLOW7, 0, 3, "\x08\x09\0\x01", 4);
	expect(plain, "{\"exporter\":\"192.0.2.1\",\"port\":50001,\"version\":7,\"domain\":0,"
		      "\"sequence\":17,\"set\":7,\"kind\":\"data\",\"fields\":{\"v7:flags1\":6,"
		      "\"v7:flags2\":1543,\"v7:routerSc\":\"8.9.0.1\"}}\n");
}
END_TEST

START_TEST(vendor_elements_have_names_when_asked_for)
{
	field(IE_SPACE_IPFIX, 29305, 1, "\0\x05", 2);
	field(IE_SPACE_IPFIX, 29305, 40, "\0\x05", 2); /* not reversible */
	field(IE_SPACE_IPFIX, 5951, 128, "\0\x05", 2);
	field(IE_SPACE_IPFIX, 4242, 1, "\0\x05", 2);
	expect(plain,
	       HEAD "\"set\":256,\"kind\":\"data\",\"fields\":{\"e29305:1\":5,"
		    "\"e29305:40\":\"0005\",\"e5951:128\":\"0005\",\"e4242:1\":\"0005\"}}\n");
	expect(named, HEAD "\"set\":256,\"kind\":\"data\",\"fields\":{\"reverseOctetDeltaCount\":5,"
			   "\"e29305:40\":\"0005\",\"netscalerRoundTripTime\":5,"
			   "\"e4242:1\":\"0005\"}}\n");
}
END_TEST

START_TEST(two_elements_of_one_name_keep_two_keys)
{
	field(IE_SPACE_IPFIX, 6876, 954, "\x01", 1); /* VMware's flowDirection */
	field(IE_SPACE_IPFIX, 0, 61, "\0", 1);       /* IANA's */
	expect(named, HEAD "\"set\":256,\"kind\":\"data\",\"fields\":{\"e6876:954\":1,"
			   "\"flowDirection\":0}}\n");
}
END_TEST

static void flow_times(uint8_t source)
{
	FLOW_PUT(&b.flow, TIME_START, time_flow_start_ns, 1700000000123999999);
	FLOW_PUT(&b.flow, TIME_END, time_flow_end_ns, 1700000001000000000);
	FLOW_PUT(&b.flow, TIME_SOURCE, time_source, source);
	b.record.flow = &b.flow;
}

START_TEST(times_are_derived_where_the_record_has_them)
{
	flow_times(TIME_UPTIME);
	field(IE_SPACE_IPFIX, 0, 22, "\x01", 1);
	expect(plain, HEAD "\"set\":256,\"kind\":\"data\",\"fields\":{\"flowStartSysUpTime\":1},"
			   "\"derived\":{\"flow_start_ms\":1700000000123}}\n");
	field(IE_SPACE_IPFIX, 0, 21, "\x02", 1);
	expect(plain, HEAD "\"set\":256,\"kind\":\"data\",\"fields\":{\"flowStartSysUpTime\":1,"
			   "\"flowEndSysUpTime\":2},\"derived\":{\"flow_start_ms\":1700000000123,"
			   "\"flow_end_ms\":1700000001000}}\n");
}
END_TEST

START_TEST(a_duration_makes_the_other_end)
{
	flow_times(TIME_MILLISECONDS);
	field(IE_SPACE_IPFIX, 0, 153, "\x01", 1);
	field(IE_SPACE_IPFIX, 0, 161, "\x02", 1);
	expect(plain, HEAD "\"set\":256,\"kind\":\"data\",\"fields\":{\"flowEndMilliseconds\":1,"
			   "\"flowDurationMilliseconds\":2},\"derived\":{"
			   "\"flow_start_ms\":1700000000123,\"flow_end_ms\":1700000001000}}\n");
}
END_TEST

START_TEST(times_that_are_a_guess_are_not_derived)
{
	static const uint8_t guesses[] = {TIME_UNKNOWN, TIME_OBSERVATION, TIME_EXPORT,
					  TIME_APPROXIMATE, TIME_RECEIVED};

	field(IE_SPACE_IPFIX, 0, 22, "\x01", 1);
	for (size_t i = 0; i < sizeof(guesses); i++) {
		flow_times(guesses[i]);
		expect(plain, HEAD
		       "\"set\":256,\"kind\":\"data\",\"fields\":{\"flowStartSysUpTime\":1}}\n");
	}
}
END_TEST

START_TEST(another_template_at_the_same_place_has_other_keys)
{
	field(IE_SPACE_IPFIX, 0, 7, "\0\x01", 2);
	expect(plain,
	       HEAD "\"set\":256,\"kind\":\"data\",\"fields\":{\"sourceTransportPort\":1}}\n");
	b.fields[0].id = 11;
	expect(plain,
	       HEAD "\"set\":256,\"kind\":\"data\",\"fields\":{\"destinationTransportPort\":1}}\n");
	field(IE_SPACE_IPFIX, 0, 11, "\0\x02", 2);
	expect(plain, HEAD "\"set\":256,\"kind\":\"data\",\"fields\":{"
			   "\"destinationTransportPort\":[1,2]}}\n");
	b.tmpl.fields_n = 1;
	expect(plain,
	       HEAD "\"set\":256,\"kind\":\"data\",\"fields\":{\"destinationTransportPort\":1}}\n");
}
END_TEST

START_TEST(a_record_of_64_kilobytes_is_not_cut)
{
	static uint8_t octets[65000];
	const struct text *line;
	json_t *root;

	memset(octets, 0xab, sizeof(octets));
	b.fields[0] = (struct tmpl_field){.space = IE_SPACE_IPFIX, .pen = 9, .id = 1};
	b.spans[0] = (struct span){.offset = 0, .len = sizeof(octets)};
	b.tmpl.fields_n = 1;
	b.record.octets = octets;
	ck_assert_int_eq(elements_record(plain, &b.record, &line), 0);
	root = json_loadb(line->start, line->len, 0, NULL);
	ck_assert_ptr_nonnull(root);
	ck_assert_uint_eq(
		json_string_length(json_object_get(json_object_get(root, "fields"), "e9:1")),
		2 * sizeof(octets));
	json_decref(root);
}
END_TEST

START_TEST(a_sample_has_a_tag_and_elements)
{
	static const uint8_t octets[] = {
		0, 0, 0,    2,                       /* sequence */
		3, 0, 0,    1,                       /* source id: entLogical 1 */
		0, 0, 0,    1,                       /* records */
		0, 0, 0x03, 0xed, 0,   0,   0,   8,  /* 0:1005, length */
		0, 0, 0,    4,    'e', 'n', 'o', '1' /* ifName */
	};
	struct raw_sample sample = {
		.message = &b.message,
		.tag = 2,
		.body = wire_over(octets, sizeof(octets)),
	};
	const char *want =
		"{\"exporter\":\"192.0.2.1\",\"port\":50001,\"version\":5,\"domain\":0,"
		"\"sequence\":17,\"agent\":\"10.0.0.9\",\"set\":\"counters_sample\","
		"\"tag\":\"0:2\",\"fields\":{\"sequence_number\":2,\"source_id_type\":3,"
		"\"source_id_index\":1,\"num_elements\":1},\"elements\":[{\"tag\":\"0:1005\","
		"\"name\":\"port_name\",\"fields\":{\"ifName\":\"eno1\"}}]}\n";
	const struct text *line;

	b.message.protocol = PROTOCOL_SFLOW5;
	b.message.agent = addr4((const uint8_t[]){10, 0, 0, 9});
	ck_assert_int_eq(elements_sample(plain, &sample, &line), 0);
	ck_assert_uint_eq(line->len, strlen(want));
	ck_assert_mem_eq(line->start, want, line->len);
}
END_TEST

START_TEST(lists_and_groups_of_a_sample_nest)
{
	static const uint8_t octets[] = {
		0, 0, 0,    2,    0,   0, 0, 1,  0,    0, 0, 9, 0, 0, 0, 0, /* sequence .. pool */
		0, 0, 0,    0,    0,   0, 0, 3,  0x80, 0, 0, 4, /* drops, input, output */
		0, 0, 0,    1,                                  /* records */
		0, 0, 0x03, 0xeb, 0,   0, 0, 56,                /* 0:1003, length */
		0, 0, 0,    1,    192, 0, 2, 9,                 /* next hop */
		0, 0, 0,    1,    0,   0, 0, 2,  0,    0, 0, 3, /* as, src_as, src_peer_as */
		0, 0, 0,    1,    0,   0, 0, 2,                 /* one segment, a sequence */
		0, 0, 0,    2,    0,   0, 0, 7,  0,    0, 0, 8, /* of two */
		0, 0, 0,    1,    0,   0, 0, 5,                 /* one community */
		0, 0, 0,    100,  0,   0, 0, 42                 /* localpref, then unknown */
	};
	struct raw_sample sample = {
		.message = &b.message,
		.tag = 1,
		.body = wire_over(octets, sizeof(octets)),
	};
	const struct text *line;
	json_t *root, *fields;
	char *shown;

	b.message.protocol = PROTOCOL_SFLOW5;
	ck_assert_int_eq(elements_sample(plain, &sample, &line), 0);
	root = json_loadb(line->start, line->len, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_ptr_nonnull(root);
	fields = json_object_get(json_array_get(json_object_get(root, "elements"), 0), "fields");
	shown = json_dumps(fields, JSON_COMPACT);
	ck_assert_str_eq(shown,
			 "{\"nexthop\":\"192.0.2.9\",\"as\":1,\"src_as\":2,\"src_peer_as\":3,"
			 "\"dst_as_path\":[{\"type\":2,\"as\":[7,8]}],\"communities\":[5],"
			 "\"localpref\":100,\"undecoded\":\"0000002a\"}");
	free(shown);
	json_decref(root);
}
END_TEST

SUITE(elements)
{
	TCase *tc = suite_case(s, "records");

	tcase_add_checked_fixture(tc, record_setup, record_teardown);
	tcase_add_test(tc, a_record_is_one_object_with_its_keys_in_order);
	tcase_add_test(tc, an_options_record_says_so);
	tcase_add_test(tc, a_record_that_waited_says_so);
	tcase_add_test(tc, repeated_elements_are_a_list_at_the_place_of_the_first);
	tcase_add_test(tc, what_iana_does_not_assign_is_e0_and_hex);
	tcase_add_test(tc, scopes_of_netflow9_are_not_elements);
	tcase_add_test(tc, v7_has_three_fields_of_its_own_and_its_version_for_a_set);
	tcase_add_test(tc, vendor_elements_have_names_when_asked_for);
	tcase_add_test(tc, two_elements_of_one_name_keep_two_keys);
	tcase_add_test(tc, another_template_at_the_same_place_has_other_keys);
	tcase_add_test(tc, a_record_of_64_kilobytes_is_not_cut);

	tc = suite_case(s, "derived");
	tcase_add_checked_fixture(tc, record_setup, record_teardown);
	tcase_add_test(tc, times_are_derived_where_the_record_has_them);
	tcase_add_test(tc, a_duration_makes_the_other_end);
	tcase_add_test(tc, times_that_are_a_guess_are_not_derived);

	tc = suite_case(s, "samples");
	tcase_add_checked_fixture(tc, record_setup, record_teardown);
	tcase_add_test(tc, a_sample_has_a_tag_and_elements);
	tcase_add_test(tc, lists_and_groups_of_a_sample_nest);
}
