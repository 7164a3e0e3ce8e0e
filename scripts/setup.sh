#!/usr/bin/env bash
# Installs what a build of vxm needs and this machine lacks, on Debian and Ubuntu.
#   scripts/setup.sh demo|test|bench|desktop
# Elsewhere, or without root and sudo, it names the packages and goes on: what is missing then shows
# when CMake looks for it.
set -euo pipefail

# to build the library and the examples, and a driver to run them on
packages=(gcc libc6-dev make cmake libvulkan-dev libvulkan-volk-dev libpng-dev mesa-vulkan-drivers)
# these only where the distribution has them; a check that needs one says when it can't run
optional=()
case ${1:-} in
demo) ;;
bench) optional+=(gnuplot-nox) ;;
desktop)
    packages+=(g++ pkg-config libcriterion-dev vulkan-validationlayers)
    # EGL, OpenGL ES, OpenGL; format codes, KMS and GBM
    packages+=(libgl-dev libgles-dev libopengl-dev libegl-dev libdrm-dev libgbm-dev)
    # examples: an allocator, GStreamer, PipeWire
    optional+=(libvulkan-memory-allocator-dev)
    optional+=(libgstreamer-plugins-base1.0-dev gstreamer1.0-plugins-good)
    optional+=(libpipewire-0.3-dev)
    ;;
test)
    packages+=(g++ clang binutils pkg-config libcriterion-dev vulkan-validationlayers)
    # OpenCL: headers, and the loader that the example opens
    packages+=(opencl-headers ocl-icd-libopencl1)
    # OpenGL, OpenGL ES: headers, and Mesa's software renderer over EGL
    packages+=(libgl-dev libgles-dev libopengl-dev libegl-dev libegl-mesa0 libgl1-mesa-dri)
    # PipeWire: headers of examples that only the virtual machine runs
    packages+=(libpipewire-0.3-dev)
    # Windows: compilers for both processors, and Wine to run what the first one makes
    packages+=(gcc-mingw-w64-x86-64 gcc-mingw-w64-i686 wine wine64 xvfb xauth)
    # Metal's reference counting, by another Objective-C runtime
    packages+=(gobjc libgnustep-base-dev)
    # the API reference
    packages+=(doxygen)
    # DRM: format codes, KMS; GBM
    packages+=(libdrm-dev libgbm-dev)
    # DLPack's header, and the Python package's tests
    packages+=(libdlpack-dev python3 python3-numpy)
    # vxm-info: its JSON against the schema by another checker, and its man page
    packages+=(python3-jsonschema groff-base)
    # the virtual machine's root folder, in which everything else of it is (tests/vm)
    packages+=(mmdebstrap debian-archive-keyring)
    optional+=(clang-format-14)
    ;;
*)
    echo "usage: $0 demo|test|bench|desktop" >&2
    exit 2
    ;;
esac

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo "This is not Debian or Ubuntu. By their names there, these packages are needed:"
    echo "    ${packages[*]} ${optional[*]}"
    echo "Going on in the hope that they are installed."
    exit 0
fi

missing() {
    local package
    for package in "$@"; do
        case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
        installed) ;;
        *) printf '%s ' "$package" ;;
        esac
    done
}

read -r -a needed <<<"$(missing "${packages[@]}")"
read -r -a wanted <<<"$(missing "${optional[@]}")"
if [ $((${#needed[@]} + ${#wanted[@]})) -eq 0 ]; then
    exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "These packages are missing, and there is neither root nor sudo to install them:"
        echo "    ${needed[*]} ${wanted[*]}"
        echo "Going on without."
        exit 0
    fi
    as_root=(sudo)
fi
# On a machine that has just started its own updates may be running: their end is waited for.
apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 \
        "$@" >/dev/null
}
# A mirror may fail once, or change between its index and its packages.
install() {
    local attempt
    for attempt in 1 2 3; do
        if [ $attempt -gt 1 ]; then
            echo "Installing $* failed; again, attempt $attempt of 3" >&2
            sleep 10
            apt update || true
        fi
        if apt install -y --no-install-recommends "$@"; then
            return
        fi
    done
    return 1
}

if [ ${#needed[@]} -gt 0 ]; then
    echo "Installing ${needed[*]}"
    apt update || echo "apt-get update failed; trying with the index that is there"
    install "${needed[@]}"
fi
for package in "${wanted[@]}"; do
    # Without a fresh index it may look as if there were no such package: nothing is lost by it.
    if apt-cache show "$package" >/dev/null 2>&1; then
        echo "Installing $package"
        install "$package"
    else
        echo "This distribution has no $package; a check that needs it will say so."
    fi
done
