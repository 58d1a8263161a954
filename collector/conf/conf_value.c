#include "collector/conf/conf_value.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define GOT_MAX   128 /* of what was given, in errors */
#define WANTS_MAX 192

static void *member_of(const struct conf_key *key, void *base)
{
	return (char *)base + key->offset;
}

static const void *member_in(const struct conf_key *key, const void *base)
{
	return (const char *)base + key->offset;
}

int conf_complain(char error[CONF_ERROR_MAX], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, CONF_ERROR_MAX, format, args);
	va_end(args);
	for (char *c = error; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return -EINVAL;
}

static void words_print(const char *const *words, char *out, size_t size)
{
	size_t n = (size_t)snprintf(out, size, words[1] ? "one of" : "nothing but");

	for (size_t i = 0; words[i] && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s %s", i ? "," : "", words[i]);
}

static void wants_print(const struct conf_key *key, char *out, size_t size)
{
	const struct kind *kind = &kinds[key->kind];
	char min[KIND_TEXT_MAX];
	char max[KIND_TEXT_MAX];

	if (!kind->wants)
		words_print(key->words, out, size);
	else if (kind->ranged) {
		kind->print(key, &key->min, min);
		kind->print(key, &key->max, max);
		snprintf(out, size, "%s from %.32s to %.32s", kind->wants, min, max);
	} else
		snprintf(out, size, "%s", kind->wants);
}

int value_refuse(const struct conf_key *key, const char *shown, const char *got,
		 char error[CONF_ERROR_MAX])
{
	char wants[WANTS_MAX];

	wants_print(key, wants, sizeof(wants));
	return conf_complain(error, "%s: wants %s, not %s", shown, wants, got);
}

bool value_is_list(const struct conf_key *key)
{
	return kinds[key->kind].item != NULL;
}

void value_clear(const struct conf_key *key, void *base)
{
	kinds[key->kind].clear(member_of(key, base));
}

int value_add(const struct conf_key *key, void *base, const char *shown, const char *item,
	      char error[CONF_ERROR_MAX])
{
	char why[KIND_WHY_MAX] = "";
	char got[GOT_MAX];
	int err = kinds[key->kind].read(key, member_of(key, base), item, why);

	if (err == -ENOMEM)
		conf_complain(error, "%s: out of memory", shown);
	if (err != -EINVAL)
		return err;
	if (key->kind == KIND_URLS) /* may hold a password */
		return conf_complain(error, "%s: %s", shown, why);
	snprintf(got, sizeof(got), "\"%.100s\"", item);
	if (*why)
		return conf_complain(error, "%s: %s %s", shown, got, why);
	return value_refuse(key, shown, got, error);
}

/* Takes the next item off *text, without the spaces around it; false at the end, or if it is too
 * long for any item: then *text stays. */
static bool item_next(const char **text, char out[KIND_ITEM_MAX])
{
	const char *start = *text + strspn(*text, " ");
	size_t all = strcspn(start, ",");
	size_t len = all;

	while (len && start[len - 1] == ' ')
		len--;
	if (!*start || len >= KIND_ITEM_MAX)
		return false;
	memcpy(out, start, len);
	out[len] = '\0';
	*text = start + all + (start[all] == ',');
	return true;
}

int value_read(const struct conf_key *key, void *base, const char *shown, const char *text,
	       char error[CONF_ERROR_MAX])
{
	char item[KIND_ITEM_MAX];

	if (!value_is_list(key))
		return value_add(key, base, shown, text, error);
	value_clear(key, base);
	while (item_next(&text, item)) {
		int err = value_add(key, base, shown, item, error);

		if (err)
			return err;
	}
	return *text ? value_refuse(key, shown, "something that long", error) : 0;
}

void value_print(const struct conf_key *key, const void *base, char out[KIND_TEXT_MAX])
{
	kinds[key->kind].print(key, member_in(key, base), out);
}

bool value_item(const struct conf_key *key, const void *base, size_t i, char out[KIND_ITEM_MAX])
{
	return kinds[key->kind].item(member_in(key, base), i, out);
}
