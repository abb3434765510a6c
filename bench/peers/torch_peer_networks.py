"""Networks of tests/reference/evs_torch.py without the seconds that PyTorch takes to fill them with random numbers."""
import torch.nn as nn


def unfilled(make):
    """The network that make gives, with weights left as they come out of memory: to be filled by the caller."""
    kept = [(kind, kind.reset_parameters) for kind in (nn.Linear, nn.modules.conv._ConvNd, nn.Embedding)]
    try:
        for kind, _ in kept:
            kind.reset_parameters = lambda self: None
        return make()
    finally:
        for kind, own in kept:
            kind.reset_parameters = own


def filled(make):
    """The same with cheap random weights: what it computes takes as long with any others, but for numbers too small for normal floats."""
    network = unfilled(make).eval()
    for p in network.parameters():
        if p.dim() > 1:
            p.uniform_(-1, 1).mul_((3 / p[0].numel()) ** 0.5)
    for m in network.modules():
        if isinstance(m, (nn.Linear, nn.Conv2d)) and m.bias is not None:
            m.bias.zero_()
    return network.requires_grad_(False)
