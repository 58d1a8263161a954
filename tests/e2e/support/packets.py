"""Packets of our own making, the pcap file that holds them, and what a collector must report of
them: the ground truth, kept while the packets are made."""

import collections
import ipaddress
import random
import struct

ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
ETHERTYPE = {4: 0x0800, 6: 0x86DD}
ETHERNET_OCTETS = 14
PROTO_NAMES = {ICMP: "ICMP", TCP: "TCP", UDP: "UDP", ICMPV6: "IPv6-ICMP"}

# One direction. ICMP has no ports: its type and code stand where Cisco routers put them.
FlowKey = collections.namedtuple("FlowKey", "src dst proto sport dport")


class Totals:
    """What is added up per flow, from its first packet to its last."""

    def __init__(self):
        self.packets = self.octets = self.frame_octets = 0
        self.start_ns, self.end_ns = float("inf"), 0

    def add(self, packets, octets, start_ns, end_ns, frame_octets=0):
        """octets: of the IP packets; frame_octets: of them with their Ethernet header."""
        self.packets += packets
        self.octets += octets
        self.frame_octets += frame_octets
        self.start_ns = min(self.start_ns, start_ns)
        self.end_ns = max(self.end_ns, end_ns)


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _transport(proto, key, payload, tcp_flags, sequence):
    if proto == TCP:
        return struct.pack("!HHIIBBHHH", key.sport, key.dport, sequence, 0, 5 << 4, tcp_flags,
                           65535, 0, 0) + payload
    if proto == UDP:
        return struct.pack("!HHHH", key.sport, key.dport, 8 + len(payload), 0) + payload
    return struct.pack("!BBHHH", key.dport >> 8, key.dport & 0xFF, 0, 77, sequence & 0xFFFF) \
        + payload


_CHECKSUM_AT = {TCP: 16, UDP: 6, ICMP: 2, ICMPV6: 2}


def ip_packet(key, payload, tcp_flags=0x10, sequence=1, ident=1):
    """One whole IP packet with right checksums."""
    src, dst = ipaddress.ip_address(key.src), ipaddress.ip_address(key.dst)
    body = _transport(key.proto, key, payload, tcp_flags, sequence)
    pseudo = src.packed + dst.packed + struct.pack("!IBBBB", len(body), 0, 0, 0, key.proto)
    covered = body if key.proto == ICMP else pseudo + body
    at = _CHECKSUM_AT[key.proto]
    body = body[:at] + struct.pack("!H", checksum(covered)) + body[at + 2:]
    if src.version == 6:
        return struct.pack("!IHBB", 6 << 28, len(body), key.proto, 64) \
            + src.packed + dst.packed + body
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), ident & 0xFFFF, 0x4000, 64,
                         key.proto, 0) + src.packed + dst.packed
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + body


def frame(packet):
    """The packet in an Ethernet frame."""
    ethertype = ETHERTYPE[packet[0] >> 4]
    return bytes.fromhex("020000000002020000000001") + struct.pack("!H", ethertype) + packet


class Traffic:
    """A conversation being made: add packets, then write() them; truth holds what they add up to."""

    def __init__(self, start_s):
        self.truth = collections.defaultdict(Totals)
        self.frames = []
        self._now_us = int(start_s * 1e6)

    def send(self, key, size=0, tcp_flags=0x10, gap_us=10_000):
        packet = ip_packet(key, bytes(size), tcp_flags, len(self.frames) + 1, len(self.frames) + 1)
        whole = frame(packet)
        now_ns = self._now_us * 1000
        self.truth[key].add(1, len(packet), now_ns, now_ns, len(whole))
        self.frames.append((self._now_us, whole))
        self._now_us += gap_us

    def write(self, path):
        with open(path, "wb") as f:
            f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
            for at_us, whole in self.frames:
                f.write(struct.pack("<IIII", at_us // 1_000_000, at_us % 1_000_000, len(whole),
                                    len(whole)))
                f.write(whole)

    @property
    def packets(self):
        return len(self.frames)

    def only(self, version):
        """The truth of one IP version."""
        return {k: v for k, v in self.truth.items()
                if ipaddress.ip_address(k.src).version == version}


def reverse(key):
    return key._replace(src=key.dst, dst=key.src, sport=key.dport, dport=key.sport)


def exchange_tcp(traffic, key, exchanges, rng):
    back = reverse(key)
    traffic.send(key, tcp_flags=0x02)
    traffic.send(back, tcp_flags=0x12)
    traffic.send(key)
    for _ in range(exchanges):
        traffic.send(key, rng.randint(1, 400), 0x18)
        traffic.send(back, rng.randint(100, 1400), 0x18)
    traffic.send(key, tcp_flags=0x11)
    traffic.send(back, tcp_flags=0x11)
    traffic.send(key)


def exchange_udp(traffic, key, exchanges, rng):
    for _ in range(exchanges):
        traffic.send(key, rng.randint(20, 80))
        traffic.send(reverse(key), rng.randint(40, 1200))


def exchange_ping(traffic, src, dst, proto, count):
    ask, answer = (8, 0) if proto == ICMP else (128, 129)
    for _ in range(count):
        traffic.send(FlowKey(src, dst, proto, 0, ask << 8), 56)
        traffic.send(FlowKey(dst, src, proto, 0, answer << 8), 56)


_PLAN = (("10.1.0.%d", "198.51.100.%d", ICMP), ("2001:db8:1::%d", "2001:db8:2::%d", ICMPV6))


def office(start_s, seed=7):
    """124 packets: TCP, UDP and pings of a few hosts, over IPv4 and IPv6."""
    traffic, rng = Traffic(start_s), random.Random(seed)
    for n in (1, 2, 3):
        for client, server, _ in _PLAN:
            exchange_tcp(traffic, FlowKey(client % n, server % 80, TCP, 40000 + n, 443), 2 + n, rng)
            exchange_udp(traffic, FlowKey(client % n, server % 53, UDP, 50000 + n, 53), n, rng)
    for client, server, proto in _PLAN:
        exchange_ping(traffic, client % 4, server % 7, proto, 4)
    return traffic


def read_pcap(path):
    """Yields (UDP payload, source address, source port) of the frames of a pcap file."""
    with open(path, "rb") as f:
        data = f.read()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    link, at = struct.unpack(order + "I", data[20:24])[0], 24
    skip = {1: 14, 101: 0, 113: 16, 276: 20}[link & 0xFFFF]
    while at + 16 <= len(data):
        size = struct.unpack(order + "I", data[at + 8:at + 12])[0]
        payload = _udp_payload(data[at + 16 + skip:at + 16 + size])
        if payload:
            yield payload
        at += 16 + size


def _udp_payload(packet):
    version = packet[0] >> 4
    header = (packet[0] & 15) * 4 if version == 4 else 40
    proto = packet[9] if version == 4 else packet[6]
    if proto != UDP:
        return None
    source = ipaddress.ip_address(packet[12:16] if version == 4 else packet[8:24])
    port, _, size = struct.unpack("!HHH", packet[header:header + 6])
    return packet[header + 8:header + size], str(source), port
