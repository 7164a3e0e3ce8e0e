# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""The little of Vulkan that the examples need, on a vxm.Device, by ctypes.

A program with a Vulkan binding of its own (vulkan, vulkpy, wgpu's) would use that, with the numbers
that vxm.Device.info() and vxm.Memory give.
"""

import ctypes
from ctypes import CFUNCTYPE, Structure, byref, c_char_p, c_float, c_int, c_int32, c_uint32
from ctypes import c_uint64, c_void_p

TRANSFER = 0x1000  # VK_PIPELINE_STAGE_TRANSFER_BIT
ALL_COMMANDS = 0x10000  # VK_PIPELINE_STAGE_ALL_COMMANDS_BIT
TRANSFER_READ = 0x800  # VK_ACCESS_TRANSFER_READ_BIT
TRANSFER_WRITE = 0x1000  # VK_ACCESS_TRANSFER_WRITE_BIT
HOST = 0x4000  # VK_PIPELINE_STAGE_HOST_BIT
HOST_READ = 0x2000  # VK_ACCESS_HOST_READ_BIT
GENERAL = 1  # VK_IMAGE_LAYOUT_GENERAL
COLOR = 1  # VK_IMAGE_ASPECT_COLOR_BIT


def struct(name, *fields):
    return type(name, (Structure,), {"_fields_": fields})


CommandPoolCreateInfo = struct(
    "VkCommandPoolCreateInfo",
    ("sType", c_uint32),
    ("pNext", c_void_p),
    ("flags", c_uint32),
    ("queueFamilyIndex", c_uint32),
)
CommandBufferAllocateInfo = struct(
    "VkCommandBufferAllocateInfo",
    ("sType", c_uint32),
    ("pNext", c_void_p),
    ("commandPool", c_uint64),
    ("level", c_uint32),
    ("commandBufferCount", c_uint32),
)
CommandBufferBeginInfo = struct(
    "VkCommandBufferBeginInfo",
    ("sType", c_uint32),
    ("pNext", c_void_p),
    ("flags", c_uint32),
    ("pInheritanceInfo", c_void_p),
)
SubresourceRange = struct(
    "VkImageSubresourceRange",
    ("aspectMask", c_uint32),
    ("baseMipLevel", c_uint32),
    ("levelCount", c_uint32),
    ("baseArrayLayer", c_uint32),
    ("layerCount", c_uint32),
)
ImageMemoryBarrier = struct(
    "VkImageMemoryBarrier",
    ("sType", c_uint32),
    ("pNext", c_void_p),
    ("srcAccessMask", c_uint32),
    ("dstAccessMask", c_uint32),
    ("oldLayout", c_uint32),
    ("newLayout", c_uint32),
    ("srcQueueFamilyIndex", c_uint32),
    ("dstQueueFamilyIndex", c_uint32),
    ("image", c_uint64),
    ("subresourceRange", SubresourceRange),
)
MemoryBarrier = struct(
    "VkMemoryBarrier",
    ("sType", c_uint32),
    ("pNext", c_void_p),
    ("srcAccessMask", c_uint32),
    ("dstAccessMask", c_uint32),
)
BufferImageCopy = struct(
    "VkBufferImageCopy",
    ("bufferOffset", c_uint64),
    ("bufferRowLength", c_uint32),
    ("bufferImageHeight", c_uint32),
    ("aspectMask", c_uint32),
    ("mipLevel", c_uint32),
    ("baseArrayLayer", c_uint32),
    ("layerCount", c_uint32),
    ("imageOffset", c_int32 * 3),
    ("imageExtent", c_uint32 * 3),
)
TimelineSemaphoreSubmitInfo = struct(
    "VkTimelineSemaphoreSubmitInfo",
    ("sType", c_uint32),
    ("pNext", c_void_p),
    ("waitSemaphoreValueCount", c_uint32),
    ("pWaitSemaphoreValues", c_void_p),
    ("signalSemaphoreValueCount", c_uint32),
    ("pSignalSemaphoreValues", c_void_p),
)
SubmitInfo = struct(
    "VkSubmitInfo",
    ("sType", c_uint32),
    ("pNext", c_void_p),
    ("waitSemaphoreCount", c_uint32),
    ("pWaitSemaphores", c_void_p),
    ("pWaitDstStageMask", c_void_p),
    ("commandBufferCount", c_uint32),
    ("pCommandBuffers", c_void_p),
    ("signalSemaphoreCount", c_uint32),
    ("pSignalSemaphores", c_void_p),
)

COMMANDS = {
    "vkCreateCommandPool": (c_int, c_void_p, c_void_p, c_void_p, c_void_p),
    "vkDestroyCommandPool": (None, c_void_p, c_uint64, c_void_p),
    "vkAllocateCommandBuffers": (c_int, c_void_p, c_void_p, c_void_p),
    "vkBeginCommandBuffer": (c_int, c_void_p, c_void_p),
    "vkEndCommandBuffer": (c_int, c_void_p),
    "vkQueueSubmit": (c_int, c_void_p, c_uint32, c_void_p, c_uint64),
    "vkQueueWaitIdle": (c_int, c_void_p),
    "vkCmdPipelineBarrier": (None, c_void_p, c_uint32, c_uint32, c_uint32)
    + (c_uint32, c_void_p) * 3,
    "vkCmdClearColorImage": (None, c_void_p, c_uint64, c_uint32, c_void_p, c_uint32, c_void_p),
    "vkCmdCopyImageToBuffer": (None, c_void_p, c_uint64, c_uint32, c_uint64, c_uint32, c_void_p),
    "vkCmdCopyBufferToImage": (None, c_void_p, c_uint64, c_uint64, c_uint32, c_uint32, c_void_p),
}


class Vulkan:
    """Command buffers of a vxm.Device, recorded and submitted one by one."""

    def __init__(self, device):
        info = device.info()
        self.device, self.queue, self.family = info.device, info.queue, info.queueFamilyIndex
        load = CFUNCTYPE(c_void_p, c_void_p, c_char_p)(info.getDeviceProcAddr)
        for name, types in COMMANDS.items():
            setattr(self, name, CFUNCTYPE(*types)(load(info.device, name.encode())))
        self.pool = c_uint64()
        pool = CommandPoolCreateInfo(39, None, 0, self.family)
        self.check(self.vkCreateCommandPool(self.device, byref(pool), None, byref(self.pool)))

    def close(self):
        """Waits for the GPU and frees the command buffers."""
        self.vkQueueWaitIdle(self.queue)
        self.vkDestroyCommandPool(self.device, self.pool, None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def check(self, result):
        if result != 0:
            raise RuntimeError(f"Vulkan answered {result}")

    def record(self):
        """A command buffer that is being recorded; submit() ends it."""
        commands = c_void_p()
        allocate = CommandBufferAllocateInfo(40, None, self.pool, 0, 1)
        self.check(self.vkAllocateCommandBuffers(self.device, byref(allocate), byref(commands)))
        self.check(self.vkBeginCommandBuffer(commands, byref(CommandBufferBeginInfo(42))))
        return commands

    def submit(self, commands, wait=None, signal=None):
        """Submits; wait and signal are (vxm.Semaphore, value) or None."""
        self.check(self.vkEndCommandBuffer(commands))
        values = TimelineSemaphoreSubmitInfo(1000207003)
        submit = SubmitInfo(4, commandBufferCount=1)
        submit.pCommandBuffers = ctypes.addressof(commands)
        stages = c_uint32(ALL_COMMANDS)
        submit.pWaitDstStageMask = ctypes.addressof(stages)
        keep = []
        for point, name in ((wait, "Wait"), (signal, "Signal")):
            if point is not None:
                semaphore, value = c_uint64(point[0].vk_semaphore), c_uint64(point[1])
                keep += semaphore, value
                setattr(submit, f"{name.lower()}SemaphoreCount", 1)
                setattr(submit, f"p{name}Semaphores", ctypes.addressof(semaphore))
                setattr(values, f"{name.lower()}SemaphoreValueCount", 1)
                setattr(values, f"p{name}SemaphoreValues", ctypes.addressof(value))
        if keep:
            submit.pNext = ctypes.addressof(values)
        self.check(self.vkQueueSubmit(self.queue, 1, byref(submit), 0))

    def wait(self):
        self.check(self.vkQueueWaitIdle(self.queue))

    def to_general(self, commands, image):
        """A new image's first layout."""
        whole = SubresourceRange(COLOR, 0, 1, 0, 1)
        own = self.family
        barrier = byref(
            ImageMemoryBarrier(45, None, 0, TRANSFER_WRITE, 0, GENERAL, own, own, image, whole)
        )
        self.vkCmdPipelineBarrier(commands, TRANSFER, TRANSFER, 0, 0, None, 0, None, 1, barrier)

    def between_copies(self, commands):
        """What was written by copies and clears is read by the next."""
        barrier = MemoryBarrier(46, None, TRANSFER_WRITE, TRANSFER_READ | TRANSFER_WRITE)
        self.vkCmdPipelineBarrier(
            commands, TRANSFER, TRANSFER, 0, 1, byref(barrier), 0, None, 0, None
        )

    def to_host(self, commands):
        """What copies have written is visible to the CPU when the submission is done."""
        barrier = MemoryBarrier(46, None, TRANSFER_WRITE, HOST_READ)
        self.vkCmdPipelineBarrier(commands, TRANSFER, HOST, 0, 1, byref(barrier), 0, None, 0, None)

    def clear(self, commands, image, color):
        whole = SubresourceRange(COLOR, 0, 1, 0, 1)
        value = (c_float * 4)(*color)
        self.vkCmdClearColorImage(commands, image, GENERAL, value, 1, byref(whole))

    def copy_image_to_buffer(self, commands, image, buffer, width, height):
        region = BufferImageCopy(0, 0, 0, COLOR, 0, 0, 1, (0, 0, 0), (width, height, 1))
        self.vkCmdCopyImageToBuffer(commands, image, GENERAL, buffer, 1, byref(region))

    def copy_buffer_to_image(self, commands, buffer, image, width, height):
        region = BufferImageCopy(0, 0, 0, COLOR, 0, 0, 1, (0, 0, 0), (width, height, 1))
        self.vkCmdCopyBufferToImage(commands, buffer, image, GENERAL, 1, byref(region))
