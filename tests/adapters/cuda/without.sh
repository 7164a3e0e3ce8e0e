#!/bin/sh
# On a machine without CUDA the example says so in words and exits with 77.
#   without.sh PROGRAM [ARGUMENTS]
status=0
said=$("$@" --cuda /nowhere/libcuda.so.1 2>&1) || status=$?
echo "exit status $status: $said"
[ "$status" -eq 77 ] || exit 1
case $said in
"SKIPPED vulkan_cuda: this machine has no CUDA driver"*/nowhere/libcuda.so.1*) ;;
*) exit 1 ;;
esac
