# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""What the tests share. Each test_*.py is a program; 77 is its exit status if all was skipped."""

import gc
import os
import sys
import unittest


class _OpenFile:
    """The same one whatever its path has become meanwhile: somebody else's log under a new name."""

    def __init__(self, fd):
        status = os.fstat(fd)
        self.name = os.readlink(f"/proc/self/fd/{fd}")
        self.what = (status.st_dev, status.st_ino, "/" if self.name[0] == "/" else self.name)

    def __eq__(self, other):
        return self.what == other.what

    def __repr__(self):
        return self.name


def open_fds():
    """The open descriptors and what they are, without the one that the look itself needs."""
    found = {}
    for name in os.listdir("/proc/self/fd"):
        try:
            found[int(name)] = _OpenFile(int(name))
        except OSError:
            pass
    return found


class TestCase(unittest.TestCase):
    """Fails a test that leaves descriptors or tensors behind."""

    def setUp(self):
        gc.collect()
        self._fds = open_fds()

    def tearDown(self):
        from vxm import dlpack

        gc.collect()
        dlpack.sweep()
        self.assertEqual(open_fds(), self._fds, "descriptors were left open, or closed")
        self.assertEqual(len(dlpack._alive), 0, "tensors were left over")
        self.assertEqual(len(dlpack._pending), 0, "capsules were left over")


def main():
    """Runs the calling file's tests; prints skipped ones by name, and a line as other suites do."""
    program = unittest.main(module="__main__", exit=False, verbosity=1)
    result = program.result
    label = os.path.basename(sys.argv[0]).removeprefix("test_").replace(".py", "")
    for test, reason in result.skipped:
        print(f"SKIPPED {test.id().removeprefix('__main__.')}: {reason}")
    failed = len(result.failures) + len(result.errors)
    skipped = len(result.skipped)
    passed = result.testsRun - failed - skipped
    print(f"python {label}: {passed} passed, {failed} failed, {skipped} skipped")
    if failed or result.testsRun == 0:
        sys.exit(1)
    sys.exit(77 if skipped == result.testsRun else 0)
