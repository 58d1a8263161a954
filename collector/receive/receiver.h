/* Receives datagrams, 64 a system call, into slots that hold any of them (wire-quirks 1). One a
 * worker, shared by all its sockets, because they are read one after the other. Its thread's own;
 * allocates nothing after receiver_open().
 */
#pragma once

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "parsers/datagram.h"

struct ledger_socket;

#define RECEIVER_BATCH       64
#define RECEIVER_SLOT_OCTETS 65536 /* one more than the longest datagram */

struct receiver_slot {
	struct iovec octets;
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} from;
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(struct timespec))];
};

struct receiver {
	uint8_t *memory; /* the octets of all slots: mapped, and resident only where touched */
	size_t slot_octets;
	uint64_t read_ns; /* of the last batch, for a datagram that the kernel did not stamp */
	struct mmsghdr heads[RECEIVER_BATCH];
	struct receiver_slot slots[RECEIVER_BATCH];
};

/* slot_octets: RECEIVER_SLOT_OCTETS, but in tests. 0 or a negative errno, and r may be closed. */
int receiver_open(struct receiver *r, size_t slot_octets);
void receiver_close(struct receiver *r);

/* Reads what is queued on a socket, at most RECEIVER_BATCH datagrams. How many; 0 if the socket is
 * empty; or a negative errno. */
int receiver_read(struct receiver *r, int fd);

/* The i-th datagram of the last batch; its octets are good until the next receiver_read(). */
struct datagram receiver_datagram(const struct receiver *r, int i);

/* Brings a socket's row of the ledger up to date. *drops is the kernel's counter as it was last
 * seen: what it grew by since (it wraps) are our drops. 0, or a negative errno and nothing
 * changed. */
int receiver_watch(int fd, uint32_t *drops, struct ledger_socket *row);
