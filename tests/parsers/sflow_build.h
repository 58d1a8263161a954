/* sFlow datagrams under construction: tags and lengths around what put32() and its like write. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "tests/parsers/world.h"

/* A datagram of agent 192.0.2.1, sub-agent 0, that claims so many samples. */
void sflow_begin(struct build *b, uint32_t samples);

/* A sample's or a record's tag and length; the length is mended by sflow_close(). */
size_t sflow_open(struct build *b, uint32_t tag);
void sflow_close(struct build *b, size_t at);
/* What sflow_close() would do, with a length of one's own. */
void sflow_mend(struct build *b, size_t at, uint32_t length);

/* A plain flow sample of interface 3, to 4, 1 in 100. */
size_t sflow_open_flow(struct build *b, uint32_t records);
/* Record 0:3, by which a flow sample has a packet: 100 octets of UDP from port 1000 to 53. */
void sflow_put_ipv4(struct build *b);
/* A whole flow sample of that record. */
void sflow_put_flow(struct build *b);
