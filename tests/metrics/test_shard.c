#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "metrics/shard.h"
#include "tests/support/suite.h"

#define WORDS  37
#define WRITES 20000

START_TEST(a_new_shard_is_all_zeros)
{
	struct shard *s = shard_new(WORDS);
	uint64_t words[WORDS];

	shard_load(s, words);
	for (size_t i = 0; i < WORDS; i++)
		ck_assert_uint_eq(words[i], 0);
	shard_free(s);
}
END_TEST

START_TEST(a_store_changes_its_words_and_no_others)
{
	struct shard *s = shard_new(5);
	const uint64_t values[] = {7, UINT64_MAX};
	uint64_t words[5];

	shard_begin(s);
	shard_store(s, 2, values, 2);
	shard_end(s);
	shard_load(s, words);
	ck_assert_uint_eq(words[1], 0);
	ck_assert_uint_eq(words[2], 7);
	ck_assert_uint_eq(words[3], UINT64_MAX);
	ck_assert_uint_eq(words[4], 0);
	shard_free(s);
}
END_TEST

START_TEST(a_shard_of_no_words_can_be_written_and_read)
{
	struct shard *s = shard_new(0);

	shard_begin(s);
	shard_end(s);
	shard_load(s, NULL);
	shard_free(s);
	shard_free(NULL);
}
END_TEST

struct race {
	struct shard *shard;
	_Atomic int done;
};

/* Writes n to every word, the upper half first and by a store of its own. */
static void *write_rounds(void *arg)
{
	struct race *race = arg;
	uint64_t values[WORDS];

	for (uint64_t n = 1; n <= WRITES; n++) {
		for (size_t i = 0; i < WORDS; i++)
			values[i] = n;
		shard_begin(race->shard);
		shard_store(race->shard, WORDS / 2, values, WORDS - WORDS / 2);
		shard_store(race->shard, 0, values, WORDS / 2);
		shard_end(race->shard);
	}
	atomic_store(&race->done, 1);
	return NULL;
}

START_TEST(words_written_together_are_read_together)
{
	struct race race = {.shard = shard_new(WORDS)};
	uint64_t words[WORDS];
	uint64_t last = 0;
	pthread_t writer;

	ck_assert_int_eq(pthread_create(&writer, NULL, write_rounds, &race), 0);
	while (!atomic_load(&race.done)) {
		shard_load(race.shard, words);
		for (size_t i = 1; i < WORDS; i++)
			ck_assert_uint_eq(words[i], words[0]);
		ck_assert_uint_ge(words[0], last);
		last = words[0];
	}
	ck_assert_int_eq(pthread_join(writer, NULL), 0);
	shard_load(race.shard, words);
	ck_assert_uint_eq(words[0], WRITES);
	shard_free(race.shard);
}
END_TEST

SUITE(shard)
{
	TCase *tc = suite_case(s, "one thread");

	tcase_add_test(tc, a_new_shard_is_all_zeros);
	tcase_add_test(tc, a_store_changes_its_words_and_no_others);
	tcase_add_test(tc, a_shard_of_no_words_can_be_written_and_read);
	tc = suite_case(s, "two threads");
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, words_written_together_are_read_together);
}
