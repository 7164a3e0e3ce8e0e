# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""CUDA's driver API (libcuda.so.1) by ctypes, as far as sharing with Vulkan needs it.

A process that only receives memory needs no Vulkan device:

    memory = vxm.cuda.Memory(channel.receive_memory())
    tensor = memory.torch("float32", (512, 512))

Everything happens in the device's primary context, which PyTorch and the CUDA runtime use too.
"""

import contextlib
import ctypes
import os
from ctypes import Structure, Union, byref, c_char_p, c_int, c_uint, c_uint64, c_void_p

from . import dlpack
from ._api import Closable, Handle, lib
from ._errors import Error
from ._structs import VxmHandle
from .enums import HandleType, Reason, SemaphoreHandleType
from .semaphore import TIME_LIMIT, access

_OPAQUE_FD = 1  # CU_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD, CU_EXTERNAL_SEMAPHORE_...
_TIMELINE_FD = 9  # CU_EXTERNAL_SEMAPHORE_HANDLE_TYPE_TIMELINE_SEMAPHORE_FD
_DEDICATED = 1  # CUDA_EXTERNAL_MEMORY_DEDICATED


class _Win32(Structure):
    _fields_ = [("handle", c_void_p), ("name", c_void_p)]


class _HandleValue(Union):
    _fields_ = [("fd", c_int), ("win32", _Win32), ("nvSciBufObject", c_void_p)]


class CUDA_EXTERNAL_MEMORY_HANDLE_DESC(Structure):
    _fields_ = [
        ("type", c_int),
        ("handle", _HandleValue),
        ("size", c_uint64),
        ("flags", c_uint),
        ("reserved", c_uint * 16),
    ]


class CUDA_EXTERNAL_MEMORY_BUFFER_DESC(Structure):
    _fields_ = [
        ("offset", c_uint64),
        ("size", c_uint64),
        ("flags", c_uint),
        ("reserved", c_uint * 16),
    ]


class CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC(Structure):
    _fields_ = [
        ("type", c_int),
        ("handle", _HandleValue),
        ("flags", c_uint),
        ("reserved", c_uint * 16),
    ]


class CUDA_EXTERNAL_SEMAPHORE_PARAMS(Structure):
    """..._SIGNAL_PARAMS and ..._WAIT_PARAMS, which are the same as far as fences go."""

    _fields_ = [
        ("value", c_uint64),
        ("others", c_uint64 * 8),
        ("flags", c_uint),
        ("reserved", c_uint * 16),
    ]


_functions = {
    "cuInit": (c_uint,),
    "cuGetErrorName": (c_int, ctypes.POINTER(c_char_p)),
    "cuGetErrorString": (c_int, ctypes.POINTER(c_char_p)),
    "cuDeviceGetCount": (c_void_p,),
    "cuDeviceGet": (c_void_p, c_int),
    "cuDeviceGetUuid": (c_void_p, c_int),
    "cuDevicePrimaryCtxRetain": (c_void_p, c_int),
    "cuDevicePrimaryCtxRelease_v2": (c_int,),
    "cuCtxPushCurrent_v2": (c_void_p,),
    "cuCtxPopCurrent_v2": (c_void_p,),
    "cuCtxSynchronize": (),
    "cuImportExternalMemory": (c_void_p, c_void_p),
    "cuExternalMemoryGetMappedBuffer": (c_void_p, c_void_p, c_void_p),
    "cuDestroyExternalMemory": (c_void_p,),
    "cuMemFree_v2": (c_uint64,),
    "cuImportExternalSemaphore": (c_void_p, c_void_p),
    "cuDestroyExternalSemaphore": (c_void_p,),
    "cuSignalExternalSemaphoresAsync": (c_void_p, c_void_p, c_uint, c_void_p),
    "cuWaitExternalSemaphoresAsync": (c_void_p, c_void_p, c_uint, c_void_p),
}


class _Driver:
    """libcuda.so.1; each function raises vxm.Error when CUDA answers with one."""

    def __init__(self):
        name = "nvcuda.dll" if os.name == "nt" else "libcuda.so.1"
        try:
            library = ctypes.CDLL(name)
        except OSError as error:
            raise Error(
                "CUDA_ERROR_NO_DEVICE",
                f"CUDA's driver was not found: {error}. It comes with NVIDIA's driver.",
                reason=Reason.FOREIGN,
            ) from None
        for function, arguments in _functions.items():
            try:
                entry = getattr(library, function)
            except AttributeError:
                raise Error(
                    "CUDA_ERROR_NOT_FOUND",
                    f"{name} has no {function}: CUDA 10 or later is needed.",
                    reason=Reason.FOREIGN,
                ) from None
            entry.argtypes = arguments
            setattr(self, function, self._checked(function, entry))
        self.cuInit(0)

    def _checked(self, name, entry):
        def call(*arguments):
            result = entry(*arguments)
            if result != 0 and not name.startswith("cuGetError"):
                texts = []
                for get in (self.cuGetErrorName, self.cuGetErrorString):
                    text = c_char_p()
                    get(result, byref(text))
                    texts.append((text.value or b"unknown").decode())
                raise Error(
                    texts[0],
                    f"{name} answered {texts[0]} ({result}): {texts[1]}.",
                    reason=Reason.FOREIGN,
                    code=result,
                )

        return call


_driver = None


def driver():
    """CUDA's functions by name. Loaded once, when first needed."""
    global _driver
    if _driver is None:
        _driver = _Driver()
    return _driver


class Device(Closable):
    """One of CUDA's devices, by its UUID (Vulkan's deviceUUID is the same) or its ordinal, and its
    primary context."""

    def __init__(self, uuid=None, ordinal=None):
        cu = driver()
        count = c_int()
        cu.cuDeviceGetCount(byref(count))
        found = []
        for i in range(count.value):
            device, own = c_int(), (ctypes.c_uint8 * 16)()
            cu.cuDeviceGet(byref(device), i)
            cu.cuDeviceGetUuid(own, device)
            found.append((i, device, bytes(own)))
        for i, device, own in found:
            if (uuid is None or own == bytes(uuid)) and (ordinal is None or i == ordinal):
                break
        else:
            wanted = f"the UUID {bytes(uuid).hex()}" if uuid is not None else f"ordinal {ordinal}"
            have = ", ".join(own.hex() for _, _, own in found) or "none"
            raise Error(
                "CUDA_ERROR_INVALID_DEVICE",
                f"CUDA has no device of {wanted}; those that it has: {have}. Memory is shared on "
                "one GPU only: look at CUDA_VISIBLE_DEVICES, or let Vulkan use CUDA's GPU "
                "(vxm.Device(uuid=...)).",
                reason=Reason.MISMATCH,
            )
        context = c_void_p()
        cu.cuDevicePrimaryCtxRetain(byref(context), device)
        self._handle = Handle(device, cu.cuDevicePrimaryCtxRelease_v2)
        self._context = context
        self.ordinal = i
        self.uuid = own

    @contextlib.contextmanager
    def current(self):
        """The primary context is this thread's current one inside."""
        self._open()
        with _current(self._context):
            yield


@contextlib.contextmanager
def _current(context):
    cu = driver()
    cu.cuCtxPushCurrent_v2(context)
    try:
        yield
    finally:
        cu.cuCtxPopCurrent_v2(byref(c_void_p()))


def _import(function, shared, opaque_fd, description):
    """Calls the import function with a duplicate, which CUDA takes over when it succeeds.

    Drivers have been seen to close also what they refuse, so it is closed only if it still is ours.
    """
    if shared.handle_type != opaque_fd or os.name == "nt":
        raise ValueError(f"CUDA takes OPAQUE_FD here, and this is {shared.handle_type!r}")
    out = c_void_p()
    duplicate = VxmHandle()
    lib.vxmCheckHandle(byref(shared.handle))
    lib.vxmDuplicateHandle(byref(shared.handle), byref(duplicate))
    description.handle.fd = duplicate.fd
    try:
        function(byref(out), byref(description))
    except BaseException:
        lib.vxmCloseUnlessTaken(byref(shared.handle), byref(duplicate))
        raise
    return out


class _OnDevice(Closable):
    """What lives in a device's context: the caller's device, or one of its own, by the UUID."""

    def _adopt(self, shared, device):
        self._own = device is None
        self.device = Device(uuid=shared.device_uuid) if self._own else device

    def close(self):
        super().close()
        if self._own:
            self.device.close()


class Memory(_OnDevice):
    """Shared memory in CUDA. `shared` stays its owner's, to close."""

    def __init__(self, shared, device=None):
        description = shared.description
        if description.image is not None:
            description.check_image()  # before CUDA is asked for anything
        self._adopt(shared, device)
        if self.device.uuid != shared.device_uuid:
            raise Error(
                "CUDA_ERROR_INVALID_DEVICE",
                f"the memory is on the GPU of UUID {shared.device_uuid.hex()}, and this CUDA "
                f"device has {self.device.uuid.hex()}.",
                reason=Reason.MISMATCH,
            )
        cu = driver()
        with self.device.current():
            handle = CUDA_EXTERNAL_MEMORY_HANDLE_DESC(
                type=_OPAQUE_FD,
                size=shared.allocation_size,
                flags=_DEDICATED if shared.dedicated else 0,
            )
            function = cu.cuImportExternalMemory
            external = _import(function, shared, HandleType.OPAQUE_FD, handle).value
            pointer = c_uint64()
            whole = CUDA_EXTERNAL_MEMORY_BUFFER_DESC(size=shared.allocation_size)
            try:
                cu.cuExternalMemoryGetMappedBuffer(byref(pointer), external, byref(whole))
            except Error:
                cu.cuDestroyExternalMemory(external)
                raise
        context = self.device._context

        def end(pointer):
            with _current(context):
                # PyTorch frees a tensor while kernels that use it are still under way.
                cu.cuCtxSynchronize()
                cu.cuMemFree_v2(pointer)
                cu.cuDestroyExternalMemory(external)

        self._handle = Handle(pointer, end, self.device._open())
        self._description = description

    @property
    def pointer(self):
        """The CUdeviceptr of the resource's first byte, as a number."""
        return self.native + self._description.begin

    @property
    def size(self):
        return self._description.size

    def dlpack(self, dtype=None, shape=None, strides=None, offset=0):
        """The memory as a dlpack.Tensor on the GPU; parameters as for vxm.Memory.dlpack()."""
        device = (dlpack.CUDA, self.device.ordinal)
        handle = self._open()
        return self._description.tensor(handle, handle.value, device, dtype, shape, strides, offset)

    def torch(self, dtype=None, shape=None, strides=None, offset=0):
        """The memory as a PyTorch tensor on the GPU, uncopied."""
        return self.dlpack(dtype, shape, strides, offset).torch()

    def access(self, wait=None, signal=None, stream=None, timeout=TIME_LIMIT):
        """As vxm.Memory.access()."""
        self._open()
        return access(self, wait, signal, stream, timeout)


class Semaphore(_OnDevice):
    """A shared semaphore in CUDA. `shared` stays its owner's, to close."""

    def __init__(self, shared, device=None):
        self._adopt(shared, device)
        self.timeline = shared.timeline
        cu = driver()
        with self.device.current():
            description = CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC(
                type=_TIMELINE_FD if shared.timeline else _OPAQUE_FD
            )
            function = cu.cuImportExternalSemaphore
            native = _import(function, shared, SemaphoreHandleType.OPAQUE_FD, description)
        context = self.device._context

        def end(native):
            with _current(context):
                cu.cuCtxSynchronize()
                cu.cuDestroyExternalSemaphore(native)

        self._handle = Handle(native, end, self.device._open())

    def wait(self, value=0, stream=None):
        """Lets the stream wait until the timeline has reached the value. Returns at once."""
        self._queue(driver().cuWaitExternalSemaphoresAsync, value, stream)

    def signal(self, value=0, stream=None):
        """Lets the stream signal the value when it has come that far. Returns at once."""
        self._queue(driver().cuSignalExternalSemaphoresAsync, value, stream)

    def _queue(self, function, value, stream):
        parameters = CUDA_EXTERNAL_SEMAPHORE_PARAMS(value=value)
        with self.device.current():
            function(byref(c_void_p(self.native)), byref(parameters), 1, stream_number(stream))


def stream_number(stream):
    """A CUstream: of a number, of PyTorch's or CuPy's stream, or the default one for None."""
    if stream is None or isinstance(stream, int):
        return stream
    for name in ("cuda_stream", "ptr"):
        if hasattr(stream, name):
            return int(getattr(stream, name))
    raise TypeError(f"a stream is a number or one of PyTorch's or CuPy's, not {stream!r}")
