"""What does not get in: it is counted, by reason, and costs nobody else anything."""

import struct

from support import datagrams, ledger
from support.case import EndToEnd, needs_ipv6
from support.packets import TCP, FlowKey, frame, ip_packet
from support.weir import send

PACKET = frame(ip_packet(FlowKey("10.9.0.1", "10.9.0.2", TCP, 1234, 80), b"x" * 60))


class Filters(EndToEnd):
    def listening(self, address="127.0.0.1", **more):
        return self.weir("-j", "2", config={
            "listeners": [{"address": address, "port": 0, **more}], "output": {"type": "stdout"}})

    def test_only_allowed_sources_enter(self):
        weir = self.listening(allow=["127.0.0.2/32", "127.1.0.0/16"])
        to = ("127.0.0.1", weir.port)
        send(to, [datagrams.v5(3)] * 5, source="127.0.0.1")
        send(to, [datagrams.v5(3)] * 7, source="127.0.0.2")
        send(to, [datagrams.v5(3)] * 11, source="127.1.2.3")
        send(to, [b"garbage"] * 13, source="127.0.0.3")
        page = weir.wait_total("weir_datagrams_received_total", 36)
        self.assertEqual(page.sum("weir_datagrams_filtered_total", reason="source"), 18)
        self.assertEqual(page.sum("weir_datagrams_rejected_total"), 0)
        self.assertEqual(page.sum("weir_flows_decoded_total"), 54)
        ledger.check(self, page)
        self.assertEqual(weir.finish()["flows"], 54)
        self.assertEqual({f["sampler_address"] for f in weir.flows()}, {"127.0.0.2", "127.1.2.3"})

    @needs_ipv6
    def test_a_dual_stack_listener_sees_ipv4_sources_as_ipv4(self):
        weir = self.listening("::", allow=["127.0.0.0/8"])
        send(("127.0.0.1", weir.port), [datagrams.v5()] * 4)
        send(("::1", weir.port), [datagrams.v5()] * 2)
        page = weir.wait_total("weir_datagrams_received_total", 6)
        self.assertEqual(page.sum("weir_datagrams_filtered_total", reason="source"), 2)
        weir.finish()
        self.assertEqual([f["sampler_address"] for f in weir.flows()], ["127.0.0.1"] * 4)

    @needs_ipv6
    def test_an_ipv6_listener_takes_ipv6_exporters(self):
        weir = self.listening("::1")
        send(("::1", weir.port), [datagrams.v5()] * 3)
        weir.wait_total("weir_flows_decoded_total", 3)
        weir.finish()
        self.assertEqual([f["sampler_address"] for f in weir.flows()], ["::1"] * 3)

    def test_only_the_listeners_protocols_enter(self):
        weir = self.listening(protocols=["sflow5"])
        to = ("127.0.0.1", weir.port)
        send(to, [datagrams.v5(2)] * 3 + [datagrams.sflow(PACKET)] * 4)
        page = weir.wait_total("weir_datagrams_received_total", 7)
        self.assertEqual(page.sum("weir_datagrams_filtered_total", reason="protocol"), 3)
        self.assertEqual(page.sum("weir_flows_decoded_total"), 4)
        ledger.check(self, page)
        weir.finish()
        self.assertEqual({f["type"] for f in weir.flows()}, {"SFLOW_5"})

    def test_any_protocol_enters_by_any_port(self):
        weir = self.listening()
        template = datagrams.flow_set(2, datagrams.template_body())
        data = datagrams.flow_set(256, datagrams.data_body(2))
        v9_template = datagrams.flow_set(0, datagrams.template_body())
        send(("127.0.0.1", weir.port), [
            datagrams.v5(), datagrams.ipfix(template, data), datagrams.v9(v9_template, data),
            datagrams.sflow(PACKET)])
        page = weir.wait_total("weir_flows_decoded_total", 6)
        ledger.check(self, page)
        weir.finish()
        self.assertEqual(sorted(f["type"] for f in weir.flows()),
                         ["IPFIX"] * 2 + ["NETFLOW_V5"] + ["NETFLOW_V9"] * 2 + ["SFLOW_5"])

    def test_malformed_datagrams_are_counted_by_reason_and_harm_nobody(self):
        weir = self.listening()
        to, good = ("127.0.0.1", weir.port), datagrams.v5(2)
        malformed = {
            "bad_version": [b"GET / HTTP/1.1\r\n", struct.pack("!HH", 77, 1) + bytes(40)],
            "truncated": [good[:11], datagrams.ipfix()[:9], datagrams.v9()[:19]],
        }
        for reason, bad in malformed.items():
            for datagram in bad:
                send(to, [datagram, good], source="127.0.0.4")
        sent = 2 * sum(len(bad) for bad in malformed.values())
        page = weir.wait_total("weir_datagrams_received_total", sent)
        for reason, bad in malformed.items():
            self.assertEqual(page.sum("weir_datagrams_rejected_total", reason=reason), len(bad),
                             page.by("weir_datagrams_rejected_total", "reason"))
        self.assertEqual(page.sum("weir_flows_decoded_total"), sent)
        ledger.check(self, page)
        weir.finish()
        self.assertIn("127.0.0.4", weir.err())

    def test_a_bad_set_costs_only_itself(self):
        weir = self.listening()
        template = datagrams.flow_set(2, datagrams.template_body())
        data = datagrams.flow_set(256, datagrams.data_body(3))
        reserved = datagrams.flow_set(7, bytes(8))
        overlong = struct.pack("!HH", 256, 200) + bytes(8)
        send(("127.0.0.1", weir.port), [
            datagrams.ipfix(template, reserved, data), datagrams.ipfix(data, overlong)])
        page = weir.wait_total("weir_datagrams_received_total", 2)
        self.assertEqual(page.sum("weir_flows_decoded_total"), 6)
        ledger.check(self, page)
        weir.finish()

    def test_a_set_waits_for_its_template(self):
        weir = self.listening()
        template = datagrams.flow_set(2, datagrams.template_body())
        data = datagrams.flow_set(256, datagrams.data_body(5))
        to = ("127.0.0.1", weir.port)
        send(to, [datagrams.ipfix(data)])
        page = weir.wait_total("weir_datagrams_received_total", 1)
        self.assertEqual(page.sum("weir_flows_decoded_total"), 0)
        ledger.check(self, page)
        send(to, [datagrams.ipfix(template, sequence=5)])
        page = weir.wait_total("weir_flows_decoded_total", 5)
        ledger.check(self, page)
        self.assertEqual(weir.finish()["flows"], 5)

    def test_a_flood_of_garbage_is_not_logged_line_by_line(self):
        weir = self.listening()
        send(("127.0.0.1", weir.port), [b"\xff" * 64] * 2000)
        weir.wait_total("weir_datagrams_rejected_total", 1)
        weir.finish()
        self.assertLess(len(weir.err().splitlines()), 60)
