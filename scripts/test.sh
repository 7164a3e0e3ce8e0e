#!/usr/bin/env bash
# Builds and tests vxm: Release, with AddressSanitizer and UndefinedBehaviorSanitizer, with
# ThreadSanitizer, for Windows on x86-64 (run through Wine) and on i686 (the library only), and in a
# virtual machine whose kernel has dma-bufs (tests/vm). Fuchsia's and Metal's back ends are tested in
# the first three, their contract suites in the first two. Arguments go to ctest:
#   scripts/test.sh -R contract
#
#   VXM_PRESETS     which of the builds, such as "release" or "vm"; all otherwise
#   VXM_TEST_DRIVER "any" lets the Vulkan loader choose the driver; lavapipe otherwise
#   VXM_WINE        the wine that runs Windows' programs, such as path/to/wine; the system's otherwise
#   VXM_WERROR      ON makes compiler warnings errors
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh test

read -r -a presets <<<"${VXM_PRESETS:-release asan tsan mingw64 mingw32 vm}"
jobs=$(nproc 2>/dev/null || echo 2)
passed=()
failed=()
found=0
verdicts=$(mktemp)
skips=$(mktemp)
said=$(mktemp)
trap 'rm -f "$verdicts" "$skips" "$said"' EXIT

# What was skipped, by a log of ctest's and by what ctest said: program and reason, and how many tests
# that are. Behind a tab, in which build. Of a program that was skipped as a whole and doesn't say by
# which name, the reason is its error or its last line.
skipped() {
    awk '
        FNR == NR {
            # In the machine the lines end in a colour and CR.
            if (sub(/ \(Skipped\).*/, "")) whole[$NF] = 1
            next
        }
        match($0, /^[0-9]+\/[0-9]+ Testing: /) { program = substr($0, RLENGTH + 1); last = error = ""; said = 0 }
        /^VK_ERROR_[A-Z_]*: / { error = $0 }
        NF > 0 && !/^<end of output>/ { last = $0 }
        /^SKIPPED / && program != "harness-planted" {
            name = $2
            sub(/:$/, "", name)
            sub(/^SKIPPED [^:]*: /, "")
            names[program ": " $0] = name
            count[program ": " $0]++
            said = 1
        }
        /^<end of output>/ && program in whole && !said {
            reason = program ": " (error != "" ? error : last)
            names[reason] = "the program"
            count[reason]++
        }
        END {
            for (line in count)
                printf "SKIPPED %s (%s)\t%s\n", line,
                    count[line] == 1 ? names[line] : count[line] " tests", preset
        }' preset="$2" "$3" "$1"
}

# The lines of the programs in a log of ctest's, under the build's name.
verdict() {
    echo "==== $2"
    grep -aE '^(contract|real|system|adapter|tool|python) [^:]+: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$1" || true
    grep -aE '^share ratio [0-9.]+$' "$1" || true
}

# The suites on real dma-bufs, in a machine of their own.
in_machine() {
    local reason folder=${VXM_VM_CACHE:-build/vm}
    if ! reason=$(tests/vm/run.sh --can); then
        printf 'SKIPPED the suites on real dma-bufs: %s (all)\tvm\n' "$reason" >>"$skips"
        return
    fi
    if tests/vm/run.sh ctest "$@" | tee "$said"; then
        passed+=(vm)
    else
        failed+=("vm: $(cut -d : -f 2- "$folder/LastTestsFailed.log" 2>/dev/null | paste -sd ' ')")
    fi
    if [ -f "$folder/LastTest.log" ]; then
        found=$((found + $(grep -acE '^[0-9]+/[0-9]+ Testing: ' "$folder/LastTest.log")))
        verdict "$folder/LastTest.log" vm >>"$verdicts"
        skipped "$folder/LastTest.log" vm "$said" | sort >>"$skips"
    fi
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
    if [ "$preset" = vm ]; then
        in_machine "$@"
        continue
    fi
    # A test that fails must not keep the other builds from being tested.
    if ! cmake --preset "$preset" -DVXM_WERROR="${VXM_WERROR:-OFF}" --log-level=WARNING \
        --no-warn-unused-cli >/dev/null ||
        ! cmake --build --preset "$preset" -j "$jobs" | { grep -v '^\[' || true; }; then
        failed+=("$preset: build")
        continue
    fi
    # What needs the virtual machine's kernel is run there.
    set_of_tests=(-LE '^vm-only$' "$@")
    tests=$(ctest --test-dir "build/$preset" -N "${set_of_tests[@]}" | sed -n 's/^Total Tests: //p')
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
    if ctest --preset "$preset" "${how[@]}" "${set_of_tests[@]}" | tee "$said"; then
        passed+=("$preset")
    else
        failed+=("$preset: $(cut -d : -f 2- "$names" 2>/dev/null | paste -sd ' ')")
    fi
    verdict "$log" "$preset" >>"$verdicts"
    skipped "$log" "$preset" "$said" | sort >>"$skips"
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
