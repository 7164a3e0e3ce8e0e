#!/bin/sh
# No source file over 600 lines, the public header excepted: it is the reference manual.
#   file_length.sh ROOT
set -eu
root=$1

found=$(find "$root/src" "$root/tests" "$root/examples" "$root/tools" \
    \( -name '*.c' -o -name '*.h' -o -name '*.m' -o -name '*.cpp' \) -type f 2>/dev/null |
    while read -r file; do
        lines=$(wc -l <"$file")
        [ "$lines" -le 600 ] || echo "${file#"$root"/}: $lines lines"
    done)

if [ -n "$found" ]; then
    echo "Files over 600 lines; split them so that each has one reason to exist:"
    echo "$found"
    exit 1
fi
echo "no source file is over 600 lines"
