#include <string.h>

#include "parsers/list.h"
#include "parsers/record.h"

#define SEGMENT_OCTETS 16u

/* Puts one element of a list, which is of octets that fit it. */
typedef void (*element_put)(struct flow *f, struct wire element, struct parse_tally *tally);

static void community_put(struct flow *f, struct wire element, struct parse_tally *tally)
{
	struct u32_list *list = &f->bgp_communities;

	if (list->count < FLOW_LIST_MAX)
		list->items[list->count++] = (uint32_t)load_be(element.pos, element.left);
	else
		tally->notes[NOTE_LIST_CUT]++;
}

static void large_put(struct flow *f, struct wire element, struct parse_tally *tally)
{
	struct large_list *list = &f->bgp_large_communities;

	if (list->count < FLOW_LARGE_MAX)
		memcpy(list->items[list->count++], element.pos, FLOW_LARGE_LEN);
	else
		tally->notes[NOTE_LIST_CUT]++;
}

static void segment_put(struct flow *f, struct wire element, struct parse_tally *tally)
{
	struct addr_list *list = &f->ipv6_routing_header_addresses;

	if (list->count < FLOW_ADDRS_MAX)
		list->items[list->count++] = addr16(element.pos);
	else
		tally->notes[NOTE_LIST_CUT]++;
}

static void basic_put(struct flow *f, struct wire content, element_put put,
		      struct parse_tally *tally)
{
	struct basic_list list;
	struct wire element;

	if (!basic_list_open(content, &list))
		return;
	while (basic_list_next(&list, &element))
		put(f, element, tally);
}

/* The segments of a better choice take the place of those that are there, if there are any. */
static void segments_put(struct flow *f, enum map_kind kind, struct wire content,
			 struct parse_tally *tally)
{
	struct addr_list *list = &f->ipv6_routing_header_addresses;
	uint16_t worse = list->count;

	list->count = 0;
	if (kind == MAP_SEGMENTS)
		basic_put(f, content, segment_put, tally);
	else
		for (size_t n = 0; n < content.left / SEGMENT_OCTETS; n++)
			segment_put(f, wire_over(content.pos + n * SEGMENT_OCTETS, SEGMENT_OCTETS),
				    tally);
	if (list->count == 0)
		list->count = worse; /* nothing was written over them */
}

void lists_put(struct flow *f, enum map_kind kind, const uint8_t *octets, size_t len,
	       struct parse_tally *tally)
{
	struct wire content = wire_over(octets, len);

	if (!map_holds(&(struct map_row){.kind = (uint8_t)kind}, octets, len))
		tally->notes[NOTE_LIST_CARRIED]++;
	else if (kind == MAP_LARGE_COMMUNITY)
		large_put(f, content, tally);
	else if (kind == MAP_COMMUNITIES)
		basic_put(f, content, community_put, tally);
	else if (kind == MAP_LARGE_COMMUNITIES)
		basic_put(f, content, large_put, tally);
	else
		segments_put(f, kind, content, tally);
}

void lists_mark(struct flow *f)
{
	if (f->mpls_label.count)
		flow_mark(f, FLOW_MPLS_LABEL);
	if (f->mpls_exp.count)
		flow_mark(f, FLOW_MPLS_EXP);
	if (f->mpls_ttl.count)
		flow_mark(f, FLOW_MPLS_TTL);
	if (f->mpls_ip.count)
		flow_mark(f, FLOW_MPLS_IP);
	if (f->bgp_communities.count)
		flow_mark(f, FLOW_BGP_COMMUNITIES);
	if (f->bgp_large_communities.count)
		flow_mark(f, FLOW_LARGE_COMMUNITIES);
	if (f->ipv6_routing_header_addresses.count)
		flow_mark(f, FLOW_SRV6_ADDRS);
}
