# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""Channels between processes: bytes, memory, semaphores and hand-overs, in order."""

import ctypes
import os
from ctypes import byref, c_int, c_size_t, c_void_p
from types import SimpleNamespace

from . import _structs as s
from ._api import Closable, Handle, lib, nanoseconds
from .enums import MessageType
from .memory import Handover, Memory, Shared
from .semaphore import TIME_LIMIT, Semaphore, SharedSemaphore

_KIND_CHANNEL = 2
_MAX_MESSAGE_SIZE = 65536


class Channel(Closable):
    """One end of a connection. Time limits are in seconds; None waits for ever."""

    def __init__(self, native):
        self._handle = Handle(native, lib.vxmCloseChannel)

    @classmethod
    def pair(cls):
        """Two connected ends, such as for a child process."""
        ends = (c_void_p * 2)()
        lib.vxmCreateChannelPair(ends)
        return cls(ends[0]), cls(ends[1])

    @classmethod
    def from_fd(cls, fd, close=True):
        """The end that a process has inherited, by its number: closed here, unless close=False.
        A failure leaves it open."""
        handle = s.VxmHandle(kind=_KIND_CHANNEL, type=1)
        handle.fd = fd
        out = c_void_p()
        lib.vxmImportChannel(byref(handle), byref(out))
        if close:
            os.close(fd)
        return cls(out.value)

    @classmethod
    def connect(cls, name, timeout=TIME_LIMIT):
        """Connects to a Listener, waiting for it to appear."""
        out = c_void_p()
        lib.vxmConnect(os.fsencode(name), nanoseconds(timeout), byref(out))
        return cls(out.value)

    def fd(self, inheritable=False):
        """A new descriptor of this end, the caller's to close: for an event loop, or for
        subprocess.Popen(pass_fds=...), which makes it inheritable by itself."""
        handle = s.VxmHandle()
        lib.vxmExportChannel(self.native, byref(handle))
        if inheritable:
            os.set_inheritable(handle.fd, True)
        return handle.fd

    @property
    def peer(self):
        """Who is at the other end, as the system vouches: process_id, user_id, group_id or None."""
        peer = s.VxmPeer()
        lib.vxmGetChannelPeer(self.native, byref(peer))
        return SimpleNamespace(
            process_id=peer.processId if peer.processIdValid else None,
            user_id=peer.userId if peer.userIdValid else None,
            group_id=peer.groupId if peer.userIdValid else None,
        )

    def send(self, what, timeout=TIME_LIMIT):
        """Sends bytes, a Shared or SharedSemaphore (which stay the caller's), a Memory or Semaphore
        (exported for it), or a Handover."""
        limit = nanoseconds(timeout)
        if isinstance(what, (Memory, Semaphore)):
            with what.export() as shared:
                self.send(shared, timeout)
        elif isinstance(what, Shared):
            lib.vxmSendMemory(self.native, byref(what.struct()), limit)
        elif isinstance(what, SharedSemaphore):
            lib.vxmSendSemaphore(self.native, byref(what.struct()), limit)
        elif isinstance(what, Handover):
            lib.vxmSendHandover(self.native, byref(what._struct), limit)
        elif isinstance(what, (bytes, bytearray, memoryview)):
            data = bytes(what)
            lib.vxmSendBytes(self.native, len(data), data, limit)
        else:
            raise TypeError(f"a channel can't send {type(what).__name__}")

    def peek(self, timeout=TIME_LIMIT):
        """Waits for the next message and tells its MessageType. The message stays."""
        kind = c_int()
        lib.vxmPeekMessage(self.native, nanoseconds(timeout), byref(kind))
        return MessageType(kind.value)

    def receive(self, timeout=TIME_LIMIT):
        """The next message, whatever it is: bytes, a Shared, a SharedSemaphore or a Handover."""
        receive = {
            MessageType.BYTES: self.receive_bytes,
            MessageType.MEMORY: self.receive_memory,
            MessageType.SEMAPHORE: self.receive_semaphore,
            MessageType.HANDOVER: self.receive_handover,
        }
        return receive[self.peek(timeout)](timeout)

    def receive_bytes(self, timeout=TIME_LIMIT):
        """A message of bytes; any other kind stays in the channel and is an error."""
        data = ctypes.create_string_buffer(_MAX_MESSAGE_SIZE)
        size = c_size_t()
        lib.vxmReceiveBytes(self.native, len(data), data, byref(size), nanoseconds(timeout))
        return data.raw[: size.value]

    def receive_memory(self, timeout=TIME_LIMIT):
        """A Shared, to be closed when it has been imported."""
        struct = s.VxmShared()
        lib.vxmReceiveMemory(self.native, byref(struct), nanoseconds(timeout))
        return Shared(struct)

    def receive_semaphore(self, timeout=TIME_LIMIT):
        """A SharedSemaphore, to be closed when it has been imported."""
        struct = s.VxmSharedSemaphore()
        lib.vxmReceiveSemaphore(self.native, byref(struct), nanoseconds(timeout))
        return SharedSemaphore(struct)

    def receive_handover(self, timeout=TIME_LIMIT):
        """A Handover."""
        handover = Handover()
        lib.vxmReceiveHandover(self.native, byref(handover._struct), nanoseconds(timeout))
        return handover


class Listener(Closable):
    """A place that others can connect to: a path, or on Linux a name that begins with "@"."""

    def __init__(self, name, mode=0):
        out = c_void_p()
        info = s.VxmListenInfo(mode=mode)
        lib.vxmListen(os.fsencode(name), byref(info), byref(out))
        self._handle = Handle(out.value, lib.vxmCloseListener)

    def accept(self, timeout=TIME_LIMIT):
        """Waits for somebody to connect: a Channel."""
        out = c_void_p()
        lib.vxmAccept(self.native, nanoseconds(timeout), byref(out))
        return Channel(out.value)
