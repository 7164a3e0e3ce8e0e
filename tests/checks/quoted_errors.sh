#!/bin/sh
# Errors' sentences are quoted from the sources, so that they can't go stale: each block quote in
# docs/guide must be what one of the format strings there makes. Where a sentence is put together, it
# must begin as one and end as one, and a third of it must be fixed text of such strings.
#   quoted_errors.sh ROOT
#
# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
set -eu
root=$1
lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT

# The format strings as regular expressions, one a line; adjacent strings are one, as in C.
find "$root/src" "$root/include" "$root/tools" "$root/python" "$root/examples" \
    \( -name '*.[chm]' -o -name '*.py' \) -type f 2>/dev/null | sort >"$lists/files"
while read -r file; do
    awk -v python="${file##*.}" '
        { text = text $0 "\n" }
        END {
            gsub(/\\"/, "\001", text)
            gsub(/\047"\047/, "", text)
            gsub(/"[ \t\n]*PRI[A-Za-z0-9]+[ \t\n]*"/, "d", text)
            gsub(/"[ \t\n]*"/, "", text)
            if (python == "py") {
                gsub(/"[ \t\n]*f"/, "", text)
                gsub(/\{[^{}"]*\}/, "%s", text)
            }
            while (match(text, /"[^"\n]*"/)) {
                print substr(text, RSTART + 1, RLENGTH - 2)
                text = substr(text, RSTART + RLENGTH)
            }
        }' "$file"
done <"$lists/files" | awk '
    {
        gsub(/\001/, "\"")
        gsub(/\\n$/, "")
        fixed = $0
        gsub(/%[-0-9.*#lzhjt]*[a-zA-Z]/, "", fixed)
        if (length(fixed) < 15 || fixed !~ / /) { next }
        gsub(/%[-0-9.*#lzhjt]*[a-zA-Z]/, "\002")
        gsub(/[][\\.()*+?{}^$|]/, "\\\\&")
        gsub(/\002/, ".*")
        gsub(/%%/, "%")
        print length(fixed), $0
    }' | sort -u >"$lists/expressions"

find "$root/docs/guide" -name '*.md' | sort | xargs awk -v root="$root" -v expressions="$lists/expressions" '
    function judge(    i, whole, begins, ends, sum) {
        if (quote == "") { return }
        quotes++
        whole = begins = ends = sum = 0
        for (i = 1; i <= count; i++) {
            if (quote !~ expression[i]) { continue }
            sum += size[i]
            if (size[i] >= 20 && quote ~ ("^" expression[i] "$")) { whole = 1 }
            if (quote ~ ("^" expression[i])) { begins = 1 }
            if (quote ~ (expression[i] "$")) { ends = 1 }
        }
        if (!whole && (!begins || !ends || 3 * sum < length(quote))) {
            printf "%s:%d: no source says: %s\n", page, line, quote
            failed = 1
        }
        quote = ""
    }
    BEGIN {
        while ((getline text < expressions) > 0) {
            size[++count] = text + 0
            expression[count] = substr(text, index(text, " ") + 1)
        }
    }
    FNR == 1 { judge() }
    /^> / {
        page = FILENAME; sub(root "/", "", page); line = FNR
        text = substr($0, 3)
        quote = quote == "" ? text : quote " " text
        next
    }
    { judge() }
    END {
        judge()
        if (quotes == 0) { print "No page of the guide quotes an error."; failed = 1 }
        if (!failed) { print quotes " quoted errors are what " count " format strings can say" }
        exit failed
    }' || exit 1
