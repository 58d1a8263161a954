"""What other people's decoders make of a capture: tshark's and nfdump's view of the same octets."""

import collections
import csv
import os
import re
import socket
import subprocess
import time

from .programs import Program, find, free_port, wait_for


def _tshark(path, *more):
    return subprocess.run([find("tshark"), "-r", path, "-n", "-o", "cflow.max_template_fields:0",
                           *more], check=True,
                          capture_output=True, text=True, errors="replace", timeout=300).stdout


def tshark_fields(path, names):
    """{name: every value in the file, in order}."""
    rows = _tshark(path, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a",
                   "-E", "aggregator=|", *(word for name in names for word in ("-e", name)))
    found = {name: [] for name in names}
    for row in rows.splitlines():
        for name, cell in zip(names, row.split("\t")):
            found[name] += cell.split("|") if cell else []
    return found


def tshark_records(path):
    """({(source, Set id): data records}, sources in whose datagrams it gave up)."""
    records, failed, source, number = collections.Counter(), set(), None, 0
    for line in _tshark(path, "-V").splitlines():
        if line.startswith("Internet Protocol Version 4"):
            source = re.search(r"Src: ([0-9.]+)", line).group(1)
        elif re.match(r"    (Flow)?Set \d+ \[id=\d+\]", line):
            number = int(re.search(r"\[id=(\d+)\]", line).group(1))
        elif re.match(r"        Flow \d+( |$)", line):
            records[source, number] += 1
        elif line.startswith("[Malformed Packet") or "no template found" in line:
            failed.add(source)
    return records, failed


def nfdump_flows(directory, datagrams):
    """The rows of nfdump's CSV, of datagrams sent to a nfcapd on loopback."""
    flows = os.path.join(directory, "nfcapd")
    os.mkdir(flows)
    port = free_port(socket.SOCK_DGRAM)
    nfcapd = Program([find("nfcapd"), "-b", "127.0.0.1", "-p", port, "-w", flows, "-t", "3600",
                      "-B", 4 << 20], directory, "nfcapd")
    try:
        wait_for("nfcapd to listen", lambda: _is_bound(port))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            for octets in datagrams:
                s.sendto(octets, ("127.0.0.1", port))
                time.sleep(0.001)
        wait_for("nfcapd to read its socket", lambda: _waiting_octets(port) == 0)
        nfcapd.stop()
    finally:
        nfcapd.kill()
    out = subprocess.run([find("nfdump"), "-R", flows, "-N", "-o", "csv"], check=True,
                         capture_output=True, text=True, timeout=120).stdout
    return list(csv.DictReader(out.partition("\nSummary")[0].splitlines()))


def _udp_row(port):
    with open("/proc/net/udp", encoding="ascii") as f:
        for line in f:
            words = line.split()
            if words[1].endswith(":%04X" % port):
                return words
    return None


def _is_bound(port):
    return _udp_row(port) is not None


def _waiting_octets(port):
    return int(_udp_row(port)[4].split(":")[1], 16)
