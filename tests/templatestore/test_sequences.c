#include "templatestore/sequences.h"

#include "tests/support/suite.h"

#define MAX 64

static struct sequences *sequences;

static void begin(void)
{
	sequences = sequences_new(MAX);
	ck_assert_ptr_nonnull(sequences);
}

static void end(void)
{
	sequences_free(sequences);
}

static struct message from(uint8_t last, uint16_t port, uint32_t domain)
{
	return (struct message){
		.source = {.octets = {192, 0, 2, last}, .len = 4},
		.port = port,
		.domain = domain,
		.protocol = PROTOCOL_IPFIX,
	};
}

/* How often this message's scope was found before. */
static uint32_t visits(const struct message *m)
{
	return sequences_find(sequences, m)->widest++;
}

static uint64_t scopes(void)
{
	struct sequences_numbers n;

	sequences_numbers(sequences, &n);
	return n.scopes;
}

START_TEST(a_scope_is_address_port_version_domain_and_agent)
{
	struct message m = from(1, 5000, 7), other = m;

	ck_assert_uint_eq(visits(&m), 0);
	ck_assert_uint_eq(visits(&m), 1);
	other.source.octets[3] = 2;
	ck_assert_uint_eq(visits(&other), 0);
	other = m;
	other.port = 5001;
	ck_assert_uint_eq(visits(&other), 0);
	other = m;
	other.domain = 8;
	ck_assert_uint_eq(visits(&other), 0);
	other = m;
	other.protocol = PROTOCOL_NETFLOW9;
	ck_assert_uint_eq(visits(&other), 0);
	other = m;
	other.agent = (struct addr){.octets = {10, 0, 0, 1}, .len = 4};
	ck_assert_uint_eq(visits(&other), 0);
	ck_assert_uint_eq(visits(&other), 1);
	other.agent.octets[3] = 2;
	ck_assert_uint_eq(visits(&other), 0);
	other.agent.octets[9] = 2; /* behind its length: says nothing */
	ck_assert_uint_eq(visits(&other), 1);
	ck_assert_uint_eq(visits(&m), 2);
	ck_assert_uint_eq(scopes(), 7);
}
END_TEST

/* hostile-input 64 */
START_TEST(a_source_that_changes_its_port_pushes_nobody_out)
{
	struct message regular = from(1, 5000, 0);
	struct sequences_numbers n;
	uint32_t seen = 0;

	visits(&regular);
	for (unsigned i = 0; i < 10000; i++) {
		struct message m = from(2, (uint16_t)(1024 + i), 0);

		ck_assert_uint_eq(visits(&m), 0);
		if (i % 50 == 0)
			ck_assert_uint_eq(visits(&regular), ++seen);
	}
	sequences_numbers(sequences, &n);
	ck_assert_uint_eq(n.scopes, MAX);
	ck_assert_uint_eq(n.evicted, 10001 - MAX);
}
END_TEST

START_TEST(the_one_idle_longest_goes_first)
{
	for (uint8_t round = 0; round < 2; round++)
		for (uint8_t i = 0; i < MAX; i++) {
			struct message m = from(i, 1, 0);

			ck_assert_uint_eq(visits(&m), round);
		}
	ck_assert_uint_eq(visits(&(struct message){.protocol = PROTOCOL_SFLOW5}), 0);
	for (uint8_t i = 1; i < MAX; i++) {
		struct message m = from(i, 1, 0);

		ck_assert_uint_eq(visits(&m), 2);
	}
	ck_assert_uint_eq(scopes(), MAX);
	{
		struct message first = from(0, 1, 0);

		ck_assert_uint_eq(visits(&first), 0);
	}
}
END_TEST

START_TEST(a_table_of_one_works)
{
	struct sequences *one = sequences_new(1);

	for (uint16_t i = 0; i < 100; i++) {
		struct message m = from(1, i, 0);

		ck_assert_uint_eq(sequences_find(one, &m)->widest++, 0);
		ck_assert_uint_eq(sequences_find(one, &m)->widest, 1);
	}
	sequences_free(one);
	sequences_free(NULL);
}
END_TEST

SUITE(sequences)
{
	TCase *tc = suite_case(s, "table");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, a_scope_is_address_port_version_domain_and_agent);
	tcase_add_test(tc, a_source_that_changes_its_port_pushes_nobody_out);
	tcase_add_test(tc, the_one_idle_longest_goes_first);
	tcase_add_test(tc, a_table_of_one_works);
}
