"""A weir under test: started on ports the kernel picks, read through its own pages and log."""

import http.client
import json
import os
import re
import signal
import socket

from .packets import PROTO_NAMES, FlowKey, Totals
from .programs import Program, built, wait_for
from .prometheus import Page

_PAIR = re.compile(r'([A-Za-z0-9_.]+)=("(?:[^"\\]|\\.)*"|\S*)')


def logfmt(line):
    """{key: value} of one line of weir's log."""
    return {k: v[1:-1].replace('\\"', '"') if v.startswith('"') else v
            for k, v in _PAIR.findall(line)}


def split_address(text):
    """("127.0.0.1", 2055) of "127.0.0.1:2055" or "[::1]:2055"."""
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


class Weir(Program):
    def __init__(self, directory, *args, config=None, name="weir", env=None, stderr=None):
        """config: a dict (or text), written to a file that is given with -c."""
        argv = [built("weir")]
        if config is not None:
            path = os.path.join(directory, name + ".json")
            with open(path, "w", encoding="utf-8") as f:
                f.write(config if isinstance(config, str) else json.dumps(config))
            argv += ["-c", path]
        super().__init__(argv + list(args), directory, name, env, stderr)

    def wait_ready(self):
        wait_for("%s to be ready" % self.name, self._ready)

    def log(self):
        return [logfmt(line) for line in self.err().splitlines()]

    def said(self, msg):
        return [line for line in self.log() if line.get("msg") == msg]

    def listening(self):
        """(host, port) of each listener, in the order of the configuration."""
        return [split_address(line["addr"]) for line in self.said("listening")]

    @property
    def port(self):
        return self.listening()[0][1]

    def http(self):
        return split_address(self.said("http listening")[0]["addr"])

    def _ready(self):
        if not self.running():
            raise RuntimeError("%s ended before it was ready:\n%s" % (self.name, self.tail()))
        return bool(self.said("http listening")) and self.get("/readyz")[0] == 200

    def get(self, path, method="GET"):
        """(status, text)."""
        connection = http.client.HTTPConnection(*self.http(), timeout=10)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def metrics(self):
        status, text = self.get("/metrics")
        if status != 200:
            raise RuntimeError("/metrics answered %d" % status)
        return Page(text)

    def total(self, name, **labels):
        return self.metrics().sum(name, **labels)

    def wait_total(self, name, at_least, seconds=20.0, **labels):
        """Waits for a counter to get there, and gives the page on which it did."""
        def there():
            page = self.metrics()
            return page if page.sum(name, **labels) >= at_least else None
        return wait_for("%s%s >= %d" % (name, labels or "", at_least), there, seconds)

    def finish(self, seconds=20.0, number=signal.SIGTERM):
        """Ends it in the orderly way, and gives its summary line; the exit status must be 0."""
        status = self.stop(number, seconds)
        if status != 0:
            raise RuntimeError("%s ended with %s:\n%s" % (self.name, status, self.tail()))
        lines = self.said("summary")
        if len(lines) != 1:
            raise RuntimeError("%d summary lines:\n%s" % (len(lines), self.tail()))
        return {k: int(v) if v.isdigit() else v for k, v in lines[0].items()}

    def flows(self):
        """What it wrote to stdout; a line that is no JSON object is an error."""
        return parse_flows(self.out())


def parse_flows(text):
    return [json.loads(line) for line in text.splitlines()]


_PROTO_NUMBERS = {name: number for number, name in PROTO_NAMES.items()}


def flow_key(flow):
    """ICMP as Cisco routers export it: the type and code in the destination port."""
    proto = _PROTO_NUMBERS.get(flow.get("proto"), flow.get("proto"))
    sport, dport = flow.get("src_port", 0), flow.get("dst_port", 0)
    if flow.get("proto") in ("ICMP", "IPv6-ICMP"):
        sport, dport = 0, flow.get("icmp_type", 0) << 8 | flow.get("icmp_code", 0)
    return FlowKey(flow.get("src_addr", ""), flow.get("dst_addr", ""), proto, sport, dport)


def totals(flows):
    """{key: Totals} of flows as weir prints them."""
    sums = {}
    for flow in flows:
        sums.setdefault(flow_key(flow), Totals()).add(
            flow.get("packets", 0), flow.get("bytes", 0),
            flow.get("time_flow_start_ns", 0), flow.get("time_flow_end_ns", 0))
    return sums


def send(address, datagrams, source=None):
    """Sends UDP datagrams from one socket; source: the address to send from."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        if source:
            s.bind((source, 0))
        for datagram in datagrams:
            s.sendto(datagram, address)
