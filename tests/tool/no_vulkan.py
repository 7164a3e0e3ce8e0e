"""A machine without Vulkan.

Copyright (c) 2026 The vxm authors
SPDX-License-Identifier: MIT
"""
import os
import subprocess
import tempfile

from harness import Skip, arguments, expect, report, run, same, test


def says_how_to_get_it(env):
    code, output, errors = run(env=env)
    same((code, output), (3, ""), "status and output")
    for words in ("libvulkan1 mesa-vulkan-drivers", "dnf install", "pacman", "zypper", "apk add"):
        expect(words in errors, f"{words}: {errors}")
    document = report(env=env, status=3)
    same(document["devices"], [], "devices")
    expect(document["error"], "error")
    return errors


@test("driver")
def without_a_driver():
    errors = says_how_to_get_it({"VK_DRIVER_FILES": "/does/not/exist", "VK_ICD_FILENAMES": "/does/not/exist"})
    expect("driver" in errors.split("\n\n")[0], errors)


@test("driver")
def without_a_loader():
    with tempfile.TemporaryDirectory() as folder:
        # Found first, and no library.
        for name in ("libvulkan.so.1", "libvulkan.so"):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write("This is no library.\n" * 100)
        errors = says_how_to_get_it({"LD_LIBRARY_PATH": folder})
    expect("loader" in errors.split("\n\n")[0], errors)


@test("driver")
def links_no_vulkan():
    program = arguments.program[-1]
    done = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Skip("no ldd")
    expect("vulkan" not in done.stdout, done.stdout)
