#!/bin/sh
# Every public function has a documentation comment right before it.
#   documented.sh ROOT
set -eu
root=$1

for header in "$root"/include/vxm/*.h; do
    awk -v name="include/vxm/$(basename "$header")" '
        /^(VXM_API|static inline) / && !/vxm__/ {
            count++
            if (previous !~ /\*\/[ \t]*$/) { print name ":" NR ": not documented: " $0; bad = 1 }
        }
        { previous = $0 }
        END { if (!bad) print name ": " count " functions, each documented"; exit bad }
    ' "$header"
done
