#!/usr/bin/env python3
"""make demo: real exporters send to weir, weir publishes to a real nats-server, and what arrives
there is shown. Everything runs on free ports of the loopback interface, in a temporary folder, and
is gone afterwards. Exit status 0: flows of both families, NetFlow and sFlow, arrived."""

import collections
import os
import signal
import sys
import time

from support import exporters, nats
from support.packets import office
from support.programs import end_all, temporary_folder
from support.weir import Weir, parse_flows

ROWS = 12  # shown of each type; all are counted
COLUMNS = (("time", 12), ("type", 11), ("exporter", 10), ("source", 23), ("destination", 23),
           ("proto", 9), ("packets", 7), ("bytes", 7))


def say(text=""):
    print(text, flush=True)


def row(cells):
    """Numbers to the right."""
    return "  ".join(str(c).rjust(w) if title in ("packets", "bytes") else str(c).ljust(w)
                     for c, (title, w) in zip(cells, COLUMNS)).rstrip()


def end_point(flow, side):
    address, port = flow.get(side + "_addr", ""), flow.get(side + "_port", 0)
    if not port:
        return address
    return ("[%s]:%d" if ":" in address else "%s:%d") % (address, port)


class Table:
    """The flows as they arrive."""

    def __init__(self):
        self.seen = collections.Counter()
        self.families = collections.Counter()

    def show(self, subject, flow):
        if not self.seen:
            say(row(title for title, _ in COLUMNS))
            say(row("-" * width for _, width in COLUMNS))
        kind = flow.get("type", "?")
        self.seen[kind] += 1
        self.families[subject.rsplit(".", 1)[-1]] += 1
        if self.seen[kind] > ROWS:
            return
        start_s = flow.get("time_flow_start_ns", 0) / 1e9
        clock = time.strftime("%H:%M:%S", time.localtime(start_s)) + ".%03d" % (start_s % 1 * 1000)
        say(row((clock, kind, flow.get("sampler_address", ""), end_point(flow, "src"),
                 end_point(flow, "dst"), flow.get("proto", ""), flow.get("packets", 0),
                 flow.get("bytes", 0))))

    def take(self, client):
        for subject, octets in client.take():
            for flow in parse_flows(octets.decode()):
                self.show(subject, flow)

    def rest(self):
        return ", ".join("%d more %s" % (n - ROWS, kind) for kind, n in self.seen.items()
                         if n > ROWS)


def start_all(folder, pcap):
    server = nats.Server(folder)
    client = nats.Client(server.port)
    client.subscribe("flows.raw.>")
    weir = Weir(folder, "-l", "127.0.0.1:0", "--http", "127.0.0.1:0", "-o", "nats",
                "-n", server.url)
    weir.wait_ready()
    say("  nats-server   127.0.0.1:%d, JetStream, version %s" % (
        server.port, client.info["version"]))
    say("  weir          udp 127.0.0.1:%d, http://%s:%d/metrics" % ((weir.port,) + weir.http()))
    say("  subscribed    flows.raw.>")
    say("  softflowd     NetFlow v9 and IPFIX")
    say("  pmacctd       sFlow v5 (sfprobe), every packet a sample; it takes 4 seconds")
    say()
    return weir, client, [exporters.softflowd(folder, pcap, weir.port, 9),
                          exporters.softflowd(folder, pcap, weir.port, 10, "-A", "milli"),
                          exporters.sfprobe(folder, pcap, weir.port)]


def watch(client, table, running, seconds=30):
    """Shows what arrives until the exporters have ended and a second of silence after them."""
    deadline = time.monotonic() + seconds
    quiet_since = time.monotonic()
    while time.monotonic() < deadline:
        before = sum(table.seen.values())
        table.take(client)
        if sum(table.seen.values()) != before or any(p.running() for p in running):
            quiet_since = time.monotonic()
        elif time.monotonic() - quiet_since > 1:
            return
        time.sleep(0.1)


def show_ledger(page):
    def line(name, value):
        say("  %-22s %8d" % (name, value))
    say("the ledger, from /metrics:")
    for name, metric in LEDGER:
        line(name, page.sum(metric))
    for metric, label in DROPS:
        for reason, n in sorted(page.by(metric, label).items()):
            line("dropped, " + reason if label else "dropped by the kernel", n)


LEDGER = (("datagrams received", "weir_datagrams_received_total"),
          ("datagrams rejected", "weir_datagrams_rejected_total"),
          ("flows decoded", "weir_flows_decoded_total"),
          ("flows published", "weir_flows_published_total"))
DROPS = (("weir_kernel_drops_total", ""), ("weir_flows_dropped_total", "reason"))


def demo(folder):
    made = office(int(time.time()) - 60)
    pcap = os.path.join(folder, "traffic.pcap")
    made.write(pcap)
    say("\nweir demo: %d packets of our own making (%d conversations, IPv4 and IPv6), seen by two"
        " real exporters\n" % (made.packets, len(made.truth) // 2))
    weir, client, running = start_all(folder, pcap)
    table = Table()
    watch(client, table, running)
    page = weir.metrics()
    weir.finish()
    client.flush()
    table.take(client)
    say("and " + table.rest() + "\n" if table.rest() else "")
    show_ledger(page)
    arrived = ", ".join("%d %s" % (table.families[f], f) for f in ("netflow", "sflow"))
    good = all(table.families[f] for f in ("netflow", "sflow"))
    say("\n%s: flows that arrived over NATS: %s" % ("all well" if good else "FAILED", arrived))
    if not good:
        say("\n".join(p.tail() for p in running + [weir]))
    return 0 if good else 1


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return demo(temporary_folder("weir-demo-"))
    except KeyboardInterrupt:
        say("\ninterrupted")
        return 130
    except BrokenPipeError:  # whoever was reading has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (OSError, RuntimeError, TimeoutError) as error:
        say("weir demo: %s" % error)
        return 1
    finally:
        end_all()


if __name__ == "__main__":
    sys.exit(main())
