"""The networks that judge clips (tests/reference/metrics_nets.py) as the peer of the bench has them: {form: function that makes the call}.

The reference goes through attention windows one by one, so that goldens in float64 fit into memory. Here all windows of a layer go together, as in
the original.
"""
import torch
import torch.nn.functional as F

from torch_operations import E
from torch_peer_networks import unfilled

import metrics_nets as nets                              # beside evs_torch, which torch_operations has put on the path


# ---------------------------------------------------------------- vision transformers

def attend(q, k, v, heads):
    """metrics_nets.attend by torch's fused attention."""
    split = lambda x: x.view(*x.shape[:2], heads, -1).transpose(1, 2)
    return F.scaled_dot_product_attention(split(q), split(k), split(v)).transpose(1, 2).reshape(q.shape)


def transformer(kind):
    """DINO or SigLIP with its head, with weights by formula."""
    if hasattr(F, "scaled_dot_product_attention"):
        nets.attend = attend
    return nets.fill_metric_weights(unfilled(kind)).requires_grad_(False)


def pictures(r):
    """Pictures [n,3,h,w]."""
    return E.formula_input("input.pictures", (r["n"], 3, r["h"], r["w"]))


# ---------------------------------------------------------------- DOVER

def added(self, fragments, regions, dtype):
    """Bias and mask of every window of a clip, [windows,heads,tokens,tokens], or [1,heads,tokens,tokens] where they are the same for all."""
    t = fragments.shape[1]
    index = self.relative_position_index[:t, :t]
    bias = self.relative_position_bias_table[index].permute(2, 0, 1)[None]
    if hasattr(self, "fragment_position_bias_table"):
        gate = (fragments[:, :, None] - fragments[:, None]).abs().sum(-1).to(dtype)[:, None]
        bias = bias * gate + self.fragment_position_bias_table[index].permute(2, 0, 1)[None] * (1 - gate)
    return bias if regions is None else bias - 100.0 * (regions[:, :, None] != regions[:, None]).to(dtype)[:, None]


def batched(keeps, fuses):
    """A forward for metrics_nets.WindowAttention with all windows in one product; bias and mask may be kept, the softmax may be torch's fused one."""
    def forward(self, x, fragments, regions):
        n, t, c = x.shape
        per, size = len(fragments), c // self.heads
        q, k, v = self.qkv(x).reshape(n, t, 3, self.heads, size).permute(2, 0, 3, 1, 4)
        kept = self.kept if keeps else {}
        if (per, t) not in kept:
            kept[per, t] = added(self, fragments, regions, x.dtype)
        bias = kept[per, t]
        if fuses:
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=bias.expand(per, -1, -1, -1).repeat(n // per, 1, 1, 1) if n > per else bias)
        else:
            score = ((q * size ** -0.5) @ k.transpose(-2, -1)).view(n // per, per, self.heads, t, t).add_(bias)
            y = score.view(n, self.heads, t, t).softmax(-1) @ v
        return self.proj(y.transpose(1, 2).reshape(n, t, c))
    return forward


def dover(r):
    """A clip of 32 frames of 224 x 224, whose numbers go through [32,3,224,224] -> the mean over the places."""
    network = nets.fill_metric_weights(unfilled(nets.Dover)).requires_grad_(False)
    branch = network.technical if r["op"] == "dover_technical" else network.aesthetic
    clip = E.formula_input("input.clip", (32, 3, 224, 224)).transpose(0, 1)[None]

    def use(layout, keeps=False, fuses=False):
        nets.WindowAttention.forward = batched(keeps, fuses)
        for module in network.modules():
            module.kept = {}
        network.to(memory_format=layout)
        x = clip.contiguous(memory_format=layout)
        return lambda: branch(x).mean().view(1)

    plain = torch.contiguous_format
    if r["op"] == "dover_aesthetic":
        return {"plain": lambda: use(plain), "channels last": lambda: use(torch.channels_last_3d)}
    forms = {"plain": lambda: use(plain), "biases kept": lambda: use(plain, keeps=True)}
    if hasattr(F, "scaled_dot_product_attention"):
        forms["fused"], forms["fused, biases kept"] = lambda: use(plain, fuses=True), lambda: use(plain, keeps=True, fuses=True)
    return forms


OPERATIONS = dict(dover_technical=dover, dover_aesthetic=dover)
