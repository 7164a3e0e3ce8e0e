#!/usr/bin/env bash
# Runs on this computer's own GPU, driver and kernel the suites that scripts/test.sh runs on lavapipe
# in a virtual machine, and writes one text file for others to read: docs/support.md, "On a desktop".
#   scripts/desktop.sh [option of ctest...]
# Installs nothing (that is scripts/setup.sh desktop) and needs no root. A test that this computer can't
# run says why, by its name.
#
#   VXM_TEST_DRIVER  "any", the loader's first, otherwise
#   VK_DRIVER_FILES  the manifest of the driver to test, where there are several
#   VXM_REPORT       the file; build/desktop.txt otherwise
#   VXM_CAMERA       ON lets the two examples of cameras take some frames of /dev/video0, which they
#                    compare, and write into build/desktop; otherwise no camera is opened
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export VXM_TEST_DRIVER=${VXM_TEST_DRIVER:-any}
report=${VXM_REPORT:-build/desktop.txt}
build=$PWD/build/desktop
log=$build/Testing/Temporary/LastTest.log

cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Release -DVXM_BUILD_TESTS=ON --log-level=WARNING >/dev/null
targets=(vxm-info)
while read -r program; do
    targets+=("$(basename "$program")")
done < <(tests/vm/programs.sh "$build")
cmake --build "$build" -j "$(nproc)" --target "${targets[@]}" | { grep -v '^\[' || true; }

status=0
said=$build/desktop-ctest.txt
without=(-E '^example-(v4l2-capture|gstreamer-sink)$')
[ "${VXM_CAMERA:-OFF}" != ON ] || without=()
rm -f "$log"
ctest --test-dir "$build" -L '^vm$' --output-on-failure --no-tests=error "${without[@]}" "$@" |
    tee "$said" || status=$?

# Programs that did not run as a whole: the last line of what each said.
skipped_programs() {
    sed -n 's/^.* - \(.*\) (Skipped).*/\1/p' "$said" | while read -r name; do
        awk -v name="$name" '
            /^[0-9]+\/[0-9]+ Testing: / { inside = $3 == name }
            /^<end of output>/ { inside = 0 }
            inside && NF > 0 { last = $0 }
            inside && /^SKIPPED / { told = 1 }
            END { if (!told) printf "SKIPPED %s: %s\n", name, last }' "$log"
    done
    [ ${#without[@]} -eq 0 ] || echo "SKIPPED the examples of cameras: VXM_CAMERA is not ON"
}

# What opening a device answers, without which tests leave something out.
device() {
    if [ ! -e "$1" ]; then
        echo "$1: not there"
    elif [ ! -r "$1" ] || [ ! -w "$1" ]; then
        echo "$1: no permission ($(stat -c '%A %U:%G' "$1"))"
    else
        echo "$1: can be opened"
    fi
}

{
    echo "vxm $(git describe --always --dirty 2>/dev/null || echo 'of no commit'), $(date -u +%F)"
    uname -srm
    sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release 2>/dev/null || true
    echo
    echo "==== devices"
    for path in /dev/udmabuf /dev/dma_heap/system /dev/dri/*; do
        [ -d "$path" ] || device "$path"
    done
    echo
    echo "==== results (ctest ended with $status)"
    sed -n 's/^ *[0-9]*\/[0-9]* Test  *#[0-9]*: //p' "$said"
    grep -aE '^[a-z-]+ [^:]+: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" || true
    echo
    echo "==== left out"
    grep -aE '^SKIPPED ' "$log" || true
    skipped_programs
    for mode in --probe --json; do
        echo
        echo "==== vxm-info $mode"
        "$build/tools/vxm-info/vxm-info" $mode 2>&1 || echo "ended with $?"
    done
    echo
    echo "==== the tests' output"
    cat "$log"
} | sed "s|$PWD|.|g; s|$HOME|~|g" >"$report"

echo
sed -n '/^==== results/,/^==== vxm-info/p' "$report" | sed '$d'
echo "All of it is in $report."
exit "$status"
