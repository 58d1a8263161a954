#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/clock.h"
#include "collector/conf/conf.h"
#include "collector/publish/publisher.h"
#include "collector/publish/ring.h"
#include "collector/show/ledger.h"
#include "tests/support/eventually.h"
#include "tests/support/suite.h"

#define BATCH_LEN 30000u /* several times what a pipe takes at once */

static struct conf conf;
static struct publisher *publisher;
static struct ring *ring;
static char folder[64];
static int saved_stdout = -1;

static void start(enum output_type type)
{
	conf.output.type = (uint8_t)type;
	publisher = publisher_new(&conf);
	ck_assert_ptr_nonnull(publisher);
	ring = ring_new(1u << 20, publisher_wake_fd(publisher));
	ck_assert_int_eq(publisher_attach(publisher, ring), 0);
	ck_assert_int_eq(publisher_start(publisher), 0);
}

static void setup(void)
{
	memset(&conf, 0, sizeof(conf));
	strcpy(folder, "/tmp/weir-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(conf.output.path, sizeof(conf.output.path), "%s/flows", folder);
	publisher = NULL;
	ring = NULL;
}

static void teardown(void)
{
	publisher_free(publisher);
	ring_free(ring);
	unlink(conf.output.path);
	rmdir(folder);
}

/* Makes fd our standard output until give_stdout_back(). */
static void take_stdout(int fd)
{
	saved_stdout = dup(STDOUT_FILENO);
	dup2(fd, STDOUT_FILENO);
	close(fd);
}

static void give_stdout_back(void)
{
	dup2(saved_stdout, STDOUT_FILENO);
	close(saved_stdout);
}

/* Batch n: the same letter throughout, one flow. */
static void push(unsigned n)
{
	static char octets[BATCH_LEN];
	struct batch b = {.len = BATCH_LEN, .flows = 1, .octets = octets};

	memset(octets, 'a' + (int)(n % 26), sizeof(octets));
	ck_assert(ring_push(ring, &b));
}

static void expect_octets(int fd, unsigned batches)
{
	static char octets[BATCH_LEN];

	for (unsigned n = 0; n < batches; n++) {
		size_t got = 0;

		while (got < BATCH_LEN) {
			ssize_t r = read(fd, octets + got, BATCH_LEN - got);

			ck_assert_int_gt(r, 0);
			got += (size_t)r;
		}
		for (size_t i = 0; i < BATCH_LEN; i++)
			if (octets[i] != 'a' + (int)(n % 26))
				ck_abort_msg("batch %u is broken at %zu", n, i);
	}
}

static struct publisher_numbers numbers(void)
{
	struct publisher_numbers n;

	publisher_numbers(publisher, &n);
	return n;
}

START_TEST(a_file_gets_every_batch_and_keeps_what_it_had)
{
	struct stat st;
	int fd = open(conf.output.path, O_CREAT | O_WRONLY, 0644);

	ck_assert_int_eq(write(fd, "before\n", 7), 7);
	close(fd);
	start(OUTPUT_FILE);
	for (unsigned n = 0; n < 20; n++)
		push(n);
	ck_assert_int_eq(publisher_stop(publisher, clock_mono_ms() + 20000), 0);
	ck_assert_uint_eq(numbers().published, 20);
	fd = open(conf.output.path, O_RDONLY);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_size, 7 + 20 * BATCH_LEN);
	lseek(fd, 7, SEEK_SET);
	expect_octets(fd, 20);
	close(fd);
}
END_TEST

START_TEST(a_path_that_cannot_be_opened_fails_the_start)
{
	strcat(conf.output.path, "/not/there");
	conf.output.type = OUTPUT_FILE;
	publisher = publisher_new(&conf);
	ck_assert_int_eq(publisher_start(publisher), -ENOENT);
	*strstr(conf.output.path, "/flows") = '\0';
	publisher_free(publisher);
	publisher = publisher_new(&conf);
	ck_assert_int_eq(publisher_start(publisher), -EISDIR);
	strcat(conf.output.path, "/flows");
}
END_TEST

START_TEST(a_full_disk_is_an_error_that_is_retried)
{
	struct rlimit limit;
	struct rlimit lower;

	signal(SIGXFSZ, SIG_IGN); /* then the limit says EFBIG, as a full disk says ENOSPC */
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	lower = limit;
	lower.rlim_cur = BATCH_LEN * 3 / 2; /* cuts the second batch */
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &lower), 0);
	start(OUTPUT_FILE);
	for (unsigned n = 0; n < 3; n++)
		push(n);
	EVENTUALLY(numbers().errors >= 1);
	ck_assert_uint_eq(numbers().connected, 0);
	ck_assert_uint_eq(numbers().published, 1);
	ck_assert(!publisher_failed(publisher));
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	EVENTUALLY(numbers().published == 3);
	ck_assert_uint_eq(numbers().connected, 1);
	ck_assert_int_eq(publisher_stop(publisher, clock_mono_ms() + 20000), 0);
	signal(SIGXFSZ, SIG_DFL);
	{
		int fd = open(conf.output.path, O_RDONLY);

		expect_octets(fd, 3); /* nothing twice, nothing missing */
		close(fd);
	}
}
END_TEST

START_TEST(a_slow_reader_of_stdout_gets_everything)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	take_stdout(ends[1]);
	start(OUTPUT_STDOUT);
	for (unsigned n = 0; n < 20; n++)
		push(n);
	usleep(300000); /* the pipe is full */
	ck_assert_uint_lt(numbers().published, 20);
	ck_assert_uint_eq(numbers().errors, 0);
	expect_octets(ends[0], 20);
	ck_assert_int_eq(publisher_stop(publisher, clock_mono_ms() + 20000), 0);
	give_stdout_back();
	ck_assert_uint_eq(numbers().published, 20);
	close(ends[0]);
}
END_TEST

START_TEST(a_pipe_that_does_not_block_gets_everything)
{
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
	fcntl(ends[0], F_SETFL, 0);
	take_stdout(ends[1]);
	start(OUTPUT_STDOUT);
	for (unsigned n = 0; n < 20; n++)
		push(n);
	usleep(50000);
	expect_octets(ends[0], 20);
	ck_assert_int_eq(publisher_stop(publisher, clock_mono_ms() + 20000), 0);
	give_stdout_back();
	ck_assert_uint_eq(numbers().published, 20);
	close(ends[0]);
}
END_TEST

START_TEST(a_reader_that_stands_still_does_not_hold_up_the_stop)
{
	int ends[2];
	uint64_t before_ms;

	ck_assert_int_eq(pipe(ends), 0);
	take_stdout(ends[1]);
	start(OUTPUT_STDOUT);
	for (unsigned n = 0; n < 20; n++)
		push(n);
	before_ms = clock_mono_ms();
	ck_assert_int_eq(publisher_stop(publisher, before_ms + 200), 0);
	ck_assert_uint_lt(clock_mono_ms() - before_ms, 5000);
	give_stdout_back();
	ck_assert_uint_gt(numbers().dropped[DROP_SHUTDOWN], 0);
	ck_assert_uint_eq(numbers().published + numbers().dropped[DROP_SHUTDOWN], 20);
	close(ends[0]);
}
END_TEST

START_TEST(a_reader_that_goes_away_breaks_stdout)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	take_stdout(ends[1]);
	start(OUTPUT_STDOUT);
	push(0);
	expect_octets(ends[0], 1);
	EVENTUALLY(numbers().published == 1);
	ck_assert(!publisher_failed(publisher));
	close(ends[0]);
	push(1);
	EVENTUALLY(publisher_failed(publisher));
	push(2);
	EVENTUALLY(numbers().dropped[DROP_REFUSED] == 2);
	ck_assert_int_eq(publisher_stop(publisher, clock_mono_ms() + 20000), 0);
	give_stdout_back();
}
END_TEST

START_TEST(null_takes_everything)
{
	start(OUTPUT_NULL);
	for (unsigned n = 0; n < 20; n++)
		push(n);
	ck_assert_int_eq(publisher_stop(publisher, clock_mono_ms() + 20000), 0);
	ck_assert_uint_eq(numbers().published, 20);
	ck_assert_uint_eq(numbers().octets, 20 * BATCH_LEN);
}
END_TEST

SUITE(output_stream)
{
	TCase *tc = suite_case(s, "streams");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_file_gets_every_batch_and_keeps_what_it_had);
	tcase_add_test(tc, a_path_that_cannot_be_opened_fails_the_start);
	tcase_add_test(tc, a_full_disk_is_an_error_that_is_retried);
	tcase_add_test(tc, a_slow_reader_of_stdout_gets_everything);
	tcase_add_test(tc, a_pipe_that_does_not_block_gets_everything);
	tcase_add_test(tc, a_reader_that_stands_still_does_not_hold_up_the_stop);
	tcase_add_test(tc, a_reader_that_goes_away_breaks_stdout);
	tcase_add_test(tc, null_takes_everything);
}
