/* A file that the user wrote, as a whole. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/* Reads up to max octets of a file ("-": standard input); text has room for max + 1. How many there
 * are, or a negative errno: -EFBIG if there are more. */
ssize_t conf_file_read(const char *path, char *text, size_t max);
