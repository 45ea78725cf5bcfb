# SPDX-License-Identifier: Apache-2.0
"""The three small networks of the plate chain, and how their outputs are read.

`Finder` looks at a whole picture (pixels / 255, RGB): for each 8x8 cell one logit (a plate's centre is here) and the
four corners of that plate relative to the cell's centre, in units of 32 pixels.
`Corners` looks at one crop of 96x192 around a find: eight heat maps, of which the soft argmax gives the corners of the
plate and of its characters in crop pixels, one logit (is a plate) and the logits of the regions.
`Syllables` looks at a grey square of the line of characters (mean 0, deviation 1): one logit for each syllable, and one
for none.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from training.plates.drawing import REGIONS

STRIDE = 8
UNIT = 32.0
CROP = (96, 192)


def dense(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class Block(nn.Module):
    """Depth-wise 5x5 or 3x3, then two point-wise layers around a residual."""

    def __init__(self, width: int, kernel: int = 3) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width, width, kernel, 1, kernel // 2, groups=width, bias=False),
            nn.BatchNorm2d(width),
            nn.Conv2d(width, 2 * width, 1, bias=False),
            nn.BatchNorm2d(2 * width),
            nn.ReLU(inplace=True),
            nn.Conv2d(2 * width, width, 1, bias=False),
            nn.BatchNorm2d(width),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.relu(x + self.body(x))


class Finder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.to4 = nn.Sequential(dense(3, 12, 2), dense(12, 24, 2))
        self.to8 = nn.Sequential(dense(24, 48, 2), Block(48), Block(48))
        self.to16 = nn.Sequential(dense(48, 80, 2), Block(80, 5), Block(80, 5), Block(80, 5))
        self.to32 = nn.Sequential(dense(80, 96, 2), Block(96, 5), Block(96, 5))
        self.from32, self.from16, self.from8 = nn.Conv2d(96, 48, 1), nn.Conv2d(80, 48, 1), nn.Conv2d(48, 48, 1)
        self.head = nn.Sequential(Block(48, 5), Block(48), nn.Conv2d(48, 9, 1))
        nn.init.constant_(self.head[-1].bias, 0.0)
        self.head[-1].bias.data[0] = -4.0

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        c8 = self.to8(self.to4(picture))
        c16 = self.to16(c8)
        c32 = self.to32(c16)
        # The caller pads to a multiple of 32, so doubling always fits.
        up = self.from16(c16) + functional.interpolate(self.from32(c32), scale_factor=2.0, mode="nearest")
        up = self.from8(c8) + functional.interpolate(functional.relu(up), scale_factor=2.0, mode="nearest")
        return self.head(functional.relu(up))


class Corners(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.to4 = nn.Sequential(dense(3, 16, 2), dense(16, 32, 2), Block(32))
        self.to8 = nn.Sequential(dense(32, 64, 2), Block(64, 5), Block(64, 5))
        self.to16 = nn.Sequential(dense(64, 96, 2), Block(96, 5), Block(96, 5), Block(96, 5))
        self.from16, self.from8, self.from4 = nn.Conv2d(96, 48, 1), nn.Conv2d(64, 48, 1), nn.Conv2d(32, 48, 1)
        self.maps = nn.Sequential(Block(48, 5), nn.Conv2d(48, 8, 1))
        self.verdict = nn.Linear(96, 1 + len(REGIONS))
        rows, columns = CROP[0] // 4, CROP[1] // 4
        self.register_buffer("ys", torch.arange(rows).float() * 4 + 1.5)
        self.register_buffer("xs", torch.arange(columns).float() * 4 + 1.5)

    def forward(self, crop: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the corners (n, 8, 2) in crop pixels (plate, then characters) and the logits (n, 1 + regions)."""
        c4 = self.to4(crop)
        c8 = self.to8(c4)
        c16 = self.to16(c8)
        verdict = self.verdict(c16.mean((2, 3)))
        up = self.from8(c8) + functional.interpolate(self.from16(c16), scale_factor=2.0, mode="nearest")
        up = self.from4(c4) + functional.interpolate(functional.relu(up), scale_factor=2.0, mode="nearest")
        heat = torch.softmax(self.maps(functional.relu(up)).flatten(2), dim=2).reshape(
            -1, 8, len(self.ys), len(self.xs)
        )
        x = (heat.sum(2) * self.xs).sum(2)
        y = (heat.sum(3) * self.ys).sum(2)
        return torch.stack([x, y], dim=2), verdict


class Syllables(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            dense(1, 16),
            dense(16, 32, 2),
            Block(32),
            dense(32, 64, 2),
            Block(64),
            dense(64, 96, 2),
            Block(96),
        )
        self.squeeze = nn.Sequential(nn.Conv2d(96, 32, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU(inplace=True))
        self.drop = nn.Dropout(0.2)
        # 48 pixels halved three times. Where a stroke stands tells 거 from 가, so places are kept.
        self.told = nn.Linear(32 * 6 * 6, classes)

    def forward(self, cut: torch.Tensor) -> torch.Tensor:
        return self.told(self.drop(self.squeeze(self.body(cut)).flatten(1)))
