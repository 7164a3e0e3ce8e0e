#!/usr/bin/env bash
# Runs vxm's suites on real dma-bufs: in a virtual machine with Debian 13's kernel and its lavapipe.
#   tests/vm/run.sh                     the tests that CTest has under the label "vm"
#   tests/vm/run.sh command...          that command instead, in the build folder
#   tests/vm/run.sh --chroot command... natively, without a machine, in the same place
# The first time makes the root folder; vxm is built in it natively, and only running is emulated.
# Needs root, qemu-system-x86 with its virtiofsd, and mmdebstrap (scripts/setup.sh test).
#
#   VXM_VM_CACHE    where the root folder is kept; build/vm otherwise
#   VXM_VM_NAME     the name of this checkout's sources and build in it; vxm otherwise
#   VXM_VM_TARGETS  what to build; all otherwise, nothing with "-"
#   VXM_VM_OPTIONS  more options for CMake
#   VXM_VM_TIMEOUT  seconds the machine may run; 900 otherwise
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source=$(cd "$here/../.." && pwd)

die() {
    echo "vm: $*" >&2
    exit 1
}

[ "$(id -u)" -eq 0 ] || die "root is needed, for chroot and virtiofsd."
for tool in mmdebstrap unshare; do
    command -v "$tool" >/dev/null || die "$tool is missing: scripts/setup.sh test installs it."
done

# Named by what makes it: another list of packages makes another folder.
cache=${VXM_VM_CACHE:-$source/build/vm}
key=$(cat "$here"/{packages.txt,make_root.sh} | sha256sum | cut -c 1-12)
root=$cache/root-$key
mkdir -p "$cache"
if [ ! -d "$root" ]; then
    echo "vm: making Debian 13's root folder, $root"
    (
        flock 9
        [ -d "$root" ] || "$here/make_root.sh" "$root"
    ) 9>"$cache/lock"
fi

name=${VXM_VM_NAME:-vxm}
work=/work/$name
job=/vm/job.$$
cleanup() {
    # shellcheck disable=SC2046
    kill $(jobs -p) 2>/dev/null || true
    rm -rf "${root:?}$job"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
mkdir -p "$root$job" "$root$work"

# In the root folder, with mounts that die with the process.
in_root() {
    unshare --mount bash -c '
        mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" &&
        exec chroot "$0" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"' \
        "$root" "$@"
}

# The sources: what git knows or would add. A new folder each time, so that nothing deleted stays;
# their times are kept, so that only what changed is built.
exec 9>"$root$work/lock"
flock 9
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
    in_root bash -c '
        cd "$0" && cmake -S source -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DVXM_BUILD_TESTS=ON \
            --log-level=WARNING $1 >/dev/null && nice ninja --quiet -C build $2' \
        "$work" "${VXM_VM_OPTIONS:-}" "${VXM_VM_TARGETS:-}" || die "the build failed."
fi
exec 9>&-

if [ "${1:-}" = --chroot ]; then
    shift
    # shellcheck disable=SC2016
    in_root bash -c 'cd "$0/build" && exec "$@"' "$work" "$@"
    exit
fi

[ $# -gt 0 ] || set -- ctest -L '^vm$' --output-on-failure --no-tests=error
{
    printf 'mkdir -p %q && cd %q || exit 1\n' "$work/build" "$work/build"
    printf '%q ' "$@"
    echo
} >"$root$job/command"
cp "$here/init" "$root$job/init"

in_root /usr/libexec/virtiofsd --socket-path="$job/fs.sock" --shared-dir / --sandbox none \
    >"$root$job/virtiofsd.log" 2>&1 &
for _ in {1..100}; do
    [ ! -S "$root$job/fs.sock" ] || break
    sleep 0.05
done

limit=${VXM_VM_TIMEOUT:-900}
stopped=0
in_root timeout --foreground "$limit" qemu-system-x86_64 \
    -machine q35 -accel tcg,thread=multi -cpu max -smp 2 -m 4G \
    -object memory-backend-memfd,id=memory,size=4G,share=on -numa node,memdev=memory \
    -nodefaults -no-user-config -display none -no-reboot \
    -kernel /boot/vmlinuz \
    -append "rootfstype=virtiofs root=root rw init=$job/init vxm_job=$job
        console=ttyS0 quiet panic=-1 oops=panic iomem=relaxed" \
    -chardev socket,id=fs,path="$job/fs.sock" -device vhost-user-fs-pci,chardev=fs,tag=root \
    -serial "file:$job/kernel.log" \
    -chardev stdio,id=out,signal=off -device virtio-serial-pci -device virtconsole,chardev=out \
    -device virtio-rng-pci -device virtio-gpu-pci -device cirrus-vga,romfile= \
    </dev/null || stopped=$?

if [ -f "$root$job/status" ]; then
    exit "$(cat "$root$job/status")"
fi
cat "$root$job/virtiofsd.log" >&2
tail -n 40 "$root$job/kernel.log" >&2
case $stopped in
0) die "the machine stopped before the command had ended; above, its kernel's last words." ;;
124) die "the machine did not end within $limit s (VXM_VM_TIMEOUT); above, its kernel's last words." ;;
*) die "QEMU ended with status $stopped; above, the machine's kernel's last words." ;;
esac
