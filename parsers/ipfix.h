/* IPFIX messages over UDP (RFC 7011). */
#pragma once

#include "parsers/datagram.h"

/* As protocol_row.parse promises. */
enum parse_status ipfix_parse(const struct datagram *d, const struct tmpl_book *book,
			      const struct flow_sink *sink, struct parse_tally *tally);
