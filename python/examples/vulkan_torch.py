#!/usr/bin/env python3
# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""A Vulkan image as a PyTorch tensor: Vulkan paints it, PyTorch changes it on CUDA, Vulkan sees it.

    VXM_LIBRARY=path/to/libvxm.so PYTHONPATH=python python3 python/examples/vulkan_torch.py

The image is LINEAR, which is what a tensor can be. One timeline semaphore keeps the order, on the
GPU: Vulkan signals 1, PyTorch's stream waits for it and signals 2, Vulkan waits for that.
Vulkan allocates: memory of PyTorch's or CUDA's own can't be imported into Vulkan.
"""

import statistics
import sys
import time

import vxm
import vxm.cuda
from vulkan import TRANSFER, TRANSFER_READ, TRANSFER_WRITE, Vulkan

WIDTH, HEIGHT = 3840, 2160
FORMAT = vxm.Format.R8G8B8A8_UNORM
ROUNDS = 9


def missing(what):
    print(f"SKIPPED vulkan_torch: {what}")
    sys.exit(77)


def find_device():
    """The Vulkan device that is PyTorch's GPU, if it can share what is wanted."""
    try:
        gpu = vxm.cuda.Device(ordinal=0)
        device = vxm.Device(uuid=gpu.uuid)
    except vxm.Error as error:
        missing(error)
    image = vxm.create_image_info(WIDTH, HEIGHT, FORMAT, tiling=vxm.Tiling.LINEAR)
    for answer in (device.query(image=image), device.query_semaphore()):
        if not answer.exportable:
            missing(answer.reason)
    return device


def paint(vk, image, color, timeline):
    commands = vk.record()
    vk.to_general(commands, image.vk_image)
    vk.clear(commands, image.vk_image, color)
    handover = image.cmd_release(commands, vk.family, TRANSFER, TRANSFER_WRITE)
    vk.submit(commands, signal=(timeline, 1))
    return handover


def read_back(vk, image, handover, timeline, staging):
    """What Vulkan sees in the image, through a buffer that the CPU can map."""
    commands = vk.record()
    image.cmd_acquire(commands, handover, vk.family, TRANSFER, TRANSFER_READ)
    vk.copy_image_to_buffer(commands, image.vk_image, staging.vk_buffer, WIDTH, HEIGHT)
    vk.to_host(commands)
    vk.submit(commands, wait=(timeline, 2), signal=(timeline, 3))
    timeline.wait(3)


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
        import torch
    except ImportError as error:
        missing(f"PyTorch is needed: {error}")
    if not torch.cuda.is_available():
        missing("PyTorch has no CUDA device here")
    device = find_device()
    torch.empty(1, device="cuda")  # CUDA's own start isn't what is measured

    with Vulkan(device) as vk:
        image = device.create_image(WIDTH, HEIGHT, FORMAT, tiling=vxm.Tiling.LINEAR)
        staging = device.create_buffer(4 * WIDTH * HEIGHT, host_visible=True)
        timeline = device.create_semaphore()

        handover = paint(vk, image, (1.0, 0.6, 0.2, 1.0), timeline)
        pixels = image.torch()  # H x W x 4, uint8, on the GPU: no copy
        with image.access((timeline, 1), (timeline, 2), stream=torch.cuda.current_stream()):
            pixels[..., :3] = 255 - pixels[..., :3]
            pixels[:, : WIDTH // 2, 3] = 64
        read_back(vk, image, handover, timeline, staging)

        seen = staging.torch(shape=(HEIGHT, WIDTH, 4), device="cpu")
        left, right = seen[HEIGHT // 2, 0].tolist(), seen[HEIGHT // 2, WIDTH - 1].tolist()
        same = torch.equal(seen, pixels.cpu())
        uniform = (seen[..., :3] == seen[0, 0, :3]).all().item()

        def share():
            with image.export() as shared, vxm.cuda.Memory(shared) as memory:
                memory.torch()

        host = staging.torch(shape=(HEIGHT, WIDTH, 4), device="cpu")
        copy = torch.empty_like(host, device="cuda")

        def through_host():
            """From the image to a tensor and back again, as without sharing."""
            commands = vk.record()
            vk.copy_image_to_buffer(commands, image.vk_image, staging.vk_buffer, WIDTH, HEIGHT)
            vk.to_host(commands)
            vk.submit(commands)
            vk.wait()
            copy.copy_(host)
            host.copy_(copy)
            commands = vk.record()
            vk.copy_buffer_to_image(commands, staging.vk_buffer, image.vk_image, WIDTH, HEIGHT)
            vk.submit(commands)
            vk.wait()

        share_time, copy_time = milliseconds(share), milliseconds(through_host)
        strides = tuple(pixels.stride())

    good = same and uniform and left == [0, 102, 204, 64] and right == [0, 102, 204, 255]
    print(f"device             {device.identity.device_name}, {device.identity.driver_info}")
    print(f"PyTorch            {torch.__version__}, {pixels.device}")
    print(f"image              {WIDTH} x {HEIGHT} {FORMAT.name}, LINEAR, strides {strides}")
    print(f"bytes shared       {image.allocation_size}")
    print("bytes copied       0")
    print("order              one timeline semaphore: Vulkan 1, PyTorch's stream 2, Vulkan 3")
    print(f"time to share      {share_time:.3f} ms (export, import into CUDA, tensor, end)")
    print(f"time of the copy   {copy_time:.3f} ms through host memory, there and back")
    print(f"Vulkan sees        {left} on the left, {right} on the right: "
          f"{'agrees' if good else 'DIFFERS'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
