# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""Views of memory: NumPy arrays and DLPack tensors alias it, keep it, and give it back once."""

import ctypes
import gc
import sys
from pathlib import Path

import numpy

from support import TestCase, main, open_fds

import vxm
from vxm import dlpack

sys.path.append(str(Path(__file__).parents[1] / "examples"))
import vulkan  # noqa: E402


class Views(TestCase):
    def setUp(self):
        super().setUp()
        self.device = vxm.Device()

    def tearDown(self):
        self.device.close()
        del self.device
        super().tearDown()

    def buffer(self, size=4096):
        return self.device.create_buffer(size, host_visible=True)

    def test_alias(self):
        with self.buffer() as memory:
            floats = memory.numpy("float32", (32, 32))
            floats[:] = 0
            floats[1, 2] = 1.5
            self.assertEqual(memory.numpy(numpy.float32)[34], 1.5)
            with memory.map() as data:
                self.assertEqual(bytes(data[136:140]), numpy.float32(1.5).tobytes())
                data[136:140] = numpy.float32(-2).tobytes()
            self.assertEqual(floats[1, 2], -2)
            self.assertTrue(floats.flags.writeable)
            del floats

    def test_both_sides_of_an_import_alias(self):
        with self.buffer() as memory, memory.export() as shared:
            with self.device.import_shared(shared) as other:
                memory.numpy("uint32")[:] = numpy.arange(1024)
                self.assertEqual(other.numpy("uint32").sum(), 1023 * 512)
                other.numpy("uint32")[7] = 99
                self.assertEqual(memory.numpy("uint32")[7], 99)

    def test_every_dtype_that_numpy_has(self):
        with self.buffer() as memory:
            memory.numpy()[:] = 0
            for name in dlpack.DTYPES:
                if name == "bfloat16":
                    with self.assertRaisesRegex(ValueError, "bfloat16"):
                        memory.numpy(name)
                    continue
                array = memory.numpy(name)
                self.assertEqual(array.dtype, numpy.dtype(name))
                self.assertEqual(array.nbytes, 4096)
                self.assertEqual(memory.numpy(numpy.dtype(name)).dtype, array.dtype)
                del array

    def test_strides_and_offset(self):
        with self.buffer() as memory:
            memory.numpy("int16")[:] = numpy.arange(2048)
            columns = memory.numpy("int16", (4, 3), strides=(1, 8), offset=6)
            expected = 3 + numpy.arange(4)[:, None] + 8 * numpy.arange(3)
            self.assertEqual(columns.tolist(), expected.tolist())
            through = numpy.from_dlpack(memory.dlpack("int16", (4, 3), (1, 8), 6))
            self.assertEqual(through.tolist(), expected.tolist())
            last = memory.numpy("int16", (1,), offset=4094)
            self.assertEqual(last[0], 2047)
            self.assertEqual(memory.numpy("int16", (0, 5)).shape, (0, 5))
            self.assertEqual(memory.numpy("int16", 7).shape, (7,))
            del columns, through, last

    def test_out_of_bounds(self):
        with self.buffer() as memory:
            for arguments in (
                ("float32", (1025,)),
                ("float32", (1024,), None, 4),
                ("float32", (32, 32), (33, 1)),
                ("uint8", (1,), None, 4096),
                ("float32", (-1,)),
                ("float32", (4,), (-1,), 64),
                ("float32", (4,), (1, 1)),
                ("float32", (4,), None, 2),
                ("float32", (4,), None, -4),
                ("float64", None, None, 4),
                ("uint8", None, None, 5000),
            ):
                with self.subTest(arguments=arguments), self.assertRaises(ValueError):
                    memory.numpy(*arguments)
            with self.assertRaisesRegex(ValueError, "float80.*float64"):
                memory.numpy("float80")

    def test_a_view_keeps_its_memory(self):
        memory = self.buffer()
        array = memory.numpy()
        view = memory.map()
        array[5] = 17
        memory.close()
        memory.close()
        self.device.close()
        self.assertTrue(memory.closed)
        gc.collect()
        self.assertEqual(view[5], 17)
        with self.assertRaisesRegex(ValueError, "closed"):
            memory.numpy()
        with self.assertRaisesRegex(ValueError, "closed"):
            self.device.create_buffer(64)
        view.release()
        del array

    def test_capsule_protocol(self):
        with self.buffer() as memory:
            tensor = memory.dlpack("uint8", (8,))
            self.assertEqual(tensor.__dlpack_device__(), (1, 0))
            with self.assertRaises(BufferError):
                tensor.__dlpack__(copy=True)
            with self.assertRaises(BufferError):
                tensor.__dlpack__(dl_device=(2, 0))
            tensor.__dlpack__()  # dropped: nobody takes it
            capsule = tensor.__dlpack__(max_version=(1, 0), dl_device=(1, 0), copy=False)
            self.assertIn('"dltensor_versioned"', repr(capsule))
            self.assertIn('"dltensor"', repr(tensor.__dlpack__(max_version=(0, 8))))
            del tensor, capsule

    def test_versioned_tensor(self):
        with self.buffer() as memory:
            memory.numpy("uint8")[:4] = (3, 1, 4, 1)
            capsule = memory.dlpack("uint8", (4,)).__dlpack__(max_version=(1, 1))
            address = dlpack._python.PyCapsule_GetPointer
            address.restype = ctypes.c_void_p
            address.argtypes = [ctypes.py_object, ctypes.c_char_p]
            at = address(capsule, b"dltensor_versioned")
            managed = dlpack.DLManagedTensorVersioned.from_address(at)
            self.assertEqual((managed.major, managed.flags, managed.dl_tensor.ndim), (1, 0, 1))
            data = (ctypes.c_ubyte * 4).from_address(managed.dl_tensor.data)
            self.assertEqual(list(data), [3, 1, 4, 1])
            # As a consumer does: rename, and call the deleter when it's done.
            rename = dlpack._python.PyCapsule_SetName
            rename.argtypes = [ctypes.py_object, ctypes.c_char_p]
            used = b"used_dltensor_versioned"
            rename(capsule, used)
            dlpack.sweep()
            self.assertEqual(len(dlpack._alive), 1)
            ctypes.CFUNCTYPE(None, ctypes.c_void_p)(managed.deleter)(ctypes.addressof(managed))
            self.assertEqual(len(dlpack._alive), 0)
            del data, capsule

    def test_a_consumer_that_refuses(self):
        """Its own exception arrives, and the tensor is given back."""
        with self.buffer() as memory:
            tensor = memory.dlpack("uint8", (4,))
            tensor._device = (7, 0)  # a device that NumPy doesn't know
            with self.assertRaisesRegex((RuntimeError, BufferError), "[Dd]evice"):
                numpy.from_dlpack(tensor)
            del tensor

    def test_many_views(self):
        with self.buffer() as memory:
            fds = open_fds()
            arrays = [memory.numpy("uint8", (16,), offset=16 * i) for i in range(256)]
            for i, array in enumerate(arrays):
                array[:] = i
            sums = memory.numpy().reshape(256, 16).sum(1)
            self.assertEqual(sums.tolist(), [16 * i for i in range(256)])
            self.assertEqual(open_fds(), fds)
            del arrays, array

    def test_linear_image(self):
        width, height = 33, 20
        with self.device.create_image(
            width, height, vxm.Format.R8G8B8A8_UNORM, tiling=vxm.Tiling.LINEAR, host_visible=True
        ) as image, vulkan.Vulkan(self.device) as vk:
            commands = vk.record()
            vk.to_general(commands, image.vk_image)
            vk.clear(commands, image.vk_image, (1.0, 0.6, 0.2, 1.0))
            handover = image.cmd_release(
                commands, vk.family, vulkan.TRANSFER, vulkan.TRANSFER_WRITE
            )
            vk.submit(commands)
            vk.wait()
            self.assertEqual(handover.layout, vxm.Layout.GENERAL)
            pixels = image.numpy()
            self.assertEqual(pixels.shape, (height, width, 4))
            self.assertGreaterEqual(pixels.strides[0], 4 * width)
            self.assertTrue((pixels == (255, 153, 51, 255)).all())

            pixels[3, 5] = 9
            staging = self.buffer(4 * width * height)
            commands = vk.record()
            image.cmd_acquire(commands, handover, vk.family, vulkan.TRANSFER, vulkan.TRANSFER_READ)
            vk.copy_image_to_buffer(commands, image.vk_image, staging.vk_buffer, width, height)
            vk.to_host(commands)
            vk.submit(commands)
            vk.wait()
            self.assertTrue((staging.numpy(shape=(height, width, 4)) == pixels).all())

            with self.assertRaisesRegex(ValueError, "float32"):
                image.numpy("float32")
            with self.assertRaisesRegex(ValueError, "own"):
                image.numpy(shape=(1, 1, 4))
            del pixels, staging

    def test_refused_in_words(self):
        optimal = self.device.create_image(8, 8, vxm.Format.R8_UNORM, host_visible=True)
        with self.assertRaisesRegex(ValueError, "LINEAR"):
            optimal.numpy()
        packed = self.device.create_image(  # VK_FORMAT_R5G6B5_UNORM_PACK16
            8, 8, 4, tiling=vxm.Tiling.LINEAR, host_visible=True
        )
        with self.assertRaisesRegex(ValueError, "VkFormat 4"):
            packed.numpy()
        with self.assertRaisesRegex(ValueError, "cpu"):
            packed.torch(device="tpu")
        del optimal, packed


if __name__ == "__main__":
    main()
