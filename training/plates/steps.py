# SPDX-License-Identifier: Apache-2.0
"""What both training scripts share: arguments, the schedule, checkpoints that can be continued, the ONNX export."""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn


def arguments(description: str, steps: int, batch: int, rate: float, *, photographs: bool = True) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description)
    if photographs:
        parser.add_argument(
            "--photographs", type=Path, required=True, help="folder of photographs (training/README.md)"
        )
    parser.add_argument("--work", type=Path, required=True, help="folder for plates, checkpoints and logs")
    parser.add_argument("--out", type=Path, required=True, help="ONNX file to write")
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--until", type=int, help="stop after this step of the schedule (default: all steps)")
    parser.add_argument("--batch", type=int, default=batch)
    parser.add_argument("--rate", type=float, default=rate, help="highest learning rate")
    parser.add_argument("--minutes", type=float, default=60.0, help="stop this run after so long; run again to go on")
    parser.add_argument("--seed", type=int, default=20)
    return parser.parse_args()


def tensor(pictures: list[np.ndarray]) -> torch.Tensor:
    """Return BGR pictures as an RGB tensor of pixels / 255."""
    return torch.from_numpy(np.stack(pictures)[..., ::-1].copy()).permute(0, 3, 1, 2).float() / 255.0


def train(
    name: str,
    network: nn.Module,
    loss_of: Callable[[nn.Module, int], tuple[torch.Tensor, dict[str, float]]],
    options: argparse.Namespace,
    decay: float = 0.998,
) -> bool:
    """Train until the steps or the minutes are over, saving every 200 steps; return whether all steps are done.

    The learning rate warms up and falls as a cosine over all steps; the exported weights are the moving
    average, of which each step keeps ``decay``: a short training needs a short memory.
    """
    options.work.mkdir(parents=True, exist_ok=True)
    checkpoint = options.work / f"{name}.pt"
    optimiser = torch.optim.AdamW(network.parameters(), lr=options.rate, weight_decay=1e-4)
    average = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(decay), use_buffers=True
    )
    first = 0
    if checkpoint.is_file():
        saved = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(saved["network"])
        average.load_state_dict(saved["average"])
        optimiser.load_state_dict(saved["optimiser"])
        first = saved["step"]
    begun, sums, counted = time.monotonic(), {}, 0
    network.train()
    step = first
    last = min(options.until or options.steps, options.steps)
    for step in range(first, last):
        share = step / options.steps
        rate = options.rate * min(1.0, (step + 1) / 150) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * share)))
        for group in optimiser.param_groups:
            group["lr"] = rate
        loss, parts = loss_of(network, step)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        average.update_parameters(network)
        counted += 1
        for key, value in parts.items():
            sums[key] = sums.get(key, 0.0) + value
        over = (time.monotonic() - begun) / 60.0 > options.minutes
        if (step + 1) % 100 == 0 or over or step + 1 == last:
            line = {"step": step + 1, "s": round(time.monotonic() - begun)}
            line |= {key: round(value / counted, 4) for key, value in sums.items()}
            with (options.work / f"{name}.log").open("a") as log:
                log.write(json.dumps(line) + "\n")
            sums, counted = {}, 0
        if (step + 1) % 200 == 0 or over or step + 1 == last:
            state = {"network": network.state_dict(), "average": average.state_dict(), "step": step + 1}
            torch.save(state | {"optimiser": optimiser.state_dict()}, checkpoint.with_suffix(".part"))
            checkpoint.with_suffix(".part").replace(checkpoint)
        if over:
            break
    network.load_state_dict(average.module.state_dict())
    network.eval()
    return step + 1 >= last
