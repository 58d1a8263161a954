#include "parsers/netflow9.h"

#include "parsers/sets.h"

static const struct dialect dialect = {.template_set = 0, .options_set = 1, .netflow9 = true};

enum parse_status netflow9_parse(const struct datagram *d, const struct tmpl_book *book,
				 const struct flow_sink *sink, struct parse_tally *tally)
{
	struct parse_env env = {book, sink, tally};
	struct wire w = d->payload;
	struct message m = {
		.source = d->source,
		.port = d->port,
		.protocol = PROTOCOL_NETFLOW9,
		.received_ns = d->received_ns,
	};

	wire_take(&w, 4); /* version, count */
	m.uptime_ms = wire_u32(&w);
	m.export_ns = wire_u32(&w) * UINT64_C(1000000000);
	m.sequence = wire_u32(&w);
	m.domain = wire_u32(&w);
	if (!wire_ok(&w))
		return PARSE_TRUNCATED;
	sets_parse(&m, &dialect, w, &env);
	return PARSE_OK;
}
