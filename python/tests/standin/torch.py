# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""As much of PyTorch as the example vulkan_torch.py calls, in the place of PyTorch, over the model
of CUDA (../cuda_driver.c), whose device pointers the CPU can read. from_dlpack() is a consumer as
DLPack has it: it renames the capsule and calls the deleter once."""

import ctypes
import types
import weakref

import numpy

from vxm import dlpack

__version__ = "stand-in"

_api = ctypes.PyDLL(None)
_api.PyCapsule_GetPointer.restype = ctypes.c_void_p
_api.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
_api.PyCapsule_SetName.argtypes = [ctypes.py_object, ctypes.c_char_p]
_USED = b"used_dltensor"
_NAMES = {pair: name for name, pair in dlpack.DTYPES.items()}


class Tensor(numpy.ndarray):
    device = "cuda:0, a stand-in"

    def stride(self):
        return [n // self.itemsize for n in self.strides]

    def cpu(self):
        return self.copy()

    def copy_(self, other):
        self[...] = other


def from_dlpack(producer):
    kind, _ = producer.__dlpack_device__()
    capsule = producer.__dlpack__(stream=1) if kind == dlpack.CUDA else producer.__dlpack__()
    address = _api.PyCapsule_GetPointer(capsule, b"dltensor")
    managed = dlpack.DLManagedTensor.from_address(address)
    _api.PyCapsule_SetName(capsule, _USED)
    t = managed.dl_tensor
    shape, strides = t.shape[: t.ndim], t.strides[: t.ndim]
    dtype = numpy.dtype(_NAMES[t.dtype.code, t.dtype.bits])
    span = dtype.itemsize * (1 + sum((n - 1) * step for n, step in zip(shape, strides)))
    pages = (ctypes.c_ubyte * span).from_address(t.data)
    end = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(managed.deleter)
    weakref.finalize(pages, end, address)
    steps = [n * dtype.itemsize for n in strides]
    return numpy.ndarray(shape, dtype, pages, 0, steps).view(Tensor)


def empty(shape, device):
    return numpy.empty(shape).view(Tensor)


def empty_like(tensor, device):
    return numpy.empty_like(tensor)


def equal(a, b):
    return bool((a == b).all())


cuda = types.SimpleNamespace(
    is_available=lambda: True,
    current_stream=lambda: types.SimpleNamespace(cuda_stream=0),
)
