#include "collector/publish/denials.h"

#include <string.h>

#define BEFORE_SUBJECT "Permissions Violation for Publish to \""

/* Whether the quoted text is the subject, and ends with it. */
static bool quoted_is(const char *quoted, const char *subject)
{
	for (; *subject; subject++) {
		if ((*subject == '"' || *subject == '\\') && *quoted++ != '\\')
			return false;
		if (*quoted++ != *subject)
			return false;
	}
	return *quoted == '"';
}

unsigned denials_which(const struct denials *d, const char *text)
{
	const char *found = strcasestr(text, BEFORE_SUBJECT);
	unsigned i = 0;

	if (!found)
		return SUBJECT_COUNT;
	while (i < SUBJECT_COUNT && !quoted_is(found + strlen(BEFORE_SUBJECT), d->subjects[i]))
		i++;
	return i;
}

bool denials_same(const struct denials *d, unsigned a, unsigned b)
{
	return a == b || (a < SUBJECT_COUNT && b < SUBJECT_COUNT &&
			  strcmp(d->subjects[a], d->subjects[b]) == 0);
}

bool denials_told(const struct denials *d, const uint64_t messages[SUBJECT_COUNT], const char *text,
		  unsigned *last)
{
	*last = denials_which(d, text);
	if (*last == SUBJECT_COUNT)
		return false;
	for (unsigned i = 0; i < SUBJECT_COUNT; i++) {
		uint64_t noted = d->counts[i];

		if ((noted > 0 || denials_same(d, i, *last)) && noted < messages[i])
			return false;
	}
	return true;
}

void denials_note(struct denials *d, const char *text)
{
	unsigned subject = denials_which(d, text);

	for (unsigned i = 0; i < SUBJECT_COUNT; i++)
		if (denials_same(d, i, subject))
			d->counts[i]++;
}

void denials_clear(struct denials *d)
{
	for (unsigned i = 0; i < SUBJECT_COUNT; i++)
		d->counts[i] = 0;
}
