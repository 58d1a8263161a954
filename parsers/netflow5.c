#include "parsers/netflow5.h"

#include "parsers/ie.h"
#include "parsers/mapping.h"
#include "parsers/record.h"
#include "parsers/template.h"

#define HEADER        24u
#define RECORD5       48u
#define RECORD7       52u
#define SAMPLING_MASK 0x3fffu /* the two bits above are a mode: wire-quirks 10 */

/* clang-format off */
/* X(offset, octets, element, kind, member, mark, zero) of a v5 record. A zero next hop, mask or AS
 * means "not told" (wire-quirks 11). */
#define RECORD_FIELDS(X) \
	X( 0, 4,   8, ADDR4,  flow.src_addr,      FLOW_SRC_ADDR,  0) \
	X( 4, 4,  12, ADDR4,  flow.dst_addr,      FLOW_DST_ADDR,  0) \
	X( 8, 4,  15, ADDR4,  flow.next_hop,      FLOW_NEXT_HOP,  MAP_ZERO_ABSENT) \
	X(12, 2,  10, UINT,   flow.in_if,         FLOW_IN_IF,     0) \
	X(14, 2,  14, UINT,   flow.out_if,        FLOW_OUT_IF,    0) \
	X(16, 4,   2, UINT,   flow.packets,       FLOW_PACKETS,   0) \
	X(20, 4,   1, UINT,   flow.bytes,         FLOW_BYTES,     0) \
	X(24, 4,  22, TOLD,   times.start_uptime, MAP_NO_MARK,    0) \
	X(28, 4,  21, TOLD,   times.end_uptime,   MAP_NO_MARK,    0) \
	X(32, 2,   7, UINT,   flow.src_port,      FLOW_SRC_PORT,  0) \
	X(34, 2,  11, UINT,   flow.dst_port,      FLOW_DST_PORT,  0) \
	X(37, 1,   6, LOW12,  flow.tcp_flags,     FLOW_TCP_FLAGS, 0) \
	X(38, 1,   4, UINT,   flow.proto,         FLOW_PROTO,     0) \
	X(39, 1,   5, UINT,   flow.ip_tos,        FLOW_IP_TOS,    0) \
	X(40, 2,  16, UINT,   flow.src_as,        FLOW_SRC_AS,    MAP_ZERO_ABSENT) \
	X(42, 2,  17, UINT,   flow.dst_as,        FLOW_DST_AS,    MAP_ZERO_ABSENT) \
	X(44, 1,   9, UINT,   flow.src_net,       FLOW_SRC_NET,   MAP_ZERO_ABSENT) \
	X(45, 1,  13, UINT,   flow.dst_net,       FLOW_DST_NET,   MAP_ZERO_ABSENT)

enum record_field {
#define X(offset, octets, element, kind, member, mark, zero) FIELD_##element,
	RECORD_FIELDS(X)
#undef X
	STEPS,
	FLAGS1 = STEPS, /* only v7 has these three, and no flow has a place for them */
	FLAGS2,
	ROUTER_SC,
	FIELDS7
};

static const struct tmpl_field fields[FIELDS7] = {
#define X(offset, octets, element, kind, member, mark, zero) \
	{0, (element), (octets), IE_SPACE_IPFIX, TMPL_MAPPED},
	RECORD_FIELDS(X)
#undef X
	[FLAGS1] = {0, 1, 1, IE_SPACE_NETFLOW7, TMPL_CARRIED},
	[FLAGS2] = {0, 2, 2, IE_SPACE_NETFLOW7, TMPL_CARRIED},
	[ROUTER_SC] = {0, 3, 4, IE_SPACE_NETFLOW7, TMPL_CARRIED},
};

static const struct span spans[FIELDS7] = {
#define X(offset, octets, element, kind, member, mark, zero) {(offset), (octets)},
	RECORD_FIELDS(X)
#undef X
	[FLAGS1] = {36, 1},
	[FLAGS2] = {46, 2},
	[ROUTER_SC] = {48, 4},
};

static const struct tmpl_step steps[STEPS] = {
#define X(offset, octets, element, kind, member, mark, zero) \
	{FIELD_##element, offsetof(struct record, member), MAP_##kind, \
	 sizeof(((struct record *)0)->member), (mark), (zero)},
	RECORD_FIELDS(X)
#undef X
};
/* clang-format on */

static const struct tmpl tmpl5 = {
	.id = 5,
	.fields_n = STEPS,
	.steps_n = STEPS,
	.min_len = RECORD5,
	.needs = MAP_NEEDS_TIMES | MAP_NEEDS_ICMP,
	.fields = fields,
	.steps = steps,
	.spans = spans,
};

static const struct tmpl tmpl7 = {
	.id = 7,
	.fields_n = FIELDS7,
	.steps_n = STEPS,
	.min_len = RECORD7,
	.needs = MAP_NEEDS_TIMES | MAP_NEEDS_ICMP,
	.fields = fields,
	.steps = steps,
	.spans = spans,
};

static uint16_t header_read(struct wire *w, struct message *m)
{
	uint16_t version = wire_u16(w);
	uint16_t count = wire_u16(w);
	uint16_t engine, sampling;

	m->uptime_ms = wire_u32(w);
	m->export_ns = wire_u32(w) * UINT64_C(1000000000);
	m->export_ns += wire_u32(w);
	m->sequence = wire_u32(w);
	engine = wire_u16(w);
	sampling = wire_u16(w);
	if (version == 5) { /* v7 has four reserved octets there */
		m->domain = engine;
		m->sampling_rate = sampling & SAMPLING_MASK;
	}
	return count;
}

/* One PDU. The count is a claim: no record that is not on the wire (wire-quirks 7). */
static enum parse_status pdu_parse(struct message *m, struct wire *w, const struct tmpl *t,
				   const struct parse_env *env)
{
	struct parse_tally *tally = env->tally;
	uint16_t claim = header_read(w, m), count = claim;
	uint32_t unused = 0;
	size_t there = w->left / t->min_len;
	struct wire records;

	if (!wire_ok(w))
		return PARSE_TRUNCATED;
	if (count > there) {
		tally->notes[NOTE_COUNT_MISMATCH]++;
		count = (uint16_t)there;
	}
	records = wire_scope(w, (size_t)count * t->min_len);
	tally->sets_received++;
	records_parse(m, t, records, env, &unused); /* whole records: nothing can go wrong */
	tally->sets_decoded++;
	if (env->book->message)
		env->book->message(env->book->ctx, m, claim, true); /* wire-quirks 111 */
	return PARSE_OK;
}

static enum parse_status legacy_parse(const struct datagram *d, const struct tmpl *t,
				      const struct parse_env *env)
{
	struct wire w = d->payload;
	enum parse_status status;
	bool another;

	do {
		struct message m = {
			.source = d->source,
			.port = d->port,
			.protocol = t->id == 5 ? PROTOCOL_NETFLOW5 : PROTOCOL_NETFLOW7,
			.received_ns = d->received_ns,
		};

		status = pdu_parse(&m, &w, t, env);
		/* A second PDU behind the first is rare, but seen (wire-quirks 8). */
		another = status == PARSE_OK && w.left >= HEADER && load_be16(w.pos) == t->id;
	} while (another);
	if (status == PARSE_OK && w.left > 0)
		env->tally->notes[NOTE_TRAILING]++;
	return status;
}

enum parse_status netflow5_parse(const struct datagram *d, const struct tmpl_book *book,
				 const struct flow_sink *sink, struct parse_tally *tally)
{
	return legacy_parse(d, &tmpl5, &(struct parse_env){book, sink, tally});
}

enum parse_status netflow7_parse(const struct datagram *d, const struct tmpl_book *book,
				 const struct flow_sink *sink, struct parse_tally *tally)
{
	return legacy_parse(d, &tmpl7, &(struct parse_env){book, sink, tally});
}
