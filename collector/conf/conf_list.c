#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/conf/conf_kind.h"
#include "parsers/datagram.h"

#define PROTOCOLS_ALL  ((1u << PROTOCOL_COUNT) - 1)
#define PROTOCOLS_NONE (1u << PROTOCOL_UNKNOWN) /* the parser refuses those, with its reason */

int protocols_add(const struct conf_key *key, void *member, const char *text,
		  char why[KIND_WHY_MAX])
{
	enum protocol protocol = protocol_named(text);
	uint32_t *bits = member;

	(void)key;
	why[0] = '\0'; /* what the kind wants says it all */
	if (strcmp(text, "all") == 0)
		*bits = PROTOCOLS_ALL;
	else if (protocol == PROTOCOL_UNKNOWN)
		return -EINVAL;
	*bits |= 1u << protocol;
	return 0;
}

void protocols_clear(void *member)
{
	*(uint32_t *)member = PROTOCOLS_NONE;
}

bool protocols_item(const void *member, size_t i, char out[KIND_ITEM_MAX])
{
	const uint32_t *bits = member;

	if (*bits == PROTOCOLS_ALL) {
		snprintf(out, KIND_ITEM_MAX, "all");
		return i == 0;
	}
	for (unsigned p = 0; p < PROTOCOL_UNKNOWN; p++) {
		if (*bits & (1u << p) && i-- == 0) {
			snprintf(out, KIND_ITEM_MAX, "%s", protocols[p].name);
			return true;
		}
	}
	return false;
}

int networks_add(const struct conf_key *key, void *member, const char *text, char why[KIND_WHY_MAX])
{
	struct conf_listener *l = member;
	struct cidr network;
	struct cidr *more;
	char mended[CIDR_TEXT_MAX];
	int err = cidr_parse(text, &network);

	if (err == -EDOM) {
		cidr_print(&network, mended);
		snprintf(why, KIND_WHY_MAX, "has bits behind its prefix; did you mean %s?", mended);
	}
	if (err)
		return -EINVAL;
	if (l->allow_n == key->max) {
		snprintf(why, KIND_WHY_MAX, "is one network too many (%zu)", l->allow_n);
		return -EINVAL;
	}
	more = realloc(l->allow, (l->allow_n + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	l->allow = more;
	l->allow[l->allow_n++] = network;
	return 0;
}

void networks_clear(void *member)
{
	struct conf_listener *l = member;

	free(l->allow);
	l->allow = NULL;
	l->allow_n = 0;
}

bool networks_item(const void *member, size_t i, char out[KIND_ITEM_MAX])
{
	const struct conf_listener *l = member;

	if (i >= l->allow_n)
		return false;
	cidr_print(&l->allow[i], out);
	return true;
}
