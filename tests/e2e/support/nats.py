"""A nats-server of our own, and the few verbs of its protocol that a subscriber needs."""

import base64
import json
import os
import socket
import threading

from .programs import Program, find, free_port, wait_for


class Server(Program):
    """nats-server with JetStream, its store in the given directory; port stays over a restart."""

    def __init__(self, directory, port=None, name="nats-server", config=""):
        self.port = port or free_port()
        self.url = "nats://127.0.0.1:%d" % self.port
        self.config = os.path.join(directory, name + ".conf")
        self.configure(config)
        super().__init__([find("nats-server"), "-c", self.config, "-a", "127.0.0.1", "-p", self.port, "-js",
                          "-sd", os.path.join(directory, "jetstream")], directory, name)
        try:
            wait_for("nats-server to listen", self._ready)
        except BaseException:
            self.kill()
            raise

    def configure(self, config):
        """Takes effect with the start, or with SIGHUP."""
        with open(self.config, "w", encoding="utf-8") as f:
            f.write(config)

    def _ready(self):
        if not self.running():
            raise RuntimeError("nats-server ended: " + self.tail())
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as s:
                return s.recv(4) == b"INFO"  # more it tells only to its users
        except OSError:
            return False


class Client:
    """One connection; what is subscribed to arrives in messages: (subject, octets)."""

    def __init__(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port), 5)
        self._file = self._socket.makefile("rb")
        self._lock = threading.Condition()
        self._pongs = self._pings = 0
        self.messages = []
        self.info = json.loads(self._file.readline().split(b" ", 1)[1])
        self._send(b'CONNECT {"verbose":false,"pedantic":false,"headers":true,"name":"e2e"}\r\n')
        self._socket.settimeout(None)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.flush()

    def _send(self, octets):
        self._socket.sendall(octets)

    def _read(self):
        try:
            for line in self._file:
                self._take(line.split())
        except (OSError, ValueError):
            pass  # closed, here or there
        with self._lock:
            self._pongs = None
            self._lock.notify_all()

    def _take(self, words):
        verb = words[0].upper() if words else b""
        if verb == b"PING":
            self._send(b"PONG\r\n")
        elif verb in (b"MSG", b"HMSG"):
            whole = self._file.read(int(words[-1]) + 2)[:-2]
            head = int(words[-2]) if verb == b"HMSG" else 0
            with self._lock:
                self.messages.append((words[1].decode(), whole[head:]))
                self._lock.notify_all()
        elif verb == b"PONG":
            with self._lock:
                self._pongs += 1
                self._lock.notify_all()

    def subscribe(self, subject):
        self._send(b"SUB %s 1\r\n" % subject.encode())
        self.flush()

    def publish(self, subject, octets):
        self._send(b"PUB %s %d\r\n%s\r\n" % (subject.encode(), len(octets), octets))

    def request(self, subject, question):
        """The answer to a question, both JSON; what else arrives meanwhile stays in messages."""
        inbox = "_INBOX.e2e%d" % id(question)
        self._send(b"SUB %s 2\r\nUNSUB 2 1\r\n" % inbox.encode())
        octets = json.dumps(question).encode()
        self._send(b"PUB %s %s %d\r\n%s\r\n" % (subject.encode(), inbox.encode(), len(octets),
                                                octets))
        with self._lock:
            if not self._lock.wait_for(lambda: any(s == inbox for s, _ in self.messages), 10):
                raise ConnectionError("no answer to %s" % subject)
            answer = next(m for m in self.messages if m[0] == inbox)
            self.messages.remove(answer)
        answer = json.loads(answer[1])
        if "error" in answer:
            raise RuntimeError("%s: %s" % (subject, answer["error"]))
        return answer

    def flush(self, seconds=10):
        """Returns once the server has answered all that was sent, and hence has sent all that it
        had for us before."""
        with self._lock:
            self._pings += 1
            wanted = self._pings
            self._send(b"PING\r\n")
            answered = self._lock.wait_for(
                lambda: self._pongs is None or self._pongs >= wanted, seconds)
            if not answered or self._pongs is None:
                raise ConnectionError("the nats-server did not answer")

    def take(self):
        """All messages that arrived since the last take()."""
        with self._lock:
            taken, self.messages = self.messages, []
            return taken

    def close(self):
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()
        self._reader.join(5)
        self._file.close()


class Stream:
    """A JetStream stream of all flows: it has what was published while nobody was subscribed."""

    def __init__(self, client, name="FLOWS"):
        self.client, self.name = client, name

    def create(self):
        self.client.request("$JS.API.STREAM.CREATE." + self.name, {
            "name": self.name, "subjects": ["flows.>"], "retention": "limits", "storage": "file",
            "discard": "old", "num_replicas": 1, "max_consumers": -1, "max_msgs": -1,
            "max_bytes": -1, "max_age": 0})
        return self

    def messages(self):
        """(subject, octets) of all."""
        last = self.client.request("$JS.API.STREAM.INFO." + self.name, {})["state"]["last_seq"]
        for sequence in range(1, last + 1):
            message = self.client.request("$JS.API.STREAM.MSG.GET." + self.name,
                                          {"seq": sequence})["message"]
            yield message["subject"], base64.b64decode(message.get("data", ""))
