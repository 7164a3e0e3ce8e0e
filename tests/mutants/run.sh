#!/usr/bin/env bash
# The mutation check: plants one defect at a time in a copy of the tree and sees a test fail by it.
#   tests/mutants/run.sh [PATTERN...]     such as 'posix/*'; all of them otherwise
#
#   VXM_MUTANT_JOBS   how many at a time, each in a copy of its own; 2 otherwise
#   VXM_MUTANT_LIMIT  seconds that a program may run; 400 otherwise, beyond a test's own limit
#
# A mutant is a file tests/mutants/FOLDER/NAME.mutant:
#   what: the defect in a sentence
#   program: the test program that must fail (CTest's name of it)
#   filter: a pattern of its --filter, where the whole program takes long (optional)
#   preset: the preset that builds it, where it isn't a native program (optional)
#   file: the file to change
#   <<<<
#   the exact old text, a part of a line or some lines, which must stand in the file once
#   ====
#   the new text
#   >>>>
#
# Caught is a mutant by whose program's own account a test failed. One that survives, hangs, does not
# apply or does not compile is named, and makes the check fail; so does a program that isn't green
# without any mutant.
#
# Copyright (c) 2026 The vxm authors
# SPDX-License-Identifier: MIT
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
jobs=${VXM_MUTANT_JOBS:-2}
limit=${VXM_MUTANT_LIMIT:-400}

"$root/scripts/setup.sh" test

work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

generator=()
if command -v ninja >/dev/null; then
    generator=(-G Ninja)
fi

# ---- the mutants ----

# field MUTANT NAME
field() {
    sed -n -e '/^<<<<$/q' -e "s/^$2: *//p" "$1"
}
# piece MUTANT FROM TO: the lines between two marks
piece() {
    awk -v from="$2" -v to="$3" '$0 == to { exit } inside { print } $0 == from { inside = 1 }' "$1"
}

mutants=()
for file in "$root"/tests/mutants/*/*.mutant; do
    name=${file#"$root"/tests/mutants/}
    name=${name%.mutant}
    wanted=$([ $# -eq 0 ] && echo yes || echo no)
    for pattern in "$@"; do
        # shellcheck disable=SC2053 # a pattern is what it is
        [[ $name == $pattern ]] && wanted=yes
    done
    if [ "$wanted" = yes ]; then
        mutants+=("$name")
    fi
done
if [ ${#mutants[@]} -eq 0 ]; then
    echo "No mutant has such a name." >&2
    exit 1
fi

# Every program that a mutant names, with its preset and filter ("-": none).
read_programs() {
    local name mutant filter preset
    for name in "${mutants[@]}"; do
        mutant=$root/tests/mutants/$name.mutant
        preset=$(field "$mutant" preset) filter=$(field "$mutant" filter)
        echo "${preset:-native} $(field "$mutant" program) ${filter:--}"
    done | sort -u
}
programs=$(read_programs)

# ---- building and running ----

# build TREE PRESET PROGRAM
build() {
    cmake --build "$1/build/$2" --target "$3" -j "${4:-1}" >"$1/log" 2>&1
}

# configure TREE: a copy of the sources, with a build folder for each preset
configure() {
    local tree=$1 preset
    mkdir -p "$tree"
    (cd "$root" && tar -cf - --exclude=./build --exclude=./.git .) | tar -xf - -C "$tree"
    while read -r preset; do
        local settings=(-S "$tree" -B "$tree/build/$preset" "${generator[@]}"
            -DCMAKE_BUILD_TYPE= -DVXM_TEST_STANDIN=ON -DVXM_BUILD_EXAMPLES=OFF -DVXM_WERROR=OFF
            --log-level=ERROR)
        if [ "$preset" != native ]; then
            settings+=(--preset "$preset")
        fi
        (cd "$tree" && cmake "${settings[@]}") >"$tree/log" 2>&1 || return 1
    done < <(cut -d ' ' -f 1 <<<"$programs" | sort -u)
}

# run TREE PRESET PROGRAM FILTER [OPTIONS...]: sets passed and failed from the closing line; false:
# there is none
run() {
    local tree=$1 program=$3 command filter=()
    command=("$(find "$1/build/$2" -type f \( -name "$3" -o -name "$3.exe" \) | head -n 1)")
    if [ "${command[0]%.exe}" != "${command[0]}" ]; then
        command=(sh "$tree/scripts/wine.sh" "$work/wine" "${command[0]}")
    fi
    if [ -n "$4" ]; then
        filter=(--filter "$4")
    fi
    shift 4
    # Through pipes, as under CTest: tests look at what their standard output is.
    {
        timeout -k 10 "$limit" "${command[@]}" "${filter[@]}" "$@" 2>&1 >&3 | cat >"$tree/errors"
    } 3>&1 | cat >"$tree/output" || true
    local line
    line=$(tr -d '\r' <"$tree/output" |
        grep -aE '^.+: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' | tail -n 1) || return 1
    passed=$(sed -E 's/.*: ([0-9]+) passed.*/\1/' <<<"$line")
    failed=$(sed -E 's/.* ([0-9]+) failed.*/\1/' <<<"$line")
}

# Each worker takes what no other has taken yet.
claim() {
    mkdir "$work/claimed/$1" 2>/dev/null
}
mkdir "$work/claimed" "$work/green" "$work/result"

# ---- without a mutant ----

check_clean() {
    local tree=$work/$1 preset program filter
    if ! configure "$tree"; then
        echo "the copy of the tree can't be configured:" && cat "$tree/log"
        return 1
    fi
    # All of them here, so that a mutant costs one object and one program.
    while read -r preset program filter; do
        if ! build "$tree" "$preset" "$program"; then
            echo "$program can't be built without a mutant:" && tail -n 40 "$tree/log"
            return 1
        fi
    done <<<"$programs"
    while read -r preset program filter; do
        claim "program-$program-${filter//\//-}" || continue
        if ! run "$tree" "$preset" "$program" "${filter#-}"; then
            echo "$program, without a mutant, ends without its closing line:"
            tail -n 40 "$tree/errors"
            return 1
        elif [ "$failed" -ne 0 ] || [ "$passed" -eq 0 ]; then
            echo "$program is not green without a mutant: $passed passed, $failed failed"
            tr -d '\r' <"$tree/errors" | grep -aE '^\[FAIL\]' || true
            return 1
        fi
        echo "green     $program$([ "$filter" = - ] || echo " $filter"): $passed passed"
    done <<<"$programs"
    touch "$work/green/$1"
}

# ---- with each mutant ----

# Writes the file with the mutant in it; otherwise sets why.
apply() {
    local mutant=$1 target=$2 old new text
    old=$(piece "$mutant" '<<<<' '====')
    new=$(piece "$mutant" '====' '>>>>')
    if [ -z "$old" ] || [ ! -f "$target" ]; then
        why="has no old text, or its file is not there"
        return 1
    fi
    text=$(cat "$target" && printf x)
    text=${text%x}
    local before=${text%%"$old"*} after=${text#*"$old"}
    if [ "$before" = "$text" ]; then
        why="does not apply: its old text is not in the file"
        return 1
    elif [[ $after == *"$old"* ]]; then
        why="does not apply: its old text stands in the file more than once"
        return 1
    fi
    printf '%s%s%s' "$before" "$new" "$after" >"$target"
}

try_mutant() {
    local tree=$1 name=$2 mutant=$root/tests/mutants/$2.mutant
    local file preset program filter
    file=$(field "$mutant" file) program=$(field "$mutant" program)
    preset=$(field "$mutant" preset) filter=$(field "$mutant" filter)
    preset=${preset:-native}

    cp "$tree/$file" "$tree/saved" 2>/dev/null || : >"$tree/saved"
    if ! apply "$mutant" "$tree/$file"; then
        verdict="STALE     $name $why"
        return
    fi
    if ! build "$tree" "$preset" "$program"; then
        verdict="BROKEN    $name does not compile:"$'\n'$(grep -aE 'error|undefined' "$tree/log" |
            head -n 5)
    elif ! run "$tree" "$preset" "$program" "$filter" --fail-fast; then
        verdict="HUNG      $name: $program ended without its closing line, or not in $limit s"
    elif [ "$failed" -eq 0 ]; then
        verdict="SURVIVED  $name: $(field "$mutant" what) ($program: $passed passed)"
    else
        verdict="caught    $name: $program, $(tr -d '\r' <"$tree/errors" |
            sed -nE 's/^\[FAIL\] ([^ ]+):.*/\1/p' | head -n 1)"
    fi
    cat "$tree/saved" >"$tree/$file"
}

work_on() {
    local tree=$work/$1 name verdict
    for name in "${mutants[@]}"; do
        claim "${name//\//-}" || continue
        try_mutant "$tree" "$name"
        echo "$verdict"
        echo "$verdict" >"$work/result/${name//\//-}"
    done
}

each_worker() {
    local worker pids=() status=0
    for ((worker = 1; worker <= jobs; worker++)); do
        "$1" "$worker" &
        pids+=($!)
    done
    for worker in "${pids[@]}"; do
        wait "$worker" || status=1
    done
    return "$status"
}

each_worker check_clean || exit 1
each_worker work_on || exit 1

caught=$(cat "$work"/result/* | grep -c '^caught ' || true)
if [ "$caught" -ne ${#mutants[@]} ]; then
    echo
    cat "$work"/result/* | grep -v '^caught ' || true
fi
for folder in $(printf '%s\n' "${mutants[@]%%/*}" | sort -u); do
    all=$(printf '%s\n' "${mutants[@]}" | grep -c "^$folder/")
    echo "$folder: $(cat "$work"/result/"$folder"-* | grep -c '^caught ' || true) of $all"
done
echo "mutants $caught of ${#mutants[@]} caught"
[ "$caught" -eq ${#mutants[@]} ]
