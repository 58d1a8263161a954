#include "collector/blast/sender.h"
#include "tests/support/suite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

static int to, from;
static struct sender sender;
static uint8_t run[SENDER_RUN_OCTETS + 1];

static void setup(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(any);

	to = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	from = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(to, (struct sockaddr *)&any, len), 0);
	ck_assert_int_eq(getsockname(to, (struct sockaddr *)&any, &len), 0);
	ck_assert_int_eq(connect(from, (struct sockaddr *)&any, len), 0);
	for (size_t i = 0; i < sizeof(run); i++)
		run[i] = (uint8_t)(i / 100); /* datagrams of 100 octets have their number in each */
}

static void teardown(void)
{
	close(to);
	close(from);
}

static void arrives(size_t n)
{
	uint8_t got[256];

	for (size_t i = 0; i < n; i++) {
		ck_assert_int_eq(recv(to, got, sizeof(got), 0), 100);
		ck_assert_uint_eq(got[0], i);
		ck_assert_uint_eq(got[99], i);
	}
	ck_assert_int_lt(recv(to, got, sizeof(got), 0), 0);
}

START_TEST(a_run_arrives_as_datagrams_in_order)
{
	enum sender_gso modes[] = {SENDER_GSO_OFF, SENDER_GSO_AUTO, SENDER_GSO_ON};

	sender_init(&sender, modes[_i], modes[_i] != SENDER_GSO_OFF);
	ck_assert_int_eq(sender_send(&sender, from, run, 100, 64), 64);
	arrives(64);
	ck_assert_int_eq(sender.segmented, modes[_i] != SENDER_GSO_OFF);
	ck_assert_int_eq(sender_send(&sender, from, run, 100, 1), 1);
	arrives(1);
}
END_TEST

START_TEST(a_run_is_no_longer_than_one_packet)
{
	ck_assert_uint_eq(sender_run_max(100), SENDER_RUN_MAX);
	ck_assert_uint_eq(sender_run_max(1472), 44);
	ck_assert_uint_eq(sender_run_max(60000), 1);
	ck_assert_uint_eq(sender_run_max(65507), 1);
}
END_TEST

START_TEST(a_datagram_that_is_too_long_is_not_sent)
{
	static uint8_t huge[65508];

	sender_init(&sender, SENDER_GSO_OFF, false);
	ck_assert_int_eq(sender_send(&sender, from, huge, sizeof(huge), 1), -EMSGSIZE);
	arrives(0);
}
END_TEST

START_TEST(a_kernel_that_cannot_segment_is_asked_once)
{
	int off = 1;

	/* Without checksums there is no segmenting: udp(7), SO_NO_CHECK. */
	ck_assert_int_eq(setsockopt(from, SOL_SOCKET, SO_NO_CHECK, &off, sizeof(off)), 0);
	sender_init(&sender, SENDER_GSO_AUTO, true);
	ck_assert_int_eq(sender_send(&sender, from, run, 100, 10), 10);
	arrives(10);
	ck_assert(!sender.segmenting);
	ck_assert(!sender.segmented);
}
END_TEST

START_TEST(segmenting_that_was_ordered_is_not_given_up_in_silence)
{
	int off = 1, sent;

	ck_assert_int_eq(setsockopt(from, SOL_SOCKET, SO_NO_CHECK, &off, sizeof(off)), 0);
	sender_init(&sender, SENDER_GSO_ON, true);
	sent = sender_send(&sender, from, run, 100, 10);
	ck_assert_int_lt(sent, 0);
	ck_assert(sender_is_refusal(sent));
	arrives(0);
}
END_TEST

SUITE(blast_sender)
{
	TCase *tc = suite_case(s, "run");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_run_arrives_as_datagrams_in_order, 0, 3);
	tcase_add_test(tc, a_run_is_no_longer_than_one_packet);
	tcase_add_test(tc, a_datagram_that_is_too_long_is_not_sent);
	tcase_add_test(tc, a_kernel_that_cannot_segment_is_asked_once);
	tcase_add_test(tc, segmenting_that_was_ordered_is_not_given_up_in_silence);
}
