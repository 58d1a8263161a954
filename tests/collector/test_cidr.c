#include "collector/conf/cidr.h"

#include <arpa/inet.h>
#include <errno.h>

#include "tests/support/suite.h"

static struct addr address(const char *text)
{
	struct cidr c;

	ck_assert_int_eq(cidr_parse(text, &c), 0);
	return c.net;
}

static bool holds(const char *network, const char *text)
{
	struct addr a = address(text);
	struct cidr c;

	ck_assert_msg(cidr_parse(network, &c) == 0, "%s", network);
	return cidr_holds(&c, &a);
}

static const struct {
	const char *text;
	int result;
	const char *printed; /* what it means, or what was meant */
} texts[] = {
	{"10.0.0.0/8", 0, "10.0.0.0/8"},
	{"0.0.0.0/0", 0, "0.0.0.0/0"},
	{"192.0.2.1", 0, "192.0.2.1/32"},
	{"192.0.2.1/32", 0, "192.0.2.1/32"},
	{"::/0", 0, "::/0"},
	{"2001:DB8::/33", 0, "2001:db8::/33"},
	{"2001:db8::1", 0, "2001:db8::1/128"},
	{"::ffff:10.0.0.0/104", 0, "10.0.0.0/8"},
	{"::ffff:0:0/96", 0, "0.0.0.0/0"},
	{"::ffff:192.0.2.1", 0, "192.0.2.1/32"},
	{"10.1.2.3/8", -EDOM, "10.0.0.0/8"},
	{"10.0.0.1/31", -EDOM, "10.0.0.0/31"},
	{"2001:db8::1/127", -EDOM, "2001:db8::/127"},
	{"::ffff:0:0/90", -EDOM, "::ffc0:0:0/90"},
	{"", -EINVAL, NULL},
	{"/", -EINVAL, NULL},
	{"10.0.0.0/", -EINVAL, NULL},
	{"10.0.0.0/33", -EINVAL, NULL},
	{"10.0.0.0/4294967304", -EINVAL, NULL},
	{"10.0.0.0/08", -EINVAL, NULL},
	{"10.0.0.0/-1", -EINVAL, NULL},
	{"10.0.0.0/+8", -EINVAL, NULL},
	{"10.0.0.0/8/8", -EINVAL, NULL},
	{"10.0.0.0/8 ", -EINVAL, NULL},
	{" 10.0.0.0/8", -EINVAL, NULL},
	{"10.0.0/8", -EINVAL, NULL},
	{"010.0.0.0/8", -EINVAL, NULL},
	{"10.0.0.0/255.0.0.0", -EINVAL, NULL},
	{"2001:db8::/129", -EINVAL, NULL},
	{"fe80::1%lo/64", -EINVAL, NULL},
	{"localhost/8", -EINVAL, NULL},
	{"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb/8", -EINVAL, NULL},
};

START_TEST(reads_exactly_what_a_network_is)
{
	char printed[CIDR_TEXT_MAX];
	struct cidr c;

	ck_assert_msg(cidr_parse(texts[_i].text, &c) == texts[_i].result, "%s", texts[_i].text);
	if (!texts[_i].printed)
		return;
	cidr_print(&c, printed);
	ck_assert_str_eq(printed, texts[_i].printed);
}
END_TEST

START_TEST(a_network_ends_at_its_last_address)
{
	ck_assert(holds("10.0.0.0/8", "10.0.0.0"));
	ck_assert(holds("10.0.0.0/8", "10.255.255.255"));
	ck_assert(!holds("10.0.0.0/8", "11.0.0.0"));
	ck_assert(!holds("10.0.0.0/8", "9.255.255.255"));
	ck_assert(holds("192.0.2.8/29", "192.0.2.15"));
	ck_assert(!holds("192.0.2.8/29", "192.0.2.16"));
	ck_assert(holds("192.0.2.1", "192.0.2.1"));
	ck_assert(!holds("192.0.2.1", "192.0.2.0"));
	ck_assert(holds("2001:db8::/33", "2001:db8:7fff::1"));
	ck_assert(!holds("2001:db8::/33", "2001:db8:8000::1"));
	ck_assert(holds("::1", "::1"));
	ck_assert(!holds("::1", "::2"));
}
END_TEST

START_TEST(every_length_of_prefix_splits_at_its_bit)
{
	struct addr low = {.len = 16};

	for (unsigned bits = 1; bits <= 128; bits++) {
		struct cidr c = {.net = low, .bits = (uint8_t)bits};
		struct addr inside = low;
		struct addr outside = low;

		outside.octets[(bits - 1) / 8] = (uint8_t)(0x80u >> ((bits - 1) % 8));
		ck_assert(!cidr_holds(&c, &outside));
		if (bits == 128)
			break;
		inside.octets[bits / 8] = (uint8_t)(0x80u >> (bits % 8));
		ck_assert(cidr_holds(&c, &inside));
	}
}
END_TEST

START_TEST(families_do_not_mix)
{
	ck_assert(!holds("::/0", "10.0.0.1"));
	ck_assert(!holds("0.0.0.0/0", "::1"));
	ck_assert(!holds("0.0.0.0/0", "::"));
	ck_assert(holds("::ffff:10.0.0.0/104", "10.1.2.3"));
	ck_assert(holds("10.0.0.0/8", "::ffff:10.1.2.3"));
}
END_TEST

START_TEST(any_of_the_rules_lets_in_and_no_rules_let_all_in)
{
	struct cidr rules[2];
	struct addr a = address("192.0.2.1");
	struct addr b = address("2001:db8::1");
	struct addr c = address("198.51.100.1");
	struct addr none = {0};

	ck_assert_int_eq(cidr_parse("2001:db8::/32", &rules[0]), 0);
	ck_assert_int_eq(cidr_parse("192.0.2.0/24", &rules[1]), 0);
	ck_assert(cidr_any(rules, 2, &a));
	ck_assert(cidr_any(rules, 2, &b));
	ck_assert(!cidr_any(rules, 2, &c));
	ck_assert(!cidr_any(rules, 2, &none));
	ck_assert(cidr_any(NULL, 0, &c));
}
END_TEST

SUITE(cidr)
{
	TCase *tc = suite_case(s, "networks");

	tcase_add_loop_test(tc, reads_exactly_what_a_network_is, 0,
			    sizeof(texts) / sizeof(texts[0]));
	tcase_add_test(tc, a_network_ends_at_its_last_address);
	tcase_add_test(tc, every_length_of_prefix_splits_at_its_bit);
	tcase_add_test(tc, families_do_not_mix);
	tcase_add_test(tc, any_of_the_rules_lets_in_and_no_rules_let_all_in);
}
