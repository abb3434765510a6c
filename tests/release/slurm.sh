#!/usr/bin/env bash
# deploy/slurm/batch.sbatch on a real Slurm with one node, as root: an array of four workers over eight clips, of which one cannot be read;
# one worker is killed in the middle of its clip. Seven results, one clear failure, exit codes that say so; a second submission does nothing
# again. It needs no systemd, no cgroups and no name that resolves, and has ports, keys and folders of its own, so that it runs in containers
# and beside others of its kind.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
for program in munged slurmctld slurmd sbatch ffmpeg; do
    command -v "$program" >/dev/null || { echo "skipped: no $program (apt-get install slurm-wlm munge ffmpeg)"; exit 0; }
done
[ "$(id -u)" = 0 ] || { echo "skipped: only root can start Slurm"; exit 0; }

work=$(mktemp -d)
chmod 755 "$work"
export SLURM_CONF="$work/slurm.conf"
stop() {
    scancel --state=RUNNING --user=root 2>/dev/null || true
    for pid in "$work"/*.pid; do [ -f "$pid" ] && kill "$(cat "$pid")" 2>/dev/null || true; done
    [ -z "${munge_pid:-}" ] || kill "$munge_pid" 2>/dev/null || true
    sleep 1
    rm -rf "$work" || true
}
trap stop EXIT
# fail WHAT FILE...: says why, with the ends of some files.
fail() {
    echo "$1"
    for file in "${@:2}"; do [ ! -f "$file" ] || { echo "-- $file" && tail -n 40 "$file"; }; done
    exit 1
}

# The identity that Slurm's parts show one another, on a socket of this test's own.
mkdir -p "$work/munge"
head -c 1024 /dev/urandom >"$work/munge/key"
chmod 600 "$work/munge/key"
munged --foreground --force --key-file="$work/munge/key" --socket="$work/munge/socket" --pid-file="$work/munge/pid" \
    --log-file="$work/munge/log" --seed-file="$work/munge/seed" 2>"$work/munge/said" &
munge_pid=$!

# Ports that nobody has: other gates may run on this machine.
free_port() {
    local port
    while port=$((20000 + RANDOM % 12000)) && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
    echo "$port"
}
control_port=$(free_port)
daemon_port=$(free_port)
while [ "$daemon_port" = "$control_port" ]; do daemon_port=$(free_port); done

# Since 23.11 slurmd looks for cgroups unless it is told not to; before, it does not know how to be told.
case "$(slurmd -V | grep -o '[0-9]*\.[0-9]*' | head -n 1)" in
1?.* | 20.* | 21.* | 22.* | 23.02) ;;
*) echo "CgroupPlugin=disabled" >"$work/cgroup.conf" ;;
esac

node=$(hostname -s 2>/dev/null || cut -d. -f1 /proc/sys/kernel/hostname)
cat >"$SLURM_CONF" <<CONF
ClusterName=test
SlurmctldHost=$node(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
SlurmctldPort=$control_port
SlurmdPort=$daemon_port
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
MpiDefault=none
SlurmdParameters=config_overrides
NodeName=$node NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=all Nodes=$node Default=YES OverSubscribe=FORCE:4 MaxTime=INFINITE State=UP
CONF
mkdir -p "$work/state" "$work/spool"
for _ in $(seq 120); do [ -S "$work/munge/socket" ] && break || sleep 0.5; done
[ -S "$work/munge/socket" ] || fail "munged does not start" "$work/munge/said" "$work/munge/log"
slurmctld -f "$SLURM_CONF"
slurmd -f "$SLURM_CONF"
for _ in $(seq 240); do sinfo -h -o %T 2>/dev/null | grep -q idle && break || sleep 0.5; done
sinfo -h -o %T | grep -q idle || fail "Slurm does not start" "$work"/*.log

cd "$work"
# The clip in which a worker is killed takes longer than it takes to see that it has begun.
for i in 0 1 2 4 5 6 7; do
    frames=$([ "$i" = 1 ] && echo 24 || echo 6)
    mkdir "c$i"
    ffmpeg -v error -f lavfi -i "testsrc2=s=32x32:r=8" -frames:v "$frames" "c$i/%d.png"
done
for i in 0 1 2 3 4 5 6 7; do echo "{ \"clip\": \"c$i\" }"; done >jobs.jsonl
settings=(--fake-weights tiny --image-steps 8 --image-start 6 --guidance 2 --device cpu --threads 1)
[ -f "$root/src/EvsNative.Cli/bin/Debug/net10.0/evsnative.dll" ] || dotnet build "$root/src/EvsNative.Cli" -v q
export EVSNATIVE="dotnet $root/src/EvsNative.Cli/bin/Debug/net10.0/evsnative.dll"

submit() {
    sbatch --parsable --gpus-per-task=0 --cpus-per-task=1 --output="$work/log-%a" --array=0-3 "$@" "$root/deploy/slurm/batch.sbatch" \
        jobs.jsonl results "${settings[@]}"
}
wait_for() {
    for _ in $(seq 1200); do [ -z "$(squeue -h -j "$1" 2>/dev/null)" ] && return || sleep 0.5; done
    fail "job $1 does not end: $(squeue)" "$work"/log-* "$work"/*.log
}

job=$(submit --no-requeue)
# The second worker is killed while it has a clip of its own.
worker_1() {
    for p in $(pgrep -f "evsnative.dll refine --batch jobs.jsonl" || true); do
        ! grep -qsz '^SLURM_ARRAY_TASK_ID=1$' "/proc/$p/environ" || { [ "$(ps -o comm= -p "$p")" != dotnet ] || echo "$p"; }
    done
}
pid=
for _ in $(seq 3000); do
    if ls results/.evs-batch/claims/c1-evs.* >/dev/null 2>&1; then pid=$(worker_1); fi
    [ -z "$pid" ] || break
    sleep 0.1
done
[ -n "$pid" ] || fail "the second worker was not seen at its clip" "$work"/log-*
kill -KILL $pid
wait_for "$job"
results=$(ls -d results/c*-evs | wc -l)
[ "$results" = 7 ] || fail "$results results, 7 were expected: $(ls results)" "$work"/log-* results/worker-*.json
for clip in results/c*-evs; do
    name=$(basename "$clip" -evs)
    [ "$(ls "$clip" | wc -l)" = "$(ls "$name" | wc -l)" ] || fail "$clip is not whole"
done
[ "$(cat results/worker-*.json | grep -c '"end": "failed"')" = 1 ] || fail "there is not one failure" results/worker-*.json
grep -h '"message": ".*c3' results/worker-*.json | grep -q "there is no file or folder c3" \
    || fail "the failure is not named" results/worker-*.json
# Whoever has the clip that is missing ends with 1, who was killed with neither, the others with 0.
ends=$(scontrol -o show job "$job" | sed -E 's/.*ArrayTaskId=([0-9]+).* ExitCode=([0-9]+:[0-9]+).*/\1=\2/' | sort | tr '\n' ' ')
[[ "$ends" =~ ^0=0:0\ 1=(137:0|0:9)\ 2=0:0\ 3=1:0\ $ ]] || fail "the tasks end with $ends" "$work"/log-*

before=$(find results -name '*.png' -printf '%p %T@\n' | sort)
wait_for "$(submit)"
[ "$before" = "$(find results -name '*.png' -printf '%p %T@\n' | sort)" ] || { echo "a second submission did work again"; exit 1; }
echo "7 results, 1 failure, nothing twice; the tasks ended with $ends"
