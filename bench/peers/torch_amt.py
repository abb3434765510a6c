"""AMT-S (tests/reference/metrics_nets.py) as the peer of the bench has it.

The reference looks places up one by one, so that goldens in float64 fit into memory. Here it is done as in the original: the products of all
places with all are made once, with their levels and their transpose, and places are found by PyTorch's own sampling.
"""
import torch
import torch.nn.functional as F

from torch_operations import E
from torch_peer_networks import unfilled

import metrics_nets as nets                              # beside evs_torch, which torch_operations has put on the path


def sampled(image, x, y, padding):
    """image [N,C,H,W] at pixels x, y [N,h,w]."""
    h, w = image.shape[2:]
    return F.grid_sample(image, torch.stack((2 * x / (w - 1) - 1, 2 * y / (h - 1) - 1), -1), padding_mode=padding, align_corners=True)


def warp(image, flow):
    x, y = nets.pixel_grid(image.shape[0], *image.shape[2:], image)
    return sampled(image, x + flow[:, 0], y + flow[:, 1], "border")


class Volume:
    """metrics_nets.Correlation with the products of all places of a with all of b."""

    def __init__(self, a, b, radius, levels):
        n, c, h, w = a.shape
        self.radius = radius
        volume = (a.view(n, c, h * w).transpose(1, 2) @ b.view(n, c, h * w)).div_(c ** 0.5).view(n * h * w, 1, h, w)
        self.levels = [volume]
        for _ in range(levels - 1):
            self.levels.append(F.avg_pool2d(self.levels[-1], 2))

    def __call__(self, x, y):
        n, h, w = x.shape
        step = torch.arange(-self.radius, self.radius + 1, dtype=x.dtype)
        out = []
        for i, level in enumerate(self.levels):
            px, py = x.reshape(-1, 1, 1) / 2 ** i + step.view(1, -1, 1), y.reshape(-1, 1, 1) / 2 ** i + step.view(1, 1, -1)
            px, py = px.expand(-1, -1, len(step)), py.expand(-1, len(step), -1)
            out.append(sampled(level, px, py, "zeros").view(n, h, w, -1))
        return torch.cat(out, -1).permute(0, 3, 1, 2).contiguous()


def make():
    """The network, with weights by formula."""
    nets.warp, nets.Correlation = warp, Volume
    return nets.fill_metric_weights(unfilled(nets.Amt)).requires_grad_(False)


def pictures(r):
    """Two pictures 0.5 + 0.5 U of [1,3,h,w]."""
    return [0.5 + E.formula_input(f"input.image{i}", (1, 3, r["h"], r["w"]), 0.5) for i in (0, 1)]
