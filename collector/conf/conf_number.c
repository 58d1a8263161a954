#include "collector/conf/conf_number.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DURATION_MS_MAX 1e15 /* 30 millennia: far from where a double gets coarser than 1 ms */

struct unit {
	const char *name;
	uint64_t n;
};

/* Ascending; the second name of the same unit is never printed. */
static const struct unit sizes[] = {{"B", 1},          {"", 1},           {"KiB", 1u << 10},
				    {"MiB", 1u << 20}, {"GiB", 1u << 30}, {0}};
static const struct unit durations[] = {{"ms", 1},    {"s", 1000},    {"", 1000},
					{"m", 60000}, {"h", 3600000}, {0}};

/* NULL if no unit is called so. */
static const struct unit *unit_named(const struct unit *units, const char *name)
{
	for (; units->name; units++)
		if (strcmp(units->name, name) == 0)
			return units;
	return NULL;
}

/* The largest named unit of which n is a whole multiple. */
static const struct unit *unit_fitting(const struct unit *units, uint64_t n)
{
	const struct unit *best = units;

	for (; units->name; units++)
		if (*units->name && n % units->n == 0)
			best = units;
	return best;
}

/* Reads digits off *text. */
static bool digits_take(const char **text, uint64_t *out)
{
	const char *start = *text;

	for (*out = 0; **text >= '0' && **text <= '9'; (*text)++) {
		uint64_t digit = (uint64_t)(**text - '0');

		if (*out > (UINT64_MAX - digit) / 10)
			return false;
		*out = *out * 10 + digit;
	}
	return *text > start;
}

bool number_parse(const char *text, uint64_t *out)
{
	return digits_take(&text, out) && !*text;
}

bool size_parse(const char *text, uint64_t *out_bytes)
{
	const struct unit *unit;

	if (!digits_take(&text, out_bytes))
		return false;
	unit = unit_named(sizes, text);
	return unit && !__builtin_mul_overflow(*out_bytes, unit->n, out_bytes);
}

bool duration_parse(const char *text, uint64_t *out_ms)
{
	size_t digits = strspn(text, "0123456789.");
	const struct unit *unit = unit_named(durations, text + digits);
	char *end;
	double ms;

	if (!unit || text[0] < '0' || text[0] > '9')
		return false;
	ms = strtod(text, &end) * (double)unit->n;
	if (end != text + digits || ms > DURATION_MS_MAX)
		return false;
	*out_ms = (uint64_t)(ms + 0.5);
	return ms - (double)*out_ms < 1e-6 && (double)*out_ms - ms < 1e-6;
}

void number_print(uint64_t n, char out[NUMBER_TEXT_MAX])
{
	snprintf(out, NUMBER_TEXT_MAX, "%" PRIu64, n);
}

void size_print(uint64_t bytes, char out[NUMBER_TEXT_MAX])
{
	const struct unit *unit = unit_fitting(sizes, bytes);

	snprintf(out, NUMBER_TEXT_MAX, "%" PRIu64 "%s", bytes / unit->n, bytes ? unit->name : "");
}

void duration_print(uint64_t ms, char out[NUMBER_TEXT_MAX])
{
	const struct unit *unit = unit_fitting(durations, ms);

	snprintf(out, NUMBER_TEXT_MAX, "%" PRIu64 "%s", ms / unit->n, ms ? unit->name : "s");
}
