#!/bin/sh
# Installs vxm, builds consumer programs from what was installed, and runs them.
#   run.sh MODE          (CMakeLists.txt has the modes, and sets the variables used here)
set -eu
mode=$1
here=$VXM_SOURCE_DIR/tests/consumers
work=$VXM_WORK_DIR/$mode
warnings='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror'

# build SOURCE_DIR BUILD_DIR [CACHE ENTRIES...]
build() {
    source=$1 binary=$2
    shift 2
    "$CMAKE" -S "$source" -B "$binary" -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER="$CC" "$@"
    "$CMAKE" --build "$binary" -j 2
}

# names FILE OPTIONS: the symbols that the file defines for others, in order
names() {
    file=$1
    shift
    "$NM" -g --defined-only "$@" "$file" | awk 'NF == 3 { print $3 }' | sort -u
}

# The functions that the header declares, in order.
declared() {
    sed -n 's/^VXM_API .*[ *]\(vxm[A-Z][A-Za-z0-9]*\)(.*/\1/p' "$VXM_SOURCE_DIR/include/vxm/vxm.h" |
        sort
}

# same WHAT FILE_A FILE_B
same() {
    diff -u "$2" "$3" || {
        echo "$1"
        exit 1
    }
}

rm -rf "$work"
mkdir -p "$work"

case $mode in
install)
    rm -rf "$VXM_PREFIX"
    "$CMAKE" --install "$VXM_BUILD_DIR" --prefix "$VXM_PREFIX"
    if grep -q '^VXM_BUILD_TOOLS:BOOL=ON' "$VXM_BUILD_DIR/CMakeCache.txt"; then
        "$VXM_PREFIX/bin/vxm-info" --version
        ls "$VXM_PREFIX/share/man/man1/vxm-info.1" "$VXM_PREFIX/share/doc/vxm/vxm-info.schema.json"
    fi
    ;;

symbols)
    archive=$VXM_PREFIX/$VXM_LIBDIR/libvxm.a
    names "$archive" >"$work/all"
    grep -v '^vxm' "$work/all" >"$work/foreign" || true
    if [ -s "$work/foreign" ]; then
        echo "libvxm.a defines global symbols that are not vxm's:"
        cat "$work/foreign"
        exit 1
    fi
    # vxm__ is the library's inside; the rest is the API, no more and no less than the header.
    grep -v '^vxm__' "$work/all" >"$work/public"
    declared >"$work/declared"
    same "libvxm.a (+) and vxm.h (-) differ in their functions" "$work/declared" "$work/public"
    echo "libvxm.a defines $(wc -l <"$work/all") symbols, vxm's all;" \
        "$(wc -l <"$work/public") are the API that vxm.h declares"
    ;;

find_package)
    build "$here/find_package" "$work" -DCMAKE_PREFIX_PATH="$VXM_PREFIX"
    for program in plain plain_cxx links_loader own_volk; do
        "$work/$program"
    done
    ;;

headers_on_path)
    # As on a system whose Vulkan headers come without a CMake package.
    build "$here/find_package" "$work" -DCMAKE_PREFIX_PATH="$VXM_PREFIX" \
        -DCMAKE_DISABLE_FIND_PACKAGE_VulkanHeaders=ON
    "$work/plain"
    ;;

moved)
    # The installed tree doesn't know where it was installed.
    cp -R "$VXM_PREFIX" "$work/elsewhere"
    build "$here/find_package" "$work/build" -DCMAKE_PREFIX_PATH="$work/elsewhere"
    "$work/build/plain"
    if grep -r "$VXM_PREFIX" "$work/elsewhere"; then
        echo "the installed files name the folder that they were installed to"
        exit 1
    fi
    ;;

pkg_config)
    if [ ! -x "$PKG_CONFIG" ]; then
        echo "SKIPPED: pkg-config is not installed"
        exit 77
    fi
    export PKG_CONFIG_PATH="$VXM_PREFIX/$VXM_LIBDIR/pkgconfig"
    flags=$("$PKG_CONFIG" --cflags --libs vxm)
    echo "vxm $("$PKG_CONFIG" --modversion vxm): $flags"
    # shellcheck disable=SC2086
    "$CC" -std=c11 $warnings "$here/plain.c" -o "$work/plain" $flags
    "$work/plain"
    # shellcheck disable=SC2086
    "$CC" -std=c11 $warnings "$here/links_loader.c" -o "$work/links_loader" $flags -lvulkan
    "$work/links_loader"
    ;;

subdirectory)
    build "$here/subdirectory" "$work" -DVXM_SOURCE_DIR="$VXM_SOURCE_DIR"
    "$work/plain"
    ;;

parent_targets)
    build "$here/subdirectory" "$work" -DVXM_SOURCE_DIR="$VXM_SOURCE_DIR" -DPARENT_TARGETS=ON
    "$work/plain"
    ;;

shared)
    build "$VXM_SOURCE_DIR" "$work/build" -DBUILD_SHARED_LIBS=ON -DVXM_BUILD_TESTS=OFF \
        -DVXM_BUILD_EXAMPLES=OFF -DCMAKE_DISABLE_FIND_PACKAGE_VulkanHeaders=ON
    "$CMAKE" --install "$work/build" --prefix "$work/prefix"
    library=$work/prefix/$VXM_LIBDIR/libvxm.so
    names "$library" -D >"$work/exported"
    declared >"$work/declared"
    same "libvxm.so exports (+) other functions than vxm.h declares (-)" \
        "$work/declared" "$work/exported"
    "$work/prefix/bin/vxm-info" --version
    "$CMAKE" -E cat "$work/prefix/$VXM_LIBDIR/pkgconfig/vxm.pc"
    build "$here/find_package" "$work/consumers" -DCMAKE_PREFIX_PATH="$work/prefix"
    for program in plain plain_cxx links_loader own_volk; do
        "$work/consumers/$program"
    done
    ;;

examples)
    build "$VXM_SOURCE_DIR/examples" "$work" -DCMAKE_PREFIX_PATH="$VXM_PREFIX"
    for program in share_buffer export_image import_foreign own_allocator; do
        echo "== $program"
        "$work/$program"
    done
    echo "== two_process"
    "$work/two_process" --png "$work/two_process.png"
    # The picture is one: PNG's signature, and more than a black image of that size has.
    [ "$(head -c 4 "$work/two_process.png" | tail -c 3)" = PNG ]
    [ "$(wc -c <"$work/two_process.png")" -gt 20000 ]
    ;;

clang)
    if ! command -v clang >/dev/null 2>&1; then
        echo "SKIPPED: clang is not installed"
        exit 77
    fi
    CC=clang
    build "$VXM_SOURCE_DIR" "$work" -DVXM_WERROR=ON -DVXM_BUILD_TESTS=OFF
    ;;

*)
    echo "run.sh: unknown mode $mode"
    exit 2
    ;;
esac
