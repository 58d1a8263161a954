#include "collector/blast/target.h"
#include "tests/support/suite.h"

#include <arpa/inet.h>
#include <errno.h>

START_TEST(an_address_may_have_a_port)
{
	struct target t;

	ck_assert_int_eq(target_read("192.0.2.1", &t), 0);
	ck_assert_int_eq(t.address.any.sa_family, AF_INET);
	ck_assert_uint_eq(ntohs(t.address.v4.sin_port), 0);
	ck_assert_int_eq(target_read("192.0.2.1:9995", &t), 0);
	ck_assert_uint_eq(ntohl(t.address.v4.sin_addr.s_addr), 0xc0000201);
	ck_assert_uint_eq(ntohs(t.address.v4.sin_port), 9995);
}
END_TEST

START_TEST(an_ipv6_address_has_a_port_behind_brackets_only)
{
	struct target t;

	ck_assert_int_eq(target_read("2001:db8::1", &t), 0);
	ck_assert_int_eq(t.address.any.sa_family, AF_INET6);
	ck_assert_uint_eq(ntohs(t.address.v6.sin6_port), 0);
	ck_assert_int_eq(target_read("[2001:db8::1]", &t), 0);
	ck_assert_int_eq(target_read("[2001:db8::1]:4739", &t), 0);
	ck_assert_uint_eq(ntohs(t.address.v6.sin6_port), 4739);
	ck_assert_uint_eq(t.address.v6.sin6_addr.s6_addr[15], 1);
}
END_TEST

static const char *const wrong[] = {
	"",     ":2055",     "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:+1",
	"[::1", "[::1]2055", "[]:1",       "[::1]:",      "192.0.2.1:2055x"};
#define WRONG_N ((int)(sizeof(wrong) / sizeof(*wrong)))

START_TEST(another_form_is_refused)
{
	struct target t;

	ck_assert_int_eq(target_read(wrong[_i], &t), -EINVAL);
}
END_TEST

START_TEST(the_port_of_a_protocol_fills_in)
{
	struct target t, at;

	ck_assert_int_eq(target_read("192.0.2.1", &t), 0);
	at = target_at(&t, 6343);
	ck_assert_uint_eq(ntohs(at.address.v4.sin_port), 6343);
	ck_assert_int_eq(target_read("[::1]:9", &t), 0);
	at = target_at(&t, 6343);
	ck_assert_uint_eq(ntohs(at.address.v6.sin6_port), 9);
}
END_TEST

START_TEST(only_on_ipv4_loopback_does_a_source_have_an_address)
{
	struct target t, source;

	ck_assert_int_eq(target_read("127.0.0.1", &t), 0);
	ck_assert(target_is_loopback(&t));
	source = target_source(&t, 0);
	ck_assert_uint_eq(ntohl(source.address.v4.sin_addr.s_addr), 0x7f000001);
	source = target_source(&t, 300);
	ck_assert_uint_eq(ntohl(source.address.v4.sin_addr.s_addr), 0x7f00012d);
	ck_assert_uint_eq(source.address.v4.sin_port, 0);

	ck_assert_int_eq(target_read("192.0.2.1", &t), 0);
	ck_assert(!target_is_loopback(&t));
	source = target_source(&t, 300);
	ck_assert_uint_eq(source.address.v4.sin_addr.s_addr, INADDR_ANY);

	ck_assert_int_eq(target_read("::1", &t), 0);
	ck_assert(target_is_loopback(&t));
	source = target_source(&t, 300);
	ck_assert(IN6_IS_ADDR_UNSPECIFIED(&source.address.v6.sin6_addr));
}
END_TEST

SUITE(blast_target)
{
	TCase *tc = suite_case(s, "address");

	tcase_add_test(tc, an_address_may_have_a_port);
	tcase_add_test(tc, an_ipv6_address_has_a_port_behind_brackets_only);
	tcase_add_loop_test(tc, another_form_is_refused, 0, WRONG_N);
	tcase_add_test(tc, the_port_of_a_protocol_fills_in);
	tcase_add_test(tc, only_on_ipv4_loopback_does_a_source_have_an_address);
}
