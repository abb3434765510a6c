"""Single operations in PyTorch, in every form that gives the same numbers: what the peers of the bench time.

Each function takes a request (bench/EvsNative.Bench/*Cases.cs) and gives {form: function that makes the call}.
"""
import os
import sys

import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "reference"))
import evs_torch as E

CONTIGUOUS, LAST = torch.contiguous_format, torch.channels_last
PLACE = dict(device="cpu", dtype=torch.float32)          # where inputs are drawn


def draw(name, *shape):
    """-1..1: on a processor by formula, so that the bench can compare results with its own; on a GPU, which would wait for that, at random."""
    if PLACE["device"] == "cpu":
        return E.formula_input(name, shape, 1.0).to(PLACE["dtype"])
    return torch.rand(shape, device=PLACE["device"], dtype=PLACE["dtype"]) * 2 - 1


# ---------------------------------------------------------------- operations: {form: function that makes the call}

def can_pack():
    return PLACE["device"] == "cpu" and torch.backends.mkldnn.is_available() and hasattr(torch._C._nn, "mkldnn_reorder_conv2d_weight")


def pack(w, padding, stride):
    return torch._C._nn.mkldnn_reorder_conv2d_weight(w.to_mkldnn(), (padding,) * 2, (stride,) * 2, (1, 1), 1)


def packed_linear(x, w, b):
    y = torch._C._nn.mkldnn_linear(x.reshape(-1, x.shape[-1]).to_mkldnn(), w, b).to_dense()
    return y.view(*x.shape[:-1], -1)


def linear(r):
    """x [rows,in] -> [rows,out]; "form" is plain, residual (adds one), qkv (three products) or geglu (out counts both halves)."""
    x, form = draw("x", r["rows"], r["in"]), r["form"]
    products = 3 if form == "qkv" else 1
    ws = list(zip(draw("w", products * r["out"], r["in"]).chunk(products), draw("b", products * r["out"]).chunk(products)))
    z = draw("residual", r["rows"], r["out"]) if form == "residual" else None

    def made(product, ws):
        def geglu():
            value, gate = product(x, *ws[0]).chunk(2, dim=-1)
            return value * F.gelu(gate)
        if form == "geglu":
            return geglu
        return (lambda: product(x, *ws[0]).add_(z)) if form == "residual" else (lambda: [product(x, *pair) for pair in ws])

    forms = {"plain": lambda: made(F.linear, ws)}
    if can_pack():
        forms["packed"] = lambda: made(packed_linear, [(w.to_mkldnn(), b) for w, b in ws])
    return forms


def conv(r):
    """x [n,in,h,w] -> out channels. in2: channels that are concatenated first; up: enlarged x2 first; pad_after: the VAE's downsampling."""
    k, stride = r.get("kernel", 3), r.get("stride", 1)
    padding = 0 if r.get("pad_after") else k // 2
    x, b = draw("x", r["n"], r["in"], r["h"], r["w"]), draw("b", r["out"])
    x2 = draw("x2", r["n"], r["in2"], r["h"], r["w"]) if r.get("in2") else None
    w = draw("w", r["out"], r["in"] + r.get("in2", 0), k, k)

    def source(x, x2):
        if x2 is not None:
            x = torch.cat([x, x2], dim=1)
        if r.get("up"):
            x = F.interpolate(x, scale_factor=2, mode="nearest")
        return F.pad(x, (0, 1, 0, 1)) if r.get("pad_after") else x

    def plain(layout):
        a, a2, v = (t if t is None else t.contiguous(memory_format=layout) for t in (x, x2, w))
        return lambda: F.conv2d(source(a, a2), v, b, padding=padding, stride=stride)

    def packed(layout):
        a, a2 = (t if t is None else t.contiguous(memory_format=layout) for t in (x, x2))
        v = pack(w, padding, stride)
        return lambda: torch.mkldnn_convolution(source(a, a2), v, b, (padding,) * 2, (stride,) * 2, (1, 1), 1)

    forms = {"plain": lambda: plain(CONTIGUOUS), "channels last": lambda: plain(LAST)}
    if can_pack():
        forms.update({"packed": lambda: packed(CONTIGUOUS), "packed, channels last": lambda: packed(LAST)})
    return forms


def attention(r):
    """q [n,queries,c], k and v [n,keys,c], any number of heads."""
    q, k, v = draw("q", r["n"], r["queries"], r["c"]), draw("k", r["n"], r["keys"], r["c"]), draw("v", r["n"], r["keys"], r["c"])
    return {"plain": lambda: lambda: E.attend(q, k, v, r["heads"], r.get("causal", False))}


def group_norm(r):
    x, w, b = draw("x", r["n"], r["c"], r["h"], r["w"]), draw("w", r["c"]), draw("b", r["c"])
    call = lambda x: lambda: F.silu(F.group_norm(x, 32, w, b, 1e-5))
    return {"plain": lambda: call(x), "channels last": lambda: call(x.contiguous(memory_format=LAST))}


def layer_norm(r):
    x, w, b = draw("x", r["rows"], r["c"]), draw("w", r["c"]), draw("b", r["c"])
    return {"plain": lambda: lambda: F.layer_norm(x, (r["c"],), w, b)}


def depthwise(r):
    """x [n,c,h,w], n images of one clip where the kernel has frames; each channel by itself, size kept."""
    k, side = r["frames"], r["kernel"]
    x, w, b = draw("x", r["n"], r["c"], r["h"], r["w"]), draw("w", r["c"], 1, k, side, side), draw("b", r["c"])
    if k == 1:
        w = w[:, :, 0]
        return {"plain": lambda: lambda: F.conv2d(x, w, b, padding=side // 2, groups=r["c"]),
                "channels last": lambda: (lambda x: lambda: F.conv2d(x, w, b, padding=side // 2, groups=r["c"]))(x.contiguous(memory_format=LAST))}
    clip = x.permute(1, 0, 2, 3)[None].contiguous()
    padding = (k // 2, side // 2, side // 2)
    call = lambda x: lambda: F.conv3d(x, w, b, padding=padding, groups=r["c"])[0].permute(1, 0, 2, 3)
    return {"plain": lambda: call(clip), "channels last": lambda: call(clip.contiguous(memory_format=torch.channels_last_3d))}


OPERATIONS = {"depthwise": depthwise, "linear": linear, "conv": conv, "attention": attention, "group_norm": group_norm, "layer_norm": layer_norm}
