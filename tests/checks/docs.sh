#!/bin/sh
# Doxygen makes the API reference without a warning.
#   docs.sh ROOT
#
# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
set -eu
root=$1

if ! command -v doxygen >/dev/null 2>&1; then
    echo "SKIPPED check-docs: doxygen is not installed"
    exit 77
fi
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
# As cmake/VxmDocs.cmake does.
sed -e "s|@PROJECT_SOURCE_DIR@|$root|g" -e "s|@VXM_DOCS_DIR@|$out|" -e "s|@PROJECT_VERSION@|0|" \
    -e "s|@VXM_DOCS_FILTER@|*.md=\"sed -f '$root/docs/page.sed'\"|" \
    "$root/docs/Doxyfile.in" >"$out/Doxyfile"
failed=0
doxygen "$out/Doxyfile" >"$out/log" 2>&1 || failed=1
sed "s|$root/||" "$out/log"
# Whatever it says, it says as a warning or as an error.
if [ "$failed" -ne 0 ] || [ -s "$out/log" ]; then
    exit 1
fi
echo "$(doxygen --version) has nothing to say against $(ls "$out/html" | grep -c '\.html$') pages"
