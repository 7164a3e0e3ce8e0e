"""What the drivers claim, and what vxm-info says of it.

Copyright (c) 2026 The vxm authors
SPDX-License-Identifier: MIT
"""
import copy
import re

import schema
from harness import SCHEMA, Skip, arguments, cells, expect, report, run, same, test


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
        if table != "modifiers":
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
