#!/usr/bin/env python3
# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""A Vulkan image as a PyTorch tensor: Vulkan paints it, PyTorch changes it on CUDA, Vulkan sees it.

    export VXM_LIBRARY=path/to/libvxm.so PYTHONPATH=python
    python3 python/examples/vulkan_torch.py [--buffer]

The image is LINEAR, which is what a tensor can be. One timeline semaphore keeps the order, on the
GPU: Vulkan signals 1, PyTorch's stream waits for it and signals 2, Vulkan waits for that.
Where the driver doesn't share LINEAR images, or with --buffer, the image is OPTIMAL, and the GPU
copies it into a shared buffer and back.
Vulkan allocates: memory of PyTorch's or CUDA's own can't be imported into Vulkan.
"""

import statistics
import sys
import time

import vxm
import vxm.cuda
from vulkan import TRANSFER, TRANSFER_READ, TRANSFER_WRITE, Vulkan

WIDTH, HEIGHT = 3840, 2160
BYTES = 4 * WIDTH * HEIGHT
FORMAT = vxm.Format.R8G8B8A8_UNORM
ROUNDS = 9


def missing(what):
    print(f"SKIPPED vulkan_torch: {what}")
    sys.exit(77)


def find_device():
    """The Vulkan device that is PyTorch's GPU, if it can share semaphores."""
    try:
        gpu = vxm.cuda.Device(ordinal=0)
        device = vxm.Device(uuid=gpu.uuid)
    except vxm.Error as error:
        missing(error)
    answer = device.query_semaphore()
    if not answer.exportable:
        missing(answer.reason)
    return device


class Frame:
    """The image, and what of it is shared: itself, or a buffer that the GPU copies it into."""

    def __init__(self, device, vk, with_buffer):
        tiling = vxm.Tiling.LINEAR
        answer = device.query(image=vxm.create_image_info(WIDTH, HEIGHT, FORMAT, tiling=tiling))
        if not answer.exportable:
            print(f"no LINEAR image    {answer.reason}")
            with_buffer = True
        if with_buffer:
            tiling = vxm.Tiling.OPTIMAL
        self.vk = vk
        self.image = device.create_image(WIDTH, HEIGHT, FORMAT, tiling=tiling)
        self.buffer = device.create_buffer(BYTES) if with_buffer else None
        self.shared = self.buffer or self.image

    def tensor(self):
        """H x W x 4, uint8, on the GPU: no copy."""
        return self.shared.torch(shape=(HEIGHT, WIDTH, 4) if self.buffer else None)

    def paint(self, color, signal):
        vk, image = self.vk, self.image.vk_image
        commands = vk.record()
        vk.to_general(commands, image)
        vk.clear(commands, image, color)
        if self.buffer:
            vk.between_copies(commands)
            vk.copy_image_to_buffer(commands, image, self.buffer.vk_buffer, WIDTH, HEIGHT)
        handover = self.shared.cmd_release(commands, vk.family, TRANSFER, TRANSFER_WRITE)
        vk.submit(commands, signal=signal)
        return handover

    def read_back(self, handover, wait, signal, staging):
        """What Vulkan sees in the image, through a buffer that the CPU can map."""
        vk, image = self.vk, self.image.vk_image
        commands = vk.record()
        self.shared.cmd_acquire(commands, handover, vk.family, TRANSFER, TRANSFER_READ)
        if self.buffer:
            vk.copy_buffer_to_image(commands, self.buffer.vk_buffer, image, WIDTH, HEIGHT)
            vk.between_copies(commands)
        vk.copy_image_to_buffer(commands, image, staging.vk_buffer, WIDTH, HEIGHT)
        vk.to_host(commands)
        vk.submit(commands, wait=wait, signal=signal)


def milliseconds(work):
    """The median over some rounds."""
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        work()
        times.append(1e3 * (time.perf_counter() - begin))
    return statistics.median(times)


def main():
    try:
        vxm.cuda.driver()
        import torch
    except vxm.Error as error:
        missing(f"an NVIDIA GPU with CUDA's driver is needed: {error}")
    except ImportError as error:
        missing(f"PyTorch is needed: {error}")
    if not torch.cuda.is_available():
        missing("PyTorch has no CUDA device here")
    device = find_device()
    torch.empty(1, device="cuda")  # CUDA's own start isn't what is measured

    with Vulkan(device) as vk:
        frame = Frame(device, vk, "--buffer" in sys.argv[1:])
        staging = device.create_buffer(BYTES, host_visible=True)
        timeline = device.create_semaphore()

        handover = frame.paint((1.0, 0.6, 0.2, 1.0), signal=(timeline, 1))
        pixels = frame.tensor()
        stream = torch.cuda.current_stream()
        with frame.shared.access(wait=(timeline, 1), signal=(timeline, 2), stream=stream):
            pixels[..., :3] = 255 - pixels[..., :3]
            pixels[:, : WIDTH // 2, 3] = 64
        frame.read_back(handover, (timeline, 2), (timeline, 3), staging)
        timeline.wait(3)

        seen = staging.torch(shape=(HEIGHT, WIDTH, 4), device="cpu")
        left, right = seen[HEIGHT // 2, 0].tolist(), seen[HEIGHT // 2, WIDTH - 1].tolist()
        good = torch.equal(seen, pixels.cpu()) and (seen[..., :3] == seen[0, 0, :3]).all().item()
        good = good and left == [0, 102, 204, 64] and right == [0, 102, 204, 255]

        def share():
            with frame.shared.export() as shared, vxm.cuda.Memory(shared) as memory:
                memory.dlpack(shape=pixels.shape if frame.buffer else None).torch()

        copy = torch.empty_like(seen, device="cuda")
        image, buffer = frame.image.vk_image, staging.vk_buffer

        def through_host():
            """From the image to a tensor and back again, as without sharing."""
            commands = vk.record()
            vk.copy_image_to_buffer(commands, image, buffer, WIDTH, HEIGHT)
            vk.to_host(commands)
            vk.submit(commands)
            vk.wait()
            copy.copy_(seen)
            seen.copy_(copy)
            commands = vk.record()
            vk.copy_buffer_to_image(commands, buffer, image, WIDTH, HEIGHT)
            vk.submit(commands)
            vk.wait()

        share_time, copy_time = milliseconds(share), milliseconds(through_host)

    kind, copied = "LINEAR", "0"
    if frame.buffer:
        kind = "OPTIMAL, by a shared buffer"
        copied = f"0 through the host, {2 * BYTES} by the GPU to the buffer and back"
    print(f"device             {device.identity.device_name}, {device.identity.driver_info}")
    print(f"PyTorch            {torch.__version__}, {pixels.device}")
    print(f"image              {WIDTH} x {HEIGHT} {FORMAT.name}, {kind}")
    print(f"tensor             {tuple(pixels.shape)}, strides {tuple(pixels.stride())}")
    print("order              one timeline semaphore: Vulkan 1, PyTorch's stream 2, Vulkan 3")
    print(f"bytes shared       {frame.shared.allocation_size}")
    print(f"bytes copied       {copied}")
    print(f"time to share      {share_time:.3f} ms (export, import into CUDA, tensor, end)")
    print(f"time of the copy   {copy_time:.3f} ms through host memory, there and back")
    print(f"Vulkan sees        {left} on the left, {right} on the right")
    print(f"result             {'agrees' if good else 'DIFFERS'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
