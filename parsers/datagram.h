/* The front door: one UDP payload in, flows out. Recognises the protocol by content (wire-quirks 2:
 * operators do send sFlow to port 2055) and calls its parser.
 *
 * Pure: no I/O, no clock, no heap, no globals. Any thread, as long as book, sink and tally are its
 * own.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "parsers/message.h"
#include "parsers/sink.h"
#include "parsers/wire.h"

struct datagram {
	struct wire payload;
	struct addr source; /* unmapped */
	uint16_t port;      /* source port */
	bool cut;           /* the kernel had more octets than the slot (MSG_TRUNC) */
	uint64_t received_ns;
};

struct protocol_row {
	const char *name;   /* protocol="..." */
	const char *family; /* {family} in subjects: netflow or sflow */
	/* Parses the whole datagram. PARSE_OK: the datagram counts as decoded, whatever became of
	 * its parts (they are in *tally). Anything else: it was rejected, and no state was touched.
	 */
	enum parse_status (*parse)(const struct datagram *d, const struct tmpl_book *book,
				   const struct flow_sink *sink, struct parse_tally *tally);
};

/* protocols[PROTOCOL_UNKNOWN] has a name and a parser that refuses. */
extern const struct protocol_row protocols[PROTOCOL_COUNT];

/* Which protocol speaks; PROTOCOL_UNKNOWN for anything else, the empty datagram included. */
enum protocol datagram_protocol(const struct datagram *d);

/* By its name ("netflow9"); PROTOCOL_UNKNOWN if no protocol is called so. */
enum protocol protocol_named(const char *name);
