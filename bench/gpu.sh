#!/usr/bin/env bash
# Packs what a machine with an NVIDIA GPU needs to try and measure EvsNative: the program and the bench as one folder with its own runtime,
# for a Linux that has neither .NET nor a network. The load lies in the repository, so one copy of the folder carries both.
#
#     bash bench/gpu.sh          then copy the repository with bench/out/gpu-load.tar.xz, and there: bash bench/gpu-there.sh
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
most=$((62 * 1024 * 1024))
out=bench/out
folder=$out/publish
load=$out/gpu-load.tar.xz

rm -rf "$folder" "$load"
mkdir -p "$out"
# The program is published with the bench, on the same runtime.
dotnet publish bench/EvsNative.Bench -c Release -r linux-x64 --self-contained -o "$folder" -v q -p:DebugType=none

# The demo travels once, in the repository's weights. Symbols, documentation and the debugger's and tracer's libraries are left out.
rm -rf "$folder/demo"
find "$folder" \( -name '*.pdb' -o -name '*.xml' -o -name 'createdump' -o -name 'libmscordbi.so' -o -name 'libmscordaccore.so' \
    -o -name 'libcoreclrtraceptprovider.so' -o -name 'libclrgc*.so' \) -delete

git rev-parse --short HEAD >"$folder/commit" 2>/dev/null || echo unknown >"$folder/commit"

# What was packed must start.
"$folder/EvsNative.Bench" gpu --list >/dev/null
"$folder/evsnative" --version >/dev/null

tar -C "$folder" --sort=name --owner=0 --group=0 --mtime=@0 -cf - . | xz -9 -c >"$load"

sum() { xargs -0 -r stat -c %s -- | awk '{ n += $1 } END { print n + 0 }'; }
repository=$(git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
    if [ -e "$file" ]; then printf '%s\0' "$file"; fi
done | sum)
packed=$(stat -c %s "$load")
mib() { awk -v n="$1" 'BEGIN { printf "%.1f MiB", n / 1048576 }'; }
together=$((repository + packed))
echo "repository $(mib "$repository"), load $(mib "$packed") ($(du -sm "$folder" | cut -f1) MB unpacked), together $(mib "$together")"
if [ "$together" -gt "$most" ]; then
    echo "gpu.sh: together more than $(mib "$most"): leave something out" >&2
    exit 1
fi

echo "copy this folder, $load included, to the machine with the GPU, and start there:"
echo "    bash bench/gpu-there.sh"
