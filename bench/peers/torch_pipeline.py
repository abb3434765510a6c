"""PyTorch doing what the memory bench lets EvsNative do: load a float16 checkpoint, read a prompt, encode a clip, one step of the image
model, one of the video model, decode. Prints one JSON line with the seconds of the work; the bench watches the memory from outside.

    python3 torch_pipeline.py MODEL FRAMES SIDE THREADS

As sparing as PyTorch can be told to be without changing what it computes: weights are read tensor by tensor straight into the network,
which is float32 since the processor's convolutions are; a network is dropped when its work is done; the autoencoder sees one frame at a
time. Nothing is kept twice.
"""
import json
import os
import sys
import time

from core_type import restart_with_best

MODEL, FRAMES, SIDE, THREADS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
restart_with_best(THREADS)

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "reference"))
import evs_torch as E
from torch_peer_networks import unfilled
from weight_file import tensors


def load(network, *paths):
    """Reads every tensor of the files into the parameter or buffer of its name; all must be there."""
    wanted = dict(network.state_dict())
    for path in paths:
        for name, values in tensors(path):
            wanted.pop(name).copy_(values)
    if wanted:
        sys.exit(f"not in the files: {', '.join(list(wanted)[:5])} ({len(wanted)} in all)")
    return network.eval().requires_grad_(False)


def part(folder, stem="diffusion_pytorch_model"):
    return os.path.join(MODEL, folder, f"{stem}.safetensors")


def main():
    torch.set_num_threads(THREADS)
    torch.set_flush_denormal(True)
    start = time.perf_counter()
    with torch.inference_mode():
        clip = load(unfilled(lambda: E.ClipText(E.CLIP_L)), part("text_encoder", "model"))
        text = clip(torch.arange(77).view(1, 77))
        del clip
        vae = load(unfilled(lambda: E.Vae(E.VAE_SD15)), part("vae"))
        frame = torch.linspace(-1, 1, SIDE * SIDE * 3).view(1, 3, SIDE, SIDE)
        x0 = torch.cat([vae.encode(frame) for _ in range(FRAMES)])
        unet = load(unfilled(lambda: E.UNet(E.UNET_SD15, E.MOTION_V2)), part("unet"), part("motion_adapter"))
        image, video = E.Schedule.image(2), E.Schedule.video(4)
        experts = [E.Expert(lambda z, t, text, tap: unet(z, t, text), image), E.Expert(lambda z, t, text, tap: unet(z, t, text, frames=FRAMES), video)]
        for expert in experts:
            z = expert.add_noise(x0, torch.randn_like(x0), 1)
            _, x0 = expert.step_down(z, expert.epsilon(z, 1, text), 1)
        del unet
        frames = [(vae.decode(z[None]).clamp(-1, 1) * 127.5 + 128).to(torch.uint8) for z in x0]
    print(json.dumps({"name": f"PyTorch {torch.__version__}", "seconds": time.perf_counter() - start, "frames": len(frames)}))


if __name__ == "__main__":
    main()
