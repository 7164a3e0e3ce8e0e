# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""What goes wrong, as exceptions."""


class Error(Exception):
    """A call that failed: what it returned, and the library's sentence about it.

    name     the result as the specification spells it, such as "VK_ERROR_INVALID_EXTERNAL_HANDLE";
             with CUDA, the name of CUDA's error
    message  what was asked, what was answered, which rule it is, what to change
    result   the number of the result
    reason   who stood in the way (vxm.Reason)
    code     the driver's, the system's or the other API's own error number, otherwise 0
    """

    def __init__(self, name, message, result=0, reason=0, code=0):
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message
        self.result = result
        self.reason = reason
        self.code = code

    def __reduce__(self):
        # By its parts, so that a pool's worker can send it.
        return type(self), (self.name, self.message, self.result, self.reason, self.code)


class TimeoutError(Error, TimeoutError):  # noqa: A001: it is one
    """Time ran out (VK_TIMEOUT)."""


class PeerLost(Error, ConnectionError):
    """The process at the other end of a channel is gone (VXM_ERROR_PEER_LOST)."""
