#include "parsers/packet.h"
#include "parsers/record.h"

/* Element 408. */
#define LINK_UNTOLD   0u
#define LINK_ETHERNET 1u
#define LINK_80211    2u

static enum packet_link link_of(uint16_t type)
{
	if (type == LINK_UNTOLD || type == LINK_ETHERNET)
		return PACKET_ETHERNET;
	return type == LINK_80211 ? PACKET_80211 : PACKET_OPAQUE;
}

/* A section that begins inside a packet has no header to begin with, but is octets of a packet.
 * Returns how many octets it says the packet has; 0: there is no section. */
static uint32_t section_feed(const struct record_sections *s, struct octets section,
			     enum packet_link link, enum packet_feed feed, struct flow *f)
{
	bool padded = s->exported > 0 && s->exported < section.len;
	uint16_t len = padded ? s->exported : section.len;
	uint32_t octets = 0;

	if (s->offset == 0 && len > 0)
		octets = packet_dissect(wire_over(section.at, len), link, feed, f);
	return octets ? octets : len;
}

/* The outermost first: what it fed stands. */
void sections_feed(const struct record_sections *s, bool inner, struct flow *f)
{
	enum packet_feed feed = inner ? PACKET_INNER : PACKET_OUTER;
	uint32_t octets = section_feed(s, s->link, link_of(s->link_type), feed, f);
	uint32_t other = section_feed(s, s->mpls, PACKET_MPLS, feed, f);

	octets = octets ? octets : other;
	other = section_feed(s, s->ip, PACKET_IP, feed, f);
	octets = octets ? octets : other;
	if (octets == 0)
		return;
	if (!flow_has(f, FLOW_BYTES) || f->bytes == 0)
		FLOW_PUT(f, BYTES, bytes, octets);
	if (!flow_has(f, FLOW_PACKETS) || f->packets == 0)
		FLOW_PUT(f, PACKETS, packets, 1);
}
