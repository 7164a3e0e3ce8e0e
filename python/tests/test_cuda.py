# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""vxm.cuda on models of both drivers (tests/cuda_driver.c), so that no GPU is needed."""

import ctypes
import gc
import os
import subprocess
import sys
import types
import unittest
from pathlib import Path

from support import TestCase, main

import vxm
import vxm.cuda
from vxm import dlpack

model = ctypes.CDLL("libcuda.so.1")
model.model_cuda_note.restype = ctypes.c_char_p


def at(address, count):
    """Bytes at the model's device pointer, which the CPU can see."""
    return (ctypes.c_ubyte * count).from_address(address)


class Cuda(TestCase):
    def setUp(self):
        super().setUp()
        self.device = vxm.Device()
        os.environ["MODEL_CUDA_UUID"] = self.device.identity.device_uuid.hex()

    def tearDown(self):
        self.device.close()
        gc.collect()
        dlpack.sweep()
        self.assertEqual(model.model_cuda_note(), b"")
        self.assertEqual(model.model_cuda_live(), 0, "CUDA's objects were left over")
        super().tearDown()

    def test_memory_is_the_same(self):
        with self.device.create_buffer(4096, host_visible=True) as memory:
            memory.numpy()[:] = 5
            imported = memory.cuda()
            self.assertIs(memory.cuda(), imported)
            self.assertEqual(imported.size, 4096)
            seen = at(imported.pointer, 4096)
            self.assertEqual(seen[4095], 5)
            seen[17] = 99
            self.assertEqual(memory.numpy()[17], 99)

    def test_tensor_on_the_gpu(self):
        with self.device.create_buffer(4096) as memory:
            tensor = memory.cuda().dlpack("float32", (16, 16), offset=1024)
            self.assertEqual(tensor.__dlpack_device__(), (2, 0))
            self.assertEqual(tensor.strides, (16, 1))
            self.assertEqual(tensor._address, memory.cuda().pointer + 1024)
            self.assertIn("dltensor", repr(tensor.__dlpack__(stream=1)))
            with self.assertRaises(AttributeError):
                tensor.__array_interface__
            with self.assertRaisesRegex(ValueError, "GPU"):
                tensor.numpy()
            with self.assertRaisesRegex(ValueError, "4096"):
                memory.cuda().dlpack("float32", (1025,))
            del tensor

    def test_a_tensor_keeps_the_import(self):
        memory = self.device.create_buffer(4096)
        with memory.export() as shared:
            imported = vxm.cuda.Memory(shared)
        tensor = imported.dlpack()
        capsule = tensor.__dlpack__()
        imported.close()
        imported.close()
        memory.close()
        del tensor
        gc.collect()
        self.assertEqual(model.model_cuda_live(), 3)  # memory, mapping, context
        del capsule
        dlpack.sweep()
        self.assertEqual(model.model_cuda_live(), 0)
        with self.assertRaisesRegex(ValueError, "closed"):
            imported.dlpack()

    def test_torch(self):
        """As PyTorch takes it: a module that keeps what it is given."""
        torch = types.ModuleType("torch")
        torch.from_dlpack = lambda tensor: ("tensor", tensor.shape, tensor.__dlpack_device__())
        sys.modules["torch"] = torch
        try:
            with self.device.create_buffer(64) as memory:
                self.assertEqual(memory.torch("int32"), ("tensor", (16,), (2, 0)))
            with self.device.create_image(
                5, 3, vxm.Format.R8G8B8A8_UNORM, tiling=vxm.Tiling.LINEAR
            ) as image:
                self.assertEqual(image.torch()[1], (3, 5, 4))
            with self.device.create_image(5, 3, vxm.Format.R8G8B8A8_UNORM) as image:
                with self.assertRaisesRegex(ValueError, "LINEAR"):
                    image.torch()
        finally:
            del sys.modules["torch"]

    def test_import_borrows(self):
        with self.device.create_buffer(64) as memory, memory.export() as shared:
            fd = shared.fd
            vxm.cuda.Memory(shared).close()
            os.fstat(fd)
            for name in ("cuImportExternalMemory", "cuExternalMemoryGetMappedBuffer"):
                model.model_cuda_fail(name.encode())
                with self.assertRaises(vxm.Error) as caught:
                    vxm.cuda.Memory(shared)
                self.assertEqual(caught.exception.name, "CUDA_ERROR_UNKNOWN")
                self.assertEqual(caught.exception.code, 999)
                self.assertEqual(caught.exception.reason, vxm.Reason.FOREIGN)
                self.assertIn(name, caught.exception.message)
                del caught
            os.fstat(fd)
            self.assertEqual(self.device.import_shared(shared).size, 64)
        with self.assertRaisesRegex(ValueError, "closed"):
            vxm.cuda.Memory(shared)

    def test_another_gpu(self):
        os.environ["MODEL_CUDA_UUID"] = "ff" * 16
        with self.device.create_buffer(64) as memory:
            with self.assertRaises(vxm.Error) as caught:
                memory.cuda()
            self.assertEqual(caught.exception.reason, vxm.Reason.MISMATCH)
            self.assertIn("ff" * 16, caught.exception.message)
            self.assertIn(self.device.identity.device_uuid.hex(), caught.exception.message)
            with vxm.cuda.Device(ordinal=0) as other, memory.export() as shared:
                with self.assertRaises(vxm.Error) as caught:
                    vxm.cuda.Memory(shared, device=other)
                self.assertEqual(caught.exception.reason, vxm.Reason.MISMATCH)
        with self.assertRaisesRegex(vxm.Error, "ordinal 1"):
            vxm.cuda.Device(ordinal=1)
        del caught, other

    def test_semaphore(self):
        timeline = self.device.create_semaphore()
        with timeline, self.device.create_buffer(64, host_visible=True) as memory:
            stream = types.SimpleNamespace(cuda_stream=0)
            timeline.signal(1)
            with memory.access(wait=(timeline, 1), signal=(timeline, 2), stream=stream):
                at(memory.cuda().pointer, 64)[0] = 4
            timeline.wait(2, timeout=0)
            self.assertEqual(memory.numpy()[0], 4)
            self.assertIs(timeline.cuda(), timeline.cuda())
            with self.assertRaises(TypeError):
                with memory.access(wait=(timeline, 2), stream="default"):
                    self.fail("it must not come that far")
            model.model_cuda_fail(b"cuImportExternalSemaphore")
            with timeline.export() as shared:
                with self.assertRaises(vxm.Error):
                    vxm.cuda.Semaphore(shared)
                os.fstat(shared.fd)

    def test_a_child_without_vulkan(self):
        child = (
            "import ctypes, sys, vxm, vxm.cuda\n"
            "channel = vxm.Channel.from_fd(int(sys.argv[1]))\n"
            "with channel.receive_memory() as shared: memory = vxm.cuda.Memory(shared)\n"
            "with channel.receive_semaphore() as shared: timeline = vxm.cuda.Semaphore(shared)\n"
            "with memory.access(wait=(timeline, 1), signal=(timeline, 2), stream=0):\n"
            "    data = (ctypes.c_ubyte * memory.size).from_address(memory.pointer)\n"
            "    data[:] = bytes(reversed(data))\n"
        )
        a, b = vxm.Channel.pair()
        timeline = self.device.create_semaphore()
        with a, timeline, self.device.create_buffer(256, host_visible=True) as memory:
            fd = b.fd()
            process = subprocess.Popen([sys.executable, "-c", child, str(fd)], pass_fds=[fd])
            os.close(fd)
            b.close()
            a.send(memory)
            a.send(timeline)
            with memory.access(signal=(timeline, 1)):
                memory.numpy()[:] = range(256)
            with memory.access(wait=(timeline, 2)):
                self.assertEqual(memory.numpy()[:3].tolist(), [255, 254, 253])
            self.assertEqual(process.wait(timeout=30), 0)

    def test_the_example(self):
        """vulkan_torch.py from end to end, on the models and with a stand-in for PyTorch."""
        here = Path(__file__).parent
        path = os.pathsep.join([str(here / "standin"), os.environ["PYTHONPATH"]])
        for way in ([], ["--buffer"]):
            done = subprocess.run(
                [sys.executable, "-B", here.parent / "examples" / "vulkan_torch.py", *way],
                stdout=subprocess.PIPE,
                env=dict(os.environ, PYTHONPATH=path),
                timeout=120,
                text=True,
            )
            print(done.stdout)
            self.assertEqual(done.returncode, 0)
            self.assertRegex(done.stdout, r"(?m)^bytes copied +0\b")
            self.assertRegex(done.stdout, r"(?m)^result +agrees$")


class NoCuda(unittest.TestCase):
    def test_said_in_words(self):
        environment = dict(os.environ, LD_LIBRARY_PATH="")
        program = "import vxm, vxm.cuda\ntry: vxm.cuda.driver()\nexcept vxm.Error as e: print(e)"
        done = subprocess.run(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment, text=True
        )
        self.assertEqual(done.returncode, 0)
        if not done.stdout:
            self.skipTest("this machine has CUDA's driver")
        self.assertIn("CUDA's driver was not found", done.stdout)


if __name__ == "__main__":
    main()
