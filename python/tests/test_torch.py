# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""PyTorch itself on an NVIDIA GPU; skipped where there is none (test_cuda.py runs on models)."""

import os
import subprocess
import sys
import unittest

from support import TestCase, main

import vxm
import vxm.cuda

try:
    vxm.cuda.driver()
    import torch

    lacking = None if torch.cuda.is_available() else "PyTorch has no CUDA device here"
except vxm.Error as error:
    lacking = f"an NVIDIA GPU with CUDA's driver is needed: {error}"
except ImportError as error:
    lacking = f"PyTorch is needed: {error}"

CHILD = """
import sys, torch, vxm, vxm.cuda
channel = vxm.Channel.from_fd(int(sys.argv[1]))
with channel.receive_memory() as shared:
    memory = vxm.cuda.Memory(shared)
with channel.receive_semaphore() as shared:
    timeline = vxm.cuda.Semaphore(shared)
x = memory.torch("int32", (16, 16))
with memory.access(wait=(timeline, 1), signal=(timeline, 2), stream=torch.cuda.current_stream()):
    x.mul_(3)
torch.cuda.synchronize()
channel.send(b"done")
"""


@unittest.skipIf(lacking, lacking or "")
class Torch(TestCase):
    @classmethod
    def setUpClass(cls):
        """The drivers open descriptors of their own when they are first used."""
        cls.device = vxm.Device(uuid=vxm.cuda.Device(ordinal=0).uuid)
        with cls.device.create_buffer(64, host_visible=True) as memory:
            memory.torch().fill_(1)
            torch.cuda.synchronize()

    @classmethod
    def tearDownClass(cls):
        cls.device.close()

    def test_alias(self):
        with self.device.create_buffer(1 << 22) as memory:
            matrix = memory.torch("float32", (1024, 1024)).fill_(2)
            flat = memory.torch(torch.float32)
            self.assertEqual(matrix.data_ptr(), flat.data_ptr())
            self.assertEqual(flat.sum().item(), 2 << 20)
            self.assertEqual(memory.torch("uint8", (4,), offset=4).tolist(), [0, 0, 0, 64])
            del matrix, flat

    def test_every_dtype(self):
        with self.device.create_buffer(4096) as memory:
            memory.torch().zero_()
            for name in vxm.dlpack.DTYPES:
                tensor = memory.torch(name)
                self.assertEqual(str(tensor.dtype), f"torch.{name}")
                self.assertEqual(memory.torch(tensor.dtype).shape, tensor.shape)
                del tensor

    def test_cpu_cuda_and_an_import_alias(self):
        with self.device.create_buffer(4096, host_visible=True) as memory:
            with memory.export() as shared:
                other = self.device.import_shared(shared)
            other.torch().fill_(5)
            torch.cuda.synchronize()
            self.assertEqual(memory.torch(device="cpu").sum().item(), 5 * 4096)
            with memory.map() as data:
                self.assertEqual((data[0], data[4095]), (5, 5))
            other.close()

    def test_a_tensor_keeps_the_memory(self):
        memory = self.device.create_buffer(4096)
        tensor = memory.torch().fill_(9)
        memory.close()
        self.assertEqual(tensor.sum().item(), 9 * 4096)
        del tensor

    def test_timeline(self):
        with self.device.create_semaphore() as timeline:
            timeline.signal(1)
            timeline.cuda().wait(1)
            timeline.cuda().signal(5)
            timeline.wait(5)
            self.assertEqual(timeline.value, 5)

    def test_linear_image(self):
        with self.device.create_image(
            33, 20, vxm.Format.R32_SFLOAT, tiling=vxm.Tiling.LINEAR
        ) as image:
            pixels = image.torch()
            self.assertEqual(tuple(pixels.shape), (20, 33, 1))
            self.assertGreaterEqual(pixels.stride(0), 33)
            pixels.fill_(0.5)
            self.assertEqual(pixels.sum().item(), 330)
            del pixels

    def test_child_without_vulkan(self):
        a, b = vxm.Channel.pair()
        timeline = self.device.create_semaphore()
        with a, timeline, self.device.create_buffer(1024, host_visible=True) as memory:
            fd = b.fd()
            process = subprocess.Popen([sys.executable, "-c", CHILD, str(fd)], pass_fds=[fd])
            os.close(fd)
            b.close()
            a.send(memory)
            a.send(timeline)
            with memory.access(signal=(timeline, 1)), memory.map() as data:
                data.cast("i")[255] = 14
            with memory.access(wait=(timeline, 2)), memory.map() as data:
                self.assertEqual(data.cast("i")[255], 42)
            self.assertEqual(a.receive(), b"done")
            self.assertEqual(process.wait(timeout=30), 0)


if __name__ == "__main__":
    main()
