# SPDX-License-Identifier: Apache-2.0
"""Make faces unrecognisable in pictures that leave the machine."""

from __future__ import annotations

from collections.abc import Iterable

import cv2

from face_perception.faces import Box, Picture


def blur_faces(picture: Picture, boxes: Iterable[Box]) -> Picture:
    """Return a copy in which each box (and its margin) is reduced to a few blocks and smoothed."""
    result = picture.copy()
    for box in boxes:
        region = box.grown(1.3).crop(result)
        if region.size == 0:
            continue
        height, width = region.shape[:2]
        # Few blocks first: a mere blur can be undone to a degree.
        blocks = cv2.resize(region, (min(6, width), min(6, height)), interpolation=cv2.INTER_AREA)
        region[:] = cv2.resize(blocks, (width, height), interpolation=cv2.INTER_LINEAR)
    return result
