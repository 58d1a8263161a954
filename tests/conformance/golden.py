#!/usr/bin/env python3
"""Decodes the project's own recordings of real exporters, tests/data/golden/<protocol>/<name>.hex,
with `weir decode --format elements` and compares it line by line with <name>.json beside each.

A .hex holds datagrams in hex, a blank line between two; # begins a comment. record.py makes both.
"""

import argparse
import difflib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))
# pylint: disable=wrong-import-position
from support.packets import UDP, FlowKey, Traffic, frame, ip_packet  # noqa: E402
from support.programs import temporary_folder  # noqa: E402

GOLDEN = os.path.join(ROOT, "tests", "data", "golden")
PROTOCOLS = ("netflow5", "netflow9", "ipfix")
# All that a recording does not hold: where its datagrams came from, and when.
SOURCE = FlowKey("192.0.2.1", "192.0.2.2", UDP, 50001, 2055)
ARRIVAL_US = 1_700_000_000_000_000
SHOWN = 20  # lines of a difference


def read_hex(path):
    """The datagrams of a recording."""
    with open(path, encoding="ascii") as f:
        # A line of nothing but a comment parts no datagrams; an empty one does.
        lines = [line.split("#")[0].strip() for line in f if not line.startswith("#")]
    blocks = "\n".join(lines).split("\n\n")
    return [bytes.fromhex(block) for block in blocks if block.strip()]


def decode(weir, datagrams, folder):
    """What weir decode prints of them, line by line."""
    arrived = Traffic(0)
    arrived.frames = [(ARRIVAL_US, frame(ip_packet(SOURCE, d))) for d in datagrams]
    path = os.path.join(folder, "golden.pcap")
    arrived.write(path)
    done = subprocess.run([weir, "decode", "--format", "elements", path], capture_output=True,
                          text=True, timeout=60, check=False)
    if done.returncode:
        raise ValueError("exit status %d: %s" % (done.returncode, done.stderr.strip()))
    return done.stdout.splitlines()


def recordings():
    """(name, path without ending) of every recording, and of expectations without one."""
    for protocol in PROTOCOLS:
        folder = os.path.join(GOLDEN, protocol)
        names = os.listdir(folder) if os.path.isdir(folder) else []
        for stem in sorted({n.rpartition(".")[0] for n in names if n.endswith((".hex", ".json"))}):
            yield "%s/%s" % (protocol, stem), os.path.join(folder, stem)


def differences(weir, path, folder):
    with open(path + ".json", encoding="utf-8") as f:
        want = f.read().splitlines()
    datagrams = read_hex(path + ".hex")
    if not datagrams or not want:
        return ["nothing is in it"]
    return list(difflib.unified_diff(want, decode(weir, datagrams, folder), "expected", "decoded",
                                     lineterm="", n=0))


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    p.add_argument("--weir", default=os.path.join(ROOT, "build", "weir"),
                   help="the program (build/weir)")
    args = p.parse_args()
    passed = failed = 0
    folder = temporary_folder("weir-golden-")
    try:
        for name, path in recordings():
            try:
                found = differences(args.weir, path, folder)
            except (OSError, ValueError, subprocess.SubprocessError) as error:
                found = [str(error)]
            passed, failed = passed + (not found), failed + bool(found)
            print("FAIL %s" % name if found else "ok   %s" % name)
            print("".join("     %s\n" % line for line in found[:SHOWN]), end="")
    finally:
        shutil.rmtree(folder)
    print("%d passed, %d failed" % (passed, failed))
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
