"""--peer: what can be shared with the devices of a file, whoever has written it.

Copyright (c) 2026 The vxm authors
SPDX-License-Identifier: MIT
"""
import copy
import json
import os
import re
import tempfile

import schema
from harness import SCHEMA, cells, expect, report, run, same, test


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
