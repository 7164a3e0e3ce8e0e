# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""Semaphores, and the order of accesses that they give."""

import contextlib
import weakref
from ctypes import byref, c_uint64, c_void_p

from . import _structs as s
from ._api import Closable, Handle, Unique, expect, lib, nanoseconds, number
from ._api import wait as wait_for
from .enums import SemaphoreHandleType

TIME_LIMIT = 30.0  #: seconds; nobody waits for ever on a peer unless told so


class SharedSemaphore(Unique):
    """A semaphore's description and its handle, on their way to another place.

    Closing it closes the handle; so does garbage collection. Importing borrows it.
    """

    def __init__(self, struct):
        self._struct = struct
        self._end = weakref.finalize(self, lib.vxmCloseSharedSemaphore, byref(struct))

    def close(self):
        """Closes the handle. Twice is fine."""
        self._end()

    @property
    def closed(self):
        return not self._end.alive

    @property
    def timeline(self):
        return self._struct.semaphoreType == 1

    @property
    def handle_type(self):
        return SemaphoreHandleType(self._struct.handleType)

    @property
    def handle(self):
        """The VxmHandle; it stays this object's."""
        return self.struct().handle

    @property
    def fd(self):
        """The descriptor; it stays this object's."""
        return self.handle.fd

    @property
    def device_uuid(self):
        return bytes(self._struct.deviceUUID)

    def struct(self):
        """The VxmSharedSemaphore itself."""
        if self.closed:
            raise ValueError("this SharedSemaphore is closed")
        return self._struct

    def __enter__(self):
        self.struct()
        return self

    def __exit__(self, *_):
        self.close()


class Semaphore(Closable):
    """A timeline (or binary) semaphore that can be shared."""

    def __init__(
        self,
        device,
        timeline=True,
        initial_value=0,
        handle_types=SemaphoreHandleType.OPAQUE_FD,
    ):
        info = s.VxmSemaphoreCreateInfo(
            semaphoreType=int(timeline), initialValue=initial_value, handleTypes=handle_types
        )
        out = c_void_p()
        expect(device, Closable, "device")
        lib.vxmCreateSemaphore(device._open(), byref(info), byref(out))
        self._adopt(out, device, timeline)

    @classmethod
    def from_shared(cls, device, shared, reexport=0):
        """Imports a semaphore. `shared` stays its owner's, to close."""
        out = c_void_p()
        struct = expect(shared, SharedSemaphore, "shared").struct()
        reexport = number(reexport, 32, "reexport")
        lib.vxmImportSemaphore(device._open(), byref(struct), 0, reexport, byref(out))
        self = cls.__new__(cls)
        self._adopt(out, device, shared.timeline)
        return self

    def _adopt(self, out, device, timeline):
        self._handle = Handle(out, lib.vxmDestroySemaphore, device._open())
        self.timeline = bool(timeline)
        self._cuda = None

    def export(self, handle_type=SemaphoreHandleType.OPAQUE_FD):
        """Its description with a new handle: a SharedSemaphore, to be closed."""
        struct = s.VxmSharedSemaphore()
        handle_type = number(handle_type, 32, "handle_type")
        lib.vxmExportSemaphore(self._open(), handle_type, byref(struct))
        return SharedSemaphore(struct)

    def wait(self, value, timeout=TIME_LIMIT):
        """Waits on the CPU until the timeline has reached the value."""
        handle, value = self._open(), number(value, 64, "value")
        wait_for(lambda limit: lib.vxmWaitSemaphore(handle, value, limit), nanoseconds(timeout))

    def signal(self, value):
        """Signals the timeline from the CPU."""
        lib.vxmSignalSemaphore(self._open(), number(value, 64, "value"))

    @property
    def value(self):
        """The timeline's current value."""
        value = c_uint64()
        lib.vxmGetSemaphoreValue(self._open(), byref(value))
        return value.value

    @property
    def vk_semaphore(self):
        """The VkSemaphore, as a number."""
        return lib.vxmGetVkSemaphore(self._open())

    def cuda(self):
        """The same semaphore in CUDA: a vxm.cuda.Semaphore. Made once."""
        if self._cuda is None or self._cuda.closed:
            from . import cuda

            with self.export() as shared:
                self._cuda = cuda.Semaphore(shared)
        return self._cuda

    def close(self):
        if self._cuda is not None:
            self._cuda.close()
        super().close()


@contextlib.contextmanager
def access(memory, wait=None, signal=None, stream=None, timeout=TIME_LIMIT):
    """See Memory.access()."""
    for name, point in (("wait", wait), ("signal", signal)):
        if point is not None and (
            not isinstance(point, tuple) or len(point) != 2 or not hasattr(point[0], "signal")
        ):
            raise TypeError(f"{name} is None or (semaphore, value), not {point!r}")
    if stream is not None:  # both sides are looked at before anything is queued
        wait, signal = (p and (_in_cuda(p[0]), p[1]) for p in (wait, signal))
    if wait:
        semaphore, value = wait
        semaphore.wait(value, timeout) if stream is None else semaphore.wait(value, stream)
    yield memory
    if signal:
        semaphore, value = signal
        semaphore.signal(value) if stream is None else semaphore.signal(value, stream)


def _in_cuda(semaphore):
    return semaphore.cuda() if isinstance(semaphore, Semaphore) else semaphore
