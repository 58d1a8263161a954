"""Standard streams that nobody reads, or that were closed: they hold nothing up."""

import fcntl
import os
import signal
import subprocess
import time

from support import datagrams, ledger
from support.case import EndToEnd
from support.programs import PATIENCE, built, free_port, wait_for
from support.weir import Weir, send

FLOWS = 10  # a datagram
ENOUGH = 200  # lines that fill the smallest pipe


class FullPipe(Weir):
    """Its standard error is a pipe that nobody reads from here on."""

    def __init__(self, directory, *args):
        reader, writer = os.pipe()
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
        try:
            os.set_blocking(writer, False)
            while True:
                os.write(writer, b"x")
        except BlockingIOError:
            os.set_blocking(writer, True)
        self.pipe = reader
        self.address = ("127.0.0.1", free_port())
        self.udp = free_port()
        try:
            super().__init__(directory, "-l", "127.0.0.1:%d" % self.udp, "--http",
                             "%s:%d" % self.address, *args, stderr=writer)
        finally:
            os.close(writer)

    def http(self):
        return self.address


class Streams(EndToEnd):
    def test_a_full_log_pipe_holds_up_neither_reception_nor_the_end(self):
        weir = self.keep(FullPipe(self.dir, "--log-level", "debug", "-o", "null"))
        self.addCleanup(os.close, weir.pipe)
        wait_for("weir to answer", lambda: weir.running() and weir.get("/readyz")[0] == 200)
        for i in range(ENOUGH):  # each source says one line of what it sent
            send(("127.0.0.1", weir.udp), [b"\0\x63 no such version", datagrams.v5(FLOWS)],
                 source="127.0.2.%d" % (i + 1))
        page = weir.wait_total("weir_datagrams_received_total", 2 * ENOUGH)
        ledger.check(self, page)
        self.assertEqual(page.sum("weir_flows_decoded_total"), ENOUGH * FLOWS)
        self.assertEqual(page.sum("weir_log_lines_total"), 0)
        self.assertGreater(page.sum("weir_log_lines_swallowed_total"), 0)
        self.assertEqual(weir.stop(signal.SIGTERM, 15), 0)

    def test_closed_standard_streams_are_no_sockets(self):
        udp, http = free_port(), free_port()
        child = subprocess.Popen(
            ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", built("weir"), "-o", "null", "-l",
             "127.0.0.1:%d" % udp, "--http", "127.0.0.1:%d" % http], start_new_session=True)
        try:
            self.wait_until("it to listen", lambda: child.poll() is not None or
                            self._listens(http))
            self.assertIsNone(child.poll())
            for fd in range(3):
                self.assertEqual(os.readlink("/proc/%d/fd/%d" % (child.pid, fd)), "/dev/null")
            child.send_signal(signal.SIGTERM)
            self.assertEqual(child.wait(15 * PATIENCE), 0)
        finally:
            child.kill()
            child.wait()

    @staticmethod
    def _listens(port):
        with open("/proc/net/tcp", encoding="ascii") as f:
            return any(":%04X 00000000:0000 0A" % port in line for line in f)

    def test_an_output_to_a_closed_stdout_fails_the_start(self):
        done = subprocess.run(["sh", "-c", 'exec "$@" <&- >&-', "sh", built("weir"), "-l",
                               "127.0.0.1:0", "--http", "off"], stderr=subprocess.PIPE,
                              timeout=20 * PATIENCE, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(b"cannot open the output", done.stderr)

    def test_an_output_that_fails_every_write_is_not_called_connected(self):
        weir = self.weir("-o", "file:/dev/full")
        self.assertEqual(weir.total("weir_output_connected"), 1)
        send(("127.0.0.1", weir.port), [datagrams.v5(FLOWS)])
        self.wait_until("the failure to show", lambda: weir.total("weir_output_connected") == 0)

    def test_pages_keep_their_listeners_while_the_output_drains(self):
        server = self.nats_server()
        weir = self.weir("-o", "nats", "-n", server.url, config={
            "listeners": [{"address": "127.0.0.1", "port": 0}, {"address": "127.0.0.1", "port": 0}],
            "shutdown_timeout": "8s"})
        weir.wait_total("weir_output_connected", 1)
        for _, port in weir.listening():
            send(("127.0.0.1", port), [datagrams.v5(FLOWS)])
        weir.wait_total("weir_flows_published_total", 2 * FLOWS)
        names = {"%s:%d" % address for address in weir.listening()}
        server.send(signal.SIGSTOP)
        try:
            for _, port in weir.listening():
                send(("127.0.0.1", port), [datagrams.v5(FLOWS)])
            weir.wait_total("weir_datagrams_received_total", 4)
            weir.send(signal.SIGTERM)
            self.wait_until("the listeners to close", lambda: weir.get("/readyz")[0] == 503)
            time.sleep(0.5)
            status, text = weir.get("/metrics")
        finally:
            server.send(signal.SIGCONT)
        self.assertEqual(status, 200)
        samples = [line.rsplit(" ", 1)[0] for line in text.splitlines() if line[:1] not in ("", "#")]
        self.assertEqual(len(samples), len(set(samples)), "duplicate samples")
        shown = {s.split('listener="', 1)[1].split('"', 1)[0] for s in samples if 'listener="' in s}
        self.assertEqual(shown, names)
        self.assertEqual(weir.wait(20), 0)
