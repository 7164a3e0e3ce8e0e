#!/bin/sh
# Whether the Metal back end, and the shared code with it, compiles for Apple's target: without
# Apple's SDK, against test headers that declare what is used; with manual and with automatic
# reference counting.
#   compiles.sh ROOT CLANG VULKAN_INCLUDE GENERATED VOLK
#
# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
set -eu
root=$1
clang=$2
vulkan=$3
generated=$4
volk=$5
tests="$root/tests/metal"
include=$(mktemp -d)
trap 'rm -rf "$include"' EXIT
# These alone: what lies beside them is another system's.
for wanted in "$vulkan/vulkan" "$vulkan/vk_video" "$volk/volk.h"; do
    [ ! -e "$wanted" ] || ln -s "$wanted" "$include/"
done

count=0
# check FLAGS... FILE
check() {
    "$clang" -target arm64-apple-macos13 -fsyntax-only -nostdlibinc -std=c11 \
        -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror \
        -DVK_NO_PROTOTYPES -DVXM_BUILDING -I"$root/include" -I"$root/src" -I"$generated" \
        -isystem "$include" -isystem "$tests/apple" -isystem "$tests/apple_base" \
        -isystem "$tests/apple_libc" "$@"
    count=$((count + 1))
}

for file in "$root"/src/metal/*.m; do
    check -fno-objc-arc "$file"
    check -fobjc-arc "$file"
done
for file in "$root"/src/metal/*.c "$root"/src/*.c \
    "$root"/src/posix/listen.c "$root"/src/posix/socket.c "$root"/src/posix/system.c \
    "$root"/src/posix/transport.c; do
    check "$file"
done
echo "metal compiles: $count of $count for arm64-apple-macos13"
