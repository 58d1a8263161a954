"""Sent = received + dropped by the kernel, to the datagram and the record, at any rate."""

import json

from support import ledger
from support.case import EndToEnd, long
from support.programs import built

PROTOCOLS = {"v5": "netflow5", "v7": "netflow7", "v9": "netflow9", "ipfix": "ipfix",
             "sflow": "sflow5"}


class Blast(EndToEnd):
    def blast(self, weir, *args, seconds=60.0):
        """The receipt of what was sent."""
        argv = [built("weir-blast"), "--json", *args, "127.0.0.1:%d" % weir.port]
        program = self.run_to_end(self.start(argv, "weir-blast"), seconds)
        receipt = json.loads(program.out())
        self.assertEqual(receipt["unsent"], 0, receipt)
        return receipt

    def arrived(self, weir, receipt):
        """The page on which all that was sent is accounted for."""
        def there():
            page = weir.metrics()
            seen = page.sum("weir_datagrams_received_total") + ledger.kernel_drops(page)
            return page if seen >= receipt["datagrams"] else None
        page = self.wait_until("%d datagrams" % receipt["datagrams"], there)
        self.assertEqual(page.sum("weir_datagrams_received_total") + ledger.kernel_drops(page),
                         receipt["datagrams"])
        ledger.check(self, page)
        return page

    def assert_all_decoded(self, page, receipt):
        self.assertEqual(ledger.kernel_drops(page), 0)
        for protocol, sent in receipt["protocols"].items():
            label = PROTOCOLS[protocol]
            for name, key in (("weir_datagrams_decoded_total", "datagrams"),
                              ("weir_flows_decoded_total", "records"),
                              ("weir_received_bytes_total", "octets")):
                self.assertEqual(page.sum(name, protocol=label), sent[key], (name, label))

    def test_every_protocol_alone_arrives_whole(self):
        for protocol in PROTOCOLS:
            with self.subTest(protocol):
                weir = self.weir("-o", "null", "-j", "2", name="weir-" + protocol)
                receipt = self.blast(weir, "--protocol", protocol, "--count", "1500",
                                     "--rate", "1500", "--sources", "8")
                self.assert_all_decoded(self.arrived(weir, receipt), receipt)
                self.assertEqual(weir.finish()["flows"], receipt["records"])

    def test_ipv6_flows_arrive_whole(self):
        weir = self.weir("-o", "null", "-j", "2")
        receipt = self.blast(weir, "--protocol", "v9,ipfix,sflow", "--ipv6-flows", "--count",
                             "1500", "--rate", "1500", "--sources", "8", "--domains", "3")
        self.assert_all_decoded(self.arrived(weir, receipt), receipt)

    def test_low_and_middling_rates_lose_nothing_with_one_or_two_workers(self):
        for workers in ("1", "2"):
            for rate in (500, 2000, 6000):
                with self.subTest(workers=workers, rate=rate):
                    weir = self.weir("-o", "null", "-j", workers,
                                     name="weir-%s-%d" % (workers, rate))
                    receipt = self.blast(
                        weir, "--protocol", "v5,v9,ipfix,sflow", "--duration", "1",
                        "--rate", rate, "--sources", "20", "--template-interval", "0.2")
                    self.assert_all_decoded(self.arrived(weir, receipt), receipt)
                    self.assertEqual(weir.finish()["flows"], receipt["records"])

    def test_at_full_speed_what_is_lost_is_known_to_the_datagram(self):
        for workers in ("1", "2"):
            for protocol, records in (("v5", 30), ("sflow", 7)):
                with self.subTest(workers=workers, protocol=protocol):
                    weir = self.weir("-o", "null", "-j", workers,
                                     name="weir-%s-%s" % (workers, protocol))
                    receipt = self.blast(weir, "--protocol", protocol, "--count", "100000",
                                         "--rate", "0", "--sources", "20",
                                         "--records", records)
                    page = self.arrived(weir, receipt)
                    received = page.sum("weir_datagrams_received_total")
                    self.assertEqual(page.sum("weir_flows_decoded_total"), received * records)
                    summary = weir.finish()
                    self.assertEqual(summary["datagrams"] + summary["kernel_drops"],
                                     receipt["datagrams"])

    def test_every_flow_is_a_line_on_stdout(self):
        weir = self.weir("-o", "stdout", "-j", "2")
        receipt = self.blast(weir, "--protocol", "v5,v9,ipfix,sflow", "--count", "2000",
                             "--rate", "2000", "--sources", "8")
        self.assert_all_decoded(self.arrived(weir, receipt), receipt)
        summary = weir.finish()
        self.assertEqual(summary["published"], receipt["records"])
        self.assertEqual(len(weir.flows()), receipt["records"])

    def test_every_flow_is_in_a_message_of_the_broker(self):
        server = self.nats_server()
        client = self.nats_client(server)
        weir = self.weir("-o", "nats", "-n", server.url, "-j", "2")
        weir.wait_total("weir_output_connected", 1)
        receipt = self.blast(weir, "--protocol", "v5,v9,ipfix,sflow", "--count", "2000",
                             "--rate", "2000", "--sources", "8")
        self.assert_all_decoded(self.arrived(weir, receipt), receipt)
        self.assertEqual(weir.finish()["published"], receipt["records"])
        client.flush()
        lines = sum(octets.count(b"\n") for _, octets in client.take())
        self.assertEqual(lines, receipt["records"])

    def test_a_small_receive_buffer_drops_and_the_drops_are_counted(self):
        weir = self.weir("-j", "1", config={
            "listeners": [{"address": "127.0.0.1", "port": 0, "receive_buffer": 4096}],
            "output": {"type": "null"}})
        receipt = self.blast(weir, "--protocol", "v5", "--count", "50000", "--rate", "0",
                             "--sources", "4")
        page = self.arrived(weir, receipt)
        self.assertGreater(ledger.kernel_drops(page), 0)

    @long
    def test_a_minute_of_load_adds_up(self):
        server = self.nats_server()
        client = self.nats_client(server)
        weir = self.weir("-o", "nats", "-n", server.url, "-j", "2")
        weir.wait_total("weir_output_connected", 1)
        receipt = self.blast(weir, "--protocol", "v5,v9,ipfix,sflow", "--duration", "60",
                             "--rate", "3000", "--sources", "50", "--template-interval", "5",
                             seconds=120)
        page = self.arrived(weir, receipt)
        summary = weir.finish(seconds=30)
        client.flush(60)
        lines = sum(octets.count(b"\n") for _, octets in client.take())
        self.assertEqual(lines, summary["published"])
        self.assert_all_decoded(page, receipt)
        # A subscriber slower than the load holds the server up, and a full ring drops: counted.
        self.assertEqual(summary["published"] + summary["dropped"], receipt["records"])
        self.assertEqual(summary["unknown"], 0)

    @long
    def test_rates_up_to_the_limit_add_up(self):
        for rate in (10000, 20000, 40000, 80000, 0):
            with self.subTest(rate=rate):
                weir = self.weir("-o", "null", "-j", "2", name="weir-%d" % rate)
                receipt = self.blast(weir, "--protocol", "v5,v9,ipfix,sflow", "--duration", "5",
                                     "--rate", rate, "--sources", "50",
                                     "--template-interval", "0.5")
                self.arrived(weir, receipt)
                weir.finish()
