/* sFlow version 5: flow samples become flows; counter samples and discarded packets are checked and
 * counted, and like every other sample shown to whoever asked for them (sink->sample).
 *
 *	version=5 | agent address | sub-agent id | sequence | uptime | samples | sample...
 *	sample: tag | length | fields | records | record...      record: tag | length | body
 *
 * Samples and records are found by their lengths alone: what is unknown, or longer or shorter than
 * what we know, costs itself (wire-quirks 124).
 */
#pragma once

#include "parsers/datagram.h"

/* Any datagram that begins with 00 00 00 05. The exporter is the agent that the datagram names; it
 * is the UDP source only if the agent gives no address (wire-quirks 123). Of the book only the
 * operator's rates and message() are asked; sFlow has no templates. */
enum parse_status sflow_parse(const struct datagram *d, const struct tmpl_book *book,
			      const struct flow_sink *sink, struct parse_tally *tally);

/* forwardingStatus (element 89) of a drop reason. */
uint8_t sflow_forwarding_status(uint32_t reason);
