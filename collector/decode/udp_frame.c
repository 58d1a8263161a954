#include "collector/decode/udp_frame.h"

#include <stddef.h>

/* Link types by the numbers that are the same on every system (LINKTYPE_), and what libpcap calls
 * raw IP on Linux. */
#define LINK_LOOPBACK 0
#define LINK_ETHERNET 1
#define LINK_RAW      12
#define LINK_RAW_FILE 101
#define LINK_LOOP     108
#define LINK_COOKED   113
#define LINK_IPV4     228
#define LINK_IPV6     229
#define LINK_COOKED2  276

#define ETYPE_IPV4      0x0800
#define ETYPE_IPV6      0x86dd
#define ETYPE_VLAN      0x8100
#define ETYPE_QINQ      0x88a8
#define ETYPE_QINQ_OLD  0x9100 /* and up to 0x9300: before 802.1ad */
#define ETYPE_QINQ_LAST 0x9300

#define IP_UDP        17
#define IPV6_HOP      0
#define IPV6_ROUTING  43
#define IPV6_FRAGMENT 44
#define IPV6_AH       51
#define IPV6_DEST     60

#define IPV4_HEADER 20
#define UDP_HEADER  8
#define MACS_LEN    12

/* A frame on its way down. */
struct frame {
	struct wire w;
	bool cut;
	struct udp_frame *out;
};

/* What a short read means: the capture was cut, or the frame lies. */
static enum frame_skip frame_short(const struct frame *f)
{
	return f->cut ? FRAME_TRUNCATED : FRAME_MALFORMED;
}

static enum frame_skip udp_read(struct frame *f)
{
	uint16_t len;

	f->out->source_port = wire_u16(&f->w);
	f->out->dest_port = wire_u16(&f->w);
	len = wire_u16(&f->w);
	wire_u16(&f->w); /* checksum: not ours to judge, senders offload it */
	if (!wire_ok(&f->w))
		return frame_short(f);
	if (len < UDP_HEADER)
		return FRAME_MALFORMED;
	f->out->payload = wire_scope(&f->w, (size_t)len - UDP_HEADER);
	return wire_ok(&f->out->payload) ? FRAME_NONE : frame_short(f);
}

static enum frame_skip ipv4_read(struct frame *f)
{
	struct wire whole = f->w;
	const uint8_t *p = wire_take(&whole, IPV4_HEADER);
	size_t header, total;

	if (!p)
		return frame_short(f);
	header = (size_t)4 * (p[0] & 15u);
	total = load_be16(p + 2);
	if (total == 0)
		total = f->w.left; /* captured before the card split it */
	if (header < IPV4_HEADER || total < header)
		return FRAME_MALFORMED;
	if (load_be16(p + 6) & 0x3fff) /* more fragments, or an offset */
		return FRAME_FRAGMENT;
	if (p[9] != IP_UDP)
		return FRAME_NOT_UDP;
	f->out->source = addr4(p + 12);
	f->out->dest = addr4(p + 16);
	/* What is behind the total length is padding of the link. */
	if (total <= f->w.left)
		f->w = wire_scope(&f->w, total);
	else if (!f->cut)
		return FRAME_MALFORMED;
	if (!wire_take(&f->w, header))
		return frame_short(f);
	return udp_read(f);
}

/* Steps over one extension header; *next becomes the protocol behind it. */
static enum frame_skip extension_skip(struct frame *f, uint8_t *next)
{
	uint8_t kind = *next;
	uint8_t len;

	*next = wire_u8(&f->w);
	len = wire_u8(&f->w);
	if (kind == IPV6_FRAGMENT) {
		uint16_t offset = wire_u16(&f->w);

		wire_take(&f->w, 4);
		/* RFC 6946: an atomic fragment is a whole datagram. */
		return offset & 0xfff9 ? FRAME_FRAGMENT : FRAME_NONE;
	}
	/* AH counts in words of 4 octets without its first two, the others in 8 without the first.
	 */
	wire_take(&f->w, kind == IPV6_AH ? 4 * ((size_t)len + 2) - 2 : 8 * ((size_t)len + 1) - 2);
	return FRAME_NONE;
}

static bool is_extension(uint8_t protocol)
{
	return protocol == IPV6_HOP || protocol == IPV6_ROUTING || protocol == IPV6_FRAGMENT ||
	       protocol == IPV6_AH || protocol == IPV6_DEST;
}

static enum frame_skip ipv6_read(struct frame *f)
{
	enum frame_skip skip = FRAME_NONE;
	const uint8_t *p;
	uint16_t len;
	uint8_t next;

	wire_u32(&f->w); /* version, class, flow label */
	len = wire_u16(&f->w);
	next = wire_u8(&f->w);
	wire_u8(&f->w); /* hop limit */
	p = wire_take(&f->w, 32);
	if (!p)
		return frame_short(f);
	f->out->source = addr_unmapped(p);
	f->out->dest = addr_unmapped(p + 16);
	if (len && len <= f->w.left)
		f->w = wire_scope(&f->w, len);
	else if (len && !f->cut)
		return FRAME_MALFORMED;
	/* Every extension header takes 8 octets or more: the chain ends. */
	while (is_extension(next) && wire_ok(&f->w) && !skip)
		skip = extension_skip(f, &next);
	if (!wire_ok(&f->w))
		return frame_short(f);
	if (skip)
		return skip;
	return next == IP_UDP ? udp_read(f) : FRAME_NOT_UDP;
}

static enum frame_skip ip_read(struct frame *f)
{
	if (f->w.left == 0)
		return frame_short(f);
	switch (f->w.pos[0] >> 4) {
	case 4:
		return ipv4_read(f);
	case 6:
		return ipv6_read(f);
	default:
		return FRAME_NOT_IP;
	}
}

static bool is_vlan(uint16_t etype)
{
	return etype == ETYPE_VLAN || etype == ETYPE_QINQ ||
	       (etype >= ETYPE_QINQ_OLD && etype <= ETYPE_QINQ_LAST && (etype & 0xff) == 0);
}

/* What an EtherType announces: IP, perhaps behind tags. */
static enum frame_skip etype_read(struct frame *f, uint16_t etype)
{
	while (is_vlan(etype)) {
		wire_u16(&f->w);
		etype = wire_u16(&f->w);
	}
	if (!wire_ok(&f->w))
		return frame_short(f);
	return etype == ETYPE_IPV4 || etype == ETYPE_IPV6 ? ip_read(f) : FRAME_NOT_IP;
}

static enum frame_skip ethernet_read(struct frame *f)
{
	wire_take(&f->w, MACS_LEN);
	return etype_read(f, wire_u16(&f->w));
}

/* Packet type, ARPHRD, address length, address; then the protocol. */
static enum frame_skip cooked_read(struct frame *f)
{
	wire_take(&f->w, 14);
	return etype_read(f, wire_u16(&f->w));
}

/* The protocol first; then reserved, interface, ARPHRD, packet type, address length, address. */
static enum frame_skip cooked2_read(struct frame *f)
{
	uint16_t etype = wire_u16(&f->w);

	wire_take(&f->w, 18);
	return etype_read(f, etype);
}

/* Four octets of address family, whose numbers and byte order differ between systems; the version
 * of IP says the same. */
static enum frame_skip loopback_read(struct frame *f)
{
	wire_u32(&f->w);
	return ip_read(f);
}

enum frame_skip udp_frame_find(int link_type, struct wire frame, bool cut, struct udp_frame *out)
{
	struct frame f = {.w = frame, .cut = cut, .out = out};

	switch (link_type) {
	case LINK_ETHERNET:
		return ethernet_read(&f);
	case LINK_COOKED:
		return cooked_read(&f);
	case LINK_COOKED2:
		return cooked2_read(&f);
	case LINK_RAW:
	case LINK_RAW_FILE:
	case LINK_IPV4:
	case LINK_IPV6:
		return ip_read(&f);
	case LINK_LOOPBACK:
	case LINK_LOOP:
		return loopback_read(&f);
	default:
		return FRAME_LINK;
	}
}

const char *frame_skip_token(enum frame_skip skip)
{
	static const char *const tokens[FRAME_SKIP_COUNT] = {
#define X(name, token) [FRAME_##name] = (token),
		FRAME_SKIP_LIST(X)
#undef X
	};

	return (unsigned)skip < FRAME_SKIP_COUNT ? tokens[skip] : "";
}
