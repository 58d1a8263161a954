/* Whole blasts, at a socket of our own on the loopback network. */
#include "collector/blast/blast.h"
#include "parsers/wire.h"
#include "tests/support/suite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define DATAGRAMS_MAX 256

struct got {
	uint8_t octets[2048];
	size_t len;
	struct sockaddr_in from;
};

static int fd;
static struct got got[DATAGRAMS_MAX];
static struct order order;
static volatile sig_atomic_t stop;

static void setup(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(any);
	int size = 4 << 20;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(fd, 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)); /* as much as allowed */
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&any, len), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&any, &len), 0);
	order = (struct order){.sources = 1, .domains = 1, .fields = 20, .records = 2, .seed = 1};
	order.targets[0] = (struct target){.len = len};
	order.targets[0].address.v4 = any;
	order.targets_n = 1;
	stop = 0;
}

static void teardown(void)
{
	close(fd);
}

static void protocols(enum export_protocol a, enum export_protocol b)
{
	order.protocols[0] = (uint8_t)a;
	order.protocols[1] = (uint8_t)b;
	order.protocols_n = a == b ? 1 : 2;
}

static struct receipt blasted(void)
{
	char why[ORDER_WHY_MAX];
	struct receipt r;
	struct blast *b;

	ck_assert_msg(blast_open(&b, &order, why) == 0, "%s", why);
	ck_assert_int_eq(blast_run(b, &stop), 0);
	r = *blast_receipt(b);
	blast_close(b);
	return r;
}

/* What came, in its order. */
static size_t receive(void)
{
	size_t n = 0;

	for (; n < DATAGRAMS_MAX; n++) {
		socklen_t from_len = sizeof(got[n].from);
		ssize_t len = recvfrom(fd, got[n].octets, sizeof(got[n].octets), 0,
				       (struct sockaddr *)&got[n].from, &from_len);

		if (len < 0)
			break;
		got[n].len = (size_t)len;
	}
	return n;
}

START_TEST(what_the_receipt_says_is_what_arrived)
{
	struct receipt r;
	uint64_t octets = 0;
	size_t n;

	protocols((enum export_protocol)_i, (enum export_protocol)_i);
	order.count = 70;
	order.gso = SENDER_GSO_OFF;
	r = blasted();
	n = receive();
	for (size_t i = 0; i < n; i++)
		octets += got[i].len;
	ck_assert_uint_eq(n, 70);
	ck_assert_uint_eq(receipt_total(&r).datagrams, 70);
	ck_assert_uint_eq(receipt_total(&r).octets, octets);
	ck_assert_uint_eq(receipt_total(&r).templates, _i == EXPORT_V9 || _i == EXPORT_IPFIX);
	ck_assert_uint_eq(receipt_total(&r).records, 2 * (70 - receipt_total(&r).templates));
	ck_assert_uint_eq(r.unsent, 0);
	ck_assert_uint_eq(receipt_errors(&r), 0);
}
END_TEST

START_TEST(segmenting_changes_no_octet)
{
	static struct got plain[DATAGRAMS_MAX];
	size_t n;

	protocols(EXPORT_SFLOW, EXPORT_SFLOW); /* no times but uptime: it is cut out */
	order.count = 100;
	order.gso = SENDER_GSO_OFF;
	blasted();
	ck_assert_uint_eq(receive(), 100);
	memcpy(plain, got, sizeof(plain));
	order.gso = SENDER_GSO_ON;
	blasted();
	n = receive();
	ck_assert_uint_eq(n, 100);
	for (size_t i = 0; i < n; i++) {
		ck_assert_uint_eq(got[i].len, plain[i].len);
		memset(got[i].octets + 20, 0, 4);
		memset(plain[i].octets + 20, 0, 4);
		ck_assert_mem_eq(got[i].octets, plain[i].octets, got[i].len);
	}
}
END_TEST

START_TEST(sequences_have_no_gaps)
{
	uint32_t expected[2] = {0, 0};
	size_t n;

	protocols(EXPORT_V9, EXPORT_IPFIX);
	order.count = 100;
	order.tmpl_every = 7;
	blasted();
	n = receive();
	ck_assert_uint_eq(n, 100);
	for (size_t i = 0; i < n; i++) {
		bool v9 = load_be16(got[i].octets) == 9;
		uint16_t set = load_be16(got[i].octets + (v9 ? 20 : 16));

		ck_assert_uint_eq(load_be32(got[i].octets + (v9 ? 12 : 8)), expected[v9]);
		expected[v9] += v9 ? 1 : set == 256 ? 2 : 0;
	}
}
END_TEST

START_TEST(templates_come_first_and_again_after_so_many)
{
	size_t n, since = 0, templates = 0;
	struct receipt r;

	protocols(EXPORT_IPFIX, EXPORT_IPFIX);
	order.count = 45;
	order.tmpl_every = 10;
	r = blasted();
	n = receive();
	ck_assert_uint_eq(n, 45);
	for (size_t i = 0; i < n; i++) {
		bool tmpl = load_be16(got[i].octets + 16) == 2;

		ck_assert_int_eq(tmpl, i % 11 == 0);
		templates += tmpl;
		since++;
	}
	ck_assert_uint_eq(templates, 5);
	ck_assert_uint_eq(r.rows[EXPORT_IPFIX].templates, 5);
	ck_assert_uint_eq(r.rows[EXPORT_IPFIX].records, 2 * (since - 5));
}
END_TEST

START_TEST(templates_come_again_after_so_long)
{
	struct receipt r;

	protocols(EXPORT_V9, EXPORT_V9);
	order.rate = 100;
	order.duration_ns = 500000000;
	order.tmpl_interval_ns = 100000000;
	r = blasted();
	ck_assert_uint_ge(r.rows[EXPORT_V9].templates, 2);
	ck_assert_uint_le(r.rows[EXPORT_V9].templates, 5);
	ck_assert_uint_eq(receive(), r.rows[EXPORT_V9].datagrams);
}
END_TEST

START_TEST(every_source_has_an_address_and_a_sequence_of_its_own)
{
	uint32_t expected[5] = {0};
	size_t n;

	protocols(EXPORT_V5, EXPORT_V5);
	order.sources = 5;
	order.count = 100;
	order.rate = 1000; /* so low that a turn is a datagram or two */
	blasted();
	n = receive();
	ck_assert_uint_eq(n, 100);
	for (size_t i = 0; i < n; i++) {
		uint32_t source = ntohl(got[i].from.sin_addr.s_addr) - INADDR_LOOPBACK;

		ck_assert_uint_lt(source, 5);
		ck_assert_uint_eq(load_be32(got[i].octets + 16), expected[source]);
		expected[source] += 2;
	}
	for (size_t i = 0; i < 5; i++)
		ck_assert_uint_gt(expected[i], 0);
}
END_TEST

START_TEST(domains_count_apart)
{
	uint32_t expected[3] = {0};
	size_t n;

	protocols(EXPORT_V9, EXPORT_V9);
	order.domains = 3;
	order.count = 60;
	order.rate = 1000;
	blasted();
	n = receive();
	ck_assert_uint_eq(n, 60);
	for (size_t i = 0; i < n; i++) {
		uint32_t domain = load_be32(got[i].octets + 16);

		ck_assert_uint_lt(domain, 3);
		ck_assert_uint_eq(load_be32(got[i].octets + 12), expected[domain]++);
	}
	for (size_t i = 0; i < 3; i++)
		ck_assert_uint_gt(expected[i], 1);
}
END_TEST

START_TEST(sources_are_dealt_to_targets)
{
	struct receipt r;

	protocols(EXPORT_V5, EXPORT_V5);
	order.targets[1] = order.targets[0];
	order.targets_n = 2;
	order.sources = 4;
	order.count = 8;
	order.rate = 1000;
	r = blasted();
	ck_assert_uint_eq(receive(), 8);
	ck_assert_uint_eq(receipt_total(&r).records, 16);
}
END_TEST

START_TEST(a_rate_is_kept)
{
	struct receipt r;

	protocols(EXPORT_V5, EXPORT_V5);
	order.rate = 200;
	order.duration_ns = 500000000;
	r = blasted();
	ck_assert_uint_le(receipt_total(&r).datagrams, 101);
	ck_assert_uint_ge(receipt_total(&r).datagrams, 50); /* a busy machine */
	ck_assert_uint_eq(receive(), receipt_total(&r).datagrams);
	ck_assert_uint_ge(r.duration_ns, 500000000);
}
END_TEST

static void on_alarm(int number)
{
	(void)number; /* there is only one */
	stop = 1;
}

START_TEST(a_signal_ends_it_and_what_went_is_counted)
{
	struct sigaction action = {.sa_handler = on_alarm};
	struct itimerval soon = {.it_value.tv_usec = 100000};
	struct receipt r;

	protocols(EXPORT_V5, EXPORT_V5);
	order.rate = 100;
	ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &soon, NULL), 0);
	r = blasted();
	ck_assert_uint_ge(receipt_total(&r).datagrams, 1);
	ck_assert_uint_eq(receive(), receipt_total(&r).datagrams);
}
END_TEST

START_TEST(a_receiver_that_is_gone_is_an_error_counted_and_nothing_is_lost)
{
	struct receipt r;

	protocols(EXPORT_V9, EXPORT_V9);
	order.count = 50;
	order.rate = 1000; /* time for the ICMP message to come back */
	close(fd);
	r = blasted();
	fd = -1;
	ck_assert_uint_gt(r.errors[ECONNREFUSED], 0);
	ck_assert_uint_eq(receipt_errors(&r), r.errors[ECONNREFUSED]);
	ck_assert_uint_eq(receipt_total(&r).datagrams + r.unsent, 50);
}
END_TEST

START_TEST(what_the_kernel_refuses_does_not_count_as_sent)
{
	char why[ORDER_WHY_MAX];
	struct receipt r;
	struct blast *b;
	int next = dup(fd); /* the number that the blast's only socket will have */

	protocols(EXPORT_V9, EXPORT_V9);
	order.count = 3;
	ck_assert_int_eq(close(next), 0);
	ck_assert_int_eq(blast_open(&b, &order, why), 0);
	ck_assert_int_eq(dup2(STDERR_FILENO, next), next); /* no socket any more */
	ck_assert_int_eq(blast_run(b, &stop), 0);
	r = *blast_receipt(b);
	blast_close(b);
	ck_assert_uint_eq(receipt_total(&r).datagrams, 0);
	ck_assert_uint_eq(receipt_total(&r).templates, 0);
	ck_assert_uint_eq(r.unsent, 3);
	ck_assert_uint_eq(r.errors[ENOTSOCK], 6); /* each was tried twice */
	ck_assert_uint_eq(receive(), 0);
}
END_TEST

START_TEST(records_that_fit_no_datagram_are_refused_before_anything_is_sent)
{
	char why[ORDER_WHY_MAX];
	struct blast *b;

	protocols(EXPORT_V5, EXPORT_V5);
	order.records = 1365;
	ck_assert_int_eq(blast_open(&b, &order, why), -EMSGSIZE);
	ck_assert_str_eq(
		why, "--records: 1365 of v5 make a datagram of 65544 octets; 65507 is the most");
}
END_TEST

START_TEST(the_receipt_is_json)
{
	struct receipt r = {.unsent = 4, .duration_ns = 2000000000};
	struct receipt_notes notes = {.sources = 3, .told_apart_by = "port", .gso = "off"};
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	long long datagrams, records, refused, unsent;
	double rate;
	json_t *j;

	r.rows[EXPORT_V9] = (struct receipt_row){10, 216, 1, 12345};
	r.rows[EXPORT_SFLOW] = (struct receipt_row){20, 140, 0, 1000};
	r.errors[ECONNREFUSED] = 7;
	receipt_json(&r, &notes, out);
	ck_assert_int_eq(fclose(out), 0);
	j = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	ck_assert_ptr_nonnull(j);
	ck_assert_int_eq(json_unpack(j, "{s:I, s:{s:{s:I}, s:{}}, s:{s:I}, s:I, s:F}", "datagrams",
				     &datagrams, "protocols", "v9", "records", &records, "sflow",
				     "errors", "ECONNREFUSED", &refused, "unsent", &unsent, "rate",
				     &rate),
			 0);
	ck_assert_int_eq(datagrams, 30);
	ck_assert_int_eq(records, 216);
	ck_assert_int_eq(refused, 7);
	ck_assert_int_eq(unsent, 4);
	ck_assert(rate > 14.9 && rate < 15.1);
	json_decref(j);
	free(text);
}
END_TEST

SUITE(blast_run)
{
	TCase *tc = suite_case(s, "loopback");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, what_the_receipt_says_is_what_arrived, 0, EXPORT_PROTOCOLS);
	tcase_add_test(tc, segmenting_changes_no_octet);
	tcase_add_test(tc, sequences_have_no_gaps);
	tcase_add_test(tc, templates_come_first_and_again_after_so_many);
	tcase_add_test(tc, templates_come_again_after_so_long);
	tcase_add_test(tc, every_source_has_an_address_and_a_sequence_of_its_own);
	tcase_add_test(tc, domains_count_apart);
	tcase_add_test(tc, sources_are_dealt_to_targets);
	tcase_add_test(tc, a_rate_is_kept);
	tcase_add_test(tc, a_signal_ends_it_and_what_went_is_counted);
	tcase_add_test(tc, a_receiver_that_is_gone_is_an_error_counted_and_nothing_is_lost);
	tcase_add_test(tc, what_the_kernel_refuses_does_not_count_as_sent);
	tcase_add_test(tc, records_that_fit_no_datagram_are_refused_before_anything_is_sent);
	tc = suite_case(s, "receipt");
	tcase_add_test(tc, the_receipt_is_json);
}
