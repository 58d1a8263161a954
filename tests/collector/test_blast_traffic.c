#include "collector/blast/traffic.h"
#include "tests/support/suite.h"

#include <string.h>

START_TEST(the_same_seed_and_number_make_the_same_flow)
{
	struct traffic_flow a, b;

	traffic_flow(7, 42, false, &a);
	traffic_flow(7, 42, false, &b);
	ck_assert_mem_eq(&a, &b, sizeof(a));
}
END_TEST

START_TEST(another_seed_or_number_makes_another_flow)
{
	struct traffic_flow a, b, c;

	traffic_flow(7, 42, false, &a);
	traffic_flow(8, 42, false, &b);
	traffic_flow(7, 43, false, &c);
	ck_assert_mem_ne(a.src, b.src, 4);
	ck_assert_mem_ne(a.src, c.src, 4);
	ck_assert_mem_ne(b.src, c.src, 4);
}
END_TEST

START_TEST(an_ipv4_flow_has_private_addresses_and_nothing_behind_them)
{
	static const uint8_t none[12];
	struct traffic_flow f;

	traffic_flow(1, 0, false, &f);
	ck_assert_uint_eq(f.src[0], 10);
	ck_assert_uint_eq(f.dst[0], 10);
	ck_assert_mem_eq(f.src + 4, none, sizeof(none));
	ck_assert_uint_eq(f.ip_version, 4);
	ck_assert_uint_eq(f.ethertype, 0x0800);
	ck_assert_uint_eq(f.flow_label, 0);
}
END_TEST

START_TEST(an_ipv6_flow_has_documentation_addresses)
{
	static const uint8_t documentation[4] = {0x20, 0x01, 0x0d, 0xb8};
	struct traffic_flow f;

	traffic_flow(1, 0, true, &f);
	ck_assert_mem_eq(f.src, documentation, 4);
	ck_assert_mem_eq(f.dst, documentation, 4);
	ck_assert_uint_eq(f.ip_version, 6);
	ck_assert_uint_eq(f.ethertype, 0x86dd);
}
END_TEST

static bool is_plausible(const struct traffic_flow *f)
{
	return f->start_age_ms >= f->end_age_ms && f->end_age_ms >= 1 &&
	       f->octets >= 40 * f->packets && f->src_as <= UINT16_MAX && f->in_if <= UINT16_MAX &&
	       f->src_mask <= (f->ipv6 ? 128 : 32) && f->frame_octets >= 132 &&
	       f->frame_octets <= 1518 && f->vlan < 4095 &&
	       (f->src_mac[0] & 3) == 2; /* local, not a group */
}

START_TEST(every_flow_is_plausible)
{
	uint32_t i;

	for (i = 0; i < 4096; i++) {
		struct traffic_flow f;

		traffic_flow(1, i, i & 1, &f);
		if (!is_plausible(&f))
			break;
	}
	ck_assert_uint_eq(i, 4096); /* else this one is not */
}
END_TEST

START_TEST(only_tcp_has_flags_and_only_icmp_has_a_type)
{
	uint32_t seen[256] = {0};

	for (uint32_t i = 0; i < 500; i++) {
		struct traffic_flow f;

		traffic_flow(1, i, false, &f);
		seen[f.protocol]++;
		ck_assert_int_eq(f.tcp_flags != 0, f.protocol == TRAFFIC_PROTOCOL_TCP);
		ck_assert_int_eq(f.icmp != 0, f.protocol == TRAFFIC_PROTOCOL_ICMP);
		ck_assert_int_eq(f.src_port == 0, f.protocol == TRAFFIC_PROTOCOL_ICMP);
	}
	ck_assert_uint_gt(seen[TRAFFIC_PROTOCOL_ICMP], 5);
	ck_assert_uint_gt(seen[TRAFFIC_PROTOCOL_UDP], 100);
	ck_assert_uint_gt(seen[TRAFFIC_PROTOCOL_TCP], 100);
}
END_TEST

SUITE(blast_traffic)
{
	TCase *tc = suite_case(s, "flow");

	tcase_add_test(tc, the_same_seed_and_number_make_the_same_flow);
	tcase_add_test(tc, another_seed_or_number_makes_another_flow);
	tcase_add_test(tc, an_ipv4_flow_has_private_addresses_and_nothing_behind_them);
	tcase_add_test(tc, an_ipv6_flow_has_documentation_addresses);
	tcase_add_test(tc, every_flow_is_plausible);
	tcase_add_test(tc, only_tcp_has_flags_and_only_icmp_has_a_type);
}
