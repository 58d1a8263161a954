#include "collector/blast/sender.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/uio.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

void sender_init(struct sender *s, enum sender_gso gso, bool segmenting)
{
	*s = (struct sender){.gso = (uint8_t)gso, .segmenting = segmenting};
}

size_t sender_run_max(size_t octets)
{
	size_t n = SENDER_RUN_OCTETS / octets;

	if (n > SENDER_RUN_MAX)
		return SENDER_RUN_MAX;
	return n ? n : 1;
}

/* All or nothing: the kernel cuts the run where the network device would. */
/* NOLINTNEXTLINE(readability-non-const-parameter): struct iovec knows no const */
static int send_segmented(int fd, uint8_t *run, uint16_t octets, size_t n)
{
	union {
		char bytes[CMSG_SPACE(sizeof(octets))];
		struct cmsghdr align;
	} control = {0};
	struct iovec iov = {.iov_base = run, .iov_len = octets * n};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_UDP;
	c->cmsg_type = UDP_SEGMENT;
	c->cmsg_len = CMSG_LEN(sizeof(octets));
	memcpy(CMSG_DATA(c), &octets, sizeof(octets));
	return sendmsg(fd, &msg, 0) < 0 ? -errno : (int)n;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): struct iovec knows no const */
static int send_one_by_one(struct sender *s, int fd, uint8_t *run, size_t octets, size_t n)
{
	int sent;

	for (size_t i = 0; i < n; i++) {
		s->iovs[i] = (struct iovec){run + i * octets, octets};
		s->messages[i].msg_hdr.msg_iov = &s->iovs[i];
		s->messages[i].msg_hdr.msg_iovlen = 1;
	}
	sent = sendmmsg(fd, s->messages, (unsigned)n, 0);
	return sent < 0 ? -errno : sent;
}

bool sender_is_refusal(int error)
{
	return error == -EINVAL || error == -EIO || error == -EMSGSIZE || error == -ENOPROTOOPT ||
	       error == -EOPNOTSUPP;
}

int sender_send(struct sender *s, int fd, uint8_t *run, size_t octets, size_t n)
{
	int sent;

	if (n == 1)
		return send(fd, run, octets, 0) < 0 ? -errno : 1;
	if (!s->segmenting)
		return send_one_by_one(s, fd, run, octets, n);
	sent = send_segmented(fd, run, (uint16_t)octets, n);
	if (sent > 0)
		s->segmented = true;
	if (s->gso == SENDER_GSO_ON || sent > 0 || !sender_is_refusal(sent))
		return sent;
	s->segmenting = false;
	return send_one_by_one(s, fd, run, octets, n);
}
