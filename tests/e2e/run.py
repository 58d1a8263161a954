#!/usr/bin/env python3
"""Runs the end-to-end tests: one line each, and the sum on a line of its own at the end.

usage: run.py [--long] [NAME...]    NAME: part of a test's name, to run only those
E2E_BUILD=build/asan puts another build to the test, E2E_PATIENCE=5 waits five times as long."""

import os
import signal
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


class Lines(unittest.TestResult):
    def startTest(self, test):
        super().startTest(test)
        self._since = time.monotonic()

    def _line(self, test, what, details=""):
        name = test.id().split(".", 1)[-1]
        print("%-4s %6.1f s  %s" % (what, time.monotonic() - self._since, name), flush=True)
        if details:
            print(details, flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self._line(test, "ok")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._line(test, "FAIL", self._exc_info_to_string(err, test))

    def addError(self, test, err):
        super().addError(test, err)
        if hasattr(test, "_testMethodName"):
            self._line(test, "FAIL", self._exc_info_to_string(err, test))
        else:  # a module or class that could not be set up
            print("FAIL %s\n%s" % (test, self._exc_info_to_string(err, test)), flush=True)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._line(test, "SKIP", reason)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            self._line(subtest, "FAIL", self._exc_info_to_string(err, test))


def flatten(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from flatten(item)
        else:
            yield item


def wanted(test, long_ones, names):
    if type(test).__name__ == "_FailedTest":
        return True  # a module that does not load is a failure, whatever was asked for
    if names:
        return any(name in test.id() for name in names)
    return getattr(getattr(test, test._testMethodName), "long", False) == long_ones


def interrupted(*_):
    raise KeyboardInterrupt


def main(argv):
    long_ones = "--long" in argv
    names = [a for a in argv if not a.startswith("-")]
    sys.path.insert(0, HERE)
    loaded = unittest.defaultTestLoader.discover(HERE, "test_*.py")
    suite = unittest.TestSuite(t for t in flatten(loaded) if wanted(t, long_ones, names))
    from support.programs import end_all
    signal.signal(signal.SIGTERM, interrupted)
    result = Lines()
    try:
        suite.run(result)
    finally:
        end_all()
    failed = len({getattr(test, "test_case", test) for test, _ in result.failures + result.errors})
    passed = max(0, result.testsRun - failed - len(result.skipped))
    print("%d passed, %d failed, %d skipped" % (passed, failed, len(result.skipped)))
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
