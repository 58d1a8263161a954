#include "collector/log/log_line.h"

#include <string.h>
#include <time.h>

#include "metrics/text.h"

#define TAIL_MAX sizeof(",\"cut\":true}\n") /* kept free for the end of a cut line */

struct span {
	const char *at;
	size_t len;
};

struct pair {
	struct span key;
	struct span value; /* with its quotes; empty and at NULL: there was no "=" */
};

/* What a line is made of, whatever its format. */
struct writer {
	void (*head)(struct text *t, const char *level, const char *module, const char *msg);
	void (*pair)(struct text *t, const struct pair *p);
	const char *cut;
	const char *end;
};

static void time_write(struct text *t)
{
	struct timespec now;
	struct tm utc;
	char date[32];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc);
	text_format(t, "%s.%03dZ", date, (int)(now.tv_nsec / 1000000));
}

static void logfmt_head(struct text *t, const char *level, const char *module, const char *msg)
{
	char quoted[256];

	text_str(t, "ts=");
	time_write(t);
	text_format(t, " level=%s module=%s msg=%s", level, module,
		    log_string(quoted, sizeof(quoted), msg));
}

static void logfmt_pair(struct text *t, const struct pair *p)
{
	text_char(t, ' ');
	text_mem(t, p->key.at, p->key.len);
	if (!p->value.at)
		return;
	text_char(t, '=');
	text_mem(t, p->value.at, p->value.len);
}

static void json_head(struct text *t, const char *level, const char *module, const char *msg)
{
	text_str(t, "{\"ts\":\"");
	time_write(t);
	text_format(t, "\",\"level\":\"%s\",\"module\":\"%s\",\"msg\":", level, module);
	text_json(t, msg, strlen(msg));
}

/* Whether it is a whole number that every JSON reader holds exactly. */
static bool is_integer(struct span v)
{
	size_t sign = v.len && v.at[0] == '-' ? 1 : 0;
	size_t digits = v.len - sign;

	if (!digits || digits > 15 || (digits > 1 && v.at[sign] == '0'))
		return false;
	for (size_t i = sign; i < v.len; i++)
		if (v.at[i] < '0' || v.at[i] > '9')
			return false;
	return true;
}

static bool is_word(struct span v, const char *word)
{
	return v.len == strlen(word) && memcmp(v.at, word, v.len) == 0;
}

/* Takes the quotes off; \xNN stays as it is, because the octet need not be part of any UTF-8. */
static void json_quoted(struct text *t, struct span v)
{
	char plain[LOG_PAIRS_MAX];
	size_t n = 0;

	for (size_t i = 1; i + 1 < v.len; i++) {
		if (v.at[i] == '\\' && (v.at[i + 1] == '"' || v.at[i + 1] == '\\') && i + 2 < v.len)
			i++;
		plain[n++] = v.at[i];
	}
	text_json(t, plain, n);
}

static void json_pair(struct text *t, const struct pair *p)
{
	struct span v = p->value;

	text_char(t, ',');
	text_json(t, p->key.at, p->key.len);
	text_char(t, ':');
	if (!v.at)
		text_str(t, "true");
	else if (is_integer(v) || is_word(v, "true") || is_word(v, "false"))
		text_mem(t, v.at, v.len);
	else if (v.len > 1 && v.at[0] == '"')
		json_quoted(t, v);
	else
		text_json(t, v.at, v.len);
}

static const struct writer writers[] = {
	[LOG_LOGFMT] = {logfmt_head, logfmt_pair, " cut=true", "\n"},
	[LOG_JSON] = {json_head, json_pair, ",\"cut\":true", "}\n"},
};

/* Where a key, or a value, ends: at a space outside quotes, or, for a key, at "=". */
static const char *part_end(const char *s, bool key)
{
	bool quoted = false;

	for (; *s; s++) {
		if (quoted && *s == '\\' && s[1])
			s++;
		else if (*s == '"')
			quoted = !quoted;
		else if (!quoted && (*s == ' ' || (key && *s == '=')))
			break;
	}
	return s;
}

/* Takes the next pair off *s; false at the end. */
static bool pair_next(const char **s, struct pair *p)
{
	const char *end;

	*p = (struct pair){0};
	while (**s == ' ')
		(*s)++;
	if (!**s)
		return false;
	end = part_end(*s, true);
	p->key = (struct span){*s, (size_t)(end - *s)};
	if (*end == '=') {
		*s = end + 1;
		end = part_end(*s, false);
		p->value = (struct span){*s, (size_t)(end - *s)};
	}
	*s = end;
	return true;
}

/* Writes all pairs; false if the last of them had to be left out. */
static bool pairs_write(struct text *t, const struct writer *w, const struct log_event *event)
{
	const char *rest = event->pairs;
	struct pair p;

	while (pair_next(&rest, &p)) {
		size_t before = t->len;

		if (event->cut && !*rest)
			return false;
		w->pair(t, &p);
		if (!text_ok(t)) {
			text_cut(t, before);
			return false;
		}
	}
	return !event->cut;
}

size_t log_line(char line[LOG_LINE_MAX], enum log_format format, const struct log_event *event)
{
	const struct writer *w = &writers[format];
	struct text t = text_over(line, LOG_LINE_MAX - TAIL_MAX);
	bool whole;

	w->head(&t, event->level, event->module, event->msg);
	whole = pairs_write(&t, w, event);
	t.size = LOG_LINE_MAX;
	if (!whole)
		text_str(&t, w->cut);
	text_str(&t, w->end);
	return t.len;
}
