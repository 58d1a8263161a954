/* Which servers a connection to NATS may use, and how the library is to treat it. */
#pragma once

#include <nats/nats.h>
#include <stdint.h>

#define NATS_SERVERS_MAX       128
#define NATS_TIMEOUT_MS        2000 /* TCP connect, INFO, PONG of one server */
#define NATS_WRITE_DEADLINE_MS 1000 /* a send that takes longer ends the TCP connection */

struct nats_servers {
	char *urls; /* owned; servers[] point into it */
	const char *servers[NATS_SERVERS_MAX];
	uint16_t ports[NATS_SERVERS_MAX];
	int n;
};

/* urls: one or several, separated by commas. 0, or a negative errno, logged. */
int nats_servers_read(struct nats_servers *s, const char *urls);
void nats_servers_fini(struct nats_servers *s);

/* Options for these servers but for the callbacks; natsOptions_Destroy() them, also on failure. */
natsStatus nats_options_make(struct nats_servers *s, natsOptions **out);
