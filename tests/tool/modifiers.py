"""DRM format modifiers, as vxm-info shows them.

Copyright (c) 2026 The vxm authors
SPDX-License-Identifier: MIT
"""
import re

from harness import Skip, arguments, emulated, expect, report, run, same, test

ONE = ("planeCount", "exportable", "importable", "dedicatedOnly")


@test()
def modifiers_are_what_the_library_says():
    if not arguments.ask:
        raise Skip("no --ask")
    wanted = {}
    code, output, errors = run(program=arguments.program[:-1] + [arguments.ask])
    same(code, 0, f"exit status of ask ({errors})")
    for line in output.splitlines():
        index, table, name, place, *numbers = line.split()
        if table == "modifiers":
            wanted.setdefault(int(index), []).append([name] + [int(number) for number in numbers])
    for device in report()["devices"]:
        same(len(device["modifiers"]), 1, "formats")
        found = device["modifiers"][0]
        same((found["format"], found["fourcc"]), ("R8G8B8A8_UNORM", ["AB24", "XB24"]), "format")
        same((found["leftOut"], {one["probe"] for one in found["modifiers"]} - {None}), (0, set()), "nothing more")
        same([[one["modifier"]] + [int(one[key]) for key in ONE] for one in found["modifiers"]],
             wanted.get(device["index"], []), f"device {device['index']}")
        same(found["reason"] == "", found["modifiers"] != [], "a reason if and only if there is none")


@test("model")
def modifiers_of_the_model():
    device = report("--modifiers")["devices"][0]
    if emulated:
        same([one["modifiers"] for one in device["modifiers"]], [[]], "modifiers")
        expect("DMA_BUF" in device["modifiers"][0]["reason"], device["modifiers"][0]["reason"])
        return
    formats = {one["format"]: one for one in device["modifiers"]}
    expect(len(formats) == len(device["modifiers"]) > 8, "formats")
    for one in formats.values():
        expect(one["modifiers"] and one["fourcc"], f"{one['format']}: nothing to say of it")
    same(formats["G8_B8R8_2PLANE_420_UNORM"]["fourcc"], ["NV12"], "NV12")
    same(formats["R8_UNORM"]["fourcc"], ["R8"], "R8")
    same([(one["modifier"], one["vendor"], one["planeCount"], one["exportable"])
          for one in formats["R8G8B8A8_UNORM"]["modifiers"]],
         [("0x7f00000000000001", None, 2, True), ("0x7f00000000000002", None, 1, True),
          ("0x7f00000000000003", None, 1, False), ("0x0000000000000000", None, 1, True)], "modifiers")
    # Another format is asked about in the place of the default.
    found = report("--format", "G8_B8R8_2PLANE_420_UNORM", "--device", "0")["devices"][0]["modifiers"]
    same([one["planeCount"] for one in found[0]["modifiers"]], [4, 2, 2, 2], "planes of NV12")


@test()
def modifiers_in_the_text_are_those_in_json():
    for options in ([], ["--modifiers"]):
        code, output, errors = run(*options)
        same((code, errors), (0, ""), "status and errors")
        for device in report(*options)["devices"]:
            text = output.split(f"Device {device['index']}: ")[1].split("\nDevice ")[0]
            wanted = []
            for one in device["modifiers"]:
                if one["modifiers"]:
                    wanted.append(", ".join([one["format"], " ".join(one["fourcc"])]).rstrip(", "))
                for modifier in one["modifiers"]:
                    name = ("LINEAR" if int(modifier["modifier"], 16) == 0 else
                            " ".join([modifier["modifier"]] + [modifier["vendor"]] * bool(modifier["vendor"])))
                    ways = [word for word, key in (("export", "exportable"), ("import", "importable"),
                                                   ("dedicated", "dedicatedOnly")) if modifier[key]]
                    count = modifier["planeCount"]
                    wanted.append(f"{name} {count} plane{'s' * (count != 1)} {' '.join(ways)}")
            heading = "\n  DRM format modifiers, as DMA_BUF\n"
            same(heading in text, wanted != [], "the heading")
            found = text.split(heading)[1].split("\n\n")[0] if wanted else ""
            # Codes have blanks in them, too.
            found, wanted = ([re.sub(r" {2,}", " ", line.strip()) for line in lines]
                             for lines in (found.splitlines(), wanted))
            same(found, wanted, "modifiers")


@test()
def no_modifiers_at_all_are_explained():
    _, output, _ = run("--modifiers")
    for device in report("--modifiers")["devices"]:
        text = output.split(f"Device {device['index']}: ")[1].split("\nDevice ")[0]
        same("\n  why not\n    DMA_BUF, modifiers of " in text,
             not any(one["modifiers"] for one in device["modifiers"]), "the reason")


@test()
def missing_modifiers_are_explained():
    _, output, _ = run("--why", "--format", "D32_SFLOAT_S8_UINT", "--usage", "STORAGE,UNIFORM_BUFFER")
    devices = report("--format", "D32_SFLOAT_S8_UINT", "--usage", "STORAGE,UNIFORM_BUFFER")["devices"]
    for device in devices:
        one = device["modifiers"][0]
        same((one["fourcc"], one["modifiers"]), ([], []), "codes and modifiers")
        expect(len(one["reason"]) > 20, one["reason"])
        expect("    DMA_BUF, modifiers of D32_SFLOAT_S8_UINT: " in output, "no sentence")
