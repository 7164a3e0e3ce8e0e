#!/bin/sh
# A public header compiles alone, without a warning.
#   header_alone.sh INCLUDE_DIR HEADER COMPILER LANGUAGE STANDARD [FLAGS...]
set -eu
include=$1 header=$2 compiler=$3 language=$4 standard=$5
shift 5

if ! command -v "$compiler" >/dev/null 2>&1; then
    echo "SKIPPED: $compiler is not installed"
    exit 77
fi
for prelude in '' '#define VXM_SHARED' '#define VK_NO_PROTOTYPES'; do
    printf '%s\n#include <%s>\n' "$prelude" "$header" |
        "$compiler" -x "$language" -std="$standard" -fsyntax-only -Wall -Wextra -Wpedantic \
            -Wconversion -Wshadow -Werror -I"$include" "$@" -
done
# Twice in one file is once.
printf '#include <%s>\n#include <%s>\n' "$header" "$header" |
    "$compiler" -x "$language" -std="$standard" -fsyntax-only -Werror -I"$include" "$@" -
echo "$header is clean with $compiler -std=$standard"
