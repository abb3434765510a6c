"""Writes loras.json: what weights become when adapters of every naming scheme and form are merged into them.

    python3 lora_torch.py [--out loras.json]

Merged by hand in float64 from the formulas of the formats' own programs: kohya's scripts, LyCORIS, PEFT, diffusers, AnimateDiff. The
networks are the small ones of golden.py, their weights formula_weight(name, shape). A tensor of an adapter is formula_input(key, shape,
SCALE), or one number that the case gives. A merged weight is kept as rms and 8 values at flat indices floor(i * (n - 1) / 7); keys are
written out, not made by rules, so that rules are tested. "network" is the small U-Net's output with a merged adapter, as in golden.py.
"""
import argparse
import json

import numpy as np
import torch

from evs_torch import UNet, fill_by_formula, formula_input, formula_weight
from golden import UNET_SMALL, tap

SCALE = 0.4

# Weights of the small networks: our name, shape.
TO_Q = ("down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q", (32, 32))
TO_K2 = ("mid_block.attentions.0.transformer_blocks.0.attn2.to_k", (128, 32))
TO_OUT = ("up_blocks.3.attentions.2.transformer_blocks.0.attn2.to_out.0", (32, 32))
FF = ("down_blocks.1.attentions.1.transformer_blocks.0.ff.net.0.proj", (512, 64))
PROJ = ("up_blocks.2.attentions.0.proj_in", (64, 64))
CONV = ("down_blocks.1.resnets.0.conv1", (64, 32, 3, 3))
SHORTCUT = ("up_blocks.0.resnets.1.conv_shortcut", (128, 256))
DOWN = ("down_blocks.0.downsamplers.0.conv", (32, 32, 3, 3))
UP = ("up_blocks.1.upsamplers.0.conv", (128, 128, 3, 3))
TIME = ("time_embedding.linear_1", (128, 32))
NORM = ("down_blocks.0.resnets.0.norm1", (32,))
Q_PROJ = ("text_model.encoder.layers.1.self_attn.q_proj", (32, 32))
OUT_PROJ = ("text_model.encoder.layers.0.self_attn.out_proj", (32, 32))
FC1 = ("text_model.encoder.layers.2.mlp.fc1", (64, 32))
M_Q = ("down_blocks.0.motion_modules.1.transformer_blocks.0.attn1.to_q", (32, 32))
M_V = ("mid_block.motion_modules.0.transformer_blocks.0.attn2.to_v", (128, 128))
M_OUT = ("up_blocks.3.motion_modules.2.transformer_blocks.0.attn2.to_out.0", (32, 32))


class Adapter:
    """The tensors of an adapter, and the changes they make: sums in float64, in order."""

    def __init__(self, strength=1.0, text_strength=None, metadata=None):
        self.strength, self.text = strength, strength if text_strength is None else text_strength
        self.metadata, self.tensors, self.changes = metadata or {}, [], []

    def tensor(self, key, *shape):
        self.tensors.append([key, list(shape), None])
        return formula_input(key, shape, SCALE).numpy().astype(np.float64)

    def number(self, key, value, shape=()):
        self.tensors.append([key, list(shape), value])
        return float(np.float32(value))

    def add(self, name, delta):
        s = self.text if name.startswith("text_model.") else self.strength
        self.changes.append((name, s * delta))

    def low(self, place, rank, down, up, alpha=None, kernel=None, factor=None):
        """Plain LoRA. place: (name, shape); kernel: the axes that a linear layer's factors have behind, as (1, 1)."""
        name, shape = place
        more = kernel if kernel is not None else shape[2:]
        d = self.tensor(down, rank, shape[1], *more).reshape(rank, -1)
        u = self.tensor(up, shape[0], rank, *((1, 1) if more else ())).reshape(shape[0], rank)
        scale = factor if factor is not None else 1.0 if alpha is None else self.number(*alpha) / rank
        self.add(name + ".weight", scale * (u @ d).reshape(shape))

    def case(self):
        return dict(strength=self.strength, text=self.text, metadata=self.metadata, tensors=self.tensors)


def kohya(a, place, flat, rank, alpha, kernel=None):
    a.low(place, rank, f"{flat}.lora_down.weight", f"{flat}.lora_up.weight", None if alpha is None else (f"{flat}.alpha", alpha), kernel)


def kohya_diffusers(a):
    kohya(a, TO_Q, "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q", 4, 2)
    kohya(a, TO_K2, "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k", 3, 6)
    kohya(a, TO_OUT, "lora_unet_up_blocks_3_attentions_2_transformer_blocks_0_attn2_to_out_0", 2, None)
    kohya(a, FF, "lora_unet_down_blocks_1_attentions_1_transformer_blocks_0_ff_net_0_proj", 4, 4)
    kohya(a, PROJ, "lora_unet_up_blocks_2_attentions_0_proj_in", 4, 1, kernel=(1, 1))
    kohya(a, Q_PROJ, "lora_te_text_model_encoder_layers_1_self_attn_q_proj", 4, 2)
    kohya(a, FC1, "lora_te1_text_model_encoder_layers_2_mlp_fc1", 1, 1)


def kohya_original(a):
    kohya(a, TO_Q, "lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q", 4, 2)
    kohya(a, TO_K2, "lora_unet_middle_block_1_transformer_blocks_0_attn2_to_k", 3, 6)
    kohya(a, TO_OUT, "lora_unet_output_blocks_11_1_transformer_blocks_0_attn2_to_out_0", 2, None)
    kohya(a, FF, "lora_unet_input_blocks_5_1_transformer_blocks_0_ff_net_0_proj", 4, 4)
    kohya(a, PROJ, "lora_unet_output_blocks_6_1_proj_in", 4, 1)


def convolutions(a):
    kohya(a, CONV, "lora_unet_down_blocks_1_resnets_0_conv1", 4, 2)
    kohya(a, SHORTCUT, "lora_unet_up_blocks_0_resnets_1_conv_shortcut", 4, 2, kernel=(1, 1))
    kohya(a, DOWN, "lora_unet_input_blocks_3_0_op", 2, 1)
    kohya(a, UP, "lora_unet_output_blocks_5_2_conv", 2, 1)
    kohya(a, TIME, "lora_unet_time_embedding_linear_1", 2, 1)
    kohya(a, TO_Q, "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q", 2, 1, kernel=(1, 1))


def tucker(a):
    p = "lora_unet_input_blocks_4_0_in_layers_2"
    d, u = a.tensor(f"{p}.lora_down.weight", 4, 32, 1, 1), a.tensor(f"{p}.lora_up.weight", 64, 4, 1, 1)
    core = a.tensor(f"{p}.lora_mid.weight", 4, 4, 3, 3)
    delta = np.einsum("nmkl,on,mc->ockl", core, u[:, :, 0, 0], d[:, :, 0, 0])
    a.add(CONV[0] + ".weight", a.number(f"{p}.alpha", 2) / 4 * delta)


def diffusers_processors(a):
    p = "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora"
    a.low(TO_Q, 4, f"{p}.down.weight", f"{p}.up.weight", (f"{p}.alpha", 8))
    p = "unet.up_blocks.3.attentions.2.transformer_blocks.0.attn2.processor.to_out_lora"
    a.low(TO_OUT, 4, f"{p}.down.weight", f"{p}.up.weight")
    p = "text_encoder.text_model.encoder.layers.1.self_attn.to_q_lora"
    a.low(Q_PROJ, 4, f"{p}.down.weight", f"{p}.up.weight")
    p = "text_encoder.text_model.encoder.layers.0.self_attn.out_proj.lora_linear_layer"
    a.low(OUT_PROJ, 4, f"{p}.down.weight", f"{p}.up.weight")


def diffusers_layers(a):
    p = "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora"
    a.low(TO_Q, 4, f"{p}.down.weight", f"{p}.up.weight")
    p = "unet.up_blocks.3.attentions.2.transformer_blocks.0.attn2.to_out.0.lora"
    a.low(TO_OUT, 4, f"{p}.down.weight", f"{p}.up.weight")
    p = "unet.down_blocks.1.resnets.0.conv1.lora"
    a.low(CONV, 4, f"{p}.down.weight", f"{p}.up.weight")
    p = "text_encoder.text_model.encoder.layers.2.mlp.fc1.lora_linear_layer"
    a.low(FC1, 4, f"{p}.down.weight", f"{p}.up.weight")


def domain_adapter(a):
    p = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora"
    a.low(TO_Q, 4, f"{p}.down.weight", f"{p}.up.weight")
    p = "mid_block.attentions.0.transformer_blocks.0.attn2.processor.to_k_lora"
    a.low(TO_K2, 4, f"{p}.down.weight", f"{p}.up.weight")
    p = "up_blocks.3.attentions.2.transformer_blocks.0.attn2.processor.to_out_lora"
    a.low(TO_OUT, 4, f"{p}.down.weight", f"{p}.up.weight")


def peft(a, words, middle=""):
    """The factors of PEFT's own files and of diffusers', which have a word before."""
    p = f"{words}down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q"
    a.low(TO_Q, 4, f"{p}.lora_A{middle}.weight", f"{p}.lora_B{middle}.weight", factor=a.peft_scale(4))
    p = f"{words}down_blocks.1.resnets.0.conv1"
    a.low(CONV, 2, f"{p}.lora_A{middle}.weight", f"{p}.lora_B{middle}.weight", factor=a.peft_scale(2))
    p = f"{words}up_blocks.3.attentions.2.transformer_blocks.0.attn2.to_out.0"
    a.low(TO_OUT, 4, f"{p}.lora_A{middle}.weight", f"{p}.lora_B{middle}.weight", factor=a.peft_scale(4, "to_out"))


def peft_plain(a):
    a.peft_scale = lambda rank, module="": 1.0
    peft(a, "unet.")
    p = "text_encoder.text_model.encoder.layers.1.self_attn.q_proj"
    a.low(Q_PROJ, 4, f"{p}.lora_A.weight", f"{p}.lora_B.weight")


def peft_own(a):
    a.peft_scale = lambda rank, module="": 1.0
    peft(a, "base_model.model.", ".default")


def peft_metadata(a):
    words = {"unet.r": 4, "unet.lora_alpha": 8, "unet.alpha_pattern": {"attn2.to_out.0": 3}, "unet.use_rslora": False,
             "text_encoder.r": 4, "text_encoder.lora_alpha": 2, "text_encoder.use_rslora": True}
    a.metadata = {"lora_adapter_metadata": json.dumps(words)}
    a.peft_scale = lambda rank, module="": (3 if module else 8) / rank
    peft(a, "unet.")
    p = "text_encoder.text_model.encoder.layers.1.self_attn.q_proj"
    a.low(Q_PROJ, 4, f"{p}.lora_A.weight", f"{p}.lora_B.weight", factor=2 / np.sqrt(4))


def kohya_metadata(a):
    a.metadata = {"ss_network_alpha": "1.0", "ss_network_dim": "4"}
    p = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q"
    a.low(TO_Q, 4, f"{p}.lora_down.weight", f"{p}.lora_up.weight", factor=1 / 4)


def comfy(a):
    p = "diffusion_model.input_blocks.1.1.transformer_blocks.0.attn1.to_q"
    a.low(TO_Q, 4, f"{p}.lora_down.weight", f"{p}.lora_up.weight", (f"{p}.alpha", 2))
    p = "diffusion_model.input_blocks.4.0.in_layers.2"
    a.low(CONV, 4, f"{p}.lora_A.weight", f"{p}.lora_B.weight")
    p = "text_encoders.clip_l.transformer.text_model.encoder.layers.1.self_attn.q_proj"
    a.low(Q_PROJ, 4, f"{p}.lora_up.weight".replace("up", "down"), f"{p}.lora_up.weight")


def bias_of_up(a):
    p = "base_model.model.up_blocks.3.attentions.2.transformer_blocks.0.attn2.to_out.0"
    a.low(TO_OUT, 4, f"{p}.lora_A.weight", f"{p}.lora_B.weight", (f"{p}.alpha", 2))
    a.add(TO_OUT[0] + ".bias", 2 / 4 * a.tensor(f"{p}.lora_B.bias", 32))


def motion_original(a):
    p = "down_blocks.0.motion_modules.1.temporal_transformer.transformer_blocks.0.attention_blocks.0.processor.to_q_lora"
    a.low(M_Q, 4, f"{p}.down.weight", f"{p}.up.weight")
    p = "mid_block.motion_modules.0.temporal_transformer.transformer_blocks.0.attention_blocks.1.processor.to_v_lora"
    a.low(M_V, 4, f"{p}.down.weight", f"{p}.up.weight")
    p = "module.up_blocks.3.motion_modules.2.temporal_transformer.transformer_blocks.0.attention_blocks.1.processor.to_out_lora"
    a.low(M_OUT, 4, f"{p}.down.weight", f"{p}.up.weight")


def motion_diffusers(a):
    p = "unet.down_blocks.0.motion_modules.1.transformer_blocks.0.attn1.processor.to_q_lora"
    a.low(M_Q, 4, f"{p}.down.weight", f"{p}.up.weight")
    p = "unet.mid_block.motion_modules.0.transformer_blocks.0.attn2.to_v"
    a.low(M_V, 4, f"{p}.lora_A.weight", f"{p}.lora_B.weight")
    p = "lora_unet_up_blocks_3_motion_modules_2_temporal_transformer_transformer_blocks_0_attention_blocks_1_to_out_0"
    a.low(M_OUT, 4, f"{p}.lora_down.weight", f"{p}.lora_up.weight", (f"{p}.alpha", 2))


def differences(a):
    p = "lora_unet_down_blocks_0_resnets_0_norm1"
    a.add(NORM[0] + ".weight", a.tensor(f"{p}.w_norm", 32))
    a.add(NORM[0] + ".bias", a.tensor(f"{p}.b_norm", 32))
    p = "diffusion_model.input_blocks.3.0.op"
    a.add(DOWN[0] + ".weight", a.tensor(f"{p}.diff", 32, 32, 3, 3))
    a.add(DOWN[0] + ".bias", a.tensor(f"{p}.diff_b", 32))


def loha(a):
    p = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q"
    m = [a.tensor(f"{p}.hada_{w}", *s) for w, s in (("w1_a", (32, 4)), ("w1_b", (4, 32)), ("w2_a", (32, 4)), ("w2_b", (4, 32)))]
    a.add(TO_Q[0] + ".weight", a.number(f"{p}.alpha", 2) / 4 * (m[0] @ m[1]) * (m[2] @ m[3]))
    p = "lora_unet_down_blocks_1_resnets_0_conv1"
    m = [a.tensor(f"{p}.hada_{w}", *s) for w, s in (("w1_a", (64, 3)), ("w1_b", (3, 288)), ("w2_a", (64, 3)), ("w2_b", (3, 288)))]
    a.add(CONV[0] + ".weight", ((m[0] @ m[1]) * (m[2] @ m[3])).reshape(CONV[1]))
    p = "lora_unet_down_blocks_0_downsamplers_0_conv"
    one = [a.tensor(f"{p}.hada_{w}", *s) for w, s in (("t1", (3, 3, 3, 3)), ("w1_b", (3, 32)), ("w1_a", (3, 32)))]
    two = [a.tensor(f"{p}.hada_{w}", *s) for w, s in (("t2", (3, 3, 3, 3)), ("w2_b", (3, 32)), ("w2_a", (3, 32)))]
    rebuilt = [np.einsum("ijkl,jr,ip->prkl", *m) for m in (one, two)]
    a.add(DOWN[0] + ".weight", a.number(f"{p}.alpha", 6, (1,)) / 3 * rebuilt[0] * rebuilt[1])


def lokr(a):
    p = "lycoris_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q"
    w1, w2 = a.tensor(f"{p}.lokr_w1", 4, 4), a.tensor(f"{p}.lokr_w2", 8, 8)
    a.number(f"{p}.alpha", 100)  # counts for nothing where both are whole
    a.add(TO_Q[0] + ".weight", np.kron(w1, w2))
    p = "lora_unet_down_blocks_1_attentions_1_transformer_blocks_0_ff_net_0_proj"
    w1 = a.tensor(f"{p}.lokr_w1", 8, 4)
    x, y = a.tensor(f"{p}.lokr_w2_a", 64, 3), a.tensor(f"{p}.lokr_w2_b", 3, 16)
    a.add(FF[0] + ".weight", a.number(f"{p}.alpha", 6) / 3 * np.kron(w1, x @ y))
    p = "lora_unet_down_blocks_1_resnets_0_conv1"
    w1 = a.tensor(f"{p}.lokr_w1_a", 4, 2) @ a.tensor(f"{p}.lokr_w1_b", 2, 4)
    w2 = a.tensor(f"{p}.lokr_w2", 16, 8, 3, 3)
    a.add(CONV[0] + ".weight", a.number(f"{p}.alpha", 1) / 2 * np.kron(w1[:, :, None, None], w2))
    p = "lora_unet_down_blocks_0_downsamplers_0_conv"
    w1, t = a.tensor(f"{p}.lokr_w1", 4, 4), a.tensor(f"{p}.lokr_t2", 2, 2, 3, 3)
    w2 = np.einsum("ijkl,jr,ip->prkl", t, a.tensor(f"{p}.lokr_w2_b", 2, 8), a.tensor(f"{p}.lokr_w2_a", 2, 8))
    a.add(DOWN[0] + ".weight", a.number(f"{p}.alpha", 1) / 2 * np.kron(w1[:, :, None, None], w2))


CASES = {
    "kohya, diffusers' paths": [(kohya_diffusers, dict(strength=0.8, text_strength=0.5))],
    "kohya, original paths": [(kohya_original, dict(strength=-0.7))],
    "convolutions": [(convolutions, {})],
    "convolution with a core": [(tucker, dict(strength=0.6))],
    "diffusers, processors": [(diffusers_processors, {})],
    "diffusers, layers": [(diffusers_layers, dict(strength=0.9))],
    "AnimateDiff's domain adapter": [(domain_adapter, {})],
    "PEFT in diffusers": [(peft_plain, {})],
    "PEFT's own": [(peft_own, {})],
    "PEFT with metadata": [(peft_metadata, {})],
    "kohya without alphas": [(kohya_metadata, {})],
    "ComfyUI": [(comfy, dict(strength=1.2, text_strength=0.3))],
    "a bias of the upper factor": [(bias_of_up, dict(strength=0.5))],
    "motion, original": [(motion_original, dict(strength=0.8))],
    "motion, diffusers": [(motion_diffusers, {})],
    "differences": [(differences, dict(strength=0.25))],
    "LoHa": [(loha, dict(strength=0.75))],
    "LoKr": [(lokr, dict(strength=0.5))],
    "three at once": [(kohya_diffusers, dict(strength=0.8)), (loha, dict(strength=0.5)), (diffusers_layers, dict(strength=-0.3))],
}


def merged(adapters):
    total = {}
    for a in adapters:
        for name, delta in a.changes:
            shape = delta.shape if delta.ndim != 2 or "conv" not in name and "proj_in" not in name else (*delta.shape, 1, 1)
            base = formula_weight(name, shape).double().numpy()
            total[name] = total.get(name, base) + delta.reshape(shape)
    return total


def kept(w):
    f = w.reshape(-1)
    values = [float("%.9g" % f[i * (len(f) - 1) // 7]) for i in range(8)]
    return dict(rms=float("%.9g" % np.sqrt(np.mean(f * f))), values=values)


def network():
    adapters = made("three at once")
    net = fill_by_formula(UNet(UNET_SMALL))
    state = net.state_dict()
    for name, w in merged(adapters).items():
        if name in state:
            state[name].copy_(torch.from_numpy(w).float().reshape(state[name].shape))
    x, c = formula_input("input.sample", (1, 4, 16, 24)), formula_input("input.context", (1, 77, 32))
    return tap(net(x, 481, c))


def made(name):
    adapters = []
    for build, words in CASES[name]:
        a = Adapter(**words)
        build(a)
        adapters.append(a)
    return adapters


if __name__ == "__main__":
    args = argparse.ArgumentParser()
    args.add_argument("--out", default="loras.json")
    args = args.parse_args()
    torch.set_num_threads(1)
    result = {}
    with torch.no_grad():
        for name in CASES:
            adapters = made(name)
            result[name] = dict(loras=[a.case() for a in adapters], merged={n: kept(w) for n, w in merged(adapters).items()})
        result["network"] = dict(case="three at once", taps=dict(output=network()))
    with open(args.out, "w") as f:
        f.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in result.items()) + "\n}\n")
