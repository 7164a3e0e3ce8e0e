"""--probe: on a driver that keeps its word, and on those that don't.

Copyright (c) 2026 The vxm authors
SPDX-License-Identifier: MIT
"""
import json
import os
import re
import time

from harness import Skip, cells, emulated, expect, report, run, same, test


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
    options = ("--probe", "--device", "0")
    if "hangs" in name or semaphores:
        # It is waited for: not for long, but for longer than what is well takes on a busy machine.
        options += ("--timeout", "4")
    if emulated:
        # Each start of a process costs a second there: no images.
        options += ("--format", "D32_SFLOAT")
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
        # With a peer the status is the same, and so the reason for it must be there.
        code, output, _ = run(*options, "--peer", "-", env=env, stdin=json.dumps(document).encode())
        same(code, 1, "exit status with a peer")
        expect("\n  claimed but fails\n" in output and "both ways" in output, output)


def begins_badly(name, words):
    options = ("--probe",) + (("--timeout", "2") if "hangs" in name else ())
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
