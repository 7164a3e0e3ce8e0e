# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""The examples: they run, or say what is missing."""

import subprocess
import sys
from pathlib import Path

from support import TestCase, main

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(name):
    done = subprocess.run(
        [sys.executable, "-B", EXAMPLES / name], stdout=subprocess.PIPE, timeout=120, text=True
    )
    if done.returncode != 77:
        print(done.stdout, flush=True)
    return done


class Examples(TestCase):
    def test_vulkan_numpy(self):
        done = run("vulkan_numpy.py")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"(?m)^bytes copied +0$")
        self.assertRegex(done.stdout, r"(?m)^time to share +[0-9.]+ ms")
        self.assertRegex(done.stdout, r"(?m)^time of the copy +[0-9.]+ ms")
        self.assertRegex(done.stdout, r"(?m)^result +agrees$")

    def test_vulkan_torch(self):
        done = run("vulkan_torch.py")
        if done.returncode == 77:
            self.assertRegex(done.stdout, "^SKIPPED vulkan_torch: .{20}")
            self.skipTest(done.stdout.strip().partition(": ")[2])
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"(?m)^result +agrees$")


if __name__ == "__main__":
    main()
