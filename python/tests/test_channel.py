# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""Channels: within the process, by name, and to a child."""

import os
import subprocess
import sys
import tempfile
import threading

from support import TestCase, main

import vxm


class Channels(TestCase):
    def test_everything_in_order(self):
        a, b = vxm.Channel.pair()
        with vxm.Device() as device, device.create_buffer(4096) as memory, a, b:
            a.send(b"bytes")
            a.send(memory)
            with memory.export() as shared:
                a.send(shared)
                self.assertFalse(shared.closed)
            a.send(vxm.Handover(value=7))
            a.send(memoryview(b"end"))
            self.assertEqual(b.peek(), vxm.MessageType.BYTES)
            self.assertEqual(b.receive(), b"bytes")
            for _ in range(2):
                with b.receive() as shared:
                    self.assertEqual(shared.description.size, 4096)
                    self.assertFalse(os.get_inheritable(shared.fd))
            self.assertEqual(b.receive().value, 7)
            self.assertEqual(b.receive_bytes(), b"end")
            self.assertEqual(b.peer.process_id, os.getpid())

    def test_refused(self):
        a, b = vxm.Channel.pair()
        with a, b:
            with self.assertRaises(TimeoutError) as caught:
                b.receive(timeout=0)
            self.assertIsInstance(caught.exception, vxm.Error)
            with self.assertRaises(TypeError):
                a.send("text")
            with self.assertRaises(ValueError):
                b.receive(timeout=-1)
            with self.assertRaises(vxm.Error):
                a.send(b"")
            a.send(b"x")
            with self.assertRaises(vxm.Error) as caught:
                b.receive_memory()
            self.assertEqual(caught.exception.name, "VXM_ERROR_UNEXPECTED_MESSAGE")
            self.assertEqual(b.receive(), b"x")
            a.close()
            with self.assertRaises(ConnectionError) as caught:
                b.receive()
            self.assertIsInstance(caught.exception, vxm.PeerLost)
            with self.assertRaisesRegex(ValueError, "closed"):
                a.send(b"x")

    def test_from_fd(self):
        a, b = vxm.Channel.pair()
        fd = b.fd()
        self.assertFalse(os.get_inheritable(fd))
        b.close()
        with a, vxm.Channel.from_fd(fd) as c:
            with self.assertRaises(OSError):
                os.fstat(fd)
            a.send(b"through")
            self.assertEqual(c.receive(), b"through")
        read, write = os.pipe()
        with self.assertRaises(vxm.Error):
            vxm.Channel.from_fd(read)
        os.close(read)  # a failure left it open
        os.close(write)

    def test_by_name(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            with vxm.Listener(path) as listener:
                with self.assertRaises(vxm.Error):
                    vxm.Listener(path)
                with self.assertRaises(TimeoutError):
                    listener.accept(timeout=0)
                made = []
                thread = threading.Thread(target=lambda: made.append(vxm.Channel.connect(path)))
                thread.start()
                with listener.accept() as channel:
                    thread.join()
                    made[0].send(b"hello")
                    self.assertEqual(channel.receive(), b"hello")
                    made[0].close()
            self.assertFalse(os.path.exists(path))
        with self.assertRaises(TimeoutError):
            vxm.Channel.connect(path, timeout=0.01)

    def test_unreceived_memory_is_closed(self):
        a, b = vxm.Channel.pair()
        with vxm.Device() as device, device.create_buffer(64) as memory:
            a.send(memory)
            b.peek()
            a.close()
            b.close()

    def test_child(self):
        """A child that inherits its end by number doubles what the parent wrote."""
        child = (
            "import sys, vxm\n"
            "channel = vxm.Channel.from_fd(int(sys.argv[1]))\n"
            "with channel.receive() as shared, vxm.Device(uuid=shared.device_uuid) as device:\n"
            "    array = device.import_shared(shared).numpy('int32')\n"
            "    array *= 2\n"
            "    channel.send(str(int(array.sum())).encode())\n"
        )
        a, b = vxm.Channel.pair()
        with vxm.Device() as device, device.create_buffer(4096, host_visible=True) as memory, a:
            array = memory.numpy("int32")
            array[:] = range(1024)
            fd = b.fd()
            process = subprocess.Popen([sys.executable, "-c", child, str(fd)], pass_fds=[fd])
            os.close(fd)
            b.close()
            a.send(memory)
            self.assertEqual(int(a.receive()), 1023 * 1024)
            self.assertEqual(process.wait(timeout=60), 0)
            self.assertEqual(int(array.sum()), 1023 * 1024)
            del array


if __name__ == "__main__":
    main()
