/* IP protocol numbers as words: IANA's keywords as goflow2 spells them, with its own words for the
 * numbers that have no keyword, so that the `proto` of both collectors can be compared. Any thread.
 */
#pragma once

#include <stdint.h>

/* Static; never NULL. */
const char *proto_name(uint8_t number);
