#include "collector/receive/receiver.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "collector/receive/udp.h"
#include "collector/show/ledger.h"

#define NS_PER_S 1000000000u

static uint64_t timespec_ns(const struct timespec *t)
{
	return (uint64_t)t->tv_sec * NS_PER_S + (uint64_t)t->tv_nsec;
}

int receiver_open(struct receiver *r, size_t slot_octets)
{
	memset(r, 0, sizeof(*r));
	r->slot_octets = slot_octets;
	r->memory = mmap(NULL, RECEIVER_BATCH * slot_octets, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (r->memory == MAP_FAILED) {
		r->memory = NULL;
		return -errno;
	}
	for (size_t i = 0; i < RECEIVER_BATCH; i++) {
		struct receiver_slot *s = &r->slots[i];

		s->octets.iov_base = r->memory + i * slot_octets;
		s->octets.iov_len = slot_octets;
	}
	return 0;
}

void receiver_close(struct receiver *r)
{
	if (r->memory)
		munmap(r->memory, RECEIVER_BATCH * r->slot_octets);
	memset(r, 0, sizeof(*r));
}

/* The kernel shortens these lengths to what it wrote. */
static void heads_reset(struct receiver *r)
{
	for (size_t i = 0; i < RECEIVER_BATCH; i++) {
		struct receiver_slot *s = &r->slots[i];

		r->heads[i].msg_hdr = (struct msghdr){
			.msg_name = &s->from,
			.msg_namelen = sizeof(s->from),
			.msg_iov = &s->octets,
			.msg_iovlen = 1,
			.msg_control = s->control,
			.msg_controllen = sizeof(s->control),
		};
	}
}

int receiver_read(struct receiver *r, int fd)
{
	struct timespec now;
	int n;

	heads_reset(r);
	n = recvmmsg(fd, r->heads, RECEIVER_BATCH, MSG_DONTWAIT, NULL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	clock_gettime(CLOCK_REALTIME, &now);
	r->read_ns = timespec_ns(&now);
	return n;
}

/* When the kernel got the datagram. m is a copy because libc's macros want one they could write. */
static uint64_t arrival_ns(struct msghdr m, uint64_t otherwise)
{
	struct timespec at;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&at, CMSG_DATA(c), sizeof(at));
		return timespec_ns(&at);
	}
	return otherwise;
}

static void source_read(const struct receiver_slot *s, struct datagram *d)
{
	if (s->from.any.sa_family == AF_INET) {
		d->source = addr4((const uint8_t *)&s->from.v4.sin_addr);
		d->port = ntohs(s->from.v4.sin_port);
	} else {
		d->source = addr_unmapped(s->from.v6.sin6_addr.s6_addr);
		d->port = ntohs(s->from.v6.sin6_port);
	}
}

struct datagram receiver_datagram(const struct receiver *r, int i)
{
	const struct mmsghdr *head = &r->heads[i];
	const struct receiver_slot *s = &r->slots[i];
	struct datagram d = {
		.payload = wire_over(s->octets.iov_base, head->msg_len),
		.cut = (head->msg_hdr.msg_flags & MSG_TRUNC) != 0,
		.received_ns = arrival_ns(head->msg_hdr, r->read_ns),
	};

	source_read(s, &d);
	return d;
}

int receiver_watch(int fd, uint32_t *drops, struct ledger_socket *row)
{
	struct udp_queue queue;
	int err = udp_queue(fd, &queue);

	if (err)
		return err;
	row->kernel_drops += queue.drops - *drops; /* 32 bits: right over a wrap as well */
	row->queued_bytes = queue.queued_bytes;
	row->rcvbuf_bytes = queue.rcvbuf_bytes;
	*drops = queue.drops;
	return 0;
}
