/* Golden datagrams: tests/data/golden/<protocol>/<name>.hex, octets in hex with # comments. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "tests/parsers/world.h"

/* Reads a golden; the test fails if it is not there. path is relative to tests/data/golden/. */
void golden_read(const char *path, struct build *b);

/* The same file with another ending, as text; returns its length. */
size_t golden_text(const char *path, char *text, size_t size);
