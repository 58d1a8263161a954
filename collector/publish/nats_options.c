#define LOG_MODULE "nats"

#include "collector/publish/nats_options.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/conf/nats_url.h"
#include "collector/log/log.h"

#define PORT_DEFAULT     4222
#define PING_INTERVAL_MS 3000 /* a dead peer is found after three of them */
#define PINGS_OUT_MAX    2
#define IO_BUFFER_BYTES  262144

/* The port of one well-formed URL, whatever else is in it: scheme, password, IPv6 address. */
static uint16_t url_port(const char *url)
{
	const char *scheme = strstr(url, "://");
	const char *authority = scheme ? scheme + 3 : url;
	const char *at = strrchr(authority, '@');
	const char *host = at ? at + 1 : authority;
	const char *bracket = strchr(host, ']');
	const char *colon = strrchr(bracket ? bracket : host, ':');

	return colon ? (uint16_t)strtoul(colon + 1, NULL, 10) : PORT_DEFAULT;
}

static int servers_split(struct nats_servers *s)
{
	char *rest = s->urls;
	char *url;

	while ((url = strtok_r(rest, ",", &rest))) {
		if (s->n == NATS_SERVERS_MAX)
			return -E2BIG;
		s->ports[s->n] = url_port(url);
		s->servers[s->n++] = url;
	}
	return 0;
}

int nats_servers_read(struct nats_servers *s, const char *urls)
{
	const char *why;
	unsigned position;
	int err;

	if (!nats_urls_ok(urls, &why, &position)) {
		log_error("cannot use nats.url", "position=%u error=\"%s\"", position, why);
		return -EINVAL;
	}
	s->n = 0;
	s->urls = strdup(urls);
	if (!s->urls)
		return -ENOMEM;
	err = servers_split(s);
	if (err)
		log_error("nats.url has too many servers", "max=%d", NATS_SERVERS_MAX);
	return err;
}

void nats_servers_fini(struct nats_servers *s)
{
	free(s->urls);
	s->urls = NULL;
}

/* The library takes tls:// for a wish; it is a demand. */
static bool wants_tls(const struct nats_servers *s)
{
	for (int i = 0; i < s->n; i++)
		if (strncmp(s->servers[i], "tls://", 6) == 0)
			return true;
	return false;
}

natsStatus nats_options_make(struct nats_servers *servers, natsOptions **out)
{
	char name[128] = "weir/";
	natsOptions *o;
	natsStatus s = natsOptions_Create(out);

	(void)gethostname(name + strlen(name), sizeof(name) - strlen(name) - 1); /* or no name */
	if (s != NATS_OK)
		return s;
	o = *out;
	/* The first that fails is told. Nothing is buffered while there is no connection: what is
	 * not sent stays with the caller. */
	if ((s = natsOptions_SetServers(o, servers->servers, servers->n)) != NATS_OK ||
	    (s = natsOptions_SetName(o, name)) != NATS_OK ||
	    (s = natsOptions_SetSecure(o, wants_tls(servers))) != NATS_OK ||
	    (s = natsOptions_SetTimeout(o, NATS_TIMEOUT_MS)) != NATS_OK ||
	    (s = natsOptions_SetWriteDeadline(o, NATS_WRITE_DEADLINE_MS)) != NATS_OK ||
	    (s = natsOptions_SetPingInterval(o, PING_INTERVAL_MS)) != NATS_OK ||
	    (s = natsOptions_SetMaxPingsOut(o, PINGS_OUT_MAX)) != NATS_OK ||
	    (s = natsOptions_SetIOBufSize(o, IO_BUFFER_BYTES)) != NATS_OK ||
	    (s = natsOptions_SetMaxReconnect(o, -1)) != NATS_OK ||
	    (s = natsOptions_SetReconnectBufSize(o, 0)) != NATS_OK)
		return s;
	return natsOptions_SetFailRequestsOnDisconnect(o, true);
}
