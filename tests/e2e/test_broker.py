"""A broker that is away costs no reception, and what happened to every flow is known."""

import signal

from support import datagrams, ledger, nats
from support.case import EndToEnd, long
from support.packets import FlowKey, frame, ip_packet
from support.programs import free_port
from support.weir import parse_flows, send

FLOWS = 10  # a datagram


class Broker(EndToEnd):
    def publishing(self, port):
        return self.weir("-o", "nats", "-n", "nats://127.0.0.1:%d" % port)

    def feed(self, weir, datagrams_n, first_port=443):
        """Sends datagrams and waits until weir has them."""
        before = weir.total("weir_datagrams_received_total")
        for i in range(datagrams_n):
            send(("127.0.0.1", weir.port), [datagrams.v5(FLOWS, i * FLOWS, first_port)])
        return weir.wait_total("weir_datagrams_received_total", before + datagrams_n)

    def published(self, weir, at_least):
        return weir.wait_total("weir_flows_published_total", at_least, 60)

    def server_with_stream(self):
        """A server that keeps all flows; stopped, its port free."""
        server = self.nats_server()
        client = nats.Client(server.port)
        nats.Stream(client).create()
        client.close()
        server.stop()
        return server.port

    def stored(self, server):
        client = nats.Client(server.port)
        self.addCleanup(client.close)
        return [flow for _, octets in nats.Stream(client).messages()
                for flow in parse_flows(octets.decode())]

    def test_away_at_start_reception_goes_on_and_all_is_published_later(self):
        port = self.server_with_stream()
        weir = self.publishing(port)
        page = self.feed(weir, 50)
        self.assertEqual(page.sum("weir_flows_published_total"), 0)
        self.assertEqual(weir.get("/readyz")[0], 200)
        self.assertEqual(page.sum("weir_output_connected"), 0)
        ledger.check(self, page)
        server = self.nats_server(port, "nats-server-later")
        self.published(weir, 50 * FLOWS)
        self.assertEqual(weir.finish()["published"], 50 * FLOWS)
        self.assertEqual(len(self.stored(server)), 50 * FLOWS)

    def test_killed_and_restarted_it_is_found_again(self):
        self.outage(signal.SIGKILL)

    def test_stopped_and_restarted_it_is_found_again(self):
        self.outage(signal.SIGTERM)

    def outage(self, number):
        port = self.server_with_stream()
        server = self.nats_server(port, "nats-server-before")
        weir = self.publishing(port)
        self.feed(weir, 20)
        self.published(weir, 20 * FLOWS)
        server.stop(number)
        page = self.feed(weir, 30, 80)
        self.assertEqual(weir.get("/readyz")[0], 200)
        ledger.check(self, page)
        server = self.nats_server(port, "nats-server-after")
        self.wait_until("the fate of all flows to be known",
                        lambda: ledger.settled(weir.metrics()) == 50 * FLOWS, 60)
        self.feed(weir, 10, 22)
        page = self.wait_until("the last flows", lambda: self.all_settled(weir, 60 * FLOWS), 60)
        ledger.check(self, page)
        summary = weir.finish()
        flows = self.stored(server)
        self.assertEqual(sum(f["dst_port"] == 22 for f in flows), 10 * FLOWS)
        # kill -9 may take with it what the server had acknowledged a moment ago: not on disk yet.
        if number == signal.SIGTERM:
            self.assertGreaterEqual(len(flows), summary["published"])
        self.assertEqual(page.sum("weir_flows_dropped_total"), 0)

    def all_settled(self, weir, flows):
        page = weir.metrics()
        return page if ledger.settled(page) == flows else None

    def test_never_there_it_does_not_hold_up_the_exit(self):
        weir = self.publishing(free_port())
        self.feed(weir, 5)
        summary = weir.finish(seconds=15)
        self.assertEqual((summary["flows"], summary["published"]), (5 * FLOWS, 0))

    def test_frozen_it_does_not_hold_up_reception_nor_the_exit(self):
        server = self.nats_server()
        weir = self.publishing(server.port)
        self.feed(weir, 5)
        self.published(weir, 5 * FLOWS)
        server.send(signal.SIGSTOP)
        try:
            page = self.feed(weir, 50)
            ledger.check(self, page)
            weir.finish(seconds=20)
        finally:
            server.send(signal.SIGCONT)

    def test_a_full_ring_drops_and_says_so(self):
        weir = self.weir("-j", "1", config={
            "listeners": [{"address": "127.0.0.1", "port": 0}],
            "output": {"type": "nats", "ring_bytes": 65536},
            "nats": {"url": "nats://127.0.0.1:%d" % free_port()}})
        page = self.feed(weir, 600)
        ledger.check(self, page)
        self.assertGreater(page.sum("weir_flows_dropped_total", reason="ring_full"), 0)
        self.assertEqual(page.sum("weir_flows_decoded_total"), 600 * FLOWS)

    USERS = "authorization { users: [ { user: weir, password: pw, permissions: { %s } } ] }"

    def as_user(self, server):
        weir = self.weir("-o", "nats", "-n", "nats://weir:pw@127.0.0.1:%d" % server.port)
        weir.wait_total("weir_output_connected", 1)
        return weir

    def test_a_denied_subject_costs_only_its_own_flows(self):
        weir = self.as_user(self.nats_server(
            config=self.USERS % 'publish: { deny: "flows.raw.sflow" }'))
        packet = frame(ip_packet(FlowKey("10.0.0.1", "10.0.0.2", 17, 1000, 53), b"x" * 50))
        for i in range(40):
            send(("127.0.0.1", weir.port), [datagrams.v5(FLOWS, i * FLOWS),
                                            datagrams.sflow(packet, sequence=i)])
        page = self.wait_until("all flows to settle",
                               lambda: self.all_settled(weir, 40 * FLOWS + 40))
        self.assertEqual(page.sum("weir_flows_published_total"), 40 * FLOWS)
        self.assertEqual(page.sum("weir_flows_dropped_total", reason="refused"), 40)
        ledger.check(self, page)
        weir.finish()
        said = [line for line in weir.log() if "may not publish" in line.get("msg", "")]
        self.assertEqual([line["subject"] for line in said], ["flows.raw.sflow"])

    def test_a_server_that_takes_less_than_a_batch_gets_all_flows(self):
        server = self.nats_server(config="max_payload: 4096")
        client = self.nats_client(server)
        weir = self.publishing(server.port)
        weir.wait_total("weir_output_connected", 1)
        page = self.feed(weir, 200)
        page = self.published(weir, 200 * FLOWS)
        ledger.check(self, page)
        weir.finish()
        client.flush()
        messages = [octets for _, octets in client.take()]
        self.assertEqual(sum(octets.count(b"\n") for octets in messages), 200 * FLOWS)
        self.assertLessEqual(max(map(len, messages)), 4096)
        said = [line for line in weir.log() if "takes only shorter" in line.get("msg", "")]
        self.assertEqual([(line["max_payload"], line["batch_bytes"]) for line in said],
                         [("4096", "16384")])

    def test_a_lost_connection_says_why(self):
        server = self.nats_server(config=self.USERS % "")
        weir = self.as_user(server)
        server.configure((self.USERS % "").replace("pw", "changed"))
        server.send(signal.SIGHUP)
        self.wait_until("the loss", lambda: weir.said("lost the connection to NATS"))
        self.assertIn("uth", weir.said("lost the connection to NATS")[0].get("error", ""))

    @long
    def test_five_outages_in_a_row_lose_no_count(self):
        port = self.server_with_stream()
        weir = self.publishing(port)
        for turn in range(5):
            server = self.nats_server(port, "nats-server-%d" % turn)
            self.feed(weir, 200)
            self.wait_until("flows to settle", lambda t=turn: self.all_settled(
                weir, (2 * t + 1) * 200 * FLOWS), 60)
            server.stop(signal.SIGKILL if turn % 2 else signal.SIGTERM)
            ledger.check(self, self.feed(weir, 200))
            if turn < 4:
                server = self.nats_server(port, "nats-server-%d-again" % turn)
                self.wait_until("flows to settle", lambda t=turn: self.all_settled(
                    weir, (2 * t + 2) * 200 * FLOWS), 60)
                server.stop()
        server = self.nats_server(port, "nats-server-last")
        page = self.wait_until("all flows to settle",
                               lambda: self.all_settled(weir, 2000 * FLOWS), 60)
        self.assertEqual(page.sum("weir_flows_dropped_total"), 0)
        weir.finish()
