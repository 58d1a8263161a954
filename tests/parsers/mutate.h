/* Damages a v9 or IPFIX datagram as broken exporters and enemies do: lengths that lie, Sets twice,
 * gone or elsewhere, another version, octets cut off or changed. */
#pragma once

#include <stdint.h>

#include "tests/parsers/world.h"

void mutate(struct build *b, uint64_t *random);
