#include "tests/parsers/sflow_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/suite.h"

__attribute__((format(printf, 2, 3))) static void say(struct sflow_text *t, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->text + t->len, sizeof(t->text) - t->len, format, args);
	va_end(args);
	t->len += (size_t)n;
	if (t->len >= sizeof(t->text)) /* hostile samples: what is cut is not compared */
		t->len = sizeof(t->text) - 1;
}

static void begin(void *ctx, enum sflow_kind kind, uint32_t tag, const char *name)
{
	struct sflow_text *t = ctx;

	ck_assert_int_eq(t->depth, 0);
	t->begins++;
	say(t, "%s%s %u:%u", kind == SFLOW_SAMPLE ? "" : " | ", name, SFLOW_ENTERPRISE(tag),
	    SFLOW_FORMAT(tag));
}

static void say_octets(struct sflow_text *t, const struct sflow_value *v)
{
	for (size_t i = 0; i < v->len; i++)
		say(t, v->form == SFLOW_TEXT ? "%c" : "%02x", v->octets[i]);
}

static double single(uint64_t number)
{
	uint32_t bits = (uint32_t)number;
	float f;

	memcpy(&f, &bits, sizeof(f));
	return (double)f;
}

static double twice(uint64_t number)
{
	double d;

	memcpy(&d, &number, sizeof(d));
	return d;
}

static void field(void *ctx, const struct sflow_value *v)
{
	struct sflow_text *t = ctx;

	t->fields++;
	say(t, " %s%s", v->name ? v->name : "", v->name ? "=" : "");
	t->undecoded += v->name && strcmp(v->name, "undecoded") == 0;
	switch (v->form) {
	case SFLOW_UNSIGNED:
		say(t, "%llu", (unsigned long long)v->number);
		break;
	case SFLOW_SIGNED:
		say(t, "%lld", (long long)v->number);
		break;
	case SFLOW_FLOAT:
		say(t, "%g", single(v->number));
		break;
	case SFLOW_DOUBLE:
		say(t, "%g", twice(v->number));
		break;
	case SFLOW_ADDRESS:
	case SFLOW_MAC:
	case SFLOW_TEXT:
	case SFLOW_OCTETS:
		say_octets(t, v);
		break;
	}
}

static void open(void *ctx, const char *name, enum sflow_nest nest)
{
	struct sflow_text *t = ctx;

	ck_assert_int_lt(t->depth, 3);
	t->nests[t->depth++] = nest;
	say(t, " %s%s%c", name ? name : "", name ? "=" : "", nest == SFLOW_LIST ? '[' : '{');
}

static void close(void *ctx)
{
	struct sflow_text *t = ctx;

	ck_assert_int_gt(t->depth, 0);
	say(t, " %c", t->nests[--t->depth] == SFLOW_LIST ? ']' : '}');
}

static void end(void *ctx)
{
	struct sflow_text *t = ctx;

	ck_assert_int_eq(t->depth, 0);
}

void sflow_text_write(struct sflow_text *t, const struct raw_sample *sample)
{
	struct sflow_visitor visitor = {begin, field, open, close, end, t};

	memset(t, 0, sizeof(*t));
	sflow_walk(sample, &visitor);
}
