"""Seconds of one U-Net pass of stable-diffusion.cpp on a checkpoint made by 'evsnative weights synthesize --layout single'.

    python3 stable_diffusion_cpp.py MODEL.safetensors [--threads N] [--side 512] [--rounds 3]

A run of n steps without guidance (--cfg-scale 1) passes the U-Net n times, and loads, reads the prompt and decodes once. So two runs with
different numbers of steps differ by passes alone: (time of MANY - time of FEW) / (MANY - FEW). Runs of both kinds take turns; medians are
printed, with and without its flash attention. Where the program is not on the path nothing is measured, which is said.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

FEW, MANY = 1, 3
NAMES = ("sd-cli", "sd")
FORMS = {"plain": [], "flash attention": ["--diffusion-fa"]}


def program():
    """The first of its names on the path; 'sd' may also be another program, which knows no --cfg-scale."""
    for name in NAMES:
        path = shutil.which(name)
        if path:
            said = subprocess.run([path, "--help"], capture_output=True, text=True, check=False)
            if "--cfg-scale" in said.stdout + said.stderr:
                return path
    return None


def run(command):
    """Seconds and peak resident bytes of a run."""
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            sys.exit(f"{' '.join(command)}: ended with {process.returncode}:\n{said.read()[-2000:]}")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser(description="Times one U-Net pass of stable-diffusion.cpp.")
    parser.add_argument("model", help="one file, from 'evsnative weights synthesize --layout single -o model.safetensors'")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--side", type=int, default=512, help="height and width of the picture")
    parser.add_argument("--rounds", type=int, default=3, help="medians of so many")
    said = parser.parse_args()
    sd = program()
    if sd is None:
        print(f"not measured: stable-diffusion.cpp ({' or '.join(NAMES)}) is not on the path; bench/peers/README.md tells how to build it")
        return
    if not os.path.isfile(said.model):
        sys.exit(f"{said.model}: no such file: make it with 'evsnative weights synthesize --layout single -o {said.model}'")

    with tempfile.TemporaryDirectory() as folder:
        for form, words in FORMS.items():
            command = [sd, "-m", said.model, "-p", "a red fox in the snow", "--cfg-scale", "1", "--sampling-method", "euler", "-W", f"{said.side}", "-H", f"{said.side}",
                       "-t", f"{said.threads}", "-s", "7", "-o", os.path.join(folder, "out.png"), *words, "--steps"]
            rounds = [(run(command + [f"{FEW}"]), run(command + [f"{MANY}"])) for _ in range(said.rounds)]
            passes = [(many[0] - few[0]) / (MANY - FEW) for few, many in rounds]
            peak = max(many[1] for _, many in rounds)
            print(f"stable-diffusion.cpp, {form}, {said.side}x{said.side}, {said.threads} threads: {statistics.median(passes):.3f} s a U-Net pass "
                  f"(least {min(passes):.3f}, most {max(passes):.3f}), peak {peak / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
