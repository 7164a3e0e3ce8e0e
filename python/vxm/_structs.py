# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""The structs of vxm.h and those of Vulkan's that it takes, for ctypes.

tests/layout.c prints sizes and offsets from the headers, and tests/test_layout.py compares them
with what stands here.
"""

import ctypes
from ctypes import Union, c_char, c_int, c_int64, c_uint8, c_uint32, c_uint64, c_void_p

MAX_PLANES = 4
MAX_VIEW_FORMATS = 16


class Structure(ctypes.Structure):
    """One that refuses numbers that a field can't hold: ctypes would cut them off."""

    def __setattr__(self, name, value):
        super().__setattr__(name, value)
        held = getattr(self, name)
        if isinstance(value, int) and (held or 0) != value:
            raise ValueError(f"{name} can't be {value}: it would become {held}")


_uuid = c_uint8 * 16
_luid = c_uint8 * 8


class VkExtent3D(Structure):
    _fields_ = [("width", c_uint32), ("height", c_uint32), ("depth", c_uint32)]


class VkBufferCreateInfo(Structure):
    _fields_ = [
        ("sType", c_uint32),
        ("pNext", c_void_p),
        ("flags", c_uint32),
        ("size", c_uint64),
        ("usage", c_uint32),
        ("sharingMode", c_uint32),
        ("queueFamilyIndexCount", c_uint32),
        ("pQueueFamilyIndices", c_void_p),
    ]


class VkImageCreateInfo(Structure):
    _fields_ = [
        ("sType", c_uint32),
        ("pNext", c_void_p),
        ("flags", c_uint32),
        ("imageType", c_uint32),
        ("format", c_uint32),
        ("extent", VkExtent3D),
        ("mipLevels", c_uint32),
        ("arrayLayers", c_uint32),
        ("samples", c_uint32),
        ("tiling", c_uint32),
        ("usage", c_uint32),
        ("sharingMode", c_uint32),
        ("queueFamilyIndexCount", c_uint32),
        ("pQueueFamilyIndices", c_void_p),
        ("initialLayout", c_uint32),
    ]


class VxmError(Structure):
    _fields_ = [
        ("result", c_int),
        ("reason", c_int),
        ("code", c_int64),
        ("message", c_char * 1016),
    ]


class _VxmHandleValue(Union):
    _fields_ = [("fd", c_int), ("ptr", c_void_p), ("zircon", c_uint32)]


class VxmHandle(Structure):
    _anonymous_ = ["value"]
    _fields_ = [("kind", c_int), ("type", c_uint32), ("value", _VxmHandleValue)]


class VxmIdentity(Structure):
    _fields_ = [
        ("deviceUUID", _uuid),
        ("driverUUID", _uuid),
        ("deviceLUID", _luid),
        ("deviceNodeMask", c_uint32),
        ("deviceLUIDValid", c_uint32),
        ("pciValid", c_uint32),
        ("pciDomain", c_uint32),
        ("pciBus", c_uint32),
        ("pciDevice", c_uint32),
        ("pciFunction", c_uint32),
        ("drmPrimaryValid", c_uint32),
        ("drmRenderValid", c_uint32),
        ("drmPrimaryMajor", c_int64),
        ("drmPrimaryMinor", c_int64),
        ("drmRenderMajor", c_int64),
        ("drmRenderMinor", c_int64),
        ("vendorID", c_uint32),
        ("deviceID", c_uint32),
        ("apiVersion", c_uint32),
        ("driverVersion", c_uint32),
        ("driverID", c_uint32),
        ("deviceName", c_char * 256),
        ("driverName", c_char * 256),
        ("driverInfo", c_char * 256),
    ]


class VxmDeviceCreateInfo(Structure):
    _fields_ = [
        ("deviceIndex", c_uint32),
        ("deviceName", c_void_p),
        ("deviceUUID", c_void_p),
        ("deviceLUID", c_void_p),
        ("getInstanceProcAddr", c_void_p),
        ("allocator", c_void_p),
        ("apiVersion", c_uint32),
        ("instanceLayerCount", c_uint32),
        ("instanceLayers", c_void_p),
        ("instanceExtensionCount", c_uint32),
        ("instanceExtensions", c_void_p),
        ("deviceExtensionCount", c_uint32),
        ("deviceExtensions", c_void_p),
        ("instanceNext", c_void_p),
        ("deviceNext", c_void_p),
    ]


class VxmDeviceInfo(Structure):
    _fields_ = [
        ("instance", c_void_p),
        ("physicalDevice", c_void_p),
        ("device", c_void_p),
        ("queue", c_void_p),
        ("queueFamilyIndex", c_uint32),
        ("apiVersion", c_uint32),
        ("timelineSemaphore", c_uint32),
        ("synchronization2", c_uint32),
        ("samplerYcbcrConversion", c_uint32),
        ("getInstanceProcAddr", c_void_p),
        ("getDeviceProcAddr", c_void_p),
        ("identity", c_void_p),
    ]


class VxmSharedMemory(Structure):
    _fields_ = [
        ("handle", VxmHandle),
        ("name", c_void_p),
        ("allocationSize", c_uint64),
        ("offset", c_uint64),
        ("memoryTypeBits", c_uint32),
        ("propertyFlags", c_uint32),
    ]


class VxmPlaneLayout(Structure):
    _fields_ = [
        ("memoryIndex", c_uint32),
        ("offset", c_uint64),
        ("rowPitch", c_uint64),
        ("arrayPitch", c_uint64),
        ("depthPitch", c_uint64),
    ]


class VxmBufferDescription(Structure):
    _fields_ = [
        ("flags", c_uint32),
        ("size", c_uint64),
        ("usage", c_uint32),
        ("sharingMode", c_uint32),
    ]


class VxmImageDescription(Structure):
    _fields_ = [
        ("flags", c_uint32),
        ("imageType", c_uint32),
        ("format", c_uint32),
        ("extent", VkExtent3D),
        ("mipLevels", c_uint32),
        ("arrayLayers", c_uint32),
        ("samples", c_uint32),
        ("tiling", c_uint32),
        ("usage", c_uint32),
        ("stencilUsage", c_uint32),
        ("sharingMode", c_uint32),
        ("viewFormatCount", c_uint32),
        ("viewFormats", c_uint32 * MAX_VIEW_FORMATS),
        ("drmFormatModifier", c_uint64),
        ("planeCount", c_uint32),
        ("planes", VxmPlaneLayout * MAX_PLANES),
    ]


class VxmShared(Structure):
    _fields_ = [
        ("resourceType", c_int),
        ("handleType", c_uint32),
        ("handleTypes", c_uint32),
        ("dedicated", c_uint32),
        ("memoryCount", c_uint32),
        ("memories", VxmSharedMemory * MAX_PLANES),
        ("buffer", VxmBufferDescription),
        ("image", VxmImageDescription),
        ("deviceUUID", _uuid),
        ("driverUUID", _uuid),
        ("deviceLUID", _luid),
        ("deviceNodeMask", c_uint32),
        ("deviceLUIDValid", c_uint32),
    ]


class VxmQueryInfo(Structure):
    _fields_ = [
        ("kind", c_int),
        ("handleType", c_uint32),
        ("buffer", c_void_p),
        ("image", c_void_p),
        ("semaphoreType", c_int),
        ("peer", c_void_p),
        ("peerShared", c_void_p),
    ]


class VxmQueryResult(Structure):
    _fields_ = [
        ("exportable", c_uint32),
        ("importable", c_uint32),
        ("dedicatedOnly", c_uint32),
        ("reexportable", c_uint32),
        ("compatibleHandleTypes", c_uint32),
        ("exportFromImportedHandleTypes", c_uint32),
        ("reason", c_char * 512),
    ]


class VxmMemoryCreateInfo(Structure):
    _fields_ = [
        ("handleTypes", c_uint32),
        ("requiredFlags", c_uint32),
        ("preferredFlags", c_uint32),
        ("memoryTypeBits", c_uint32),
        ("dedicated", c_int),
        ("next", c_void_p),
    ]


class VxmImportInfo(Structure):
    _fields_ = [
        ("flags", c_uint32),
        ("reexportHandleTypes", c_uint32),
        ("requiredFlags", c_uint32),
        ("preferredFlags", c_uint32),
        ("queueFamilyIndexCount", c_uint32),
        ("queueFamilyIndices", c_void_p),
        ("dedicatedBuffer", c_uint64),
        ("dedicatedImage", c_uint64),
        ("next", c_void_p),
    ]


class VxmMemoryInfoMemory(Structure):
    """VxmMemoryInfo::memories, which has no name of its own."""

    _fields_ = [
        ("memory", c_uint64),
        ("allocationSize", c_uint64),
        ("offset", c_uint64),
        ("memoryTypeIndex", c_uint32),
        ("propertyFlags", c_uint32),
    ]


class VxmMemoryInfo(Structure):
    _fields_ = [
        ("device", c_void_p),
        ("resourceType", c_int),
        ("buffer", c_uint64),
        ("image", c_uint64),
        ("dedicated", c_uint32),
        ("imported", c_uint32),
        ("importHandleType", c_uint32),
        ("exportHandleTypes", c_uint32),
        ("drmFormatModifier", c_uint64),
        ("planeCount", c_uint32),
        ("planes", VxmPlaneLayout * MAX_PLANES),
        ("memoryCount", c_uint32),
        ("memories", VxmMemoryInfoMemory * MAX_PLANES),
    ]


class VxmSemaphoreCreateInfo(Structure):
    _fields_ = [
        ("semaphoreType", c_int),
        ("initialValue", c_uint64),
        ("handleTypes", c_uint32),
        ("next", c_void_p),
    ]


class VxmSharedSemaphore(Structure):
    _fields_ = [
        ("handleType", c_uint32),
        ("handle", VxmHandle),
        ("name", c_void_p),
        ("semaphoreType", c_int),
        ("deviceUUID", _uuid),
        ("driverUUID", _uuid),
        ("deviceLUID", _luid),
        ("deviceLUIDValid", c_uint32),
    ]


class VxmHandover(Structure):
    _fields_ = [
        ("layout", c_uint32),
        ("queueFamilyIndex", c_uint32),
        ("flags", c_uint32),
        ("semaphoreValue", c_uint64),
    ]


class VxmUse(Structure):
    _fields_ = [
        ("stageMask", c_uint64),
        ("accessMask", c_uint64),
        ("layout", c_uint32),
        ("queueFamilyIndex", c_uint32),
    ]


class VxmListenInfo(Structure):
    _fields_ = [("mode", c_uint32), ("securityDescriptor", c_void_p)]


class VxmPeer(Structure):
    _fields_ = [
        ("processIdValid", c_uint32),
        ("processId", c_uint64),
        ("userIdValid", c_uint32),
        ("userId", c_uint32),
        ("groupId", c_uint32),
    ]
