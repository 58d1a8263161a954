#include "collector/conf/conf_hint.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define WORD_MAX 64

static size_t min2(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The restricted Damerau-Levenshtein distance, row by row: rows[0] is the newest. */
size_t hint_distance(const char *a, const char *b)
{
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);
	uint8_t rows[3][WORD_MAX + 1];

	if (a_len > WORD_MAX || b_len > WORD_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = (uint8_t)j;
	for (size_t i = 1; i <= a_len; i++) {
		memmove(rows[1], rows[0], sizeof(rows[0]) * 2);
		rows[0][0] = (uint8_t)i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t best = rows[1][j - 1] + (a[i - 1] != b[j - 1] ? 1u : 0u);

			best = min2(best, min2(rows[1][j], rows[0][j - 1]) + 1u);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				best = min2(best, rows[2][j - 2] + 1u);
			rows[0][j] = (uint8_t)best;
		}
	}
	return rows[0][b_len];
}

static const char *last_part(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? dot + 1 : path;
}

void hint_init(struct hint *h, const char *given)
{
	*h = (struct hint){.given = given, .distance = SIZE_MAX};
}

void hint_offer(struct hint *h, const char *word)
{
	const char *given_last = last_part(h->given);
	const char *word_last = last_part(word);
	size_t whole = hint_distance(h->given, word);
	/* Half a step behind: the same key in the right section is nearer. */
	size_t last = hint_distance(given_last, word_last);
	size_t distance = whole == SIZE_MAX ? whole : 2 * whole;

	if (last < strlen(given_last) / 3 + 1)
		distance = min2(distance, 2 * last + 1);
	if (distance >= h->distance)
		return;
	h->distance = distance;
	snprintf(h->best, sizeof(h->best), "%s", word);
}

const char *hint_best(const struct hint *h)
{
	size_t near = strlen(h->given) / 3 + 1; /* a third of the letters may be wrong */

	return h->distance <= 2 * near ? h->best : NULL;
}
