#include "collector/receive/udp.h"

#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int option_set(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) ? -errno : 0;
}

int udp_open(int family)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	err = option_set(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	if (!err && family == AF_INET6) /* whatever net.ipv6.bindv6only says */
		err = option_set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

uint64_t udp_rcvbuf(int fd, uint64_t asked_bytes)
{
	int ask = asked_bytes < INT_MAX / 2 ? (int)asked_bytes : INT_MAX / 2;
	int granted = 0;
	socklen_t len = sizeof(granted);

	/* FORCE goes beyond net.core.rmem_max, with CAP_NET_ADMIN. A refusal of the other one shows
	 * in what is read back. */
	if (ask && option_set(fd, SOL_SOCKET, SO_RCVBUFFORCE, ask) != 0)
		(void)option_set(fd, SOL_SOCKET, SO_RCVBUF, ask);
	if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &granted, &len) || granted < 0)
		return 0;
	return (uint64_t)granted / 2;
}

int udp_fence(int fd)
{
	struct sock_filter nothing[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
	struct sock_fprog program = {.len = 1, .filter = nothing};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) ? -errno : 0;
}

int udp_unfence(int fd)
{
	return option_set(fd, SOL_SOCKET, SO_DETACH_FILTER, 0);
}

int udp_queue(int fd, struct udp_queue *out)
{
	uint32_t info[SK_MEMINFO_VARS];
	socklen_t len = sizeof(info);

	memset(out, 0, sizeof(*out));
	memset(info, 0, sizeof(info)); /* an older kernel fills fewer */
	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len))
		return -errno;
	out->drops = info[SK_MEMINFO_DROPS];
	out->queued_bytes = info[SK_MEMINFO_RMEM_ALLOC];
	out->rcvbuf_bytes = info[SK_MEMINFO_RCVBUF];
	return 0;
}
