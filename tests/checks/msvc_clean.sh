#!/bin/sh
# The library's sources are what MSVC takes, standard C11: the shared code by clang's imitation of
# MSVC, with the few C headers that the tests have for compilers without any; what includes Windows'
# own headers by clang for mingw-w64, whose headers can't be read in MSVC's mode.
#   msvc_clean.sh ROOT GENERATED VULKAN-HEADERS VOLK WORK-FOLDER
set -eu
root=$1 generated=$2 vulkan=$3 volk=$4 work=$5
mingw=/usr/share/mingw-w64/include

command -v clang >/dev/null || { echo "clang is not here"; exit 77; }
[ -d $mingw ] || { echo "mingw-w64's headers are not here"; exit 77; }

rm -rf "$work"
mkdir -p "$work/include"
cp -r "$vulkan/vulkan" "$work/include/"
cp "$volk/volk.h" "$work/include/"
if [ -d "$vulkan/vk_video" ]; then
    cp -r "$vulkan/vk_video" "$work/include/"
fi

compile() {
    clang -std=c11 -fsyntax-only -Wall -Wextra -Wpedantic -Wgnu -Wvla -Wshadow -Werror \
        -DVXM_BUILDING -DVK_NO_PROTOTYPES -I"$root/include" -I"$root/src" -I"$generated" \
        -isystem "$work/include" "$@"
}
for file in "$root"/src/*.c; do
    compile --target=x86_64-pc-windows-msvc -fms-compatibility -fms-extensions \
        -fms-compatibility-version=19.38 -Wno-format -isystem "$root/tests/fuchsia/libc" "$file"
done
for file in "$root"/src/*.c "$root"/src/win32/*.c; do
    compile --target=x86_64-w64-mingw32 -isystem $mingw -D__USE_MINGW_ANSI_STDIO=1 \
        "$file"
done
echo "$(ls "$root"/src/*.c "$root"/src/win32/*.c | wc -l) files are clean"
