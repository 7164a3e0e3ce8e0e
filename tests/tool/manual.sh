#!/bin/sh
# The man page has no warnings, and lines that fit.
#   manual.sh PAGE
#
# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
set -eu
page=$1

if command -v groff >/dev/null 2>&1; then
    warnings=$(groff -man -ww -Tutf8 -rLL=80n -z "$page" 2>&1)
elif command -v mandoc >/dev/null 2>&1; then
    warnings=$(mandoc -T lint -W warning "$page" 2>&1) || true
else
    echo "SKIPPED: neither groff nor mandoc is installed, so the man page was not read"
    exit 77
fi
if [ -n "$warnings" ]; then
    echo "$warnings"
    exit 1
fi
echo "$page: no warnings"
