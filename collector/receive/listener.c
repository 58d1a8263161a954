#define LOG_MODULE "listener"
#include "collector/receive/listener.h"

#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector/conf/conf.h"
#include "collector/log/log.h"
#include "collector/receive/steer.h"
#include "collector/receive/udp.h"

struct place {
	struct sockaddr_storage at;
	socklen_t len;
};

static struct sockaddr *place_at(struct place *p)
{
	return (struct sockaddr *)(void *)&p->at;
}

static int place_read(struct place *p, const char *address, uint16_t port)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
				 .ai_socktype = SOCK_DGRAM};
	struct addrinfo *found;
	char service[8];

	snprintf(service, sizeof(service), "%u", port);
	if (getaddrinfo(address, service, &hints, &found) != 0)
		return -EINVAL;
	memcpy(&p->at, found->ai_addr, found->ai_addrlen);
	p->len = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

/* Asks the kernel where the socket is, and writes it down. */
static int place_learn(struct place *p, int fd, struct listener *l)
{
	char host[NI_MAXHOST], service[NI_MAXSERV];
	bool v6;

	p->len = sizeof(p->at);
	if (getsockname(fd, place_at(p), &p->len))
		return -errno;
	if (getnameinfo(place_at(p), p->len, host, sizeof(host), service, sizeof(service),
			NI_NUMERICHOST | NI_NUMERICSERV | NI_DGRAM) != 0)
		return -EINVAL;
	v6 = p->at.ss_family == AF_INET6;
	snprintf(l->addr, sizeof(l->addr), "%s%.60s%s:%.5s", v6 ? "[" : "", host, v6 ? "]" : "",
		 service);
	l->port = (uint16_t)strtoul(service, NULL, 10);
	return 0;
}

static int reuse_port(int fd)
{
	int on = 1;

	return setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) ? -errno : 0;
}

/* Binds the next socket of the group; the first one decides whether the port is ours. */
static int group_bind(struct listener *l, struct place *p, bool exclusive)
{
	int fd = l->sockets[l->sockets_n].fd;
	int err = exclusive ? 0 : reuse_port(fd);

	if (err)
		return err;
	if (bind(fd, place_at(p), p->len))
		return -errno;
	if (l->sockets_n == 0)
		err = place_learn(p, fd, l);
	if (!err && exclusive)
		err = reuse_port(fd);
	return err;
}

static int group_add(struct listener *l, struct place *p, bool exclusive)
{
	int fd = udp_open(p->at.ss_family);
	int err;

	if (fd < 0)
		return fd;
	l->sockets[l->sockets_n].fd = fd;
	l->rcvbuf_granted = udp_rcvbuf(fd, l->rcvbuf_asked);
	err = udp_fence(fd);
	if (!err)
		err = group_bind(l, p, exclusive);
	if (err)
		close(fd);
	else
		l->sockets_n++;
	return err;
}

static void group_steer(struct listener *l, bool share)
{
	int fd = l->sockets[0].fd;

	if (share) {
		steer_detach(fd);
		return;
	}
	if (l->sockets_n > 1)
		l->steer_error = steer_attach(fd, l->sockets_n);
	l->steered = l->steer_error == 0;
}

/* The counter is read before the fence falls: what it kept out was never ours, and whatever comes
 * afterwards is in the ledger. */
static int group_unfence(struct listener *l)
{
	for (unsigned i = 0; i < l->sockets_n; i++) {
		struct listener_socket *s = &l->sockets[i];
		struct udp_queue queue;
		int err = udp_queue(s->fd, &queue);

		s->drops_before = queue.drops;
		if (!err)
			err = udp_unfence(s->fd);
		if (err)
			return err;
	}
	return 0;
}

static int group_open(struct listener *l, struct place *p, bool share, unsigned sockets)
{
	int err = group_add(l, p, !share);

	while (!err && l->sockets_n < sockets)
		err = group_add(l, p, false);
	if (err)
		return err;
	group_steer(l, share);
	return group_unfence(l);
}

/* "::" takes IPv4 and IPv6: on a host without the latter it still means all there is. */
static int first_try(struct listener *l, const struct conf_listener *conf, unsigned workers)
{
	struct place p;
	int err = place_read(&p, conf->address, conf->port);

	if (err)
		return err;
	err = group_open(l, &p, conf->share, workers);
	if (strcmp(conf->address, "::") != 0 || (err != -EAFNOSUPPORT && err != -EADDRNOTAVAIL))
		return err;
	l->only_ipv4 = true;
	err = place_read(&p, "0.0.0.0", conf->port);
	return err ? err : group_open(l, &p, conf->share, workers);
}

static void explain(const struct conf_listener *conf, int err, char *error, size_t size)
{
	bool v6 = strchr(conf->address, ':') != NULL;
	const char *open = v6 ? "[" : "", *close = v6 ? "]" : "";

	if (err == -EADDRINUSE)
		snprintf(error, size, "address in use: %s%s%s:%u (another weir? %s)", open,
			 conf->address, close, conf->port,
			 conf->share ? "it does not share, or belongs to another user"
				     : "\"share\": true allows it");
	else
		snprintf(error, size, "cannot listen on %s%s%s:%u: %s", open, conf->address, close,
			 conf->port, strerror(-err));
}

int listener_open(struct listener *l, const struct conf_listener *conf, unsigned workers,
		  char *error, size_t size)
{
	int err = -ENOMEM;

	memset(l, 0, sizeof(*l));
	l->rcvbuf_asked = conf->rcvbuf_bytes;
	l->sockets = calloc(workers, sizeof(*l->sockets));
	if (l->sockets)
		err = first_try(l, conf, workers);
	if (err) {
		explain(conf, err, error, size);
		listener_close(l);
	}
	return err;
}

void listener_fence(const struct listener *l)
{
	/* Without the fence the last reading has no end but its deadline: nothing is lost by it. */
	for (unsigned i = 0; i < l->sockets_n; i++)
		(void)udp_fence(l->sockets[i].fd);
}

void listener_close(struct listener *l)
{
	for (unsigned i = 0; l->sockets && i < l->sockets_n; i++)
		close(l->sockets[i].fd);
	free(l->sockets);
	memset(l, 0, sizeof(*l));
}

static void place_log(const struct listener *l)
{
	log_info("listening",
		 "addr=%s workers=%u rcvbuf_asked=%" PRIu64 " rcvbuf_granted=%" PRIu64
		 " steering=%s",
		 l->addr, l->sockets_n, l->rcvbuf_asked, l->rcvbuf_granted,
		 l->steered ? "on" : "off");
	if (l->only_ipv4)
		log_warn("no IPv6 on this host", "addr=%s", l->addr);
}

static void steering_log(const struct listener *listeners, size_t n)
{
	size_t i = 0;

	while (i < n && !listeners[i].steer_error)
		i++;
	if (i < n)
		log_warn("no steering by source address: exporters may be split over workers",
			 "addr=%s error=\"%s\"", listeners[i].addr,
			 strerror(-listeners[i].steer_error));
}

static void rcvbuf_log(const struct listener *listeners, size_t n)
{
	uint64_t most = 0;

	for (size_t i = 0; i < n; i++)
		if (listeners[i].rcvbuf_granted < listeners[i].rcvbuf_asked &&
		    listeners[i].rcvbuf_asked > most)
			most = listeners[i].rcvbuf_asked;
	if (most)
		log_warn("receive buffer smaller than asked: bursts may be lost",
			 "raise_with=\"sysctl -w net.core.rmem_max=%" PRIu64 "\"", most);
}

void listener_log(const struct listener *listeners, size_t n)
{
	for (size_t i = 0; i < n; i++)
		place_log(&listeners[i]);
	steering_log(listeners, n);
	rcvbuf_log(listeners, n);
}
