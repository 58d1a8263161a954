/* What a NATS server has told that its user may not publish to: counted by subject, from the text
 * of its errors, which is all that core NATS says about it.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "collector/publish/subject.h"

struct denials {
	const char (*subjects)[SUBJECT_MAX];    /* SUBJECT_COUNT of them, immutable */
	_Atomic uint64_t counts[SUBJECT_COUNT]; /* on this TCP connection */
};

/* Which subject a text of the server is about, SUBJECT_COUNT: none of ours. Such as
 *	Permissions Violation for Publish to "flows.raw.sflow"
 * with the subject quoted as Go does (%q). Where the library has cut it, it is none of ours. */
unsigned denials_which(const struct denials *d, const char *text);

/* A template without {family} has one subject for all. */
bool denials_same(const struct denials *d, unsigned a, unsigned b);

/* Whether all denials up to the last, which had this text, have been noted, when so many messages
 * are out whose fate is not known otherwise: each that is denied is noted once, in order. *last is
 * its subject. Of a text that is not about ours it is not known: false. */
bool denials_told(const struct denials *d, const uint64_t messages[SUBJECT_COUNT], const char *text,
		  unsigned *last);

/* Any thread. */
void denials_note(struct denials *d, const char *text);
void denials_clear(struct denials *d);
