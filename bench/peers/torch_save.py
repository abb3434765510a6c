"""Writes the tensors of a safetensors file as PyTorch does: a checkpoint with a state_dict, to be read by the load bench.

    python3 torch_save.py IN.safetensors OUT.ckpt
"""
import json
import struct
import sys

import numpy as np
import torch

TYPES = {"F16": np.float16, "F32": np.float32}


def main(source, target):
    state = {}
    with open(source, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
        for name, entry in header.items():
            if name != "__metadata__":
                begin, end = entry["data_offsets"]
                file.seek(8 + length + begin)
                values = np.frombuffer(file.read(end - begin), TYPES[entry["dtype"]]).reshape(entry["shape"])
                state[name] = torch.from_numpy(values.copy())
    torch.save({"state_dict": state, "global_step": 470000}, target)


main(*sys.argv[1:])
