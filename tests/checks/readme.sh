#!/bin/sh
# Every piece of code in the README that names the example it is from must stand there, line for
# line, so that it can't go stale.
#
# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
set -eu

root=$1
awk -v root="$root" '
    function read_file(name,    line, text) {
        text = "\n"
        while ((getline line < (root "/" name)) > 0) {
            text = text line "\n"
        }
        close(root "/" name)
        return text
    }
    /^<!-- from .* -->$/ { source = $3; pieces++; next }
    /^```c$/ && source != "" { inside = 1; piece = "\n"; next }
    /^```$/ && inside {
        if (index(read_file(source), piece) == 0) {
            printf "README.md: this piece is not in %s:%s", source, piece
            failed = 1
        }
        inside = 0; source = ""; next
    }
    inside { piece = piece $0 "\n" }
    END {
        if (pieces == 0) {
            print "README.md: no piece of code names its example."
            failed = 1
        }
        exit failed
    }
' "$root/README.md"
