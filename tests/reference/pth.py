"""Writes tests/reference/pth: files by PyTorch itself with what they hold (expected.json), and files that must be refused.

    python3 tests/reference/pth.py            torch 1.13 and numpy

good/      zip.pth and legacy.pth hold the same (the layouts since and before torch 1.6), protocol4.pth and legacy4.pth too, by a later
           protocol of pickles; module.pth is the bare state_dict of a module; lightning.ckpt is as a trainer leaves it, with the classes of
           callbacks as keys and the states of an optimizer; parameters.pt is a textual inversion in a ParameterDict.
refuse/    files that ask for code to be run, or break a rule. They are put together by hand, byte by byte, and nothing here loads them.
"""
import collections
import io
import json
import os
import pickle
import struct
import sys
import types
import warnings
import zipfile
import zlib

import numpy as np
import torch
import torch.nn as nn

warnings.simplefilter("ignore")
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pth")


# ---------------------------------------------------------------- by PyTorch

def tensors():
    """Every type, and every way in which tensors look at storages."""
    row = torch.arange(24, dtype=torch.float32) / 8 - 1
    steps = torch.arange(7, dtype=torch.float32) * 0.3 - 1
    image = torch.arange(2 * 3 * 2 * 2, dtype=torch.float32).reshape(2, 3, 2, 2)
    return collections.OrderedDict([
        ("plain", row.reshape(2, 3, 4).clone()),
        ("shared.whole", row.reshape(4, 6)), ("shared.transposed", row.reshape(4, 6).t()),
        ("shared.rows", row.reshape(4, 6)[1:3, 2:5]), ("shared.every_other", row[1::2]),
        ("half", steps.half()), ("bfloat16", steps.bfloat16()),
        ("special.half", torch.tensor([0.0, -0.0, 6.1e-5, 5.96e-8, 65504.0, float("inf"), float("-inf")]).half()),
        ("double", torch.tensor([[1 / 3, -2.5], [1e-300, 1e300]], dtype=torch.float64)),
        ("int64", torch.arange(-4, 4, dtype=torch.int64) * 3_000_000_000), ("int32", torch.tensor([-5, 7], dtype=torch.int32)),
        ("int16", torch.tensor([-300, 300], dtype=torch.int16)), ("int8", torch.tensor([-128, 127], dtype=torch.int8)),
        ("uint8", torch.tensor([0, 200, 255], dtype=torch.uint8)), ("bool", torch.tensor([True, False, True])),
        ("scalar", torch.tensor(0.15625)), ("empty", torch.zeros(0, 5)), ("expanded", torch.tensor([[1.5], [2.5]]).expand(2, 3)),
        ("channels_last", image.contiguous(memory_format=torch.channels_last)), ("parameter", nn.Parameter(torch.tensor([3.0, 4.0])))])


def checkpoint():
    return collections.OrderedDict([
        ("state_dict", tensors()), ("epoch", 300), ("lr", 2e-4), ("name", "näme"), ("flags", (True, False, None)),
        ("sizes", torch.Size([2, 3])), ("big", 2 ** 40), ("best", np.float64(35.5)), ("dtype", torch.float16), ("steps", [1, -2, 70000])])


def module():
    class Small(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.norm = nn.Conv2d(2, 3, 1), nn.BatchNorm1d(2)

    small = Small()
    with torch.no_grad():
        for i, parameter in enumerate(small.parameters()):
            parameter.copy_(torch.arange(parameter.numel(), dtype=torch.float32).reshape(parameter.shape) + 10 * i)
    return small.state_dict()


def lightning():
    """A checkpoint of a trainer, whose classes are named and are not there when it is read."""
    name = "pytorch_lightning.callbacks.model_checkpoint"
    for part in (name.rsplit(".", i)[0] for i in (2, 1, 0)):
        sys.modules.setdefault(part, types.ModuleType(part))
    callback = type("ModelCheckpoint", (), {"__module__": name})
    sys.modules[name].ModelCheckpoint = callback
    network = nn.Linear(2, 2)
    with torch.no_grad():
        network.weight.copy_(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        network.bias.copy_(torch.tensor([5.0, 6.0]))
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4)
    network(torch.ones(1, 2)).sum().backward()
    state = {k: v.clone() for k, v in network.state_dict().items()}
    optimizer.step()
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [3, 5])
    return {
        "epoch": 7, "global_step": 470000, "pytorch-lightning_version": "1.4.2", "state_dict": state,
        "callbacks": {callback: {"monitor": "val/loss", "best_model_score": torch.tensor(0.25), "best_k_models": {"a.ckpt": np.float32(0.5)},
                                 "kth_value": torch.tensor(0.75), "current_score": None}},
        "optimizer_states": [optimizer.state_dict()], "lr_schedulers": [scheduler.state_dict()],
        "seen": collections.defaultdict(int, a=1), "kinds": {1, 2}, "numbers": np.arange(3)}, state


def parameters():
    words = nn.ParameterDict({"*": nn.Parameter(torch.arange(8, dtype=torch.float32).reshape(2, 4) / 4)})
    saved = {"string_to_token": {"*": torch.tensor(265)}, "string_to_param": words, "name": "cat-toy"}
    return saved, {"string_to_token.*": torch.tensor(265), "string_to_param.*": words["*"]}


def expected(tensor):
    plain = tensor.detach().contiguous().reshape(-1)
    values = [repr(v) if v in (float("inf"), float("-inf")) else v for v in (plain.double() if plain.is_floating_point() else plain).tolist()]
    raw = plain.view(torch.int16).numpy().tobytes() if plain.dtype == torch.bfloat16 else plain.numpy().tobytes()
    return dict(shape=list(tensor.shape), crc32=zlib.crc32(raw), values=values)


# ---------------------------------------------------------------- by hand

def text(name):
    return b"X" + struct.pack("<I", len(name)) + name


def called(module, name):
    return b"c" + module + b"\n" + name + b"\n"


def number(value):
    return b"J" + struct.pack("<i", value)


def numbers(values):
    return b"(" + b"".join(number(value) for value in values) + b"t"


def tensor(storage=b"FloatStorage", key=b"0", count=4, offset=0, size=(4,), stride=(1,), hooks=None, view=b""):
    identity = b"(" + text(b"storage") + called(b"torch", storage) + text(key) + text(b"cpu") + number(count) + view + b"tQ"
    hooks = hooks or called(b"collections", b"OrderedDict") + b")R"
    return (called(b"torch._utils", b"_rebuild_tensor_v2") + b"(" + identity + number(offset) + numbers(size) + numbers(stride)
            + b"\x89" + hooks + b"tR")


def one(value):
    return b"\x80\x02}" + text(b"w") + value + b"s."


FOUR = struct.pack("<4f", 1, 2, 3, 4)
SYSTEM = called(b"posix", b"system") + b"(" + text(b"echo this must never run") + b"tR"


def archive(pickled, data=((b"0", FOUR),), method=zipfile.ZIP_STORED, extra=()):
    out = io.BytesIO()
    entries = [("archive/data.pkl", pickled)] if pickled is not None else []
    entries += [(f"archive/data/{key.decode()}", raw) for key, raw in data] + [("archive/version", b"3\n"), *extra]
    with zipfile.ZipFile(out, "w") as z:
        for name, raw in entries:
            z.writestr(zipfile.ZipInfo(name), raw, method)   # without the time of day, so that the same files come out again
    return out.getvalue()


def legacy(value, data=struct.pack("<q", 4) + FOUR):
    info = dict(protocol_version=1001, little_endian=True, type_sizes=dict(short=2, int=4, long=4))
    return b"".join(pickle.dumps(v, 2) for v in (0x1950A86A20F9469CFC6C, 1001, info)) + value + pickle.dumps(["0"], 2) + data


def wrong_sum():
    good = bytearray(archive(one(tensor())))
    good[good.index(FOUR) + 2] ^= 0x40
    return bytes(good)


def tar():
    head = b"sys_info".ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + b"00000000000\0" * 2 + b"        0" + b"\0" * 100
    return (head + b"ustar\0" + b"00").ljust(1024, b"\0")


def refused():
    return {
        # Code.
        "system": archive(b"\x80\x02" + SYSTEM + b"."),
        "system_as_hook": archive(one(tensor(hooks=SYSTEM))),
        "eval_in_build": archive(
            b"\x80\x02" + called(b"collections", b"OrderedDict") + b")R" + called(b"builtins", b"eval") + b"(" + text(b"1") + b"tRb."),
        "getattr": archive(b"\x80\x02" + called(b"torch", b"load") + b"(" + text(b"x") + b"tR."),
        "whole_module": archive(b"\x80\x02" + called(b"torch.nn.modules.linear", b"Linear") + b")\x81}b."),
        "callback_called": archive(
            b"\x80\x02" + called(b"pytorch_lightning.callbacks.model_checkpoint", b"ModelCheckpoint") + b"(" + text(b"x") + b"tR."),
        "inst": archive(b"\x80\x02(" + text(b"x") + b"ios\nsystem\n."),
        "extension": archive(b"\x80\x02\x82\x01."),
        "legacy_system": legacy(b"\x80\x02" + SYSTEM + b"."),
        # Pickles.
        "no_stop": archive(one(tensor())[:-1]),
        "stack_underflow": archive(b"\x80\x02R."),
        "no_mark": archive(b"\x80\x02]t."),
        "memo_unknown": archive(b"\x80\x02h\x07."),
        "self_reference": archive(b"\x80\x02}" + text(b"w") + b"]q\x00h\x00as."),
        "circle": archive(b"\x80\x02}q\x00" + text(b"a") + b"}q\x01" + text(b"b") + b"h\x00ss."),
        "long_string": archive(b"\x80\x02X\xff\xff\xff\xff."),
        "plain_pickle": pickle.dumps({"a": [1, 2, 3]}, 2),
        # Tensors.
        "view_past_end": archive(one(tensor(size=(5,)))),
        "view_negative_offset": archive(one(tensor(offset=-1))),
        "view_negative_stride": archive(one(tensor(offset=3, stride=(-1,)))),
        "view_negative_size": archive(one(tensor(size=(-4,)))),
        "view_overflow": archive(one(tensor(size=(2 ** 31 - 1,) * 3, stride=(0, 0, 0)))),
        "expanded_huge": archive(one(tensor(size=(2 ** 31 - 1,), stride=(0,)))),
        "rank_mismatch": archive(one(tensor(size=(2, 2), stride=(1,)))),
        "storage_short": archive(one(tensor()), ((b"0", FOUR[:12]),)),
        "storage_missing": archive(one(tensor(key=b"1"))),
        "storage_path": archive(one(tensor(key=b"../version"))),
        "storage_kind": archive(one(tensor(storage=b"QInt8Storage"))),
        "persistent_id": archive(b"\x80\x02(" + text(b"module") + b"tQ."),
        # Containers.
        "duplicate_entry": archive(one(tensor()), ((b"0", b"\0" * 16), (b"0", b"\1" * 16))),
        "two_roots": archive(one(tensor()), extra=(("other/data.pkl", b"\x80\x02N."),)),
        "no_data_pkl": archive(None),
        "deflated": archive(one(tensor(count=5_000_000)), ((b"0", b"\0" * 20_000_000),), method=zipfile.ZIP_DEFLATED),
        "big_endian": archive(one(tensor()), extra=(("archive/byteorder", b"big"),)),
        "torchscript": archive(one(tensor()), extra=(("archive/constants.pkl", b"\x80\x02)."), ("archive/code/__torch__.py", b""))),
        "truncated": archive(one(tensor()))[:-40],
        "crc": wrong_sum(),
        "legacy_magic": b"\x80\x02\x8a\x01\x05." + legacy(b"\x80\x02N.")[15:],
        "legacy_count": legacy(one(tensor(view=b"N")), struct.pack("<q", 2 ** 60) + b"\0" * 16),
        # No files of weights at all.
        "empty_file": b"",
        "text": b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 343279349\n",
        "html": b"<!doctype html><html><head><title>Not found</title></head></html>\n",
        "tar": tar(),
    }


def main():
    for folder in ("good", "refuse"):
        os.makedirs(f"{HERE}/{folder}", exist_ok=True)
    saved, bare, (trained, network), (inversion, words) = checkpoint(), module(), lightning(), parameters()
    torch.save(saved, f"{HERE}/good/zip.pth")
    torch.save(saved, f"{HERE}/good/protocol4.pth", pickle_protocol=4)
    torch.save(saved, f"{HERE}/good/legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(saved, f"{HERE}/good/legacy4.pth", _use_new_zipfile_serialization=False, pickle_protocol=4)
    torch.save(bare, f"{HERE}/good/module.pth")
    torch.save(trained, f"{HERE}/good/lightning.ckpt")
    torch.save(inversion, f"{HERE}/good/parameters.pt")
    holds = dict(tensors=saved["state_dict"], module=bare, lightning=network, parameters=words)
    with open(f"{HERE}/expected.json", "w") as out:
        json.dump({name: {k: expected(v) for k, v in held.items()} for name, held in holds.items()}, out, separators=(",", ":"))
    for name, raw in refused().items():
        with open(f"{HERE}/refuse/{name}.pth", "wb") as out:
            out.write(raw)


if __name__ == "__main__":
    main()
