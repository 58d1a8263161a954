/* A world for parser tests: a book that keeps what it is taught, a sink that keeps what it is
 * handed, a tally, and a writer of datagrams. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "parsers/datagram.h"
#include "parsers/flow.h"
#include "parsers/sink.h"

#define WORLD_TEMPLATES 64
#define WORLD_FLOWS     256
#define WORLD_EXPORT_S  1700000000u
#define WORLD_UPTIME_MS 3600000u

struct world {
	struct {
		struct message scope;
		struct tmpl *tmpl;
		uint8_t *octets;
		size_t len;
	} templates[WORLD_TEMPLATES];
	size_t templates_n;
	size_t flows_n; /* all of them */
	size_t options_n;
	size_t parked_n;
	struct tmpl_book book;
	struct flow_sink sink;
	struct parse_tally tally;
	struct flow flows[WORLD_FLOWS]; /* the first of them; borrowed parts are not to be read */
};

void world_init(struct world *w);
void world_fini(struct world *w);

/* Feeds an exact-size heap copy of the octets, at an odd address when odd is set, from 192.0.2.1.
 */
enum parse_status world_feed(struct world *w, const uint8_t *octets, size_t len);

/* sets_received = decoded + skipped + parked + refused: what every test ends with. */
void world_balances(const struct world *w);

/* A datagram under construction. */
struct build {
	uint8_t octets[70000];
	size_t len;
};

void put8(struct build *b, unsigned v);
void put16(struct build *b, unsigned v);
void put32(struct build *b, uint32_t v);
void put64(struct build *b, uint64_t v);
void put_octets(struct build *b, const void *octets, size_t len);
void put_zeros(struct build *b, size_t n);

/* Headers with the times above, sequence 7 and the domain given. IPFIX's length is mended by
 * ipfix_end(), a Set's by set_end() (at: what set_begin() returned). */
void netflow9_begin(struct build *b, uint32_t domain);
void ipfix_begin(struct build *b, uint32_t domain);
void ipfix_end(struct build *b);
void netflow9_end(struct build *b, unsigned count); /* of records; else it says 1 */
size_t set_begin(struct build *b, unsigned id);
void set_end(struct build *b, size_t at);

/* A whole template Set of one data template; fields are (id, length) pairs. */
void put_template(struct build *b, unsigned set_id, unsigned id, const uint16_t (*fields)[2],
		  size_t fields_n);
