# SPDX-License-Identifier: Apache-2.0
"""A photograph-like picture with one drawn plate, for tests of the chain."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from tests.parking_robot.plates.strokes import STROKES, drawn


def plate_picture(text, size=(640, 480), width=150, at=(320, 300), seed=1, tall=1.0):
    """A noisy grey scene (BGR) with a white plate at the centre ``at``, ``width`` pixels wide, made ``tall`` times."""
    rng = np.random.default_rng(seed)
    scene = cv2.resize(rng.integers(60, 140, (12, 16, 3), np.uint8), size, interpolation=cv2.INTER_CUBIC)
    small = cv2.resize(
        flat_plate(text)[..., ::-1], (width, int(width * 112 / 520 * tall)), interpolation=cv2.INTER_AREA
    )
    x, y = at[0] - small.shape[1] // 2, at[1] - small.shape[0] // 2
    cv2.rectangle(scene, (x - 60, y - 50), (x + width + 60, y + 60), (70, 60, 50), -1)
    scene[y : y + small.shape[0], x : x + small.shape[1]] = small
    scene = cv2.GaussianBlur(scene, (0, 0), 0.6).astype(np.float32) + rng.normal(0, 4, scene.shape)
    return np.clip(scene, 0, 255).astype(np.uint8)


def flat_plate(text):
    """A plate of 520 x 112 pixels (RGB); `STROKES` are drawn, all else is in DejaVu Sans Bold."""
    plate = Image.new("RGB", (520, 112), (245, 245, 240))
    draw = ImageDraw.Draw(plate)
    draw.rectangle((2, 2, 517, 109), outline=(20, 20, 20), width=4)
    face = ImageFont.truetype("DejaVuSans-Bold.ttf", 84)
    if STROKES.isdisjoint(text):
        draw.text((260, 56), text, (15, 15, 15), face, anchor="mm")
        return np.asarray(plate)
    face = ImageFont.truetype("DejaVuSans-Bold.ttf", 76)
    widths = [70 if character in STROKES else draw.textlength(character, face) for character in text]
    gap = 14
    x = 260 - (sum(widths) + 2 * gap) / 2
    for character, width in zip(text, widths, strict=True):
        if character in STROKES:
            x += gap
            plate.paste((15, 15, 15), (round(x), 25), Image.fromarray(drawn(character, 64, 9)))
            x += gap
        else:
            draw.text((x, 56), character, (15, 15, 15), face, anchor="lm")
        x += width
    return np.asarray(plate)
