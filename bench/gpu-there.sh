#!/usr/bin/env bash
# The first minutes on a machine with a GPU: everything that has to be known, in at most seven of them, on one page. Needs bash, an NVIDIA
# driver and the load that bench/gpu.sh packed; python3 with torch for the peer. No .NET, no network.
#
#     bash bench/gpu-there.sh [--device cuda:0] [--steps "NAME ..."] [--seconds 405] [--rehearse] [--load FOLDER] [--host COMMAND] [RESULTS]
#
# RESULTS (else $OUT, else bench/out/results) gets table.md, results.json, log.txt and the parts of each step, written as each ends: whoever
# stops the script loses nothing. Each step has its own limit and never ends the script.
#   --steps      only these: what a repair has to show again
#   --seconds    for all of it, where a machine is lent for less
#   --rehearse   tiny shapes and longer limits: tries the script on a machine without a GPU (--device opencl:0)
#   --load       programs that are unpacked already
#   --host       a command that starts both programs, their name its first word: the rehearsal on interpreted kernels
set -u
{ # Read as a whole before it starts: the file may change meanwhile.
cd "$(dirname "$0")/.." || exit 2
device=cuda:0 chosen='' rehearse='' load='' host='' out=${OUT:-} seconds='' whole=405
while [ $# -gt 0 ]; do
    case $1 in
        --device) device=$2 && shift ;;
        --steps) chosen=$2 && shift ;;
        --seconds) seconds=$2 && shift ;;
        --rehearse) rehearse=--rehearse whole=3600 ;;
        --load) load=$2 && shift ;;
        --host) host=$2 && shift ;;
        -*) echo "gpu-there.sh: $1 is no option" >&2 && exit 2 ;;
        *) out=$1 ;;
    esac
    shift
done
whole=${seconds:-$whole}
out=$(mkdir -p "${out:-bench/out/results}" && cd "${out:-bench/out/results}" && pwd) || exit 2
parts=$out/parts page=$out/table.md log=$out/log.txt began=$SECONDS own='' running=''
case $out$load in *[[:space:]]*) echo "gpu-there.sh: a path with a space in it: choose others" >&2 && exit 2 ;; esac
rm -rf "$parts" && mkdir -p "$parts"
: >"$parts/steps.jsonl"
: >"$log"
printf '# The first minutes on %s\n\n%s%s.\n' "$device" "$(date -u '+%Y-%m-%d %H:%M UTC')" "${rehearse:+, a rehearsal}" >"$page"

# Where drivers lie that the loader does not know.
for folder in /usr/local/nvidia/lib64 /usr/local/nvidia/lib /usr/lib/wsl/lib; do
    [ -e "$folder/libcuda.so.1" ] && export LD_LIBRARY_PATH="$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
done
export PATH="$PATH:/usr/local/nvidia/bin:/usr/local/cuda/bin" EVSNATIVE_CACHE="$out/kernels"

left() { echo $((whole - (SECONDS - began))); }

# True for the steps that were asked for: by their whole name, or by what it begins with.
wanted() {
    [ -z "$chosen" ] && return 0
    for word in $chosen; do
        case $1 in "$word" | "$word"-*) return 0 ;; esac
        case $word in "$1"-*) return 0 ;; esac
    done
    return 1
}

python=''
if [ -z "$host" ] && wanted torch; then
    for candidate in python3 /usr/bin/python3; do
        [ -z "$python" ] && timeout 60 "$candidate" -c 'import torch' 2>/dev/null && python=$candidate
    done
fi

# The objects of files of JSON lines; a last line that a stop cut off is left out.
lines() {
    for file in "$@"; do
        [ -e "$file" ] && while IFS= read -r line; do
            case $line in '{'*'}') printf '%s\n' "$line" ;; esac
        done <"$file"
    done
}
export -f lines

# All lines of all steps as one JSON array.
results() {
    { echo '['; lines "$parts"/*.jsonl | sed '$!s/$/,/'; echo ']'; } >"$out/results.json"
}

# tell TITLE OUTCOME SECONDS FILE KIND: a section of the page. KIND table: the file is Markdown; text: it is shown as it is.
tell() {
    {
        printf '\n## %s\n\n%s, %s s.\n\n' "$1" "$2" "$3"
        if [ "$5" = table ]; then cat "$4"; else printf '```\n%s\n```\n' "$(tail -n 70 "$4" | cut -c1-200)"; fi
    } >>"$page"
    results
}

# Ends what works in the background, also what stands still, and takes away what is nobody's result.
finish() {
    for process in $running ${processor:-} ${torch_compiled:-} ${torch_eager:-}; do
        kill "$process" 2>/dev/null && kill -CONT -- "-$process" 2>/dev/null
    done
    rm -rf "$parts"/demo-*/ ${own:+"$own"}
    printf '\n%s s in all.\n' $((SECONDS - began)) >>"$page"
    results
}

# Whoever stops the script finds what the step had written until then.
stopped() {
    trap '' TERM INT HUP
    [ -n "$running" ] && tell "$title" "**stopped from outside**" $((SECONDS - began)) "$parts/$name.txt" "$kind"
    finish
    exit 143
}
trap stopped TERM INT HUP

# Seconds since a time in microseconds.
since() {
    local passed=$((${EPOCHREALTIME//[.,]/} - $1))
    printf '%d.%d' $((passed / 1000000)) $((passed / 100000 % 10))
}

# step NAME LIMIT KIND TITLE COMMAND...: runs a command within its limit, or what is left of all, and tells it at once.
step() {
    local name=$1 limit=$2 kind=$3 title=$4 rest code=0 start outcome seconds
    shift 4
    wanted "$name" || return 1
    [ -n "$rehearse" ] && limit=$((limit * 12))
    rest=$(left)
    [ "$limit" -gt "$rest" ] && limit=$rest
    if [ "$limit" -lt 5 ]; then
        printf '\n## %s\n\nleft out: no time left.\n' "$title" >>"$page"
        return 1
    fi
    start=${EPOCHREALTIME//[.,]/}
    echo "== $name: $*" >>"$log"
    timeout -k 3 "$limit" "$@" >"$parts/$name.txt" 2>"$parts/$name.err" </dev/null &
    running=$!
    wait "$running" || code=$?
    running='' seconds=$(since "$start")
    case $code in
        0) outcome=done ;;
        124 | 137) outcome="**stopped after $limit s**" ;;
        *) outcome="**failed (code $code)**" ;;
    esac
    cat "$parts/$name.txt" "$parts/$name.err" >>"$log"
    tell "$title" "$outcome" "$seconds" "$parts/$name.txt" "$kind"
    [ "$code" != 0 ] && [ -s "$parts/$name.err" ] && printf '\n```\n%s\n```\n' "$(tail -n 5 "$parts/$name.err" | cut -c1-300)" >>"$page"
    printf '{"step":"%s","code":%d,"seconds":%s,"limit":%d}\n' "$name" "$code" "$seconds" "$limit" >>"$parts/steps.jsonl"
    results
    echo "$name: $outcome, $seconds s"
    return "$code"
}

# The programs lie where files can be added and started, whatever the copy of the repository allows: beside the load, else elsewhere.
elsewhere() { own=$(mktemp -d) && load=$own; }

unpack() {
    tar -C "$load" -xJf bench/out/gpu-load.tar.xz 2>/dev/null || python3 -m tarfile -e bench/out/gpu-load.tar.xz "$load" 2>>"$log"
}

# The demo lies beside the program.
equip() {
    chmod +x "$load/evsnative" "$load/EvsNative.Bench" && mkdir -p "$load/demo" \
        && cp -r weights/evs-tiny weights/demo/clip weights/demo/clean weights/demo/demo.json "$load/demo/"
} 2>>"$log"

if [ -z "$host" ]; then
    if [ -z "$load" ]; then
        load=bench/out/gpu-load
        { rm -rf "$load" && mkdir -p "$load"; } 2>>"$log" || elsewhere
        if ! unpack; then
            echo "gpu-there.sh: bench/out/gpu-load.tar.xz cannot be unpacked: bash bench/gpu.sh packs it" | tee -a "$page"
            finish
            exit 2
        fi
    elif [ ! -e "$load/EvsNative.Bench" ]; then
        echo "gpu-there.sh: $load has no EvsNative.Bench: it is no unpacked load" | tee -a "$page"
        exit 2
    fi
    if ! equip; then
        from=$load
        elsewhere && { cp -r "$from/." "$load/"; chmod -R u+rwX "$load"; } 2>>"$log"
        if ! equip; then
            echo "gpu-there.sh: the programs of $from cannot be started, nor a copy of them in $load: see $log" | tee -a "$page"
            finish
            exit 2
        fi
    fi
    load=$(cd "$load" && pwd)
    evs="$load/evsnative" bench="$load/EvsNative.Bench"
else
    evs="$host evsnative" bench="$host bench"
fi
printf '\nProgram of commit %s, ready after %s s.\n' \
    "$(cat "$load/commit" 2>/dev/null || git rev-parse --short HEAD 2>/dev/null || echo unknown)" $((SECONDS - began)) >>"$page"
export evs bench device rehearse parts

# In the background, on the processor: PyTorch compiles, and the demo is made for comparison.
words='--only passes'
[ -n "$rehearse" ] && words='--only CLIP'
if wanted torch; then
    timeout -k 3 60 $bench gpu --list --json "$parts/requests.lines" >>"$log" 2>&1
    timeout -k 3 60 $bench gpu --list $words --json "$parts/passes.lines" >>"$log" 2>&1
fi
if [ -n "$python" ] && [ -z "$host" ] && wanted torch; then
    kind=cuda precision=fp16
    [ -n "$rehearse" ] && kind=cpu precision=fp32
    for forms in compiled eager; do
        cat "$parts/passes.lines" >"$parts/$forms.lines"
        [ -n "$rehearse" ] && grep '1280 x 1280"' "$parts/requests.lines" >"$parts/$forms.lines"
        [ $forms = eager ] && [ -z "$rehearse" ] && cat "$parts/requests.lines" >>"$parts/$forms.lines"
        timeout -k 3 "$whole" "$python" bench/peers/torch_gpu.py --forms $forms --device $kind --precision $precision $rehearse \
            --seconds 45 --requests "$parts/$forms.lines" --out "$parts/torch-$forms.jsonl" --go "$parts/go-$forms" \
            >>"$parts/torch-$forms.txt" 2>&1 &
        eval "torch_$forms=$!"
    done
fi
if [ -z "$host" ] && wanted demo; then
    nice -n 5 timeout 300 $evs refine --demo --device cpu --json -o "$parts/demo-cpu" --force >"$parts/demo-cpu.json" 2>/dev/null &
    processor=$!
fi

machine() {
    if command -v nvidia-smi >/dev/null; then
        facts=name,driver_version,memory.total,memory.free,power.limit,clocks.sm,clocks.mem,clocks.max.sm,clocks.max.mem,mig.mode.current
        nvidia-smi --query-gpu=$facts --format=csv
    else
        echo "no nvidia-smi"
        cat /proc/driver/nvidia/version 2>/dev/null || echo "no NVIDIA kernel module"
    fi
    lscpu 2>/dev/null | grep -E '^(Model name|CPU\(s\))'
    uname -sr
    "${python:-python3}" -c 'import sys; print("python", sys.version.split()[0])
try:
    import torch; print("torch", torch.__version__, "CUDA", torch.version.cuda)
except ImportError as missing:
    print("no torch:", missing)'
    command -v compute-sanitizer || echo "no compute-sanitizer"
}
export -f machine
export python
step machine 20 text "The machine" bash -c machine

precision=fp16
[ "${device%%:*}" = cuda ] || precision=fp32
few='' quick=''
[ -n "$rehearse" ] && quick='--only norms'
[ -n "$host" ] && few='--only clip'

# off REASON: from here on only the kernels for any GPU run. What is measured of the others all the same is said to be.
off() {
    [ -n "${EVSNATIVE_KERNELS:-}" ] && return
    export EVSNATIVE_KERNELS=portable
    printf '\n**%s: tensor cores are switched off from here on (EVSNATIVE_KERNELS=portable).**\n' "$1" >>"$page"
    echo "tensor cores are switched off: $1"
}

if [ "${device%%:*}" = cuda ]; then
    step kernels 35 table "All kernels compiled: registers and memory as the driver says" \
        $bench kernels --device "$device" --precision fp16 $quick --markdown --json "$parts/kernels.jsonl"
    step instructions 15 table "Single instructions against the manual" \
        $bench instructions --device "$device" --markdown --json "$parts/instructions.jsonl"
fi

# doctor PRECISION: if it fails, the same without tensor cores, then kernel by kernel.
doctor() {
    wanted "doctor-$1" || return 0
    step "doctor-$1" 30 text "Every operation against float64, $1" $evs doctor --device "$device" --precision "$1" && return 0
    if EVSNATIVE_KERNELS=portable step "doctor-$1-portable" 25 text "The same by the kernels for any GPU alone" \
        $evs doctor --device "$device" --precision "$1"; then
        EVSNATIVE_SYNC=1 step "doctor-$1-sync" 25 text "The same with tensor cores, waiting after each kernel" \
            $evs doctor --device "$device" --precision "$1"
        off "doctor fails with tensor cores and passes without"
    else
        EVSNATIVE_KERNELS=portable EVSNATIVE_SYNC=1 step "doctor-$1-sync" 25 text "The same, waiting after each kernel" \
            $evs doctor --device "$device" --precision "$1"
    fi
}
doctor fp16
doctor fp32

if [ "${device%%:*}" = cuda ] && [ -z "${EVSNATIVE_KERNELS:-}" ]; then
    for stored in fp16 fp32; do
        step agree-$stored 40 table "Tensor kernels against portable ones and float64, twice, one image alone, $stored" \
            $bench agree --device "$device" --precision $stored $rehearse --markdown --json "$parts/agree-$stored.jsonl"
        grep -q FAIL "$parts/agree-$stored.txt" 2>/dev/null && off "agree finds other numbers in $stored"
    done
fi

for stored in fp16 fp32; do
    step golden-$stored 30 table "Small networks against PyTorch's numbers, $stored" \
        $bench golden --device "$device" --precision $stored $few --markdown --json "$parts/golden-$stored.jsonl"
    [ "${device%%:*}" = cuda ] && grep -q FAIL "$parts/golden-$stored.txt" 2>/dev/null && off "goldens fail in $stored"
done

demo() {
    $evs refine --demo --device "$device" --precision "$1" --json -o "$parts/demo-$1" --force >"$parts/demo-$1.json" || return
    beside=''
    [ -d "$parts/demo-cpu/frames" ] && beside="--frames $parts/demo-$1/frames --beside $parts/demo-cpu/frames"
    $bench demo "$parts/demo-$1.json" $beside --markdown --json "$parts/demo-$1.jsonl"
}
export -f demo
if [ -z "$host" ] && wanted demo; then
    for stored in $precision; do
        for _ in $(seq $((${#rehearse} * 100 + 40))); do kill -0 "$processor" 2>/dev/null && sleep 0.25; done
        step demo-$stored 30 table "The demo, $stored: measures against the clean original, frames against the processor's" \
            bash -c "demo $stored"
    done
fi

# Nobody else works on the GPU while it is timed: PyTorch's compiler stands still.
hold() { [ -z "${torch_compiled:-}" ] || kill "-$1" -- "-$torch_compiled" 2>/dev/null; }
hold STOP
if [ -z "$rehearse" ]; then
    # Tensor kernels are timed even if their numbers are wrong.
    EVSNATIVE_KERNELS=portable,tensor step large 40 table "Large calls, measured beside predicted, $precision" \
        $bench gpu --device "$device" --precision $precision --only large --markdown --json "$parts/large.jsonl"
    for size in 1024x640 1024x1024; do
        step evs-$size 50 text "EVS with its usual steps, 16 frames of $size, weights by formula: seconds and memory against the plan" \
            $bench evs --device "$device" --precision $precision --size $size --json "$parts/evs-$size.jsonl"
    done
    step passes 60 table "Whole passes at full size, weights by formula, $precision" \
        $bench gpu --device "$device" --precision $precision --only passes --markdown --json "$parts/passes.jsonl"
    step roofline 60 table "Every operation beside the measured roofs and what was predicted, $precision" \
        $bench gpu --device "$device" --precision $precision --only products --only conv --only attention --only norms --only pointwise \
        --markdown --json "$parts/roofline.jsonl"
else
    [ -n "$host" ] || step evs-64x64 60 text "EVS with few steps, 4 frames of 64x64, a tiny model by formula" \
        $bench evs --device "$device" --fake-weights tiny --size 64x64 --frames 4 --image-steps 5 --json "$parts/evs-64x64.jsonl"
    step roofline 60 table "Every operation on tiny shapes: whether it runs; the times mean nothing" \
        $bench gpu --device "$device" --precision $precision --rehearse $words --only '256 x 1280 x 1280' --markdown \
        --json "$parts/roofline.jsonl"
fi
hold CONT

beside() {
    touch "$parts/go-eager"
    while kill -0 "$1" 2>/dev/null; do sleep 0.2; done
    touch "$parts/go-compiled"
    for _ in $(seq 100); do kill -0 "$2" 2>/dev/null && sleep 0.2; done
    lines "$parts"/torch-*.jsonl >"$parts/torch.lines"
    lines "$parts/large.jsonl" "$parts/passes.jsonl" "$parts/roofline.jsonl" >"$parts/ours.lines"
    $bench beside "$parts/ours.lines" "$parts/torch.lines" --markdown
}
export -f beside
if [ -n "${torch_eager:-}" ]; then
    step torch 75 table "The same beside PyTorch: the fastest of eager (both layouts, recorded or not) and compiled" \
        bash -c "beside $torch_eager $torch_compiled"
    kill "$torch_eager" "$torch_compiled" 2>/dev/null
    wait "$torch_eager" "$torch_compiled"
    torch_eager='' torch_compiled=''
elif wanted torch; then
    reason='no python3 has torch'
    [ -n "$host" ] && reason='kernels are interpreted'
    printf '\n## Beside PyTorch\n\nleft out: %s.\n' "$reason" >>"$page"
fi

# Six kernels under the profiler, the third call of each, without touching clocks and without records.
profile() {
    EVSNATIVE_KERNELS=portable,tensor EVSNATIVE_SYNC=1 ncu --clock-control none --target-processes all \
        --kernel-id '::regex:Tensor|Attention|GroupNorm:3' --section SpeedOfLight --section ComputeWorkloadAnalysis \
        --section MemoryWorkloadAnalysis --section WarpStateStats --section Occupancy \
        "$bench" gpu --once --device "$device" --precision $precision --only large >"$out/ncu.txt" 2>&1
    code=$?
    grep -E 'gpu__|Context|Duration|Throughput|Registers|Occupancy|Bank|Pipe|Stall|Tensor' "$out/ncu.txt" | head -n 120
    return $code
}
export -f profile
export precision out
if command -v ncu >/dev/null && [ -z "$host" ] && [ -z "$rehearse" ]; then
    step ncu 45 text "Six kernels under ncu; all of it is in ncu.txt" bash -c profile
elif wanted ncu; then
    printf '\n## ncu\n\nleft out: the tool is not here, or this is a rehearsal.\n' >>"$page"
fi

if command -v compute-sanitizer >/dev/null && [ -z "$host" ]; then
    for tool in memcheck racecheck; do
        step sanitizer-$tool 40 text "compute-sanitizer $tool on every operation, tiny shapes" \
            compute-sanitizer --error-exitcode 9 --tool $tool "$bench" gpu --rehearse --device "$device" --precision fp16
    done
elif wanted sanitizer; then
    printf '\n## compute-sanitizer\n\nleft out: the tool is not here.\n' >>"$page"
fi

finish
echo "the page is $page"
exit 0
}
