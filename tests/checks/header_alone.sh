#!/bin/sh
# The public header compiles alone, without a warning.
#   header_alone.sh INCLUDE_DIR COMPILER LANGUAGE STANDARD [FLAGS...]
set -eu
include=$1 compiler=$2 language=$3 standard=$4
shift 4

if ! command -v "$compiler" >/dev/null 2>&1; then
    echo "SKIPPED: $compiler is not installed"
    exit 77
fi
for prelude in '' '#define VXM_SHARED' '#define VK_NO_PROTOTYPES'; do
    printf '%s\n#include <vxm/vxm.h>\n' "$prelude" |
        "$compiler" -x "$language" -std="$standard" -fsyntax-only -Wall -Wextra -Wpedantic \
            -Wconversion -Wshadow -Werror -I"$include" "$@" -
done
# Twice in one file is once.
printf '#include <vxm/vxm.h>\n#include <vxm/vxm.h>\n' |
    "$compiler" -x "$language" -std="$standard" -fsyntax-only -Werror -I"$include" "$@" -
echo "vxm/vxm.h is clean with $compiler -std=$standard"
