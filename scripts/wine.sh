#!/bin/sh
# Runs a Windows program: what CMake puts before each test of a mingw-w64 build.
#   scripts/wine.sh FOLDER PROGRAM [ARGUMENTS...]
# Wine keeps its own files in FOLDER, which is made if need be.
#
#   VXM_WINE    the wine to use: a program's path; otherwise the first of wine64 and wine
#   VXM_XVFB=1  runs the program in an X server made for it (Wine before 11 has no Vulkan without)
set -eu

folder=$1
shift

wine=${VXM_WINE:-}
for candidate in wine64 wine /usr/lib/wine/wine64; do
    if [ -z "$wine" ] && command -v "$candidate" >/dev/null; then
        wine=$candidate
    fi
done
if [ -z "$wine" ]; then
    echo "Wine was not found (Debian and Ubuntu: wine64; or VXM_WINE=path/to/wine)." >&2
    exit 127
fi

WINEDEBUG=${WINEDEBUG:--all}
# no offers to install Mono and Gecko, no entries in menus
WINEDLLOVERRIDES=${WINEDLLOVERRIDES:+$WINEDLLOVERRIDES;}mscoree,mshtml,winemenubuilder.exe=
PATH=$(dirname "$(command -v "$wine")"):$PATH
export WINEDEBUG WINEDLLOVERRIDES PATH

# One prefix for each version, and for programs with a display: Wine's desktop, once there, stays
# without one for whoever comes next.
display=none
if [ "${VXM_XVFB:-}" = 1 ]; then
    display=xvfb
fi
mkdir -p "$folder"
WINEPREFIX=$(cd "$folder" && pwd)/$("$wine" --version 2>/dev/null | cut -d' ' -f1)-$display
export WINEPREFIX
run() {
    if [ $display = xvfb ]; then
        # What Wine leaves running must not outlive the X server, to be found by the next program.
        xvfb-run -a sh -c '"$@" && status=0 || status=$?; wineserver -k || true; exit $status' sh \
            "$wine" "$@"
    else
        env -u DISPLAY "$wine" "$@"
    fi
}

# The first run makes the prefix; another that begins meanwhile waits for it.
if [ ! -e "$WINEPREFIX/made" ]; then
    mkdir -p "$WINEPREFIX"
    (
        flock 9
        if [ ! -e "$WINEPREFIX/made" ]; then
            run wineboot --init >"$WINEPREFIX/wineboot.log" 2>&1 9>&- &&
                : >"$WINEPREFIX/made"
        fi
    ) 9>"$WINEPREFIX/lock" || {
        echo "Wine could not make $WINEPREFIX:" >&2
        cat "$WINEPREFIX/wineboot.log" >&2
        exit 127
    }
fi
# A program that printed nothing was not run, whatever Wine says of it: its server may have gone at
# that moment. Then once more, aloud.
output=$(mktemp)
trap 'rm -f "$output" "$output.status"' EXIT
for attempt in 1 2; do
    {
        status=0
        run "$@" || status=$?
        echo "$status" >"$output.status"
    } | tee "$output"
    if [ -s "$output" ]; then
        exit "$(cat "$output.status")"
    fi
    echo "Wine did not run $1 (attempt $attempt of 2)." >&2
done
exit 126
