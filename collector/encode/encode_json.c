#include <string.h>

#include "collector/conf/conf.h"
#include "collector/encode/encoder.h"
#include "collector/encode/proto_names.h"
#include "collector/encode/unmapped.h"

#define ETYPE_IPV4 0x0800
#define ETYPE_ARP  0x0806
#define ETYPE_IPV6 0x86dd

/* A key with the comma before it and the colon behind it, made at compile time. */
struct key {
	char text[TEXT_BLOCK];
	size_t len;
};

static const struct key keys[FLOW_FIELD_COUNT] = {
#define X(bit, member, type, number, form) \
	[FLOW_##bit] = {",\"" #member "\":", sizeof(",\"" #member "\":") - 1},
	FLOW_FIELDS(X)
#undef X
};

#define X(bit, member, type, number, form) \
	_Static_assert(sizeof(",\"" #member "\":") <= TEXT_BLOCK, "a key is one block");
FLOW_FIELDS(X)
#undef X

static const char *const type_words[] = {
	[FLOW_UNKNOWN] = "FLOWUNKNOWN",   [FLOW_SFLOW_5] = "SFLOW_5",
	[FLOW_NETFLOW_V5] = "NETFLOW_V5", [FLOW_NETFLOW_V9] = "NETFLOW_V9",
	[FLOW_IPFIX] = "IPFIX",
};

static const char *const layer_words[] = {
	[LAYER_ETHERNET] = "Ethernet",
	[LAYER_IPV4] = "IPv4",
	[LAYER_IPV6] = "IPv6",
	[LAYER_TCP] = "TCP",
	[LAYER_UDP] = "UDP",
	[LAYER_MPLS] = "MPLS",
	[LAYER_DOT1Q] = "Dot1Q",
	[LAYER_ICMP] = "ICMP",
	[LAYER_ICMPV6] = "ICMPv6",
	[LAYER_GRE] = "GRE",
	[LAYER_IPV6_ROUTING] = "IPv6HeaderRouting",
	[LAYER_IPV6_FRAGMENT] = "IPv6HeaderFragment",
	[LAYER_GENEVE] = "Geneve",
	[LAYER_TEREDO] = "Teredo",
};

static const char *const sampling_words[] = {
#define X(name, token, help) [SAMPLING_##name] = (token),
	SAMPLING_LIST(X)
#undef X
};

static const char *const time_words[] = {
	[TIME_UNKNOWN] = "unknown",
	[TIME_NANOSECONDS] = "nanoseconds",
	[TIME_MICROSECONDS] = "microseconds",
	[TIME_MILLISECONDS] = "milliseconds",
	[TIME_SECONDS] = "seconds",
	[TIME_DELTA] = "delta",
	[TIME_UPTIME] = "uptime",
	[TIME_OBSERVATION] = "observation",
	[TIME_DURATION] = "duration",
	[TIME_EXPORT] = "export",
	[TIME_APPROXIMATE] = "approximate",
	[TIME_RECEIVED] = "received",
};

static const char *const direction_words[] = {"unknown", "ingress", "egress"};

/* A word that needs no escaping, in quotes. */
static void word_put(struct text *out, const char *word)
{
	text_char(out, '"');
	text_str(out, word);
	text_char(out, '"');
}

#define WORD(words, n, otherwise) \
	((n) < sizeof(words) / sizeof((words)[0]) ? (words)[n] : (otherwise))

static void addr_bare_put(struct text *out, const struct addr *a)
{
	if (a->len == 4)
		text_ipv4(out, a->octets);
	else if (a->len == 16)
		text_ipv6(out, a->octets);
}

static void addr_put(struct text *out, const struct addr *a)
{
	text_char(out, '"');
	addr_bare_put(out, a);
	text_char(out, '"');
}

static void mac_put(struct text *out, uint64_t mac)
{
	uint8_t octets[6];

	for (int i = 0; i < 6; i++)
		octets[i] = (uint8_t)(mac >> (40 - 8 * i) & 0xff);
	text_char(out, '"');
	text_mac(out, octets);
	text_char(out, '"');
}

static const char *etype_word(uint16_t etype)
{
	switch (etype) {
	case ETYPE_IPV4:
		return "IPv4";
	case ETYPE_IPV6:
		return "IPv6";
	case ETYPE_ARP:
		return "ARP";
	default:
		return "";
	}
}

/* The prefix of that length that holds the address; "" if there is no address or the length is not
 * one of its family. */
static void net_put(struct text *out, const struct addr *whole, uint8_t bits)
{
	struct addr net = *whole;

	text_char(out, '"');
	if ((net.len == 4 || net.len == 16) && bits <= 8 * net.len) {
		for (unsigned i = bits; i < 8u * net.len; i++)
			net.octets[i / 8] &= (uint8_t) ~(0x80u >> (i % 8));
		addr_bare_put(out, &net);
		text_char(out, '/');
		text_u64(out, bits);
	}
	text_char(out, '"');
}

static void numbers_put(struct text *out, const uint32_t *items, uint16_t count)
{
	text_char(out, '[');
	for (uint16_t i = 0; i < count; i++) {
		if (i)
			text_char(out, ',');
		text_u64(out, items[i]);
	}
	text_char(out, ']');
}

static void layers_put(struct text *out, const struct layer_list *list)
{
	text_char(out, '[');
	for (uint16_t i = 0; i < list->count; i++) {
		if (i)
			text_char(out, ',');
		word_put(out, WORD(layer_words, list->items[i], "Custom"));
	}
	text_char(out, ']');
}

static void addrs_put(struct text *out, const struct addr_list *list)
{
	text_char(out, '[');
	for (uint16_t i = 0; i < list->count; i++) {
		if (i)
			text_char(out, ',');
		addr_put(out, &list->items[i]);
	}
	text_char(out, ']');
}

static void larges_put(struct text *out, const struct large_list *list)
{
	text_char(out, '[');
	for (uint16_t i = 0; i < list->count; i++) {
		text_str(out, i ? ",\"" : "\"");
		text_hex(out, list->items[i], FLOW_LARGE_LEN);
		text_char(out, '"');
	}
	text_char(out, ']');
}

static uint64_t member_number(const void *member, uint8_t width)
{
	switch (width) {
	case 1:
		return *(const uint8_t *)member;
	case 2:
		return *(const uint16_t *)member;
	case 4:
		return *(const uint32_t *)member;
	default:
		return *(const uint64_t *)member;
	}
}

static void src_net_put(struct text *out, const struct flow *f)
{
	static const struct addr none;

	net_put(out, flow_has(f, FLOW_SRC_ADDR) ? &f->src_addr : &none, f->src_net);
}

static void dst_net_put(struct text *out, const struct flow *f)
{
	static const struct addr none;

	net_put(out, flow_has(f, FLOW_DST_ADDR) ? &f->dst_addr : &none, f->dst_net);
}

static void list_put(struct text *out, enum flow_form form, const void *member)
{
	if (form == FORM_LAYERS) {
		layers_put(out, member);
	} else if (form == FORM_ADDR_LIST) {
		addrs_put(out, member);
	} else if (form == FORM_LARGE_LIST) {
		larges_put(out, member);
	} else if (form == FORM_U32_LIST) {
		const struct u32_list *list = member;
		numbers_put(out, list->items, list->count);
	} else if (form == FORM_LABELS) {
		const struct label_list *list = member;
		numbers_put(out, list->items, list->count);
	} else {
		const struct layer_list *list = member;
		numbers_put(out, list->items, list->count);
	}
}

static void octets_put(struct text *out, const struct octets *o)
{
	text_json(out, o->at, o->len);
}

/* One line a form: this is the table of schema values. */
static void value_put(struct text *out, const struct flow *f, const struct flow_field_row *row)
{
	const void *member = (const uint8_t *)f + row->offset;
	enum flow_form form = (enum flow_form)row->form;

	switch (form) {
	case FORM_UINT:
		text_u64(out, member_number(member, row->width));
		return;
	case FORM_TYPE:
		word_put(out, WORD(type_words, *(const uint8_t *)member, "FLOWUNKNOWN"));
		return;
	case FORM_ADDR:
		addr_put(out, member);
		return;
	case FORM_MAC:
		mac_put(out, *(const uint64_t *)member);
		return;
	case FORM_ETYPE:
		word_put(out, etype_word(*(const uint16_t *)member));
		return;
	case FORM_PROTO:
		word_put(out, proto_name(*(const uint8_t *)member));
		return;
	case FORM_SRC_NET:
		src_net_put(out, f);
		return;
	case FORM_DST_NET:
		dst_net_put(out, f);
		return;
	case FORM_STRING:
		octets_put(out, member);
		return;
	case FORM_SAMPLING:
		word_put(out, WORD(sampling_words, *(const uint8_t *)member, "unknown"));
		return;
	case FORM_TIME:
		word_put(out, WORD(time_words, *(const uint8_t *)member, "unknown"));
		return;
	case FORM_DIRECTION:
		word_put(out, WORD(direction_words, *(const uint8_t *)member, "unknown"));
		return;
	case FORM_LABELS:
	case FORM_LAYERS:
	case FORM_SIZES:
	case FORM_U32_LIST:
	case FORM_ADDR_LIST:
	case FORM_LARGE_LIST:
		list_put(out, form, member);
		return;
	}
}

/* What goflow2 prints for a member that is not set. */
static const char *absent_text(enum flow_form form)
{
	switch (form) {
	case FORM_UINT:
		return "0";
	case FORM_TYPE:
		return "\"FLOWUNKNOWN\"";
	case FORM_PROTO:
		return "\"HOPOPT\"";
	case FORM_MAC:
		return "\"00:00:00:00:00:00\"";
	case FORM_LABELS:
	case FORM_LAYERS:
	case FORM_SIZES:
	case FORM_U32_LIST:
	case FORM_ADDR_LIST:
	case FORM_LARGE_LIST:
		return "[]";
	case FORM_ADDR:
	case FORM_ETYPE:
	case FORM_SRC_NET:
	case FORM_DST_NET:
	case FORM_STRING:
	case FORM_SAMPLING:
	case FORM_TIME:
	case FORM_DIRECTION:
		return "\"\"";
	}
	return "null";
}

static void field_put(struct text *out, const struct flow *f, unsigned n)
{
	text_block(out, keys[n].text, keys[n].len);
	value_put(out, f, &flow_fields[n]);
}

/* The fields of one presence word, lowest bit first: only those at or above from. */
static void present_put(struct text *out, const struct flow *f, unsigned from)
{
	for (unsigned word = from / 64; word < FLOW_PRESENT_WORDS; word++) {
		uint64_t bits = f->present[word];

		if (word == from / 64)
			bits &= UINT64_MAX << (from % 64);
		for (; bits; bits &= bits - 1)
			field_put(out, f, 64 * word + (unsigned)__builtin_ctzll(bits));
	}
}

static void goflow2_put(struct text *out, const struct flow *f)
{
	for (unsigned n = 0; n <= FLOW_GOFLOW2_LAST; n++) {
		if (flow_has(f, (enum flow_field)n)) {
			field_put(out, f, n);
			continue;
		}
		text_block(out, keys[n].text, keys[n].len);
		text_str(out, absent_text((enum flow_form)flow_fields[n].form));
	}
}

void encode_json(struct text *out, const struct flow *flow, const struct encode_style *style)
{
	size_t start = out->len;
	unsigned from = 0;

	if (style->profile == PROFILE_GOFLOW2) {
		goflow2_put(out, flow);
		from = FLOW_GOFLOW2_LAST + 1;
	}
	present_put(out, flow, from);
	if (style->unmapped == UNMAPPED_INCLUDE && flow->raw)
		unmapped_json_put(out, flow->raw, style->names);
	if (out->len == start)
		text_char(out, '{');
	else
		out->start[start] = '{'; /* in place of the first comma */
	text_mem(out, "}\n", 2);
}
