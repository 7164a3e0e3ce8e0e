#!/bin/sh
# Runs a Windows program: what CMake puts before each test of a mingw-w64 build.
#   scripts/wine.sh PREFIX PROGRAM [ARGUMENTS...]
# PREFIX is a folder for Wine's own files, made here if need be.
#
#   VXM_WINE    the wine to use: a program's path; otherwise the first of wine64 and wine
#   VXM_DISPLAY "none" runs without a display; otherwise $DISPLAY, or an Xvfb made for this run
set -eu

prefix=$1
shift
case $prefix in
/*) ;;
*) prefix=$PWD/$prefix ;;
esac

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

WINEPREFIX=$prefix
WINEDEBUG=${WINEDEBUG:--all}
# no offers to install Mono and Gecko, no entries in menus
WINEDLLOVERRIDES=${WINEDLLOVERRIDES:-mscoree,mshtml,winemenubuilder.exe=}
export WINEPREFIX WINEDEBUG WINEDLLOVERRIDES

# The first run makes the prefix; another that begins meanwhile waits for it.
if [ ! -e "$prefix/made" ]; then
    mkdir -p "$prefix"
    (
        flock 9
        if [ ! -e "$prefix/made" ]; then
            "$wine" wineboot --init >"$prefix/wineboot.log" 2>&1 && : >"$prefix/made"
        fi
    ) 9>"$prefix/lock" || {
        echo "Wine could not make $prefix:" >&2
        cat "$prefix/wineboot.log" >&2
        exit 127
    }
fi
exec "$wine" "$@"
