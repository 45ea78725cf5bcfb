# SPDX-License-Identifier: Apache-2.0
"""Compose a training picture: a photograph, the back of a car as boxes and lights, plates in perspective, bad light."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from training.plates.drawing import MARGIN, REGIONS, Drawn, shade
from training.plates.fonts import OTHER_FACES, faces, font


@dataclass(frozen=True)
class Placed:
    """A plate in the picture: corner points (4x2, pixels) of the plate and of its characters, and what it says."""

    plate: np.ndarray
    text: np.ndarray
    characters: str
    region: int


def compose(
    rng: random.Random,
    photographs: Sequence[np.ndarray],
    plates: Sequence[Drawn],
    size: tuple[int, int],
    widths: tuple[float, float],
    count: int,
    spread: float = 1.0,
) -> tuple[np.ndarray, list[Placed]]:
    """Return a picture of ``size`` (height, width) with up to ``count`` plates ``widths`` pixels wide.

    ``spread`` is how far from the centre a plate may lie (1: anywhere).
    """
    height, width = size
    picture = background(rng, photographs, size)
    placed: list[Placed] = []
    for _ in range(count):
        drawn = rng.choice(plates)
        wide = math.exp(rng.uniform(math.log(widths[0]), math.log(widths[1])))
        centre = (
            width / 2 + spread * rng.uniform(-0.5, 0.5) * max(width - wide, width * 0.2),
            height / 2 + spread * rng.uniform(-0.5, 0.5) * height * 0.85,
        )
        if any(np.hypot(*(p.plate.mean(0) - centre)) < wide * 1.3 for p in placed):
            continue
        placed.append(place(rng, picture, drawn, wide, centre))
    for _ in range(rng.choice((0, 0, 1, 2))):
        distract(rng, picture, [p.plate for p in placed])
    return spoil(rng, picture), placed


def background(rng: random.Random, photographs: Sequence[np.ndarray], size: tuple[int, int]) -> np.ndarray:
    source = rng.choice(photographs)
    height, width = size
    reach = rng.uniform(0.25, 1.0)
    tall = max(16, min(source.shape[0], round(source.shape[0] * reach)))
    wide = max(16, min(source.shape[1], round(tall * width / height)))
    y, x = rng.randint(0, source.shape[0] - tall), rng.randint(0, source.shape[1] - wide)
    picture = cv2.resize(source[y : y + tall, x : x + wide], (width, height), interpolation=cv2.INTER_AREA)
    return picture[:, ::-1].copy() if rng.random() < 0.5 else picture


def place(rng: random.Random, picture: np.ndarray, drawn: Drawn, wide: float, centre: tuple[float, float]) -> Placed:
    """Put ``drawn`` into the picture, usually on the back of a car."""
    corners = drawn.plate
    box = corners[2] - corners[0]
    scale = wide / box[0]
    if rng.random() < 0.75:
        car_back(rng, picture, centre, wide, box[1] * scale)
    shape = drawn.picture.shape
    shrink = min(1.0, scale * 1.6)
    flat = cv2.resize(drawn.picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    keep = rng.uniform(0.0, 1.0) * MARGIN if rng.random() < 0.7 else 0.0
    mask = np.zeros(flat.shape[:2], np.float32)
    low, high = (corners[0] - keep) * shrink, (corners[2] + keep) * shrink
    cv2.rectangle(mask, tuple(np.intp(low)), tuple(np.intp(high)), 1.0, -1)
    flat = light(rng, flat.astype(np.float32))
    homography = perspective(rng, (shape[1], shape[0]), scale, centre)
    target = homography @ np.diag([1 / shrink, 1 / shrink, 1.0])
    height, width = picture.shape[:2]
    warped = cv2.warpPerspective(flat, target, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpPerspective(mask, target, (width, height), flags=cv2.INTER_LINEAR)[..., None]
    picture[:] = (picture * (1 - alpha) + np.clip(warped, 0, 255) * alpha).astype(np.uint8)
    points = cv2.perspectiveTransform(np.stack([drawn.plate, drawn.text]), homography)
    return Placed(points[0], points[1], drawn.characters, REGIONS.index(drawn.region))


def perspective(rng: random.Random, size: tuple[int, int], scale: float, centre: tuple[float, float]) -> np.ndarray:
    """Return the homography of a flat plate seen from a random side, ``scale`` times as large, around ``centre``."""
    width, height = size
    yaw, pitch = rng.gauss(0, 0.32), rng.gauss(0, 0.16)
    roll = rng.gauss(0, 0.06) if rng.random() < 0.8 else rng.gauss(0, 0.2)
    yaw, pitch, roll = (max(-0.9, min(0.9, a)) for a in (yaw, pitch, roll))
    distance = rng.uniform(3.0, 10.0) * width
    spin = cv2.Rodrigues(np.array([0.0, 0.0, roll]))[0]
    turn = spin @ cv2.Rodrigues(np.array([pitch, 0.0, 0.0]))[0] @ cv2.Rodrigues(np.array([0.0, yaw, 0.0]))[0]
    flat = np.float64([[0, 0], [width, 0], [width, height], [0, height]])
    space = np.c_[flat - [width / 2, height / 2], np.zeros(4)] @ turn.T
    seen = space[:, :2] * (distance / (distance + space[:, 2:])) * scale + centre
    return cv2.getPerspectiveTransform(np.float32(flat), np.float32(seen))


def car_back(rng: random.Random, picture: np.ndarray, centre: tuple[float, float], wide: float, tall: float) -> None:
    """Paint a body, a recess, lamps and lines around the place of a plate; crude, but nothing of it is a plate."""
    x, y = centre
    body = shade(rng) if rng.random() < 0.5 else (rng.randint(0, 255),) * 3
    reach = rng.uniform(1.0, 2.6)
    low, high = (x - reach * wide, y - rng.uniform(1.0, 5) * tall), (x + reach * wide, y + rng.uniform(1.0, 3.5) * tall)
    layer = picture.copy()
    cv2.rectangle(layer, tuple(np.intp(low)), tuple(np.intp(high)), body, -1)
    for _ in range(rng.randint(1, 6)):
        row = rng.uniform(low[1], high[1])
        tone = tuple(max(0, min(255, c + rng.randint(-70, 70))) for c in body)
        thick = rng.choice((1, 1, 2, max(1, int(tall * rng.uniform(0.1, 1.2)))))
        cv2.line(layer, tuple(np.intp((low[0], row))), tuple(np.intp((high[0], row + rng.uniform(-6, 6)))), tone, thick)
    if rng.random() < 0.5:
        dark = tuple(int(c * rng.uniform(0.1, 0.8)) for c in body)
        grow = (wide * rng.uniform(0.52, 0.9), tall * rng.uniform(0.6, 1.5))
        corner = np.intp((x - grow[0], y - grow[1])), np.intp((x + grow[0], y + grow[1]))
        cv2.rectangle(layer, tuple(corner[0]), tuple(corner[1]), dark, -1)
    for side in (-1, 1):
        if rng.random() < 0.5:
            at = np.intp((x + side * wide * rng.uniform(0.9, 1.9), y - tall * rng.uniform(-0.5, 2)))
            lamp = rng.choice(((20, 20, 190), (40, 40, 120), (230, 230, 230), (30, 140, 240)))
            cv2.rectangle(layer, tuple(at), tuple(at + np.intp((wide * 0.3, tall * rng.uniform(0.5, 2)))), lamp, -1)
    if rng.random() < 0.3:
        for step in np.arange(low[1], high[1], max(3.0, tall * rng.uniform(0.15, 0.5))):
            cv2.line(layer, tuple(np.intp((low[0], step))), tuple(np.intp((high[0], step))), (20, 20, 20), 1)
    ramp = np.linspace(rng.uniform(0.6, 1.3), rng.uniform(0.6, 1.3), picture.shape[0])[:, None, None]
    solid = rng.uniform(0.6, 1.0)
    picture[:] = np.clip(picture * (1 - solid) + layer * ramp * solid, 0, 255).astype(np.uint8)


def distract(rng: random.Random, picture: np.ndarray, taken: list[np.ndarray]) -> None:
    """Add what is no plate: words on a wall or a bumper, an empty panel, a row of bars."""
    height, width = picture.shape[:2]
    x, y = rng.randint(0, width - 20), rng.randint(0, height - 10)
    if any(np.hypot(*(quad.mean(0) - (x, y))) < np.ptp(quad[:, 0]) + 30 for quad in taken):
        return
    tone = shade(rng)
    wide, tall = rng.randint(20, 120), rng.randint(8, 40)
    kind = rng.choice(("words", "panel", "bars"))
    if kind == "panel":
        cv2.rectangle(picture, (x, y), (x + wide, y + tall), tone, -1)
    elif kind == "bars":
        for step in range(0, wide, max(3, tall // 3)):
            cv2.line(picture, (x + step, y), (x + step, y + tall), tone, 1)
    else:
        from PIL import Image, ImageDraw

        words = "".join(rng.choice("abcdefghijklmnopqrstuvwxyz ABCDEFG") for _ in range(rng.randint(3, 14)))
        sheet = Image.fromarray(picture)
        ImageDraw.Draw(sheet).text((x, y), words, tone, font(rng.choice(faces(OTHER_FACES)), max(8, tall)))
        picture[:] = np.asarray(sheet)


def light(rng: random.Random, flat: np.ndarray) -> np.ndarray:
    """Exposure, a shadow's edge, less contrast by dirt."""
    height, width = flat.shape[:2]
    flat = flat * rng.uniform(0.35, 1.25)
    if rng.random() < 0.35:
        across = np.linspace(-1, 1, width)[None, :] * rng.uniform(-6, 6)
        down = np.linspace(-1, 1, height)[:, None] * rng.uniform(-3, 3)
        edge = np.clip((across + down + rng.uniform(-1, 1)) * 3, 0, 1)
        flat = flat * (1 - edge[..., None] * rng.uniform(0.2, 0.6))
    if rng.random() < 0.4:
        haze = rng.uniform(0.05, 0.5)
        flat = flat * (1 - haze) + flat.mean() * rng.uniform(0.7, 1.2) * haze
    return flat


def spoil(rng: random.Random, picture: np.ndarray) -> np.ndarray:
    """What a camera does: colour cast, gamma, blur, movement, noise, JPEG."""
    result = picture.astype(np.float32) / 255.0
    result = np.clip(result * [rng.uniform(0.85, 1.15) for _ in range(3)], 0, 1) ** rng.uniform(0.6, 1.7)
    result = np.clip(result * 255.0, 0, 255)
    if rng.random() < 0.6:
        result = cv2.GaussianBlur(result, (0, 0), rng.uniform(0.3, 1.3))
    if rng.random() < 0.15:
        length = rng.choice((3, 5))
        kernel = np.zeros((length, length), np.float32)
        kernel[length // 2 if rng.random() < 0.7 else slice(None), :] = 1
        result = cv2.filter2D(result, -1, kernel / kernel.sum())
    if rng.random() < 0.2:
        result = cv2.addWeighted(result, 1.8, cv2.GaussianBlur(result, (0, 0), 1.5), -0.8, 0)
    noise = np.random.default_rng(rng.getrandbits(32)).normal(0, rng.uniform(0, 9), result.shape)
    result = np.clip(result + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.1:
        result = cv2.cvtColor(cv2.cvtColor(result, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    if rng.random() < 0.7:
        coded = cv2.imencode(".jpg", result, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(25, 95)])[1]
        result = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    return result
