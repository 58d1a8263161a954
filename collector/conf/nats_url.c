#include "collector/conf/nats_url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#define HOST_MAX 253 /* RFC 1035 section 2.3.4, as text */

struct span {
	const char *at;
	size_t len;
};

static bool span_starts(struct span s, const char *with)
{
	return s.len >= strlen(with) && memcmp(s.at, with, strlen(with)) == 0;
}

static struct span span_behind(struct span s, size_t n)
{
	return (struct span){s.at + n, s.len - n};
}

/* What is behind the scheme, up to the path. */
static struct span url_authority(struct span url)
{
	struct span a = span_behind(url, span_starts(url, "nats://") ? strlen("nats://")
								     : strlen("tls://"));
	const char *slash = memchr(a.at, '/', a.len);

	if (slash)
		a.len = (size_t)(slash - a.at);
	return a;
}

/* How much of an authority is user and password, the "@" included. */
static size_t user_len(struct span authority)
{
	const char *at = memrchr(authority.at, '@', authority.len);

	return at ? (size_t)(at + 1 - authority.at) : 0;
}

static bool port_ok(struct span port)
{
	unsigned n = 0;

	for (size_t i = 0; i < port.len; i++) {
		if (!isdigit((unsigned char)port.at[i]) || n > UINT16_MAX)
			return false;
		n = n * 10 + (unsigned)(port.at[i] - '0');
	}
	return n > 0 && n <= UINT16_MAX;
}

static bool name_ok(struct span host)
{
	for (size_t i = 0; i < host.len; i++)
		if (!isalnum((unsigned char)host.at[i]) && !strchr("._-", host.at[i]))
			return false;
	return host.len > 0 && host.len <= HOST_MAX;
}

static bool ipv6_ok(struct span host)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char octets[16];

	if (host.len >= sizeof(text))
		return false;
	memcpy(text, host.at, host.len);
	text[host.len] = '\0';
	return inet_pton(AF_INET6, text, octets) == 1;
}

/* NULL if the host and port are fine, else what is wrong. */
static const char *host_fault(struct span hostport)
{
	bool bracketed = span_starts(hostport, "[");
	const char *end = memchr(hostport.at, bracketed ? ']' : ':', hostport.len);
	struct span host = hostport;
	struct span rest = {0};

	if (bracketed && !end)
		return "has a [ without its ]";
	if (end) {
		host.len = (size_t)(end - host.at);
		rest = span_behind(hostport, host.len + bracketed);
	}
	if (bracketed && !ipv6_ok(span_behind(host, 1)))
		return "has no IPv6 address between [ and ]";
	if (!bracketed && !host.len)
		return "has no host";
	if (!bracketed && !name_ok(host))
		return "has a host name with odd characters";
	if (rest.len && rest.at[0] != ':')
		return "has something between ] and the port";
	if (rest.len && !port_ok(span_behind(rest, 1)))
		return "has a port that is not 1 to 65535";
	return NULL;
}

static const char *url_fault(struct span url)
{
	struct span authority;
	size_t rest;

	for (size_t i = 0; i < url.len; i++)
		if (!isgraph((unsigned char)url.at[i]))
			return "has a character that no URL has";
	if (!span_starts(url, "nats://") && !span_starts(url, "tls://"))
		return "does not start with nats:// or tls://";
	authority = url_authority(url);
	rest = url.len - (size_t)(authority.at - url.at) - authority.len;
	if (rest > 1)
		return "has a path behind host and port";
	return host_fault(span_behind(authority, user_len(authority)));
}

/* Takes the next URL off *list; false at the end. */
static bool url_next(const char **list, struct span *url)
{
	if (!*list)
		return false;
	*url = (struct span){*list, strcspn(*list, ",")};
	*list += url->len;
	*list = **list ? *list + 1 : NULL;
	return true;
}

bool nats_urls_ok(const char *list, const char **why, unsigned *position)
{
	bool tls = strncmp(list, "tls:", 4) == 0;
	struct span url;

	for (*position = 1; url_next(&list, &url); (*position)++) {
		*why = url_fault(url);
		/* nats.c knows TLS or no TLS for all of a connection's servers. */
		if (!*why && span_starts(url, "tls:") != tls)
			*why = "is tls:// while another is not";
		if (*why)
			return false;
	}
	return true;
}

static size_t put(char *out, size_t size, size_t n, struct span s)
{
	if (s.len > size - 1 - n)
		s.len = size - 1 - n;
	memcpy(out + n, s.at, s.len);
	return n + s.len;
}

const char *nats_urls_redact(const char *list, char *out, size_t size)
{
	size_t n = 0;
	struct span url;

	while (url_next(&list, &url)) {
		struct span authority = url_authority(url);
		size_t user = user_len(authority);

		if (n)
			n = put(out, size, n, (struct span){",", 1});
		n = put(out, size, n, (struct span){url.at, (size_t)(authority.at - url.at)});
		if (user)
			n = put(out, size, n, (struct span){"***@", 4});
		n = put(out, size, n,
			(struct span){authority.at + user,
				      url.len - user - (size_t)(authority.at - url.at)});
	}
	out[n] = '\0';
	return out;
}
