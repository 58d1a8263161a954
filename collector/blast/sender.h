/* Sends runs of equal datagrams on one socket, as few system calls as the kernel allows: one for
 * all with UDP_SEGMENT (generic segmentation offload), else one for all with sendmmsg. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define SENDER_RUN_MAX    64u    /* datagrams a run: what every kernel with UDP_SEGMENT takes */
#define SENDER_RUN_OCTETS 65487u /* a run of several is no longer: one packet before it is cut */

enum sender_gso {
	SENDER_GSO_AUTO, /* until the kernel refuses */
	SENDER_GSO_ON,   /* a refusal is an error */
	SENDER_GSO_OFF,
};

/* An open value. */
struct sender {
	uint8_t gso;     /* enum sender_gso */
	bool segmenting; /* runs go as one */
	bool segmented;  /* one has gone so */
	struct iovec iovs[SENDER_RUN_MAX];
	struct mmsghdr messages[SENDER_RUN_MAX];
};

void sender_init(struct sender *s, enum sender_gso gso, bool segmenting);

/* The most datagrams of so many octets that sender_send() takes at once: at least 1. */
size_t sender_run_max(size_t octets);

/* Sends n datagrams of so many octets each, which stand one behind the other, on a connected
 * socket, and are only read. Returns how many the kernel took, which is 1..n, or a negative errno:
 * it took none. */
int sender_send(struct sender *s, int fd, uint8_t *run, size_t octets, size_t n);

/* The errno of a kernel, or of a device, that cannot segment: too old, no checksum offload, or
 * datagrams larger than its MTU. */
bool sender_is_refusal(int error);
