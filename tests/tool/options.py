"""The options, and the colours.

Copyright (c) 2026 The vxm authors
SPDX-License-Identifier: MIT
"""
import os
import re
import subprocess

from harness import Skip, arguments, expect, report, run, same, test


@test(native=True)
def chooses_format_usage_and_tiling():
    document = report("--format", "vk_format_r16g16b16a16_sfloat", "--usage=storage,UNIFORM_BUFFER",
                      "--tiling", "linear")
    same(document["image"], {"format": "R16G16B16A16_SFLOAT", "tiling": "LINEAR", "usage": ["STORAGE"],
                             "width": 64, "height": 64}, "image")
    same(document["buffer"]["usage"], ["UNIFORM_BUFFER"], "the buffer's usage")
    document = report("--usage", "SAMPLED")
    same(document["image"]["usage"], ["SAMPLED"], "the image's usage")
    same(document["buffer"]["usage"], ["TRANSFER_SRC", "TRANSFER_DST", "STORAGE_BUFFER"], "untouched")


@test("driver")
def every_format_has_its_name():
    names = set()
    with open(os.path.join(arguments.source, "tools", "vxm-info", "formats.c"), encoding="utf-8") as file:
        names = re.findall(r"F\((\w+), (\d+)\)", file.read())
    expect(len(names) > 240, "the table was not found")
    for name, _ in names[::16] + names[-1:]:
        same(report("--format", name, "--device", "0")["image"]["format"], name, "format")
    same(dict(names)["R8G8B8A8_UNORM"], "4", "bytes")
    same(dict(names)["D24_UNORM_S8_UINT"], "0", "bytes")


@test(native=True)
def refuses_wrong_options():
    for options, words in ((["--nothing"], "--nothing"), (["file"], "no option file"),
                           (["--format", "R8G8B8"], "R8G8B8A8_UNORM"), (["--format="], "VkFormat"),
                           (["--format"], "missing"), (["--usage", "SAMPLED,,STORAGE"], "STORAGE"),
                           (["--usage", "SAMPLER"], '"SAMPLER"'), (["--tiling", "TILED"], "LINEAR"),
                           (["--color", "sometimes"], "always"), (["--timeout", "0"], "3600"),
                           (["--timeout", "-1"], "3600"), (["--timeout", "1s"], "3600"),
                           (["--device", ""], "UUID"), (["--peer"], "missing"), (["--probes"], "--help"),
                           (["--peer", "/does/not/exist"], "/does/not/exist")):
        code, output, errors = run(*options)
        same((code, output), (2, ""), f"{options}: status and output")
        expect(errors.startswith("vxm-info: ") and words in errors, f"{options}: {errors!r}")


@test(native=True)
def chooses_the_device():
    devices = report()["devices"]
    for device in devices:
        identity = device["identity"]
        for which in (str(device["index"]), identity["deviceUUID"],
                      identity["deviceUUID"].replace("-", "").upper(), identity["deviceName"]):
            same([d["index"] for d in report("--device", which)["devices"]], [device["index"]], which)
    same(len(report("--device", devices[0]["identity"]["deviceName"][:3])["devices"]), len(devices),
         "a part of the name")
    for which in ("99", "no such name", "00000000-0000-0000-0000-000000000000"):
        code, output, errors = run("--device", which)
        same((code, output), (3, ""), which)
        expect(which in errors and "apt install" not in errors, errors)


@test(native=True)
def help_and_version():
    code, output, errors = run("--help")
    same((code, errors), (0, ""), "--help")
    code, version, _ = run("--version")
    same(code, 0, "--version")
    same(version, f"vxm-info {report()['vxmVersion']}\n", "--version")
    with open(os.path.join(arguments.source, "docs", "vxm-info.1"), encoding="utf-8") as file:
        manual = file.read().replace("\\-", "-")
    expect(f'"vxm {report()["vxmVersion"]}"' in manual, "the manual's version")
    same(set(re.findall(r"^\.BI? (--[a-z-]+)", manual, re.M)), set(re.findall(r"--[a-z-]+", output)),
         "the options of the manual and the help")


@test("driver")
def colours_on_a_terminal_only():
    try:
        import pty
    except ImportError:
        raise Skip("no terminals here")

    def on_terminal(*options, **more):
        main, end = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", **more}
        process = subprocess.Popen(arguments.program + list(options), stdout=end, env=environment)
        os.close(end)
        text = b""
        try:
            while block := os.read(main, 65536):
                text += block
        except OSError:
            pass  # the end of a terminal
        os.close(main)
        same(process.wait(60), 0, "exit status")
        return b"\033[" in text

    os.environ.pop("NO_COLOR", None)
    expect(on_terminal(), "none on a terminal")
    expect(not on_terminal(NO_COLOR="1"), "some in spite of NO_COLOR")
    expect(not on_terminal(TERM="dumb"), "some on a dumb terminal")
    expect(not on_terminal("--color=never"), "some in spite of --color=never")
    expect(on_terminal("--color=always", NO_COLOR="1"), "none in spite of --color=always")
    expect(not on_terminal("--json", "--color=always"), "some in JSON")
    expect("\033[" in run("--color", "always")[1], "none through a pipe with --color always")
    expect("\033" not in run(env={"TERM": "xterm"})[1], "some through a pipe")


@test("driver")
def full_disks_are_noticed():
    if not os.path.exists("/dev/full"):
        raise Skip("no /dev/full")
    with open("/dev/full", "wb") as full:
        done = subprocess.run(arguments.program, stdout=full, stderr=subprocess.PIPE, timeout=60)
    same(done.returncode, 2, "exit status")
