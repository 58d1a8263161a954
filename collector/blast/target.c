#include "collector/blast/target.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#define HOST_MAX 256u

/* Splits host and port; false if the text has another form. A bare IPv6 address has no port. */
static bool split(const char *text, char host[HOST_MAX], const char **port)
{
	const char *start = text + (*text == '[');
	const char *end = *text == '[' ? strchr(text, ']') : strchr(text, ':');

	if (!end || (*text != '[' && strchr(end + 1, ':')))
		end = start + strlen(start);
	if (end == start || (size_t)(end - start) >= HOST_MAX || (*text == '[' && *end != ']'))
		return false;
	memcpy(host, start, (size_t)(end - start));
	host[end - start] = '\0';
	end += *end == ']';
	if (*end != '\0' && *end != ':')
		return false;
	*port = *end ? end + 1 : NULL;
	return true;
}

static bool port_read(const char *text, uint16_t *out)
{
	char *end;
	unsigned long port;

	if (*text < '0' || *text > '9')
		return false;
	port = strtoul(text, &end, 10);
	if (*end || port == 0 || port > UINT16_MAX)
		return false;
	*out = (uint16_t)port;
	return true;
}

int target_read(const char *text, struct target *out)
{
	static const struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
	struct addrinfo *found;
	char host[HOST_MAX];
	const char *port_text;
	uint16_t port = 0;

	if (!split(text, host, &port_text) || (port_text && !port_read(port_text, &port)))
		return -EINVAL;
	if (getaddrinfo(host, NULL, &hints, &found) != 0)
		return -EHOSTUNREACH;
	*out = (struct target){.len = found->ai_addrlen};
	memcpy(&out->address, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	*out = target_at(out, port);
	return 0;
}

bool target_is_loopback(const struct target *t)
{
	if (t->address.any.sa_family == AF_INET)
		return ntohl(t->address.v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return IN6_IS_ADDR_LOOPBACK(&t->address.v6.sin6_addr);
}

struct target target_at(const struct target *t, uint16_t port)
{
	struct target at = *t;
	in_port_t *in = at.address.any.sa_family == AF_INET ? &at.address.v4.sin_port
							    : &at.address.v6.sin6_port;

	if (!*in)
		*in = htons(port);
	return at;
}

struct target target_source(const struct target *t, uint32_t i)
{
	struct target source = {.len = t->len};

	source.address.any.sa_family = t->address.any.sa_family;
	if (t->address.any.sa_family == AF_INET && target_is_loopback(t))
		source.address.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK + i);
	return source;
}
