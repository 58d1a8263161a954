/* Cuts a batch of lines, a flow each, at line ends into pieces that a server takes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct piece {
	const char *octets;
	size_t len;
	uint32_t flows;
};

uint64_t pieces_lines(const char *octets, size_t len);

/* The first lines that are together no longer than max. A first line that is longer is alone in its
 * piece: compare. What follows the last line end counts as a line. len > 0. */
struct piece pieces_first(const char *octets, size_t len, size_t max);
