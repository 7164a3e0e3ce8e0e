#!/usr/bin/env bash
# Runs vxm's suites on real dma-bufs: in a virtual machine with Debian 13's kernel and its lavapipe.
#   tests/vm/run.sh                     the tests that CTest has under the label "vm"
#   tests/vm/run.sh ctest [option...]   those of them that the options leave, if any
#   tests/vm/run.sh command...          that command instead, in the build folder
#   tests/vm/run.sh --chroot command... natively, without a machine, in the same place
#   tests/vm/run.sh --can               says why not and exits with 77, where it can't run at all
# The first time makes the root folder (make_root.sh). vxm is built in it natively; only running is
# emulated. README.md has the rest.
#
#   VXM_VM_CACHE    where the root folder is kept; build/vm otherwise
#   VXM_VM_NAME     the name in it of this checkout's sources and build; vxm otherwise
#   VXM_VM_TARGETS  what to build: all with "all", nothing with "-"; otherwise what the tests run
#   VXM_VM_TIMEOUT  seconds that the machine may run; 2700 otherwise
#   VXM_WERROR      ON makes compiler warnings errors
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source=$(cd "$here/../.." && pwd)

die() {
    echo "vm: $*" >&2
    exit 1
}
cannot() {
    echo "$*"
    exit 77
}

# Where these are missing nothing can install them: scripts/setup.sh has tried.
[ "$(uname -sm)" = "Linux x86_64" ] || cannot "the machine is for Linux on x86-64, this is $(uname -sm)"
[ "$(id -u)" -eq 0 ] || cannot "chroot and virtiofsd need root"
for tool in mmdebstrap unshare flock; do
    command -v "$tool" >/dev/null || cannot "$tool is not installed"
done
# A container has neither as a rule; Docker's has them with --privileged.
unshare --mount mount -t proc proc /proc 2>/dev/null ||
    cannot "the rights to a mount namespace and to mounts in it are missing"
[ "${1:-}" != --can ] || exit 0

# Named by what makes it: another list of packages makes another folder.
cache=${VXM_VM_CACHE:-$source/build/vm}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
root=$cache/root-$(cat "$here"/{packages.txt,make_root.sh} | sha256sum | cut -c 1-12)
if [ ! -d "$root" ]; then
    echo "vm: making Debian 13's root folder, $root"
    (
        flock 9
        # A mirror may fail once; make_root.sh says so aloud.
        for attempt in 1 2 3; do
            [ ! -d "$root" ] || break
            [ $attempt -eq 1 ] || { echo "vm: again, attempt $attempt of 3" >&2; sleep 10; }
            "$here/make_root.sh" "$root" || [ $attempt -lt 3 ]
        done
    ) 9>"$cache/lock"
fi

work=/checkouts/${VXM_VM_NAME:-vxm}
mkdir -p "$root/vm"
job=$(mktemp -d "$root/vm/job.XXXXXX")
job=${job#"$root"}
running=()
cleanup() {
    kill "${running[@]}" 2>/dev/null || true
    wait
    rm -rf "${root:?}$job"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir -p "$root$work"

# In the root folder, with mounts that die with the process.
in_root() {
    # shellcheck disable=SC2016
    exec unshare --mount bash -c '
        mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" &&
        exec chroot "$0" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"' \
        "$root" "$@"
}

# One build at a time under one name.
exec 9>"$root$work/lock"
flock 9

# The sources: what git knows or would add. A new folder each time, so that nothing deleted stays;
# their times are kept, so that only what changed is built.
fresh=$root$work/source.new
rm -rf "$fresh"
mkdir "$fresh"
(
    cd "$source"
    git -c safe.directory="$source" ls-files -z --cached --others --exclude-standard --deduplicate |
        while IFS= read -r -d '' file; do
            [ ! -e "$file" ] || printf '%s\0' "$file"
        done | tar -c --null -T - | tar -x -C "$fresh"
)
rm -rf "$root$work/source"
mv "$fresh" "$root$work/source"

if [ "${VXM_VM_TARGETS:-}" != - ]; then
    # shellcheck disable=SC2016
    (in_root bash -euc '
        cd "$0"
        cmake -S source -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DVXM_BUILD_TESTS=ON \
            -DVXM_TEST_STANDIN=ON \
            -DVXM_WERROR="$2" --log-level=ERROR >/dev/null
        targets=${1:-$(source/tests/vm/programs.sh "$0/build")}
        nice ninja --quiet -C build $targets' \
        "$work" "${VXM_VM_TARGETS:-}" "${VXM_WERROR:-OFF}") || die "the build failed."
fi
exec 9>&-

if [ "${1:-}" = --chroot ]; then
    shift
    # shellcheck disable=SC2016
    (in_root bash -c 'cd "$0/build" && exec "$@"' "$work" "$@") && exit 0 || exit
fi

[ $# -gt 0 ] || set -- ctest
logs=()
if [ "$1" = ctest ]; then
    shift
    logs=(LastTest.log LastTestsFailed.log)
    for log in "${logs[@]}"; do
        rm -f "$cache/$log" "$root$work/build/Testing/Temporary/$log"
    done
    set -- ctest -L '^vm$' -j 2 --output-on-failure "$@"
    # shellcheck disable=SC2016
    list=$(in_root bash -c 'cd "$0" && "$@" -N' "$work/build" "$@") || die "ctest can't name the tests."
    if [[ $list != *"Total Tests: "[1-9]* ]]; then
        echo "vm: no test of it is meant"
        exit 0
    fi
fi
{
    printf 'cd %q || exit 1\n' "$work/build"
    echo 'export VXM_TEST_FUZZ=short' # all of the fuzzers' rounds run natively
    printf '%q ' "$@"
    echo
} >"$root$job/command"
cp "$here/init" "$root$job/init"

# While the machine runs nobody else changes what it reads: it keeps what it has read. Otherwise
# each process reads its libraries anew, and lavapipe's are 200 MB.
(in_root /usr/libexec/virtiofsd --socket-path="$job/fs.sock" --shared-dir / --sandbox none \
    --cache always) \
    >"$root$job/virtiofsd.log" 2>&1 &
running+=($!)
until [ -S "$root$job/fs.sock" ]; do
    if ! kill -0 "${running[0]}" 2>/dev/null; then
        cat "$root$job/virtiofsd.log" >&2
        die "virtiofsd has ended; above, what it said."
    fi
    sleep 0.05
done

# The processor is without fast string instructions, which are slow to emulate: memory is cleared
# and copied by others then. The kernel must clear pages as it allocates them (init_on_alloc, its
# default): virtiofsd writes into pages without QEMU's emulation seeing it, which then runs what it
# translated from the page's former content; the clearing is what it sees.
# Cirrus' driver is a KMS driver that imports dma-bufs of others; virtio-gpu's exports its own.
limit=${VXM_VM_TIMEOUT:-2700}
ended=0
(in_root timeout --foreground "$limit" qemu-system-x86_64 \
    -machine q35 -accel tcg,thread=multi -cpu max,-erms,-fsrm -smp 2 -m 4G \
    -object memory-backend-memfd,id=memory,size=4G,share=on -numa node,memdev=memory \
    -nodefaults -no-user-config -display none -no-reboot \
    -kernel /boot/vmlinuz \
    -append "rootfstype=virtiofs root=root rw init=$job/init vxm_job=$job
        console=ttyS0 quiet panic=-1 oops=panic init_on_alloc=1 mitigations=off
        iomem=relaxed drm_kms_helper.fbdev_emulation=0" \
    -chardev socket,id=fs,path="$job/fs.sock" -device vhost-user-fs-pci,chardev=fs,tag=root \
    -serial "file:$job/kernel.log" \
    -chardev stdio,id=out,signal=off -device virtio-serial-pci -device virtconsole,chardev=out \
    -device virtio-rng-pci -device virtio-gpu-pci -device cirrus-vga,romfile= \
    </dev/null) &
running+=($!)
wait $! || ended=$?

for log in "${logs[@]}"; do
    cp "$root$work/build/Testing/Temporary/$log" "$cache/$log" 2>/dev/null || true
done
if [ -s "$root$job/status" ]; then
    exit "$(cat "$root$job/status")"
fi
{
    echo
    cat "$root$job/virtiofsd.log"
    tail -n 40 "$root$job/kernel.log"
} >&2
case $ended in
0) die "the machine stopped before the command had ended; above, its kernel's last words." ;;
124) die "the machine did not end within $limit s (VXM_VM_TIMEOUT); above, its kernel's last words." ;;
*) die "QEMU ended with status $ended; above, the machine's kernel's last words." ;;
esac
