#!/usr/bin/env bash
# The README's first command, word for word, as on a machine that has the .NET SDK and nothing else: no ffmpeg, no OpenCL.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

command=$(awk '/^```/ { inside = !inside; next } inside && /^dotnet run/ { print; exit }' "$root/README.md")
[ -n "$command" ] || { echo "README.md shows no 'dotnet run'"; exit 1; }
mkdir "$work/path" "$work/vendors"
ln -s "$(command -v dotnet)" "$work/path/dotnet"

cd "$work"
PATH="$work/path" OCL_ICD_VENDORS="$work/vendors" ${command/src\//$root/src/}

frames=(evsnative-demo/frames/*.png)
[ "${#frames[@]}" = 16 ] || { echo "${#frames[@]} frames of the demo instead of 16"; exit 1; }
for file in compare.html numbers.json; do
    [ -s "evsnative-demo/$file" ] || { echo "no evsnative-demo/$file"; exit 1; }
done
