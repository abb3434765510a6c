"""The tensors of a safetensors file, one at a time, for the peers that read the bench's checkpoints."""
import json
import struct

import numpy as np
import torch

TYPES = {"F16": np.float16, "F32": np.float32}


def tensors(path):
    """Name and tensor of each, in the file's order and type; a tensor is a copy that nothing else holds."""
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
        for name, entry in header.items():
            if name != "__metadata__":
                begin, end = entry["data_offsets"]
                file.seek(8 + length + begin)
                values = np.frombuffer(file.read(end - begin), TYPES[entry["dtype"]]).reshape(entry["shape"])
                yield name, torch.from_numpy(values.copy())
