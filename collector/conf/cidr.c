#include "collector/conf/cidr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define IPV4_BITS   32
#define IPV6_BITS   128
#define MAPPED_BITS (IPV6_BITS - IPV4_BITS) /* of prefix in ::ffff:0:0/96 */

static bool bits_parse(const char *text, unsigned max, unsigned *out)
{
	unsigned n = 0;

	if (!*text || (text[0] == '0' && text[1]))
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		n = n * 10 + (unsigned)(*text - '0');
		if (n > max)
			return false;
	}
	*out = n;
	return true;
}

/* The octet that keeps the first bits of an octet. */
static uint8_t octet_mask(unsigned bits)
{
	return (uint8_t)(0xff00u >> bits);
}

/* Clears what is behind the prefix; whether anything was there. */
static bool host_clear(struct cidr *c)
{
	bool any = false;

	for (unsigned i = c->bits / 8; i < c->net.len; i++) {
		uint8_t mask = i == c->bits / 8u ? octet_mask(c->bits % 8) : 0;

		any = any || (c->net.octets[i] & ~mask) != 0;
		c->net.octets[i] &= mask;
	}
	return any;
}

static bool addr_parse(const char *text, struct addr *out)
{
	*out = (struct addr){.len = 4};
	if (inet_pton(AF_INET, text, out->octets) == 1)
		return true;
	out->len = 16;
	return inet_pton(AF_INET6, text, out->octets) == 1;
}

int cidr_parse(const char *text, struct cidr *out)
{
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	char address[INET6_ADDRSTRLEN];
	struct addr plain;
	unsigned bits;

	if (len >= sizeof(address))
		return -EINVAL;
	memcpy(address, text, len);
	address[len] = '\0';
	if (!addr_parse(address, &out->net))
		return -EINVAL;
	bits = out->net.len * 8u;
	if (slash && !bits_parse(slash + 1, bits, &bits))
		return -EINVAL;
	plain = out->net.len == 16 ? addr_unmapped(out->net.octets) : out->net;
	if (plain.len != out->net.len && bits >= MAPPED_BITS) {
		out->net = plain;
		bits -= MAPPED_BITS;
	}
	out->bits = (uint8_t)bits;
	return host_clear(out) ? -EDOM : 0;
}

void cidr_print(const struct cidr *c, char out[CIDR_TEXT_MAX])
{
	char address[INET6_ADDRSTRLEN] = "";

	inet_ntop(c->net.len == 4 ? AF_INET : AF_INET6, c->net.octets, address, sizeof(address));
	snprintf(out, CIDR_TEXT_MAX, "%s/%u", address, c->bits);
}

bool cidr_holds(const struct cidr *c, const struct addr *a)
{
	unsigned whole = c->bits / 8;
	unsigned rest = c->bits % 8;

	if (a->len != c->net.len || memcmp(a->octets, c->net.octets, whole) != 0)
		return false;
	return !rest || (a->octets[whole] & octet_mask(rest)) == c->net.octets[whole];
}

bool cidr_any(const struct cidr *list, size_t n, const struct addr *a)
{
	for (size_t i = 0; i < n; i++)
		if (cidr_holds(&list[i], a))
			return true;
	return n == 0;
}
