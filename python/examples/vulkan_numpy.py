#!/usr/bin/env python3
# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""One Vulkan buffer as a NumPy array in two processes.

    VXM_LIBRARY=path/to/libvxm.so PYTHONPATH=python python3 python/examples/vulkan_numpy.py

The parent writes, the child changes it in place, the parent sees it: nothing is copied. Messages
tell whose turn it is, since not every driver can share semaphores (Mesa's lavapipe can't).
"""

import os
import statistics
import subprocess
import sys
import time

import numpy

import vxm

SHAPE = (2048, 2048)  # float32: 16 MiB
ROUNDS = 9


def milliseconds(begin):
    return 1e3 * (time.perf_counter() - begin)


def child(fd):
    channel = vxm.Channel.from_fd(fd)
    times = []
    with channel, vxm.Device() as device:
        channel.send(b"ready")
        for _ in range(ROUNDS):
            channel.peek()
            begin = time.perf_counter()
            with channel.receive_memory() as shared:
                memory = device.import_shared(shared)
            field = memory.numpy("float32", SHAPE)
            times.append(milliseconds(begin))
            memory.close()  # the array keeps what it stands on
            channel.send(b"got it")
        channel.receive_bytes()
        field[::2] *= 2
        channel.send(f"{statistics.median(times)} {field.sum(dtype=numpy.float64)}".encode())
    return 0


def copy_time(field):
    """Into memory that another process could read, and out of it there."""
    between, there = numpy.empty_like(field), numpy.empty_like(field)
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        numpy.copyto(between, field)
        numpy.copyto(there, between)
        times.append(milliseconds(begin))
    return statistics.median(times)


def main():
    here, there = vxm.Channel.pair()
    fd = there.fd()
    process = subprocess.Popen([sys.executable, __file__, "--child", str(fd)], pass_fds=[fd])
    os.close(fd)
    there.close()  # so that we notice if the child dies

    with here, vxm.Device() as device:
        name = f"{device.identity.device_name}, {device.identity.driver_info}"
        memory = device.create_buffer(4 * SHAPE[0] * SHAPE[1], host_visible=True)
        field = memory.numpy("float32", SHAPE)
        field[:] = numpy.linspace(0, 1, SHAPE[1], dtype="float32")
        here.receive_bytes()
        times = []
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            with memory.export() as shared:
                here.send(shared)
            times.append(milliseconds(begin))
            here.receive_bytes()
        expected = field.sum(dtype=numpy.float64) * 1.5
        here.send(b"your turn")
        import_time, total = (float(word) for word in here.receive_bytes().split())
        copy = copy_time(field)
        seen = field.sum(dtype=numpy.float64)
        good = total == seen and abs(seen - expected) < 1e-3 * expected
        good = good and process.wait(timeout=30) == 0

    print(f"device             {name}")
    print(f"array              {SHAPE[0]} x {SHAPE[1]} float32")
    print(f"processes          {os.getpid()} and {process.pid}")
    print("order              through the host: a message says whose turn it is")
    print(f"bytes shared       {field.nbytes}")
    print("bytes copied       0")
    share = statistics.median(times) + import_time
    print(f"time to share      {share:.3f} ms (export, send, import, view)")
    print(f"time of the copy   {copy:.3f} ms through host memory, into a buffer and out of it")
    print(f"sum                {seen:.3f} here, {total:.3f} in the child")
    print(f"result             {'agrees' if good else 'DIFFERS'}")
    return 0 if good else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        sys.exit(child(int(sys.argv[2])))
    sys.exit(main())
