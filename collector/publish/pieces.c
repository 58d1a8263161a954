#include "collector/publish/pieces.h"

#include <string.h>

/* With its line end, if it has one. */
static size_t line_len(const char *octets, size_t len)
{
	const char *end = memchr(octets, '\n', len);

	return end ? (size_t)(end - octets) + 1 : len;
}

uint64_t pieces_lines(const char *octets, size_t len)
{
	uint64_t n = 0;

	for (size_t at = 0; at < len; n++)
		at += line_len(octets + at, len - at);
	return n;
}

struct piece pieces_first(const char *octets, size_t len, size_t max)
{
	struct piece p = {octets, line_len(octets, len), 1};

	while (p.len < len) {
		size_t next = line_len(octets + p.len, len - p.len);

		if (p.len + next > max)
			break;
		p.len += next;
		p.flows++;
	}
	return p;
}
