# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""GPU memory shared between processes and APIs through Vulkan, seen as NumPy arrays and PyTorch
tensors, uncopied.

    device = vxm.Device()
    memory = device.create_buffer(1 << 20, host_visible=True)
    array = memory.numpy("float32", (512, 512))
    channel.send(memory)                                   # to another process

Memory is Vulkan's: what CUDA or PyTorch has allocated can't be imported into Vulkan by the
extensions that this stands on. So let Vulkan allocate, and PyTorch work in it.

A failing call raises vxm.Error with the library's sentence; a wrong argument or a closed object is
a ValueError or TypeError. Objects are closed once: by close(), by `with`, or when nothing refers to
them any more. Arrays and tensors keep what they stand on, to the end of the process. Threads may
share an object; another process gets it through a Channel, not by pickle.
"""

from ._errors import Error, PeerLost, TimeoutError
from .channel import Channel, Listener
from .device import Device, create_buffer_info, create_image_info
from .enums import (
    BufferUsage,
    Format,
    HandleType,
    ImageUsage,
    Layout,
    MemoryProperty,
    MessageType,
    Reason,
    ResourceType,
    SemaphoreHandleType,
    Tiling,
)
from .memory import Handover, Memory, Shared
from .semaphore import TIME_LIMIT, Semaphore, SharedSemaphore

__version__ = "0.1.0"

__all__ = [
    "BufferUsage",
    "Channel",
    "Device",
    "Error",
    "Format",
    "Handover",
    "HandleType",
    "ImageUsage",
    "Layout",
    "Listener",
    "Memory",
    "MemoryProperty",
    "MessageType",
    "PeerLost",
    "Reason",
    "ResourceType",
    "Semaphore",
    "SemaphoreHandleType",
    "Shared",
    "SharedSemaphore",
    "TIME_LIMIT",
    "Tiling",
    "TimeoutError",
    "create_buffer_info",
    "create_image_info",
]
