"""The same packets through every real exporter: what weir says of each conversation must be what
is in the pcap."""

import ipaddress
import time

from support import exporters
from support.case import EndToEnd
from support.packets import ICMPV6, TCP, UDP, reverse
from support.weir import parse_flows, totals

FCS_OCTETS = 4  # sfprobe counts the frame check sequence that a capture does not have


class GroundTruth(EndToEnd):
    def setUp(self):
        super().setUp()
        self.made, self.pcap = self.traffic()

    def assert_truth(self, flows, truth, octets=lambda t: t.octets, time_ms=None):
        """time_ms: how far start and end may be off; None: the exporter does not tell them."""
        seen = totals(flows)
        self.assertEqual({k: (t.packets, t.octets) for k, t in sorted(seen.items())},
                         {k: (t.packets, octets(t)) for k, t in sorted(truth.items())})
        for key, t in seen.items() if time_ms is not None else ():
            start_ns, end_ns = self.spell(key)
            self.assertLessEqual(abs(t.start_ns - start_ns), time_ms * 1e6, key)
            self.assertLessEqual(abs(t.end_ns - end_ns), time_ms * 1e6, key)

    def spell(self, key):
        """Both exporters keep one clock for the two directions of a conversation; with ICMP they
        see no conversation, as question and answer differ in type."""
        both = [self.made.truth[k] for k in {key, reverse(key)} if k in self.made.truth]
        if key.proto not in (TCP, UDP):
            both = [self.made.truth[key]]
        return min(t.start_ns for t in both), max(t.end_ns for t in both)

    def as_pmacct_sees(self, flows):
        """Flows and truth. From 1.7.8 on (Debian 13) pmacct exports no ICMPv6 types, and samples
        only the first of several such packets: then they are left out of the comparison."""
        truth = self.made.truth
        if exporters.pmacct_version() >= (1, 7, 8):
            flows = [f for f in flows if f["proto"] != "IPv6-ICMP"]
            truth = {k: t for k, t in truth.items() if k.proto != ICMPV6}
        return flows, truth

    def exported(self, kind, started, weir):
        """The flows of one type, once the exporter has ended and weir has drained."""
        self.run_to_end(started)
        weir.finish()
        flows = weir.flows()
        self.assertEqual({f["type"] for f in flows}, {kind})
        self.assertEqual({f["sampler_address"] for f in flows},
                         {"192.0.2.9" if kind == "SFLOW_5" else "127.0.0.1"})
        return flows

    def over_stdout(self, kind, exporter, *args):
        weir = self.weir()
        return self.exported(kind, exporter(self.dir, self.pcap, weir.port, *args), weir)

    def test_softflowd_v5_tells_ipv4_exactly(self):
        flows = self.over_stdout("NETFLOW_V5", exporters.softflowd, 5)
        self.assert_truth(flows, self.made.only(4), time_ms=2)

    def test_softflowd_v9_tells_everything_exactly(self):
        flows = self.over_stdout("NETFLOW_V9", exporters.softflowd, 9)
        self.assert_truth(flows, self.made.truth, time_ms=1500)  # v9 headers count seconds

    def test_softflowd_ipfix_tells_everything_exactly(self):
        flows = self.over_stdout("IPFIX", exporters.softflowd, 10)
        self.assert_truth(flows, self.made.truth)

    def test_softflowd_ipfix_in_milliseconds_tells_the_time_too(self):
        flows = self.over_stdout("IPFIX", exporters.softflowd, 10, "-A", "milli")
        self.assert_truth(flows, self.made.truth, time_ms=1)

    def test_nfprobe_v5_tells_ipv4_exactly(self):
        flows = self.over_stdout("NETFLOW_V5", exporters.nfprobe, 5)
        self.assert_truth(flows, self.made.only(4), time_ms=2)

    def test_nfprobe_v9_tells_everything_exactly(self):
        flows = self.over_stdout("NETFLOW_V9", exporters.nfprobe, 9)
        self.assert_truth(*self.as_pmacct_sees(flows), time_ms=1)

    def test_nfprobe_ipfix_tells_everything_exactly(self):
        flows = self.over_stdout("IPFIX", exporters.nfprobe, 10)
        self.assert_truth(*self.as_pmacct_sees(flows), time_ms=1)

    def test_sfprobe_tells_every_packet(self):
        before_ns = time.time_ns()
        flows, truth = self.as_pmacct_sees(self.over_stdout("SFLOW_5", exporters.sfprobe))
        self.assertEqual(len(flows), sum(t.packets for t in truth.values()))
        self.assertEqual({f["sampling_rate"] for f in flows}, {1})
        self.assert_truth(flows, truth, self.frame_octets)
        for f in flows:  # sFlow knows no time of its own: arrival
            self.assertTrue(before_ns <= f["time_flow_start_ns"] <= time.time_ns())

    @staticmethod
    def frame_octets(t):
        return t.frame_octets + FCS_OCTETS * t.packets

    def test_over_a_real_nats_server_it_is_the_same(self):
        """All protocols at once, through one weir: two exporters, told apart by their subject."""
        server = self.nats_server()
        client = self.nats_client(server)
        weir = self.weir("-o", "nats", "-n", server.url, "-j", "2")
        running = [self.keep(p) for p in (
            exporters.softflowd(self.dir, self.pcap, weir.port, 5),
            exporters.softflowd(self.dir, self.pcap, weir.port, 9),
            exporters.softflowd(self.dir, self.pcap, weir.port, 10, "-A", "milli"),
            exporters.sfprobe(self.dir, self.pcap, weir.port))]
        for program in running:
            self.run_to_end(program)
        summary = weir.finish()
        client.flush()
        flows = self.by_type(client.take())
        self.assertEqual(set(flows), {"NETFLOW_V5", "NETFLOW_V9", "IPFIX", "SFLOW_5"})
        self.assertEqual(summary["published"], sum(len(f) for f in flows.values()))
        self.assert_truth(flows["NETFLOW_V5"], self.made.only(4), time_ms=2)
        self.assert_truth(flows["NETFLOW_V9"], self.made.truth, time_ms=1500)
        self.assert_truth(flows["IPFIX"], self.made.truth, time_ms=1)
        self.assert_truth(*self.as_pmacct_sees(flows["SFLOW_5"]), self.frame_octets)

    def by_type(self, messages):
        flows = {}
        for subject, octets in messages:
            self.assertLessEqual(len(octets), 16 * 1024)
            for flow in parse_flows(octets.decode()):
                family = "sflow" if flow["type"] == "SFLOW_5" else "netflow"
                self.assertEqual(subject, "flows.raw." + family)
                flows.setdefault(flow["type"], []).append(flow)
        return flows

    def test_goflow2s_keys_are_all_there_on_demand(self):
        weir = self.weir(config={"listeners": [{"address": "127.0.0.1", "port": 0}],
                                 "output": {"type": "stdout", "profile": "goflow2"}})
        flows = self.exported("NETFLOW_V9",
                              exporters.softflowd(self.dir, self.pcap, weir.port, 9), weir)
        for flow in flows:
            self.assertEqual(list(flow)[:len(GOFLOW2_KEYS)], GOFLOW2_KEYS)
            version = ipaddress.ip_address(flow["src_addr"]).version
            self.assertEqual(flow["etype"], "IPv%d" % version)


GOFLOW2_KEYS = """type time_received_ns sequence_num sampling_rate sampler_address time_flow_start_ns
    time_flow_end_ns bytes packets src_addr dst_addr etype proto src_port dst_port in_if out_if src_mac
    dst_mac src_vlan dst_vlan vlan_id ip_tos forwarding_status ip_ttl ip_flags tcp_flags icmp_type
    icmp_code ipv6_flow_label fragment_id fragment_offset src_as dst_as next_hop next_hop_as src_net
    dst_net bgp_next_hop bgp_communities as_path mpls_ttl mpls_label mpls_ip observation_domain_id
    observation_point_id layer_stack layer_size ipv6_routing_header_addresses
    ipv6_routing_header_seg_left""".split()
