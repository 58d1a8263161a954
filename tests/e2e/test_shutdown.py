"""The end: what had arrived is still read, published and accounted for."""

import signal
import threading
import time

from support import datagrams
from support.case import EndToEnd
from support.weir import send

FLOWS = 20  # a datagram


class Shutdown(EndToEnd):
    def test_at_rest_it_ends_at_once_on_either_signal(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            weir = self.weir(name="weir-%d" % number)
            since = time.monotonic()
            summary = weir.finish(number=number)
            self.assertLess(time.monotonic() - since, 10)
            self.assertEqual((summary["datagrams"], summary["flows"]), (0, 0))

    def test_what_the_sockets_hold_is_read_before_the_end(self):
        for workers in ("1", "2"):
            weir = self.weir("-j", workers, "--set", "shutdown_timeout=60s", name="weir-j" + workers)
            port, sent = weir.port, 3000
            for i in range(30):  # from many sources, so that all workers have some
                send(("127.0.0.1", port), [datagrams.v5(FLOWS)] * (sent // 30),
                     source="127.0.1.%d" % (i + 1))
            summary = weir.finish()
            self.assertEqual(summary["datagrams"] + summary["kernel_drops"], sent)
            self.assertEqual(summary["flows"], summary["datagrams"] * FLOWS)
            self.assertEqual(summary["published"], summary["flows"])
            self.assertEqual(len(weir.flows()), summary["published"])

    def test_a_load_that_goes_on_does_not_hold_it_up(self):
        weir = self.weir("-j", "2")
        to, over = ("127.0.0.1", weir.port), threading.Event()

        def load():
            while not over.is_set():
                send(to, [datagrams.v5(FLOWS)] * 50)
        thread = threading.Thread(target=load)
        thread.start()
        try:
            weir.wait_total("weir_datagrams_received_total", 2000)
            summary = weir.finish(seconds=15)
        finally:
            over.set()
            thread.join()
        self.assertEqual(summary["flows"], summary["datagrams"] * FLOWS)
        self.assertEqual(summary["published"], summary["flows"])
        self.assertEqual(len(weir.flows()), summary["published"])

    def test_a_signal_during_the_start_is_obeyed(self):
        for i in range(10):
            weir = self.weir(name="weir-%d" % i, ready=False)
            time.sleep(0.005 * i)
            self.assertIn(weir.stop(), (0, -signal.SIGTERM))

    def test_flows_reach_the_broker_before_the_end(self):
        server = self.nats_server()
        client = self.nats_client(server)
        weir = self.weir("-o", "nats", "-n", server.url)
        weir.wait_total("weir_output_connected", 1)
        send(("127.0.0.1", weir.port), [datagrams.v5(FLOWS)] * 200)
        summary = weir.finish()
        client.flush()
        lines = sum(octets.count(b"\n") for _, octets in client.take())
        self.assertEqual(summary["datagrams"] + summary["kernel_drops"], 200)
        self.assertEqual(summary["published"], summary["flows"])
        self.assertEqual(lines, summary["published"])

    def test_output_that_goes_nowhere_is_not_fatal(self):
        """stdout closed by its reader: counted or fatal, but never a silent death by SIGPIPE."""
        weir = self.weir("-o", "file:/dev/full")
        send(("127.0.0.1", weir.port), [datagrams.v5(FLOWS)] * 10)
        weir.wait_total("weir_datagrams_received_total", 10)
        self.assertTrue(weir.running())
        self.assertEqual(weir.stop(seconds=20), 0)
        summary = weir.said("summary")[0]
        self.assertEqual((summary["flows"], summary["published"]), (str(10 * FLOWS), "0"))
