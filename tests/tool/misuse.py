"""Closed outputs, hostile files, signals: what happens to a tool that is used carelessly.

Copyright (c) 2026 The vxm authors
SPDX-License-Identifier: MIT
"""
import copy
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

from harness import Skip, arguments, emulated, expect, report, run, same, test


def posix():
    if emulated or os.name != "posix":
        raise Skip("for POSIX")


def closed(*descriptors, options=(), **more):
    """With some of its standard descriptors closed."""
    posix()

    def close():
        for descriptor in descriptors:
            os.close(descriptor)
    return subprocess.run(arguments.program + list(options), preexec_fn=close, capture_output=True,
                          timeout=120, **more)


@test("driver", native=True)
def a_closed_error_output_is_not_the_channel():
    # The loader talks to descriptor 2, whatever that is by then.
    done = closed(2, options=["--probe", "--device", "0"], env={**os.environ, "VK_LOADER_DEBUG": "all"})
    same(done.returncode, 0, done.stdout.decode())


@test(native=True)
def closed_outputs_are_noticed():
    for options in ([], ["--json"], ["--probe", "--device", "0"], ["--help"], ["--version"]):
        done = closed(1, options=options)
        same(done.returncode, 2, f"{options}: exit status")
        expect(b"can't be written" in done.stderr, done.stderr)
        same(closed(0, 1, 2, options=options).returncode, 2, f"{options}: all three")
    same(closed(0, options=["--peer", "-"]).returncode, 2, "--peer -")
    same(closed(0, options=["--probe", "--device", "0"]).returncode, 0, "no input")


@test("driver", native=True)
def full_disks_are_noticed_by_the_help_too():
    if not os.path.exists("/dev/full"):
        raise Skip("no /dev/full")
    for option in ("--help", "--version"):
        with open("/dev/full", "wb") as full:
            done = subprocess.run(arguments.program + [option], stdout=full, stderr=subprocess.PIPE,
                                  timeout=60)
        same(done.returncode, 2, option)


@test("model", native=True)
def no_child_stays_behind():
    posix()
    if not os.path.exists("/proc/self/stat"):
        raise Skip("no /proc, which tells what became of a process")

    def processes():
        """Those that run, with their parents: one that nobody has waited for yet has ended."""
        found = {}
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8") as file:
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] not in "ZX":
                found[int(name)] = int(fields[1])
        return found

    def children(parent):
        return [child for child, its_parent in processes().items() if its_parent == parent]

    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGINT):
        process = subprocess.Popen(
            arguments.program + ["--probe", "--timeout", "60"], stdout=subprocess.DEVNULL,
            env={**os.environ, "VXM_MODEL_HABIT": "import-hangs"})
        limit = time.monotonic() + 60
        left = []
        while not left and time.monotonic() < limit:
            before = children(process.pid)
            time.sleep(1)  # one that hangs is there still
            left = [child for child in children(process.pid) if child in before]
        expect(left, "there was no child")
        process.send_signal(number)
        same(process.wait(20), -number, "exit status")
        limit = time.monotonic() + 20
        while any(child in processes() for child in left) and time.monotonic() < limit:
            time.sleep(0.05)
        left = [child for child in left if child in processes()]
        for child in left:
            os.kill(child, signal.SIGKILL)
        same(left, [], f"children after signal {number}")


@test("model", native=True)
def hears_of_its_children_whoever_started_it():
    posix()
    done = subprocess.run(
        arguments.program + ["--probe"], capture_output=True, timeout=120,
        env={**os.environ, "VXM_MODEL_HABIT": "begin-crashes"},
        preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
    expect(b"signal 11" in done.stdout, done.stdout)


@test(native=True)
def a_name_is_optional():
    posix()
    done = subprocess.run([""] + ["--probe", "--device", "0"], executable=arguments.program[0],
                          capture_output=True, timeout=60)
    same(done.returncode, 0, done.stdout)


@test("driver", native=True)
def devices_that_are_not_shown_are_not_denied():
    drivers = os.environ.get("VK_DRIVER_FILES", "")
    if not os.path.isfile(drivers) or len(report()["devices"]) != 1:
        raise Skip("VK_DRIVER_FILES names no driver of one device")
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, f"{number}.json") for number in range(20)]
        for path in paths:
            shutil.copy(drivers, path)
        env = {"VK_DRIVER_FILES": ":".join(paths), "VK_ICD_FILENAMES": ":".join(paths)}
        same([device["index"] for device in report("--device", "18", env=env)["devices"]], [18], "--device 18")
        for options, count, words in (([], 16, "more than 16 devices"), (["--device", "19"], 1, "")):
            code, output, errors = run(*options, env=env)
            same((code, output.count("\nDevice ") + output.startswith("Device ")), (0, count), "devices")
            expect(words in errors and bool(words) == bool(errors), errors)


def peer(document, *options):
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    return run("--peer", "-", *options, stdin=text)


@test(native=True)
def a_file_gives_a_terminal_no_orders():
    document = report("--device", "0")
    hostile = "\033[2J\007\x7f\x9b1m\b"
    document["devices"][0]["identity"]["deviceName"] = "A" + hostile + "B"
    for table in ("memory", "semaphores"):
        for row in document["devices"][0][table]:
            for cell in row.values():
                if isinstance(cell, dict):
                    cell.update(exportable=False, importable=False, reason="C" + hostile + "D")
    code, output, _ = peer(document, "--device", "0")
    same(code, 1, "exit status")
    for character in hostile.replace("[", "").replace("2J", "").replace("1m", ""):
        expect(character not in output, f"{character!r} was printed")
    expect("A?[2J???1m?B" in output and "C?[2J???1m?D" in output, output)
    # Nor what is no UTF-8.
    document["devices"][0]["identity"]["deviceName"] = "A@@B"
    text = json.dumps(document).encode().replace(b"@@", b"\xff\xed\xa0\x80\x9b\xc0\x80")
    expect("A???????B" in peer(text, "--device", "0")[1], "bytes")


@test("driver", native=True)
def json_is_in_utf_8():
    text = json.dumps(report())
    with tempfile.TemporaryDirectory() as folder:
        for name in (b"\xed\xa0\x80", b"\xe0\x80\x80", b"\xf0\x80\x80\x80", b"\xf4\x90\x80\x80"):
            path = os.path.join(os.fsencode(folder), b"x" + name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            _, output, _ = run("--json", "--peer", path)
            same(os.path.basename(json.loads(output)["peer"]["file"]), "x" + "?" * len(name), repr(name))


@test(native=True)
def refuses_files_that_nobody_printed():
    good = report("--device", "0")
    text = json.dumps(good).encode()
    numberless = copy.deepcopy(good)
    numberless["devices"][0]["identity"]["deviceUUID"] = "zz"
    # The devices that it would have left out may be the ones that share.
    for document, words in (({**good, "devices": good["devices"] * 17}, "devices"),
                            (numberless, "UUID"),
                            (text.decode().encode("utf-16"), "UTF-16"),
                            (text.decode().encode("utf-16-be"), "UTF-16")):
        code, output, errors = peer(document)
        same((code, output), (2, ""), words)
        expect(words in errors, errors)
    for number in (b"01", b"1.", b"-.5", b"1.e5", b"+1", b"--1", b"0x1", b"1e+", b"1_0", b"NaN"):
        code, _, errors = peer(text.replace(b'"schemaVersion": 1', b'"schemaVersion": ' + number))
        same(code, 2, number)
        expect("line " in errors, f"{number}: {errors}")
    for number in (b"1.0", b"10E-1", b"0.1e+1"):
        code, _, errors = peer(text.replace(b'"schemaVersion": 1', b'"schemaVersion": ' + number))
        same((code, errors), (0, ""), number)
    same(peer(b"\xef\xbb\xbf" + text)[0], 0, "a byte order mark")


@test(native=True)
def a_number_of_seconds_is_digits():
    for number in ("+5", " 5", "5 ", "0x5", ""):
        same(run("--timeout", number)[0], 2, number)
