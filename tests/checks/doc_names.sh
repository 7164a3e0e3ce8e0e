#!/bin/sh
# What the README and the pages of docs/ name is there: the library's functions, types and options in
# the sources, the target of each link in the tree.
#   doc_names.sh ROOT
#
# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
set -eu
root=$1
list=$(mktemp -d)
trap 'rm -rf "$list"' EXIT

find "$root/README.md" "$root/CONTRIBUTING.md" "$root/docs" -name '*.md' 2>/dev/null | sort \
    >"$list/pages"

# Every word of the sources, once.
find "$root" \( -name build -o -name .git \) -prune -o -type f \
    \( -name '*.[chm]' -o -name '*.cpp' -o -name '*.py' -o -name '*.sh' -o -name '*.cmake' \
    -o -name 'CMakeLists.txt' -o -name '*.in' -o -name '*.1' \) -print |
    xargs grep -hoE '\b(vxm|Vxm|VXM)[A-Za-z0-9_]*' | sort -u >"$list/known"
failed=0
while read -r page; do
    name=${page#"$root"/}
    # A star or dots stand for more names: VXM_ERROR_..., vxmPlan*.
    grep -onE '\b(vxm[A-Z_]|Vxm|VXM_)[A-Za-z0-9_]*(\*|\.\.\.)?' "$page" | sort -u -t: -k2 |
        while IFS=: read -r line word; do
            case $word in
            *'*' | *...) ;;
            *) grep -qx "$word" "$list/known" || echo "$name:$line: nothing is named $word" ;;
            esac
        done
    grep -onE '\]\([^)# ]+' "$page" | sed 's/\](//' | while IFS=: read -r line target; do
        case $target in
        http:* | https:* | mailto:*) ;;
        *) [ -e "$(dirname "$page")/$target" ] || echo "$name:$line: there is no $target" ;;
        esac
    done
done <"$list/pages" >"$list/found"
if [ -s "$list/found" ]; then
    cat "$list/found"
    exit 1
fi
echo "$(wc -l <"$list/pages") pages name what is there"
