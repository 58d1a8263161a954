#include "parsers/sequence.h"

#include "tests/support/suite.h"

static struct sequence state;
static struct message m;
static struct sequence_verdict sum; /* of all since begin() */
static unsigned resets, switches;

static void begin(enum protocol protocol)
{
	state = (struct sequence){0};
	m = (struct message){.protocol = (uint8_t)protocol, .uptime_ms = 1000000};
	sum = (struct sequence_verdict){0};
	resets = switches = 0;
}

static void hear_all(uint32_t sequence, uint32_t records, bool exact)
{
	struct sequence_verdict v;

	m.sequence = sequence;
	v = sequence_judge(&state, &m, records, exact);
	sum.unit = v.unit;
	sum.lost += v.lost;
	sum.late += v.late;
	sum.duplicate += v.duplicate;
	resets += v.reset;
	switches += v.switched;
}

static void hear(uint32_t sequence, uint32_t records)
{
	hear_all(sequence, records, true);
}

static void check(uint32_t lost, uint32_t late, uint32_t duplicate, unsigned reset)
{
	ck_assert_uint_eq(sum.lost, lost);
	ck_assert_uint_eq(sum.late, late);
	ck_assert_uint_eq(sum.duplicate, duplicate);
	ck_assert_uint_eq(resets, reset);
	ck_assert_uint_eq(switches, 0);
}

START_TEST(each_protocol_counts_in_its_unit)
{
	ck_assert_int_eq(sequence_unit_of(PROTOCOL_NETFLOW5), SEQUENCE_FLOWS);
	ck_assert_int_eq(sequence_unit_of(PROTOCOL_NETFLOW7), SEQUENCE_FLOWS);
	ck_assert_int_eq(sequence_unit_of(PROTOCOL_NETFLOW9), SEQUENCE_DATAGRAMS);
	ck_assert_int_eq(sequence_unit_of(PROTOCOL_IPFIX), SEQUENCE_RECORDS);
	ck_assert_int_eq(sequence_unit_of(PROTOCOL_SFLOW5), SEQUENCE_DATAGRAMS);
	ck_assert_int_eq(sequence_unit_of(PROTOCOL_UNKNOWN), SEQUENCE_UNIT_COUNT);
}
END_TEST

/* wire-quirks 110 to 114 */
START_TEST(an_unbroken_stream_loses_nothing_across_the_wrap)
{
	static const enum protocol all[] = {PROTOCOL_NETFLOW5, PROTOCOL_NETFLOW7, PROTOCOL_NETFLOW9,
					    PROTOCOL_IPFIX, PROTOCOL_SFLOW5};
	uint32_t next = UINT32_MAX - 40;

	begin(all[_i]);
	for (uint32_t i = 0; i < 100; i++) {
		uint32_t records = i % 7;

		hear(next, records);
		next += sequence_unit_of(all[_i]) == SEQUENCE_DATAGRAMS ? 1 : records;
	}
	check(0, 0, 0, 0);
	ck_assert_int_eq(sum.unit, sequence_unit_of(all[_i]));
}
END_TEST

START_TEST(a_gap_is_a_loss_of_that_many_units)
{
	begin(PROTOCOL_NETFLOW5);
	hear(1000, 30);
	hear(1030, 30);
	hear(1120, 30); /* two datagrams of 30 flows */
	hear(1150, 30);
	check(60, 0, 0, 0);

	begin(PROTOCOL_SFLOW5);
	hear(1, 5);
	hear(2, 5);
	hear(12, 5);
	check(9, 0, 0, 0);
}
END_TEST

/* wire-quirks 115 */
START_TEST(what_comes_late_is_no_loss_in_the_end)
{
	begin(PROTOCOL_NETFLOW5);
	hear(1000, 30);
	hear(1060, 30);
	hear(1030, 30);
	hear(1090, 30);
	check(30, 30, 0, 0);

	begin(PROTOCOL_NETFLOW9); /* a whole run of them, in whatever order */
	hear(7, 1);
	hear(15, 1);
	hear(10, 1);
	hear(8, 1);
	hear(14, 1);
	hear(16, 1);
	check(7, 3, 0, 0);
}
END_TEST

START_TEST(what_comes_late_twice_is_a_duplicate)
{
	begin(PROTOCOL_IPFIX);
	hear(100, 10);
	hear(120, 10);
	hear(110, 10);
	hear(110, 10);
	check(10, 10, 10, 0);
}
END_TEST

START_TEST(a_repeated_message_is_a_duplicate_and_moves_nothing)
{
	begin(PROTOCOL_IPFIX);
	hear(100, 10);
	hear(100, 10);
	hear(110, 10);
	hear(100, 10);
	hear(120, 10);
	check(0, 0, 20, 0);
}
END_TEST

START_TEST(what_was_sent_before_the_first_we_heard_is_late)
{
	begin(PROTOCOL_NETFLOW9);
	hear(101, 1);
	hear(100, 1);
	hear(102, 1);
	check(1, 1, 0, 0); /* nothing is missing in the end */
}
END_TEST

START_TEST(a_gap_forgotten_is_not_late_any_more)
{
	begin(PROTOCOL_NETFLOW9);
	for (uint32_t i = 0; i < 2 * SEQUENCE_GAPS; i++)
		hear(1000 + 2 * i, 1);
	hear(1001, 1);
	check(2 * SEQUENCE_GAPS - 1, 0, 1, 0);
}
END_TEST

/* wire-quirks 113 */
START_TEST(after_records_that_nobody_could_count_the_next_message_is_believed)
{
	begin(PROTOCOL_IPFIX);
	hear(100, 10);
	hear_all(110, 0, false); /* it held 7 */
	hear(117, 10);
	hear(127, 10);
	check(0, 0, 0, 0);
	hear(147, 10);
	check(10, 0, 0, 0);
}
END_TEST

START_TEST(messages_without_records_stand_still)
{
	begin(PROTOCOL_IPFIX);
	hear(100, 0);
	hear(100, 10);
	hear(110, 0);
	hear(110, 0);
	hear(100, 0); /* reordered */
	hear(110, 10);
	check(0, 0, 0, 0);
}
END_TEST

/* wire-quirks 115: the same numbers as in a capture of the corpus */
START_TEST(a_reboot_is_a_reset_and_no_loss)
{
	begin(PROTOCOL_NETFLOW9);
	m.uptime_ms = 50000;
	hear(100, 1);
	m.uptime_ms = 51000;
	hear(101, 1);
	m.uptime_ms = 54000;
	hear(104, 1);
	check(2, 0, 0, 0);
	m.uptime_ms = 53000;
	hear(103, 1);
	check(2, 1, 0, 0); /* one is lost in the end */
	m.uptime_ms = 900;
	hear(0, 1);
	m.uptime_ms = 1900;
	hear(1, 1);
	check(2, 1, 0, 1);
}
END_TEST

START_TEST(a_reboot_to_a_higher_number_is_a_reset_too)
{
	begin(PROTOCOL_SFLOW5);
	hear(100, 1);
	m.uptime_ms = 2000;
	hear(5000, 1);
	check(0, 0, 0, 1);
}
END_TEST

START_TEST(an_uptime_that_wraps_is_no_reboot)
{
	begin(PROTOCOL_NETFLOW9);
	m.uptime_ms = UINT32_MAX - 500;
	hear(100, 1);
	m.uptime_ms = 500;
	hear(103, 1);
	check(2, 0, 0, 0);
}
END_TEST

/* hostile-input 53: never a gap of four billion */
START_TEST(wild_jumps_are_resets)
{
	begin(PROTOCOL_IPFIX);
	hear(1000, 1);
	hear(1000 + (1u << 31), 1);
	check(0, 0, 0, 1);
	hear(999 + (1u << 31), 1);
	check(1, 1, 0, 1);
	hear(0, 1);
	check(1, 1, 0, 2);
	hear(0, 1);
	check(1, 1, 1, 2);
}
END_TEST

START_TEST(every_step_of_two_to_some_power_is_bounded)
{
	begin(_i % 2 ? PROTOCOL_NETFLOW9 : PROTOCOL_IPFIX);
	hear(0x12345678, 3);
	hear(0x12345678 + (1u << _i / 2), 3);
	ck_assert_uint_le(sum.lost, 1u << 24);
	begin(_i % 2 ? PROTOCOL_NETFLOW9 : PROTOCOL_IPFIX);
	hear(0x12345678, 3);
	hear(0x12345678 - (1u << _i / 2), 3);
	ck_assert_uint_le(sum.lost, 3);
}
END_TEST

START_TEST(back_to_zero_is_a_reset_even_from_nearby)
{
	begin(PROTOCOL_IPFIX); /* has no uptime to tell by */
	for (uint32_t i = 0; i < 40; i++)
		hear(10 * i, 10);
	hear(0, 10);
	hear(10, 10);
	check(0, 0, 0, 1);
}
END_TEST

/* wire-quirks 116 */
START_TEST(ipfix_that_counts_messages_is_found_out)
{
	begin(PROTOCOL_IPFIX);
	for (uint32_t i = 0; i < 50; i++)
		hear(500 + i, 20);
	ck_assert_uint_eq(switches, 1);
	ck_assert_uint_eq(sum.lost + sum.late + sum.duplicate + resets, 0);
	ck_assert_int_eq(sum.unit, SEQUENCE_DATAGRAMS);
	hear(553, 20);
	ck_assert_uint_eq(sum.lost, 3);
}
END_TEST

START_TEST(netflow9_that_counts_flows_is_found_out)
{
	begin(PROTOCOL_NETFLOW9);
	for (uint32_t i = 0; i < 50; i++)
		hear(20 * i, 20);
	ck_assert_uint_eq(switches, 1);
	ck_assert_uint_eq(sum.lost + sum.late + sum.duplicate + resets, 0);
	ck_assert_int_eq(sum.unit, SEQUENCE_RECORDS);
	hear(1040, 20);
	ck_assert_uint_eq(sum.lost, 40);
}
END_TEST

START_TEST(one_loss_that_looks_like_the_other_unit_is_counted_in_the_end)
{
	begin(PROTOCOL_NETFLOW9);
	hear(100, 3);
	hear(103, 3); /* two datagrams lost, or an exporter that counts flows? */
	hear(104, 3);
	check(2, 0, 0, 0);
	hear(107, 3); /* it is known by now */
	check(4, 0, 0, 0);
}
END_TEST

START_TEST(records_of_one_prove_no_unit)
{
	begin(PROTOCOL_IPFIX);
	for (uint32_t i = 0; i < 20; i++)
		hear(i, 1);
	check(0, 0, 0, 0);
	hear(20, 20);
	hear(40, 20);
	check(0, 0, 0, 0);
}
END_TEST

/* Any datagram but the first and the last may be lost, repeated or swapped with its neighbour. */
START_TEST(a_stream_through_a_bad_network_adds_up)
{
	uint32_t seed = 12345 + (uint32_t)_i, next = UINT32_MAX - 500, lost = 0, repeated = 0;
	uint32_t kept = 0, kept_n = 0;
	bool datagrams = _i % 2;

	begin(datagrams ? PROTOCOL_NETFLOW9 : PROTOCOL_NETFLOW5);
	hear(next, 30);
	hear(next += datagrams ? 1 : 30, 30);
	next += datagrams ? 1 : 30;
	for (int i = 0; i < 1000; i++) {
		uint32_t units = datagrams ? 1 : 1 + seed % 30;

		seed = seed * 1103515245 + 12345;
		switch (seed >> 16 & 15) {
		case 0:
			lost += units;
			break;
		case 1:
			hear(next, units);
			hear(next, units);
			repeated += units;
			break;
		case 2:
			if (kept_n == 0) {
				kept = next;
				kept_n = units;
				break;
			}
			/* fall through */
		default:
			hear(next, units);
			if (kept_n)
				hear(kept, kept_n);
			kept_n = 0;
		}
		next += units;
	}
	hear(next, 30);
	if (kept_n)
		hear(kept, kept_n);
	ck_assert_uint_eq(sum.lost - sum.late, lost);
	ck_assert_uint_eq(sum.duplicate, repeated);
	ck_assert_uint_eq(resets + switches, 0);
}
END_TEST

SUITE(sequence)
{
	TCase *tc = suite_case(s, "one exporter");

	tcase_add_test(tc, each_protocol_counts_in_its_unit);
	tcase_add_loop_test(tc, an_unbroken_stream_loses_nothing_across_the_wrap, 0, 5);
	tcase_add_test(tc, a_gap_is_a_loss_of_that_many_units);
	tcase_add_test(tc, what_comes_late_is_no_loss_in_the_end);
	tcase_add_test(tc, what_comes_late_twice_is_a_duplicate);
	tcase_add_test(tc, a_repeated_message_is_a_duplicate_and_moves_nothing);
	tcase_add_test(tc, what_was_sent_before_the_first_we_heard_is_late);
	tcase_add_test(tc, a_gap_forgotten_is_not_late_any_more);
	tcase_add_test(tc, after_records_that_nobody_could_count_the_next_message_is_believed);
	tcase_add_test(tc, messages_without_records_stand_still);
	tcase_add_test(tc, a_reboot_is_a_reset_and_no_loss);
	tcase_add_test(tc, a_reboot_to_a_higher_number_is_a_reset_too);
	tcase_add_test(tc, an_uptime_that_wraps_is_no_reboot);
	tcase_add_test(tc, wild_jumps_are_resets);
	tcase_add_loop_test(tc, every_step_of_two_to_some_power_is_bounded, 0, 64);
	tcase_add_test(tc, back_to_zero_is_a_reset_even_from_nearby);
	tcase_add_test(tc, ipfix_that_counts_messages_is_found_out);
	tcase_add_test(tc, netflow9_that_counts_flows_is_found_out);
	tcase_add_test(tc, one_loss_that_looks_like_the_other_unit_is_counted_in_the_end);
	tcase_add_test(tc, records_of_one_prove_no_unit);
	tcase_add_loop_test(tc, a_stream_through_a_bad_network_adds_up, 0, 40);
}
