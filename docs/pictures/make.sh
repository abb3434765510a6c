#!/usr/bin/env bash
# Makes the pictures of the pages anew from runs of the demo: before-after.webp, report.png, report-difference.png, comparison.png.
# Needs ffmpeg with libwebp, chromium, and the .NET SDK. bash docs/pictures/make.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$work"
dotnet run -c Release --project "$root/src/EvsNative.Cli" -- refine --demo -o demo --seed 7

# The clip of 64x64 and the result of 128x128, both enlarged by bicubic interpolation: left before, right after.
ffmpeg -v error -y -framerate 8 -i "$root/weights/demo/clip/%04d.png" -framerate 8 -i demo/frames/%04d.png -filter_complex \
    "[0]scale=384:384:flags=bicubic,pad=392:384:0:0:white[before];[1]scale=384:384:flags=bicubic[after];[before][after]hstack" \
    -c:v libwebp_anim -quality 88 -compression_level 6 -loop 0 "$here/before-after.webp"

# The page that a run writes, as a browser shows it: from top to bottom, and its picture with what differs between before and after.
shoot() {  # page, height, picture
    chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/browser" --window-size="1000,$2" \
        --virtual-time-budget=4000 --screenshot="$3" "file://$1" 2>/dev/null
}
sed 's|</body>|<script>document.getElementById("difference").click(); document.getElementById("beside").click();</script></body>|' \
    demo/compare.html > demo/difference.html
shoot "$work/demo/compare.html" 1890 "$here/report.png"
shoot "$work/demo/difference.html" 680 "$here/report-difference.png"

# The page of a comparison.
dotnet run -c Release --project "$root/src/EvsNative.Cli" -- compare --demo -o comparison
shoot "$work/comparison/index.html" 1000 "$here/comparison.png"
ls -l "$here"
