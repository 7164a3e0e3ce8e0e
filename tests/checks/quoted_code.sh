#!/bin/sh
# Code in the README and in the guide is quoted from the examples, so that it can't go stale: a block
# after "<!-- from PATH -->" must stand in that file, or in one of that folder, line for line. In
# docs/guide, each block of C or Python must say where it is from.
#   quoted_code.sh ROOT
#
# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
set -eu
root=$1

find "$root/README.md" "$root/docs" -name '*.md' 2>/dev/null | sort |
    xargs awk -v root="$root" '
    function holds(path,    find, file, line, text, found) {
        find = "find \"" root "/" path "\" -type f 2>/dev/null"
        found = 0
        while ((find | getline file) > 0) {
            text = "\n"
            while ((getline line < file) > 0) {
                text = text line "\n"
            }
            close(file)
            if (index(text, piece) > 0) { found = 1 }
        }
        close(find)
        return found
    }
    function complain(text) {
        printf "%s:%d: %s\n", page, line, text
        failed = 1
    }
    function no_code() {
        if (source != "") { complain("no code follows the name of " source) }
        source = ""
    }
    FNR == 1 { no_code(); inside = 0 }
    { page = FILENAME; sub(root "/", "", page); line = FNR }
    /^<!-- from .* -->$/ { no_code(); source = $3; next }
    /^```[a-z]*$/ && !inside {
        if (source == "" && index(FILENAME, root "/docs/guide/") == 1 && /^```(c|python)$/) {
            complain("this code does not say where it is from")
        }
        inside = 1; piece = "\n"
        next
    }
    /^```$/ {
        if (source != "") {
            pieces++
            if (!holds(source)) { complain("this piece is not in " source ":" piece) }
        }
        inside = 0; source = ""
        next
    }
    inside { piece = piece $0 "\n"; next }
    { no_code() }
    END {
        no_code()
        if (pieces == 0) { print "No piece of code names its example."; failed = 1 }
        if (!failed) { print pieces " pieces of code stand in the examples that they name" }
        exit failed
    }' || exit 1
