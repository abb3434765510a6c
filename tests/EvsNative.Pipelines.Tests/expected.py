"""Prints the numbers that the tests of this folder hold PixelResize and ClipMeasures to. Needs numpy and PIL (9.4 was used).

    python3 expected.py            in this folder
"""
import glob
import hashlib
import os
import sys

import numpy as np
from PIL import Image

DEMO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../weights/demo")
sys.path.insert(0, DEMO)
from measure import all_of  # noqa: E402


def frames(name):
    return np.stack([np.asarray(Image.open(f).convert("RGB")) for f in sorted(glob.glob(f"{DEMO}/{name}/*.png"))])


def bicubic(clip, width, height):
    return np.stack([np.asarray(Image.fromarray(f).resize((width, height), Image.BICUBIC)) for f in clip])


def formula(f, h, w):
    """The pictures that TestClips.Formula makes."""
    t, y, x, c = np.meshgrid(*map(np.arange, (f, h, w, 3)), indexing="ij")
    return ((t * t * 29 + x * x * 13 + y * y * 7 + x * y * (t + 3) + c * 40) % 251).astype(np.uint8)


if __name__ == "__main__":
    print("PixelResizeTests: small")
    for size in ((7, 9), (8, 10), (3, 2), (4, 3), (9, 5), (1, 1)):
        print(*size, bicubic(formula(1, 5, 4), *size).tobytes().hex())
    clip, clean = frames("clip"), frames("clean")
    print("PixelResizeTests: demo, SHA-256")
    for size in ((128, 128), (100, 37), (31, 128), (64, 50), (150, 64)):
        print(*size, hashlib.sha256(bicubic(clip, *size).tobytes()).hexdigest())
    print("ClipMeasuresTests")
    print("clean", all_of(clean))
    print("clip", all_of(clip))
    print("input", all_of(bicubic(clip, 128, 128), clean))
    y = formula(4, 21, 27)
    print("formula", all_of(y, y[::-1]))
