#include "collector/blast/fleet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define SNDBUF_BYTES (4 << 20)

static void files_allow(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files); /* else socket() says so */
	}
}

/* Returns the descriptor, or a negative errno. */
static int socket_open(const struct target *to, const struct target *from)
{
	bool v4 = to->address.any.sa_family == AF_INET;
	int fd = socket(to->address.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int size = SNDBUF_BYTES, yes = 1, error;

	if (fd < 0)
		return -errno;
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)); /* it is only faster */
	/* Only so is a datagram that the queue of the network device refused an error (ip(7)). */
	if (setsockopt(fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_RECVERR : IPV6_RECVERR, &yes,
		       sizeof(yes)) == 0 &&
	    bind(fd, &from->address.any, from->len) == 0 &&
	    connect(fd, &to->address.any, to->len) == 0)
		return fd;
	error = -errno;
	close(fd);
	return error;
}

static int source_open(const struct order *o, uint32_t source, uint8_t protocol)
{
	const struct target *target = &o->targets[source % o->targets_n];
	struct target to = target_at(target, export_rows[protocol]->port);
	struct target from = target_source(target, source);

	return socket_open(&to, &from);
}

int fleet_open(struct fleet *f, const struct order *order, char why[ORDER_WHY_MAX])
{
	uint32_t wanted = (uint32_t)order->sources * order->protocols_n;

	files_allow();
	*f = (struct fleet){.sockets = calloc(wanted, sizeof(*f->sockets))};
	if (!f->sockets) {
		snprintf(why, ORDER_WHY_MAX, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	for (; f->n < wanted; f->n++) {
		uint32_t source = f->n / order->protocols_n;
		int fd = source_open(order, source, order->protocols[f->n % order->protocols_n]);

		if (fd < 0) {
			snprintf(why, ORDER_WHY_MAX, "cannot open a socket for source %u: %s",
				 source + 1, strerror(-fd));
			return fd;
		}
		f->sockets[f->n] = fd;
	}
	return 0;
}

void fleet_close(struct fleet *f)
{
	while (f->n > 0)
		close(f->sockets[--f->n]);
	free(f->sockets);
	f->sockets = NULL;
}
