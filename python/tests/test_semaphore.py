# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""Semaphores and accesses, on the model driver (lavapipe shares no semaphores)."""

import os
import signal
import threading
import time

from support import TestCase, main

import vxm


class Semaphores(TestCase):
    def setUp(self):
        super().setUp()
        self.device = vxm.Device()
        self.assertIn("Model", self.device.identity.device_name)

    def tearDown(self):
        self.device.close()
        super().tearDown()

    def test_timeline(self):
        self.assertTrue(self.device.query_semaphore().exportable)
        with vxm.Semaphore(self.device, initial_value=3) as here, here.export() as shared:
            self.assertTrue(shared.timeline)
            self.assertFalse(os.get_inheritable(shared.fd))
            with self.device.import_semaphore(shared) as there:
                self.assertEqual(there.value, 3)
                here.signal(5)
                there.wait(5, timeout=0)
                with self.assertRaises(TimeoutError):
                    there.wait(6, timeout=0.01)
                self.assertNotEqual(here.vk_semaphore, 0)

    def test_binary(self):
        with vxm.Semaphore(self.device, timeline=False) as here, here.export() as shared:
            self.assertFalse(shared.timeline)
            with self.device.import_semaphore(shared) as there:
                with self.assertRaises(vxm.Error):
                    there.wait(1)

    def test_through_a_channel(self):
        a, b = vxm.Channel.pair()
        with a, b, self.device.create_semaphore() as here:
            a.send(here)
            with here.export() as shared:
                a.send(shared)
            for value in (1, 2):
                with b.receive() as shared, self.device.import_semaphore(shared) as there:
                    there.signal(value)
                    self.assertEqual(here.value, value)

    def test_interrupted(self):
        """Ctrl-C is heard, however long the time limit is."""
        with self.device.create_semaphore() as semaphore:
            timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
            begun = time.monotonic()
            with self.assertRaises(KeyboardInterrupt):
                timer.start()
                semaphore.wait(1, timeout=60)
            self.assertLess(time.monotonic() - begun, 30)
            timer.join()

    def test_numbers_do_not_wrap(self):
        with self.device.create_semaphore() as semaphore:
            for number in (-1, 2**64 + 1):
                for call in (semaphore.signal, semaphore.wait):
                    with self.assertRaises(ValueError):
                        call(number)
                with self.assertRaises(ValueError):
                    self.device.create_semaphore(initial_value=number)
            self.assertEqual(semaphore.value, 0)

    def test_closed(self):
        semaphore = self.device.create_semaphore()
        shared = semaphore.export()
        shared.close()
        shared.close()
        with self.assertRaisesRegex(ValueError, "closed"):
            self.device.import_semaphore(shared)
        semaphore.close()
        semaphore.close()
        signalling = lambda: semaphore.signal(1)  # noqa: E731
        for use in (semaphore.export, lambda: semaphore.value, signalling, semaphore.cuda):
            with self.assertRaisesRegex(ValueError, "closed"):
                use()

    def test_access_waits_and_signals(self):
        timeline = self.device.create_semaphore()
        with self.device.create_buffer(64, host_visible=True) as memory, timeline:
            def peer():
                with memory.access(signal=(timeline, 1)):
                    memory.numpy()[:] = 7

            thread = threading.Timer(0.05, peer)
            thread.start()
            with memory.access(wait=(timeline, 1), signal=(timeline, 2)) as same:
                self.assertIs(same, memory)
                self.assertEqual(memory.numpy().sum(), 7 * 64)
                self.assertEqual(timeline.value, 1)
            self.assertEqual(timeline.value, 2)
            thread.join()

    def test_access_that_fails_signals_nothing(self):
        timeline = self.device.create_semaphore()
        with self.device.create_buffer(64) as memory, timeline:
            with self.assertRaises(ZeroDivisionError):
                with memory.access(signal=(timeline, 1)):
                    1 / 0
            with self.assertRaises(TimeoutError):
                with memory.access(wait=(timeline, 1), signal=(timeline, 2), timeout=0.01):
                    self.fail("it must not come that far")
            self.assertEqual(timeline.value, 0)


if __name__ == "__main__":
    main()
