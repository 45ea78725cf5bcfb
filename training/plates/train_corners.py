# SPDX-License-Identifier: Apache-2.0
"""Train the corner network on composed crops: `python -m training.plates.train_corners --help`."""

from __future__ import annotations

import random

import numpy as np
import torch
from torch.nn import functional

from training.plates.networks import CROP, Corners
from training.plates.photographs import load
from training.plates.pool import pool
from training.plates.scenes import compose
from training.plates.steps import arguments, tensor, train


def main() -> None:
    options = arguments(__doc__ or "", steps=5000, batch=24, rate=2.5e-3)
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    photographs = load(options.photographs)
    plates = pool(options.work / "plates.pickle", 3000, options.seed)
    network = Corners()

    def loss_of(model: torch.nn.Module, step: int) -> tuple[torch.Tensor, dict[str, float]]:
        rng = random.Random(options.seed * 2_000_003 + step)
        made = [
            compose(rng, photographs, plates, CROP, (90, 165), int(rng.random() < 0.88), 0.22)
            for _ in range(options.batch)
        ]
        points, verdict = model(tensor([picture for picture, _ in made]))
        is_plate = torch.tensor([float(bool(placed)) for _, placed in made])
        at = [i for i, (_, placed) in enumerate(made) if placed]
        wanted = torch.from_numpy(
            np.stack([np.concatenate([made[i][1][0].plate, made[i][1][0].text]) for i in at])
        ).float()
        region = torch.tensor([made[i][1][0].region for i in at])
        off = functional.smooth_l1_loss(points[at] / 4, wanted / 4, beta=0.25)
        sure = functional.binary_cross_entropy_with_logits(verdict[:, 0], is_plate)
        told = functional.cross_entropy(verdict[at, 1:], region)
        pixels = float((points[at] - wanted).norm(dim=2).median())
        right = float((verdict[at, 1:].argmax(1) == region).float().mean())
        return 4 * off + 0.3 * sure + 0.1 * told, {"pixels": pixels, "sure": float(sure), "region": right}

    train("corners", network, loss_of, options)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network,
        (torch.zeros(1, 3, *CROP),),
        str(options.out),
        input_names=["crop"],
        output_names=["points", "verdict"],
        dynamic_axes={"crop": {0: "n"}, "points": {0: "n"}, "verdict": {0: "n"}},
        dynamo=False,
    )


if __name__ == "__main__":
    main()
