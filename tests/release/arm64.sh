#!/usr/bin/env bash
# The processor's 128-bit kernels in Arm's instructions: the self-test and the tests of the vocabulary, built for Linux on Arm64, under
# qemu. It shows that the numbers are right, nothing about speed. Takes minutes; the gate does not run it.
# On Debian: dpkg --add-architecture arm64; apt-get update; apt-get install qemu-user-static
# bash tests/release/arm64.sh [CLASS ...]        classes of tests/EvsNative.Kernels.Tests, as "*.NormTests"
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
emulator=$(command -v qemu-aarch64-static || command -v qemu-aarch64) || { echo "not run: there is no qemu-user-static"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
classes=("$@")
[ "$#" -gt 0 ] || classes=("*.VectorMathTests" "*.PointwiseTests" "*.NormTests" "*.AttentionTests" "*.ProductTests")

echo "libraries of the system that .NET needs, for Arm64"
mkdir "$work/system"
cd "$work/system"
apt-get download -qq libc6:arm64 libgcc-s1:arm64 libstdc++6:arm64 libssl3:arm64 2>/dev/null \
    || { echo "not run: Debian's packages for arm64 are not to be had (dpkg --add-architecture arm64; apt-get update)"; exit 1; }
for package in *.deb; do dpkg -x "$package" .; done

cd "$root"
dotnet publish src/EvsNative.Cli -c Release -v q -r linux-arm64 --self-contained -o "$work/program"
dotnet publish tests/EvsNative.Kernels.Tests -c Release -v q -r linux-arm64 --self-contained -o "$work/tests"

# More than qemu follows: code that is written at one address and executed at another, and the runtime's threads for debuggers.
export DOTNET_EnableWriteXorExecute=0 DOTNET_EnableDiagnostics=0 QEMU_LD_PREFIX="$work/system"
# Programs of several threads stand still under qemu now and then, at no fixed place: then the run shows nothing and is to be repeated.
emulated() {
    local result=0
    timeout 1200 "$emulator" "$@" || result=$?
    [ "$result" != 124 ] || echo "stopped after 20 minutes: start the script again"
    return "$result"
}

emulated "$work/program/evsnative" doctor --device cpu
emulated "$work/tests/EvsNative.Kernels.Tests" --filter-class "${classes[@]}"
