"""What every end-to-end test stands on: a directory of its own, programs that are always ended,
and on failure what they had said."""

import functools
import os
import shutil
import socket
import time
import unittest

from . import nats
from .packets import office
from .programs import ROOT, Program, temporary_folder, wait_for
from .weir import Weir

LOGS = os.path.join(ROOT, "build", "logs", "e2e")
LOOPBACK = {"http": {"address": "127.0.0.1", "port": 0}}


def long(test):
    """For make test-long only: minutes, not seconds."""
    test.long = True
    return test


def needs_ipv6(test):
    @functools.wraps(test)
    def wrapped(self, *args):
        try:
            with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
                s.bind(("::1", 0))
        except OSError as error:
            self.skipTest("no IPv6 loopback here: %s" % error)
        return test(self, *args)
    return wrapped


# At the end of a capture file pmacctd's plugin may be gone a moment before it looks; then it says this
# and exits with 1.
PMACCT_RACE = "no more plugins active. Shutting down."


class EndToEnd(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        self.dir = temporary_folder("weir-e2e-")
        self.programs = []
        self.addCleanup(self._clean)

    def _clean(self):
        for program in reversed(self.programs):
            program.kill()
        if self._failed():
            self._keep_evidence()
        shutil.rmtree(self.dir, ignore_errors=True)

    def _failed(self):
        # The outcome so far; a private matter of unittest, so its absence only costs evidence.
        errors = getattr(getattr(self, "_outcome", None), "result", None)
        return bool(errors) and any(test is self or getattr(test, "test_case", None) is self
                                    for test, _ in errors.errors + errors.failures)

    def _keep_evidence(self):
        kept = os.path.join(LOGS, self.id().split(".", 1)[-1])
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.dir, kept, ignore=shutil.ignore_patterns("jetstream"))
        print("\n".join(p.tail() for p in self.programs) + "\n--- kept in %s" % kept, flush=True)

    def keep(self, program):
        """Makes sure that the program is ended with the test."""
        self.programs.append(program)
        return program

    def weir(self, *args, **options):
        """A weir whose HTTP port the kernel picks. With a config, listeners of its own; without,
        one on loopback."""
        config = options.pop("config", None)
        if config is None:
            args = ("-l", "127.0.0.1:0", "--http", "127.0.0.1:0") + args
        else:
            config = config if isinstance(config, str) else {**LOOPBACK, **config}
        ready = options.pop("ready", True)
        started = self.keep(Weir(self.dir, *args, config=config, **options))
        if ready:
            started.wait_ready()
        return started

    def nats_server(self, port=None, name="nats-server", config=""):
        return self.keep(nats.Server(self.dir, port, name, config))

    def nats_client(self, server, subject="flows.>"):
        client = nats.Client(server.port)
        self.addCleanup(client.close)
        client.subscribe(subject)
        return client

    def run_to_end(self, program, seconds=40.0):
        """Runs a program that ends by itself, and well."""
        status = self.keep(program).wait(seconds)
        if status == 1 and PMACCT_RACE in program.err():
            status = 0  # whether all was exported, the comparison with the truth tells
        self.assertEqual(status, 0, program.tail())
        return program

    def traffic(self, age_s=60):
        """Packets that were seen a minute ago; (traffic, path of the pcap)."""
        made = office(int(time.time()) - age_s)
        path = os.path.join(self.dir, "traffic.pcap")
        made.write(path)
        return made, path

    def start(self, argv, name=None):
        return self.keep(Program(argv, self.dir, name))

    @staticmethod
    def wait_until(what, condition, seconds=20.0):
        return wait_for(what, condition, seconds)
