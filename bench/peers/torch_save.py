"""Writes the tensors of a safetensors file as PyTorch does: a checkpoint with a state_dict, to be read by the bench of formats.

    python3 torch_save.py IN.safetensors OUT.ckpt
"""
import sys

import torch
from weight_file import tensors

torch.save({"state_dict": dict(tensors(sys.argv[1])), "global_step": 470000}, sys.argv[2])
