# PyTorch's part of five_apis: started by it, with the number of an inherited channel.
#
# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
import sys
import time

import torch

import vxm
import vxm.cuda


def milliseconds():
    torch.cuda.synchronize()
    return 1e3 * time.perf_counter()


torch.cuda.init()
channel = vxm.Channel.from_fd(int(sys.argv[1]))
with channel.receive_memory() as shared:
    begun = milliseconds()
    memory = vxm.cuda.Memory(shared)  # by the GPU's UUID; the handle stays shared's
    ready = milliseconds() - begun
width, height, x, y, radius, colour = (int(word) for word in channel.receive_bytes().split())
picture = memory.torch("uint8", (height, width, 4))  # a view: nothing is copied
channel.send(f"{ready}".encode())

rows = torch.arange(height, device=picture.device).view(height, 1, 1) - y
columns = torch.arange(width, device=picture.device).view(1, width, 1) - x
inside = rows * rows + columns * columns < radius * radius
added = torch.tensor([colour >> shift & 255 for shift in (0, 8, 16, 24)], device=picture.device)

while True:
    try:
        word = channel.receive_bytes()
    except vxm.Error as error:
        if error.name != "VXM_ERROR_PEER_LOST":
            raise
        break  # the other end is closed: that was all
    begun = milliseconds()
    if word == b"draw":
        picture.copy_((picture + inside * added).clamp(max=255))
    elif word == b"copy":
        host = torch.empty(picture.shape, dtype=torch.uint8)
        copy = host.to(picture.device)
        begun = milliseconds()
        copy.copy_(host)
        host.copy_(copy)
    channel.send(f"{milliseconds() - begun}".encode())
