"""Writes prompts.json: prompts as weights and brackets, chunks and textual inversions make them, on the demo's text encoder.

    python3 prompts_torch.py

The formulas are those of docs/prompts.md, written again from the page. For each case the file holds the ids of each chunk without begin, end
and filling, their weights, and taps of the whole encoding [chunks * 77, D] as in golden.py: of the demo's encoder, the mean of whose numbers
is next to nothing, and of one that has a mean as Stable Diffusion's has, made by adding SHIFT to final_layer_norm.bias. float32 arithmetic.
"""
import json
import os
import re
import sys

import torch

from evs_torch import ClipText, formula_input, load_safetensors
from golden import tap

HERE = os.path.dirname(os.path.abspath(__file__))
WEIGHTS = os.path.join(HERE, "..", "..", "weights")
sys.path.insert(0, os.path.join(WEIGHTS, "demo"))
from tokenizer import Tokenizer  # noqa: E402

SIZE, REACH, LEAST = 75, 20, 0.01
SHIFT = 0.1
WORDS = {"moody": 3, "<grain>": 1}


def pieces(prompt):
    """[(text, weight)], None for a BREAK: one character at a time, with the list of brackets that it lies in."""
    found, rounds, squares, spans, i = [], [], [], [], 0
    while i < len(prompt):
        number = re.match(r":\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*\)", prompt[i:])
        stop = re.match(r"(?<!\w)BREAK(?!\w)", prompt[i:]) if i == 0 or not prompt[i - 1].isalnum() else None
        c, step = prompt[i], 1
        if c == "\\" and prompt[i + 1:i + 2] in tuple("()[]\\"):
            found.append([prompt[i + 1], 1.0])
            step = 2
        elif stop:
            found.append([None, 1.0])
            step = 5
        elif c in "([":
            (rounds if c == "(" else squares).append(len(found))
        elif number and rounds:
            spans.append((rounds.pop(), len(found), float(number.group(1))))
            step = len(number.group(0))
        elif c == ")" and rounds:
            spans.append((rounds.pop(), len(found), 1.1))
        elif c == "]" and squares:
            spans.append((squares.pop(), len(found), 1 / 1.1))
        else:
            found.append([c, 1.0])
        i += step
    spans += [(at, len(found), 1.1) for at in rounds] + [(at, len(found), 1 / 1.1) for at in squares]
    for first, end, factor in spans:
        for item in found[first:end]:
            item[1] *= factor
    merged = []
    for text, weight in found:
        if text is not None and merged and merged[-1][0] is not None and abs(merged[-1][1] - weight) < 1e-9:
            merged[-1][0] += text
        else:
            merged.append([text, weight])
    return merged


def units(text, tokenize, rows):
    """Groups of ids that stay together: one id, or the rows of a textual inversion."""
    names = sorted(rows, key=len, reverse=True)
    pattern = "|".join((r"(?<!\w)" if n[0].isalnum() else "") + re.escape(n) + (r"(?!\w)" if n[-1].isalnum() else "") for n in names)
    for part in re.split(f"((?:embedding:)?(?:{pattern}))", text, flags=re.I):
        name = re.sub("^embedding:", "", part, flags=re.I).lower()
        if name in rows:
            yield rows[name]
        else:
            for i in tokenize(part):
                yield [i]


def chunks(prompt, tokenize, rows):
    comma, = tokenize(",")
    done, now = [], []
    for text, weight in pieces(prompt):
        if text is None:
            done.append(now)
            now = []
            continue
        for unit in units(text, tokenize, rows):
            if len(now) == SIZE and unit != [comma]:
                last = max((j for j, (i, _) in enumerate(now) if i == comma), default=-1)
                if last >= 0 and SIZE - last <= REACH:
                    done.append(now[:last + 1])
                    now = now[last + 1:]
            if len(now) + len(unit) > SIZE:
                done.append(now)
                now = []
            now = now + [(i, weight) for i in unit]
    return done + [now] if now or not done else done


def encode(net, begin, end, chunk, skip):
    ids = [begin] + [i for i, _ in chunk] + [end] * (SIZE + 1 - len(chunk))
    w = torch.tensor([1.0] + [w for _, w in chunk] + [1.0] * (SIZE + 1 - len(chunk)))
    z = net(torch.tensor([ids]), skip)[0]
    if bool((w == 1).all()):
        return z
    y = z * w[:, None]
    (before, size), (after, new_size) = ((float(t.double().mean()), float(t.double().square().mean().sqrt())) for t in (z, y))
    is_mean = abs(before) >= LEAST * size and abs(after) >= LEAST * new_size and before * after > 0
    return y * (before / after) if is_mean else y


CASES = {
    "plain": ("a red balloon rising over the sea at sunset", 0),
    "weights": ("a (red:1.3) balloon ((rising)) over [the sea] at (sunset:0.7)", 0),
    "nested": ("a ((red:1.2) balloon, [drifting] over:1.4) the sea", 0),
    "crossed": ("a (red [balloon) over] the sea", 0),
    "open": ("a red (balloon over the [sea at sunset", 0),
    "escapes": (r"a \(red\) balloon \[over\] the (sea \\ sunset:1.2)", 0),
    "negative weight": ("a red (balloon:-0.5) over the sea", 0),
    "break": ("a red balloon BREAK over the (sea:1.5) BREAK at sunset", 0),
    "long": (", ".join(["a (red:1.1) balloon rising over the sea", "a blue kite drifting over the hills", "at sunset"] * 5), 0),
    "long without commas": ("a red balloon rising over the sea at sunset " * 10, 0),
    "words": ("a moody balloon, (embedding:moody:1.2) sea, <grain> hills", 0),
    "words at the end of a chunk": ("a red " * 37 + "moody sea", 0),
    "skipped layer": ("a (red:1.3) balloon", 1),
    "empty": ("", 0),
}


def main():
    folder = os.path.join(WEIGHTS, "evs-tiny")
    with open(os.path.join(folder, "text_encoder", "config.json")) as f:
        config = json.load(f)
    net = ClipText(config)
    state = load_safetensors(os.path.join(folder, "text_encoder", "model.safetensors"))
    net.load_state_dict({k: v.float() for k, v in state.items()}, strict=True)
    table, rows, at = net.text_model.embeddings.token_embedding, {}, config["vocab_size"]
    for name, count in WORDS.items():
        new = formula_input(f"word.{name}", (count, config["hidden_size"]), 0.1)
        table.weight.data = torch.cat([table.weight.data, new])
        rows[name] = list(range(at, at + count))
        at += count
    tok = Tokenizer(os.path.join(folder, "tokenizer", "merges.txt"), 1000)
    begin, end = tok.vocab["<|startoftext|>"], tok.vocab["<|endoftext|>"]
    tokenize = lambda text: tok(text)[1:tok(text).index(end)]
    goldens = {}
    with torch.no_grad():
        for name, (prompt, skip) in CASES.items():
            cut = chunks(prompt, tokenize, rows)
            taps = {}
            for kind, shift in (("demo", 0.0), ("shifted", SHIFT)):
                net.text_model.final_layer_norm.bias.data += shift
                taps[kind] = tap(torch.cat([encode(net, begin, end, chunk, skip) for chunk in cut]))
                net.text_model.final_layer_norm.bias.data -= shift
            goldens[name] = dict(
                prompt=prompt, skip=skip, ids=[" ".join(str(i) for i, _ in chunk) for chunk in cut],
                weights=[" ".join("%.6g" % w for _, w in chunk) for chunk in cut], taps=taps)
    with open(os.path.join(HERE, "prompts.json"), "w") as f:
        f.write(re.sub(r"\n {5,}", " ", json.dumps(goldens, indent=1)) + "\n")


if __name__ == "__main__":
    main()
