# SPDX-License-Identifier: Apache-2.0
"""A photograph that turns: as a head would (an upright cylinder with a nose), or as the flat sheet that it is."""

import cv2
import numpy as np


def turned_head(picture, box, nose_x, degrees):
    """The head turned by ``degrees`` about its axis; positive: the nose goes to the right of the picture.

    The depth is that of a cylinder with a bump for the nose; each row is looked up where the turn took it from. A turn
    to the left is the mirror image of one to the right: put the face in the middle of the picture.
    """
    if degrees < 0:
        return np.ascontiguousarray(turned_head(picture, box, nose_x, -degrees)[:, ::-1])
    height, width = picture.shape[:2]
    radius = box.width * 0.62
    across = np.arange(width, dtype=np.float64) - nose_x
    inside = np.clip(1 - (across / radius) ** 2, 0, None)
    angle = np.radians(degrees)
    rows = np.arange(height, dtype=np.float64)
    middle = box.top + 0.62 * box.height
    map_x = np.empty((height, width), np.float32)
    for row in range(height):
        bump = 0.30 * radius * np.exp(-(((rows[row] - middle) / (0.16 * box.height)) ** 2))
        depth = radius * np.sqrt(inside) + bump * np.exp(-((across / (0.16 * box.width)) ** 2))
        seen = np.where(inside > 0, across * np.cos(angle) + (depth - radius * 0.35) * np.sin(angle), across)
        map_x[row] = np.interp(across, np.maximum.accumulate(seen), across) + nose_x
    map_y = np.repeat(rows[:, None], width, 1).astype(np.float32)
    return cv2.remap(picture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def turned_sheet(picture, box, degrees, distance=3.0):
    """The flat photograph turned about the face's upright axis, seen from ``distance`` face widths away."""
    x, y = box.centre
    half, reach = box.width, distance * box.width
    angle = np.radians(degrees)
    source, target = [], []
    for u in (-half, half):
        for v in (-half, half):
            scale = reach / (reach + u * np.sin(angle))
            source.append((x + u, y + v))
            target.append((x + u * np.cos(angle) * scale, y + v * scale))
    matrix = cv2.getPerspectiveTransform(np.array(source, np.float32), np.array(target, np.float32))
    return cv2.warpPerspective(
        picture, matrix, (picture.shape[1], picture.shape[0]), borderMode=cv2.BORDER_CONSTANT, borderValue=(90, 90, 90)
    )
