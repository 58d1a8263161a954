#include "tests/parsers/expect.h"

#include <string.h>

#include "parsers/ie.h"
#include "tests/parsers/expect_times.h"

#define CANDIDATES 8

enum form { WHOLE, LOW8, LOW12, LOW20, TOP3, SIX };

/* A member of an integer, and the elements that feed it: the first that is there and not zero. */
struct rule {
	enum flow_field field;
	enum form form;
	uint16_t ids[CANDIDATES]; /* up to the first zero */
};

/* clang-format off */
static const struct rule rules[] = {
	{FLOW_PROTO,             WHOLE, {4, 193}},
	{FLOW_SRC_PORT,          WHOLE, {7, 182, 180}},
	{FLOW_DST_PORT,          WHOLE, {11, 183, 181}},
	{FLOW_IN_IF,             WHOLE, {10, 252}},
	{FLOW_OUT_IF,            WHOLE, {14, 253}},
	{FLOW_IN_PHYSICAL_IF,    WHOLE, {252}},
	{FLOW_OUT_PHYSICAL_IF,   WHOLE, {253}},
	{FLOW_IP_TTL,            WHOLE, {192, 52, 53}},
	{FLOW_TCP_FLAGS,         LOW12, {6}},
	{FLOW_FORWARDING_STATUS, LOW8,  {89}},
	{FLOW_IP_FLAGS,          TOP3,  {197}},
	{FLOW_IPV6_FLOW_LABEL,   LOW20, {31}},
	{FLOW_SRC_MAC,           SIX,   {56, 81, 414}},
	{FLOW_DST_MAC,           SIX,   {80, 57, 415}},
	{FLOW_SRC_VLAN,          LOW12, {58, 243}},
	{FLOW_VLAN_ID,           LOW12, {58, 243}},
	{FLOW_DST_VLAN,          LOW12, {59, 254}},
	{FLOW_CUSTOMER_VLAN,     LOW12, {245}},
	{FLOW_POST_CUSTOMER_VLAN, LOW12, {255}},
	{FLOW_VLAN_PRIORITY,     WHOLE, {244}},
	{FLOW_CUSTOMER_PRIORITY, WHOLE, {246}},
	{FLOW_SRC_AS,            WHOLE, {16}},
	{FLOW_DST_AS,            WHOLE, {17}},
	{FLOW_NEXT_HOP_AS,       WHOLE, {128}},
	{FLOW_PREV_AS,           WHOLE, {129}},
	{FLOW_FRAGMENT_ID,       WHOLE, {54}},
	{FLOW_FRAGMENT_OFFSET,   WHOLE, {88}},
	{FLOW_FLOW_DIRECTION,    WHOLE, {61}},
	{FLOW_FLOW_END_REASON,   WHOLE, {136}},
	{FLOW_BIFLOW_DIRECTION,  WHOLE, {239}},
	{FLOW_POINT,             WHOLE, {138}},
	{FLOW_CONNECTION_ID,     WHOLE, {148}},
	{FLOW_TCP_SEQ,           WHOLE, {184}},
	{FLOW_TCP_ACK,           WHOLE, {185}},
	{FLOW_TCP_WINDOW,        WHOLE, {186}},
	{FLOW_NAT_SRC_PORT,      WHOLE, {227, 40003}},
	{FLOW_NAT_DST_PORT,      WHOLE, {228, 40004}},
	{FLOW_NAT_EVENT,         WHOLE, {230}},
	{FLOW_FIREWALL_EVENT,    WHOLE, {233, 40005}},
	{FLOW_FIREWALL_EXT,      WHOLE, {33002}},
	{FLOW_NAT_PORT_START,    WHOLE, {361}},
	{FLOW_INGRESS_VRF,       WHOLE, {234}},
	{FLOW_EGRESS_VRF,        WHOLE, {235}},
	{FLOW_VNI,               WHOLE, {351}},
	{FLOW_APPLICATION_ID,    WHOLE, {95}},
};
/* clang-format on */

static const uint16_t octets_ids[CANDIDATES] = {1, 23, 85, 171, 231, 352, 312};
static const uint16_t reverse_octets[3] = {1, 23, 85};
static const uint16_t reverse_packets[3] = {2, 24, 86};
static const enum flow_field two_way_octets[3] = {FLOW_BYTES_IN, FLOW_BYTES, FLOW_BYTES_OUT};
static const enum flow_field two_way_packets[3] = {FLOW_PACKETS_IN, FLOW_PACKETS, FLOW_PACKETS_OUT};
static const uint16_t packets_ids[CANDIDATES] = {2, 24, 86, 172, 298};

bool expect_has(const struct story_record *r, uint16_t id)
{
	return expect_first(r, 0, id) != NULL;
}

const struct story_value *expect_first(const struct story_record *r, uint32_t pen, uint16_t id)
{
	for (uint16_t i = 0; i < r->tmpl->fields_n; i++) {
		const struct tmpl_field *f = &r->tmpl->fields[i];

		if (f->space != IE_SPACE_SCOPE9 && f->pen == pen && f->id == id)
			return &r->values[i];
	}
	return NULL;
}

bool expect_number(const struct story_record *r, uint32_t pen, uint16_t id, uint64_t *out)
{
	const struct story_value *v = expect_first(r, pen, id);

	*out = 0;
	if (!v || v->len < 1 || v->len > 8)
		return false;
	for (uint16_t i = 0; i < v->len; i++)
		*out = *out * 256 + v->octets[i];
	return true;
}

static bool formed(const struct story_record *r, uint16_t id, enum form form, uint64_t *v)
{
	const struct story_value *whole = expect_first(r, 0, id);

	if (!expect_number(r, 0, id, v) || (form == SIX && whole->len != 6))
		return false;
	if (form == LOW8)
		*v %= 0x100;
	else if (form == LOW12)
		*v %= 0x1000;
	else if (form == LOW20)
		*v %= 0x100000;
	else if (form == TOP3)
		*v = *v / 32 % 8;
	return true;
}

static uint64_t member(const struct flow *f, enum flow_field field)
{
	const uint8_t *at = (const uint8_t *)f + flow_fields[field].offset;
	uint64_t v = 0;

	memcpy(&v, at, flow_fields[field].width); /* the tests run on little-endian machines */
	return v;
}

static bool too_large(uint64_t v, enum flow_field field)
{
	return flow_fields[field].width < 8 && v >> 8u * flow_fields[field].width;
}

static bool rule_holds(const struct story_record *r, const struct rule *rule, const struct flow *f)
{
	uint64_t want = 0;
	bool there = false;

	for (int i = 0; i < CANDIDATES && rule->ids[i] && want == 0; i++) {
		uint64_t v;

		if (formed(r, rule->ids[i], rule->form, &v) && !too_large(v, rule->field)) {
			there = true;
			want = v;
		}
	}
	if (flow_has(f, rule->field) != there)
		return false;
	return !there || member(f, rule->field) == want;
}

/* Counters: what cannot be read is no counter, but says that the record counts something. */
static bool counter_holds(const struct story_record *r, const uint16_t *ids, enum flow_field field,
			  const struct flow *f)
{
	uint64_t want = 0;
	bool there = false, told = false;

	for (int i = 0; ids[i] && want == 0; i++) {
		told |= expect_has(r, ids[i]);
		there |= expect_number(r, 0, ids[i], &want);
	}
	if (there || !told)
		return flow_has(f, field) == there && (!there || member(f, field) == want);
	return !flow_has(f, field) || member(f, field) == 0;
}

static bool tos_holds(const struct story_record *r, const struct flow *f)
{
	uint64_t tos, dscp, precedence;
	bool whole = expect_number(r, 0, 5, &tos) && tos < 256;
	bool there = expect_number(r, 0, 195, &dscp);

	there |= expect_number(r, 0, 196, &precedence);
	if (!whole || tos == 0)
		tos = dscp % 64 ? dscp % 64 * 4 : precedence % 8 * 32;
	if (!whole && !there)
		return !flow_has(f, FLOW_IP_TOS);
	return flow_has(f, FLOW_IP_TOS) && f->ip_tos == tos;
}

/* --- addresses ------------------------------------------------------------------------------- */

/* The address of an element; len 0: not there, or of another length. */
static struct addr address(const struct story_record *r, uint16_t id, uint8_t len)
{
	const struct story_value *v = expect_first(r, 0, id);
	struct addr a = {.len = 0};

	if (v && v->len == len) {
		a.len = len;
		memcpy(a.octets, v->octets, len);
	}
	return a;
}

static bool member_is(const struct flow *f, enum flow_field field, const struct addr *got,
		      const struct addr *want)
{
	return flow_has(f, field) == (want->len != 0) && (want->len == 0 || addr_equal(got, want));
}

/* One family or the other in the record: whichever is there. Both: the version says, else the one
 * that is not all zeros; if both are told, either. */
static bool addresses_hold(const struct story_record *r, const struct flow *f)
{
	struct addr src4 = address(r, 8, 4), dst4 = address(r, 12, 4);
	struct addr src6 = address(r, 27, 16), dst6 = address(r, 28, 16);
	bool four = src4.len || dst4.len, six = src6.len || dst6.len;
	bool zero4 = addr_is_zero(&src4) && addr_is_zero(&dst4);
	bool zero6 = addr_is_zero(&src6) && addr_is_zero(&dst6);
	uint64_t version;

	if (four && six) {
		if (!expect_number(r, 0, 60, &version) || (version != 4 && version != 6))
			version = zero4 == zero6 ? 0 : zero4 ? 6 : 4;
		four = version != 6;
		six = version != 4;
		if (!src4.len || !dst4.len || !src6.len || !dst6.len || four == six)
			return true;
	} else if ((expect_has(r, 8) || expect_has(r, 12)) &&
		   (expect_has(r, 27) || expect_has(r, 28))) {
		return true; /* of variable length, and one of them does not fit */
	}
	return member_is(f, FLOW_SRC_ADDR, &f->src_addr, six ? &src6 : &src4) &&
	       member_is(f, FLOW_DST_ADDR, &f->dst_addr, six ? &dst6 : &dst4);
}

static bool families_mixed(const struct story_record *r)
{
	return (expect_has(r, 8) || expect_has(r, 12)) && (expect_has(r, 27) || expect_has(r, 28));
}

static bool hop_holds(const struct story_record *r, uint16_t id4, uint16_t id6,
		      enum flow_field field, const struct addr *got, const struct flow *f)
{
	struct addr want = expect_has(r, id4) ? address(r, id4, 4) : address(r, id6, 16);

	if (families_mixed(r) || (expect_has(r, id4) && expect_has(r, id6)))
		return true;
	if (addr_is_zero(&want))
		want.len = 0;
	return member_is(f, field, got, &want);
}

static bool prefix_holds(const struct story_record *r, uint16_t id4, uint16_t id6,
			 enum flow_field field, const struct flow *f)
{
	bool source = field == FLOW_SRC_NET;
	bool addressed = flow_has(f, source ? FLOW_SRC_ADDR : FLOW_DST_ADDR);
	bool ipv4 = addressed ? (source ? f->src_addr.len : f->dst_addr.len) == 4
			      : flow_has(f, FLOW_ETYPE) && f->etype == 0x0800;
	uint64_t want, max = ipv4 ? 32 : 128;
	bool there;

	if (families_mixed(r) || (expect_has(r, id4) && expect_has(r, id6)))
		return true;
	there = expect_number(r, 0, expect_has(r, id4) ? id4 : id6, &want) && want <= max;
	return flow_has(f, field) == there && (!there || member(f, field) == want);
}

static bool etype_holds(const struct story_record *r, const struct flow *f)
{
	uint64_t want;

	if (expect_number(r, 0, 256, &want) && want && want < 65536)
		return flow_has(f, FLOW_ETYPE) && f->etype == want;
	if (expect_number(r, 0, 60, &want) && (want == 4 || want == 6))
		return flow_has(f, FLOW_ETYPE) && f->etype == (want == 4 ? 0x0800 : 0x86dd);
	if (!flow_has(f, FLOW_SRC_ADDR) && !flow_has(f, FLOW_DST_ADDR))
		return !flow_has(f, FLOW_ETYPE);
	want = flow_has(f, FLOW_SRC_ADDR) ? f->src_addr.len : f->dst_addr.len;
	return flow_has(f, FLOW_ETYPE) && f->etype == (want == 4 ? 0x0800 : 0x86dd);
}

/* --- text and lists -------------------------------------------------------------------------- */

static bool text_holds(const struct story_record *r, uint16_t id, enum flow_field field,
		       const struct octets *got, const struct flow *f)
{
	const struct story_value *v = expect_first(r, 0, id);
	size_t len = 0;

	if (v)
		while (len < v->len && v->octets[len])
			len++;
	while (len > 0 && v->octets[len - 1] == ' ')
		len--;
	if (len == 0)
		return !flow_has(f, field);
	return flow_has(f, field) && got->len == len && memcmp(got->at, v->octets, len) == 0;
}

/* Label stack entries, if the template has them from the top downwards. */
static bool labels_hold(const struct story_record *r, const struct flow *f)
{
	uint16_t n = 0;

	for (uint16_t id = 70; id <= 79; id++) {
		const struct story_value *v = expect_first(r, 0, id);
		uint32_t entry;

		if (!v || (v->len != 3 && v->len != 4))
			continue;
		entry = (uint32_t)v->octets[0] << 16 | (uint32_t)v->octets[1] << 8 | v->octets[2];
		if (entry == 0)
			continue;
		if (!flow_has(f, FLOW_MPLS_LABEL) || f->mpls_label.count <= n ||
		    f->mpls_label.items[n] != entry / 16 || f->mpls_exp.items[n] != entry / 2 % 8)
			return false;
		n++;
	}
	return n ? f->mpls_label.count == n : !flow_has(f, FLOW_MPLS_LABEL);
}

/* The other direction: one of its elements; which of several wins is the mapping's own test. */
static bool reverse_holds(const struct story_record *r, const uint16_t reversed[3], uint16_t id,
			  const enum flow_field fields[3], const struct flow *f)
{
	enum flow_field in = fields[0], forward = fields[1], out = fields[2];
	uint64_t v, want = 0;
	unsigned told = expect_has(r, id), read = 0;

	for (int i = 0; i < 3; i++) {
		told += expect_first(r, IE_PEN_REVERSE, reversed[i]) != NULL;
		if (expect_number(r, IE_PEN_REVERSE, reversed[i], &v)) {
			want = v;
			read++;
		}
	}
	if (told > 1)
		return true;
	if (expect_number(r, 0, id, &v)) {
		want = v;
		read++;
	}
	if (flow_has(f, in) != (read == 1) || (read == 1 && member(f, in) != want))
		return false;
	return read == 0 || !flow_has(f, forward) ||
	       (flow_has(f, out) && member(f, out) == member(f, forward));
}

/* --- all ------------------------------------------------------------------------------------- */

/* A sampled packet fills what no element told: other tests have that. */
static bool has_section(const struct story_record *r)
{
	return expect_has(r, 104) || (expect_has(r, 313)) || expect_has(r, 315) ||
	       expect_has(r, 316) || expect_has(r, 317);
}

static const char *header_differs(bool netflow9, const struct flow *f)
{
	if (f->type != (netflow9 ? FLOW_NETFLOW_V9 : FLOW_IPFIX))
		return "type";
	if (f->sequence_num != 7 || f->observation_domain_id != 77)
		return "sequence_num";
	return f->export_time_ns != WORLD_EXPORT_S * UINT64_C(1000000000) ? "export_time_ns" : NULL;
}

const char *expect_flow(const struct story_record *r, bool netflow9, const struct flow *f)
{
	if (has_section(r))
		return NULL;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (!rule_holds(r, &rules[i], f))
			return flow_fields[rules[i].field].name;
	if (!counter_holds(r, octets_ids, FLOW_BYTES, f))
		return "bytes";
	if (!counter_holds(r, packets_ids, FLOW_PACKETS, f))
		return "packets";
	if (!tos_holds(r, f))
		return "ip_tos";
	if (!addresses_hold(r, f))
		return "src_addr, dst_addr";
	if (!etype_holds(r, f))
		return "etype";
	if (!hop_holds(r, 15, 62, FLOW_NEXT_HOP, &f->next_hop, f) ||
	    !hop_holds(r, 18, 63, FLOW_BGP_NEXT_HOP, &f->bgp_next_hop, f))
		return "next_hop";
	if (!prefix_holds(r, 9, 29, FLOW_SRC_NET, f) || !prefix_holds(r, 13, 30, FLOW_DST_NET, f))
		return "src_net, dst_net";
	if (!text_holds(r, 96, FLOW_APPLICATION_NAME, &f->application_name, f))
		return "application_name";
	if (!expect_has(r, 40000) && !text_holds(r, 371, FLOW_USER_NAME, &f->user_name, f))
		return "user_name";
	if (!labels_hold(r, f))
		return "mpls_label";
	if (!reverse_holds(r, reverse_octets, 232, two_way_octets, f) ||
	    !reverse_holds(r, reverse_packets, 299, two_way_packets, f))
		return "bytes_in, packets_in";
	if (!expect_rate(r, f))
		return "sampling_rate";
	if (!expect_times(r, netflow9, f))
		return "time_flow_start_ns, time_flow_end_ns";
	return header_differs(netflow9, f);
}
