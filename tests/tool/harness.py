"""What the tests of vxm-info stand on: how it is run, and what is expected of it.

Copyright (c) 2026 The vxm authors
SPDX-License-Identifier: MIT
"""
import argparse
import json
import os
import subprocess

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
