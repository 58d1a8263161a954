/* The sockets of all exporters: one for each source and protocol, bound to the source's address and
 * connected to its target (an open value). */
#pragma once

#include <stdint.h>

#include "collector/blast/order.h"

struct fleet {
	int *sockets; /* source x protocol, the last fastest */
	uint32_t n;
};

/* 0, or a negative errno, and why says which source cannot send. fleet_close() undoes it in every
 * case, and accepts a zeroed fleet. */
int fleet_open(struct fleet *f, const struct order *order, char why[ORDER_WHY_MAX]);
void fleet_close(struct fleet *f);
