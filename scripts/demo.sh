#!/usr/bin/env bash
# Builds vxm in Release and runs its demo: two processes, one piece of GPU memory, no copy.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh demo

build=build/demo
cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Release -DVXM_BUILD_TESTS=OFF --log-level=WARNING >/dev/null
echo "Building"
# What the compilers say is shown, the build's progress is not.
cmake --build "$build" -j "$(nproc 2>/dev/null || echo 2)" | { grep -v '^\[' || true; }

picture=$PWD/$build/two_process.png
"$build/examples/two_process" --png "$picture"
echo "The consumer's view of the image: $picture"
