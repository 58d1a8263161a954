/* A receiver that throws away what it gets and says how much that was: what weir-blast is measured
 * against. Usage: discard PORT. Ends at SIGINT or SIGTERM, or a second after the last datagram. */
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <linux/sock_diag.h>

#define SLOTS      64
#define SLOT_BYTES 64 /* MSG_TRUNC tells the real length */

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number; /* both mean the same */
	stop = 1;
}

static int listen_on(uint16_t port)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	struct timeval second = {.tv_sec = 1};
	int size = 64 << 20, no = 0;
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	if (fd < 0 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no)) < 0 ||
	    bind(fd, (const struct sockaddr *)&any, sizeof(any)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second)) < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)); /* what it may */
	return fd;
}

int main(int argc, char **argv)
{
	static uint8_t slots[SLOTS][SLOT_BYTES];
	struct iovec iovs[SLOTS];
	struct mmsghdr messages[SLOTS] = {0};
	uint32_t info[SK_MEMINFO_VARS] = {0};
	socklen_t info_len = sizeof(info);
	uint64_t datagrams = 0, octets = 0;
	int fd = argc == 2 ? listen_on((uint16_t)atoi(argv[1])) : -1;
	int n;

	if (fd < 0) {
		fprintf(stderr, "discard: usage: discard PORT, a free one\n");
		return 2;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	for (int i = 0; i < SLOTS; i++) {
		iovs[i] = (struct iovec){slots[i], SLOT_BYTES};
		messages[i].msg_hdr.msg_iov = &iovs[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	while (!stop) {
		n = recvmmsg(fd, messages, SLOTS, MSG_TRUNC | MSG_WAITFORONE, NULL);
		if (n <= 0 && datagrams)
			break;
		for (int i = 0; i < n; i++)
			octets += messages[i].msg_len;
		datagrams += n > 0 ? (uint64_t)n : 0;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &info_len) < 0)
		return 1;
	printf("{\"datagrams\":%ju,\"octets\":%ju,\"drops\":%u}\n", (uintmax_t)datagrams,
	       (uintmax_t)octets, info[SK_MEMINFO_DROPS]);
	return 0;
}
