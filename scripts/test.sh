#!/usr/bin/env bash
# Builds and tests vxm: Release, with AddressSanitizer and UndefinedBehaviorSanitizer, with
# ThreadSanitizer, for Windows on x86-64 (run through Wine) and on i686 (the library only). Fuchsia's
# and Metal's back ends are tested in the first three, their contract suites in the first two.
# Arguments go to ctest:
#   scripts/test.sh -R contract
#
#   VXM_PRESETS     which of the builds, such as "release"; all otherwise
#   VXM_TEST_DRIVER "any" lets the Vulkan loader choose the driver; lavapipe otherwise
#   VXM_WINE        the wine that runs Windows' programs, such as path/to/wine; the system's otherwise
#   VXM_WERROR      ON makes compiler warnings errors
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh test

read -r -a presets <<<"${VXM_PRESETS:-release asan tsan mingw64 mingw32}"
jobs=$(nproc 2>/dev/null || echo 2)
passed=()
failed=()
found=0
verdicts=$(mktemp)
skips=$(mktemp)
trap 'rm -f "$verdicts" "$skips"' EXIT

# What was skipped in a log of ctest's: program and reason, and how many tests that are. Behind a tab,
# in which build.
skipped() {
    awk '
        match($0, /^[0-9]+\/[0-9]+ Testing: /) { program = substr($0, RLENGTH + 1); last = "" }
        /^VK_ERROR_[A-Z_]*: / { last = $0 }
        /^SKIPPED / && program != "harness-planted" {
            name = $2
            sub(/:$/, "", name)
            sub(/^SKIPPED [^:]*: /, "")
            names[program ": " $0] = name
            count[program ": " $0]++
        }
        /^Skip regular expression found/ { names[program ": " last] = "the program"; count[program ": " last]++ }
        END {
            for (line in count)
                printf "SKIPPED %s (%s)\t%s\n", line,
                    count[line] == 1 ? names[line] : count[line] " tests", preset
        }' preset="$2" "$1"
}

# Each once, with the builds that it holds for.
each_skip() {
    awk -F '\t' '
        !($1 in presets) { lines[++n] = $1 }
        { presets[$1] = presets[$1] ($1 in presets && presets[$1] != "" ? ", " : "") $2 }
        END { for (i = 1; i <= n; i++) printf "%s [%s]\n", lines[i], presets[lines[i]] }' "$1"
}

for preset in "${presets[@]}"; do
    echo "==== $preset"
    # A test that fails must not keep the other builds from being tested.
    if ! cmake --preset "$preset" -DVXM_WERROR="${VXM_WERROR:-OFF}" --log-level=WARNING \
        --no-warn-unused-cli >/dev/null ||
        ! cmake --build --preset "$preset" -j "$jobs" | { grep -v '^\[' || true; }; then
        failed+=("$preset: build")
        continue
    fi
    tests=$(ctest --test-dir "build/$preset" -N "$@" | sed -n 's/^Total Tests: //p')
    found=$((found + tests))
    if [ "$tests" -eq 0 ]; then
        echo "built; no test of it is meant"
        passed+=("$preset (built)")
        continue
    fi
    # Wine's server does not always live through programs that begin and end side by side.
    # One that hangs for that reason is run once more, which CTest says.
    how=(-j "$jobs")
    case $preset in mingw*) how=(-j 1 --repeat after-timeout:2) ;; esac
    log=build/$preset/Testing/Temporary/LastTest.log
    names=build/$preset/Testing/Temporary/LastTestsFailed.log
    rm -f "$names"
    if ctest --preset "$preset" "${how[@]}" "$@"; then
        passed+=("$preset")
    else
        failed+=("$preset: $(cut -d : -f 2- "$names" 2>/dev/null | paste -sd ' ')")
    fi
    {
        echo "==== $preset"
        grep -aE '^(contract|real|system|adapter|tool|python) [^:]+: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" || true
        grep -aE '^share ratio [0-9.]+$' "$log" || true
    } >>"$verdicts"
    skipped "$log" "$preset" | sort >>"$skips"
done

echo
cat "$verdicts"
if [ -s "$skips" ]; then
    echo "==== skipped"
    each_skip "$skips"
fi
if [ "$found" -eq 0 ]; then
    echo "No test was run." >&2
    exit 1
fi
if [ ${#failed[@]} -gt 0 ]; then
    printf 'FAILED %s\n' "${failed[@]}" >&2
    exit 1
fi
printf '%s\n' "${passed[@]}" | paste -sd , | sed 's/,/, /g; s/^/PASSED /'
