"""Tests of vxm-info as its user meets it: options, output, exit status.

  vxm_info.py --source ROOT --mode driver|model [--ask PROGRAM] [--filter TEXT] -- PROGRAM...

driver: on the driver that the Vulkan loader finds; model: on the model driver, which is in the
loader's place already (LD_LIBRARY_PATH, or beside the program) and takes bad habits from
VXM_MODEL_HABIT.

Copyright (c) 2026 The vxm authors
SPDX-License-Identifier: MIT
"""
import argparse
import copy
import json
import os
import re
import subprocess
import sys
import tempfile
import time

import schema

parser = argparse.ArgumentParser()
parser.add_argument("--source", required=True)
parser.add_argument("--mode", choices=["driver", "model"], required=True)
parser.add_argument("--ask")
parser.add_argument("--filter", default="")
parser.add_argument("program", nargs="+")
arguments = parser.parse_args()
tests = []


emulated = len(arguments.program) > 1


def test(*modes, native=False):
    """Of these modes only; of both without any. native: not through Wine, since nothing of it differs by
    system, or since nothing is printed, which scripts/wine.sh takes for a program that was not run."""
    def add(function):
        if (not modes or arguments.mode in modes) and not (native and emulated):
            tests.append(function)
        return function
    return add


class Skip(Exception):
    pass


def run(*options, env=None, stdin=None, program=None):
    """Status, output and errors of vxm-info. Environment variables that are None are taken away."""
    environment = dict(os.environ)
    for key, value in (env or {}).items():
        environment.pop(key, None)
        if value is not None:
            environment[key] = value
    done = subprocess.run((program or arguments.program) + list(options), env=environment,
                          input=stdin, capture_output=True, timeout=120)
    return done.returncode, *(text.decode().replace("\r\n", "\n") for text in (done.stdout, done.stderr))


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


def same(found, wanted, what):
    expect(found == wanted, f"{what}: {found!r}, expected {wanted!r}")


def report(*options, status=0, **more):
    """What --json prints, valid by the schema."""
    code, output, errors = run("--json", *options, **more)
    same(code, status, f"exit status ({errors})")
    document = json.loads(output)
    same(schema.problems(document, SCHEMA), [], "the schema")
    return document


def cells(document):
    for device in document["devices"]:
        for table, columns in (("memory", ("buffer", "image")), ("semaphores", ("binary", "timeline"))):
            for row in device[table]:
                for column in columns:
                    yield device["index"], table, row, column, row[column]


with open(os.path.join(arguments.source, "docs", "vxm-info.schema.json"), encoding="utf-8") as file:
    SCHEMA = json.load(file)

# ---- what is claimed ----


@test()
def json_is_what_the_schema_says():
    document = report()
    expect(len(document["devices"]) > 0, "there is no device")
    same(document["error"], None, "error")
    same({cell["probe"] is None for *_, cell in cells(document)}, {True}, "no probe was asked for")


@test("driver")
def the_schema_refuses():
    document = report()
    for path, value in ((["schemaVersion"], 2), (["more"], 1), (["image", "tiling"], "SKEWED"),
                        (["devices", 0, "identity", "deviceUUID"], "12"),
                        (["devices", 0, "memory", 0, "buffer", "exportable"], 1),
                        (["devices", 0, "memory", 0, "bit"], 0)):
        changed = copy.deepcopy(document)
        place = changed
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        expect(schema.problems(changed, SCHEMA), f"{path} = {value!r} was not noticed")
    del document["devices"][0]["identity"]["driverName"]
    expect(schema.problems(document, SCHEMA), "a missing key was not noticed")


@test("driver")
def another_checker_agrees():
    try:
        import jsonschema
    except ImportError:
        raise Skip("python3-jsonschema is not installed; schema.py alone has checked")
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(report("--probe"))


@test()
def says_what_the_library_says():
    if not arguments.ask:
        raise Skip("no --ask")
    answers = {}
    code, output, errors = run(program=arguments.program[:-1] + [arguments.ask])
    same(code, 0, f"exit status of ask ({errors})")
    for line in output.splitlines():
        index, table, name, column, *numbers = line.split()
        answers[int(index), table, name, column] = [int(number) for number in numbers]
    names = {}
    document = report()
    for _, table, row, _, _ in cells(document):
        names[table, row["handleType"]] = row["bit"]
    for index, table, row, column, cell in cells(document):
        compatible = sum(names.get((table, name), 0) for name in cell["compatibleHandleTypes"])
        same([int(cell[key]) for key in ("exportable", "importable", "dedicatedOnly", "reexportable")]
             + [compatible], answers.pop((index, table, row["handleType"], column)),
             f"device {index}, {row['handleType']}, {column}")
        both = cell["exportable"] and cell["importable"]
        same(cell["reason"] == "", both, f"{row['handleType']}, {column}: a reason if and only if not both")
    # Nothing that can be shared is left out.
    for key, numbers in answers.items():
        same(numbers[:2], [0, 0], f"{key}, which vxm-info doesn't show")


@test()
def the_table_says_what_json_says():
    code, output, errors = run()
    same((code, errors), (0, ""), "status and errors")
    document = report()
    for device in document["devices"]:
        text = output.split(f"Device {device['index']}: ")[1].split("\nDevice ")[0]
        same(text.splitlines()[0], device["identity"]["deviceName"], "name")
        expect(device["identity"]["deviceUUID"] in text, "the UUID")
        for table, columns in (("memory", ("buffer", "image")), ("semaphores", ("binary", "timeline"))):
            lines = text[text.index(f"  {table} "):].splitlines()
            starts = [lines[0].index(column) for column in columns]
            for row, line in zip(device[table], lines[1:]):
                expect(line.startswith(f"  {row['handleType']} "), line)
                for column, start in zip(columns, starts):
                    claim = row[column]
                    words = [word for word, key in (("export", "exportable"), ("import", "importable"))
                             if claim[key]]
                    if words and claim["dedicatedOnly"]:
                        words.append("dedicated")
                    same(re.split(" {3}", line[start:])[0].strip(), " ".join(words) or "-",
                         f"{row['handleType']}, {column}")


@test(native=True)
def lines_are_short_and_plain():
    for options in ([], ["--why"], ["--probe"], ["--help"]):
        _, output, _ = run(*options)
        for line in output.splitlines():
            expect(len(line) <= 100, f"{options}: {len(line)} columns: {line}")
            same(line, line.rstrip(), "blanks at the end")
            expect("\033" not in line, "an escape code through a pipe")


@test(native=True)
def why_not_in_words():
    _, output, _ = run("--why")
    wanted = {row["handleType"] for *_, row, _, cell in cells(report()) if cell["reason"]}
    expect(wanted, "there is nothing absent")
    for name in wanted:
        expect(re.search(rf"\n    {name}, ", output), f"{name} has no sentence")


# ---- options ----


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


# ---- without Vulkan ----


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


# ---- the peer ----


def with_peer(document, *options, **more):
    """As JSON and as text; from standard input."""
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    return run("--peer", "-", *options, stdin=text, **more)


@test()
def shares_with_itself():
    document = report()
    code, output, errors = with_peer(document)
    same((code, errors), (0, ""), "status and errors")
    expect(re.search(r"OPAQUE_\w+ +both ways\n", output), output)
    code, output, _ = with_peer(document, "--json")
    compared = json.loads(output)
    same(schema.problems(compared, SCHEMA), [], "the schema")
    pairs = compared["peer"]["pairs"]
    same(len(pairs), len(document["devices"]) ** 2, "each with each")
    claims = {(index, table, row["handleType"], column): cell
              for index, table, row, column, cell in cells(document)}
    for pair in (pair for pair in pairs if pair["here"] == pair["there"]):
        for table, columns in (("memory", ("buffer", "image")), ("semaphores", ("binary", "timeline"))):
            for row in pair[table]:
                for column in columns:
                    claim = claims[pair["here"], table, row["handleType"], column]
                    both = claim["exportable"] and claim["importable"]
                    same([row[column]["toPeer"], row[column]["fromPeer"]], [both, both],
                         f"{row['handleType']}, {column}")
                    same(row[column]["reason"] == "", both, "a reason if and only if not both")


@test(native=True)
def refuses_to_share_with_another_gpu():
    document = report("--device", "0")
    document["devices"][0]["identity"]["deviceUUID"] = "12345678-0000-0000-0000-000000000000"
    # What needs no same device must not be there for this one.
    for *_, row, column, cell in cells(document):
        if not row["handleType"].startswith("OPAQUE"):
            cell["exportable"] = cell["importable"] = False
    code, output, _ = with_peer(document, "--device", "0")
    same(code, 1, "exit status")
    expect("12345678" in output and "same device" in output, output)


@test(native=True)
def one_direction_is_one_direction():
    document = report("--device", "0")
    for *_, cell in cells(document):
        cell["exportable"] = False
    code, output, _ = with_peer(document, "--device", "0", "--json")
    same(code, 0, "exit status")
    buffer = json.loads(output)["peer"]["pairs"][0]["memory"][0]["buffer"]
    same((buffer["toPeer"], buffer["fromPeer"]), (True, False), "directions")
    expect("one direction" in buffer["reason"], buffer["reason"])
    expect("from here to the peer" in with_peer(document, "--device", "0")[1], "in words")

    for *_, cell in cells(document):
        cell["exportable"], cell["importable"] = True, False
    _, output, _ = with_peer(document, "--device", "0", "--json")
    buffer = json.loads(output)["peer"]["pairs"][0]["memory"][0]["buffer"]
    same((buffer["toPeer"], buffer["fromPeer"]), (False, True), "the other direction")
    expect("from the peer to here" in with_peer(document, "--device", "0")[1], "in words")


@test(native=True)
def addresses_stay_where_they_are():
    document = report("--device", "0")
    for *_, cell in cells(document):
        cell["exportable"] = cell["importable"] = True
    _, output, _ = with_peer(document, "--device", "0", "--json")
    for row in json.loads(output)["peer"]["pairs"][0]["memory"]:
        if row["handleType"].startswith("HOST"):
            same((row["buffer"]["toPeer"], row["buffer"]["fromPeer"]), (False, False), row["handleType"])
            expect("of one process" in row["buffer"]["reason"], row["buffer"]["reason"])


@test(native=True)
def knows_other_systems_and_machines():
    document = report("--device", "0")
    document["devices"][0]["memory"] = document["devices"][0]["semaphores"] = []
    code, output, _ = with_peer(document, "--device", "0")
    same(code, 1, "exit status")
    expect("system has no such type" in output, output)

    document = report("--device", "0")
    if document["system"]["bootId"] is not None:
        document["system"]["bootId"] = "another"
        code, output, _ = with_peer(document, "--device", "0")
        same(code, 1, "exit status")
        expect("another machine" in output, output)


@test(native=True)
def sees_that_another_image_was_asked_about():
    document = report("--format", "R8_UNORM")
    expect("another buffer or image" in with_peer(document)[1], "the format")
    expect("another buffer or image" not in with_peer(document, "--format", "R8_UNORM")[1], "the same")
    expect("another buffer or image" in with_peer(document, "--format", "R8_UNORM", "--usage", "SAMPLED")[1],
           "the usage")


@test(native=True)
def refuses_other_files():
    good = report("--device", "0")
    newer = dict(good, schemaVersion=2)
    headless = copy.deepcopy(good)
    headless["devices"][0]["identity"] = None
    for text, words in ((b"", "value"), (b"{}", "schemaVersion"), (b"[1]", "schemaVersion"),
                        (json.dumps(newer).encode(), "another schemaVersion"),
                        (json.dumps(dict(good, devices=[])).encode(), "no devices"),
                        (json.dumps(headless).encode(), "identity"), (b"\0", "NUL"),
                        (b"{\n\n\"a\" 1}", "line 3"), (b"[" * 100, "deeper"), (b'["\\ud800"]', "surrogate"),
                        (b'["\\x"]', "escape"), (b'["a', "doesn't end"), (b"[1,]", "value"),
                        (b"[1 2]", "expected"), (b"{} {}", "behind"), (b"nul", "value"),
                        (b"[" + b"0," * 200000 + b"0]", "more values"), (b" " * (5 << 20), "4 MiB")):
        code, output, errors = with_peer(text)
        same((code, output), (2, ""), f"{text[:40]!r}: status and output")
        expect(words in errors and "standard input" in errors, f"{text[:40]!r}: {errors!r}")


@test("driver")
def refuses_every_part_of_a_file():
    text = json.dumps(report()).encode()
    for length in range(0, len(text) - 1, max(1, len(text) // 150)):
        same(with_peer(text[:length])[0], 2, f"the first {length} bytes")


@test("driver")
def strange_names_stay_readable():
    document = report()
    document["devices"][0]["identity"]["deviceName"] = 'Quote " \\ tab \t \u00e9 \U0001F600' + "x" * 500
    for text in (json.dumps(document), json.dumps(document, ensure_ascii=False)):
        code, output, _ = with_peer(text.encode())
        same(code, 0, "exit status")
        expect('Quote " \\ tab \t \u00e9 \U0001F600x' in output, output[:300])


@test("driver")
def strange_files_are_written_as_json():
    text = json.dumps(report())
    with tempfile.TemporaryDirectory() as folder:
        for name, read in (('quote " \\ \n \u00e9', 'quote " \\ \n \u00e9'), (b"no UTF-8 \xff\xc3", "no UTF-8 ??")):
            path = os.path.join(os.fsencode(folder), os.fsencode(name))
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            code, output, errors = run("--json", "--peer", path)
            same((code, errors), (0, ""), "status and errors")
            same(os.path.basename(json.loads(output)["peer"]["file"]), read, "the file's name")


# ---- the probe ----


def verdicts(document):
    return {(row["handleType"], column): cell["probe"]["verdict"] for *_, row, column, cell in cells(document)}


@test("driver")
def the_probe_agrees_with_lavapipe():
    if "lvp" not in os.environ.get("VK_DRIVER_FILES", ""):
        raise Skip("another driver than lavapipe")
    for options in ([], ["--format", "R32G32B32A32_SFLOAT", "--tiling", "LINEAR"], ["--format", "R8_UNORM"],
                    ["--usage", "SAMPLED,STORAGE_BUFFER"]):
        found = verdicts(report("--probe", *options))
        for column in ("buffer", "image"):
            same(found["OPAQUE_FD", column], "works", f"{options}: OPAQUE_FD, {column}")
        same(found["HOST_ALLOCATION", "buffer"], "works", "HOST_ALLOCATION, buffer")
    same(found["OPAQUE_FD", "binary"], "absent", "semaphores")
    same(found["OPAQUE_FD", "timeline"], "absent", "semaphores")


@test("driver")
def the_probe_keeps_the_rules():
    if not any(os.path.exists(os.path.join(folder, "vulkan/explicit_layer.d/VkLayer_khronos_validation.json"))
               for folder in ("/usr/share", "/usr/local/share", "/etc")):
        raise Skip("the validation layer is not installed")
    for options in ([], ["--tiling", "LINEAR"]):
        _, output, errors = run("--probe", *options, env={
            "VK_INSTANCE_LAYERS": "VK_LAYER_KHRONOS_validation",
            "VK_LAYER_ENABLES": "VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT"})
        # What a layer before 1.4 says wrongly: docs/support.md.
        wrong = [line for line in (output + errors).splitlines()
                 if re.search(r"\b(VUID|UNASSIGNED|SYNC)-", line)
                 and not ("InvalidImageLayout" in line and "instead, current layout is VK_IMAGE_LAYOUT_UNDEFINED" in line)]
        same(wrong, [], "what the validation layer says")


@test("driver")
def what_cannot_be_probed_is_said():
    document = report("--probe", "--format", "D32_SFLOAT")
    same(verdicts(document)["OPAQUE_FD", "image"], "not-probed", "a depth format")
    _, output, _ = run("--probe", "--format", "D32_SFLOAT")
    expect("colour formats" in output, output)


@test("model")
def a_driver_that_keeps_its_word():
    document = report("--probe")
    for index, _, row, column, cell in cells(document):
        claimed = cell["exportable"] or cell["importable"]
        expected = {"not-probed"} if "FOREIGN" in row["handleType"] and claimed else \
            {"works"} if claimed else {"absent"}
        expect(cell["probe"]["verdict"] in expected,
               f"device {index}, {row['handleType']}, {column}: {cell['probe']}")
    expect(sum(v == "works" for v in verdicts(document).values()) >= 6, "too little was probed")


@test(native=True)
def what_works_in_one_process_says_so():
    for *_, row, column, cell in cells(report("--probe", "--device", "0")):
        if (row["handleType"], column) == ("HOST_ALLOCATION", "buffer"):
            same((cell["exportable"], cell["probe"]["verdict"]), (False, "works"), "claim and verdict")
            expect("second process" in cell["probe"]["reason"], cell["probe"]["reason"])


def habit(name, words, semaphores=False):
    env = {"VXM_MODEL_HABIT": name}
    options = ("--probe", "--device", "0", "--timeout", "1")
    if emulated:
        # Each start of a process costs a second there: more time, and no images.
        options = options[:-1] + ("4", "--format", "D32_SFLOAT")
    begun = time.monotonic()
    document = report(*options, env=env, status=1)
    expect(time.monotonic() - begun < 100, "it takes too long")
    seen = 0
    for _, table, row, column, cell in cells(document):
        if cell["probe"]["verdict"] == "not-probed":
            continue
        if row["handleType"].startswith("OPAQUE") and (table == "semaphores") == semaphores:
            same(cell["probe"]["verdict"], "fails", f"{row['handleType']}, {column}")
            expect(re.search(words, cell["probe"]["reason"]), cell["probe"]["reason"])
            seen += 1
        elif table == "semaphores" and not semaphores:
            expect(cell["probe"]["verdict"] in ("works", "absent"), f"{row['handleType']}, {column} is well")
    expect(seen >= 2, "nothing was seen")
    if name == "export-fails":
        code, output, _ = run(*options, env=env)
        same(code, 1, "exit status")
        expect("claimed but fails   " in output and "\n  claimed but fails\n" in output, output)


def begins_badly(name, words):
    options = ("--probe", "--timeout", "4" if emulated else "1")
    env = {"VXM_MODEL_HABIT": name}
    document = report(*options, env=env, status=1)
    same([device["opened"] for device in document["devices"]], [False, False], "opened")
    for device in document["devices"]:
        expect(re.search(words, device["failure"]), device["failure"])
    code, output, _ = run(*options, env=env)
    same(code, 1, "exit status")
    expect(re.search("^Device 0: " + words, " ".join(output.split())), output)


@test("model")
def sees_who_crashes_at_once():
    begins_badly("begin-crashes", r"[Tt]he process " + CRASH + ".* while opening the device")


@test("model", native=True)
def sees_who_hangs_at_once():
    begins_badly("begin-hangs", r"[Nn]o answer within \d s while opening the device")


CRASH = r"crashed by (signal 11|exception 0xC0000005)"
HABITS = {
    "export-fails": r"^Exporting it: .*VK_ERROR_OUT_OF_DEVICE_MEMORY",
    "import-fails": r"^Importing it in a second device: .*VK_ERROR_OUT_OF_DEVICE_MEMORY",
    "import-fails-elsewhere": r"^Importing it in the second process: .*VK_ERROR_OUT_OF_DEVICE_MEMORY",
    "import-other": r"^Reading it in the second device: \d+ of \d+ bytes are not what was written",
    "import-other-elsewhere": r"^Reading it in the second process: \d+ of \d+ bytes are not",
    "import-hangs": r"^No answer within \d s while importing it in a second device\.",
    "import-hangs-elsewhere": r"^No answer within \d s while importing it in the second process\.",
    "import-crashes": CRASH + r".* while importing it in a second device\.",
    "import-crashes-elsewhere": CRASH + r".* while importing it in the second process\.",
}


def add_habit(name, words, **more):
    def function():
        habit(name, words, **more)
    function.__name__ = "sees_" + name.replace("-", "_")
    test("model")(function)


# Under Wine, what differs by system.
for habit_name, habit_words in HABITS.items():
    if not emulated or habit_name in ("export-fails", "import-other-elsewhere", "import-hangs",
                                      "import-crashes-elsewhere"):
        add_habit(habit_name, habit_words)
add_habit("signals-lost", r"^Waiting for it in the second device: ", semaphores=True)

# ---- all of them ----

passed, failed, skipped = 0, 0, 0
for function in tests:
    if arguments.filter not in function.__name__:
        continue
    try:
        function()
        passed += 1
    except Skip as reason:
        skipped += 1
        print(f"SKIPPED {function.__name__}: {reason}")
    except Exception as problem:  # whatever it is, the next test is run
        failed += 1
        print(f"FAILED {function.__name__}: {type(problem).__name__}: {problem}")
label = "tool vxm-info" + (" on the model driver" if arguments.mode == "model" else "")
print(f"{label}: {passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed or passed == 0 else 0)
