#!/bin/sh
# Prints what to build for the tests under the label "vm": their programs, as targets. A script's
# programs are its arguments.
#   tests/vm/programs.sh <absolute path of the build folder>
# CTest names the programs that are not there yet, too.
set -eu
ctest --test-dir "$1" -N -V -L '^vm$' |
    sed -n 's/^Could not find executable //p; s/^[0-9]*: Test command: [^ ]*\.sh //p; t
        s/^[0-9]*: Test command: \([^ ]*\).*/\1/p' | tr -d '"' | tr ' ' '\n' |
    sed -n "s|^$1/||p" | sort -u
