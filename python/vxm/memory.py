# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""Shared memory: the object, its description, and views of it."""

import ctypes
import operator
import weakref
from ctypes import byref, c_size_t, c_void_p

from . import _structs as s
from . import dlpack
from ._api import Closable, Handle, Unique, expect, lib, number
from .enums import Format, HandleType, Layout, MemoryProperty, ResourceType, Tiling
from .semaphore import TIME_LIMIT, access

_NOT_KNOWN = "tensors have arrays of one type of number only; use a buffer for others"


class Description:
    """What of a memory is where: enough to put a tensor over it."""

    def __init__(self, shared):
        """From a VxmShared."""
        memory = shared.memories[0]
        self.resource_type = ResourceType(shared.resourceType)
        self.allocation_size = memory.allocationSize
        self.begin = memory.offset
        self.size = memory.allocationSize - memory.offset
        self.image = None
        if self.resource_type == ResourceType.BUFFER:
            self.size = shared.buffer.size
        elif self.resource_type == ResourceType.IMAGE:
            self.image = s.VxmImageDescription.from_buffer_copy(shared.image)
        if shared.memoryCount != 1:
            raise ValueError(f"it has {shared.memoryCount} memories, and a tensor can have one")

    def tensor(self, keep, address, device, dtype, shape, strides, offset):
        """A Tensor, where `address` is that of the allocation's first byte."""
        if self.image is not None:
            dtype, shape, strides, first, size = self._image(dtype, shape, strides, offset)
        else:
            dtype = dlpack.dtype_name("uint8" if dtype is None else dtype)
            offset = operator.index(offset)
            item = dlpack.DTYPES[dtype][1] // 8
            if shape is None:
                if not 0 <= offset <= self.size or (self.size - offset) % item:
                    raise ValueError(
                        f"{self.size} bytes from byte {offset} on are no whole number of {dtype}: "
                        "say which shape"
                    )
                shape = ((self.size - offset) // item,)
            shape = dlpack.numbers(shape)
            strides = dlpack.row_major(shape) if strides is None else dlpack.numbers(strides)
            first, size = offset, self.size
            address += self.begin
        dlpack.check_bounds(dtype, shape, strides, first, size)
        return dlpack.Tensor(keep, address + first, device, dtype, shape, strides)

    def _image(self, dtype, shape, strides, offset):
        image = self.image
        if image.tiling != Tiling.LINEAR:
            raise ValueError(
                "the image's tiling is not LINEAR, so that its texels are in no order that a "
                "tensor can have: create it with tiling=vxm.Tiling.LINEAR, or let the GPU copy it "
                "into a shared buffer"
            )
        if (image.imageType, image.mipLevels, image.arrayLayers, image.samples) != (1, 1, 1, 1):
            raise ValueError("a tensor is made of a 2D image of one mip level, layer and sample")
        if image.planeCount != 1 or image.planes[0].rowPitch == 0:
            raise ValueError("the description does not say where the image's rows are (its planes)")
        try:
            own, channels = Format(image.format).element
        except ValueError:
            raise ValueError(f"VkFormat {image.format}: {_NOT_KNOWN}") from None
        if shape is not None or strides is not None or offset:
            raise ValueError("shape, strides and offset of an image are its own: leave them out")
        if dtype is not None and dlpack.dtype_name(dtype) != own:
            raise ValueError(f"the image's texels are of {own}, not {dlpack.dtype_name(dtype)}")
        item = dlpack.DTYPES[own][1] // 8
        pitch = image.planes[0].rowPitch
        if pitch % item:
            raise ValueError(f"a row pitch of {pitch} bytes is no whole number of {own}")
        shape = (image.extent.height, image.extent.width, channels)
        strides = (pitch // item, channels, 1)
        return own, shape, strides, image.planes[0].offset, self.allocation_size

    def check_image(self):
        """Raises ValueError if no tensor can be made of the image."""
        self._image(None, None, None, 0)


class Shared(Unique):
    """The description of a shared object and its handles, on their way to another place.

    Closing it closes the handles; so does garbage collection. Importing borrows it.
    """

    def __init__(self, struct):
        self._struct = struct
        self._end = weakref.finalize(self, lib.vxmCloseShared, byref(struct))

    def close(self):
        """Closes the handles. Twice is fine."""
        self._end()

    @property
    def closed(self):
        return not self._end.alive

    def struct(self):
        """The VxmShared itself."""
        if self.closed:
            raise ValueError("this Shared is closed")
        return self._struct

    @property
    def description(self):
        return Description(self._struct)

    @property
    def handle_type(self):
        return HandleType(self._struct.handleType)

    @property
    def handle(self):
        """The first memory's VxmHandle; it stays this object's."""
        return self.struct().memories[0].handle

    @property
    def fd(self):
        """The first memory's descriptor; it stays this object's."""
        return self.handle.fd

    @property
    def allocation_size(self):
        """Bytes of the first memory's allocation, which CUDA and OpenGL ask for."""
        return self._struct.memories[0].allocationSize

    @property
    def dedicated(self):
        return bool(self._struct.dedicated)

    @property
    def device_uuid(self):
        return bytes(self._struct.deviceUUID)

    @property
    def driver_uuid(self):
        return bytes(self._struct.driverUUID)

    def encode(self):
        """The description without its handles, as bytes: for a transport of your own."""
        data = ctypes.create_string_buffer(1024)
        size = c_size_t()
        lib.vxmEncodeShared(byref(self.struct()), len(data), data, byref(size))
        return data.raw[: size.value]

    @classmethod
    def decode(cls, data, fds):
        """What encode() gave, with the descriptors that travelled beside it. They are this object's
        from then on; if it fails, they stay the caller's."""
        struct = s.VxmShared()
        fds = list(fds)
        lib.vxmDecodeShared(len(data), bytes(data), byref(struct))
        if len(fds) != struct.memoryCount:
            raise ValueError(f"the description has {struct.memoryCount} handles, not {len(fds)}")
        for memory, fd in zip(struct.memories, fds):
            memory.handle.type = struct.handleType
            memory.handle.fd = fd
            lib.vxmCheckHandle(byref(memory.handle))
        return cls(struct)

    def __enter__(self):
        self.struct()
        return self

    def __exit__(self, *_):
        self.close()


class Memory(Closable):
    """A buffer, a LINEAR or OPTIMAL image, or raw memory, that can be shared or was imported.

    Made by Device.create_buffer(), create_image(), create_memory() and import_shared().
    """

    def __init__(self, device, out):
        self._handle = Handle(out, lib.vxmDestroyMemory, device._open())
        self.device = device
        self._cuda = None
        self._known = None  # a Description

    def info(self):
        """VxmMemoryInfo, as it is."""
        info = s.VxmMemoryInfo()
        lib.vxmGetMemoryInfo(self._open(), byref(info))
        return info

    @property
    def vk_buffer(self):
        """The VkBuffer, as a number; 0 if it is none."""
        return self.info().buffer

    @property
    def vk_image(self):
        """The VkImage, as a number; 0 if it is none."""
        return self.info().image

    @property
    def allocation_size(self):
        return self.info().memories[0].allocationSize

    @property
    def size(self):
        """Bytes of the buffer, or of the memory from an image's beginning on."""
        return self._description.size

    def export(self, handle_type=None):
        """Its description with new handles: a Shared, to be closed. Without a type, the first that
        it was made for."""
        if handle_type is None:
            types = self.info().exportHandleTypes
            handle_type = types & -types
        struct = s.VxmShared()
        handle_type = number(handle_type, 32, "handle_type")
        lib.vxmExportMemory(self._open(), handle_type, byref(struct))
        return Shared(struct)

    def map(self):
        """Its bytes, for the CPU: a memoryview. Release it (or use `with`) to unmap."""
        array = self._map()[0]
        return memoryview(array).cast("B")

    def _map(self):
        info = self.info().memories[0]
        if not info.propertyFlags & MemoryProperty.HOST_COHERENT:
            raise ValueError(
                "the memory is not host visible and coherent, so that the CPU can't read and write "
                "it: create it with host_visible=True"
            )
        data = c_void_p()
        size = self.size
        handle = self._open()
        lib.vxmMapMemory(handle, 0, byref(data))
        mapping = Handle(data, lambda _: lib.vxmUnmapMemory(handle.value, 0), handle)
        array = (ctypes.c_ubyte * size).from_address(data.value)
        array.mapping = mapping  # goes with the last view of the array
        return array, data.value

    def dlpack(self, dtype=None, shape=None, strides=None, offset=0):
        """The mapped memory as a dlpack.Tensor, for numpy.from_dlpack() and others.

        A buffer (or raw memory) is as `dtype`, `shape`, `strides` (in elements) and `offset` (in
        bytes) say, uint8 and flat by default. A LINEAR image is H x W x C of its format's type.
        """
        array, address = self._map()
        description = self._description
        return description.tensor(
            array, address - description.begin, (dlpack.CPU, 0), dtype, shape, strides, offset
        )

    def numpy(self, dtype=None, shape=None, strides=None, offset=0):
        """The mapped memory as a NumPy array, uncopied; parameters as for dlpack()."""
        return self.dlpack(dtype, shape, strides, offset).numpy()

    def torch(self, dtype=None, shape=None, strides=None, offset=0, device="cuda"):
        """The memory as a PyTorch tensor, uncopied; parameters as for dlpack().

        device="cuda" imports it into CUDA, on the GPU that it is on; "cpu" maps it.
        """
        if device == "cpu":
            return self.dlpack(dtype, shape, strides, offset).torch()
        if device != "cuda":
            raise ValueError(f'device is "cuda" or "cpu", not {device!r}')
        return self.cuda().torch(dtype, shape, strides, offset)

    def cuda(self):
        """The memory in CUDA: a vxm.cuda.Memory. Made once, as long as it isn't closed."""
        if self._cuda is None or self._cuda.closed:
            from . import cuda

            with self.export() as shared:
                self._cuda = cuda.Memory(shared)
        return self._cuda

    def access(self, wait=None, signal=None, stream=None, timeout=TIME_LIMIT):
        """A context in which the memory is this side's:

            with memory.access(wait=(timeline, 1), signal=(timeline, 2)):
                array += 1

        waits until the timeline has reached 1, and signals 2 afterwards. Without a stream it is the
        CPU that waits (until `timeout`, in seconds) and signals. With one (PyTorch's
        torch.cuda.current_stream(), or a CUstream as a number) the GPU does, in the stream's order,
        and nothing blocks here. When the body raises an exception nothing is signalled: whoever
        waits runs into its time limit instead of taking half of the work for the whole.
        """
        self._open()
        return access(self, wait, signal, stream, timeout)

    def cmd_release(self, command_buffer, queue_family, stages, accesses, layout=Layout.GENERAL):
        """Records vxmCmdReleaseMemory() in a VkCommandBuffer (a number). Returns the hand-over."""
        handover = Handover()
        if self._description.image is not None:
            handover._struct.layout = layout
        use = s.VxmUse(stages, accesses, layout, queue_family)
        command_buffer = _pointer(command_buffer, "a VkCommandBuffer")
        lib.vxmCmdReleaseMemory(command_buffer, self._open(), byref(use), byref(handover._struct))
        return handover

    def cmd_acquire(
        self, command_buffer, handover, queue_family, stages, accesses, layout=Layout.GENERAL
    ):
        """Records vxmCmdAcquireMemory() in a VkCommandBuffer (a number)."""
        use = s.VxmUse(stages, accesses, layout, queue_family)
        expect(handover, Handover, "handover")
        command_buffer = _pointer(command_buffer, "a VkCommandBuffer")
        lib.vxmCmdAcquireMemory(command_buffer, self._open(), byref(handover._struct), byref(use))

    @property
    def _description(self):
        if self._known is None:
            with self.export() as shared:
                self._known = shared.description
        return self._known

    def close(self):
        if self._cuda is not None:
            self._cuda.close()
        super().close()


def _pointer(value, what):
    return value if isinstance(value, c_void_p) else number(value, 64, what)


class Handover:
    """What travels with a frame: layout, queue family, and the timeline's value, if any."""

    def __init__(self, layout=Layout.UNDEFINED, queue_family=0, value=None, discard=False):
        self._struct = s.VxmHandover(layout, queue_family, int(discard))
        if value is not None:
            self.value = value

    @property
    def layout(self):
        return self._struct.layout

    @property
    def queue_family(self):
        return self._struct.queueFamilyIndex

    @property
    def discard(self):
        return bool(self._struct.flags & 1)

    @property
    def value(self):
        """What to wait for on the shared timeline, or None."""
        return self._struct.semaphoreValue if self._struct.flags & 2 else None

    @value.setter
    def value(self, value):
        self._struct.semaphoreValue = value
        self._struct.flags |= 2
