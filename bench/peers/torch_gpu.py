"""PyTorch as the peer of `bench gpu`: the same lines, on the same GPU, in the same run of bench/gpu-there.sh.

    python3 torch_gpu.py --forms eager --requests FILE --out FILE [--device cuda] [--precision fp16] [--go FILE] [--seconds 60]
    python3 torch_gpu.py --forms compiled ...            whole passes through torch.compile

The requests are what `bench gpu --list --json FILE` wrote; the answers are {"line", "milliseconds", "variant"} or {"line", "problem"},
one a line, each written at once; the first line names the peer. Compiling begins at the start, on the processor; nothing is timed before
the file --go is there. The peer is given its best: float16, cuDNN's own search, contiguous and channels-last memory, scaled_dot_product_attention,
calls recorded as a CUDA graph where that works; the fastest form counts and is named. Times are between events of the device around many
calls, which go through copies of their tensors, as those of `bench gpu` do.
"""
import argparse
import json
import os
import sys
import time

ROTATED_BYTES, MOST_COPIES, SAMPLE_MS, MOST_CALLS, SAMPLES = 128 << 20, 64, 15, 400, 5


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("--forms", choices=["eager", "compiled"], default="eager")
    p.add_argument("--requests", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--device", default="cuda")
    p.add_argument("--precision", choices=["fp16", "fp32"], default="fp16")
    p.add_argument("--go")
    p.add_argument("--seconds", type=float, default=60)
    p.add_argument("--rehearse", action="store_true", help="one call a line, two copies")
    return p.parse_args()


ARGS = arguments()
OUT = open(ARGS.out, "w")


def say(**line):
    print(json.dumps(line), file=OUT, flush=True)


def wait():
    while ARGS.go and not os.path.exists(ARGS.go):
        time.sleep(0.1)


try:
    import torch
    from torch_operations import LAST, OPERATIONS, PLACE, E
    from torch_peer_networks import filled
except ImportError as missing:
    say(peer=f"none: {missing}")
    sys.exit(0)

ON_GPU = ARGS.device.startswith("cuda")
if ON_GPU and not torch.cuda.is_available():
    say(peer=f"none: torch {torch.__version__} finds no CUDA device")
    sys.exit(0)


# ---------------------------------------------------------------- the clock

def span(run):
    """Milliseconds of the device for what run starts."""
    if not ON_GPU:
        start = time.perf_counter()
        run()
        return (time.perf_counter() - start) * 1e3
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    begin.record()
    run()
    end.record()
    end.synchronize()
    return begin.elapsed_time(end)


def recorded(run):
    """The same launches as one CUDA graph; None where something cannot be recorded."""
    if not ON_GPU:
        return None
    try:
        graph, side = torch.cuda.CUDAGraph(), torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            run()
        torch.cuda.current_stream().wait_stream(side)
        with torch.cuda.graph(graph):
            run()
        return graph.replay
    except Exception:                                    # whatever cannot be recorded runs as it is
        torch.cuda.synchronize()
        return None


def timed(calls, records=True):
    """Milliseconds of one call, and whether they were recorded: the better of both."""
    for call in calls:
        call()
    if ARGS.rehearse:
        return span(calls[0]), ""
    def turns(n):
        for i in range(n):
            calls[i % len(calls)]()
    rough = span(lambda: turns(len(calls))) / len(calls)
    wanted = min(SAMPLE_MS / max(rough, 1e-4), MOST_CALLS)
    n = max(1, -(-int(wanted) // len(calls))) * len(calls)
    times = {"": lambda: turns(n)}
    graph = recorded(lambda: turns(n)) if records and n > 1 else None
    if graph:
        times["graph"] = graph
    best = {}
    for name, run in times.items():
        run()
        best[name] = sorted(span(run) / n for _ in range(SAMPLES))[SAMPLES // 2]
    form = min(best, key=best.get)
    return best[form], form


# ---------------------------------------------------------------- what is timed

def operation(request, byte_count):
    """The fastest form of a single operation."""
    if ARGS.precision == "fp16":
        byte_count /= 2
    copies = 2 if ARGS.rehearse else max(2, min(MOST_COPIES, int(ROTATED_BYTES / max(byte_count, 1)) + 1))
    sets = [OPERATIONS[request["op"]](request) for _ in range(copies)]
    best = None
    for name in sets[0]:
        calls = [forms[name]() for forms in sets]
        ms, how = timed(calls)
        if best is None or ms < best[0]:
            best = ms, " ".join(word for word in ("eager,", name, how) if word)
    return best


NETWORKS = {}


def network(op):
    """Loaded once; the U-Net has its motion modules, which a pass without frames leaves out."""
    kind = "unet" if op == "unet" else "vae"
    if kind not in NETWORKS:
        make = lambda: filled(lambda: E.UNet(E.UNET_SD15, E.MOTION_V2) if kind == "unet" else E.Vae(E.VAE_SD15))
        if ON_GPU:
            with torch.device("cuda"):
                made = make()
        else:
            made = make()
        NETWORKS[kind] = made.to(PLACE["dtype"])
    return NETWORKS[kind]


def drawn(*shape):
    return torch.rand(shape, device=PLACE["device"], dtype=PLACE["dtype"]) * 2 - 1


def passing(r):
    """(the module's function, its arguments) of a pass."""
    net = network(r["op"])
    if r["op"] == "unet":
        x, text = drawn(r["n"], 4, r["h"], r["w"]), drawn(1, 77, 768)
        return net.forward, lambda layout: (x.contiguous(memory_format=layout), torch.tensor(481.0, device=PLACE["device"]), text,
                                            r["n"] if r.get("motion") else 0)
    if r["op"] == "vae_encode":
        x = drawn(1, 3, r["h"], r["w"])
        return net.encode, lambda layout: (x.contiguous(memory_format=layout),)
    z = drawn(1, 4, r["h"] // 8, r["w"] // 8)
    return net.decode, lambda layout: (z.contiguous(memory_format=layout),)


def eager_pass(r):
    best = None
    for name, layout in (("channels last", LAST), ("contiguous", torch.contiguous_format)):
        network(r["op"]).to(memory_format=layout)
        run, inputs = passing(r)
        given = inputs(layout)
        ms, how = timed([lambda: run(*given)])
        if best is None or ms < best[0]:
            best = ms, " ".join(word for word in ("eager,", name, how) if word)
    return best


def compiled_pass(r):
    """Compiles now; gives what takes the time later."""
    network(r["op"]).to(memory_format=LAST)
    run, inputs = passing(r)
    given, fast = inputs(LAST), torch.compile(run, dynamic=False)
    fast(*given)

    def measure():
        ms, how = timed([lambda: fast(*given)])
        return ms, " ".join(word for word in ("compiled, channels last", how) if word)
    return measure


def tell(line, measure):
    try:
        found = measure()
        if found:
            say(line=line, milliseconds=found[0], variant=found[1])
    except Exception as fault:                           # told on the page; the others go on
        say(line=line, problem=f"{type(fault).__name__}: {str(fault).splitlines()[0] if str(fault) else ''}"[:200])


def main():
    if ON_GPU:
        torch.backends.cudnn.benchmark = True
    PLACE.update(device="cuda" if ON_GPU else "cpu", dtype=torch.float16 if ARGS.precision == "fp16" else torch.float32)
    name = torch.cuda.get_device_name() if ON_GPU else "the processor"
    say(peer=f"torch {torch.__version__}, {name}, {ARGS.precision}, {ARGS.forms}")
    with open(ARGS.requests) as file:
        wanted = [r for r in map(json.loads, file) if r.get("request")]
    passes = [r for r in wanted if r["request"]["op"] not in OPERATIONS]
    with torch.inference_mode():
        if ARGS.forms == "compiled":
            if not hasattr(torch, "compile"):
                say(peer=f"torch {torch.__version__} has no torch.compile")
                return
            ready = []
            # The longest first: the file --go may come before all are compiled.
            for r in sorted(passes, key=lambda r: -r["request"].get("n", 0)):
                if ready and ARGS.go and os.path.exists(ARGS.go):
                    say(line=r["line"], problem="not compiled in time")
                    continue
                tell(r["line"], lambda: ready.append((r["line"], compiled_pass(r["request"]))))
            wait()
            for line, measure in ready:
                tell(line, measure)
            return
        wait()
        end = time.time() + ARGS.seconds
        for r in passes + [r for r in wanted if r["request"]["op"] in OPERATIONS]:
            if time.time() > end:
                say(line=r["line"], problem=f"no time left of {ARGS.seconds:.0f} s")
                continue
            made = eager_pass if r in passes else None
            tell(r["line"], lambda: made(r["request"]) if made else operation(r["request"], r.get("bytes", 0)))


if __name__ == "__main__":
    main()
