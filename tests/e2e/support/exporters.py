"""The real exporters, each run once over a pcap file. They end by themselves."""

import functools
import os
import re
import subprocess

from .programs import Program, find

NFPROBE_FLOW = "src_host, dst_host, src_port, dst_port, proto, tos"


def softflowd(directory, pcap, port, version, *more, name=None):
    """version: 5, 9 or 10. It tracks IPv6 too, and leaves it out of version 5, which has no room."""
    name = name or "softflowd-v%s" % version
    return Program([find("softflowd"), "-r", pcap, "-n", "127.0.0.1:%d" % port, "-v", version,
                    "-d", "-6", "-p", os.path.join(directory, name + ".pid"), "-c", "none", *more],
                   directory, name)


@functools.cache
def pmacct_version():
    """(1, 7, 7)"""
    said = subprocess.run([find("pmacctd"), "-V"], capture_output=True, text=True, check=False)
    return tuple(int(n) for n in re.search(r"(\d+)\.(\d+)\.(\d+)", said.stdout).groups())


def _pmacctd(directory, name, pcap, lines):
    path = os.path.join(directory, name + ".conf")
    with open(path, "w", encoding="utf-8") as f:
        f.write("daemonize: false\npcap_savefile: %s\n" % pcap + "\n".join(lines) + "\n")
    return Program([find("pmacctd"), "-f", path], directory, name)


def nfprobe(directory, pcap, port, version):
    """pmacctd exporting NetFlow 5, 9 or IPFIX (10). It waits for 2 s before and after the file."""
    return _pmacctd(directory, "nfprobe-v%s" % version, pcap, [
        "plugins: nfprobe[x]", "aggregate[x]: " + NFPROBE_FLOW,
        "nfprobe_receiver[x]: 127.0.0.1:%d" % port, "nfprobe_version[x]: %s" % version])


def sfprobe(directory, pcap, port, agent="192.0.2.9"):
    """pmacctd exporting every packet as an sFlow sample."""
    return _pmacctd(directory, "sfprobe", pcap, [
        "plugins: sfprobe[x]", "sampling_rate: 1", "sfprobe_agentip[x]: " + agent,
        "sfprobe_receiver[x]: 127.0.0.1:%d" % port])
