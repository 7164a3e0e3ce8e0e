# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""Vulkan devices."""

import ctypes
from ctypes import byref, c_char, c_void_p
from types import SimpleNamespace

from . import _structs as s
from ._api import Closable, Handle, expect, lib, number, text
from .enums import BufferUsage, HandleType, ImageUsage, Layout, MemoryProperty, SemaphoreHandleType
from .enums import Tiling
from .memory import Memory, Shared
from .semaphore import Semaphore

_HOST = MemoryProperty.HOST_VISIBLE | MemoryProperty.HOST_COHERENT
_TRANSFER = 0x3  # TRANSFER_SRC | TRANSFER_DST, of buffers and images alike


class Device(Closable):
    """A Vulkan device with every external-memory and synchronisation extension that its driver has.

    index  which of the devices that meet the other criteria, in the driver's order
    name   a part of the device's name
    uuid   16 bytes, such as another device's identity.device_uuid
    """

    def __init__(self, index=0, name=None, uuid=None, layers=(), extensions=(), library=None):
        info = s.VxmDeviceCreateInfo(deviceIndex=index)
        keep = []
        if name is not None:
            info.deviceName = _pointer(ctypes.create_string_buffer(text(name, "name")), keep)
        if uuid is not None:
            if len(uuid) != 16:
                raise ValueError(f"a device's UUID has 16 bytes, not {len(uuid)}")
            info.deviceUUID = _pointer((c_char * 16)(*uuid), keep)
        info.instanceLayerCount, info.instanceLayers = _names(layers, keep)
        info.deviceExtensionCount, info.deviceExtensions = _names(extensions, keep)
        if library is not None:
            # A driver or loader to use instead of the system's: a ctypes.CDLL, which stays loaded.
            expect(library, ctypes.CDLL, "library")
            info.getInstanceProcAddr = ctypes.cast(library.vkGetInstanceProcAddr, c_void_p)
        out = c_void_p()
        lib.vxmCreateDevice(byref(info), byref(out))
        self._handle = Handle(out, lib.vxmDestroyDevice)

    def info(self):
        """VxmDeviceInfo, as it is: VkDevice, VkQueue and the rest, for Vulkan calls of your own."""
        info = s.VxmDeviceInfo()
        lib.vxmGetDeviceInfo(self._open(), byref(info))
        return info

    @property
    def identity(self):
        """Which GPU and which driver: device_uuid, driver_uuid, device_name, driver_name,
        driver_info, vendor_id, device_id, pci ((domain, bus, device, function) or None)."""
        i = s.VxmIdentity.from_address(self.info().identity)
        return SimpleNamespace(
            device_uuid=bytes(i.deviceUUID),
            driver_uuid=bytes(i.driverUUID),
            device_name=i.deviceName.decode("utf-8", "replace"),
            driver_name=i.driverName.decode("utf-8", "replace"),
            driver_info=i.driverInfo.decode("utf-8", "replace"),
            vendor_id=i.vendorID,
            device_id=i.deviceID,
            pci=(i.pciDomain, i.pciBus, i.pciDevice, i.pciFunction) if i.pciValid else None,
        )

    def query(self, handle_type=HandleType.OPAQUE_FD, buffer=None, image=None):
        """What can be done with a handle type: .exportable, .importable, .dedicated_only,
        .compatible (types), and .reason in words where something can't be done.

        buffer and image: what create_buffer_info() and create_image_info() give; neither: raw
        memory.
        """
        keep = []
        info = s.VxmQueryInfo(kind=0, handleType=handle_type)
        info.buffer = None if buffer is None else _pointer(buffer, keep)
        info.image = None if image is None else _pointer(image, keep)
        return self._query(info)

    def query_semaphore(self, handle_type=SemaphoreHandleType.OPAQUE_FD, timeline=True):
        """The same for semaphores."""
        return self._query(
            s.VxmQueryInfo(kind=1, handleType=handle_type, semaphoreType=int(timeline))
        )

    def _query(self, info):
        result = s.VxmQueryResult()
        lib.vxmQuery(self._open(), byref(info), byref(result))
        return SimpleNamespace(
            exportable=bool(result.exportable),
            importable=bool(result.importable),
            dedicated_only=bool(result.dedicatedOnly),
            compatible=result.compatibleHandleTypes,
            reason=result.reason.decode("utf-8", "replace"),
        )

    def create_buffer(
        self, size, usage=None, handle_types=HandleType.OPAQUE_FD, host_visible=False
    ):
        """A buffer that can be exported. host_visible: the CPU can map it, and NumPy see it."""
        info = create_buffer_info(size, usage)
        return self._create(lib.vxmCreateBuffer, byref(info), handle_types, host_visible)

    def create_image(
        self,
        width,
        height,
        format,
        usage=None,
        tiling=Tiling.OPTIMAL,
        handle_types=HandleType.OPAQUE_FD,
        host_visible=False,
    ):
        """A 2D image that can be exported. Only a LINEAR one can be seen as a tensor."""
        info = create_image_info(width, height, format, usage, tiling)
        return self._create(lib.vxmCreateImage, byref(info), handle_types, host_visible)

    def create_memory(self, size, handle_types=HandleType.OPAQUE_FD, host_visible=False):
        """Raw memory that can be exported."""
        size = number(size, 64, "size")
        return self._create(lib.vxmCreateMemory, size, handle_types, host_visible)

    def _create(self, create, what, handle_types, host_visible):
        info = s.VxmMemoryCreateInfo(
            handleTypes=handle_types, requiredFlags=_HOST if host_visible else 0
        )
        out = c_void_p()
        create(self._open(), what, byref(info), byref(out))
        return Memory(self, out)

    def import_shared(self, shared, reexport=True):
        """Memory from what another place has exported. `shared` stays its owner's, to close.

        reexport: it can be exported from here again, which numpy() and torch() need.
        """
        struct = expect(shared, Shared, "shared").struct()
        info = s.VxmImportInfo(reexportHandleTypes=struct.handleType if reexport else 0)
        out = c_void_p()
        lib.vxmImportMemory(self._open(), byref(struct), byref(info), byref(out))
        memory = Memory(self, out)
        memory._known = shared.description
        return memory

    def check_shared(self, shared):
        """Raises vxm.Error if it can't be imported here; the sentence says why."""
        struct = expect(shared, Shared, "shared").struct()
        lib.vxmCheckShared(self._open(), byref(struct))

    def create_semaphore(self, timeline=True, initial_value=0):
        """A Semaphore that can be exported."""
        return Semaphore(self, timeline, initial_value)

    def import_semaphore(self, shared, reexport=0):
        """A Semaphore from what another place has exported."""
        return Semaphore.from_shared(self, shared, reexport)


def create_buffer_info(size, usage=None):
    """A VkBufferCreateInfo. Usage is for copies and shaders by default."""
    if usage is None:
        usage = _TRANSFER | BufferUsage.STORAGE_BUFFER
    return s.VkBufferCreateInfo(sType=12, size=size, usage=usage)


def create_image_info(width, height, format, usage=None, tiling=Tiling.OPTIMAL):
    """A VkImageCreateInfo of a 2D image. Usage is for copies by default."""
    return s.VkImageCreateInfo(
        sType=14,
        imageType=1,
        format=format,
        extent=s.VkExtent3D(width, height, 1),
        mipLevels=1,
        arrayLayers=1,
        samples=1,
        tiling=tiling,
        usage=ImageUsage(_TRANSFER) if usage is None else usage,
        initialLayout=Layout.UNDEFINED,
    )


def _pointer(struct, keep):
    keep.append(struct)
    return ctypes.addressof(struct)


def _names(names, keep):
    if isinstance(names, str):
        raise TypeError("layers and extensions are lists of names")
    array = (ctypes.c_char_p * len(names))(*(text(name, "a name") for name in names))
    return len(names), _pointer(array, keep) if names else None
