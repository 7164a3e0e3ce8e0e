#!/usr/bin/env bash
# Measures how much of src/ the tests reach: builds with gcc's counters, runs the suites and prints
# the branch coverage of each part. A branch counts when any suite takes it. Fails when a suite fails,
# or when the shared code or a back end's vk.c is below 95 %.
#   scripts/coverage.sh             builds, runs, prints
#   scripts/coverage.sh --missing   names each branch that no suite takes, too
#   scripts/coverage.sh --report    prints what the last run has measured, without another
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing=0
report=0
for argument in "$@"; do
    case $argument in
    --missing) missing=1 ;;
    --report) report=1 ;;
    *)
        echo "usage: $0 [--missing] [--report]" >&2
        exit 2
        ;;
    esac
done

build=build/coverage
jobs=$(nproc 2>/dev/null || echo 2)
failed=0

if [ "$report" -eq 0 ]; then
    scripts/setup.sh test
    # From scratch: what an earlier build or run has left would be added.
    rm -rf "$build"
    cmake --preset coverage --log-level=WARNING >/dev/null
    cmake --build --preset coverage -j "$jobs" | { grep -E '(warning|error|Error)[: ]' || true; }
    ctest --preset coverage -j "$jobs" -R '^(contract|system|real)(-|$)' || failed=1
fi

# What was compiled and never run has a .gcno alone, and counts too.
branches=$(mktemp)
trap 'rm -f "$branches"' EXIT
find "$build" -name '*.gcno' -path '*/src/*' | sort |
    while read -r notes; do
        gcov -b -c -t "$notes" 2>/dev/null
    done |
    awk -v root="$PWD/" -v missing="$missing" '
        /^ *-: *0:Source:/ {
            source = $0
            sub(/^ *-: *0:Source:/, "", source)
            sub("^.*/src/", "src/", source)
            if (source !~ /^src\/.*\.[cm]$/) source = ""
            next
        }
        source == "" { next }
        /^ *[-#=0-9]+\*?: *[0-9]+:/ {
            split($0, fields, ":")
            line = fields[2] + 0
            text = $0
            sub(/^[^:]*:[^:]*: */, "", text)
            number = 0
            next
        }
        /^branch / {
            key = source ":" line ":" number++
            if (!(key in taken)) { taken[key] = 0; place[key] = source ":" line ": " text; order[++count] = key }
            if ($0 ~ / taken [1-9]/) taken[key] = 1
        }
        END {
            for (i = 1; i <= count; i++) {
                split(order[i], fields, ":")
                print taken[order[i]], fields[1], place[order[i]]
            }
        }' >"$branches"

# part NAME PATTERN TARGET: one line; a target that is missed makes the script fail
part() {
    awk -v name="$1" -v pattern="$2" -v target="$3" '
        $2 ~ pattern { all++; taken += $1 }
        END {
            if (all == 0) { print "branch coverage " name ": not measured"; exit target > 0 }
            percent = int(taken * 1000 / all) / 10
            printf "branch coverage %s %.1f %% (%d of %d)%s\n", name, percent, taken, all,
                percent < target ? ", below " target " %" : ""
            exit percent < target
        }' "$branches" || failed=1
}

if [ "$missing" -eq 1 ]; then
    awk '$1 == 0 { sub(/^0 [^ ]+ /, ""); print "never taken: " $0 }' "$branches" | sort -V | uniq -c |
        sed -E 's/^ *1 //; s/^ *([0-9]+) (never taken:)/\2 \1 branches of/'
fi
part 'src/*.c' '^src/[^/]*$' 95
for system in posix win32 fuchsia metal; do
    part "src/$system/vk.c" "^src/$system/vk[.]c\$" 95
done
for system in posix win32 fuchsia metal; do
    part "src/$system, the rest" "^src/$system/([a-uw-z].*|v[^k].*)[.][cm]\$" 0
done
[ "$failed" -eq 0 ]
