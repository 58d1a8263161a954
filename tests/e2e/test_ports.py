"""Who may have a port."""

from support.case import EndToEnd
from support.datagrams import v5
from support.weir import send


class Ports(EndToEnd):
    def listener(self, port, **more):
        return {"listeners": [{"address": "127.0.0.1", "port": port, **more}],
                "output": {"type": "stdout"}}

    def test_a_second_weir_on_a_taken_port_is_refused(self):
        first = self.weir()
        second = self.weir(config=self.listener(first.port), name="second", ready=False)
        self.assertNotEqual(second.wait(), 0)
        self.assertIn("127.0.0.1:%d" % first.port, second.err())
        self.assertNotIn("summary", second.err())
        send(("127.0.0.1", first.port), [v5()] * 10)
        first.wait_total("weir_datagrams_received_total", 10)
        self.assertEqual(first.finish()["flows"], 10)

    def test_a_wildcard_listener_is_refused_too_where_one_address_is_taken(self):
        first = self.weir()
        second = self.weir(config={"listeners": [{"address": "0.0.0.0", "port": first.port}]},
                           name="second", ready=False)
        self.assertNotEqual(second.wait(), 0)

    def test_shared_on_purpose_both_run_and_nothing_is_lost(self):
        first = self.weir(config=self.listener(0, share=True))
        second = self.weir(config=self.listener(first.port, share=True), name="second")
        self.assertEqual(second.port, first.port)
        for _ in range(40):  # each from a port, and maybe to a weir, of its own
            send(("127.0.0.1", first.port), [v5()])

        def received():
            return sum(w.total("weir_datagrams_received_total") for w in (first, second))
        self.wait_until("both weirs together to have 40", lambda: received() == 40)
        self.assertEqual(first.finish()["flows"] + second.finish()["flows"], 40)

    def test_an_address_that_is_not_ours_is_refused(self):
        weir = self.weir(config={"listeners": [{"address": "203.0.113.7", "port": 0}]}, ready=False)
        self.assertNotEqual(weir.wait(), 0)
        self.assertIn("203.0.113.7", weir.err())

    def test_a_taken_http_port_is_refused(self):
        first = self.weir()
        http = {"address": "127.0.0.1", "port": first.http()[1]}
        second = self.weir(config={**self.listener(0), "http": http}, name="second", ready=False)
        self.assertNotEqual(second.wait(), 0)
        self.assertIn(str(http["port"]), second.err())
