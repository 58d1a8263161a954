/* A blast: streams taking turns on their sockets, at a rate, until it is enough. One thread. */
#pragma once

#include <signal.h>
#include <stdint.h>

#include "collector/blast/order.h"
#include "collector/blast/pace.h"
#include "collector/blast/receipt.h"
#include "collector/blast/sender.h"

struct blast;

/* Opens every socket and writes every plan; the order is borrowed until blast_close(). 0, or a
 * negative errno, and why says in one line what is wrong; -EMSGSIZE: the order itself is, its
 * records do not fit a datagram. */
int blast_open(struct blast **out, const struct order *order, char why[ORDER_WHY_MAX]);

/* Sends until the order is fulfilled or *stop is set (by a signal handler, say). 0, or a negative
 * errno that made it end early: the kernel refused a --gso that was ordered. */
int blast_run(struct blast *b, const volatile sig_atomic_t *stop);

/* What was sent so far. */
const struct receipt *blast_receipt(const struct blast *b);
struct receipt_notes blast_notes(const struct blast *b);
void blast_close(struct blast *b);
