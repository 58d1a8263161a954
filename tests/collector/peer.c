#include "tests/collector/peer.h"

#include <check.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78
#endif

static int peer_open4(struct addr source, uint16_t port, uint16_t to)
{
	struct sockaddr_in from = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(to)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int on = 1;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (source.len)
		memcpy(&from.sin_addr, source.octets, 4);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof(on)), 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&from, sizeof(from)), 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static int peer_open6(struct addr source, uint16_t port, uint16_t to)
{
	struct sockaddr_in6 from = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_port = htons(to)};
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int on = 1;

	at.sin6_addr = in6addr_loopback;
	memcpy(&from.sin6_addr, source.octets, 16);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof(on)), 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&from, sizeof(from)), 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

int peer_open(struct addr source, uint16_t port, uint16_t to)
{
	return source.len == 16 ? peer_open6(source, port, to) : peer_open4(source, port, to);
}

void peer_send(int fd, const void *octets, size_t len)
{
	ck_assert_int_eq(send(fd, octets, len, 0), (ssize_t)len);
}

void peer_send_once(struct addr source, uint16_t to, const void *octets, size_t len)
{
	int fd = peer_open(source, 0, to);

	peer_send(fd, octets, len);
	close(fd);
}
