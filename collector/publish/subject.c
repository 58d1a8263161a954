#include "collector/publish/subject.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* What a placeholder may stand for: a row each. */
static const struct placeholder {
	const char *name;
	const char *(*value)(enum subject_family family);
} placeholders[] = {
	{"{family}", subject_family_name},
};

const char *subject_family_name(enum subject_family family)
{
	return family == SUBJECT_SFLOW ? "sflow" : "netflow";
}

/* The row that the text begins with, or NULL. */
static const struct placeholder *placeholder_at(const char *text)
{
	for (size_t i = 0; i < sizeof(placeholders) / sizeof(*placeholders); i++)
		if (strncmp(text, placeholders[i].name, strlen(placeholders[i].name)) == 0)
			return &placeholders[i];
	return NULL;
}

static int refuse(const char **error, const char *why)
{
	*error = why;
	return -EINVAL;
}

/* What a NATS server lets one publish to. */
static int subject_check(const char *subject, const char **error)
{
	char previous = '.';

	for (const char *p = subject; *p; p++) {
		if (*p == '*' || *p == '>')
			return refuse(error, "a subject to publish to has no wildcard");
		if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f)
			return refuse(error, "a subject has no spaces and only printable ASCII");
		if (*p == '.' && previous == '.')
			return refuse(error, "a token between two dots is empty");
		previous = *p;
	}
	if (previous == '.')
		return refuse(error, "the subject is empty or ends in a dot");
	return 0;
}

int subject_render(const char *template, enum subject_family family, char out[SUBJECT_MAX],
		   const char **error)
{
	size_t len = 0;

	for (const char *p = template; *p;) {
		const struct placeholder *row = placeholder_at(p);
		const char *part = row ? row->value(family) : p;
		size_t part_len = row ? strlen(part) : 1;

		if (!row && (*p == '{' || *p == '}'))
			return refuse(error, "an unknown placeholder; known: {family}");
		if (len + part_len >= SUBJECT_MAX)
			return refuse(error, "the subject is too long");
		memcpy(out + len, part, part_len);
		len += part_len;
		p += row ? strlen(row->name) : 1;
	}
	out[len] = '\0';
	return subject_check(out, error);
}
