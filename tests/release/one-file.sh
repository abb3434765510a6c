#!/usr/bin/env bash
# Publishes the program as one file for Linux that brings the runtime along, and runs its self-test where there is no .NET.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dotnet publish "$root/src/EvsNative.Cli" -c Release -v q -r linux-x64 --self-contained -p:PublishSingleFile=true -o "$work/program"
beside=$(ls "$work/program" | tr '\n' ' ')
[ "$beside" = "demo evsnative " ] || { echo "more than one file and the demo: $beside"; exit 1; }

# Moved away from the demo and from everything that an environment could tell it.
mkdir "$work/alone"
mv "$work/program/evsnative" "$work/alone"
env -i DOTNET_ROOT="$work" OCL_ICD_VENDORS="$work" "$work/alone/evsnative" doctor --device cpu
