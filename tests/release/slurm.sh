#!/usr/bin/env bash
# deploy/slurm/batch.sbatch on a real Slurm with one node, as root: an array of four workers over eight clips, of which one cannot be read;
# one worker is killed in the middle of its clip. Seven results, one clear failure; a second submission does nothing again.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
# Run by hand so far: it needs root.
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
    rm -rf "$work"
}
trap stop EXIT


# The identity that Slurm's parts show one another, on a socket of this test's own.
mkdir -p "$work/munge"
head -c 1024 /dev/urandom >"$work/munge/key"
chmod 600 "$work/munge/key"
munged --foreground --force --key-file="$work/munge/key" --socket="$work/munge/socket" --pid-file="$work/munge/pid" \
    --log-file="$work/munge/log" --seed-file="$work/munge/seed" &
munge_pid=$!

node=$(hostname -s)
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
SlurmctldPort=16817
SlurmdPort=16818
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
sleep 1
slurmctld -f "$SLURM_CONF"
slurmd -f "$SLURM_CONF"
for _ in $(seq 60); do sinfo -h -o %T 2>/dev/null | grep -q idle && break || sleep 0.5; done
sinfo -h -o %T | grep -q idle || { cat "$work"/*.log; exit 1; }

cd "$work"
for i in 0 1 2 4 5 6 7; do
    mkdir "c$i"
    ffmpeg -v error -f lavfi -i "testsrc2=s=32x32:r=8:d=0.75" "c$i/%d.png"
done
for i in 0 1 2 3 4 5 6 7; do echo "{ \"clip\": \"c$i\" }"; done >jobs.jsonl
settings=(--fake-weights tiny --image-steps 8 --image-start 6 --guidance 2 --device cpu --threads 1)
[ -f "$root/src/EvsNative.Cli/bin/Debug/net10.0/evsnative.dll" ] || dotnet build "$root/src/EvsNative.Cli" -v q
export EVSNATIVE="dotnet $root/src/EvsNative.Cli/bin/Debug/net10.0/evsnative.dll"

submit() { sbatch --parsable --gpus-per-task=0 --cpus-per-task=1 --output="$work/log-%a" --array=0-3 "$@" "$root/deploy/slurm/batch.sbatch" jobs.jsonl results "${settings[@]}"; }
wait_for() { for _ in $(seq 600); do [ -z "$(squeue -h -j "$1" 2>/dev/null)" ] && return || sleep 0.5; done; squeue; exit 1; }

job=$(submit --no-requeue)
# The second worker is killed while it has a clip of its own.
worker_1() {
    for p in $(pgrep -f "evsnative.dll refine --batch jobs.jsonl" || true); do
        ! grep -qsz '^SLURM_ARRAY_TASK_ID=1$' "/proc/$p/environ" || { [ "$(ps -o comm= -p "$p")" != dotnet ] || echo "$p"; }
    done
}
for _ in $(seq 900); do
    pid=$(worker_1)
    if [ -n "$pid" ] && ls results/.evs-batch/claims/c1-evs.* >/dev/null 2>&1; then break; fi
    sleep 0.1
done
kill -KILL $pid
wait_for "$job"
results=$(ls -d results/c*-evs | wc -l)
[ "$results" = 7 ] || { echo "$results results, 7 were expected"; tail log-*; ls results; exit 1; }
for clip in results/c*-evs; do [ "$(ls "$clip" | wc -l)" = 6 ] || { echo "$clip is not whole"; exit 1; }; done
[ "$(cat results/worker-*.json | grep -c '"end": "failed"')" = 1 ] || { echo "not one failure:"; cat results/worker-*.json; exit 1; }
grep -h '"message": ".*c3' results/worker-*.json | grep -q "there is no file or folder c3" || { cat results/worker-*.json; exit 1; }

before=$(find results -name '*.png' -printf '%p %T@\n' | sort)
wait_for "$(submit)"
[ "$before" = "$(find results -name '*.png' -printf '%p %T@\n' | sort)" ] || { echo "a second submission did work again"; exit 1; }
echo "7 results, 1 failure, nothing twice"
