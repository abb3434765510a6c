"""How far PyTorch's own numbers are from float64, on the small networks of tests/reference/golden.py.

    python3 torch_precision.py [--out FILE] [CASE ...]

Each network runs in float64, in float32, in binary16 (weights and the result of every operation rounded to it, sums and softmax in float32, as
PyTorch does on GPUs: emulated, so any processor will do) and with the inputs of products and convolutions rounded to tf32. Errors are those of
the goldens: the largest of a tensor's 64 values, mean and rms, relative, and of all tensors that are watched the worst; "output" is of the last
tensor's every value. On a CUDA device ("--device cuda") binary16 is PyTorch's real one. One JSON object a line.
"""
import argparse
import json
import os
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "reference"))
import evs_torch as E
import golden as G


class Rounded(TorchFunctionMode):
    """Every result of an operation is rounded; what happens inside of one is not."""

    inside = 0

    def __init__(self, to):
        super().__init__()
        self.to = to

    def __torch_function__(self, func, types, args=(), kwargs=None):
        y = func(*args, **(kwargs or {}))
        if Rounded.inside:
            return y
        if isinstance(y, torch.Tensor) and y.dtype == torch.float32 and getattr(func, "__name__", "") not in ("__get__", "__set__"):
            return self.to(y)
        return y


def half(x):
    return x.half().float()


def tf32(x):
    """10 bits of fraction, ties away from zero."""
    return ((x.contiguous().view(torch.int32) + 0x1000) & ~0x1fff).view(torch.float32)


def fused(function):
    """One operation as far as rounding goes: scaled_dot_product_attention keeps its scores in float32, a timestep's angles are float32."""
    return lambda *args, **kwargs: half(plain(function, *args, **kwargs))


def plain(function, *args, **kwargs):
    """Without any rounding."""
    Rounded.inside += 1
    try:
        return function(*args, **kwargs)
    finally:
        Rounded.inside -= 1


class Tf32Products:
    """Inputs of products and convolutions rounded; everything else is float32."""

    def __enter__(self):
        self.kept = F.conv2d, F.linear, torch.bmm, nn.Conv2d._conv_forward
        conv, linear, bmm, _ = self.kept
        F.conv2d = lambda x, w, *a, **k: conv(tf32(x), tf32(w), *a, **k)
        F.linear = lambda x, w, b=None: linear(tf32(x), tf32(w), b)
        torch.bmm = lambda a, b: bmm(tf32(a), tf32(b))

    def __exit__(self, *_):
        F.conv2d, F.linear, torch.bmm, _ = self.kept


class Case(G.Cases):
    """A golden's network in another arithmetic: taps keep the tensors themselves."""

    def __init__(self, prepare, cast):
        super().__init__("input")
        own = self.input
        self.input = lambda name, shape, *scale: cast(plain(own, name, shape, *scale))
        self.prepare = prepare


def run(name, arithmetic, device):
    fill, tap, attend, embed, moved = G.fill_by_formula, G.tap, E.attend, E.timestep_embedding, torch.device(device)
    cast = {"float64": torch.Tensor.double, "fp16 real": torch.Tensor.half, "fp16": half}.get(arithmetic, lambda x: x)

    def made(net):
        net = plain(fill, net)
        if arithmetic == "float64":
            return net.double()
        if arithmetic.startswith("fp16"):
            for p in net.parameters():
                p.data = half(p.data)
        return (net.half() if arithmetic == "fp16 real" else net).to(moved)

    G.fill_by_formula, G.tap = made, lambda y: y.detach().double().cpu().reshape(-1)
    try:
        case = Case(made, lambda x: cast(x).to(moved))
        if arithmetic == "fp16":
            E.attend, E.timestep_embedding = fused(attend), fused(embed)
            with Rounded(half):
                return flat(G.CASES[name](case)["taps"])
        if arithmetic == "tf32":
            with Tf32Products():
                return flat(G.CASES[name](case)["taps"])
        return flat(G.CASES[name](case)["taps"])
    finally:
        G.fill_by_formula, G.tap, E.attend, E.timestep_embedding = fill, tap, attend, embed


def flat(taps):
    return {f"{part}: {name}" if isinstance(one, dict) else part: y for part, one in taps.items()
            for name, y in (one.items() if isinstance(one, dict) else [(part, one)])}


def error(got, right):
    n = len(right)
    at = torch.tensor([i * (n - 1) // 63 for i in range(64)])
    rms = right.square().mean().sqrt()
    values = (got[at] - right[at]).norm() / right[at].norm()
    return float(max(values, (got.mean() - right.mean()).abs() / rms, (got.square().mean().sqrt() - rms).abs() / rms))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("cases", nargs="*")
    p.add_argument("--out")
    p.add_argument("--device", default="cpu")
    args = p.parse_args()
    out = open(args.out, "w") if args.out else sys.stdout
    kinds = ["float32", "fp16", "tf32"] + (["fp16 real"] if args.device != "cpu" else [])
    with torch.no_grad():
        for name in args.cases or ["clip small", "vae small", "unet small", "unet small, odd size", "motion small"]:
            right = run(name, "float64", "cpu")
            line = dict(golden=name, torch=torch.__version__)
            for kind in kinds:
                got = run(name, kind, args.device)
                last = list(right)[-1]
                line[kind] = max(error(got[k], right[k]) for k in right)
                line[kind + " output"] = float((got[last] - right[last]).norm() / right[last].norm())
            print(json.dumps(line), file=out, flush=True)


if __name__ == "__main__":
    main()
