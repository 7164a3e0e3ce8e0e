#!/bin/sh
# Every C, Objective-C and C++ file is as .clang-format would have it. Versions of clang-format differ
# in small things, so the one that the style was written with is asked: 14.
#   format.sh ROOT
set -eu
root=$1

tool=
for candidate in clang-format-14 clang-format; do
    case $("$candidate" --version 2>/dev/null) in
    *"version 14."*) tool=$candidate && break ;;
    esac
done
if [ -z "$tool" ]; then
    echo "SKIPPED: clang-format 14 is not installed, so the format was not checked"
    exit 77
fi

cd "$root"
find include src tests examples tools \( -name '*.c' -o -name '*.h' -o -name '*.m' -o -name '*.cpp' \) \
    -type f 2>/dev/null | sort | xargs "$tool" --dry-run --Werror
echo "clang-format 14 would change nothing"
