/* The sockets of this process, whoever opened them, by the port of their peer. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Shuts down, both ways, every connected socket whose peer has one of these ports: whoever reads
 * or writes it is told so, and closes it. Any thread. */
void peers_shut_down(const uint16_t *ports, size_t n);
