/* NetFlow version 9 (RFC 3954). The count of its header is never believed: a datagram ends where it
 * ends (wire-quirks 14). */
#pragma once

#include "parsers/datagram.h"

/* As protocol_row.parse promises. */
enum parse_status netflow9_parse(const struct datagram *d, const struct tmpl_book *book,
				 const struct flow_sink *sink, struct parse_tally *tally);
