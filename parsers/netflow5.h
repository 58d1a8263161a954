/* NetFlow v5 and v7: fixed records, known at compile time, decoded like any template.
 *
 *   0               2               4                                8
 *  | version       | count         | sysUptime (ms)                 |
 *  | unix_secs                     | unix_nsecs                     |  16
 *  | flow_sequence                 | engine type+id | sampling (v5) |  24
 */
#pragma once

#include "parsers/datagram.h"

/* As protocol_row.parse promises. The records of a datagram count as one Set. */
enum parse_status netflow5_parse(const struct datagram *d, const struct tmpl_book *book,
				 const struct flow_sink *sink, struct parse_tally *tally);
enum parse_status netflow7_parse(const struct datagram *d, const struct tmpl_book *book,
				 const struct flow_sink *sink, struct parse_tally *tally);
