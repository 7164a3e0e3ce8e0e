#!/bin/sh
# A shared libvxm exports what vxm.h declares, and nothing else.
#   symbols.sh LIBRARY
set -eu

if ! command -v nm >/dev/null 2>&1; then
    echo "SKIPPED: nm is not installed"
    exit 77
fi
exported=$(nm -D --defined-only "$1" | awk '{ print $NF }' | sort)
others=$(echo "$exported" | grep -v '^vxm[A-Z]' || true)
if [ -n "$others" ]; then
    echo "exported, and no function of vxm.h:"
    echo "$others"
    exit 1
fi
count=$(echo "$exported" | grep -c '^vxm[A-Z]')
declared=$(awk '/^VXM_API/ { count++ } END { print count }' \
    "$(dirname "$0")/../../include/vxm/vxm.h")
if [ "$count" -ne "$declared" ]; then
    echo "vxm.h declares $declared functions, and $count are exported"
    exit 1
fi
echo "$count functions are exported, each of vxm.h"
