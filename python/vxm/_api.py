# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""The shared library: finding it, its functions, its errors, and handles that are ended once."""

import ctypes
import ctypes.util
import operator
import os
import sys
import time
import weakref
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_uint32, c_uint64, c_void_p

from . import _structs as s
from ._errors import Error, PeerLost, TimeoutError

#: The interface that the structs here mirror, as VXM_VERSION packs it. Before 1.0 a minor version
#: may change it.
VERSION = (0, 1)

_names = {"win32": ("vxm.dll", "libvxm.dll"), "darwin": ("libvxm.dylib",)}


def _load():
    folder = os.path.dirname(os.path.abspath(__file__))
    candidates = [os.environ.get("VXM_LIBRARY")]
    if not candidates[0]:
        candidates = [os.path.join(folder, n) for n in _names.get(sys.platform, ("libvxm.so",))]
        candidates = [path for path in candidates if os.path.exists(path)]
        candidates.append(ctypes.util.find_library("vxm"))
    path = next((path for path in candidates if path), None)
    if path is None:
        raise ImportError(
            "vxm: the shared library was not found. Build it with -DBUILD_SHARED_LIBS=ON and "
            "install it, put it into this package's folder, or set VXM_LIBRARY to its path."
        )
    try:
        library = ctypes.CDLL(path)
        packed = library.vxmGetVersion()
    except (OSError, AttributeError) as error:
        raise ImportError(f"vxm: {path} can't be used: {error}") from None
    version = (packed >> 22 & 0x7F, packed >> 12 & 0x3FF)
    if version != VERSION:
        raise ImportError(
            "vxm: {} is version {}.{}, and this package is for {}.{}.".format(
                path, *version, *VERSION
            )
        )
    return library


lib = _load()

_result = c_int
_out = POINTER(c_void_p)
_functions = {
    "vxmGetLastError": (None, POINTER(s.VxmError)),
    "vxmResultName": (c_char_p, _result),
    "vxmCheckHandle": (_result, POINTER(s.VxmHandle)),
    "vxmDuplicateHandle": (_result, POINTER(s.VxmHandle), POINTER(s.VxmHandle)),
    "vxmCloseHandle": (None, POINTER(s.VxmHandle)),
    "vxmCloseUnlessTaken": (None, POINTER(s.VxmHandle), POINTER(s.VxmHandle)),
    "vxmHandleTypeName": (c_char_p, c_int, c_uint32),
    "vxmCreateDevice": (_result, POINTER(s.VxmDeviceCreateInfo), _out),
    "vxmDestroyDevice": (None, c_void_p),
    "vxmGetDeviceInfo": (_result, c_void_p, POINTER(s.VxmDeviceInfo)),
    "vxmEncodeShared": (_result, POINTER(s.VxmShared), c_size_t, c_void_p, POINTER(c_size_t)),
    "vxmDecodeShared": (_result, c_size_t, c_void_p, POINTER(s.VxmShared)),
    "vxmCloseShared": (None, POINTER(s.VxmShared)),
    "vxmCheckShared": (_result, c_void_p, POINTER(s.VxmShared)),
    "vxmQuery": (_result, c_void_p, POINTER(s.VxmQueryInfo), POINTER(s.VxmQueryResult)),
    "vxmCreateBuffer": (
        _result,
        c_void_p,
        POINTER(s.VkBufferCreateInfo),
        POINTER(s.VxmMemoryCreateInfo),
        _out,
    ),
    "vxmCreateImage": (
        _result,
        c_void_p,
        POINTER(s.VkImageCreateInfo),
        POINTER(s.VxmMemoryCreateInfo),
        _out,
    ),
    "vxmCreateMemory": (_result, c_void_p, c_uint64, POINTER(s.VxmMemoryCreateInfo), _out),
    "vxmImportMemory": (_result, c_void_p, POINTER(s.VxmShared), POINTER(s.VxmImportInfo), _out),
    "vxmDestroyMemory": (None, c_void_p),
    "vxmExportMemory": (_result, c_void_p, c_uint32, POINTER(s.VxmShared)),
    "vxmMapMemory": (_result, c_void_p, c_uint32, _out),
    "vxmUnmapMemory": (None, c_void_p, c_uint32),
    "vxmGetMemoryInfo": (_result, c_void_p, POINTER(s.VxmMemoryInfo)),
    "vxmCreateSemaphore": (_result, c_void_p, POINTER(s.VxmSemaphoreCreateInfo), _out),
    "vxmDestroySemaphore": (None, c_void_p),
    "vxmExportSemaphore": (_result, c_void_p, c_uint32, POINTER(s.VxmSharedSemaphore)),
    "vxmCloseSharedSemaphore": (None, POINTER(s.VxmSharedSemaphore)),
    "vxmImportSemaphore": (
        _result,
        c_void_p,
        POINTER(s.VxmSharedSemaphore),
        c_uint32,
        c_uint32,
        _out,
    ),
    "vxmWaitSemaphore": (_result, c_void_p, c_uint64, c_uint64),
    "vxmSignalSemaphore": (_result, c_void_p, c_uint64),
    "vxmGetSemaphoreValue": (_result, c_void_p, POINTER(c_uint64)),
    "vxmGetVkSemaphore": (c_uint64, c_void_p),
    "vxmCmdReleaseMemory": (_result, c_void_p, c_void_p, POINTER(s.VxmUse), POINTER(s.VxmHandover)),
    "vxmCmdAcquireMemory": (_result, c_void_p, c_void_p, POINTER(s.VxmHandover), POINTER(s.VxmUse)),
    "vxmCreateChannelPair": (_result, c_void_p * 2),
    "vxmListen": (_result, c_char_p, POINTER(s.VxmListenInfo), _out),
    "vxmAccept": (_result, c_void_p, c_uint64, _out),
    "vxmConnect": (_result, c_char_p, c_uint64, _out),
    "vxmCloseListener": (None, c_void_p),
    "vxmCloseChannel": (None, c_void_p),
    "vxmExportChannel": (_result, c_void_p, POINTER(s.VxmHandle)),
    "vxmImportChannel": (_result, POINTER(s.VxmHandle), _out),
    "vxmGetChannelPeer": (_result, c_void_p, POINTER(s.VxmPeer)),
    "vxmPeekMessage": (_result, c_void_p, c_uint64, POINTER(c_int)),
    "vxmSendBytes": (_result, c_void_p, c_size_t, c_char_p, c_uint64),
    "vxmReceiveBytes": (_result, c_void_p, c_size_t, c_void_p, POINTER(c_size_t), c_uint64),
    "vxmSendMemory": (_result, c_void_p, POINTER(s.VxmShared), c_uint64),
    "vxmReceiveMemory": (_result, c_void_p, POINTER(s.VxmShared), c_uint64),
    "vxmSendSemaphore": (_result, c_void_p, POINTER(s.VxmSharedSemaphore), c_uint64),
    "vxmReceiveSemaphore": (_result, c_void_p, POINTER(s.VxmSharedSemaphore), c_uint64),
    "vxmSendHandover": (_result, c_void_p, POINTER(s.VxmHandover), c_uint64),
    "vxmReceiveHandover": (_result, c_void_p, POINTER(s.VxmHandover), c_uint64),
}


_VK_TIMEOUT = 2
_VXM_ERROR_PEER_LOST = -2000000001


def _failed(result):
    error = s.VxmError()
    lib.vxmGetLastError(byref(error))
    kind = {_VK_TIMEOUT: TimeoutError, _VXM_ERROR_PEER_LOST: PeerLost}.get(result, Error)
    name = lib.vxmResultName(result).decode()
    message = error.message.decode("utf-8", "replace")
    return kind(name, message, result, error.reason, error.code)


def _check(result, function, arguments):
    if result != 0:
        raise _failed(result)
    return arguments


# Arrays are collected in any thread and at any time, and the count of a memory's mappings is not
# for two threads at once: these two keep Python's lock.
_locked = ctypes.PyDLL(lib._name, handle=lib._handle)

for _name, (_restype, *_argtypes) in _functions.items():
    try:
        if _name in ("vxmMapMemory", "vxmUnmapMemory"):
            setattr(lib, _name, getattr(_locked, _name))
        _function = getattr(lib, _name)
    except AttributeError as error:
        raise ImportError(f"vxm: {lib._name} can't be used: {error}") from None
    _function.restype = _restype
    _function.argtypes = _argtypes
    if _restype is _result:
        _function.errcheck = _check


def nanoseconds(seconds):
    """A time limit as the library has it. None: for ever."""
    if seconds is None:
        return 2**64 - 1
    if not seconds >= 0:
        raise ValueError(f"a time limit is None or not negative, not {seconds!r}")
    return 2**64 - 1 if seconds >= 2**64 / 1e9 else round(seconds * 1e9)


_SLICE = 10**8  # nanoseconds: how long a signal, such as that of Ctrl-C, waits for its handler


def wait(call, limit):
    """Calls what takes a time limit, in slices, between which Python's signal handlers run."""
    begun = time.monotonic_ns()
    while True:
        rest = limit if limit == 2**64 - 1 else max(limit - (time.monotonic_ns() - begun), 0)
        try:
            return call(min(rest, _SLICE))
        except TimeoutError:
            if rest <= _SLICE:
                raise


def number(value, bits, what):
    """An argument that the library takes as an unsigned number of so many bits."""
    value = operator.index(value)
    if not 0 <= value < 2**bits:
        raise ValueError(f"{what} goes from 0 to 2**{bits} - 1, and is not {value}")
    return value


def text(value, what):
    """The bytes of a name, which ends at a NUL for the library."""
    if not isinstance(value, (str, bytes)):
        raise TypeError(f"{what} is text, not {type(value).__name__}")
    value = value.encode() if isinstance(value, str) else value
    if b"\0" in value:
        raise ValueError(f"{what} has a NUL in it")
    return value


def expect(value, kind, what):
    if not isinstance(value, kind):
        raise TypeError(f"{what} is a {kind.__name__}, not {type(value).__name__}")
    return value


class Unique:
    """What stands for something of this process's, of which there is one."""

    __slots__ = ()

    def __reduce_ex__(self, _):
        raise TypeError(
            f"a {type(self).__name__} can't be copied or pickled, since it is this process's: send "
            "its memory or semaphore through a vxm.Channel"
        )


class Handle(Unique):
    """A native object, ended once, when nothing refers to it any more. It is an argument for the
    library, and lives until the call returns, even if another thread closes what has it.

    out      the c_void_p, or another number of ctypes, that was written by what has made it
    needs    what it needs to live (its device, the memory that is mapped), and is ended after it
    at_exit  whether it is ended at exit, if it still is there. As a rule the system does that:
             arrays are read, and calls in threads under way, until the process is gone.
    forked   whether a forked child ends its copy. It has the numbers of all, but neither the
             driver's threads nor its objects.
    """

    __slots__ = ("value", "_as_parameter_", "__weakref__")

    def __init__(self, out, end, *needs, at_exit=False, forked=False):
        if not isinstance(out, ctypes._SimpleCData):
            raise TypeError(f"the library makes these objects: none can be made of {out!r}")
        self.value = out.value
        self._as_parameter_ = self.value
        # The finalizer holds `needs`, so that they outlive it in a cycle that is collected as well.
        process = None if forked else os.getpid()
        weakref.finalize(self, _end, process, end, self.value, needs).atexit = at_exit


def _end(process, end, value, needs):
    if process in (None, os.getpid()):
        end(value)


class Closable(Unique):
    """What has a handle and can be closed. Closing twice is fine.

    A view that was taken before (an array, a tensor, an object made from this one) keeps the native
    object until it goes itself.
    """

    _handle = None

    def close(self):
        """Lets go of the native object. It ends with its last view."""
        self._handle = None

    @property
    def closed(self):
        return self._handle is None

    @property
    def native(self):
        """The library's own handle, as a number."""
        return self._open().value

    def _open(self):
        if self._handle is None:
            raise ValueError(f"this {type(self).__name__} is closed")
        return self._handle

    def __enter__(self):
        self._open()
        return self

    def __exit__(self, *_):
        self.close()

    def __repr__(self):
        state = "closed" if self.closed else hex(self.native)
        return f"<vxm.{type(self).__name__} {state}>"
