"""Sequence numbers: what an exporter sent and nobody got is counted, in the exporter's own unit."""

import json

from support import datagrams, ledger
from support.case import EndToEnd
from support.programs import built
from support.weir import send

LOST, LATE, REPEATED = ("weir_sequence_lost_total", "weir_sequence_late_total",
                        "weir_sequence_duplicate_total")
TROUBLE = (LOST, LATE, REPEATED, "weir_sequence_resets_total",
           "weir_sequence_unit_switches_total")
PROTOCOLS = ("v5", "v7", "v9", "ipfix", "sflow")


class Sequences(EndToEnd):
    def blast(self, weir, *args):
        argv = [built("weir-blast"), "--json", *args, "127.0.0.1:%d" % weir.port]
        receipt = json.loads(self.run_to_end(self.start(argv, "weir-blast"), 60).out())
        self.assertEqual(receipt["unsent"], 0, receipt)
        return receipt

    def page_with(self, weir, datagrams):
        def there():
            page = weir.metrics()
            seen = page.sum("weir_datagrams_received_total") + ledger.kernel_drops(page)
            return page if seen >= datagrams else None
        return self.wait_until("%d datagrams" % datagrams, there)

    def test_a_stream_that_arrives_whole_shows_no_trouble(self):
        for protocol in PROTOCOLS:
            with self.subTest(protocol):
                weir = self.weir("-o", "null", "-j", "2", name="weir-" + protocol)
                sent = self.blast(weir, "--protocol", protocol, "--count", "1500", "--rate",
                                  "1500", "--sources", "8",
                                  "--domains", "1" if protocol == "v7" else "2")
                page = self.page_with(weir, sent["datagrams"])
                self.assertEqual(ledger.kernel_drops(page), 0)
                for name in TROUBLE:
                    self.assertEqual(page.sum(name), 0, name)
                self.assertGreater(page.sum("weir_worker_sequences"), 7)

    def test_what_the_kernel_drops_is_missing_in_the_sequence(self):
        weir = self.weir("-j", "1", config={
            "listeners": [{"address": "127.0.0.1", "port": 0, "receive_buffer": 4096}],
            "output": {"type": "null"}})
        sent = self.blast(weir, "--protocol", "v5", "--count", "50000", "--rate", "0",
                          "--sources", "4", "--records", "30")
        page = self.page_with(weir, sent["datagrams"])
        drops, lost = ledger.kernel_drops(page), page.sum(LOST, unit="flows")
        self.assertGreater(drops, 0)
        self.assertLessEqual(lost, drops * 30)
        # Not missed is only what was dropped behind the last datagram of a source.
        self.assertGreater(lost, 0)
        self.assertEqual(page.sum(LATE) + page.sum(REPEATED), 0)

    def test_losses_repeats_and_restarts_are_told_apart(self):
        weir = self.weir("-o", "null", "-j", "1")
        numbers = [1000, 1002, 1008, 1004, 1004, 1010, 3 << 30, (3 << 30) + 2]
        send(("127.0.0.1", weir.port), [datagrams.v5(2, n) for n in numbers])
        page = self.page_with(weir, len(numbers))
        self.assertEqual(page.sum(LOST, protocol="netflow5", unit="flows"), 4)
        self.assertEqual(page.sum(LATE, protocol="netflow5", unit="flows"), 2)
        self.assertEqual(page.sum(REPEATED, protocol="netflow5", unit="flows"), 2)
        self.assertEqual(page.sum("weir_sequence_resets_total", protocol="netflow5"), 1)

    def test_every_protocol_shows_its_unit_from_the_start(self):
        page = self.weir("-o", "null").metrics()
        units = {"netflow5": "flows", "netflow7": "flows", "netflow9": "datagrams",
                 "ipfix": "records", "sflow5": "datagrams"}
        for name in (LOST, LATE, REPEATED):
            shown = {(dict(labels)["protocol"], dict(labels)["unit"])
                     for labels in page.select(name)}
            self.assertEqual(shown, set(units.items()), name)

    def test_an_override_of_the_sampling_rate_is_in_the_flows(self):
        weir = self.weir("-j", "1", config={
            "listeners": [{"address": "127.0.0.1", "port": 0}], "output": {"type": "stdout"},
            "sampling": {"default": 9, "overrides": ["127.0.0.2/32=77"]}})
        for source in ("127.0.0.1", "127.0.0.2"):
            send(("127.0.0.1", weir.port), [datagrams.v5()], source=source)
        page = self.page_with(weir, 2)
        self.assertEqual(page.sum("weir_flows_sampling_total", source="override"), 1)
        self.assertEqual(page.sum("weir_flows_sampling_total", source="default"), 1)
        weir.finish()
        self.assertEqual({f["sampler_address"]: (f["sampling_rate"], f["sampling_source"])
                          for f in weir.flows()},
                         {"127.0.0.1": (9, "default"), "127.0.0.2": (77, "override")})
