# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
"""The package's structs and numbers are those of the headers, as tests/layout.c prints them."""

import ctypes
import importlib
import os
import subprocess

from support import TestCase, main

import vxm
from vxm import _structs, cuda, enums


def printed():
    text = subprocess.run([os.environ["VXM_LAYOUT"]], stdout=subprocess.PIPE, check=True).stdout
    return [line.split() for line in text.decode().splitlines()]


class Layout(TestCase):
    def test_structs(self):
        sizes = {line[1]: int(line[2]) for line in printed() if line[0] == "struct"}
        mirrored = {
            name: ctypes.sizeof(value)
            for name, value in vars(_structs).items()
            if isinstance(value, type)
            and issubclass(value, _structs.Structure)
            and value is not _structs.Structure
        }
        self.assertGreater(len(sizes), 20)
        self.assertEqual(mirrored, sizes)

    def test_fields(self):
        fields = {}
        for line in printed():
            if line[0] == "field":
                _, struct, field, offset, size = line
                fields.setdefault(struct, []).append((field, int(offset), int(size)))
        for struct, expected in fields.items():
            kind = getattr(_structs, struct)
            names = ["ptr" if name == "value" else name for name, _ in kind._fields_]
            members = [getattr(kind, name) for name in names]
            mirrored = [(name, m.offset, m.size) for name, m in zip(names, members)]
            with self.subTest(struct=struct):
                self.assertEqual(mirrored, expected)

    def test_structs_of_cuda(self):
        lines = [line[1:] for line in printed() if line[0] == "cuda"]
        self.assertGreater(len(lines), 10)
        for struct, field, *expected in lines:
            kind = cuda.CUDA_EXTERNAL_SEMAPHORE_PARAMS  # both, Signal and Wait
            kind = getattr(cuda, struct, kind)
            member = getattr(kind, field)
            with self.subTest(struct=struct, field=field):
                own = [ctypes.sizeof(kind), member.offset, member.size]
                self.assertEqual(own, [int(n) for n in expected])

    def test_numbers(self):
        groups = {}
        for line in printed():
            if line[0] == "number":
                groups.setdefault(line[1], {})[line[2]] = int(line[3])
        for group, expected in groups.items():
            with self.subTest(group=group):
                if hasattr(enums, group):
                    own = {m.name: int(m) for m in getattr(enums, group)}
                else:
                    module = importlib.import_module(f"vxm.{group}")
                    own = {name: getattr(module, name) for name in expected}
                self.assertEqual(own, expected)

    def test_format_elements(self):
        expected = {
            "R8_UNORM": ("uint8", 1),
            "R8G8B8_UNORM": ("uint8", 3),
            "B8G8R8A8_SRGB": ("uint8", 4),
            "R8G8B8A8_SNORM": ("int8", 4),
            "R16G16_SINT": ("int16", 2),
            "R16G16B16A16_SFLOAT": ("float16", 4),
            "R32G32B32A32_UINT": ("uint32", 4),
            "R32_SFLOAT": ("float32", 1),
        }
        for name, element in expected.items():
            self.assertEqual(vxm.Format[name].element, element, name)


if __name__ == "__main__":
    main()
