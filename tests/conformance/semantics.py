#!/usr/bin/env python3
"""Decodes the captures of a corpus whose expected files say what their records mean, and compares
the flows of `weir decode --format json` with that: sampling rates by what options told, MPLS labels,
two-way flows, sampled frames, and what other collectors made of the same datagrams.

The corpus is that of compare.py. Fails on any difference; kinds of meaning that have no rule here
are named, not passed over.
"""

import json
import sys
from collections import Counter

from compare import arguments, capture_of, chosen, run_decode

SHOWN = 5  # differences of one capture


class Capture:
    """A capture's flows beside its data records, in the order of the file."""

    def __init__(self, weir, path, expected):
        flows, _ = run_decode(weir, "json", path)
        self.flows = flows
        # number in the corpus, from 1 -> flow
        numbers = [n for n, r in enumerate(expected["records"], 1) if not r.get("options")]
        self.by_number = dict(zip(numbers, flows))
        self.records = {n: expected["records"][n - 1]["fields"] for n in numbers}
        if len(numbers) != len(flows):
            raise ValueError("%d data records, %d flows" % (len(numbers), len(flows)))

    def chosen(self, which):
        """(number, flow) of the records that an entry is about."""
        if which == "data":
            return self.by_number.items()
        return [(n, self.by_number[n]) for n in which]


def want(where, name, value, got):
    if value != got:
        yield "%s %s: want %s, got %s" % (where, name, json.dumps(value), json.dumps(got))


def rate_of(flow):
    """A decoder that knows no rate says 1; weir says nothing (schema.md: 0 is unknown)."""
    return flow.get("sampling_rate", 1)


def sampling_rate(capture, entry):
    for n, flow in capture.chosen(entry["records"]):
        yield from want("#%d" % n, "sampling_rate", entry["value"], rate_of(flow))


def sampling(capture, entry):
    for n, flow in capture.by_number.items():
        told = entry["value"].get(str(capture.records[n].get(entry["by"])))
        if told:
            yield from want("#%d" % n, "sampling_rate", told["samplingInterval"], rate_of(flow))


def mpls_label(capture, entry):
    for n, flow in capture.chosen(entry["records"]):
        yield from want("#%d" % n, "top label", entry["value"], flow.get("mpls_label", [None])[0])


def mpls_labels(capture, entry):
    for (n, flow), value in zip(capture.chosen(entry["records"]), entry["value"]):
        yield from want("#%d" % n, "mpls_label", value, flow.get("mpls_label"))


# What an oracle calls it -> what weir calls it.
FRAME = {"sourceIPv4Address": "src_addr", "destinationIPv4Address": "dst_addr",
         "vlan": "vlan_id", "sourceTransportPort": "src_port",
         "destinationTransportPort": "dst_port", "sourceMacAddress": "src_mac",
         "destinationMacAddress": "dst_mac", "ipTTL": "ip_ttl"}


def frame(capture, entry):
    for n, flow in capture.chosen(entry["records"]):
        for theirs, ours in FRAME.items():
            if theirs in entry["value"]:
                yield from want("#%d" % n, ours, entry["value"][theirs], flow.get(ours))


PROTO = {"ICMP": 1, "TCP": 6, "UDP": 17, "IPv6-ICMP": 58, "VRRP": 112}
PMACCT = {name.lower(): number for name, number in PROTO.items()}


def uniflow(flow, reverse):
    ends = [(flow["src_addr"], flow.get("src_port", 0)), (flow["dst_addr"], flow.get("dst_port", 0))]
    (src, sport), (dst, dport) = reversed(ends) if reverse else ends
    back = "_in" if reverse else ""
    return (src, dst, sport, dport, PROTO[flow["proto"]], flow.get("packets" + back, 0),
            flow.get("bytes" + back, 0))


def uniflows(capture, entry):
    """Each two-way flow is two: 9 and 10 forward, 113 and 115 reverse (schema.md section 4)."""
    got = [uniflow(f, False) for f in capture.flows]
    got += [uniflow(f, True) for f in capture.flows if f.get("packets_in")]
    theirs = Counter(tuple(v) for v in entry["value"])
    for v in theirs - Counter(got):
        yield "want the flow %s" % (v,)
    for v in Counter(got) - theirs:
        yield "the flow %s is not expected" % (v,)


def enriched_key(value):
    labels = tuple(int(v.split("-")[1]) for v in value.get("mpls_label_stack", []))
    return (value["ip_src"], value["ip_dst"], value.get("port_src", 0), value.get("port_dst", 0),
            PMACCT[value["ip_proto"]], value["iface_in"], value["iface_out"], labels)


def flow_key(flow, columns):
    port = "port_src" in columns
    return (flow["src_addr"], flow["dst_addr"], flow.get("src_port", 0) if port else 0,
            flow.get("dst_port", 0) if port else 0, PROTO[flow["proto"]], flow["in_if"],
            flow["out_if"], tuple(flow.get("mpls_label", [])) if "mpls_label_stack" in columns
            else ())


def summed(rows):
    sums = {}
    for key, packets, octets in rows:
        before = sums.get(key, (0, 0))
        sums[key] = (before[0] + packets, before[1] + octets)
    return sums


def enriched(capture, entry):
    """Aggregated, and multiplied by the sampling rate, as pmacct does."""
    theirs = summed((enriched_key(v), v["packets"], v["bytes"]) for v in entry["value"])
    got = summed((flow_key(f, entry["value"][0]), f["packets"] * rate_of(f),
                  f["bytes"] * rate_of(f)) for f in capture.flows)
    for key in theirs.keys() | got.keys():
        yield from want(str(key), "(packets, bytes)", theirs.get(key), got.get(key))


RULES = {f.__name__: f for f in (sampling_rate, sampling, mpls_label, mpls_labels, frame, uniflows,
                                 enriched)}


def compare(weir, path, expected):
    """(how many meanings were compared, their differences)"""
    known = [e for e in expected["semantics"] if e["kind"] in RULES]
    try:
        capture = Capture(weir, path, expected)
        return len(known), ["%s %s" % (e["kind"], d) for e in known
                            for d in RULES[e["kind"]](capture, e)]
    except (ValueError, KeyError) as why:
        return len(known), ["%s: %s" % (type(why).__name__, why)]


def main():
    args = arguments(__doc__)
    total = bad = 0
    strange = Counter()
    for name, expected in chosen(args.corpus, args):
        if not expected.get("semantics"):
            continue
        n, differences = compare(args.weir, capture_of(args.corpus, name), expected)
        strange.update(e["kind"] for e in expected["semantics"] if e["kind"] not in RULES)
        print("%-38s %2d  %s" % (name, n, "DIFFERS" if differences else "ok"))
        for line in differences[:None if args.verbose else SHOWN]:
            print("    " + line)
        total += n
        bad += bool(differences)
    for kind, n in strange.items():
        print("*** no rule for %r: %d not compared" % (kind, n))
    print("%d meanings compared, %d captures differ" % (total, bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
