#include "collector/publish/peers.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

/* 0: not a connected socket. */
static uint16_t peer_port(int fd)
{
	struct sockaddr_storage peer = {0};
	socklen_t len = sizeof(peer);

	if (getpeername(fd, (struct sockaddr *)&peer, &len) < 0)
		return 0;
	if (peer.ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)&peer)->sin_port);
	if (peer.ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)&peer)->sin6_port);
	return 0;
}

static bool is_among(uint16_t port, const uint16_t *ports, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ports[i] == port)
			return true;
	return false;
}

void peers_shut_down(const uint16_t *ports, size_t n)
{
	DIR *folder = opendir("/proc/self/fd");
	const struct dirent *entry;

	if (!folder)
		return;
	while ((entry = readdir(folder))) {
		/* "." and ".." read as 0, which is no connection of ours. */
		int fd = (int)strtol(entry->d_name, NULL, 10);
		uint16_t port = peer_port(fd);

		if (port != 0 && is_among(port, ports, n))
			(void)shutdown(fd, SHUT_RDWR); /* it may be closed by now: as well */
	}
	(void)closedir(folder);
}
