# SPDX-License-Identifier: Apache-2.0
"""Train the plate finder on composed pictures: `python -m training.plates.train_finder --help`."""

from __future__ import annotations

import random

import numpy as np
import torch
from torch.nn import functional

from training.plates.networks import STRIDE, UNIT, Finder
from training.plates.photographs import load
from training.plates.pool import pool
from training.plates.scenes import Placed, compose
from training.plates.steps import arguments, tensor, train

SIDE = 256


def targets(placed: list[Placed]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return heat (cells), corners (8, cells) and the weight of the corner loss (cells) of one picture."""
    cells = SIDE // STRIDE
    heat, weight = np.zeros((cells, cells), np.float32), np.zeros((cells, cells), np.float32)
    corners = np.zeros((8, cells, cells), np.float32)
    ys, xs = np.mgrid[0:cells, 0:cells].astype(np.float32) * STRIDE + STRIDE / 2
    for item in placed:
        centre = item.plate.mean(0)
        if not ((centre > 0).all() and (centre < SIDE).all()):
            continue
        wide, tall = np.ptp(item.plate[:, 0]), np.ptp(item.plate[:, 1])
        sx, sy = max(wide / 8, STRIDE * 0.6), max(tall / 6, STRIDE * 0.6)
        bump = np.exp(-0.5 * (((xs - centre[0]) / sx) ** 2 + ((ys - centre[1]) / sy) ** 2))
        j, i = int(centre[1] // STRIDE), int(centre[0] // STRIDE)
        bump[j, i] = 1.0
        heat = np.maximum(heat, bump)
        near = bump > 0.4
        weight[near] = (bump / max(wide / UNIT, 0.7))[near]
        for k, (x, y) in enumerate(item.plate):
            corners[2 * k][near] = ((x - xs) / UNIT)[near]
            corners[2 * k + 1][near] = ((y - ys) / UNIT)[near]
    return heat, corners, weight


def main() -> None:
    options = arguments(__doc__ or "", steps=4000, batch=12, rate=2.5e-3)
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    photographs = load(options.photographs)
    plates = pool(options.work / "plates.pickle", 3000, options.seed)
    network = Finder()

    def loss_of(model: torch.nn.Module, step: int) -> tuple[torch.Tensor, dict[str, float]]:
        rng = random.Random(options.seed * 1_000_003 + step)
        made = [
            compose(rng, photographs, plates, (SIDE, SIDE), (22, 190), rng.choice((0, 1, 1, 2)))
            for _ in range(options.batch)
        ]
        heat, corners, weight = (
            torch.from_numpy(np.stack(a)) for a in zip(*(targets(p) for _, p in made), strict=True)
        )
        out = model(tensor([p for p, _ in made]))
        logit = out[:, 0]
        chance = torch.sigmoid(logit)
        # Focal loss of CenterNet (Zhou et al., Objects as Points, 2019), on logits.
        hit = functional.logsigmoid(logit) * (1 - chance) ** 2 * (heat == 1)
        miss = functional.logsigmoid(-logit) * chance**2 * (1 - heat) ** 4 * (heat < 1)
        found = -(hit + miss).sum() / max(1.0, float((heat == 1).sum()))
        error = (functional.smooth_l1_loss(out[:, 1:], corners, reduction="none", beta=0.1).sum(1) * weight).sum()
        placed = error / max(1.0, float(weight.sum()))
        return found + 2.0 * placed, {"found": float(found), "corners": float(placed)}

    train("finder", network, loss_of, options)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network, (torch.zeros(1, 3, 384, 640),), str(options.out), input_names=["picture"], output_names=["cells"],
        dynamic_axes={"picture": {2: "height", 3: "width"}, "cells": {2: "rows", 3: "columns"}}, dynamo=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
