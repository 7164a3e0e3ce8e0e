#!/bin/sh
# vxm/d3d.h alone, for Windows: in C and in C++, both parts and each without the other.
#   header.sh ROOT VULKAN-HEADERS WORK-FOLDER
set -eu
root=$1 vulkan=$2 work=$3
mingw=/usr/share/mingw-w64/include

[ -d $mingw ] || { echo "SKIPPED header-d3d: mingw-w64's headers are not here"; exit 77; }

# A folder that holds nothing but Vulkan's headers: those of Linux are no use to mingw-w64.
rm -rf "$work"
mkdir -p "$work/include"
cp -r "$vulkan/vulkan" "$work/include/"
if [ -d "$vulkan/vk_video" ]; then
    cp -r "$vulkan/vk_video" "$work/include/"
fi

compilers=0
# check PRELUDES COMPILER...: PRELUDES are the names of macros to be defined, or "none"
check() {
    preludes=$1
    shift
    command -v "$1" >/dev/null || return 0
    compilers=$((compilers + 1))
    for macro in $preludes; do
        printf '#define %s 1\n#include <vxm/d3d.h>\n#include <vxm/d3d.h>\n' "$macro" |
            "$@" -fsyntax-only -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
                -I"$root/include" -isystem "$work/include" -
    done
}
check 'none VXM_D3D11 VXM_D3D12' x86_64-w64-mingw32-gcc -x c -std=c11
check none i686-w64-mingw32-gcc -x c -std=c11
check none clang --target=x86_64-w64-mingw32 -isystem $mingw -x c -std=c11 -Wgnu -Wvla
check 'none VXM_D3D11 VXM_D3D12 CINTERFACE' \
    clang++ --target=x86_64-w64-mingw32 -isystem $mingw -x c++ -std=c++17 -Wgnu -Wvla
[ $compilers -gt 0 ] || { echo "SKIPPED header-d3d: no compiler for Windows is here"; exit 77; }
echo "vxm/d3d.h is clean with $compilers compilers"
