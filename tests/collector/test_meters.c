#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collector/show/identity.h"
#include "collector/show/meters.h"
#include "tests/support/suite.h"

#define WORD      sizeof(uint64_t)
#define LISTENERS 2
#define WORKERS   2
#define DOCS      "docs/metrics.md"

static const char *const names[LISTENERS] = {"0.0.0.0:2055", "[::]:6343"};
static struct ledger *ledgers[WORKERS];
static struct snapshot_source source;
static struct http_page page;

static void setup(void)
{
	for (size_t w = 0; w < WORKERS; w++)
		ledgers[w] = ledger_new(LISTENERS);
	source = (struct snapshot_source){
		.listeners_n = LISTENERS,
		.listeners = names,
		.workers = WORKERS,
		.ledgers = ledgers,
		.started_unix_ms = 1700000000123,
	};
}

static void teardown(void)
{
	free(page.body);
	page = (struct http_page){0};
	for (size_t w = 0; w < WORKERS; w++)
		ledger_free(ledgers[w]);
}

/* The page, as a string. */
static const char *render(void)
{
	char *text;

	free(page.body);
	ck_assert_int_eq(meters_render(&source, &page), 0);
	ck_assert_uint_eq(page.status, 200);
	text = realloc(page.body, page.len + 1);
	ck_assert_ptr_nonnull(text);
	text[page.len] = '\0';
	page.body = text;
	return text;
}

static void publish(void)
{
	for (size_t w = 0; w < WORKERS; w++)
		ledger_publish(ledgers[w]);
}

/* The page has this line. */
static bool shows(const char *line)
{
	char needle[256];

	snprintf(needle, sizeof(needle), "\n%s\n", line);
	return strstr(page.body, needle) != NULL;
}

static size_t samples_of(const char *name)
{
	char needle[128];
	size_t n = 0;

	snprintf(needle, sizeof(needle), "\n%s{", name);
	for (const char *at = page.body; (at = strstr(at, needle)); at++)
		n++;
	return n;
}

static bool ends(const char *text, const char *with)
{
	size_t len = strlen(text), tail = strlen(with);

	return len >= tail && strcmp(text + len - tail, with) == 0;
}

START_TEST(names_follow_the_conventions)
{
	for (size_t i = 0; i < meters_n; i++) {
		const char *name = meters[i].name;

		ck_assert_msg(strncmp(name, "weir_", 5) == 0 || strncmp(name, "process_", 8) == 0,
			      "%s", name);
		ck_assert_uint_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_"),
				  strlen(name));
		ck_assert_msg(ends(name, "_total") == (meters[i].kind == METER_COUNTER), "%s",
			      name);
		ck_assert_msg((meters[i].unit == METER_ONE) == !strstr(name, "_seconds"), "%s",
			      name);
		ck_assert_msg(!strstr(name, "octets"), "%s: the base unit is bytes", name);
	}
}
END_TEST

/* weir_x and weir_x_total would be one family in OpenMetrics. */
START_TEST(no_name_is_used_twice)
{
	char total[128];

	for (size_t i = 0; i < meters_n; i++)
		for (size_t j = 0; j < meters_n; j++) {
			snprintf(total, sizeof(total), "%s_total", meters[j].name);
			ck_assert_str_ne(meters[i].name, total);
			ck_assert(i == j || strcmp(meters[i].name, meters[j].name) != 0);
		}
}
END_TEST

START_TEST(helps_are_short_sentences_without_a_full_stop)
{
	for (size_t i = 0; i < meters_n; i++) {
		const char *help = meters[i].help;

		ck_assert_uint_gt(strlen(help), 0);
		ck_assert_msg(!ends(help, ".") && !strchr(help, '\n'), "%s", help);
		ck_assert_msg(!isupper((unsigned char)help[0]) || isupper((unsigned char)help[1]) ||
				      strncmp(help, "Sets", 4) == 0,
			      "%s", help);
	}
}
END_TEST

static const size_t part_bytes[PART_COUNT] = {
	[PART_BLOCK] = sizeof(struct ledger_block),
	[PART_SOCKET] = sizeof(struct ledger_socket),
	[PART_WORKER] = sizeof(struct ledger_worker),
	[PART_TOTALS] = sizeof(struct totals),
};

START_TEST(every_number_has_exactly_one_metric)
{
	for (size_t at = 0; at < part_bytes[_i]; at += WORD) {
		size_t rows = 0;

		for (size_t i = 0; i < meters_n; i++)
			rows += meters[i].part == _i && at >= meters[i].offset &&
				at < meters[i].offset + meters[i].words * WORD;
		ck_assert_msg(rows == 1, "part %d, offset %zu: %zu rows", _i, at, rows);
	}
}
END_TEST

START_TEST(every_term_of_an_identity_is_a_metric)
{
	for (size_t i = 0; i < identities_n; i++)
		for (const struct identity_term *t = identities[i].left;
		     t < identities[i].right + IDENTITY_TERMS_MAX; t++) {
			size_t found = 0;

			for (size_t m = 0; t->words && m < meters_n; m++)
				found += meters[m].part == t->part &&
					 meters[m].offset == t->offset &&
					 meters[m].words == t->words;
			ck_assert_msg(!t->words || found == 1, "%s", identities[i].name);
		}
}
END_TEST

/* WEIR_WRITE_DOCS=1 brings it up to date. */
START_TEST(the_documentation_is_not_stale)
{
	char *now = meters_markdown();
	size_t len = strlen(now);
	char *was = calloc(1, len + 2);
	FILE *f;

	if (getenv("WEIR_WRITE_DOCS")) {
		f = fopen(DOCS, "w");
		ck_assert_ptr_nonnull(f);
		ck_assert_uint_eq(fwrite(now, 1, len, f), len);
		ck_assert_int_eq(fclose(f), 0);
	}
	f = fopen(DOCS, "r");
	ck_assert_msg(f, "no " DOCS ": run the tests from the top of the tree");
	ck_assert_uint_eq(fread(was, 1, len + 1, f), len);
	fclose(f);
	ck_assert_msg(strcmp(was, now) == 0, DOCS " is stale: WEIR_WRITE_DOCS=1 make check");
	free(was);
	free(now);
}
END_TEST

/* Walks the page as a scraper does: each family has its help and type, and then only its own
 * samples, each with one number. */
START_TEST(the_page_is_well_formed)
{
	char family[128] = "", name[128], type[16];
	size_t families = 0;
	char *at = NULL;

	render();
	for (char *line = strtok_r(page.body, "\n", &at); line; line = strtok_r(NULL, "\n", &at)) {
		size_t len = strcspn(line, "{ ");
		char *end;

		if (sscanf(line, "# HELP %127s", family) == 1) {
			families++;
			continue;
		}
		if (sscanf(line, "# TYPE %127s %15s", name, type) == 2) {
			ck_assert_str_eq(name, family);
			continue;
		}
		ck_assert_uint_eq(len, strlen(family));
		ck_assert_int_eq(strncmp(line, family, len), 0);
		if (line[len] == '{')
			line = strrchr(line, '}') + 1 - len;
		ck_assert_int_eq(line[len], ' ');
		ck_assert_double_ge(strtod(line + len + 1, &end), 0);
		ck_assert_int_eq(*end, '\0');
	}
	ck_assert_uint_eq(families, meters_n);
}
END_TEST

START_TEST(every_label_value_is_there_before_anything_happened)
{
	render();
	ck_assert_uint_eq(samples_of("weir_datagrams_received_total"), LISTENERS * PROTOCOL_COUNT);
	ck_assert_uint_eq(samples_of("weir_notes_total"), LISTENERS * PROTOCOL_COUNT * NOTE_COUNT);
	ck_assert_uint_eq(samples_of("weir_datagrams_filtered_total"),
			  LISTENERS * PROTOCOL_COUNT * FILTER_COUNT);
	ck_assert_uint_eq(samples_of("weir_kernel_drops_total"), LISTENERS * WORKERS);
	ck_assert_uint_eq(samples_of("weir_worker_loop_turns_total"), WORKERS);
	ck_assert_uint_eq(samples_of("weir_flows_dropped_total"), DROP_COUNT);
	ck_assert(shows("weir_flows_decoded_total{listener=\"[::]:6343\",protocol=\"sflow5\"} 0"));
	ck_assert(shows("weir_build_info{version=\"" WEIR_VERSION "\"} 1"));
	ck_assert(shows("process_start_time_seconds 1700000000.123"));
}
END_TEST

START_TEST(only_reasons_that_can_happen_are_there)
{
	render();
	ck_assert(strstr(page.body, "weir_datagrams_rejected_total{listener=\"0.0.0.0:2055\","
				    "protocol=\"ipfix\",reason=\"truncated\"} 0\n"));
	ck_assert(!strstr(page.body, "weir_datagrams_rejected_total{listener=\"0.0.0.0:2055\","
				     "protocol=\"ipfix\",reason=\"ok\"}"));
	ck_assert(!strstr(page.body, "weir_templates_refused_total{listener=\"0.0.0.0:2055\","
				     "protocol=\"ipfix\",reason=\"truncated\"}"));
}
END_TEST

START_TEST(a_reason_that_happened_although_it_cannot_is_shown)
{
	ledger_block(ledgers[0], 0, PROTOCOL_IPFIX)->parse.sets_skipped[PARSE_TRUNCATED] = 3;
	publish();
	render();
	ck_assert(shows("weir_sets_skipped_total{listener=\"0.0.0.0:2055\",protocol=\"ipfix\","
			"reason=\"truncated\"} 3"));
}
END_TEST

START_TEST(sequences_show_the_unit_of_their_protocol_and_any_other_that_happened)
{
	render();
	ck_assert_uint_eq(samples_of("weir_sequence_lost_total"), LISTENERS * (PROTOCOL_COUNT - 1));
	ck_assert(shows("weir_sequence_late_total{listener=\"[::]:6343\",protocol=\"netflow9\","
			"unit=\"datagrams\"} 0"));
	ledger_block(ledgers[0], 1, PROTOCOL_NETFLOW9)->sequence_late[SEQUENCE_RECORDS] = 5;
	publish();
	render();
	ck_assert(shows("weir_sequence_late_total{listener=\"[::]:6343\",protocol=\"netflow9\","
			"unit=\"records\"} 5"));
}
END_TEST

START_TEST(blocks_are_summed_over_the_workers)
{
	for (size_t w = 0; w < WORKERS; w++) {
		ledger_block(ledgers[w], 1, PROTOCOL_SFLOW5)->datagrams_received = 5 + w;
		ledger_block(ledgers[w], 1, PROTOCOL_SFLOW5)
			->datagrams_rejected[PARSE_BAD_ADDRESS] = 2;
		ledger_socket(ledgers[w], 1)->kernel_drops = 20 + w;
		ledger_worker(ledgers[w])->scopes = 30 + w;
	}
	publish();
	render();
	ck_assert(shows("weir_datagrams_received_total{listener=\"[::]:6343\",protocol=\"sflow5\"} "
			"11"));
	ck_assert(shows("weir_datagrams_rejected_total{listener=\"[::]:6343\",protocol=\"sflow5\","
			"reason=\"bad_address\"} 4"));
	ck_assert(shows("weir_kernel_drops_total{listener=\"[::]:6343\",worker=\"1\"} 21"));
	ck_assert(shows("weir_worker_scopes{worker=\"0\"} 30"));
}
END_TEST

START_TEST(times_are_shown_in_seconds)
{
	struct timespec t;
	double age;

	clock_gettime(CLOCK_MONOTONIC, &t);
	ledger_worker(ledgers[0])->loop_gap_max_us = 1234567;
	ledger_worker(ledgers[0])->loop_last_ms = (uint64_t)t.tv_sec * 1000;
	publish();
	render();
	ck_assert(shows("weir_worker_loop_gap_max_seconds{worker=\"0\"} 1.234567"));
	ck_assert_int_eq(sscanf(strstr(page.body, "loop_age_seconds{worker=\"0\"}"),
				"loop_age_seconds{worker=\"0\"} %lf", &age),
			 1);
	ck_assert_double_lt(age, 60);
}
END_TEST

START_TEST(the_process_is_alive)
{
	struct snapshot s;

	ck_assert_int_eq(snapshot_take(&source, &s), 0);
	ck_assert_uint_gt(s.totals.process.resident_bytes, 0);
	ck_assert_uint_gt(s.totals.process.virtual_bytes, s.totals.process.resident_bytes);
	ck_assert_uint_ge(s.totals.process.open_fds, 3);
	ck_assert_uint_gt(s.totals.process.max_fds, 3);
	snapshot_fini(&s);
}
END_TEST

START_TEST(a_ledger_that_does_not_add_up_is_shown_as_such)
{
	render();
	ck_assert(shows("weir_ledger_unbalanced 0"));
	ledger_block(ledgers[1], 1, PROTOCOL_IPFIX)->datagrams_received = 1;
	publish();
	render();
	ck_assert(shows("weir_ledger_unbalanced 1"));
}
END_TEST

START_TEST(a_source_without_workers_or_listeners_has_a_page)
{
	const struct snapshot_source nobody = {0};

	source = nobody;
	render();
	ck_assert_uint_eq(samples_of("weir_datagrams_received_total"), 0);
	ck_assert(shows("weir_flows_queued 0"));
}
END_TEST

SUITE(meters)
{
	TCase *tc = suite_case(s, "table");

	tcase_add_test(tc, names_follow_the_conventions);
	tcase_add_test(tc, no_name_is_used_twice);
	tcase_add_test(tc, helps_are_short_sentences_without_a_full_stop);
	tcase_add_loop_test(tc, every_number_has_exactly_one_metric, 0, PART_COUNT);
	tcase_add_test(tc, every_term_of_an_identity_is_a_metric);
	tcase_add_test(tc, the_documentation_is_not_stale);
	tc = suite_case(s, "page");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_page_is_well_formed);
	tcase_add_test(tc, every_label_value_is_there_before_anything_happened);
	tcase_add_test(tc, only_reasons_that_can_happen_are_there);
	tcase_add_test(tc, a_reason_that_happened_although_it_cannot_is_shown);
	tcase_add_test(tc, sequences_show_the_unit_of_their_protocol_and_any_other_that_happened);
	tcase_add_test(tc, blocks_are_summed_over_the_workers);
	tcase_add_test(tc, times_are_shown_in_seconds);
	tcase_add_test(tc, the_process_is_alive);
	tcase_add_test(tc, a_ledger_that_does_not_add_up_is_shown_as_such);
	tcase_add_test(tc, a_source_without_workers_or_listeners_has_a_page);
}
