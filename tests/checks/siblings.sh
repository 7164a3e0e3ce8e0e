#!/bin/sh
# The back ends read as siblings: each vk.c has what src/vk_backend.h declares, all of it and in that
# order; the other files have the functions of src/os.h in its order, and each function stands in the
# file of the same name on every system.
#   siblings.sh ROOT
#
# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
set -eu
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# names MARK FILE: the vxm__ names that the file declares (MARK is ";") or defines ("{"), in order.
# A statement at the left margin is read to its end; what is static is a file's own affair.
names() {
    awk -v mark="$1" '
        {
            line = $0
            # Comments go first: they name functions too.
            while (1) {
                if (comment) {
                    end = index(line, "*/")
                    if (end == 0) { line = ""; break }
                    line = substr(line, end + 2)
                    comment = 0
                } else {
                    start = index(line, "/*")
                    if (start == 0) break
                    rest = substr(line, start + 2)
                    line = substr(line, 1, start - 1) " "
                    end = index(rest, "*/")
                    if (end == 0) { comment = 1; break }
                    line = line substr(rest, end + 2)
                }
            }
            sub(/\r$/, "", line)
        }
        statement == "" && line !~ /^[A-Za-z_]/ { next }
        statement == "" && line ~ /^(static|typedef|enum|struct [a-z_]+ [{;])/ { next }
        {
            statement = statement line " "
            if (line !~ /[;{=]/) next
            end = line ~ /[{=]/ ? "{" : ";"
            if (end == mark && match(statement, /vxm__[a-z0-9_]+ *[\[(=;]/)) {
                name = substr(statement, RSTART, RLENGTH)
                gsub(/[^a-z0-9_]/, "", name)
                print name
            }
            statement = ""
        }' "$2"
}

status=0
# complain TEXT: the check goes on, to name all that is wrong at once
complain() {
    echo "$1"
    status=1
}

names ';' "$root/src/vk_backend.h" >"$work/backend"
names ';' "$root/src/os.h" >"$work/os"
if ! [ -s "$work/backend" ] || ! [ -s "$work/os" ]; then
    complain "src/vk_backend.h or src/os.h declares nothing"
fi

count=0
: >"$work/places"
for file in "$root"/src/*/*.c "$root"/src/*/*.m; do
    [ -e "$file" ] || continue
    short=${file#"$root"/}
    names '{' "$file" >"$work/all"
    if [ "$(basename "$file")" = vk.c ]; then
        count=$((count + 1))
        if ! diff "$work/backend" "$work/all" >"$work/difference"; then
            complain "$short is not as src/vk_backend.h (<) has it:"
            cat "$work/difference"
        fi
        continue
    fi
    # Helpers that a back end's files share stand among them as it suits.
    grep '^vxm__os_' "$work/all" >"$work/found" || true
    grep -Fx -f "$work/found" "$work/os" >"$work/wanted" || true
    if ! diff "$work/wanted" "$work/found" >"$work/difference"; then
        complain "$short has its functions in another order than src/os.h (<):"
        cat "$work/difference"
    fi
    stem=$(basename "$file")
    while read -r name; do
        echo "$name ${stem%.*}"
    done <"$work/found" >>"$work/places"
done

sort -u "$work/places" | cut -d ' ' -f 1 | uniq -d >"$work/astray"
while read -r name; do
    complain "$name stands in files of different names:"
    grep -l "^[A-Za-z].*$name(" "$root"/src/*/*.[cm] | sed "s|^$root/|    |"
done <"$work/astray"

[ "$status" -ne 0 ] || echo "the $count vk.c and their neighbours read as siblings"
exit "$status"
