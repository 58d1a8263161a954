/* One field specifier, and one value for it, at random: generate.c's words. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "parsers/template.h"

#define VALUE_MAX 1600u /* octets */

struct tmpl_field field_invent(uint64_t *random, bool netflow9, bool scope);

/* Writes a value of f to octets (at least VALUE_MAX); returns its length: f's own, if fixed. */
uint16_t value_invent(uint64_t *random, const struct tmpl_field *f, uint8_t *octets);
