"""Small export datagrams made by hand, for the cases that no exporter would send on purpose."""

import ipaddress
import struct
import time


def v5(records=1, sequence=0, dst_port=443):
    """NetFlow v5; record i is 10.0.0.1:(1000+i) -> 10.0.0.2:dst_port, 1 packet of 100 octets."""
    now = time.time()
    header = struct.pack("!HHIIIIBBH", 5, records, 60_000, int(now), 0, sequence, 0, 0, 0)
    return header + b"".join(struct.pack(
        "!4s4s4sHHIIIIHHBBBBHHBBH", _ip("10.0.0.1"), _ip("10.0.0.2"), _ip("0.0.0.0"), 1, 2, 1, 100,
        50_000, 59_000, 1000 + i, dst_port, 0, 0x18, 6, 0, 0, 0, 0, 0, 0) for i in range(records))


def _ip(text):
    return ipaddress.ip_address(text).packed


_FIELDS = ((8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (1, 4), (2, 4))


def flow_set(number, body):
    """One Set (FlowSet) with its header."""
    return struct.pack("!HH", number, 4 + len(body)) + body


def template_body(number=256, fields=_FIELDS):
    return struct.pack("!HH", number, len(fields)) + b"".join(
        struct.pack("!HH", *field) for field in fields)


def data_body(records):
    return b"".join(struct.pack("!4s4sHHBII", _ip("10.0.0.1"), _ip("10.0.0.2"), 1000 + i, 443, 17,
                                100, 1) for i in range(records))


def ipfix(*sets, sequence=0, domain=0, version=10, length=None):
    body = b"".join(sets)
    return struct.pack("!HHIII", version, 16 + len(body) if length is None else length,
                       int(time.time()), sequence, domain) + body


def v9(*sets, sequence=0, domain=0, count=1):
    return struct.pack("!HHIIII", 9, count, 60_000, int(time.time()), sequence, domain) \
        + b"".join(sets)


def sflow(packet_frame=None, agent="192.0.2.1", sequence=0):
    """sFlow v5 with one flow sample of one raw Ethernet header, or none."""
    samples = b""
    if packet_frame:
        padded = packet_frame + bytes(-len(packet_frame) % 4)
        record = struct.pack("!IIII", 1, len(packet_frame), 0, len(packet_frame)) + padded
        body = struct.pack("!IIIIIIII", 1, 3, 1, 1, 0, 1, 2, 1) \
            + struct.pack("!II", 1, len(record)) + record
        samples = struct.pack("!II", 1, len(body)) + body
    return struct.pack("!II4sIIII", 5, 1, _ip(agent), 0, sequence, 60_000,
                       1 if samples else 0) + samples
