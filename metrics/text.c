#include "metrics/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOUBLE_TEXT_MAX 32
#define IPV4_TEXT_MAX   15
#define IPV6_GROUPS     8
#define IPV6_TEXT_MAX   39
#define MAC_TEXT_LEN    17

static const char hex_digits[16] = "0123456789abcdef";

static const char digit_pairs[200] = "00010203040506070809101112131415161718192021222324"
				     "25262728293031323334353637383940414243444546474849"
				     "50515253545556575859606162636465666768697071727374"
				     "75767778798081828384858687888990919293949596979899";

/* Where the next n octets go, already counted as written; NULL if they do not fit. */
static char *text_room(struct text *t, size_t n)
{
	char *at;

	if (t->failed || n > t->size - t->len) {
		t->failed = true;
		return NULL;
	}
	at = t->start + t->len;
	t->len += n;
	return at;
}

void text_mem(struct text *t, const void *octets, size_t len)
{
	char *at = text_room(t, len);

	if (at && len)
		memcpy(at, octets, len);
}

void text_str(struct text *t, const char *s)
{
	text_mem(t, s, strlen(s));
}

void text_char(struct text *t, char c)
{
	char *at = text_room(t, 1);

	if (at)
		*at = c;
}

static char *pair_put_before(char *end, uint32_t below_100)
{
	memcpy(end - 2, digit_pairs + 2 * (size_t)below_100, 2);
	return end - 2;
}

/* How many decimal digits v has. */
static unsigned digits_count(uint64_t v)
{
	/* clang-format off */
	static const uint64_t powers[] = {
		0, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
		10000000000, 100000000000, 1000000000000, 10000000000000, 100000000000000,
		1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
		10000000000000000000u,
	};
	/* clang-format on */
	/* 1233 / 4096 is log10(2), near enough for 64 bits. */
	unsigned n = (64u - (unsigned)__builtin_clzll(v | 1)) * 1233u >> 12;

	return n + (v >= powers[n]);
}

/* Writes the digits of v so that they end at end. */
static void digits_put_before(char *end, uint64_t v)
{
	uint32_t low;

	while (v > UINT32_MAX) { /* eight digits a turn: 64-bit division is the dear part */
		low = (uint32_t)(v % 100000000);
		v /= 100000000;
		for (int i = 0; i < 4; i++, low /= 100)
			end = pair_put_before(end, low % 100);
	}
	for (low = (uint32_t)v; low >= 100; low /= 100)
		end = pair_put_before(end, low % 100);
	if (low >= 10)
		pair_put_before(end, low);
	else
		end[-1] = (char)('0' + low);
}

void text_u64(struct text *t, uint64_t v)
{
	unsigned n = digits_count(v);
	char *at = text_room(t, n);

	if (at)
		digits_put_before(at + n, v);
}

void text_i64(struct text *t, int64_t v)
{
	if (v >= 0) {
		text_u64(t, (uint64_t)v);
		return;
	}
	text_char(t, '-');
	text_u64(t, 0 - (uint64_t)v); /* as unsigned: INT64_MIN has no positive twin */
}

static char *hex_put(char *at, uint8_t octet)
{
	*at++ = hex_digits[octet >> 4];
	*at++ = hex_digits[octet & 15];
	return at;
}

void text_hex(struct text *t, const uint8_t *octets, size_t len)
{
	char *at = text_room(t, 2 * len);

	for (size_t i = 0; at && i < len; i++)
		at = hex_put(at, octets[i]);
}

void text_double(struct text *t, double v)
{
	char digits[DOUBLE_TEXT_MAX];
	int n = 0;

	if (!isfinite(v)) {
		text_str(t, "null");
		return;
	}
	/* 15 digits without trailing zeros are the shortest form if they read back at all; only
	 * subnormal numbers have a shorter one. 17 always do. */
	for (int precision = isnormal(v) ? 15 : 1; precision <= 17; precision++) {
		n = snprintf(digits, sizeof(digits), "%.*g", precision, v);
		if (strtod(digits, NULL) == v)
			break;
	}
	text_mem(t, digits, (size_t)n);
}

static char *decimal_octet_put(char *at, uint8_t octet)
{
	if (octet >= 100) {
		*at++ = (char)('0' + octet / 100);
		octet %= 100;
	} else if (octet < 10) {
		*at++ = (char)('0' + octet);
		return at;
	}
	memcpy(at, digit_pairs + 2 * (size_t)octet, 2);
	return at + 2;
}

static char *ipv4_put(char *at, const uint8_t octets[4])
{
	for (int i = 0; i < 4; i++) {
		if (i)
			*at++ = '.';
		at = decimal_octet_put(at, octets[i]);
	}
	return at;
}

/* Whether n octets can be written in place before it is known how many it will be. */
static bool text_spacious(const struct text *t, size_t n)
{
	return t->start && !t->failed && t->size - t->len >= n;
}

void text_ipv4(struct text *t, const uint8_t octets[4])
{
	char address[IPV4_TEXT_MAX];

	if (text_spacious(t, IPV4_TEXT_MAX))
		t->len = (size_t)(ipv4_put(t->start + t->len, octets) - t->start);
	else
		text_mem(t, address, (size_t)(ipv4_put(address, octets) - address));
}

/* The groups that "::" stands for: the longest run of two or more zero groups, the first of several
 * (RFC 5952 sections 4.2.2, 4.2.3). len is 0 if there is none. */
struct zero_run {
	int start;
	int len;
};

static struct zero_run zero_run_find(const uint16_t groups[IPV6_GROUPS])
{
	struct zero_run best = {.start = -1, .len = 1}; /* one group is not shortened */

	for (int i = 0; i < IPV6_GROUPS;) {
		int start = i;

		while (i < IPV6_GROUPS && groups[i] == 0)
			i++;
		if (i - start > best.len)
			best = (struct zero_run){start, i - start};
		if (i == start)
			i++;
	}
	return best.start < 0 ? (struct zero_run){-1, 0} : best;
}

static char *group_put(char *at, uint16_t group)
{
	if (group >= 0x1000)
		*at++ = hex_digits[group >> 12];
	if (group >= 0x100)
		*at++ = hex_digits[group >> 8 & 15];
	if (group >= 0x10)
		*at++ = hex_digits[group >> 4 & 15];
	*at++ = hex_digits[group & 15];
	return at;
}

static char *groups_put(char *at, const uint16_t groups[IPV6_GROUPS])
{
	struct zero_run run = zero_run_find(groups);

	for (int i = 0; i < IPV6_GROUPS; i++) {
		if (i == run.start) {
			*at++ = ':';
			*at++ = ':';
			i += run.len - 1;
			continue;
		}
		if (i && i != run.start + run.len)
			*at++ = ':';
		at = group_put(at, groups[i]);
	}
	return at;
}

void text_ipv6(struct text *t, const uint8_t octets[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	char address[IPV6_TEXT_MAX];
	uint16_t groups[IPV6_GROUPS];

	if (memcmp(octets, mapped, sizeof(mapped)) == 0) { /* RFC 5952 section 5 */
		text_mem(t, "::ffff:", 7);
		text_ipv4(t, octets + 12);
		return;
	}
	for (size_t i = 0; i < IPV6_GROUPS; i++)
		groups[i] = (uint16_t)(octets[2 * i] << 8 | octets[2 * i + 1]);
	text_mem(t, address, (size_t)(groups_put(address, groups) - address));
}

void text_mac(struct text *t, const uint8_t octets[6])
{
	char *at = text_room(t, MAC_TEXT_LEN);

	for (int i = 0; at && i < 6; i++) {
		if (i)
			*at++ = ':';
		at = hex_put(at, octets[i]);
	}
}

/* Octets that stand for themselves in a JSON string. */
static bool octet_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static bool continues(const uint8_t *p, size_t left, size_t at, uint8_t low, uint8_t high)
{
	return at < left && p[at] >= low && p[at] <= high;
}

/* Octets of the UTF-8 sequence at p (RFC 3629 section 4: no overlong forms, no surrogates, nothing
 * above U+10FFFF). *valid: it is whole; else it is the part that one U+FFFD replaces. left >= 1. */
static size_t utf8_take(const uint8_t *p, size_t left, bool *valid)
{
	uint8_t lead = *p;
	uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
	size_t want = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
	size_t n = 1;

	*valid = false;
	if (lead < 0xc2 || lead > 0xf4)
		return n;
	if (!continues(p, left, n, low, high))
		return n;
	for (n = 2; n < want; n++)
		if (!continues(p, left, n, 0x80, 0xbf))
			return n;
	*valid = true;
	return n;
}

bool text_is_utf8(const void *octets, size_t len)
{
	const uint8_t *p = octets;
	bool valid = true;

	for (size_t at = 0; at < len && valid;) {
		if (p[at] < 0x80)
			at++;
		else
			at += utf8_take(p + at, len - at, &valid);
	}
	return valid;
}

static void json_escape(struct text *t, uint8_t c)
{
	static const char letters[] = "\"\\\b\f\n\r\t";
	static const char escapes[] = "\"\\bfnrt";
	const char *found = c ? strchr(letters, c) : NULL;

	if (found) {
		text_char(t, '\\');
		text_char(t, escapes[found - letters]);
		return;
	}
	text_str(t, "\\u00");
	text_hex(t, &c, 1);
}

void text_json(struct text *t, const void *octets, size_t len)
{
	const uint8_t *p = octets;
	size_t at = 0;

	text_char(t, '"');
	while (at < len && text_ok(t)) {
		size_t run = at;
		bool valid = true;

		while (at < len && octet_plain(p[at]))
			at++;
		text_mem(t, p + run, at - run);
		if (at == len)
			break;
		if (p[at] < 0x80) {
			json_escape(t, p[at++]);
			continue;
		}
		run = at;
		at += utf8_take(p + at, len - at, &valid);
		if (valid)
			text_mem(t, p + run, at - run);
		else
			text_str(t, "\xef\xbf\xbd"); /* U+FFFD */
	}
	text_char(t, '"');
}

void text_format(struct text *t, const char *format, ...)
{
	size_t room = t->size - t->len;
	va_list args;
	int n;

	if (t->failed)
		return;
	va_start(args, format);
	n = vsnprintf(t->start + t->len, room, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= room)
		t->failed = true;
	else
		t->len += (size_t)n;
}
