# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""What a careless user does: each is refused in words, or does no harm."""

import copy
import gc
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time

import numpy
from support import TestCase, main

import vxm
from vxm import dlpack

TOO_LARGE = (-1, 2**32 + 8, 2**64 + 64)


def python(program, *arguments, **more):
    """Another interpreter's exit status and errors."""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", program, *arguments],
        capture_output=True,
        timeout=60,
        **more,
    )
    return done.returncode, done.stderr.decode()


class Arguments(TestCase):
    def test_numbers_do_not_wrap(self):
        with vxm.Device() as device, device.create_buffer(64) as memory:
            for number in TOO_LARGE:
                wrong = [
                    lambda: vxm.Device(index=number),
                    lambda: device.create_image(number, 8, vxm.Format.R8G8B8A8_UNORM),
                    lambda: device.create_buffer(64, usage=number),
                    lambda: device.create_buffer(64, handle_types=number),
                    lambda: device.query(number),
                    lambda: memory.export(number),
                    lambda: vxm.Channel.from_fd(number + (2**32 if number > 0 else -(2**32))),
                    lambda: vxm.Handover(layout=number),
                ]
                if number < 0 or number >= 2**64:
                    wrong += [
                        lambda: device.create_buffer(number),
                        lambda: device.create_memory(number),
                        lambda: vxm.Handover(value=number),
                    ]
                for call in wrong:
                    with self.assertRaisesRegex(ValueError, "it would become|goes from") as caught:
                        call()
                    self.assertNotIsInstance(caught.exception, vxm.Error)

    def test_wrong_types(self):
        with vxm.Device() as device, device.create_buffer(64) as memory:
            for call in (
                lambda: device.create_memory("64"),
                lambda: device.create_buffer(64.0),
                lambda: memory.export("OPAQUE_FD"),
                lambda: vxm.Device(name=5),
                lambda: vxm.Device(layers=[5]),
                lambda: vxm.Device(library="libvulkan.so.1"),
                lambda: device.import_shared(None),
                lambda: device.import_shared(memory),
                lambda: device.check_shared(b"x"),
                lambda: device.import_semaphore(memory),
                lambda: memory.cmd_acquire(0, None, 0, 0, 0),
                lambda: memory.cmd_release("x", 0, 0, 0),
                lambda: memory.access(wait=(5, 1)).__enter__(),
                lambda: memory.access(signal=(None, 1)).__enter__(),
                lambda: vxm.Channel(5),
                lambda: vxm.Channel("@name"),
                lambda: vxm.Memory(device, 4096),
                lambda: vxm.Semaphore(None),
            ):
                with self.assertRaises(TypeError):
                    call()

    def test_names_end_nowhere_else(self):
        for call in (
            lambda: vxm.Listener("@vxm-name\0rest"),
            lambda: vxm.Listener(b"@vxm-name\0rest"),
            lambda: vxm.Channel.connect("@vxm-name\0rest", timeout=0),
            lambda: vxm.Device(name="\0llvmpipe"),
            lambda: vxm.Device(layers=["\0"]),
            lambda: vxm.Device(extensions=["VK_KHR_external_memory\0"]),
        ):
            with self.assertRaisesRegex(ValueError, "NUL"):
                call()

    def test_time_limits(self):
        a, b = vxm.Channel.pair()
        with a, b:
            for limit in (float("inf"), 1e300, 2**80, None):
                a.send(b"x", timeout=limit)
                self.assertEqual(b.receive(timeout=limit), b"x")
            for limit in (float("nan"), -1e-9):
                with self.assertRaises(ValueError):
                    b.receive(timeout=limit)
            with self.assertRaises(TypeError):
                b.receive(timeout="1")

    def test_views(self):
        with vxm.Device() as device, device.create_buffer(4096, host_visible=True) as memory:
            for wrong in (
                {"shape": (1,) * 33},
                {"shape": (1,) * 1000},
                {"shape": (2**63,), "strides": (0,)},
                {"shape": (2**62,), "strides": (0,), "dtype": "float64"},
                {"shape": (0, 2**64)},
                {"shape": (1, 1), "strides": (2**64, 0)},
                {"dtype": numpy.dtype("float32").newbyteorder("S")},
                {"offset": -8},
                {"offset": 2**64},
            ):
                with self.assertRaises(ValueError, msg=str(wrong)):
                    memory.dlpack(**wrong)
            for wrong in (
                {"shape": "12"},
                {"shape": (2.7,)},
                {"shape": (4,), "strides": (1.5,)},
                {"offset": 0.5},
                {"offset": None},
                {"offset": "0"},
            ):
                with self.assertRaises(TypeError, msg=str(wrong)):
                    memory.dlpack(**wrong)
            eight = numpy.int64(8)
            array = memory.numpy("float32", eight, (eight,), offset=eight)
            self.assertEqual((array.shape, array.strides), ((8,), (32,)))
            self.assertEqual(memory.numpy(shape=numpy.array([2, 2])).shape, (2, 2))

    def test_decode(self):
        with vxm.Device() as device, device.create_buffer(64) as memory, memory.export() as shared:
            data = shared.encode()
            for fds, error in (
                ([-1], vxm.Error),
                ([10**6], vxm.Error),
                ([2**32 + 1], ValueError),
                (["1"], TypeError),
                (None, TypeError),
            ):
                with self.assertRaises(error):
                    vxm.Shared.decode(data, fds)
            os.fstat(1)

    def test_capsules(self):
        class Again:
            def __init__(self, capsule):
                self.capsule = capsule

            def __dlpack__(self, **_):
                return self.capsule

            def __dlpack_device__(self):
                return dlpack.CPU, 0

        with vxm.Device() as device, device.create_buffer(64, host_visible=True) as memory:
            again = Again(memory.dlpack().__dlpack__())
            self.assertEqual(numpy.from_dlpack(again).size, 64)
            with self.assertRaises(ValueError):
                numpy.from_dlpack(again)
            memory.dlpack().__dlpack__(max_version=(1, 0))  # nobody takes it


class Copies(TestCase):
    def test_refused(self):
        a, b = vxm.Channel.pair()
        with a, b, vxm.Device() as device, device.create_buffer(64, host_visible=True) as memory:
            with memory.export() as shared:
                for thing in (a, device, memory, shared, memory.dlpack(), memory._open()):
                    for make in (copy.copy, copy.deepcopy, pickle.dumps):
                        with self.assertRaisesRegex(TypeError, "pickled"):
                            make(thing)

    def test_errors_travel(self):
        """As a process pool sends them."""
        for kind in (vxm.Error, vxm.TimeoutError, vxm.PeerLost):
            error = pickle.loads(pickle.dumps(kind("VK_NAME", "a sentence", -3, 4, 5)))
            self.assertIs(type(error), kind)
            self.assertEqual(str(error), "VK_NAME: a sentence")
            found = (error.name, error.result, error.reason, error.code)
            self.assertEqual(found, ("VK_NAME", -3, 4, 5))


class Threads(TestCase):
    def test_closed_while_another_thread_receives(self):
        """The call keeps the channel until it returns."""
        a, b = vxm.Channel.pair()
        found = []

        def receive():
            try:
                found.append(b.receive_bytes(timeout=20))
            except Exception as error:
                found.append(error)

        thread = threading.Thread(target=receive)
        thread.start()
        time.sleep(0.3)
        b.close()
        time.sleep(0.3)
        try:
            a.send(b"late")
        except vxm.PeerLost:
            pass
        thread.join()
        # Whichever it is, nothing was received from a descriptor that is closed.
        if isinstance(found[0], Exception):
            self.assertIn("is closed", str(found[0]))
        else:
            self.assertEqual(found[0], b"late")
        a.close()

    def test_many_send_and_receive(self):
        """Messages stay whole."""
        a, b = vxm.Channel.pair()
        found = []
        size = 50000

        def send(letter):
            for _ in range(20):
                a.send(letter * size)

        def receive():
            for _ in range(20):
                found.append(b.receive())

        threads = [threading.Thread(target=send, args=(bytes([65 + i]),)) for i in range(4)]
        threads += [threading.Thread(target=receive) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(found), 80)
        self.assertEqual({(len(data), len(set(data))) for data in found}, {(size, 1)})
        a.close()
        b.close()

    def test_a_turn_has_a_time_limit(self):
        a, b = vxm.Channel.pair()
        thread = threading.Thread(target=lambda: b.receive(timeout=20))
        thread.start()
        time.sleep(0.2)
        with self.assertRaises(TimeoutError):
            b.receive(timeout=0.1)
        a.send(b"x")
        thread.join()
        a.close()
        b.close()

    def test_mapped_and_unmapped(self):
        """Collected in one thread while another maps: the count of mappings is not torn."""
        with vxm.Device() as device, device.create_buffer(4096, host_visible=True) as memory:
            kept = memory.numpy()

            def views():
                for _ in range(200):
                    memory.numpy()[0] = 1

            threads = [threading.Thread(target=views) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(kept[0], 1)
            del kept


# What waits for ever, and how long after the signal it ended, printed by a child.
INTERRUPTED = """
import os, signal, sys, threading, time, vxm
a, b = vxm.Channel.pair()
listener = vxm.Listener("@vxm-test-%d" % os.getpid())
def fill():
    while True:
        a.send(b"x" * 60000, timeout=None)
waits = {
    "receive": lambda: b.receive(timeout=None),
    "peek": lambda: b.peek(timeout=8),
    "accept": lambda: listener.accept(timeout=None),
    "connect": lambda: vxm.Channel.connect("@vxm-test-nobody", timeout=None),
    "send": fill,
}
sent = []
def interrupt():
    sent.append(time.monotonic())
    os.kill(os.getpid(), signal.SIGINT)
timer = threading.Timer(0.5, interrupt)
try:
    timer.start()
    waits[sys.argv[1]]()
except KeyboardInterrupt:
    sys.exit(0 if time.monotonic() - sent[0] < 3 else 4)
"""


class Signals(TestCase):
    def test_interrupted(self):
        """Ctrl-C is heard soon, however long the time limit is."""
        for what in ("receive", "peek", "accept", "connect", "send"):
            with self.subTest(what):
                try:
                    self.assertEqual(python(INTERRUPTED, what), (0, ""))
                except subprocess.TimeoutExpired:
                    self.fail("it never was")


class Processes(TestCase):
    def test_a_child_closes_its_own_copy(self):
        """Otherwise it would never hear that its parent has gone."""
        a, b = vxm.Channel.pair()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            listener = vxm.Listener(path)
            child = os.fork()
            if child == 0:
                signal.alarm(60)
                try:
                    a.close()
                    listener.close()
                    b.receive_bytes(timeout=20)
                    b.receive_bytes(timeout=20)
                except vxm.PeerLost:
                    os._exit(0)
                except BaseException:
                    pass
                os._exit(5)
            b.close()
            a.send(b"x")
            a.close()
            self.assertEqual(os.waitpid(child, 0)[1], 0)
            self.assertTrue(os.path.exists(path), "the child took the parent's name away")
            listener.close()
            self.assertFalse(os.path.exists(path))


class Exit(TestCase):
    PREPARE = (
        "import atexit, sys, threading, time\n"
        "if sys.argv[1] == 'atexit': atexit.register(lambda: array.sum())\n"
        "import vxm\n"
        "device = vxm.Device(); memory = device.create_buffer(1 << 20, host_visible=True)\n"
        "array = memory.numpy()\n"
        "a, b = vxm.Channel.pair()\n"
    )

    def test_arrays_are_used_until_the_end(self):
        thread = "threading.Thread(target={}, daemon=True).start(); time.sleep(0.2)"
        for name, what in (
            ("atexit", "pass"),
            ("thread", "def spin():\n    while True: array[:] = 1\n" + thread.format("spin")),
            ("receive", thread.format("lambda: b.receive(timeout=None)")),
        ):
            with self.subTest(name):
                self.assertEqual(python(self.PREPARE + what, name), (0, ""))

    def test_a_listener_takes_its_path_along(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            program = "import sys, vxm; listener = vxm.Listener(sys.argv[1])"
            self.assertEqual(python(program, path), (0, ""))
            self.assertFalse(os.path.exists(path))


class Libraries(TestCase):
    def test_wrong_ones(self):
        for path in ("/", __file__, "libc.so.6"):
            environment = dict(os.environ, VXM_LIBRARY=path)
            status, errors = python("import vxm", env=environment)
            self.assertEqual(status, 1)
            self.assertIn("ImportError: vxm: ", errors.splitlines()[-1])

    def test_of_another_build(self):
        """A library of the same version that lacks a function."""
        program = (
            "import ctypes\n"
            "class Old:\n"
            "    def __init__(self, *a, **k): self._handle = 0; self._real = Real(*a, **k)\n"
            "    def __getattr__(self, n):\n"
            "        if n == 'vxmCheckHandle': raise AttributeError(n)\n"
            "        return getattr(self.__dict__['_real'], n)\n"
            "Real, ctypes.CDLL, ctypes.PyDLL = ctypes.CDLL, Old, Old\n"
            "import vxm"
        )
        status, errors = python(program)
        self.assertEqual(status, 1)
        self.assertIn("ImportError: vxm: ", errors.splitlines()[-1])
        self.assertIn("vxmCheckHandle", errors.splitlines()[-1])


if __name__ == "__main__":
    gc.collect()
    main()
