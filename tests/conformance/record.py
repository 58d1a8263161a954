#!/usr/bin/env python3
"""Records anew what golden.py compares: runs the real exporters over traffic whose truth is known,
keeps their datagrams as they arrive, and what weir decode says of them.

Writes nothing of an exporter unless weir tells exactly the flows, packets and octets that are in
the traffic, and times within it. Wants softflowd and pmacctd: make deps. Times differ at each run.
"""

import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import time

from golden import GOLDEN, ROOT, decode, temporary_folder
from support import exporters
from support.packets import (ICMP, ICMPV6, TCP, UDP, FlowKey, Totals, Traffic, exchange_ping,
                             exchange_tcp, exchange_udp)
from support.programs import end_all, find

PCAP = "traffic.pcap"  # softflowd exports this name, as that of its interface
SLACK_MS = 1500  # NetFlow v9 headers count seconds
OCTETS_A_LINE = 32
# Without -A, softflowd's IPFIX tells times as an uptime, which is negative (and wraps) for packets
# of a file, as they are older than itself.
RECORDED = (
    ("netflow5", 5, exporters.softflowd, ()), ("netflow9", 9, exporters.softflowd, ()),
    ("ipfix", 10, exporters.softflowd, ("-A", "milli")),
    ("netflow5", 5, exporters.nfprobe, ()), ("netflow9", 9, exporters.nfprobe, ()),
    ("ipfix", 10, exporters.nfprobe, ()),
)


def conversations(start_s):
    """One of each kind: few enough for a person to read the recording."""
    traffic, rng = Traffic(start_s), random.Random(7)
    exchange_tcp(traffic, FlowKey("10.1.0.1", "198.51.100.80", TCP, 40001, 443), 2, rng)
    exchange_udp(traffic, FlowKey("2001:db8:1::1", "2001:db8:2::53", UDP, 50001, 53), 2, rng)
    exchange_ping(traffic, "10.1.0.4", "198.51.100.7", ICMP, 2)
    exchange_ping(traffic, "2001:db8:1::4", "2001:db8:2::7", ICMPV6, 2)
    return traffic


def version_of(exporter):
    if exporter is exporters.nfprobe:
        return "pmacctd %d.%d.%d" % exporters.pmacct_version()
    said = subprocess.run([find("softflowd"), "-h"], capture_output=True, text=True, check=False)
    return "softflowd " + re.search(r"version ([\d.]+\d)", said.stdout + said.stderr).group(1)


def run(exporter, folder, version, more):
    """The datagrams that an exporter sends, and the command (with its configuration)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
        program = exporter(folder, PCAP, port, version, *more)
        status = program.wait(40)
        if status != 0:
            raise ValueError("exit status %d\n%s" % (status, program.tail()))
        datagrams = list(waiting(s))
    argv = [os.path.basename(program.argv[0])] + program.argv[1:]
    lines = ["$ " + " ".join(argv)]
    if "-f" in argv:
        with open(argv[argv.index("-f") + 1], encoding="utf-8") as f:
            lines += f.read().splitlines()
    return datagrams, [line.replace(folder + os.sep, "").replace(":%d" % port, ":PORT")
                       for line in lines]


def waiting(s):
    """What a socket holds: on loopback nothing is under way once the sender has ended."""
    s.setblocking(False)
    try:
        while True:
            yield s.recv(65535)
    except BlockingIOError:
        pass


def key_of(fields):
    """Like flow_key() of support/weir.py, of information elements."""
    ports = fields.get("sourceTransportPort", 0), fields.get("destinationTransportPort", 0)
    told = fields.get("icmpTypeCodeIPv4", fields.get("icmpTypeCodeIPv6"))
    if told is not None:
        ports = 0, told
    return FlowKey(fields.get("sourceIPv4Address", fields.get("sourceIPv6Address")),
                   fields.get("destinationIPv4Address", fields.get("destinationIPv6Address")),
                   fields["protocolIdentifier"], *ports)


def check(lines, truth):
    """ValueError unless they tell the truth: each flow once, its packets, octets and time."""
    records = [json.loads(line) for line in lines]
    summary = records.pop()["summary"]
    told = {}
    flows = [r for r in records if r["kind"] == "data"]
    for flow in flows:
        fields, derived = flow["fields"], flow["derived"]
        told.setdefault(key_of(fields), Totals()).add(
            fields["packetDeltaCount"], fields["octetDeltaCount"],
            derived["flow_start_ms"] * 1_000_000, derived["flow_end_ms"] * 1_000_000)
    want = {k: (t.packets, t.octets) for k, t in truth.items()}
    got = {k: (t.packets, t.octets) for k, t in told.items()}
    if want != got or len(flows) != len(truth):
        raise ValueError("in the traffic: %s\ntold, in %d flows: %s" % (want, len(flows), got))
    since, until = min(t.start_ns for t in truth.values()), max(t.end_ns for t in truth.values())
    for key, t in told.items():
        if not since - SLACK_MS * 1e6 <= t.start_ns <= t.end_ns <= until + SLACK_MS * 1e6:
            raise ValueError("%s: not when there was traffic" % (key,))
    if summary["malformed_datagrams"] or summary["data_sets_without_template"]:
        raise ValueError("not all of it was read: %s" % summary)


def private(datagrams, folder):
    """Whether something of this machine is inside."""
    names = (folder, ROOT, os.path.expanduser("~"), socket.gethostname())
    return [name for name in names if len(name) > 3 and name.encode() in b"".join(datagrams)]


def write(protocol, name, comments, datagrams, lines):
    path = os.path.join(GOLDEN, protocol, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".hex", "w", encoding="ascii") as f:
        f.write("".join("# %s\n" % line for line in comments))
        for number, datagram in enumerate(datagrams, 1):
            f.write("\n# datagram %d, %d octets\n" % (number, len(datagram)))
            for at in range(0, len(datagram), OCTETS_A_LINE):
                f.write(datagram[at:at + OCTETS_A_LINE].hex() + "\n")
    with open(path + ".json", "w", encoding="utf-8") as f:
        f.write("".join(line + "\n" for line in lines))


def record(weir, folder, protocol, version, exporter, more):
    # Recent, as NetFlow v5 and v9 count 32 bits of milliseconds: 49 days.
    traffic = conversations(int(time.time()) - 60)
    traffic.write(PCAP)
    datagrams, command = run(exporter, folder, version, more)
    lines = decode(weir, datagrams, folder)
    check(lines, traffic.only(4) if version == 5 else traffic.truth)
    if private(datagrams, folder):
        raise ValueError("it tells of this machine: %s" % private(datagrams, folder))
    comments = ["Recorded by tests/conformance/record.py from %s:" % version_of(exporter)] + command
    write(protocol, exporter.__name__, comments, datagrams, lines)
    return len(datagrams)


def main():
    weir = os.path.join(ROOT, "build", "weir")
    folder, failed = temporary_folder("weir-record-"), 0
    os.chdir(folder)  # for PCAP to be a name without a folder
    try:
        for protocol, version, exporter, more in RECORDED:
            name = "%s/%s" % (protocol, exporter.__name__)
            try:
                print("%s: %d datagrams" % (
                    name, record(weir, folder, protocol, version, exporter, more)))
            except (OSError, ValueError, KeyError) as error:
                failed += 1
                print("NOT WRITTEN %s: %r" % (name, error))
    finally:
        end_all()
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
