"""The networks that judge clips (tests/reference/metrics_nets.py) as the peer of the bench has them: {form: function that makes the call}.

The reference goes through attention windows one by one, so that goldens in float64 fit into memory. Here all windows of a layer go together, as in
the original.
"""
import torch

from torch_operations import E
from torch_peer_networks import unfilled

import metrics_nets as nets                              # beside evs_torch, which torch_operations has put on the path


def window_attention(self, x, fragments, regions):
    """metrics_nets.WindowAttention.forward with all windows in one product."""
    n, t, c = x.shape
    per = len(fragments)
    q, k, v = self.qkv(x).reshape(n, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
    index = self.relative_position_index[:t, :t]
    bias = self.relative_position_bias_table[index].permute(2, 0, 1)[None]
    if hasattr(self, "fragment_position_bias_table"):
        gate = (fragments[:, :, None] - fragments[:, None]).abs().sum(-1).to(x.dtype)[:, None]
        bias = bias * gate + self.fragment_position_bias_table[index].permute(2, 0, 1)[None] * (1 - gate)
    score = ((q * (c // self.heads) ** -0.5) @ k.transpose(-2, -1)).view(n // per, per, self.heads, t, t).add_(bias)
    if regions is not None:
        score.sub_(100.0 * (regions[:, :, None] != regions[:, None]).to(x.dtype)[:, None])
    y = score.view(n, self.heads, t, t).softmax(-1) @ v
    return self.proj(y.transpose(1, 2).reshape(n, t, c))


def dover(r):
    """A clip of 32 frames of 224 x 224, whose numbers go through [32,3,224,224] -> the mean over the places."""
    nets.WindowAttention.forward = window_attention
    network = nets.fill_metric_weights(unfilled(nets.Dover)).requires_grad_(False)
    branch = network.technical if r["op"] == "dover_technical" else network.aesthetic
    clip = E.formula_input("input.clip", (32, 3, 224, 224)).transpose(0, 1)[None]

    def use(layout):
        network.to(memory_format=layout)
        x = clip.contiguous(memory_format=layout)
        return lambda: branch(x).mean().view(1)

    return {"plain": lambda: use(torch.contiguous_format), "channels last": lambda: use(torch.channels_last_3d)}


OPERATIONS = dict(dover_technical=dover, dover_aesthetic=dover)
