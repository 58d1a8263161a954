/* Steering: which socket of a SO_REUSEPORT group gets a datagram. A classic BPF program in the
 * kernel picks it by a hash of the source address, and of nothing else: so all datagrams of an
 * exporter reach one worker, whatever ports it sends from, and its state needs no lock.
 *
 * Where the program cannot be attached the kernel spreads by its own hash of addresses and ports:
 * an exporter may then be split over workers, which costs templates learnt twice, not correctness.
 */
#pragma once

#include "parsers/addr.h"

/* Attaches the program to the group that fd is bound in. sockets: how many the group has or will
 * have, in the order they were bound. 0 or a negative errno. */
int steer_attach(int fd, unsigned sockets);

/* Takes away whatever program the group has, if any: the kernel spreads by its own hash. */
void steer_detach(int fd);

/* The socket that the program picks, counted in bind order; what a dual-stack socket gets over
 * IPv4 is steered as IPv4 (source is unmapped). */
unsigned steer_pick(const struct addr *source, unsigned sockets);
