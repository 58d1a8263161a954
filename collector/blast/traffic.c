#include "collector/blast/traffic.h"

#include <string.h>

#include "collector/blast/put.h"

#define FRAME_OCTETS_MIN 132u /* so that the 128 octets of header that agents send are there */
#define FRAME_OCTETS_MAX 1518u

/* SplitMix64: any state is good, neighbouring states too. */
static uint64_t dice(uint64_t *state)
{
	uint64_t v = *state += 0x9e3779b97f4a7c15u;

	v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9u;
	v = (v ^ v >> 27) * 0x94d049bb133111ebu;
	return v ^ v >> 31;
}

static uint32_t between(uint64_t *state, uint32_t min, uint32_t max)
{
	return min + (uint32_t)((dice(state) >> 32) * (max - min + 1u) >> 32);
}

static void address(uint64_t *state, bool ipv6, uint8_t net, uint8_t out[16])
{
	static const uint8_t documentation[4] = {0x20, 0x01, 0x0d, 0xb8}; /* RFC 3849 */
	uint64_t host = dice(state);

	memset(out, 0, 16);
	if (ipv6) {
		put_octets(out, documentation, sizeof(documentation));
		out[5] = net;
		put_u64(out + 8, host);
		return;
	}
	put_u32(out, (uint32_t)net << 24 | (uint32_t)(host >> 40));
}

static void addresses(uint64_t *state, struct traffic_flow *f)
{
	address(state, f->ipv6, 10, f->src);
	address(state, f->ipv6, 10, f->dst);
	address(state, f->ipv6, 10, f->next_hop);
	address(state, f->ipv6, 10, f->nat_src);
	address(state, f->ipv6, 10, f->nat_dst);
	put_uint(f->src_mac, dice(state), 6);
	put_uint(f->dst_mac, dice(state), 6);
	f->src_mac[0] = 0x02; /* locally administered */
	f->dst_mac[0] = 0x02;
	f->ip_version = f->ipv6 ? 6 : 4;
	f->ethertype = f->ipv6 ? 0x86dd : 0x0800;
	f->src_mask = f->ipv6 ? between(state, 32, 64) : between(state, 8, 32);
	f->dst_mask = f->ipv6 ? between(state, 32, 64) : between(state, 8, 32);
	f->flow_label = f->ipv6 ? between(state, 1, 0xfffff) : 0;
}

static void icmp(uint64_t *state, struct traffic_flow *f)
{
	f->protocol = f->ipv6 ? TRAFFIC_PROTOCOL_ICMPV6 : TRAFFIC_PROTOCOL_ICMP;
	f->icmp_type = f->ipv6 ? 1 : 3; /* destination unreachable */
	f->icmp_code = between(state, 0, 3);
	f->icmp = f->icmp_type << 8 | f->icmp_code;
	f->src_port = 0;
	f->dst_port = f->icmp;
}

static void tcp(uint64_t *state, struct traffic_flow *f)
{
	f->protocol = TRAFFIC_PROTOCOL_TCP;
	f->tcp_flags = between(state, 1, 0x1f);
	f->tcp_sequence = (uint32_t)dice(state);
	f->tcp_ack = (uint32_t)dice(state);
	f->tcp_window = between(state, 1024, 65535);
}

/* One in 20 is ICMP, 7 are UDP, the rest TCP. */
static void transport(uint64_t *state, struct traffic_flow *f)
{
	uint32_t kind = between(state, 0, 19);

	f->src_port = between(state, 1024, 65535);
	f->dst_port = between(state, 1, 1023);
	if (kind == 0)
		icmp(state, f);
	else if (kind < 8)
		f->protocol = TRAFFIC_PROTOCOL_UDP;
	else
		tcp(state, f);
}

static void volume(uint64_t *state, struct traffic_flow *f)
{
	f->packets = between(state, 1, 1000);
	f->octets = f->packets * between(state, 40, 1460);
	f->end_age_ms = between(state, 1, 15000);
	f->start_age_ms = f->end_age_ms + between(state, 0, 60000);
	f->frame_octets = between(state, FRAME_OCTETS_MIN, FRAME_OCTETS_MAX);
	f->end_reason = between(state, 1, 5);
}

static void path(uint64_t *state, struct traffic_flow *f)
{
	f->tos = between(state, 0, 63) << 2;
	f->ttl = between(state, 1, 255);
	f->in_if = between(state, 1, 500);
	f->out_if = between(state, 1, 500);
	f->src_as = between(state, 64512, 65534); /* private use, RFC 6996 */
	f->dst_as = between(state, 64512, 65534);
	f->vlan = between(state, 1, 4094);
	f->post_vlan = between(state, 1, 4094);
	f->vrf = between(state, 1, 64);
	f->application = 3u << 24 | f->dst_port;
	f->label = between(state, 16, 0xfffff) << 4 | 1;
}

void traffic_flow(uint64_t seed, uint32_t number, bool ipv6, struct traffic_flow *out)
{
	uint64_t state = seed ^ (uint64_t)number << 32;

	dice(&state); /* part the neighbours of small seeds */
	*out = (struct traffic_flow){.ipv6 = ipv6, .number = number};
	addresses(&state, out);
	transport(&state, out);
	volume(&state, out);
	path(&state, out);
}
