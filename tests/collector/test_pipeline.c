#include "collector/pipeline.h"

#include <stdlib.h>
#include <string.h>

#include "collector/conf/conf.h"
#include "collector/show/ledger.h"
#include "parsers/flow.h"
#include "tests/support/suite.h"

#define FLOWS_MAX 64
#define NAME_MAX  32
#define EXPORT_S  1700000000u
#define V9_OPTION 1
#define V9_DATA   0
#define OPEN      0 /* the listener that takes all */
#define NARROW    1 /* the one that is tested for what it refuses */

/* What is left of a flow when its datagram is gone. */
struct seen {
	struct flow flow;
	char in_if_name[NAME_MAX];
	char vrf_name[NAME_MAX];
	char application[NAME_MAX];
	bool waited;
};

static struct conf conf;
static struct ledger *ledger;
static struct pipeline *pipeline;
static struct seen seen[FLOWS_MAX];
static size_t seen_n;
static bool waited; /* of the record whose flow comes next */
static uint64_t now_ms;

/* --- a datagram under construction ----------------------------------------------------------- */

static uint8_t octets[4096];
static size_t len;
static uint32_t sequence;
static size_t set_at;

static void put(unsigned width, uint64_t v)
{
	while (width-- > 0)
		octets[len++] = (uint8_t)(v >> 8 * width);
}

static void put_text(const char *text, size_t width)
{
	memset(octets + len, 0, width);
	memcpy(octets + len, text, strlen(text));
	len += width;
}

static void v9_begin(uint32_t domain)
{
	len = 0;
	put(2, 9);
	put(2, 1);
	put(4, 3600000);
	put(4, EXPORT_S);
	put(4, sequence++);
	put(4, domain);
}

static void set_begin(unsigned id)
{
	set_at = len;
	put(2, id);
	put(2, 0);
}

static void set_end(void)
{
	size_t end = len;

	len = set_at + 2;
	put(2, end - set_at);
	len = end;
}

static void put_fields(const uint16_t (*fields)[2], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		put(2, fields[i][0]);
		put(2, fields[i][1]);
	}
}

/* --- in and out ------------------------------------------------------------------------------ */

static void name_keep(const struct flow *f, enum flow_field field, const struct octets *name,
		      char out[NAME_MAX])
{
	if (!flow_has(f, field))
		return;
	ck_assert_uint_lt(name->len, NAME_MAX);
	memcpy(out, name->at, name->len);
	out[name->len] = '\0';
}

static void flow_take(void *ctx, const struct flow *f)
{
	struct seen *s = &seen[seen_n++];

	(void)ctx;
	ck_assert_uint_lt(seen_n, FLOWS_MAX);
	*s = (struct seen){.flow = *f, .waited = waited};
	name_keep(f, FLOW_IN_IF_NAME, &f->in_if_name, s->in_if_name);
	name_keep(f, FLOW_INGRESS_VRF_NAME, &f->ingress_vrf_name, s->vrf_name);
	name_keep(f, FLOW_APPLICATION_NAME, &f->application_name, s->application);
}

static void record_take(void *ctx, const struct raw_record *r)
{
	(void)ctx;
	waited = r->message->waited;
}

static void start(void)
{
	const struct flow_sink sink = {.flow = flow_take, .record = record_take};

	pipeline = pipeline_new(&conf, &sink, ledger);
	ck_assert_ptr_nonnull(pipeline);
	pipeline_tick(pipeline, now_ms = 1000);
}

static void set_conf(const char *key, const char *value)
{
	char error[CONF_ERROR_MAX] = "";

	ck_assert_msg(conf_set(&conf, key, value, error) == 0, "%s", error);
	pipeline_free(pipeline);
	start();
}

static void setup(void)
{
	conf_init(&conf);
	conf.listeners_n = 2;
	for (size_t i = 0; i < 2; i++)
		conf.listeners[i] = (struct conf_listener){.protocols = UINT32_MAX};
	ledger = ledger_new(2);
	seen_n = 0;
	sequence = 0;
	waited = false;
	start();
}

static struct ledger_block *block(size_t listener, enum protocol protocol)
{
	return ledger_block(ledger, listener, protocol);
}

/* Nothing may disappear without a name. */
static void balances(const struct ledger_block *b)
{
	uint64_t datagrams = b->datagrams_decoded, sampling = 0;
	uint64_t sets = b->parse.sets_decoded + b->parse.sets_parked + b->parse.sets_park_refused +
			b->sets_expired;

	for (int i = 0; i < PARSE_STATUS_COUNT; i++) {
		datagrams += b->datagrams_rejected[i];
		sets += b->parse.sets_skipped[i];
	}
	for (int i = 0; i < FILTER_COUNT; i++)
		datagrams += b->datagrams_filtered[i];
	for (int i = 0; i < SAMPLING_COUNT; i++)
		sampling += b->parse.flows_sampling[i];
	ck_assert_uint_eq(b->datagrams_received, datagrams);
	ck_assert_uint_eq(b->parse.sets_received, sets);
	ck_assert_uint_eq(b->parse.flows, sampling);
}

static void all_balances(void)
{
	uint64_t flows = 0;

	for (size_t l = 0; l < 2; l++)
		for (unsigned p = 0; p < PROTOCOL_COUNT; p++) {
			balances(block(l, (enum protocol)p));
			flows += block(l, (enum protocol)p)->parse.flows;
		}
	ck_assert_uint_eq(flows, seen_n);
}

static void teardown(void)
{
	all_balances();
	pipeline_free(pipeline);
	ledger_free(ledger);
	conf_fini(&conf);
}

/* What was built last, from 192.0.2.LAST. */
static void feed_from(size_t listener, uint8_t last, uint16_t port)
{
	uint8_t *exact = exact_copy(octets, len);
	struct datagram d = {
		.payload = wire_over(exact, len),
		.source = {.octets = {192, 0, 2, last}, .len = 4},
		.port = port,
		.received_ns = EXPORT_S * UINT64_C(1000000000),
	};

	pipeline_tick(pipeline, now_ms);
	pipeline_take(pipeline, listener, &d);
	free(exact);
	all_balances();
}

static void feed(void)
{
	feed_from(OPEN, 1, 5000);
}

/* --- datagrams ------------------------------------------------------------------------------- */

/* One flow: in_if, ingress VRF, application, sampler, octets. */
static const uint16_t data_fields[][2] = {{10, 2}, {234, 4}, {95, 4}, {48, 1}, {1, 4}};

static void v9_template(void)
{
	v9_begin(0);
	set_begin(V9_DATA);
	put(2, 256);
	put(2, 5);
	put_fields(data_fields, 5);
	set_end();
	feed();
}

static void v9_data(unsigned in_if, unsigned vrf, unsigned application, unsigned sampler)
{
	v9_begin(0);
	set_begin(256);
	put(2, in_if);
	put(4, vrf);
	put(4, application);
	put(1, sampler);
	put(4, 1500);
	set_end();
}

/* A table of one options template (scope System) and one record of it, told in another domain. */
static void v9_option(unsigned id, const uint16_t (*fields)[2], size_t n)
{
	v9_begin(7);
	set_begin(V9_OPTION);
	put(2, id);
	put(2, 4);
	put(2, 4 * n);
	put(2, 1);
	put(2, 4);
	put_fields(fields, n);
	set_end();
	set_begin(id);
	put(4, 0xc0000201);
}

static void tell_all(void)
{
	static const uint16_t interface[][2] = {{10, 2}, {82, 16}};
	static const uint16_t vrf[][2] = {{234, 4}, {236, 16}};
	static const uint16_t application[][2] = {{95, 4}, {96, 16}};
	static const uint16_t sampler[][2] = {{48, 1}, {49, 1}, {50, 4}};

	v9_option(300, interface, 2);
	put(2, 3);
	put_text("Gi0/3", 16);
	set_end();
	feed();
	v9_option(301, vrf, 2);
	put(4, 9);
	put_text("customers", 16);
	set_end();
	feed();
	v9_option(302, application, 2);
	put(4, 0x0d000123);
	put_text("videocalls  ", 16);
	set_end();
	feed();
	v9_option(303, sampler, 3);
	put(1, 1);
	put(1, 2);
	put(4, 1000);
	set_end();
	feed();
}

/* records of zeros; the header claims as many */
static void v5(uint32_t number, unsigned records, unsigned sampling)
{
	len = 0;
	put(2, 5);
	put(2, records);
	put(4, 3600000);
	put(8, (uint64_t)EXPORT_S << 32);
	put(4, number);
	put(2, 0);
	put(2, sampling);
	memset(octets + len, 0, records * 48);
	len += records * 48;
}

static uint64_t rate_of(size_t i)
{
	return flow_has(&seen[i].flow, FLOW_SAMPLING_RATE) ? seen[i].flow.sampling_rate : 0;
}

/* --- options --------------------------------------------------------------------------------- */

START_TEST(names_and_rates_that_options_told_are_in_the_flows)
{
	tell_all();
	v9_template();
	v9_data(3, 9, 0x0d000123, 1);
	feed();
	ck_assert_uint_eq(seen_n, 1);
	ck_assert_str_eq(seen[0].in_if_name, "Gi0/3");
	ck_assert_str_eq(seen[0].vrf_name, "customers");
	ck_assert_str_eq(seen[0].application, "videocalls");
	ck_assert_uint_eq(rate_of(0), 1000);
	ck_assert_uint_eq(seen[0].flow.sampling_source, SAMPLING_SELECTOR);
	ck_assert_uint_eq(block(OPEN, PROTOCOL_NETFLOW9)->parse.options, 4);
	ck_assert_uint_eq(block(OPEN, PROTOCOL_NETFLOW9)->parse.flows_sampling[SAMPLING_SELECTOR],
			  1);
}
END_TEST

START_TEST(what_nobody_told_is_not_in_the_flows)
{
	tell_all();
	v9_template();
	v9_data(4, 8, 7, 2); /* a sampler that is never described: wire-quirks 106 */
	feed();
	ck_assert_str_eq(seen[0].in_if_name, "");
	ck_assert_str_eq(seen[0].vrf_name, "");
	ck_assert_str_eq(seen[0].application, "");
	ck_assert_uint_eq(rate_of(0), 0);
	ck_assert_uint_eq(block(OPEN, PROTOCOL_NETFLOW9)->parse.flows_sampling[SAMPLING_UNKNOWN],
			  1);
}
END_TEST

START_TEST(what_one_exporter_told_is_not_anothers)
{
	tell_all();
	v9_template();
	feed_from(OPEN, 2, 5000);
	v9_data(3, 9, 0x0d000123, 1);
	feed_from(OPEN, 2, 5000);
	ck_assert_uint_eq(seen_n, 1);
	ck_assert_str_eq(seen[0].in_if_name, "");
	ck_assert_uint_eq(rate_of(0), 0);
}
END_TEST

START_TEST(the_tables_of_options_are_in_the_ledger)
{
	tell_all();
	pipeline_tick(pipeline, now_ms);
	ck_assert_uint_eq(ledger_worker(ledger)->option_exporters, 1);
	ck_assert_uint_eq(ledger_worker(ledger)->option_facts, 4);
	ck_assert_uint_gt(ledger_worker(ledger)->option_bytes, 0);
	ck_assert_uint_eq(ledger_worker(ledger)->sequences, 1);
}
END_TEST

/* --- the operator's word (wire-quirks 105 a, j) ---------------------------------------------- */

START_TEST(an_override_is_stronger_than_any_other_word)
{
	set_conf("sampling.overrides", "192.0.2.0/24=50,192.0.2.1=77,10.0.0.0/8=3");
	v5(0, 1, 10);
	feed();
	feed_from(OPEN, 2, 5000);
	tell_all();
	v9_template();
	v9_data(3, 9, 1, 1);
	feed();
	ck_assert_uint_eq(rate_of(0), 77);
	ck_assert_uint_eq(seen[0].flow.sampling_source, SAMPLING_OVERRIDE);
	ck_assert_uint_eq(rate_of(1), 50);
	ck_assert_uint_eq(rate_of(2), 77);
}
END_TEST

START_TEST(an_override_is_for_the_exporters_it_names)
{
	set_conf("sampling.overrides", "10.0.0.0/8=3");
	v5(0, 1, 10);
	feed();
	ck_assert_uint_eq(rate_of(0), 10);
	ck_assert_uint_eq(seen[0].flow.sampling_source, SAMPLING_HEADER);
}
END_TEST

START_TEST(the_default_is_for_flows_of_which_nothing_is_told)
{
	set_conf("sampling.default", "512");
	v5(0, 1, 0);
	feed();
	v5(1, 1, 10);
	feed();
	ck_assert_uint_eq(rate_of(0), 512);
	ck_assert_uint_eq(seen[0].flow.sampling_source, SAMPLING_DEFAULT);
	ck_assert_uint_eq(rate_of(1), 10);
}
END_TEST

/* --- who may enter --------------------------------------------------------------------------- */

START_TEST(a_source_outside_the_allow_list_is_not_parsed)
{
	struct cidr allow;

	ck_assert_int_eq(cidr_parse("192.0.2.1", &allow), 0);
	conf.listeners[NARROW].allow = &allow;
	conf.listeners[NARROW].allow_n = 1;
	v5(0, 2, 0);
	feed_from(NARROW, 1, 5000);
	feed_from(NARROW, 2, 5000);
	ck_assert_uint_eq(seen_n, 2);
	ck_assert_uint_eq(block(NARROW, PROTOCOL_UNKNOWN)->datagrams_filtered[FILTER_SOURCE], 1);
	conf.listeners[NARROW].allow = NULL;
	conf.listeners[NARROW].allow_n = 0;
}
END_TEST

START_TEST(a_protocol_that_the_listener_does_not_take_is_filtered)
{
	conf.listeners[NARROW].protocols = 1u << PROTOCOL_IPFIX;
	v5(0, 2, 0);
	feed_from(NARROW, 1, 5000);
	ck_assert_uint_eq(seen_n, 0);
	ck_assert_uint_eq(block(NARROW, PROTOCOL_NETFLOW5)->datagrams_filtered[FILTER_PROTOCOL], 1);
	len = 0;
	put(4, 0xffffffff); /* is refused by the parser, with its reason */
	feed_from(NARROW, 1, 5000);
	ck_assert_uint_eq(block(NARROW, PROTOCOL_UNKNOWN)->datagrams_rejected[PARSE_BAD_VERSION],
			  1);
}
END_TEST

/* --- Sets that wait -------------------------------------------------------------------------- */

START_TEST(data_that_came_too_early_are_decoded_when_their_template_comes)
{
	const struct ledger_block *b = block(OPEN, PROTOCOL_NETFLOW9);

	v9_data(3, 9, 1, 1);
	feed();
	v9_data(4, 9, 1, 1);
	feed_from(OPEN, 1, 5001); /* from another port: the same scope */
	ck_assert_uint_eq(b->parse.sets_parked, 2);
	ck_assert_uint_eq(seen_n, 0);
	v9_template();
	ck_assert_uint_eq(seen_n, 2);
	ck_assert(seen[0].waited && seen[1].waited);
	ck_assert_uint_eq(seen[0].flow.in_if, 3);
	ck_assert_uint_eq(seen[1].flow.in_if, 4);
	ck_assert_uint_eq(seen[0].flow.sequence_num, 0);
	ck_assert_uint_eq(b->parse.sets_parked, 0);
	ck_assert_uint_eq(b->parse.sets_missed, 2);
	ck_assert_uint_eq(b->parse.sets_replayed, 2);
	v9_data(5, 9, 1, 1);
	feed();
	ck_assert(!seen[2].waited);
}
END_TEST

START_TEST(what_waited_counts_where_it_came_in)
{
	v9_data(3, 9, 1, 1);
	feed_from(NARROW, 1, 5000);
	v9_template();
	ck_assert_uint_eq(seen_n, 1);
	ck_assert_uint_eq(block(NARROW, PROTOCOL_NETFLOW9)->parse.flows, 1);
	ck_assert_uint_eq(block(OPEN, PROTOCOL_NETFLOW9)->parse.flows, 0);
}
END_TEST

START_TEST(data_whose_template_never_comes_expire)
{
	struct ledger_block *b = block(OPEN, PROTOCOL_NETFLOW9);

	v9_data(3, 9, 1, 1);
	feed();
	pipeline_tick(pipeline, now_ms += conf.parking.age_ms - 1);
	ck_assert_uint_eq(b->parse.sets_parked, 1);
	pipeline_tick(pipeline, now_ms += 1);
	ck_assert_uint_eq(b->parse.sets_parked, 0);
	ck_assert_uint_eq(b->sets_expired, 1);
	v9_template();
	ck_assert_uint_eq(seen_n, 0);
}
END_TEST

START_TEST(data_find_no_room_in_a_lot_of_nothing)
{
	set_conf("parking.bytes", "0");
	v9_data(3, 9, 1, 1);
	feed();
	ck_assert_uint_eq(block(OPEN, PROTOCOL_NETFLOW9)->parse.sets_park_refused, 1);
}
END_TEST

/* --- sequences ------------------------------------------------------------------------------- */

START_TEST(netflow5_counts_flows)
{
	struct ledger_block *b = block(OPEN, PROTOCOL_NETFLOW5);

	v5(100, 10, 0);
	feed();
	v5(140, 10, 0);
	feed();
	ck_assert_uint_eq(b->sequence_lost[SEQUENCE_FLOWS], 30);
	v5(110, 10, 0);
	feed();
	feed();
	ck_assert_uint_eq(b->sequence_late[SEQUENCE_FLOWS], 10);
	ck_assert_uint_eq(b->sequence_duplicate[SEQUENCE_FLOWS], 10);
}
END_TEST

/* wire-quirks 8 */
START_TEST(two_pdus_in_one_datagram_are_two_messages)
{
	uint8_t first[24 + 48];

	v5(100, 1, 0);
	memcpy(first, octets, sizeof(first));
	v5(101, 1, 0);
	memmove(octets + sizeof(first), octets, len);
	memcpy(octets, first, sizeof(first));
	len += sizeof(first);
	feed();
	v5(102, 1, 0);
	feed();
	ck_assert_uint_eq(seen_n, 3);
	ck_assert_uint_eq(block(OPEN, PROTOCOL_NETFLOW5)->sequence_lost[SEQUENCE_FLOWS], 0);
}
END_TEST

START_TEST(sequences_of_two_ports_are_two)
{
	v5(100, 10, 0);
	feed_from(OPEN, 1, 5000);
	v5(900, 10, 0);
	feed_from(OPEN, 1, 5001);
	v5(110, 10, 0);
	feed_from(OPEN, 1, 5000);
	v5(910, 10, 0);
	feed_from(OPEN, 1, 5001);
	ck_assert_uint_eq(block(OPEN, PROTOCOL_NETFLOW5)->sequence_lost[SEQUENCE_FLOWS], 0);
	ck_assert_uint_eq(block(OPEN, PROTOCOL_NETFLOW5)->sequence_resets, 0);
}
END_TEST

static void ipfix(uint32_t number, bool announce, unsigned records)
{
	len = 0;
	put(2, 10);
	put(2, 16 + (announce ? 12u : 0u) + (records ? 4 + 4 * records : 0));
	put(4, EXPORT_S);
	put(4, number);
	put(4, 1);
	if (announce) {
		set_begin(2);
		put(2, 256);
		put(2, 1);
		put(4, 8 << 16 | 4);
		set_end();
	}
	if (records) {
		set_begin(256);
		for (unsigned i = 0; i < records; i++)
			put(4, i + 1);
		set_end();
	}
}

/* wire-quirks 113: what waited is no record of the message that brings its template. */
START_TEST(ipfix_counts_records_but_not_those_it_cannot_decode)
{
	struct ledger_block *b = block(OPEN, PROTOCOL_IPFIX);

	ipfix(100, false, 5);
	feed();
	ipfix(105, false, 5);
	feed();
	ipfix(110, true, 5);
	feed();
	ck_assert_uint_eq(seen_n, 15);
	ipfix(115, false, 5);
	feed();
	ck_assert_uint_eq(b->sequence_lost[SEQUENCE_RECORDS], 0);
	ipfix(125, false, 5);
	feed();
	ck_assert_uint_eq(b->sequence_lost[SEQUENCE_RECORDS], 5);
	ck_assert_uint_eq(b->sequence_duplicate[SEQUENCE_RECORDS] + b->sequence_resets, 0);
}
END_TEST

/* wire-quirks 59 */
START_TEST(options_records_count_too)
{
	ipfix(100, false, 0);
	len = 16;
	octets[3] = 16 + 18 + 12;
	set_begin(3);
	put(2, 300);
	put(2, 2);
	put(2, 1);
	put(4, 144 << 16 | 4);
	put(4, 34 << 16 | 4);
	set_end();
	set_begin(300);
	put(8, 10);
	set_end();
	feed();
	ck_assert_uint_eq(block(OPEN, PROTOCOL_IPFIX)->parse.options, 1);
	ipfix(101, false, 0);
	feed();
	ipfix(104, false, 0);
	feed();
	ck_assert_uint_eq(block(OPEN, PROTOCOL_IPFIX)->sequence_lost[SEQUENCE_RECORDS], 3);
}
END_TEST

static void sflow(uint8_t agent, uint32_t number)
{
	len = 0;
	put(4, 5);
	put(4, 1);
	put(4, 0x0a000000u + agent);
	put(4, 0);
	put(4, number);
	put(4, 1000);
	put(4, 0);
}

START_TEST(sflow_counts_datagrams_of_each_agent)
{
	struct ledger_block *b = block(OPEN, PROTOCOL_SFLOW5);

	for (uint32_t i = 0; i < 4; i++) {
		sflow(1, 7 + i);
		feed();
		sflow(2, 900 + 2 * i);
		feed();
	}
	ck_assert_uint_eq(b->sequence_lost[SEQUENCE_DATAGRAMS], 3);
	ck_assert_uint_eq(b->sequence_resets, 0);
}
END_TEST

START_TEST(a_datagram_refused_touches_no_sequence)
{
	v5(100, 10, 0);
	feed();
	v5(5000, 0, 0);
	len = 20;
	feed();
	v5(110, 10, 0);
	feed();
	ck_assert_uint_eq(block(OPEN, PROTOCOL_NETFLOW5)->sequence_lost[SEQUENCE_FLOWS], 0);
	ck_assert_uint_eq(block(OPEN, PROTOCOL_NETFLOW5)->datagrams_rejected[PARSE_TRUNCATED], 1);
}
END_TEST

/* hostile-input 64 */
START_TEST(a_source_that_changes_its_port_keeps_its_templates_and_fills_no_table)
{
	set_conf("limits.scopes", "8");
	v9_template();
	for (uint16_t port = 6000; port < 6020; port++) {
		v9_data(3, 9, 1, 1);
		feed_from(OPEN, 1, port);
	}
	pipeline_tick(pipeline, now_ms);
	ck_assert_uint_eq(seen_n, 20);
	ck_assert_uint_eq(ledger_worker(ledger)->sequences, 8);
	ck_assert_uint_eq(ledger_worker(ledger)->sequences_evicted, 13);
	ck_assert_uint_eq(ledger_worker(ledger)->scopes, 1);
}
END_TEST

SUITE(pipeline)
{
	TCase *tc = suite_case(s, "options");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, names_and_rates_that_options_told_are_in_the_flows);
	tcase_add_test(tc, what_nobody_told_is_not_in_the_flows);
	tcase_add_test(tc, what_one_exporter_told_is_not_anothers);
	tcase_add_test(tc, the_tables_of_options_are_in_the_ledger);
	tcase_add_test(tc, an_override_is_stronger_than_any_other_word);
	tcase_add_test(tc, an_override_is_for_the_exporters_it_names);
	tcase_add_test(tc, the_default_is_for_flows_of_which_nothing_is_told);
	tc = suite_case(s, "filters");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_source_outside_the_allow_list_is_not_parsed);
	tcase_add_test(tc, a_protocol_that_the_listener_does_not_take_is_filtered);
	tc = suite_case(s, "parking");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, data_that_came_too_early_are_decoded_when_their_template_comes);
	tcase_add_test(tc, what_waited_counts_where_it_came_in);
	tcase_add_test(tc, data_whose_template_never_comes_expire);
	tcase_add_test(tc, data_find_no_room_in_a_lot_of_nothing);
	tc = suite_case(s, "sequences");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, netflow5_counts_flows);
	tcase_add_test(tc, two_pdus_in_one_datagram_are_two_messages);
	tcase_add_test(tc, sequences_of_two_ports_are_two);
	tcase_add_test(tc, ipfix_counts_records_but_not_those_it_cannot_decode);
	tcase_add_test(tc, options_records_count_too);
	tcase_add_test(tc, sflow_counts_datagrams_of_each_agent);
	tcase_add_test(tc, a_datagram_refused_touches_no_sequence);
	tcase_add_test(tc, a_source_that_changes_its_port_keeps_its_templates_and_fills_no_table);
}
