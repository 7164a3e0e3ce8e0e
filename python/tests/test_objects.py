# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""Devices, memory and their descriptions: errors, closing, collecting."""

import gc
import os
import signal
import subprocess
import sys

from support import TestCase, main, open_fds

import vxm


class Objects(TestCase):
    def test_identity(self):
        with vxm.Device() as device:
            identity = device.identity
            self.assertEqual(len(identity.device_uuid), 16)
            self.assertTrue(identity.device_name)
            with vxm.Device(uuid=identity.device_uuid) as same:
                self.assertEqual(same.identity.device_name, identity.device_name)
            with vxm.Device(name=identity.device_name[:4]) as same:
                self.assertEqual(same.identity.device_uuid, identity.device_uuid)

    def test_error(self):
        with self.assertRaises(vxm.Error) as caught:
            vxm.Device(name="no such device")
        error = caught.exception
        self.assertEqual(error.name, "VK_ERROR_INITIALIZATION_FAILED")
        self.assertEqual(error.result, -3)
        self.assertIn("no such device", error.message)
        self.assertEqual(str(error), f"{error.name}: {error.message}")
        self.assertIn(error.reason, list(vxm.Reason))

    def test_bad_arguments(self):
        with self.assertRaisesRegex(ValueError, "16 bytes"):
            vxm.Device(uuid=b"short")
        with self.assertRaises(TypeError):
            vxm.Device(layers="VK_LAYER_KHRONOS_validation")
        with self.assertRaises(vxm.Error):
            vxm.Device(layers=["VK_LAYER_none"])
        with vxm.Device() as device:
            with self.assertRaises(vxm.Error):
                device.create_buffer(0)
            with self.assertRaises(vxm.Error):
                device.create_buffer(64, handle_types=0)
            with self.assertRaises(vxm.Error) as caught:
                device.create_buffer(64, handle_types=vxm.HandleType.DMA_BUF)
            self.assertEqual(caught.exception.reason, vxm.Reason.UNSUPPORTED)
            memory = device.create_buffer(64)
            with self.assertRaises(vxm.Error):
                memory.export(vxm.HandleType.DMA_BUF)
            with self.assertRaisesRegex(TypeError, r"\(semaphore, value\)"):
                with memory.access(wait=3):
                    self.fail("it must not come that far")

    def test_query(self):
        with vxm.Device() as device:
            answer = device.query(buffer=vxm.create_buffer_info(4096))
            self.assertTrue(answer.exportable and answer.importable)
            self.assertEqual(answer.reason, "")
            answer = device.query(vxm.HandleType.OPAQUE_WIN32)
            self.assertFalse(answer.exportable or answer.importable)
            self.assertTrue(answer.reason)

    def test_semaphores_refused_in_words(self):
        with vxm.Device() as device:
            answer = device.query_semaphore()
            if answer.exportable:
                self.skipTest("this driver shares semaphores, so there is nothing to refuse")
            with self.assertRaises(vxm.Error) as caught:
                device.create_semaphore()
            self.assertEqual(caught.exception.reason, vxm.Reason.UNSUPPORTED)

    def test_closed(self):
        device = vxm.Device()
        memory = device.create_buffer(64, host_visible=True)
        shared = memory.export()
        shared.close()
        shared.close()
        importing = lambda: device.import_shared(shared)  # noqa: E731
        for use in (shared.struct, shared.encode, lambda: shared.fd, importing):
            with self.assertRaisesRegex(ValueError, "closed"):
                use()
        memory.close()
        memory.close()
        for name in ("export", "map", "numpy", "cuda", "access", "info", "__enter__"):
            with self.assertRaisesRegex(ValueError, "closed"):
                getattr(memory, name)()
        device.close()
        with self.assertRaisesRegex(ValueError, "closed"):
            device.info()
        self.assertIn("closed", repr(device))

    def test_import_borrows(self):
        with vxm.Device() as device, device.create_memory(4096) as memory:
            shared = memory.export()
            fd = shared.fd
            before = os.fstat(fd)
            device.import_shared(shared).close()
            self.assertEqual(os.fstat(fd).st_ino, before.st_ino)
            device.check_shared(shared)
            struct = shared.struct()
            struct.deviceUUID[0] ^= 1
            with self.assertRaises(vxm.Error) as caught:
                device.import_shared(shared)
            self.assertEqual(caught.exception.name, "VK_ERROR_INCOMPATIBLE_DRIVER")
            self.assertEqual(os.fstat(fd).st_ino, before.st_ino)
            shared.close()
            with self.assertRaises(OSError):
                os.fstat(fd)

    def test_encode(self):
        with vxm.Device() as device, device.create_buffer(4096, host_visible=True) as memory:
            memory.numpy()[:] = 6
            with memory.export() as shared:
                data = shared.encode()
                fd = os.dup(shared.fd)
            with self.assertRaises(vxm.Error):
                vxm.Shared.decode(data[:-1], [fd])
            with self.assertRaises(ValueError):
                vxm.Shared.decode(data, [])
            with vxm.Shared.decode(data, [fd]) as shared, device.import_shared(shared) as other:
                self.assertEqual(other.numpy().sum(), 6 * 4096)
            with self.assertRaises(OSError):
                os.fstat(fd)

    def test_collected(self):
        """Nothing is closed by hand, in any order, also in a cycle."""
        for keep in ("device", "memory", "shared", "other", None):
            device = vxm.Device()
            memory = device.create_buffer(64)
            shared = memory.export()
            objects = {"device": device, "memory": memory, "shared": shared}
            objects["other"] = device.import_shared(shared)
            last = objects.get(keep)
            objects["itself"] = objects
            del device, memory, shared, objects
            gc.collect()
            del last
            gc.collect()
        self.assertEqual(open_fds(), self._fds)

    def test_failures_leak_nothing(self):
        with vxm.Device() as device, device.create_buffer(64) as memory:
            fds = open_fds()
            for _ in range(20):
                with self.assertRaises(vxm.Error):
                    device.create_buffer(1 << 62)
                with self.assertRaises(vxm.Error):
                    memory.export(vxm.HandleType.DMA_BUF)
                with self.assertRaises(ValueError):
                    memory.torch(shape=(1 << 40,), device="cpu")
            self.assertEqual(open_fds(), fds)

    def test_exit_with_everything_open(self):
        """The interpreter ends while all is in use: no crash, no message."""
        program = (
            "import numpy, vxm; d = vxm.Device(); m = d.create_buffer(4096, host_visible=True);"
            "a = m.numpy(); t = m.dlpack(); c = t.__dlpack__(); s = m.export(); v = m.map();"
            "n = d.import_shared(s); p = vxm.Channel.pair(); p[0].send(m); b = numpy.from_dlpack(t)"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_forked_child(self):
        """It ends nothing of the parent's: it would hang for want of the driver's threads."""
        device = vxm.Device()
        memory = device.create_buffer(4096, host_visible=True)
        child = os.fork()
        if child == 0:
            signal.alarm(20)
            memory.close()
            device.close()
            del memory, device
            gc.collect()
            os._exit(0)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        memory.numpy()[:] = 1
        memory.close()
        device.close()

    def test_no_library(self):
        environment = dict(os.environ, VXM_LIBRARY="/nowhere/libvxm.so")
        done = subprocess.run(
            [sys.executable, "-c", "import vxm"], capture_output=True, timeout=60, env=environment
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"ImportError: vxm: /nowhere/libvxm.so can't be used", done.stderr)


if __name__ == "__main__":
    main()
