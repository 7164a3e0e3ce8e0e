#!/bin/sh
# No operating-system #if in the shared code: src/*.c. What differs by system belongs in a back end.
#   no_system_ifs.sh ROOT
set -eu
root=$1

found=$(for file in "$root"/src/*.c; do
    [ -e "$file" ] || continue
    # Continued lines are joined first, so that a macro name on the next line is seen too.
    awk -v name="${file#"$root"/}" '
        { line = line $0 }
        /\\$/ { sub(/\\$/, " ", line); next }
        {
            if (line ~ /^[ \t]*#[ \t]*(if|ifdef|ifndef|elif)[^A-Za-z]/ &&
                line ~ /(^|[^A-Za-z0-9_])(_?_?WIN(32|64)(__)?|_WIN32_WINNT|__MINGW(32|64)__|__CYGWIN__|_?_?linux(__)?|__gnu_linux__|_?_?unix(__)?|__APPLE__|__MACH__|TARGET_OS_[A-Z]+|__Fuchsia__|__ANDROID__|__(FreeBSD|NetBSD|OpenBSD|DragonFly)__|_POSIX_VERSION|VK_USE_PLATFORM_[A-Z0-9_]+)([^A-Za-z0-9_]|$)/)
                print name ":" NR ": " line
            line = ""
        }' "$file"
done)

if [ -n "$found" ]; then
    echo "Operating-system #ifs in shared code; move what differs into src/<back end>/:"
    echo "$found"
    exit 1
fi
echo "no operating-system #if in src/*.c"
