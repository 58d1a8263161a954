/* A real nats-server on a free port of 127.0.0.1, and a subscriber that is not made of the library
 * under test: it speaks the protocol over a socket of its own. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct nats_server {
	pid_t pid; /* 0: not running */
	uint16_t port;
	char url[64];
	char config[64]; /* a file, or "" */
};

/* Whether there is a nats-server at all; says so on stderr if not. */
bool nats_server_exists(void);

/* Picks a port; starts nothing. config: lines of a configuration file, or NULL. */
void nats_server_init(struct nats_server *s, const char *config);

/* Returns when it takes connections; aborts the test if it does not. */
void nats_server_start(struct nats_server *s);
void nats_server_kill(struct nats_server *s); /* SIGKILL; may be started again */
void nats_server_pause(const struct nats_server *s);
void nats_server_resume(const struct nats_server *s);
void nats_server_fini(struct nats_server *s);

#define NATS_TAP_MAX 100000

/* Counts the messages of a subject by the decimal number that each begins with. */
struct nats_tap {
	int fd;
	pthread_t thread;
	_Atomic uint64_t messages;
	_Atomic uint64_t octets;
	_Atomic uint8_t seen[NATS_TAP_MAX];
};

/* Returns when the server has taken the subscription. login: what goes into CONNECT, "" or
 * "\"user\":\"a\",\"pass\":\"b\"". Reads until the server goes away or nats_tap_close(). */
void nats_tap_open(struct nats_tap *t, uint16_t port, const char *subject, const char *login);
void nats_tap_close(struct nats_tap *t);
