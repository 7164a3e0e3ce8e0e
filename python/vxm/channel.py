# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""Channels between processes: bytes, memory, semaphores and hand-overs, in order."""

import contextlib
import ctypes
import os
import select
import threading
import time
from ctypes import byref, c_int, c_size_t, c_void_p
from types import SimpleNamespace

from . import _structs as s
from ._api import Closable, Handle, lib, nanoseconds, text, wait
from ._errors import TimeoutError
from .enums import MessageType
from .memory import Handover, Memory, Shared
from .semaphore import TIME_LIMIT, Semaphore, SharedSemaphore

_KIND_CHANNEL = 2
_MAX_MESSAGE_SIZE = 65536


@contextlib.contextmanager
def _turn(lock, timeout):
    """Has the lock inside; gives the time limit's nanoseconds."""
    limit = nanoseconds(timeout)
    seconds = limit / 1e9
    if not lock.acquire(timeout=-1 if seconds > threading.TIMEOUT_MAX else seconds):
        raise TimeoutError("VK_TIMEOUT", "Another thread was at it for the whole time limit.", 2)
    try:
        yield limit
    finally:
        lock.release()


class Channel(Closable):
    """One end of a connection. Time limits are in seconds; None waits for ever.

    Made by pair(), connect(), from_fd() and Listener.accept(). Threads take turns at sending, and
    at receiving. Ctrl-C is heard while one of them waits.
    """

    def __init__(self, out):
        self._handle = Handle(out, lib.vxmCloseChannel, forked=True)
        self._sending, self._receiving = threading.RLock(), threading.RLock()

    @classmethod
    def pair(cls):
        """Two connected ends, such as for a child process."""
        ends = (c_void_p * 2)()
        lib.vxmCreateChannelPair(ends)
        return cls(c_void_p(ends[0])), cls(c_void_p(ends[1]))

    @classmethod
    def from_fd(cls, fd, close=True):
        """The end that a process has inherited, by its number: closed here, unless close=False.
        A failure leaves it open."""
        handle = s.VxmHandle(kind=_KIND_CHANNEL, type=1)
        handle.fd = fd
        out = c_void_p()
        lib.vxmImportChannel(byref(handle), byref(out))
        channel = cls(out)
        if close:
            os.close(fd)
        return channel

    @classmethod
    def connect(cls, name, timeout=TIME_LIMIT):
        """Connects to a Listener, waiting for it to appear."""
        out = c_void_p()
        name = text(os.fsencode(name), "a listener's name")
        wait(lambda limit: lib.vxmConnect(name, limit, byref(out)), nanoseconds(timeout))
        return cls(out)

    def fd(self, inheritable=False):
        """A new descriptor of this end, the caller's to close: for an event loop, or for
        subprocess.Popen(pass_fds=...), which makes it inheritable by itself."""
        handle = s.VxmHandle()
        lib.vxmExportChannel(self._open(), byref(handle))
        if inheritable:
            os.set_inheritable(handle.fd, True)
        return handle.fd

    @property
    def peer(self):
        """Who is at the other end, as the system vouches: process_id, user_id, group_id or None."""
        peer = s.VxmPeer()
        lib.vxmGetChannelPeer(self._open(), byref(peer))
        return SimpleNamespace(
            process_id=peer.processId if peer.processIdValid else None,
            user_id=peer.userId if peer.userIdValid else None,
            group_id=peer.groupId if peer.userIdValid else None,
        )

    def send(self, what, timeout=TIME_LIMIT):
        """Sends bytes, a Shared or SharedSemaphore (which stay the caller's), a Memory or Semaphore
        (exported for it), or a Handover."""
        if isinstance(what, (Memory, Semaphore)):
            with what.export() as shared:
                self.send(shared, timeout)
        elif isinstance(what, Shared):
            self._send(timeout, lib.vxmSendMemory, byref(what.struct()))
        elif isinstance(what, SharedSemaphore):
            self._send(timeout, lib.vxmSendSemaphore, byref(what.struct()))
        elif isinstance(what, Handover):
            self._send(timeout, lib.vxmSendHandover, byref(what._struct))
        elif isinstance(what, (bytes, bytearray, memoryview)):
            data = bytes(what)
            self._send(timeout, lib.vxmSendBytes, len(data), data)
        else:
            raise TypeError(f"a channel can't send {type(what).__name__}")

    def _send(self, timeout, function, *what):
        handle = self._open()
        with _turn(self._sending, timeout) as limit:
            # Once a message has begun it must end, so slices are for the wait before that.
            if limit > 0 and os.name == "posix":
                begun = time.monotonic_ns()
                with contextlib.suppress(TimeoutError):
                    wait(self._wait_for_room, limit)
                if limit != 2**64 - 1:
                    limit = max(limit - (time.monotonic_ns() - begun), 0)
            function(handle, *what, limit)

    def _wait_for_room(self, limit):
        fd = self.fd()
        try:
            poll = select.poll()
            poll.register(fd, select.POLLOUT)
            if not poll.poll(limit / 1e6):
                raise TimeoutError("VK_TIMEOUT", "Nobody receives.", 2)
        finally:
            os.close(fd)

    def _receive(self, timeout, function, *what):
        handle = self._open()
        with _turn(self._receiving, timeout) as limit:
            wait(lambda rest: function(handle, *what, rest), limit)

    def peek(self, timeout=TIME_LIMIT):
        """Waits for the next message and tells its MessageType. The message stays."""
        kind = c_int()
        peek = lambda handle, limit: lib.vxmPeekMessage(handle, limit, byref(kind))  # noqa: E731
        self._receive(timeout, peek)
        return MessageType(kind.value)

    def receive(self, timeout=TIME_LIMIT):
        """The next message, whatever it is: bytes, a Shared, a SharedSemaphore or a Handover."""
        receive = {
            MessageType.BYTES: self.receive_bytes,
            MessageType.MEMORY: self.receive_memory,
            MessageType.SEMAPHORE: self.receive_semaphore,
            MessageType.HANDOVER: self.receive_handover,
        }
        with _turn(self._receiving, timeout):
            return receive[self.peek(timeout)](timeout)

    def receive_bytes(self, timeout=TIME_LIMIT):
        """A message of bytes; any other kind stays in the channel and is an error."""
        data = ctypes.create_string_buffer(_MAX_MESSAGE_SIZE)
        size = c_size_t()
        self._receive(timeout, lib.vxmReceiveBytes, len(data), data, byref(size))
        return data.raw[: size.value]

    def receive_memory(self, timeout=TIME_LIMIT):
        """A Shared, to be closed when it has been imported."""
        struct = s.VxmShared()
        self._receive(timeout, lib.vxmReceiveMemory, byref(struct))
        return Shared(struct)

    def receive_semaphore(self, timeout=TIME_LIMIT):
        """A SharedSemaphore, to be closed when it has been imported."""
        struct = s.VxmSharedSemaphore()
        self._receive(timeout, lib.vxmReceiveSemaphore, byref(struct))
        return SharedSemaphore(struct)

    def receive_handover(self, timeout=TIME_LIMIT):
        """A Handover."""
        handover = Handover()
        self._receive(timeout, lib.vxmReceiveHandover, byref(handover._struct))
        return handover


class Listener(Closable):
    """A place that others can connect to: a path, or on Linux a name that begins with "@"."""

    def __init__(self, name, mode=0):
        out = c_void_p()
        info = s.VxmListenInfo(mode=mode)
        lib.vxmListen(text(os.fsencode(name), "a listener's name"), byref(info), byref(out))
        # Its path goes with it.
        self._handle = Handle(out, lib.vxmCloseListener, at_exit=True)

    def accept(self, timeout=TIME_LIMIT):
        """Waits for somebody to connect: a Channel."""
        out = c_void_p()
        handle = self._open()
        wait(lambda limit: lib.vxmAccept(handle, limit, byref(out)), nanoseconds(timeout))
        return Channel(out)
