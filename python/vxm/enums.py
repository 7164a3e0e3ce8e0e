# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""Vulkan's and the library's own numbers, under their own names without the prefix.

tests/test_layout.py compares each with the headers. Where a parameter takes one of these, it takes
a plain number too: Vulkan has more than are listed.
"""

from enum import IntEnum, IntFlag


class HandleType(IntFlag):
    """VkExternalMemoryHandleTypeFlagBits."""

    OPAQUE_FD = 0x1
    OPAQUE_WIN32 = 0x2
    DMA_BUF = 0x200


class SemaphoreHandleType(IntFlag):
    """VkExternalSemaphoreHandleTypeFlagBits."""

    OPAQUE_FD = 0x1
    OPAQUE_WIN32 = 0x2
    SYNC_FD = 0x10


class ResourceType(IntEnum):
    """VxmResourceType."""

    MEMORY = 0
    BUFFER = 1
    IMAGE = 2


class Reason(IntEnum):
    """VxmErrorReason."""

    NONE = 0
    ARGUMENT = 1
    UNSUPPORTED = 2
    MISMATCH = 3
    DRIVER = 4
    SYSTEM = 5
    PEER = 6
    OUT_OF_MEMORY = 7
    TIMEOUT = 8
    FOREIGN = 9


class MessageType(IntEnum):
    """VxmMessageType."""

    BYTES = 1
    MEMORY = 2
    SEMAPHORE = 3
    HANDOVER = 4


class MemoryProperty(IntFlag):
    """VkMemoryPropertyFlagBits."""

    DEVICE_LOCAL = 0x1
    HOST_VISIBLE = 0x2
    HOST_COHERENT = 0x4
    HOST_CACHED = 0x8


class BufferUsage(IntFlag):
    """VkBufferUsageFlagBits."""

    TRANSFER_SRC = 0x1
    TRANSFER_DST = 0x2
    UNIFORM_BUFFER = 0x10
    STORAGE_BUFFER = 0x20
    INDEX_BUFFER = 0x40
    VERTEX_BUFFER = 0x80


class ImageUsage(IntFlag):
    """VkImageUsageFlagBits."""

    TRANSFER_SRC = 0x1
    TRANSFER_DST = 0x2
    SAMPLED = 0x4
    STORAGE = 0x8
    COLOR_ATTACHMENT = 0x10


class Tiling(IntEnum):
    """VkImageTiling."""

    OPTIMAL = 0
    LINEAR = 1


class Layout(IntEnum):
    """VkImageLayout."""

    UNDEFINED = 0
    GENERAL = 1
    COLOR_ATTACHMENT_OPTIMAL = 2
    SHADER_READ_ONLY_OPTIMAL = 5
    TRANSFER_SRC_OPTIMAL = 6
    TRANSFER_DST_OPTIMAL = 7


class Format(IntEnum):
    """VkFormat: those that are arrays of one type of number, which tensors can be."""

    R8_UNORM = 9
    R8_SNORM = 10
    R8_UINT = 13
    R8_SINT = 14
    R8G8_UNORM = 16
    R8G8_SNORM = 17
    R8G8_UINT = 20
    R8G8_SINT = 21
    R8G8B8_UNORM = 23
    B8G8R8_UNORM = 30
    R8G8B8A8_UNORM = 37
    R8G8B8A8_SNORM = 38
    R8G8B8A8_UINT = 41
    R8G8B8A8_SINT = 42
    R8G8B8A8_SRGB = 43
    B8G8R8A8_UNORM = 44
    B8G8R8A8_SRGB = 50
    R16_UNORM = 70
    R16_UINT = 74
    R16_SINT = 75
    R16_SFLOAT = 76
    R16G16_UNORM = 77
    R16G16_UINT = 81
    R16G16_SINT = 82
    R16G16_SFLOAT = 83
    R16G16B16A16_UNORM = 91
    R16G16B16A16_UINT = 95
    R16G16B16A16_SINT = 96
    R16G16B16A16_SFLOAT = 97
    R32_UINT = 98
    R32_SINT = 99
    R32_SFLOAT = 100
    R32G32_UINT = 101
    R32G32_SINT = 102
    R32G32_SFLOAT = 103
    R32G32B32_SFLOAT = 106
    R32G32B32A32_UINT = 107
    R32G32B32A32_SINT = 108
    R32G32B32A32_SFLOAT = 109

    @property
    def element(self):
        """What one texel is: the name of its numbers' type, and how many of them."""
        channels, kind = self.name.split("_")
        sizes = [int(part) for part in channels.translate(_letters).split()]
        prefixes = {"UNORM": "uint", "SRGB": "uint", "UINT": "uint", "SFLOAT": "float"}
        return f"{prefixes.get(kind, 'int')}{sizes[0]}", len(sizes)


_letters = str.maketrans("RGBA", "    ")
