"""Single operations in PyTorch, in every form that gives the same numbers: what the peers of the bench time.

Each function takes a request (bench/EvsNative.Bench/*Cases.cs) and gives {form: function that makes the call}.
"""
import os
import sys

import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "reference"))
import evs_torch as E
import metrics_nets as M

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


def window_attention(r):
    """q, k, v [frames,side,side,c] in windows of 8 x 7 x 7, shifted where there are several of them; biases by place and by fragment."""
    size, heads, c = (r["frames"], r["side"], r["side"]), r["heads"], r["c"]
    q, k, v = (draw(name, *size, c)[None] for name in "qkv")
    window = [min(s, w) for s, w in zip(size, (8, 7, 7))]
    shift = [w // 2 if s > w else 0 for s, w in zip(size, (8, 7, 7))]
    back, tokens, place = [-s for s in shift], window[0] * window[1] * window[2], dict(device=q.device)
    tables = [draw(name, 15 * 13 * 13, heads) for name in (("near", "fragment") if r["fragments"] else ("near",))]
    at = torch.stack(torch.meshgrid(*(torch.arange(s, **place) for s in (8, 7, 7)), indexing="ij"), -1).reshape(-1, 3)[:tokens]
    delta = at[:, None] - at[None] + torch.tensor([7, 6, 6], **place)
    index = (delta[..., 0] * 13 + delta[..., 1]) * 13 + delta[..., 2]

    def axes(of):
        return torch.stack(torch.meshgrid(*(of(*a) for a in zip(size, window, shift)), indexing="ij"), -1)[None]

    cells = axes(lambda s, w, by: torch.arange(s, **place) * w // s)
    cells[..., 0] = 0
    steps = lambda s, w, by: [(torch.arange(s, **place) >= s - e).long() for e in ((w, by) if by else ())]
    regions = axes(lambda s, w, by: sum(steps(s, w, by), torch.zeros(s, dtype=torch.long, **place)))
    cells, regions = M.into_windows(torch.roll(cells, back, (1, 2, 3)), window), M.into_windows(regions, window)
    gate = (cells[:, :, None] - cells[:, None]).abs().sum(-1).to(q.dtype)[:, None]
    mask = -100.0 * (regions[:, :, None] != regions[:, None]).any(-1).to(q.dtype)[:, None]

    def biases():
        near, *fragment = (table[index].permute(2, 0, 1) for table in tables)
        bias = near * gate + fragment[0] * (1 - gate) if fragment else near
        return bias + mask if any(shift) else bias[None]

    def parts(x):
        x = M.into_windows(torch.roll(x, back, (1, 2, 3)), window)
        return x.reshape(-1, tokens, heads, c // heads).transpose(1, 2)

    def whole(y):
        y = M.out_of_windows(y.transpose(1, 2).reshape(-1, tokens, c), window, 1, *size)
        return torch.roll(y, shift, (1, 2, 3))

    def plain(q, k, v, bias):
        return whole((((parts(q) * (c // heads) ** -0.5) @ parts(k).transpose(-2, -1)) + bias).softmax(-1) @ parts(v))

    def fused(q, k, v, bias):
        return whole(F.scaled_dot_product_attention(parts(q), parts(k), parts(v), attn_mask=bias))

    def kept(attend):
        bias = biases()
        return lambda: attend(q, k, v, bias)

    forms = {"plain": lambda: lambda: plain(q, k, v, biases()), "biases kept": lambda: kept(plain)}
    if hasattr(F, "scaled_dot_product_attention"):
        forms["fused, biases kept"] = lambda: kept(fused)
    return forms


def sample(x, across, down, padding):
    """x [n,c,h,w] at columns and rows [n,...] in pixels, by the library's own operation."""
    h, w = x.shape[2:]
    grid = torch.stack([2 * across / (w - 1) - 1, 2 * down / (h - 1) - 1], -1)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode=padding, align_corners=True)


def warp(r):
    """x [1,c,h,w] at each pixel's place and its flow."""
    h, w = r["h"], r["w"]
    x, flow = draw("x", 1, r["c"], h, w), draw("flow", 1, 2, h, w)
    px, py = M.pixel_grid(1, h, w, x)
    call = lambda x: lambda: sample(x, px + flow[:, 0], py + flow[:, 1], "border")
    return {"plain": lambda: call(x), "channels last": lambda: call(x.contiguous(memory_format=LAST))}


def lookup(r):
    """The correlation of all pairs of pixels, made smaller level by level and looked up around the places, as was published."""
    h, w, c, side = r["h"], r["w"], r["c"], 2 * r["radius"] + 1
    a, b, flow = draw("a", 1, c, h, w), draw("b", 1, c, h, w), draw("flow", 1, 2, h, w)
    px, py = M.pixel_grid(1, h, w, a)
    step = torch.arange(-r["radius"], r["radius"] + 1, device=a.device, dtype=a.dtype)

    def volume():
        all_pairs, found = (a.reshape(c, -1).t() @ b.reshape(c, -1) / c ** 0.5).reshape(h * w, 1, h, w), []
        for level in range(r["levels"]):
            x, y = ((p + 2 * f).reshape(-1, 1, 1) / 2 ** level for p, f in ((px, flow[:, 0]), (py, flow[:, 1])))
            x, y = torch.broadcast_tensors(x + step[:, None], y + step[None])
            found.append(sample(all_pairs, x, y, "zeros").reshape(h, w, side * side))
            all_pairs = F.avg_pool2d(all_pairs, 2, 2)
        return torch.cat(found, -1).permute(2, 0, 1)[None]

    return {"plain": lambda: volume}


OPERATIONS = {"depthwise": depthwise, "linear": linear, "conv": conv, "attention": attention, "group_norm": group_norm, "layer_norm": layer_norm,
              "window_attention": window_attention, "warp": warp, "lookup": lookup}
