#include "parsers/decoder.h"

#include <string.h>

#include "parsers/flow_store.h"
#include "parsers/value.h"

static bool marked(const struct record *r, uint8_t mark)
{
	return mark != MAP_NO_MARK && flow_has(&r->flow, (enum flow_field)mark);
}

static void mark_set(struct record *r, uint8_t mark)
{
	if (mark != MAP_NO_MARK)
		flow_mark(&r->flow, (enum flow_field)mark);
}

static void uint_put(struct decoder *d, const struct tmpl_step *s, uint64_t v)
{
	struct record *r = &d->record;

	if (v == 0 && s->zero)
		if (s->zero & MAP_ZERO_ABSENT || marked(r, s->mark))
			return;
	if (s->width < 8 && v >> (8u * s->width)) {
		d->tally->notes[NOTE_VALUE_MISFIT]++;
		return; /* carried: never truncated (wire-quirks 81) */
	}
	flow_store((uint8_t *)r + s->slot, s->width, v);
	mark_set(r, s->mark);
}

static void addr_put(struct decoder *d, const struct tmpl_step *s, const uint8_t *p, uint8_t len)
{
	struct addr *a = (struct addr *)((uint8_t *)&d->record + s->slot);
	struct addr v = len == 4 ? addr4(p) : addr16(p);

	if (s->zero && addr_is_zero(&v))
		if (s->zero & MAP_ZERO_ABSENT || marked(&d->record, s->mark))
			return;
	*a = v;
	mark_set(&d->record, s->mark);
}

/* Zero is a value of these: a flag of its own says that there is one. */
static void told_put(struct record *r, const struct tmpl_step *s, uint64_t v)
{
	flow_store((uint8_t *)r + s->slot, s->width, v);
	if (s->slot == offsetof(struct record, times.start_uptime))
		r->times.has_start_uptime = true;
	else if (s->slot == offsetof(struct record, times.end_uptime))
		r->times.has_end_uptime = true;
	else if (s->slot == offsetof(struct record, times.start_delta))
		r->times.has_start_delta = true;
	else if (s->slot == offsetof(struct record, times.end_delta))
		r->times.has_end_delta = true;
	else
		r->sampling.has_space = true;
}

/* RFC 3032: label 20, experimental 3, bottom of stack 1. All zero is no entry (wire-quirks 85). */
static void label_put(struct flow *f, const uint8_t *p)
{
	uint32_t v = (uint32_t)load_be(p, 3);

	if (v == 0 || f->mpls_label.count == FLOW_LABELS_MAX)
		return;
	f->mpls_exp.items[f->mpls_label.count] = v >> 1 & 7;
	f->mpls_label.items[f->mpls_label.count++] = v >> 4;
	f->mpls_exp.count = f->mpls_label.count; /* what 203 said of the top is there again */
}

static void hop_put(struct flow *f, struct addr a)
{
	if (!addr_is_zero(&a) && f->mpls_ip.count < FLOW_ADDRS_MAX)
		f->mpls_ip.items[f->mpls_ip.count++] = a;
}

static void community_put(struct decoder *d, uint64_t v)
{
	struct u32_list *list = &d->record.flow.bgp_communities;

	if (list->count < FLOW_LIST_MAX && v <= UINT32_MAX)
		list->items[list->count++] = (uint32_t)v;
	else
		d->tally->notes[NOTE_LIST_CUT]++;
}

/* Names are padded with zeros, or with blanks (wire-quirks 58). */
static void string_put(struct record *r, const struct tmpl_step *s, const uint8_t *p, size_t len)
{
	struct octets text = value_text(p, len);

	if (text.len == 0)
		return;
	*(struct octets *)((uint8_t *)r + s->slot) = text;
	mark_set(r, s->mark);
}

static void float_put(struct record *r, const struct tmpl_step *s, const uint8_t *p, size_t len)
{
	double v = value_float(p, len);

	memcpy((uint8_t *)r + s->slot, &v, sizeof(v));
}

static void icmp_put(struct decoder *d, const struct tmpl_step *s, uint64_t v)
{
	if (v == 0 && marked(&d->record, s->mark))
		return;
	FLOW_PUT(&d->record.flow, ICMP_TYPE, icmp_type, (uint8_t)(v >> 8));
	FLOW_PUT(&d->record.flow, ICMP_CODE, icmp_code, (uint8_t)v);
}

/* Out of line: what few templates have costs the steps of all others no register. */
__attribute__((noinline, cold)) static void rare_step_run(struct decoder *d,
							  const struct tmpl_step *s,
							  const uint8_t *p, size_t len)
{
	struct record *r = &d->record;

	if (s->kind == MAP_EXP) {
		r->flow.mpls_exp.items[0] = (uint32_t)load_be(p, len) & 7;
		r->flow.mpls_exp.count = 1;
	} else if (s->kind == MAP_SECTION) {
		*(struct octets *)((uint8_t *)r + s->slot) = (struct octets){p, (uint16_t)len};
	} else {
		lists_put(&r->flow, (enum map_kind)s->kind, p, len, d->tally);
	}
}

/* What of an integer counts, and where it belongs: v >> right & mask << left. */
static inline uint64_t bits_of(enum map_kind kind, uint64_t v)
{
	static const struct {
		uint64_t mask;
		uint8_t right, left;
	} bits[] = {
		[MAP_UINT] = {UINT64_MAX, 0, 0}, [MAP_LOW8] = {0xff, 0, 0},
		[MAP_LOW12] = {0xfff, 0, 0},     [MAP_LOW20] = {0xfffff, 0, 0},
		[MAP_TOP3] = {7, 5, 0},          [MAP_DSCP] = {0x3f, 0, 2},
		[MAP_PRECEDENCE] = {7, 0, 5},    [MAP_MAC] = {UINT64_MAX, 0, 0},
	};

	return (v >> bits[kind].right & bits[kind].mask) << bits[kind].left;
}

/* A row a kind, as a table would have it. NOLINTNEXTLINE(readability-function-size) */
void record_step(struct decoder *d, const struct tmpl_step *s, const uint8_t *p, size_t len)
{
	struct record *r = &d->record;

	switch ((enum map_kind)s->kind) {
	case MAP_UINT:
	case MAP_LOW8:
	case MAP_LOW12:
	case MAP_LOW20:
	case MAP_TOP3:
	case MAP_DSCP:
	case MAP_PRECEDENCE:
	case MAP_MAC:
		uint_put(d, s, bits_of((enum map_kind)s->kind, load_be(p, len)));
		break;
	case MAP_ADDR4:
		addr_put(d, s, p, 4);
		break;
	case MAP_ADDR6:
		addr_put(d, s, p, 16);
		break;
	case MAP_ICMP:
		icmp_put(d, s, load_be(p, len));
		break;
	case MAP_LABEL:
		label_put(&r->flow, p);
		break;
	case MAP_TTL:
		r->flow.mpls_ttl.items[0] = (uint32_t)load_be(p, len) & 0xff;
		r->flow.mpls_ttl.count = 1;
		break;
	case MAP_ADDR_LIST4:
		hop_put(&r->flow, addr4(p));
		break;
	case MAP_ADDR_LIST6:
		hop_put(&r->flow, addr16(p));
		break;
	case MAP_COMMUNITY:
		community_put(d, load_be(p, len));
		break;
	case MAP_EXP:
	case MAP_SECTION:
	case MAP_LARGE_COMMUNITY:
	case MAP_COMMUNITIES:
	case MAP_LARGE_COMMUNITIES:
	case MAP_SEGMENT:
	case MAP_SEGMENTS:
	case MAP_SEGMENT_SECTION:
		rare_step_run(d, s, p, len);
		break;
	case MAP_STRING:
		string_put(r, s, p, len);
		break;
	case MAP_FLOAT:
		float_put(r, s, p, len);
		break;
	case MAP_TOLD:
		told_put(r, s, load_be(p, len));
		break;
	case MAP_KIND_COUNT:
		break;
	}
}
