#include "tests/parsers/packet_build.h"

#include <string.h>

#include "tests/support/suite.h"

#define WANT(p, cond, bit, member, value)                         \
	do {                                                      \
		if (cond)                                         \
			FLOW_PUT(&(p)->want, bit, member, value); \
	} while (0)

void packet_begin(struct packet *p)
{
	memset(p, 0, sizeof(*p));
}

void packet_expect_layer(struct packet *p, enum flow_layer layer, uint32_t octets)
{
	struct flow *f = &p->want;

	if (f->layer_stack.count == FLOW_LAYERS_MAX)
		return;
	f->layer_stack.items[f->layer_stack.count++] = layer;
	f->layer_size.items[f->layer_size.count++] = octets;
	flow_mark(f, FLOW_LAYER_STACK);
	flow_mark(f, FLOW_LAYER_SIZE);
}

static bool outer_link(const struct packet *p)
{
	return p->ethernets <= 1 && p->ips == 0;
}

static void want_etype(struct packet *p, uint16_t type)
{
	WANT(p, p->ips == 0 && type >= 0x600, ETYPE, etype, type);
}

void packet_ethernet_header(struct packet *p, uint16_t type)
{
	unsigned n = ++p->ethernets;

	p->tags = 0;
	put_octets(&p->b, "\2\0\0\0\1", 5);
	put8(&p->b, n);
	put_octets(&p->b, "\2\0\0\0\2", 5);
	put8(&p->b, n);
	put16(&p->b, type);
	WANT(p, outer_link(p), DST_MAC, dst_mac, UINT64_C(0x020000000100) + n);
	WANT(p, outer_link(p), SRC_MAC, src_mac, UINT64_C(0x020000000200) + n);
	want_etype(p, type);
	packet_expect_layer(p, LAYER_ETHERNET, 14);
}

void packet_tag(struct packet *p, uint16_t vlan, uint16_t type)
{
	bool outer = outer_link(p);

	p->tags++;
	put16(&p->b, p->tags << 13 | vlan);
	put16(&p->b, type);
	WANT(p, outer && p->tags == 1, VLAN_ID, vlan_id, vlan);
	WANT(p, outer && p->tags == 1, VLAN_PRIORITY, vlan_priority, 1);
	WANT(p, outer && p->tags == 2, CUSTOMER_VLAN, customer_vlan, vlan);
	WANT(p, outer && p->tags == 2, CUSTOMER_PRIORITY, customer_vlan_priority, 2);
	want_etype(p, type);
	packet_expect_layer(p, LAYER_DOT1Q, 4);
}

void packet_snap(struct packet *p, uint16_t type)
{
	put_octets(&p->b, "\xaa\xaa\3\0\0\0", 6);
	put16(&p->b, type);
	want_etype(p, type);
	packet_expect_layer(p, LAYER_CUSTOM, 8);
}

void packet_pppoe_header(struct packet *p, uint16_t protocol)
{
	put16(&p->b, 0x1100);
	put32(&p->b, 0x00070100);
	put16(&p->b, protocol);
	packet_expect_layer(p, LAYER_CUSTOM, 6);
	packet_expect_layer(p, LAYER_CUSTOM, 2);
}

static void want_label(struct label_list *list, uint32_t item)
{
	if (list->count < FLOW_LABELS_MAX)
		list->items[list->count++] = item;
}

void packet_labels(struct packet *p, unsigned count)
{
	bool feeds = p->ips == 0 && !flow_has(&p->want, FLOW_MPLS_LABEL);

	for (unsigned i = 1; i <= count; i++) {
		put32(&p->b, (100 + i) << 12 | (i & 7) << 9 | (i == count ? 0x100u : 0) | (60 + i));
		if (!feeds)
			continue;
		want_label(&p->want.mpls_label, 100 + i);
		want_label(&p->want.mpls_exp, i & 7);
		want_label(&p->want.mpls_ttl, 60 + i);
		flow_mark(&p->want, FLOW_MPLS_LABEL);
		flow_mark(&p->want, FLOW_MPLS_EXP);
		flow_mark(&p->want, FLOW_MPLS_TTL);
	}
	packet_expect_layer(p, LAYER_MPLS, 4 * count);
}

void packet_wlan(struct packet *p, uint8_t direction, bool qos)
{
	static const uint8_t dst[] = {1, 3, 1, 3}, src[] = {2, 2, 3, 4};
	bool four = direction == 3;

	p->ethernets++;
	put8(&p->b, qos ? 0x88 : 0x08);
	put8(&p->b, direction);
	put16(&p->b, 0);
	for (unsigned i = 1; i <= 3; i++) {
		put32(&p->b, 0x02000000);
		put16(&p->b, i);
	}
	put16(&p->b, 0);
	if (four) {
		put32(&p->b, 0x02000000);
		put16(&p->b, 4);
	}
	if (qos)
		put16(&p->b, 0);
	WANT(p, true, DST_MAC, dst_mac, UINT64_C(0x020000000000) + dst[direction]);
	WANT(p, true, SRC_MAC, src_mac, UINT64_C(0x020000000000) + src[direction]);
	packet_expect_layer(p, LAYER_CUSTOM, 24u + four * 6u + qos * 2u);
}

static void want_addresses(struct packet *p, struct addr src, struct addr dst)
{
	WANT(p, p->ips == 1, SRC_ADDR, src_addr, src);
	WANT(p, p->ips == 1, DST_ADDR, dst_addr, dst);
	WANT(p, p->ips == 2, INNER_SRC_ADDR, inner_src_addr, src);
	WANT(p, p->ips == 2, INNER_DST_ADDR, inner_dst_addr, dst);
}

static void want_protocol(struct packet *p, uint8_t protocol)
{
	WANT(p, p->ips == 1, PROTO, proto, protocol);
	WANT(p, p->ips == 2, INNER_PROTO, inner_proto, protocol);
}

void packet_ipv4_header(struct packet *p, uint8_t protocol, unsigned options_octets,
			uint16_t fragment)
{
	uint8_t src[] = {10, 0, 0, 0}, dst[] = {10, 0, 1, 0};
	bool outer = p->ips++ == 0;

	src[3] = dst[3] = (uint8_t)p->ips;
	put8(&p->b, 0x45 + options_octets / 4);
	put8(&p->b, 0x28);
	put16(&p->b, 1000);
	put16(&p->b, 0x1234);
	put16(&p->b, fragment);
	put8(&p->b, 63);
	put8(&p->b, protocol);
	put16(&p->b, 0xffff);
	put_octets(&p->b, src, 4);
	put_octets(&p->b, dst, 4);
	put_zeros(&p->b, options_octets);
	WANT(p, outer, ETYPE, etype, 0x0800);
	WANT(p, outer, IP_TOS, ip_tos, 0x28);
	WANT(p, outer, FRAGMENT_ID, fragment_id, 0x1234);
	WANT(p, outer, IP_FLAGS, ip_flags, (uint8_t)(fragment >> 13));
	WANT(p, outer, FRAGMENT_OFFSET, fragment_offset, fragment & 0x1fff);
	WANT(p, outer, IP_TTL, ip_ttl, 63);
	want_protocol(p, protocol);
	want_addresses(p, addr4(src), addr4(dst));
	packet_expect_layer(p, LAYER_IPV4, 20 + options_octets);
}

void packet_ipv6_header(struct packet *p, uint8_t next)
{
	uint8_t src[16] = {0x20, 1, 0xd, 0xb8}, dst[16] = {0x20, 1, 0xd, 0xb8, 1};
	bool outer = p->ips++ == 0;

	src[15] = dst[15] = (uint8_t)p->ips;
	put32(&p->b, 0x6b8abcde);
	put16(&p->b, 960);
	put8(&p->b, next);
	put8(&p->b, 57);
	put_octets(&p->b, src, 16);
	put_octets(&p->b, dst, 16);
	WANT(p, outer, ETYPE, etype, 0x86dd);
	WANT(p, outer, IP_TOS, ip_tos, 0xb8);
	WANT(p, outer, IPV6_FLOW_LABEL, ipv6_flow_label, 0xabcde);
	WANT(p, outer, IP_TTL, ip_ttl, 57);
	want_protocol(p, next);
	want_addresses(p, addr16(src), addr16(dst));
	packet_expect_layer(p, LAYER_IPV6, 40);
}

void packet_options(struct packet *p, uint8_t next, unsigned words)
{
	put8(&p->b, next);
	put8(&p->b, words);
	put_zeros(&p->b, 6 + words * 8);
	want_protocol(p, next);
	packet_expect_layer(p, LAYER_CUSTOM, 8 * (words + 1));
}

void packet_segments(struct packet *p, uint8_t next, unsigned count)
{
	struct addr_list *list = &p->want.ipv6_routing_header_addresses;

	put8(&p->b, next);
	put8(&p->b, count * 2);
	put8(&p->b, 4);
	put8(&p->b, 1);         /* segments left */
	put8(&p->b, count - 1); /* last entry */
	put_zeros(&p->b, 3);
	for (unsigned i = 0; i < count; i++) {
		uint8_t segment[16] = {0xfd, [15] = (uint8_t)i};

		put_octets(&p->b, segment, 16);
		if (p->ips == 1 && list->count < FLOW_ADDRS_MAX)
			list->items[list->count++] = addr16(segment);
	}
	if (p->ips == 1)
		flow_mark(&p->want, FLOW_SRV6_ADDRS);
	WANT(p, p->ips == 1, SRV6_LEFT, ipv6_routing_header_seg_left, 1);
	want_protocol(p, next);
	packet_expect_layer(p, LAYER_IPV6_ROUTING, 8 + 16 * count);
}

void packet_fragment(struct packet *p, uint8_t next, uint16_t fragment)
{
	bool outer = p->ips == 1;

	put8(&p->b, next);
	put8(&p->b, 0);
	put16(&p->b, fragment);
	put32(&p->b, 0xfeedf00d);
	want_protocol(p, next);
	WANT(p, outer, FRAGMENT_OFFSET, fragment_offset, fragment >> 3);
	WANT(p, outer, IP_FLAGS, ip_flags, fragment & 7);
	WANT(p, outer, FRAGMENT_ID, fragment_id, 0xfeedf00d);
	packet_expect_layer(p, LAYER_IPV6_FRAGMENT, 8);
}

void packet_auth(struct packet *p, uint8_t next)
{
	put8(&p->b, next);
	put8(&p->b, 4); /* 24 octets */
	put_zeros(&p->b, 22);
	want_protocol(p, next);
	packet_expect_layer(p, LAYER_CUSTOM, 24);
}

static void put_ports(struct packet *p, uint16_t src_port, uint16_t dst_port)
{
	put16(&p->b, src_port);
	put16(&p->b, dst_port);
	WANT(p, p->ips == 1, SRC_PORT, src_port, src_port);
	WANT(p, p->ips == 1, DST_PORT, dst_port, dst_port);
	WANT(p, p->ips == 2, INNER_SRC_PORT, inner_src_port, src_port);
	WANT(p, p->ips == 2, INNER_DST_PORT, inner_dst_port, dst_port);
}

void packet_tcp_header(struct packet *p, unsigned options_octets)
{
	bool outer = p->ips == 1;

	put_ports(p, 50000, 443);
	put32(&p->b, 0x01020304);
	put32(&p->b, 0x05060708);
	put16(&p->b, (5 + options_octets / 4) << 12 | 0x112);
	put16(&p->b, 8192);
	put32(&p->b, 0);
	put_zeros(&p->b, options_octets);
	WANT(p, outer, TCP_SEQ, tcp_seq, 0x01020304);
	WANT(p, outer, TCP_ACK, tcp_ack, 0x05060708);
	WANT(p, outer, TCP_FLAGS, tcp_flags, 0x112);
	WANT(p, outer, TCP_WINDOW, tcp_window, 8192);
	packet_expect_layer(p, LAYER_TCP, 20 + options_octets);
}

void packet_udp_header(struct packet *p, uint16_t dst_port)
{
	put_ports(p, 40000, dst_port);
	put32(&p->b, 0x01000000);
	packet_expect_layer(p, LAYER_UDP, 8);
}

void packet_sctp_header(struct packet *p)
{
	put_ports(p, 2905, 2906);
	put32(&p->b, 0xcafef00d);
	packet_expect_layer(p, LAYER_CUSTOM, 8);
}

void packet_icmp_header(struct packet *p, bool v6)
{
	put8(&p->b, v6 ? 129 : 3);
	put8(&p->b, 13);
	put_zeros(&p->b, 6);
	WANT(p, p->ips == 1, ICMP_TYPE, icmp_type, v6 ? 129 : 3);
	WANT(p, p->ips == 1, ICMP_CODE, icmp_code, 13);
	packet_expect_layer(p, v6 ? LAYER_ICMPV6 : LAYER_ICMP, 8);
}

void packet_gre_header(struct packet *p, uint16_t flags, uint16_t type)
{
	unsigned words = 0;

	for (unsigned bit = 0; bit < 16; bit++)
		words += flags >> bit & 1;
	words -= flags & 1; /* the version */
	put16(&p->b, flags);
	put16(&p->b, type);
	put_zeros(&p->b, words * 4);
	packet_expect_layer(p, LAYER_GRE, 4 + words * 4);
}

void packet_vxlan_header(struct packet *p, uint32_t vni)
{
	put32(&p->b, 0x08000000);
	put32(&p->b, vni << 8);
	WANT(p, !flow_has(&p->want, FLOW_VNI), VNI, vni, vni);
	packet_expect_layer(p, LAYER_CUSTOM, 8);
}

void packet_geneve_header(struct packet *p, uint32_t vni, unsigned options_octets)
{
	put8(&p->b, options_octets / 4);
	put8(&p->b, 0);
	put16(&p->b, 0x6558);
	put32(&p->b, vni << 8);
	put_zeros(&p->b, options_octets);
	WANT(p, !flow_has(&p->want, FLOW_VNI), VNI, vni, vni);
	packet_expect_layer(p, LAYER_GENEVE, 8 + options_octets);
}

void packet_gtpu_header(struct packet *p, bool extended)
{
	put8(&p->b, extended ? 0x34 : 0x30);
	put8(&p->b, 255);
	put16(&p->b, 1000);
	put32(&p->b, 0xabcdef01);
	if (extended) {
		put32(&p->b, 0x00000085); /* a PDU session container follows */
		put32(&p->b, 0x01000900); /* one word, and it is the last */
	}
	WANT(p, !flow_has(&p->want, FLOW_TEID), TEID, teid, 0xabcdef01);
	packet_expect_layer(p, LAYER_CUSTOM, extended ? 16 : 8);
}

/* The octets of a member that count; what lies behind them is unspecified. */
static size_t used(const struct flow *f, const struct flow_field_row *row, const uint8_t **at)
{
	*at = (const uint8_t *)f + row->offset;
	switch ((enum flow_form)row->form) {
	case FORM_ADDR:
		return ((const struct addr *)(const void *)*at)->len;
	case FORM_LABELS:
	case FORM_LAYERS:
	case FORM_SIZES: {
		const struct label_list *list = (const void *)*at;

		*at = (const void *)list->items;
		return list->count * sizeof(list->items[0]);
	}
	case FORM_ADDR_LIST: {
		const struct addr_list *list = (const void *)*at;

		*at = (const void *)list->items;
		return list->count * sizeof(list->items[0]);
	}
	case FORM_UINT:
	case FORM_TYPE:
	case FORM_MAC:
	case FORM_ETYPE:
	case FORM_PROTO:
	case FORM_SRC_NET:
	case FORM_DST_NET:
	case FORM_U32_LIST:
	case FORM_LARGE_LIST:
	case FORM_STRING:
	case FORM_SAMPLING:
	case FORM_TIME:
	case FORM_DIRECTION:
		break;
	}
	return row->width;
}

static void same_field(const struct flow *got, const struct flow *want, enum flow_field field)
{
	const uint8_t *a, *b;
	size_t a_len = used(got, &flow_fields[field], &a);
	size_t b_len = used(want, &flow_fields[field], &b);

	/* An assertion that holds costs a system call: too much for every field of every prefix. */
	if (a_len != b_len)
		ck_abort_msg("%s: %zu octets, not %zu", flow_fields[field].name, a_len, b_len);
	if (memcmp(a, b, a_len) != 0)
		ck_abort_msg("%s is not as expected", flow_fields[field].name);
}

void packet_same(const struct flow *got, const struct flow *want)
{
	for (int i = 0; i < FLOW_FIELD_COUNT; i++) {
		enum flow_field field = (enum flow_field)i;

		if (flow_has(got, field) != flow_has(want, field))
			ck_abort_msg("%s is %s", flow_fields[i].name,
				     flow_has(got, field) ? "there" : "missing");
		if (flow_has(got, field))
			same_field(got, want, field);
	}
}

void packet_part_of(const struct flow *part, const struct flow *whole)
{
	for (int i = 0; i < FLOW_FIELD_COUNT; i++) {
		enum flow_field field = (enum flow_field)i;
		uint8_t form = flow_fields[i].form;

		if (!flow_has(part, field))
			continue;
		if (!flow_has(whole, field))
			ck_abort_msg("%s came from nowhere", flow_fields[i].name);
		if (field == FLOW_PROTO || field == FLOW_INNER_PROTO || field == FLOW_ETYPE ||
		    form == FORM_LABELS || form == FORM_LAYERS || form == FORM_SIZES ||
		    form == FORM_ADDR_LIST)
			continue;
		same_field(part, whole, field);
	}
}
