/* What elements are called and of which type they are: those of the user's elements_file first,
 * then the registry (parsers/ie.h). Opaque, because it owns its names; immutable once it is read,
 * and shared by all threads.
 */
#pragma once

#include <stddef.h>

#include "parsers/ie.h"
#include "parsers/template.h"

struct element_names;

/* Reads a file in the form of parsers/ie_csv.h. 0 and *out; or a negative errno and one line in
 * error, which names the file and the line. */
int element_names_read(const char *path, struct element_names **out, char *error, size_t size);
void element_names_free(struct element_names *names);

/* The element of a field, of a reverse one (PEN 29305) that which it reverses; NULL if nobody knows
 * it. names: NULL if there is no file. */
const struct ie *element_names_find(const struct element_names *names, const struct tmpl_field *f);
