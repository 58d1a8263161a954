#include "collector/blast/element.h"

#include <stddef.h>

#include "collector/blast/put.h"

#define OCTETS(member) ELEMENT_OCTETS, offsetof(struct traffic_flow, member)
#define UINT(member)   ELEMENT_UINT, offsetof(struct traffic_flow, member)
#define AGE(member)    ELEMENT_AGE, offsetof(struct traffic_flow, member)
#define CONSTANT(v)    ELEMENT_CONSTANT, (v)

/* clang-format off */
const struct element elements[ELEMENTS_MAX] = {
	/* v9        IPFIX     IPv6       value */
	{{8, 4},   {8, 4},   {27, 16},  OCTETS(src)},         /* sourceIPv4Address */
	{{12, 4},  {12, 4},  {28, 16},  OCTETS(dst)},         /* destinationIPv4Address */
	{{7, 2},   {7, 2},   {0, 0},    UINT(src_port)},      /* sourceTransportPort */
	{{11, 2},  {11, 2},  {0, 0},    UINT(dst_port)},      /* destinationTransportPort */
	{{4, 1},   {4, 1},   {0, 0},    UINT(protocol)},      /* protocolIdentifier */
	{{1, 4},   {1, 4},   {0, 0},    UINT(octets)},        /* octetDeltaCount */
	{{2, 4},   {2, 4},   {0, 0},    UINT(packets)},       /* packetDeltaCount */
	{{22, 4},  {152, 8}, {0, 0},    AGE(start_age_ms)},   /* flowStartSysUpTime, ..Milliseconds */
	{{21, 4},  {153, 8}, {0, 0},    AGE(end_age_ms)},     /* flowEndSysUpTime, ..Milliseconds */
	{{5, 1},   {5, 1},   {0, 0},    UINT(tos)},           /* ipClassOfService */
	{{6, 1},   {6, 1},   {0, 0},    UINT(tcp_flags)},     /* tcpControlBits */
	{{10, 4},  {10, 2},  {0, 0},    UINT(in_if)},         /* ingressInterface */
	{{14, 4},  {14, 2},  {0, 0},    UINT(out_if)},        /* egressInterface */
	{{16, 4},  {16, 4},  {0, 0},    UINT(src_as)},        /* bgpSourceAsNumber */
	{{17, 4},  {17, 4},  {0, 0},    UINT(dst_as)},        /* bgpDestinationAsNumber */
	{{9, 1},   {9, 1},   {29, 1},   UINT(src_mask)},      /* sourceIPv4PrefixLength */
	{{13, 1},  {13, 1},  {30, 1},   UINT(dst_mask)},      /* destinationIPv4PrefixLength */
	{{15, 4},  {15, 4},  {62, 16},  OCTETS(next_hop)},    /* ipNextHopIPv4Address */
	{{61, 1},  {61, 1},  {0, 0},    CONSTANT(0)},         /* flowDirection: ingress */
	{{58, 2},  {58, 2},  {0, 0},    UINT(vlan)},          /* vlanId */
	{{60, 1},  {60, 1},  {0, 0},    UINT(ip_version)},    /* ipVersion */
	{{32, 2},  {32, 2},  {139, 2},  UINT(icmp)},          /* icmpTypeCodeIPv4 */
	{{56, 6},  {56, 6},  {0, 0},    OCTETS(src_mac)},     /* sourceMacAddress */
	{{80, 6},  {80, 6},  {0, 0},    OCTETS(dst_mac)},     /* destinationMacAddress */
	{{59, 2},  {59, 2},  {0, 0},    UINT(post_vlan)},     /* postVlanId */
	{{52, 1},  {52, 1},  {0, 0},    UINT(ttl)},           /* minimumTTL */
	{{53, 1},  {53, 1},  {0, 0},    UINT(ttl)},           /* maximumTTL */
	{{136, 1}, {136, 1}, {0, 0},    UINT(end_reason)},    /* flowEndReason */
	{{34, 4},  {34, 4},  {0, 0},    CONSTANT(100)},       /* samplingInterval */
	{{35, 1},  {35, 1},  {0, 0},    CONSTANT(2)},         /* samplingAlgorithm: random */
	{{234, 4}, {234, 4}, {0, 0},    UINT(vrf)},           /* ingressVRFID */
	{{235, 4}, {235, 4}, {0, 0},    UINT(vrf)},           /* egressVRFID */
	{{18, 4},  {18, 4},  {63, 16},  OCTETS(next_hop)},    /* bgpNextHopIPv4Address */
	{{89, 1},  {89, 1},  {0, 0},    CONSTANT(64)},        /* forwardingStatus: forwarded */
	{{95, 4},  {95, 4},  {0, 0},    UINT(application)},   /* applicationId */
	{{225, 4}, {225, 4}, {281, 16}, OCTETS(nat_src)},     /* postNATSourceIPv4Address */
	{{226, 4}, {226, 4}, {282, 16}, OCTETS(nat_dst)},     /* postNATDestinationIPv4Address */
	{{227, 2}, {227, 2}, {0, 0},    UINT(src_port)},      /* postNAPTSourceTransportPort */
	{{228, 2}, {228, 2}, {0, 0},    UINT(dst_port)},      /* postNAPTDestinationTransportPort */
	{{229, 1}, {229, 1}, {0, 0},    CONSTANT(1)},         /* natOriginatingAddressRealm */
	{{54, 4},  {54, 4},  {0, 0},    UINT(number)},        /* fragmentIdentification */
	{{88, 2},  {88, 2},  {0, 0},    CONSTANT(0)},         /* fragmentOffset */
	{{70, 3},  {70, 3},  {0, 0},    UINT(label)},         /* mplsTopLabelStackSection */
	{{71, 3},  {71, 3},  {0, 0},    CONSTANT(0)},         /* mplsLabelStackSection2: none */
	{{72, 3},  {72, 3},  {0, 0},    CONSTANT(0)},         /* mplsLabelStackSection3: none */
	{{31, 4},  {31, 4},  {0, 0},    UINT(flow_label)},    /* flowLabelIPv6 */
	{{184, 4}, {184, 4}, {0, 0},    UINT(tcp_sequence)},  /* tcpSequenceNumber */
	{{185, 4}, {185, 4}, {0, 0},    UINT(tcp_ack)},       /* tcpAcknowledgementNumber */
	{{186, 2}, {186, 2}, {0, 0},    UINT(tcp_window)},    /* tcpWindowSize */
	{{176, 1}, {176, 1}, {178, 1},  UINT(icmp_type)},     /* icmpTypeIPv4 */
	{{177, 1}, {177, 1}, {179, 1},  UINT(icmp_code)},     /* icmpCodeIPv4 */
	{{252, 4}, {252, 4}, {0, 0},    UINT(in_if)},         /* ingressPhysicalInterface */
	{{253, 4}, {253, 4}, {0, 0},    UINT(out_if)},        /* egressPhysicalInterface */
	{{243, 2}, {243, 2}, {0, 0},    UINT(vlan)},          /* dot1qVlanId */
	{{244, 1}, {244, 1}, {0, 0},    CONSTANT(5)},         /* dot1qPriority */
	{{256, 2}, {256, 2}, {0, 0},    UINT(ethertype)},     /* ethernetType */
	{{224, 8}, {224, 8}, {0, 0},    UINT(frame_octets)},  /* ipTotalLength */
	{{148, 8}, {148, 8}, {0, 0},    UINT(number)},        /* flowId */
	{{138, 4}, {138, 4}, {0, 0},    CONSTANT(7)},         /* observationPointId */
	{{64, 4},  {64, 4},  {0, 0},    CONSTANT(0)},         /* ipv6ExtensionHeaders */
};
/* clang-format on */

struct element_spec element_spec(const struct element *e, bool netflow9, bool ipv6)
{
	if (ipv6 && e->ipv6.id)
		return e->ipv6;
	return netflow9 ? e->netflow9 : e->ipfix;
}

uint8_t *element_put(const struct element *e, struct element_spec spec,
		     const struct traffic_flow *f, uint8_t *p)
{
	const uint8_t *member = (const uint8_t *)f + e->at;
	uint32_t v;

	if (e->form == ELEMENT_OCTETS)
		return put_octets(p, member, spec.len);
	if (e->form == ELEMENT_CONSTANT)
		return put_uint(p, e->at, spec.len);
	memcpy(&v, member, sizeof(v));
	return put_uint(p, v, spec.len);
}
