"""PyTorch at its best on this processor: which of OpenBLAS' kernels to take, how many threads.

An OpenBLAS older than the processor does not know it and falls back to the kernels of 2004, which are five times slower. The
variable OPENBLAS_CORETYPE names others. It is read when the library is loaded, so every candidate multiplies once in a child.
"""
import os
import subprocess
import sys

CHOSEN = "EVSNATIVE_PEER_CORE"
# The name of the kernels, and what the processor must have to run them.
CORES = {"Haswell": {"avx2", "fma"}, "Zen": {"avx2", "fma"}, "SkylakeX": {"avx512f", "avx512dq", "avx512bw", "avx512vl"},
         "Cooperlake": {"avx512f", "avx512_bf16"}, "SapphireRapids": {"avx512f", "avx512_bf16", "amx_bf16"}}
PRODUCT = """
import time, torch
torch.set_num_threads(%d)
a, times = torch.ones(1024, 1024), []
for _ in range(12):
    start = time.perf_counter()
    a @ a
    times.append(time.perf_counter() - start)
print(2 * 1024 ** 3 / sorted(times)[3] / 1e9)
"""


def flags():
    """What the processor has, in Linux's words; nothing elsewhere, so that nothing but the library's own choice is tried."""
    try:
        with open("/proc/cpuinfo") as info:
            return set(next((line.split(":")[1] for line in info if line.startswith("flags")), "").split())
    except OSError:
        return set()


def rate(core, threads):
    """GFLOP/s of a 1024^3 product with these kernels, 0 where they do not run."""
    env = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}
    if core:
        env["OPENBLAS_CORETYPE"] = core
    run = subprocess.run([sys.executable, "-c", PRODUCT % threads], env=env, capture_output=True, text=True, check=False)
    return float(run.stdout) if run.returncode == 0 else 0.0


def restart_with_best(threads):
    """Starts this very program anew with the fastest kernels, once; returns what was chosen, such as "Haswell kernels of 3 tried"."""
    if CHOSEN in os.environ:
        return os.environ[CHOSEN]
    has = flags()
    rates = {core: rate(core, threads) for core in [None] + [name for name, needs in CORES.items() if needs <= has]}
    best = max(rates, key=rates.get)
    os.environ[CHOSEN] = ", ".join(f"{'*' if core == best else ''}{core or 'default'} {value:.0f}" for core, value in rates.items())
    if best:
        os.environ["OPENBLAS_CORETYPE"] = best
    else:
        os.environ.pop("OPENBLAS_CORETYPE", None)
    os.execv(sys.executable, [sys.executable] + sys.argv)
