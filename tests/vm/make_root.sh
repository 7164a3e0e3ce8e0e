#!/usr/bin/env bash
# Makes the virtual machine's root folder: Debian 13 with packages.txt, and its kernel.
#   tests/vm/make_root.sh <folder that does not exist>
# Root and the network are needed. What fails leaves no folder of that name.
#
#   VXM_VM_MIRROR   where Debian's packages come from; mmdebstrap's own choice otherwise
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$1
half="$root.half"

# In a mount namespace of its own: whatever mmdebstrap mounts goes when this process does.
if [ -z "${VXM_VM_UNSHARED:-}" ]; then
    VXM_VM_UNSHARED=1 exec unshare --mount "$here/make_root.sh" "$@"
fi

log=$root.log
cleanup() {
    local status=$?
    rm -rf --one-file-system "$half"
    if [ "$status" -ne 0 ]; then
        echo "vm: Debian 13's root folder could not be made ($log):" >&2
        tail -20 "$log" >&2 || true
    fi
}
trap cleanup EXIT
rm -rf --one-file-system "$half"

# The kernel is unpacked, not installed: it boots from virtiofs without an initramfs, and of its
# hundred megabytes of modules only these are for a machine that has no hardware.
#   vgem, virtio-gpu: DRM devices, whose buffers are dma-bufs; the second has displays too
#   vivid: a V4L2 device
kernel_hook=$(cat <<'HOOK'
set -eu
cd "$1"
image=$(APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-cache depends --important linux-image-amd64 |
    sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p')
mkdir kernel
(cd kernel && APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get download -o APT::Sandbox::User=root "$image")
dpkg-deb --fsys-tarfile kernel/*.deb | tar -x --wildcards --exclude='*/dvb-*' --exclude='*/usb/*' \
    './boot/vmlinuz-*' './usr/lib/modules/*/modules.*' \
    './usr/lib/modules/*/kernel/drivers/gpu/drm/*.ko.xz' \
    './usr/lib/modules/*/kernel/drivers/gpu/drm/vgem' \
    './usr/lib/modules/*/kernel/drivers/gpu/drm/virtio' \
    './usr/lib/modules/*/kernel/drivers/virtio' \
    './usr/lib/modules/*/kernel/drivers/media/common' \
    './usr/lib/modules/*/kernel/drivers/media/v4l2-core' \
    './usr/lib/modules/*/kernel/drivers/media/mc' \
    './usr/lib/modules/*/kernel/drivers/media/cec' \
    './usr/lib/modules/*/kernel/drivers/media/rc/rc-core.ko.xz' \
    './usr/lib/modules/*/kernel/drivers/media/test-drivers/vivid' \
    './usr/lib/modules/*/kernel/drivers/video' \
    './usr/lib/modules/*/kernel/drivers/i2c'
rm -r kernel
mv boot/vmlinuz-* boot/vmlinuz
chroot . depmod "${image#linux-image-}"
HOOK
)

# Parts of packages, without what the rest of them depends on: of GStreamer's plugins appsink and
# v4l2src; PipeWire's daemon and WirePlumber, which do without systemd, D-Bus and sound.
parts_hook=$(cat <<'HOOK'
set -eu
cd "$1"
mkdir parts
(cd parts && APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get download -o APT::Sandbox::User=root \
    gstreamer1.0-plugins-base gstreamer1.0-plugins-good \
    pipewire-bin libpipewire-0.3-modules wireplumber)
part() { # <package> <files>...
    package=$1
    shift
    dpkg-deb --fsys-tarfile parts/"$package"_*.deb | tar -x --wildcards "$@"
}
part gstreamer1.0-plugins-base './usr/lib/*/gstreamer-1.0/libgstapp.so'
part gstreamer1.0-plugins-good './usr/lib/*/gstreamer-1.0/libgstvideo4linux2.so'
part pipewire-bin ./usr/bin/pipewire './usr/share/pipewire/*.conf'
part libpipewire-0.3-modules './usr/lib/*/pipewire-0.3/*.so'
part wireplumber ./usr/bin/wireplumber ./usr/share/wireplumber
rm -r parts
HOOK
)

packages=$(sed -e 's/#.*//' "$here/packages.txt" | xargs | tr ' ' ',')
options=()
for folder in doc info locale man; do
    options+=(--dpkgopt="path-exclude=/usr/share/$folder/*")
done
mkdir -p "$(dirname "$root")"
mmdebstrap --mode=root --variant=minbase --components=main --include="$packages" \
    --dpkgopt=force-unsafe-io "${options[@]}" \
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
    --aptopt='Acquire::Retries "3"' \
    --customize-hook="$kernel_hook" --customize-hook="$parts_hook" \
    trixie "$half" ${VXM_VM_MIRROR:+"$VXM_VM_MIRROR"} >"$log" 2>&1
mv "$half" "$root"
