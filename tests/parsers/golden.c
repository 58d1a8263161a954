#include "tests/parsers/golden.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"

size_t golden_text(const char *path, char *text, size_t size)
{
	char name[256];
	FILE *file;
	size_t len;

	(void)snprintf(name, sizeof(name), "tests/data/golden/%s", path);
	file = fopen(name, "r");
	ck_assert_msg(file != NULL, "%s: run the tests from the top of the tree", name);
	len = fread(text, 1, size - 1, file);
	ck_assert_msg(len < size - 1, "%s is too long", name);
	(void)fclose(file);
	text[len] = '\0';
	return len;
}

void golden_read(const char *path, struct build *b)
{
	static char text[65536];
	char *line, *next = text;

	(void)golden_text(path, text, sizeof(text));
	b->len = 0;
	while ((line = strsep(&next, "\n"))) {
		char *p = strsep(&line, "#"), *end;

		for (;; p = end) {
			unsigned long octet = strtoul(p, &end, 16);

			if (end == p)
				break;
			put8(b, (unsigned)octet);
		}
	}
}
