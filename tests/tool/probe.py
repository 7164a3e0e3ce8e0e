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


def modifier_verdicts(document):
    """Of the first device: format, modifier, claim, verdict and reason of each."""
    return [(one["format"], int(modifier["modifier"], 16), (modifier["exportable"], modifier["importable"]),
             modifier["probe"]["verdict"], modifier["probe"]["reason"])
            for one in document["devices"][0]["modifiers"] for modifier in one["modifiers"]]


@test(native=True)
def every_modifier_is_tried():
    # Depth, which has none: then there is nothing to try.
    for options in (["--format", "D32_SFLOAT"], [], ["--format", "B8G8R8A8_SRGB"]):
        for _, _, claim, verdict, reason in modifier_verdicts(report("--probe", *options)):
            same((verdict, reason == ""), ("works", True) if claim[0] else ("not-probed", False), str(options))


@test("model", native=True)
def modifiers_of_the_model_are_tried():
    found = {}
    for one, modifier, _, verdict, reason in modifier_verdicts(report("--probe", "--modifiers", "--device", "0")):
        found.setdefault(one, {})[modifier & 0xff] = (verdict, reason)
    works, planes = ("works", ""), found["G8_B8R8_2PLANE_420_UNORM"]
    same([found["R8G8B8A8_UNORM"][key] for key in (1, 2, 0)], [works] * 3, "modifiers")
    same([found["R8G8B8A8_UNORM"][3][0], planes[2][0]], ["not-probed"] * 2, "not probed")
    expect("imported only" in found["R8G8B8A8_UNORM"][3][1], found["R8G8B8A8_UNORM"])
    expect("formats of one plane" in planes[2][1], planes)
    # What is said of many is said once.
    _, output, _ = run("--probe", "--modifiers", "--device", "0")
    words = " ".join(output.split())
    same(words.count("formats of one plane and whole texels"), 1, "the same words")
    expect(re.search(r"DMA_BUF, modifier 0x7f00000000000003 of R8G8B8A8_UNORM and \d+ more: It can be imported", words),
           output)


@test("model", native=True)
def a_modifier_that_fails_is_named():
    options = ("--probe", "--device", "0", "--timeout", "2")
    env = {"VXM_MODEL_HABIT": "modifier-fails"}
    verdicts_of = {modifier & 0xff: (verdict, reason)
                   for _, modifier, _, verdict, reason in modifier_verdicts(report(*options, env=env, status=1))}
    same([verdicts_of[key][0] for key in (1, 2, 0)], ["fails", "works", "works"], "verdicts")
    expect(re.match("Importing it in a second device: .*VK_ERROR_OUT_OF_DEVICE_MEMORY", verdicts_of[1][1]),
           verdicts_of[1])
    _, output, _ = run(*options, env=env)
    expect(re.search(r"\n      0x7f00000000000001  +2 planes  +claimed but fails\n", output), output)
    expect("\n    DMA_BUF, modifier 0x7f00000000000001 of R8G8B8A8_UNORM: Importing" in output, output)


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
