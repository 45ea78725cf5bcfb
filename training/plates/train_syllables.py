# SPDX-License-Identifier: Apache-2.0
"""Train the syllable network on drawn characters: `python -m training.plates.train_syllables --help`."""

from __future__ import annotations

import json
import random

import numpy as np
import onnx
import torch
from torch.nn import functional

from training.plates.networks import Syllables
from training.plates.steps import arguments, train
from training.plates.syllables import KEPT_APART, LEARNT, SIDE, alphabet, hangul_faces, sample

NONE_SHARE = 0.15


def batch(
    rng: random.Random, count: int, fonts: tuple, *, none_share: float = NONE_SHARE
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return pictures (n, 1, SIDE, SIDE) and their classes."""
    made = [sample(rng, fonts, none=rng.random() < none_share) for _ in range(count)]
    return torch.from_numpy(np.stack([picture for picture, _ in made]))[:, None], torch.tensor([c for _, c in made])


def main() -> None:
    options = arguments(__doc__ or "", steps=1600, batch=128, rate=3e-3, photographs=False)
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    learnt, apart = hangul_faces(LEARNT), hangul_faces(KEPT_APART)
    network = Syllables(len(alphabet()) + 1)

    def loss_of(model: torch.nn.Module, step: int) -> tuple[torch.Tensor, dict[str, float]]:
        pictures, wanted = batch(random.Random(options.seed * 3_000_017 + step), options.batch, learnt)
        told = model(pictures)
        loss = functional.cross_entropy(told, wanted, label_smoothing=0.02)
        return loss, {"loss": float(loss.detach()), "right": float((told.argmax(1) == wanted).float().mean())}

    train("syllables", network, loss_of, options, decay=0.99)
    with torch.no_grad():
        pictures, wanted = batch(random.Random(7), 4000, apart, none_share=0.0)
        right = float((network(pictures).argmax(1) == wanted).float().mean())
        pictures, wanted = batch(random.Random(8), 4000, apart, none_share=1.0)
        none = float((network(pictures).argmax(1) == wanted).float().mean())
    print(json.dumps({"typefaces_kept_apart": {"syllable_right": right, "none_right": none}}))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network,
        (torch.zeros(1, 1, SIDE, SIDE),),
        str(options.out),
        input_names=["cut"],
        output_names=["logits"],
        dynamic_axes={"cut": {0: "n"}, "logits": {0: "n"}},
        dynamo=False,
    )
    model = onnx.load(str(options.out))
    model.metadata_props.add(key="syllables", value=alphabet())
    onnx.save(model, str(options.out))


if __name__ == "__main__":
    main()
