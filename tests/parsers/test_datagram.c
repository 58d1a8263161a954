#include "parsers/datagram.h"

#include <string.h>

#include "tests/parsers/world.h"
#include "tests/support/suite.h"

START_TEST(every_protocol_is_found_by_its_name)
{
	for (int i = 0; i < PROTOCOL_UNKNOWN; i++)
		ck_assert_int_eq(protocol_named(protocols[i].name), i);
	ck_assert_int_eq(protocol_named("netflow8"), PROTOCOL_UNKNOWN);
	ck_assert_int_eq(protocol_named(""), PROTOCOL_UNKNOWN);
}
END_TEST

START_TEST(the_first_two_octets_tell_the_protocol)
{
	static const struct {
		uint8_t octets[4];
		enum protocol protocol;
	} cases[] = {
		{{0, 5, 0, 0}, PROTOCOL_NETFLOW5}, {{0, 7, 0, 0}, PROTOCOL_NETFLOW7},
		{{0, 9, 0, 0}, PROTOCOL_NETFLOW9}, {{0, 10, 0, 0}, PROTOCOL_IPFIX},
		{{0, 0, 0, 5}, PROTOCOL_SFLOW5},   {{0, 0, 0, 4}, PROTOCOL_UNKNOWN},
		{{0, 8, 0, 0}, PROTOCOL_UNKNOWN},  {{1, 9, 0, 0}, PROTOCOL_UNKNOWN},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct datagram d = {.payload = wire_over(cases[i].octets, 4)};

		ck_assert_int_eq(datagram_protocol(&d), cases[i].protocol);
	}
}
END_TEST

START_TEST(a_datagram_too_short_to_tell_is_refused)
{
	static struct world world;
	static const uint8_t octets[] = {0, 9, 0};

	for (size_t len = 0; len < sizeof(octets); len++) {
		world_init(&world);
		ck_assert_int_ne(world_feed(&world, octets, len), PARSE_OK);
		world_balances(&world);
		world_fini(&world);
	}
}
END_TEST

SUITE(datagram)
{
	TCase *tc = suite_case(s, "front door");

	tcase_add_test(tc, every_protocol_is_found_by_its_name);
	tcase_add_test(tc, the_first_two_octets_tell_the_protocol);
	tcase_add_test(tc, a_datagram_too_short_to_tell_is_refused);
}
