#!/usr/bin/env bash
# The processor's 128-bit kernels in Arm's instructions: the tests of the vocabulary, built for Linux on Arm64, under qemu.
# Needs qemu-user-static (Debian's name) and NuGet for the Arm64 runtime. Takes minutes; the gate does not run it.
# bash tests/release/arm64.sh [CLASS ...]        classes of tests/EvsNative.Kernels.Tests, as "*NormTests*"
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
emulator=$(command -v qemu-aarch64-static || command -v qemu-aarch64) \
    || { echo "not run: qemu's user mode for aarch64 is not on the path (Debian: qemu-user-static)"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
classes=("$@")
[ "$#" -gt 0 ] || classes=("*.ProductTests" "*.AttentionTests" "*.NormTests" "*.PointwiseTests" "*.ImagesTests" "*.WinogradTests" "*.VectorMathTests")

dotnet publish "$root/tests/EvsNative.Kernels.Tests" -c Release -v q -r linux-arm64 --self-contained -o "$work/tests"

# Pages that are written and executed at two addresses are more than qemu follows; hardware intrinsics of AdvSimd are on by default.
export DOTNET_EnableWriteXorExecute=0
"$emulator" "$work/tests/EvsNative.Kernels.Tests" --filter-class "${classes[@]}"
