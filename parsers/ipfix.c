#include "parsers/ipfix.h"

#include "parsers/sets.h"

#define MESSAGE_HEADER 16u /* octets: RFC 7011 section 3.1 */

static const struct dialect dialect = {.template_set = 2, .options_set = 3, .netflow9 = false};

/* The message as long as it says, or as long as it is: Sets that fit are decoded, and nobody puts a
 * second message behind the first (wire-quirks 15). */
static struct wire body_take(struct wire *w, uint16_t length, struct parse_tally *tally)
{
	size_t len = (size_t)length - MESSAGE_HEADER;

	if (len != w->left)
		tally->notes[NOTE_LENGTH_MISMATCH]++;
	return wire_scope(w, len < w->left ? len : w->left);
}

enum parse_status ipfix_parse(const struct datagram *d, const struct tmpl_book *book,
			      const struct flow_sink *sink, struct parse_tally *tally)
{
	struct parse_env env = {book, sink, tally};
	struct wire w = d->payload;
	struct message m = {
		.source = d->source,
		.port = d->port,
		.protocol = PROTOCOL_IPFIX,
		.received_ns = d->received_ns,
	};
	uint16_t length;

	wire_take(&w, 2); /* version */
	length = wire_u16(&w);
	m.export_ns = wire_u32(&w) * UINT64_C(1000000000);
	m.sequence = wire_u32(&w);
	m.domain = wire_u32(&w);
	if (!wire_ok(&w))
		return PARSE_TRUNCATED;
	if (length < MESSAGE_HEADER)
		return PARSE_BAD_LENGTH;
	sets_parse(&m, &dialect, body_take(&w, length, tally), &env);
	return PARSE_OK;
}
