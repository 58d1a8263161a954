#include "parsers/datagram.h"

#include <string.h>

#include "parsers/ipfix.h"
#include "parsers/netflow5.h"
#include "parsers/netflow9.h"
#include "parsers/sflow.h"

static enum parse_status unknown_parse(const struct datagram *d, const struct tmpl_book *book,
				       const struct flow_sink *sink, struct parse_tally *tally)
{
	(void)book;
	(void)sink;
	(void)tally;
	return d->payload.left < 4 ? PARSE_TRUNCATED : PARSE_BAD_VERSION;
}

/* clang-format off */
const struct protocol_row protocols[PROTOCOL_COUNT] = {
	[PROTOCOL_NETFLOW5] = {"netflow5", "netflow", netflow5_parse},
	[PROTOCOL_NETFLOW7] = {"netflow7", "netflow", netflow7_parse},
	[PROTOCOL_NETFLOW9] = {"netflow9", "netflow", netflow9_parse},
	[PROTOCOL_IPFIX]    = {"ipfix",    "netflow", ipfix_parse},
	[PROTOCOL_SFLOW5]   = {"sflow5",   "sflow",   sflow_parse},
	[PROTOCOL_UNKNOWN]  = {"unknown",  "unknown", unknown_parse},
};
/* clang-format on */

enum protocol datagram_protocol(const struct datagram *d)
{
	struct wire w = d->payload;
	uint16_t version = wire_u16(&w);

	switch (version) {
	case 5:
		return PROTOCOL_NETFLOW5;
	case 7:
		return PROTOCOL_NETFLOW7;
	case 9:
		return PROTOCOL_NETFLOW9;
	case 10:
		return PROTOCOL_IPFIX;
	case 0: /* sFlow's version is 32 bits */
		return wire_u16(&w) == 5 ? PROTOCOL_SFLOW5 : PROTOCOL_UNKNOWN;
	default:
		return PROTOCOL_UNKNOWN;
	}
}

enum protocol protocol_named(const char *name)
{
	int p = 0;

	while (p < PROTOCOL_UNKNOWN && strcmp(protocols[p].name, name) != 0)
		p++;
	return (enum protocol)p;
}
