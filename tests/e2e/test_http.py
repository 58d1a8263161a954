"""The pages weir serves, and whom it does not wait for."""

import socket
import time

from support.case import EndToEnd


class Http(EndToEnd):
    def test_metrics_are_well_formed_and_there_from_the_start(self):
        weir = self.weir()
        page = weir.metrics()  # raises on a malformed or doubled sample
        for name in page.names():
            self.assertTrue(name.startswith(("weir_", "process_")), name)
        for name in ("weir_datagrams_received_total", "weir_flows_decoded_total"):
            self.assertEqual(page.sum(name), 0)
            for protocol in ("netflow5", "netflow7", "netflow9", "ipfix", "sflow5"):
                self.assertEqual(page.sum(name, protocol=protocol), 0)
        for name, kind in page.types.items():
            self.assertTrue(page.helps.get(name), name)
            self.assertEqual(name.endswith("_total"), kind == "counter", name)

    def test_health_and_readiness_answer(self):
        weir = self.weir()
        self.assertEqual(weir.get("/healthz")[0], 200)
        self.assertEqual(weir.get("/readyz")[0], 200)

    def test_an_unknown_path_is_404_and_a_wrong_method_405(self):
        weir = self.weir()
        self.assertEqual(weir.get("/nothing")[0], 404)
        self.assertEqual(weir.get("/metrics", "POST")[0], 405)
        self.assertEqual(weir.get("/metrics", "DELETE")[0], 405)
        self.assertEqual(weir.get("/metrics", "HEAD"), (200, ""))

    def test_a_slow_client_is_cut_off(self):
        weir = self.weir()
        with socket.create_connection(weir.http()) as slow:
            slow.settimeout(2)
            cut = self.drip(slow, b"GET /metrics HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 1000, 60)
        self.assertTrue(cut, "still connected after a minute of one octet every half second")
        self.assertEqual(weir.get("/healthz")[0], 200)

    @staticmethod
    def drip(connection, octets, seconds):
        """Sends an octet every half second; whether the other side has had enough."""
        deadline = time.monotonic() + seconds
        for octet in octets:
            if time.monotonic() > deadline:
                return False
            try:
                connection.sendall(bytes([octet]))
                connection.setblocking(False)
                if connection.recv(1024) == b"":
                    return True
            except BlockingIOError:
                pass
            except OSError:
                return True
            finally:
                connection.settimeout(2)
            time.sleep(0.5)
        return False

    def test_idle_connections_do_not_lock_out_a_scrape(self):
        """The limit on connections must not become a way to blind the monitoring for good."""
        weir = self.weir()
        crowd = [socket.create_connection(weir.http(), 5) for _ in range(200)]
        try:
            self.wait_until("a scrape to get through", lambda: weir.get("/metrics")[0] == 200, 60)
        finally:
            for connection in crowd:
                connection.close()

    def test_the_answer_does_not_depend_on_junk(self):
        weir = self.weir()
        with socket.create_connection(weir.http(), 5) as junk:
            junk.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\r\n\r\n")
        self.assertEqual(weir.get("/readyz")[0], 200)
