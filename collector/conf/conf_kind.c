#include "collector/conf/conf_kind.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collector/conf/conf_number.h"
#include "collector/conf/nats_url.h"
#include "collector/publish/subject.h"

static int range_check(const struct conf_key *key, uint64_t n, char why[KIND_WHY_MAX])
{
	char min[KIND_TEXT_MAX];
	char max[KIND_TEXT_MAX];

	if (n >= key->min && n <= key->max)
		return 0;
	kinds[key->kind].print(key, &key->min, min);
	kinds[key->kind].print(key, &key->max, max);
	snprintf(why, KIND_WHY_MAX, "is out of range (%.32s to %.32s)", min, max);
	return -EINVAL;
}

static int number_read(const struct conf_key *key, void *member, const char *text,
		       char why[KIND_WHY_MAX])
{
	uint64_t *n = member;

	return number_parse(text, n) ? range_check(key, *n, why) : -EINVAL;
}

static int size_read(const struct conf_key *key, void *member, const char *text,
		     char why[KIND_WHY_MAX])
{
	uint64_t *bytes = member;

	return size_parse(text, bytes) ? range_check(key, *bytes, why) : -EINVAL;
}

static int duration_read(const struct conf_key *key, void *member, const char *text,
			 char why[KIND_WHY_MAX])
{
	uint64_t *ms = member;

	return duration_parse(text, ms) ? range_check(key, *ms, why) : -EINVAL;
}

static int port_read(const struct conf_key *key, void *member, const char *text,
		     char why[KIND_WHY_MAX])
{
	uint16_t *port = member;
	uint64_t n;
	int err = number_parse(text, &n) ? range_check(key, n, why) : -EINVAL;

	if (!err)
		*port = (uint16_t)n;
	return err;
}

static int bool_read(const struct conf_key *key, void *member, const char *text,
		     char why[KIND_WHY_MAX])
{
	bool *b = member;

	(void)key;
	why[0] = '\0'; /* what the kind wants says it all */
	*b = strcmp(text, "true") == 0;
	return *b || strcmp(text, "false") == 0 ? 0 : -EINVAL;
}

static int word_read(const struct conf_key *key, void *member, const char *text,
		     char why[KIND_WHY_MAX])
{
	uint8_t *word = member;

	why[0] = '\0'; /* what the kind wants says it all */
	for (uint8_t i = 0; key->words[i]; i++) {
		if (strcmp(key->words[i], text) == 0) {
			*word = i;
			return 0;
		}
	}
	return -EINVAL;
}

static int string_read(const struct conf_key *key, void *member, const char *text,
		       char why[KIND_WHY_MAX])
{
	size_t len = strlen(text);

	if (len >= key->size) {
		snprintf(why, KIND_WHY_MAX, "is longer than %zu octets", key->size - 1);
		return -EINVAL;
	}
	for (const char *c = text; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f) {
			snprintf(why, KIND_WHY_MAX, "has a control character");
			return -EINVAL;
		}
	}
	memcpy(member, text, len + 1);
	return 0;
}

static int address_read(const struct conf_key *key, void *member, const char *text,
			char why[KIND_WHY_MAX])
{
	unsigned char octets[16];

	if (inet_pton(AF_INET, text, octets) != 1 && inet_pton(AF_INET6, text, octets) != 1)
		return -EINVAL;
	return string_read(key, member, text, why);
}

static int subject_read(const struct conf_key *key, void *member, const char *text,
			char why[KIND_WHY_MAX])
{
	char rendered[SUBJECT_MAX];
	const char *fault;

	for (int f = 0; f < SUBJECT_COUNT; f++) {
		if (subject_render(text, (enum subject_family)f, rendered, &fault)) {
			snprintf(why, KIND_WHY_MAX, "is refused: %s", fault);
			return -EINVAL;
		}
	}
	return string_read(key, member, text, why);
}

static int urls_read(const struct conf_key *key, void *member, const char *text,
		     char why[KIND_WHY_MAX])
{
	const char *fault;
	unsigned position;

	if (nats_urls_ok(text, &fault, &position))
		return string_read(key, member, text, why);
	if (position == 1 && !strchr(text, ','))
		snprintf(why, KIND_WHY_MAX, "the URL %s", fault);
	else
		snprintf(why, KIND_WHY_MAX, "URL %u of the list %s", position, fault);
	return -EINVAL;
}

static void number_show(const struct conf_key *key, const void *member, char out[KIND_TEXT_MAX])
{
	const uint64_t *n = member;

	(void)key;
	number_print(*n, out);
}

static void size_show(const struct conf_key *key, const void *member, char out[KIND_TEXT_MAX])
{
	const uint64_t *bytes = member;

	(void)key;
	size_print(*bytes, out);
}

static void duration_show(const struct conf_key *key, const void *member, char out[KIND_TEXT_MAX])
{
	const uint64_t *ms = member;

	(void)key;
	duration_print(*ms, out);
}

static void port_show(const struct conf_key *key, const void *member, char out[KIND_TEXT_MAX])
{
	const uint16_t *port = member;

	(void)key;
	number_print(*port, out);
}

static void bool_show(const struct conf_key *key, const void *member, char out[KIND_TEXT_MAX])
{
	const bool *b = member;

	(void)key;
	snprintf(out, KIND_TEXT_MAX, "%s", *b ? "true" : "false");
}

static void word_show(const struct conf_key *key, const void *member, char out[KIND_TEXT_MAX])
{
	const uint8_t *word = member;

	snprintf(out, KIND_TEXT_MAX, "%s", key->words[*word]);
}

static void string_show(const struct conf_key *key, const void *member, char out[KIND_TEXT_MAX])
{
	(void)key;
	snprintf(out, KIND_TEXT_MAX, "%s",
		 (const char *)member); /* there is room: a test says so */
}

static void urls_show(const struct conf_key *key, const void *member, char out[KIND_TEXT_MAX])
{
	(void)key;
	nats_urls_redact(member, out, KIND_TEXT_MAX);
}

/* clang-format off */
const struct kind kinds[KIND_COUNT] = {
	[KIND_NUMBER]    = {"number",    "a whole number",                                       true,  number_read,   number_show,   NULL, NULL},
	[KIND_SIZE]      = {"size",      "a size such as 16384 or \"32MiB\"",                    true,  size_read,     size_show,     NULL, NULL},
	[KIND_DURATION]  = {"duration",  "a duration such as 5 (seconds), \"500ms\" or \"2m\"",  true,  duration_read, duration_show, NULL, NULL},
	[KIND_PORT]      = {"port",      "a port number",                                        true,  port_read,     port_show,     NULL, NULL},
	[KIND_BOOL]      = {"boolean",   "true or false",                                        false, bool_read,     bool_show,     NULL, NULL},
	[KIND_WORD]      = {"word",      NULL,                                                   false, word_read,     word_show,     NULL, NULL},
	[KIND_STRING]    = {"string",    "a string",                                             false, string_read,   string_show,   NULL, NULL},
	[KIND_ADDRESS]   = {"address",   "a numeric address such as \"0.0.0.0\" or \"::\"",      false, address_read,  string_show,   NULL, NULL},
	[KIND_SUBJECT]   = {"subject",   "a subject such as \"flows.raw.{family}\"",             false, subject_read,  string_show,   NULL, NULL},
	[KIND_URLS]      = {"URL",       "a URL such as \"nats://127.0.0.1:4222\"",              false, urls_read,     urls_show,     NULL, NULL},
	[KIND_PROTOCOLS] = {"protocols", "a list of protocols such as [\"netflow9\", \"ipfix\"]", false, protocols_add, NULL, protocols_clear, protocols_item},
	[KIND_NETWORKS]  = {"networks",  "a list of networks such as [\"10.0.0.0/8\"]",          false, networks_add,  NULL, networks_clear,  networks_item},
	[KIND_RATES]     = {"rates",     "a list of rates such as [\"10.0.0.0/8=1000\"]",         false, rates_add,     NULL, rates_clear,     rates_item},
	[KIND_LISTENERS] = {"listeners", "a list of listeners such as [{\"port\": 2055}]",       false, NULL, NULL, NULL, NULL},
};
/* clang-format on */
