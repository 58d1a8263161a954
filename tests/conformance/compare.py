#!/usr/bin/env python3
"""Decodes every capture of a corpus with `weir decode --format elements` and compares record by
record, field by field and value by value with what independent decoders say is in it.

The corpus is a folder with captures/<name>.pcap and expected/<name>.json (see its README.md for the
form). Records are compared in order for each exporter and domain. Fails on any difference.
"""

import argparse
import ipaddress
import json
import math
import os
import subprocess
import sys
from collections import defaultdict

SHOWN = 5  # differences of one capture


class Tally:
    def __init__(self):
        self.expected = self.decoded = self.equal = 0
        self.fields = self.fields_equal = 0
        self.differences = []

    def differ(self, what):
        self.differences.append(what)

    def add(self, other):
        for name in ("expected", "decoded", "equal", "fields", "fields_equal"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.differences += other.differences


def pairs_once(pairs):
    """An object whose keys are all different: JSON allows others, we do not."""
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("a key occurs twice: %s" % sorted(k for k, _ in pairs))
    return out


def parse(line):
    return json.loads(line, object_pairs_hook=pairs_once)


def same_address(a, b):
    try:
        return ipaddress.ip_address(a) == ipaddress.ip_address(b)
    except ValueError:
        return False


def same(name, want, got):
    if isinstance(want, list) and isinstance(got, list):
        return len(want) == len(got) and all(same(name, w, g) for w, g in zip(want, got))
    if isinstance(want, dict) and isinstance(got, dict):
        return want.keys() == got.keys() and all(same(k, want[k], got[k]) for k in want)
    if isinstance(want, bool) or isinstance(got, bool):
        return want is got
    if isinstance(want, float) or isinstance(got, float):
        return (isinstance(want, (int, float)) and isinstance(got, (int, float))
                and math.isclose(want, got, rel_tol=1e-6))
    if isinstance(want, int) and isinstance(got, int):
        # The last bits of an NTP fraction mean nothing: one microsecond is allowed.
        slack = 1 if name.endswith("Microseconds") else 1000 if name.endswith("Nanoseconds") else 0
        return abs(want - got) <= slack
    if isinstance(want, str) and isinstance(got, str):
        return want == got or same_address(want, got)
    return False


def same_fields(tally, where, want, got):
    """Counts the fields; true if they are the same ones with the same values."""
    equal = True
    for name, value in want.items():
        tally.fields += 1
        if name in got and same(name, value, got[name]):
            tally.fields_equal += 1
            continue
        equal = False
        tally.differ("%s %s: want %s, got %s" % (where, name, json.dumps(value)[:80],
                                                  json.dumps(got.get(name))[:80]))
    for name in got.keys() - want.keys():
        equal = False
        tally.differ("%s %s: not expected, got %s" % (where, name, json.dumps(got[name])[:80]))
    return equal


def same_derived(tally, where, want, got):
    equal = True
    for name, value in want.items():
        tally.fields += 1
        if abs(got.get(name, -(1 << 62)) - value) <= 1:
            tally.fields_equal += 1
            continue
        equal = False
        tally.differ("%s derived %s: want %s, got %s" % (where, name, value, got.get(name)))
    return equal


def same_elements(tally, where, want, got):
    equal = len(want) == len(got)
    if not equal:
        tally.differ("%s: want %d elements, got %d" % (where, len(want), len(got)))
    for n, (w, g) in enumerate(zip(want, got), 1):
        for key in ("tag", "name"):
            if w[key] != g[key]:
                equal = False
                tally.differ("%s element %d %s: want %s, got %s" % (where, n, key, w[key], g[key]))
        equal &= same_fields(tally, "%s element %d" % (where, n), w["fields"], g["fields"])
    return equal


def same_record(tally, where, want, got):
    equal = True
    if want["set"] != got["set"]:
        equal = False
        tally.differ("%s set: want %s, got %s" % (where, want["set"], got["set"]))
    if want.get("options", False) != (got.get("kind") == "options"):
        equal = False
        tally.differ("%s: options data for one, not for the other" % where)
    if want.get("tag") != got.get("tag"):
        equal = False
        tally.differ("%s tag: want %s, got %s" % (where, want.get("tag"), got.get("tag")))
    equal &= same_fields(tally, where, want["fields"], got["fields"])
    equal &= same_derived(tally, where, want.get("derived", {}), got.get("derived", {}))
    if "elements" in want:
        equal &= same_elements(tally, where, want["elements"], got.get("elements", []))
    return equal


def by_scope(records, exporters, scope):
    scopes = defaultdict(list)
    for record in records:
        if record["exporter"] in exporters:
            scopes[scope(record)].append(record)
    return scopes


def address(text):
    return str(ipaddress.ip_address(text))


def want_scope(record):
    return address(record["exporter"]), record.get("domain")


def got_scope(record):
    # The corpus names domains where templates have them.
    return address(record["exporter"]), record["domain"] if record["version"] in (9, 10) else None


def compare_records(tally, expected, records):
    exporters = {e["address"] for e in expected["exporters"] if e.get("role") != "malformed"}
    want = by_scope(expected["records"], exporters, want_scope)
    got = by_scope(records, exporters, got_scope)
    for scope in sorted(set(want) | set(got), key=str):
        w, g = want.get(scope, []), got.get(scope, [])
        name = "%s/%s" % scope if scope[1] is not None else scope[0]
        tally.expected += len(w)
        tally.decoded += len(g)
        if len(w) != len(g):
            tally.differ("%s: want %d records, got %d" % (name, len(w), len(g)))
        for n, pair in enumerate(zip(w, g), 1):
            tally.equal += same_record(tally, "%s #%d" % (name, n), *pair)


def compare_counts(tally, expected, summary, waited):
    counts = dict(expected["counts"])
    recoverable = counts.pop("records_recoverable_by_buffering", 0)
    if "data_records" in counts:
        counts["data_records"] += waited
        if waited > recoverable:
            tally.differ("%d records came out of waiting, %d are there" % (waited, recoverable))
    for name, value in counts.items():
        if name.startswith(("sentinel_", "malformed_exporter_")):
            continue
        if summary.get(name) != value:
            tally.differ("summary %s: want %s, got %s" % (name, value, summary.get(name)))


def accepted(expected, records, summary):
    """The corpus also takes a datagram as refused, if it was counted."""
    malformed = expected["counts"].get("malformed_datagrams", 0)
    return ("accept" in expected and not records and malformed
            and summary.get("malformed_datagrams") == malformed)


def run_decode(weir, form, capture):
    """(lines but the last, summary) of weir decode."""
    done = subprocess.run([weir, "decode", "--format", form, capture], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    if done.returncode:
        raise ValueError("exit status %d: %s" % (done.returncode,
                                                 done.stderr.decode(errors="replace").strip()))
    lines = [parse(line) for line in done.stdout.decode().splitlines()]
    if not lines or "summary" not in lines[-1]:
        raise ValueError("no summary at the end")
    return lines[:-1], lines[-1]["summary"]


def compare(weir, capture, expected):
    tally = Tally()
    try:
        lines, summary = run_decode(weir, "elements", capture)
    except (ValueError, KeyError, subprocess.TimeoutExpired) as why:
        tally.expected = len(expected["records"])
        tally.differ(str(why))
        return tally
    records = [r for r in lines if not r.get("waited")]
    if not accepted(expected, records, summary):
        compare_records(tally, expected, records)
    compare_counts(tally, expected, summary, len(lines) - len(records))
    return tally


def families(expected):
    names = set()
    for protocol in expected["protocol"].split("+"):
        names.add("sflow" if "sflow" in protocol else "ipfix" if "ipfix" in protocol else "netflow")
    return names


ROW = "%-38s %8s %8s %8s %9s %9s  %s"


def show(name, tally):
    print(ROW % (name, tally.expected, tally.decoded, tally.equal, tally.fields,
                 tally.fields_equal, "DIFFERS" if tally.differences else "ok"))


def chosen(corpus, args):
    for file in sorted(os.listdir(os.path.join(corpus, "expected"))):
        name = os.path.splitext(file)[0]
        with open(os.path.join(corpus, "expected", file), encoding="utf-8") as f:
            expected = json.load(f)
        if (not args.captures or name in args.captures) and families(expected) & args.only:
            yield name, expected


def capture_of(corpus, name):
    return os.path.join(corpus, "captures", name + ".pcap")


def arguments(doc=__doc__):
    p = argparse.ArgumentParser(description=doc.split("\n\n", maxsplit=1)[0])
    p.add_argument("--weir", default="build/weir", help="the program (build/weir)")
    p.add_argument("--corpus", default=os.environ.get("CORPUS"), help="its folder (or $CORPUS)")
    p.add_argument("--only", default="netflow,ipfix,sflow",
                   type=lambda words: set(words.split(",")), help="netflow,ipfix,sflow: some of them")
    p.add_argument("-v", "--verbose", action="store_true", help="show every difference")
    p.add_argument("captures", nargs="*", help="names of captures (all)")
    args = p.parse_args()
    if not args.corpus or not os.path.isdir(os.path.join(args.corpus, "expected")):
        sys.exit("*** NOTHING WAS COMPARED: no corpus at %r.\n"
                 "*** Say where it is: make conformance CORPUS=DIR" % args.corpus)
    return args


def main():
    args = arguments()
    total, captures, good = Tally(), 0, 0
    print(ROW % ("capture", "expected", "decoded", "equal", "fields", "equal", ""))
    for name, expected in chosen(args.corpus, args):
        tally = compare(args.weir, capture_of(args.corpus, name), expected)
        show(name, tally)
        for line in tally.differences[:None if args.verbose else SHOWN]:
            print("    " + line)
        if len(tally.differences) > SHOWN and not args.verbose:
            print("    ... and %d more" % (len(tally.differences) - SHOWN))
        total.add(tally)
        captures += 1
        good += not tally.differences
    show("total", total)
    print("%d of %d captures equal" % (good, captures))
    if not captures:
        sys.exit("*** NOTHING WAS COMPARED: no capture of that name or protocol")
    return 0 if good == captures else 1


if __name__ == "__main__":
    sys.exit(main())
