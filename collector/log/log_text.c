#include <string.h>

#include "collector/log/log.h"

static bool is_printable(unsigned char c)
{
	return c >= 0x20 && c < 0x7f;
}

static bool is_bare(unsigned char c)
{
	return c > 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '=';
}

static size_t octet_escape(char out[5], unsigned char c)
{
	static const char digits[] = "0123456789abcdef";

	if (is_printable(c) && c != '"' && c != '\\') {
		out[0] = (char)c;
		return 1;
	}
	out[0] = '\\';
	if (is_printable(c)) {
		out[1] = (char)c;
		return 2;
	}
	out[1] = 'x';
	out[2] = digits[c >> 4];
	out[3] = digits[c & 15];
	return 4;
}

static bool all_bare(const unsigned char *octets, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_bare(octets[i]))
			return false;
	return len > 0;
}

const char *log_text(char *out, size_t size, const void *octets, size_t len)
{
	const unsigned char *in = octets;
	size_t room = size - sizeof("...\"");
	size_t n = 0;
	size_t i;

	if (len < size && all_bare(in, len)) {
		memcpy(out, in, len);
		out[len] = '\0';
		return out;
	}
	out[n++] = '"';
	for (i = 0; i < len; i++) {
		char escaped[5];
		size_t m = octet_escape(escaped, in[i]);

		if (n + m > room)
			break;
		memcpy(out + n, escaped, m);
		n += m;
	}
	if (i < len)
		memcpy(out + n, "...\"", sizeof("...\""));
	else
		memcpy(out + n, "\"", sizeof("\""));
	return out;
}

const char *log_string(char *out, size_t size, const char *s)
{
	return s ? log_text(out, size, s, strlen(s)) : log_text(out, size, "-", 1);
}
