# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""DLPack without a compiler: a view of memory that NumPy, PyTorch and others take over uncopied."""

import ctypes
import math
import operator
import sys
from ctypes import POINTER, Structure, c_char_p, c_int32, c_int64, c_uint8, c_uint16, c_uint32
from ctypes import c_uint64, c_void_p

from ._api import Unique

_MAX_DIMENSIONS = 32  # NumPy's before 2; what it does with more of them is a crash

CPU = 1  #: kDLCPU
CUDA = 2  #: kDLCUDA

_INT, _UINT, _FLOAT, _BFLOAT, _COMPLEX, _BOOL = 0, 1, 2, 4, 5, 6

#: Names as NumPy and PyTorch have them, with DLPack's code and bits.
DTYPES = {
    "bool": (_BOOL, 8),
    "int8": (_INT, 8),
    "int16": (_INT, 16),
    "int32": (_INT, 32),
    "int64": (_INT, 64),
    "uint8": (_UINT, 8),
    "uint16": (_UINT, 16),
    "uint32": (_UINT, 32),
    "uint64": (_UINT, 64),
    "float16": (_FLOAT, 16),
    "float32": (_FLOAT, 32),
    "float64": (_FLOAT, 64),
    "bfloat16": (_BFLOAT, 16),
    "complex64": (_COMPLEX, 64),
    "complex128": (_COMPLEX, 128),
}

_LETTERS = {_INT: "i", _UINT: "u", _FLOAT: "f", _COMPLEX: "c", _BOOL: "b"}  # NumPy's


def dtype_name(dtype):
    """"float32" for "float32", numpy.float32, numpy.dtype("float32") or torch.float32."""
    if getattr(dtype, "byteorder", "=") in (">" if sys.byteorder == "little" else "<"):
        raise ValueError(f"{dtype!r} is not in this machine's order of bytes, as DLPack's are")
    name = getattr(dtype, "name", None) or getattr(dtype, "__name__", None) or str(dtype)
    name = name.rpartition(".")[2]
    if name not in DTYPES:
        raise ValueError(f"{dtype!r} is no type that DLPack has; it is one of {', '.join(DTYPES)}")
    return name


class DLDevice(Structure):
    _fields_ = [("device_type", c_int32), ("device_id", c_int32)]


class DLDataType(Structure):
    _fields_ = [("code", c_uint8), ("bits", c_uint8), ("lanes", c_uint16)]


class DLTensor(Structure):
    _fields_ = [
        ("data", c_void_p),
        ("device", DLDevice),
        ("ndim", c_int32),
        ("dtype", DLDataType),
        ("shape", POINTER(c_int64)),
        ("strides", POINTER(c_int64)),
        ("byte_offset", c_uint64),
    ]


class DLManagedTensor(Structure):
    _fields_ = [("dl_tensor", DLTensor), ("manager_ctx", c_void_p), ("deleter", c_void_p)]


class DLManagedTensorVersioned(Structure):
    _fields_ = [
        ("major", c_uint32),
        ("minor", c_uint32),
        ("manager_ctx", c_void_p),
        ("deleter", c_void_p),
        ("flags", c_uint64),
        ("dl_tensor", DLTensor),
    ]


# Functions of their own, since ctypes.pythonapi's argtypes belong to everybody.
if sys.platform == "win32":
    _python = ctypes.PyDLL("python dll", None, sys.dllhandle)
else:
    _python = ctypes.PyDLL(None)
_capsule_new = _python.PyCapsule_New
_capsule_new.restype = ctypes.py_object
_capsule_new.argtypes = [c_void_p, c_char_p, c_void_p]
_capsule_is_valid = _python.PyCapsule_IsValid
_capsule_is_valid.argtypes = [ctypes.py_object, c_char_p]

_PLAIN = b"dltensor"
_VERSIONED = b"dltensor_versioned"

# What the consumers hold, by the address that they give to the deleter.
_alive = {}
# Capsules that may not have been taken yet. One that nobody took must give its tensor back when it
# goes, but a destructor in Python could not run there: it would be called while the exception of
# the consumer that refused is under way. So this module holds each capsule, and looks again.
_pending = {}
_held = {0: object()}
_alone = sys.getrefcount(_held[0])  # of what a dict alone refers to


@ctypes.CFUNCTYPE(None, c_void_p)
def _deleter(address, _release=_alive.pop):
    _release(address, None)


# Consumers may call it while the interpreter ends.
for _object in (_deleter, _PLAIN, _VERSIONED):
    _python.Py_IncRef(ctypes.py_object(_object))


def sweep():
    """Ends tensors whose capsule was dropped by whoever asked for it."""
    for address in list(_pending):
        capsule = _pending.get(address)
        name = _VERSIONED if address in _alive and _alive[address][0] is _VERSIONED else _PLAIN
        taken = capsule is None or not _capsule_is_valid(capsule, name)
        del capsule
        if taken:
            _pending.pop(address, None)
        elif address in _pending and sys.getrefcount(_pending[address]) <= _alone:
            _pending.pop(address)
            _alive.pop(address, None)


class Tensor(Unique):
    """A view of memory with DLPack's protocol: numpy.from_dlpack(), torch.from_dlpack() and other
    libraries' take it. It keeps the memory, as does everything that is made of it.

    `keep` is what the address needs to stay valid.
    """

    def __init__(self, keep, address, device, dtype, shape, strides):
        self._keep = keep
        self._address = address
        self._device = device
        self.dtype = dtype
        self.shape = shape
        self.strides = strides  #: in elements, as DLPack has them

    def __dlpack_device__(self):
        return self._device

    def __dlpack__(self, *, stream=None, max_version=None, dl_device=None, copy=None):
        """The capsule. `stream` needs nothing: Memory.access() is what orders accesses."""
        sweep()
        if copy:
            raise BufferError("vxm shares memory: it makes no copy")
        if dl_device is not None and tuple(dl_device) != self._device:
            raise BufferError(f"the memory is on device {self._device}, not on {tuple(dl_device)}")
        code, bits = DTYPES[self.dtype]
        ndim = len(self.shape)
        shape = (c_int64 * ndim)(*self.shape)
        strides = (c_int64 * ndim)(*self.strides)
        # The offset is in `data`: PyTorch reads nothing else.
        device, dtype = DLDevice(*self._device), DLDataType(code, bits, 1)
        tensor = DLTensor(self._address, device, ndim, dtype, shape, strides, 0)
        deleter = ctypes.cast(_deleter, c_void_p)
        if max_version is not None and tuple(max_version) >= (1, 0):
            name, managed = _VERSIONED, DLManagedTensorVersioned(1, 0, None, deleter, 0, tensor)
        else:
            name, managed = _PLAIN, DLManagedTensor(tensor, None, deleter)
        address = ctypes.addressof(managed)
        _alive[address] = (name, managed, shape, strides, self._keep)
        _pending[address] = capsule = _capsule_new(address, name, None)
        return capsule

    @property
    def __array_interface__(self):
        """NumPy's own protocol, which it has had for longer than DLPack's."""
        code, bits = DTYPES[self.dtype]
        if self._device[0] != CPU or code not in _LETTERS:
            raise AttributeError("NumPy can't have this")
        size = bits // 8
        return {
            "version": 3,
            "data": (self._address, False),
            "typestr": ("|" if size == 1 else "<") + _LETTERS[code] + str(size),
            "shape": self.shape,
            "strides": tuple(n * size for n in self.strides),
        }

    def numpy(self):
        """A NumPy array of the same memory."""
        import numpy

        if self._device[0] != CPU:
            raise ValueError("NumPy has arrays in the CPU's memory only, and this is a GPU's")
        if DTYPES[self.dtype][0] not in _LETTERS:
            raise ValueError(f"NumPy has no {self.dtype}")
        try:
            array = numpy.from_dlpack(self)
            if array.flags.writeable:
                return array
        except RuntimeError:
            pass
        finally:
            sweep()
        # NumPy before 2.1, whose from_dlpack() gives read-only arrays, and before 1.25 no bool.
        return numpy.asarray(self)

    def torch(self):
        """A PyTorch tensor of the same memory."""
        import torch

        try:
            return torch.from_dlpack(self)
        finally:
            sweep()


def numbers(value):
    """A tuple of a shape or of strides; one number is one dimension."""
    if hasattr(value, "__index__") and not hasattr(value, "__len__"):
        value = (value,)
    return tuple(int(operator.index(n)) for n in value)


def row_major(shape):
    """The strides of a compact array, in elements."""
    strides = [1] * len(shape)
    for i in range(len(shape) - 1, 0, -1):
        strides[i - 1] = strides[i] * shape[i]
    return tuple(strides)


def check_bounds(dtype, shape, strides, first, size):
    """Whether each element lies in `size` bytes, if the first one begins at byte `first`."""
    item = DTYPES[dtype][1] // 8
    if len(strides) != len(shape):
        raise ValueError(f"there are {len(shape)} dimensions and {len(strides)} strides")
    if any(n < 0 for n in shape) or any(n < 0 for n in strides) or first < 0:
        raise ValueError(
            f"shape {shape}, strides {strides} and offset {first} must not be negative"
        )
    if len(shape) > _MAX_DIMENSIONS:
        raise ValueError(f"{len(shape)} dimensions are more than {_MAX_DIMENSIONS}")
    # Consumers multiply without looking.
    if item * math.prod(n for n in shape if n) >= 2**63 or max(strides, default=0) >= 2**63 // item:
        raise ValueError(f"shape {shape} of {dtype} and strides {strides} are more than 64 bits")
    if first % item:
        raise ValueError(f"offset {first} is not a multiple of {item}, the size of a {dtype}")
    last = first + item * (1 + sum((n - 1) * step for n, step in zip(shape, strides)))
    if 0 not in shape and last > size:
        raise ValueError(
            f"shape {shape} of {dtype}, strides {strides} from byte {first} reaches byte {last}, "
            f"and there are {size}"
        )
