#!/bin/sh
# The library compiles for Fuchsia, by its toolchain file and without a warning, for both processors:
# against the SDK where FUCHSIA_SDK says that there is one, otherwise against headers that declare
# what is used (include/ under the SDK's names, libc/ for the C library).
#   compiles.sh ROOT BUILD-FOLDER
set -eu
root=$1
build=$2

for tool in clang cmake; do
    command -v $tool >/dev/null || { echo "$tool is not here"; exit 77; }
done

for cpu in x86_64 aarch64; do
    rm -rf "$build/$cpu"
    mkdir -p "$build/$cpu/sysroot"
    set -- -S "$root" -B "$build/$cpu/build" -DCMAKE_BUILD_TYPE=Release \
        --toolchain "$root/cmake/toolchains/fuchsia.cmake" -DVXM_FUCHSIA_CPU=$cpu \
        -DVXM_WERROR=ON -DVXM_BUILD_TESTS=OFF -DVXM_BUILD_EXAMPLES=OFF \
        -DVXM_BUILD_TOOLS=OFF
    if [ -z "${FUCHSIA_SDK:-}" ]; then
        mkdir -p "$build/$cpu/sysroot/include"
        cp -r "$root/tests/fuchsia/include/." "$root/tests/fuchsia/libc/." \
            "$build/$cpu/sysroot/include/"
        set -- "$@" -DFUCHSIA_SYSROOT="$build/$cpu/sysroot"
    fi
    cmake "$@" >"$build/$cpu/configure.log" 2>&1 || { cat "$build/$cpu/configure.log"; exit 1; }
    cmake --build "$build/$cpu/build" >"$build/$cpu/build.log" 2>&1 ||
        { cat "$build/$cpu/build.log"; exit 1; }
    archive=$build/$cpu/build/libvxm.a
    # Not this machine's objects under another name: the processor, and the calls of Fuchsia's.
    member=$(ar t "$archive" | grep '^os\.c\.o')
    ar p "$archive" "$member" >"$build/$cpu/os.o"
    machine=$(od -An -j18 -N2 -tu2 "$build/$cpu/os.o")
    [ $cpu = x86_64 ] && wanted=62 || wanted=183
    [ $((machine)) -eq $wanted ] || { echo "$archive is not for $cpu ($machine)"; exit 1; }
    grep -q zx_handle_duplicate "$build/$cpu/os.o" || { echo "$archive calls no Zircon"; exit 1; }
    echo "compiles for $cpu-unknown-fuchsia: libvxm.a of $(ar t "$archive" | wc -l) objects"
done
