/* "Did you mean ...?": the known word that is nearest to a mistyped one. Pure. */
#pragma once

#include <stddef.h>

#define HINT_MAX 96

struct hint {
	const char *given;
	char best[HINT_MAX];
	size_t distance; /* of best; SIZE_MAX: none yet */
};

/* given outlives the hint. */
void hint_init(struct hint *h, const char *given);

/* Paths with dots are also tried by their last part: "batch_age" is near "output.batch_age". */
void hint_offer(struct hint *h, const char *word);

/* NULL if nothing that was offered is near enough to be meant. */
const char *hint_best(const struct hint *h);

/* Letters to insert, remove, change, or swap with their neighbour to get from a to b; SIZE_MAX if
 * one is too long to be compared. */
size_t hint_distance(const char *a, const char *b);
