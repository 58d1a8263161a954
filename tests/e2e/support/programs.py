"""Starting real programs, waiting with a bound, and ending exactly what was started."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
# Which build of weir is put to the test: build/, or build/asan and the like.
BUILD = os.path.join(ROOT, os.environ.get("E2E_BUILD", "build"))
# Sanitizers and busy machines make everything slower; a bound is only there to end a hang.
PATIENCE = float(os.environ.get("E2E_PATIENCE", "1"))


def wait_for(what, condition, seconds=20.0, every=0.02):
    """The first true value of condition(); TimeoutError (naming what) when there is none."""
    deadline = time.monotonic() + seconds * PATIENCE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError("waited %.0f s for %s" % (seconds * PATIENCE, what))
        time.sleep(every)


def free_port(kind=socket.SOCK_STREAM):
    """A port nobody holds just now; prefer port 0 wherever the program can tell what it got."""
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def find(name):
    """The full path of a program; Debian keeps daemons where an ordinary user's PATH does not look."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/bin:/bin")
    if not path:
        raise FileNotFoundError("%s is not installed: make deps" % name)
    return path


def built(name):
    path = os.path.join(BUILD, name)
    if not os.path.exists(path):
        raise FileNotFoundError("%s is not there: make" % path)
    return path


_alive, _folders = set(), set()


def temporary_folder(prefix):
    """For the caller to remove; end_all() does, too."""
    path = tempfile.mkdtemp(prefix=prefix)
    _folders.add(path)
    return path


def end_all():
    """For whoever is interrupted between a start and its clean-up."""
    for program in list(_alive):
        program.kill()
    for path in _folders:
        shutil.rmtree(path, ignore_errors=True)


class Program:
    """A child in a process group of its own; its output goes to files in the directory given."""

    def __init__(self, argv, directory, name=None, env=None, stderr=None):
        """stderr: a descriptor to take in place of the file."""
        self.name = name or os.path.basename(argv[0])
        self.argv = [str(a) for a in argv]
        self.out_path = os.path.join(directory, self.name + ".out")
        self.err_path = os.path.join(directory, self.name + ".err")
        # Settings of the user's own weir must not leak into one under test.
        clean = {k: v for k, v in os.environ.items() if not k.startswith("WEIR_")}
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=err if stderr is None else stderr, env={**clean, **(env or {})},
                                            start_new_session=True)
        _alive.add(self)

    @property
    def pid(self):
        return self.process.pid

    def running(self):
        return self.process.poll() is None

    def out(self):
        with open(self.out_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def err(self):
        with open(self.err_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def send(self, number):
        if self.running():
            os.kill(self.pid, number)

    def wait(self, seconds=20.0):
        """The exit status; negative: the signal that ended it."""
        try:
            return self.process.wait(seconds * PATIENCE)
        except subprocess.TimeoutExpired:
            raise TimeoutError("%s did not end within %.0f s" % (self.name, seconds * PATIENCE)) \
                from None

    def stop(self, number=signal.SIGTERM, seconds=20.0):
        """Asks it to end and gives its exit status."""
        self.send(number)
        return self.wait(seconds)

    def kill(self):
        """Ends it and all that it started, whatever state they are in."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.pid, number)
            except ProcessLookupError:
                break
            try:
                self.process.wait(2)
            except subprocess.TimeoutExpired:
                pass
        self.process.wait(10)
        _alive.discard(self)

    def tail(self, lines=25):
        """The last it said, for the report of a failure."""
        said = [("out", self.out()), ("err", self.err())]
        return "\n".join("--- %s (%s), exit status %s\n%s" % (
            self.name, stream, self.process.poll(), "\n".join(text.splitlines()[-lines:]))
            for stream, text in said if text.strip())
