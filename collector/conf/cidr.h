/* A network in CIDR notation (an open value), and whether an address is in it. Pure; any thread.
 *
 * IPv4 networks hold IPv4 addresses only and IPv6 networks IPv6 addresses only: ::/0 does not let
 * IPv4 in. A v4-mapped network (::ffff:10.0.0.0/104) is the IPv4 network, as v4-mapped addresses
 * are IPv4 (parsers/addr.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parsers/addr.h"

#define CIDR_TEXT_MAX 52 /* "ffff:...:255.255.255.255/128" and a NUL */

struct cidr {
	struct addr net; /* host bits are zero */
	uint8_t bits;
};

/* "10.0.0.0/8", "2001:db8::/32"; an address alone is a network of one. 0, or -EINVAL: no network,
 * or -EDOM: an address with bits behind its prefix, whose network is then in *out. */
int cidr_parse(const char *text, struct cidr *out);

/* Writes it as cidr_parse() reads it. */
void cidr_print(const struct cidr *c, char out[CIDR_TEXT_MAX]);

bool cidr_holds(const struct cidr *c, const struct addr *a);

/* Whether an address may enter by a list of rules: any of them holds it, or there are none. */
bool cidr_any(const struct cidr *list, size_t n, const struct addr *a);
