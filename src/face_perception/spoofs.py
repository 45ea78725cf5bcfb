# SPDX-License-Identifier: Apache-2.0
"""Presentation attacks made from photographs: what a camera would see of a print, a cut-out, a screen, a moire pattern.

Simulations, not recordings: they tell whether a liveness measure reacts to the marks of such attacks, and are no
substitute for attacks presented to a real camera.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from face_perception.faces import Box, Picture

Attack = Callable[[Picture, Box, np.random.Generator], Picture]


def bona_fide(picture: Picture, box: Box, rng: np.random.Generator) -> Picture:
    """Return another frame of the same scene: a little closer or farther, other light, sensor noise."""
    return _seen_by_camera(picture.astype(np.float32) * rng.uniform(0.9, 1.1), box, rng)


def printed(picture: Picture, box: Box, rng: np.random.Generator) -> Picture:
    """Return the picture printed on a sheet that somebody holds in front of the scene."""
    return _seen_by_camera(
        _framed(_on_paper(picture, box, rng), box.grown(rng.uniform(1.7, 2.1)), 235.0, rng), box, rng
    )


def cut_out(picture: Picture, box: Box, rng: np.random.Generator) -> Picture:
    """Return the printed head, cut out along its outline and held before the real background."""
    height, width = picture.shape[:2]
    x, y = box.centre
    mask = np.zeros((height, width), np.float32)
    axes = (round(box.width * 0.72), round(box.height * 0.85))
    cv2.ellipse(mask, (round(x), round(y)), axes, float(rng.uniform(-8, 8)), 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 0.8)[:, :, None]
    background = np.roll(picture, round(box.width), axis=1).astype(np.float32)
    return _seen_by_camera(_on_paper(picture, box, rng) * mask + background * (1 - mask), box, rng)


def screen(picture: Picture, box: Box, rng: np.random.Generator) -> Picture:
    """Return the picture on a tablet: bluish, raised black, stripes of sub-pixels, glare, a dark rim."""
    height, width = picture.shape[:2]
    shown = 18 + picture.astype(np.float32) * (0.92, 0.86, 0.82)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    pitch = rng.uniform(2.2, 3.2)
    for channel in range(3):
        shown[:, :, channel] *= 1 + 0.16 * np.cos(2 * np.pi * (x / pitch + channel / 3))
    shown *= (1 + 0.06 * np.cos(2 * np.pi * y / pitch))[:, :, None]
    across = (x * np.cos(0.6) + y * np.sin(0.6)) / max(height, width)
    shown += 45 * np.exp(-(((across - rng.uniform(0.2, 1.0)) / 0.12) ** 2))[:, :, None]
    return _seen_by_camera(_framed(shown, box.grown(rng.uniform(1.7, 2.1)), 12.0, rng), box, rng)


def moire(picture: Picture, box: Box, rng: np.random.Generator) -> Picture:
    """Return the picture on a screen that fills the view: coloured bands of two nearly equal grids."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    shown = 10 + picture.astype(np.float32) * 0.92
    wave = box.width / rng.uniform(4.0, 9.0)
    turn = rng.uniform(0.1, 0.6)
    for channel in range(3):
        phase = 2 * np.pi * ((x * np.cos(turn) + y * np.sin(turn)) / wave + channel / 3 + (y / height) ** 2)
        shown[:, :, channel] *= 1 + 0.12 * np.cos(phase)
    return _seen_by_camera(shown, box, rng)


ATTACKS: dict[str, Attack] = {"print": printed, "cut-out": cut_out, "screen": screen, "moire": moire}


def _on_paper(picture: Picture, box: Box, rng: np.random.Generator) -> np.ndarray:
    """Return ink on paper: few deep blacks, faded colour, dots of a raster for each ink, fibres."""
    height, width = picture.shape[:2]
    values = cv2.GaussianBlur(picture, (0, 0), max(0.6, box.width / 160)).astype(np.float32)
    grey = values.mean(2, keepdims=True)
    values = 38 + (grey + (values - grey) * 0.78) * 0.76
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    pitch = max(2.4, box.width / 45)
    for channel, angle in enumerate((0.0, 0.26, 0.79)):
        u = (x * np.cos(angle) + y * np.sin(angle)) / pitch
        v = (y * np.cos(angle) - x * np.sin(angle)) / pitch
        values[:, :, channel] += 9 * np.cos(2 * np.pi * u) * np.cos(2 * np.pi * v)
    return values + cv2.GaussianBlur(rng.normal(0, 9, (height, width, 1)).astype(np.float32), (0, 0), 1.2)[:, :, None]


def _framed(values: np.ndarray, edge: Box, border: float, rng: np.random.Generator) -> np.ndarray:
    """Return ``values`` inside ``edge``, a border of that brightness around it, and a blurred room outside."""
    height, width = values.shape[:2]
    # Shrinking and enlarging blurs as widely as a filter of that size would, for a thousandth of the work.
    small = cv2.resize(values, (16, 16), interpolation=cv2.INTER_AREA)
    room = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC) * 0.7
    corners = cv2.boxPoints((edge.centre, (edge.width, edge.height), float(rng.uniform(-6, 6))))
    rim = cv2.boxPoints((edge.centre, (edge.width * 1.12, edge.height * 1.12), 0.0))
    outer, inner = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
    cv2.fillPoly(outer, [np.round(rim).astype(np.int32)], 1.0)
    cv2.fillPoly(inner, [np.round(corners).astype(np.int32)], 1.0)
    framed = room * (1 - outer[:, :, None]) + border * outer[:, :, None]
    return framed * (1 - inner[:, :, None]) + values * inner[:, :, None]


def _seen_by_camera(values: np.ndarray, box: Box, rng: np.random.Generator) -> Picture:
    """Return what a camera makes of it: slight zoom and turn, blur, noise, JPEG."""
    height, width = values.shape[:2]
    matrix = cv2.getRotationMatrix2D(box.centre, float(rng.uniform(-4, 4)), float(rng.uniform(0.92, 1.08)))
    turned = cv2.warpAffine(values, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
    noisy = cv2.GaussianBlur(turned, (0, 0), 0.6) + rng.normal(0, 2.5, turned.shape)
    frame = np.clip(noisy, 0, 255).astype(np.uint8)
    _, encoded = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(80, 95))])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
