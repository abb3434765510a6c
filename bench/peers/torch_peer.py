"""PyTorch as the peer of the bench: one JSON request a line on stdin, one JSON answer a line on stdout.

    python3 torch_peer.py THREADS
    -> {"ready": "torch 1.13.0, 2 threads, ..."}
    <- {"op": "conv", "n": 1, "h": 64, "w": 64, "in": 320, "out": 320, "repeats": 5}
    -> {"seconds": [...], "processor": 0.8, "variant": "packed"}
    <- {"op": "drop"}                                    forgets the inputs of all requests so far
    -> {}

README.md has the whole protocol. Inputs and weights are made by formula at the first request of a shape and kept. Each operation is tried in every form that a user of PyTorch
has at hand, all giving the same numbers (memory formats; weights put once into oneDNN's own layout); the fastest is kept and named.
While it waits for a line it computes nothing.
"""
import json
import os
import sys
import time

from core_type import restart_with_best

THREADS = int(sys.argv[1]) if len(sys.argv) > 1 else os.cpu_count()
CORES = restart_with_best(THREADS)

import torch                                             # after the restart: the library reads its variables when it is loaded
import torch.nn as nn

import torch_amt
import torch_judges
import torch_operations
from torch_operations import CONTIGUOUS, LAST, E, can_pack, pack, packed_linear
from torch_peer_networks import unfilled

LONG = 1.0                                               # an operation of so many seconds is tried once in every form

# ---------------------------------------------------------------- networks

class PackedConv(nn.Module):
    def __init__(self, own):
        super().__init__()
        self.own, self.weight = own, pack(own.weight, own.padding[0], own.stride[0])

    def forward(self, x):
        c = self.own
        return torch.mkldnn_convolution(x, self.weight, c.bias, c.padding, c.stride, c.dilation, c.groups)


class PackedLinear(nn.Module):
    def __init__(self, own):
        super().__init__()
        self.own, self.weight = own, own.weight.detach().to_mkldnn()

    def forward(self, x):
        return packed_linear(x, self.weight, self.own.bias)


def swap(network, change):
    """Replaces layers by what change gives for them."""
    for module in list(network.modules()):
        if not isinstance(module, (PackedConv, PackedLinear)):
            for name, child in list(module.named_children()):
                setattr(module, name, change(child))


def forms_of(network, call):
    """The forms of a whole network; each leaves it as the call needs it. call(layout) makes the inputs."""
    packs = {nn.Conv2d: PackedConv, nn.Linear: PackedLinear}

    def use(layout, kinds):
        swap(network, lambda m: m.own if isinstance(m, (PackedConv, PackedLinear)) else m)
        network.to(memory_format=layout)
        swap(network, lambda m: packs[type(m)](m) if type(m) in kinds else m)
        return call(layout)

    forms = {"plain": lambda: use(CONTIGUOUS, []), "channels last": lambda: use(LAST, [])}
    if can_pack():
        forms["packed convs"] = lambda: use(CONTIGUOUS, [nn.Conv2d])
        forms["packed"] = lambda: use(CONTIGUOUS, [nn.Conv2d, nn.Linear])
    return forms


def by_formula(make):
    return E.fill_by_formula(unfilled(make)).requires_grad_(False)


def unet(r):
    """latents [n,4,h,w]; with motion they are one video of n frames."""
    motion = r.get("motion", False)
    network = by_formula(lambda: E.UNet(E.UNET_SD15, E.MOTION_V2 if motion else None))
    x, text = E.formula_input("input.sample", (r["n"], 4, r["h"], r["w"])), E.formula_input("input.context", (1, 77, 768))
    return forms_of(network, lambda layout: (
        lambda x=x.contiguous(memory_format=layout): network(x, 481, text, frames=r["n"] if motion else 0)))


def vae(r):
    network = by_formula(lambda: E.Vae(E.VAE_SD15))
    h, w = r["h"], r["w"]
    if r["op"] == "vae_encode":
        x = E.formula_input("input.image", (1, 3, h, w))
        return forms_of(network, lambda layout: lambda x=x.contiguous(memory_format=layout): network.encode(x))
    z = E.formula_input("input.latents", (1, 4, h // 8, w // 8))
    return forms_of(network, lambda layout: lambda z=z.contiguous(memory_format=layout): network.decode(z))


def clip(r):
    network, ids = by_formula(lambda: E.ClipText(E.CLIP_L)), torch.arange(77).view(1, 77)
    return forms_of(network, lambda layout: lambda: network(ids))


def amt(r):
    """Two pictures -> the one between them."""
    network, (a, b) = torch_amt.make(), torch_amt.pictures(r)
    return forms_of(network, lambda layout: (
        lambda a=a.contiguous(memory_format=layout), b=b.contiguous(memory_format=layout): network(a, b)))


def judge(r):
    """Pictures -> DINO's class tokens, or the aesthetic scores."""
    network, x = torch_judges.transformer(torch_judges.nets.Dino if r["op"] == "dino" else torch_judges.nets.Aesthetic), torch_judges.pictures(r)
    return forms_of(network, lambda layout: lambda x=x.contiguous(memory_format=layout): network(x))


OPERATIONS = dict(torch_operations.OPERATIONS, unet=unet, vae_encode=vae, vae_decode=vae, clip=clip, amt=amt, dino=judge, aesthetic=judge,
                  **torch_judges.OPERATIONS)


# ---------------------------------------------------------------- the loop

def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def fastest(forms, wanted):
    """The name and the call of the fastest form, or of the one that is wanted."""
    forms = {name: make for name, make in forms.items() if wanted in (None, name)}
    if len(forms) == 1:
        name, make = next(iter(forms.items()))
        return name, make()
    times = {}
    for name, make in forms.items():
        call = make()
        times[name] = seconds(call)
        if times[name] < LONG:
            times[name] = min(seconds(call) for _ in range(5))
    best = min(times, key=times.get)
    return best, forms[best]()


def answer(request, kept):
    if request["op"] == "drop":
        kept.clear()
        return {}
    key = json.dumps({k: v for k, v in request.items() if k not in ("repeats", "write", "variant")}, sort_keys=True)
    if key not in kept:
        kept[key] = fastest(OPERATIONS[request["op"]](request), request.get("variant"))
        seconds(kept[key][1])
    variant, call = kept[key]
    before = time.process_time()
    times = [seconds(call) for _ in range(request["repeats"])]
    processor = time.process_time() - before
    if "write" in request:
        results = call()
        with open(request["write"], "wb") as file:
            for y in results if isinstance(results, list) else [results]:
                y.contiguous().numpy().tofile(file)
    return {"seconds": times, "processor": processor, "variant": variant}


def main():
    torch.set_num_threads(THREADS)
    torch.set_flush_denormal(True)
    torch.manual_seed(7)
    out, kept = sys.stdout, {}
    sys.stdout = sys.stderr                              # a library that prints must not break the protocol
    say = lambda value: print(json.dumps(value), file=out, flush=True)
    say({"ready": f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, OpenBLAS kernels by GFLOP/s: {CORES}"})
    with torch.inference_mode():
        for line in sys.stdin:
            try:
                say(answer(json.loads(line), kept))
            except Exception as fault:                   # told to the bench, which prints it in the row
                say({"error": f"{type(fault).__name__}: {fault}"})


if __name__ == "__main__":
    main()
