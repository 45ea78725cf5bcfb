# SPDX-License-Identifier: Apache-2.0
"""Draw what was seen into a frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2

from face_perception.faces import Box, Picture
from face_perception.watcher import SeenFace

_NEUTRAL, _MATCH, _TEXT = (200, 200, 200), (40, 40, 230), (255, 255, 255)


def annotate(picture: Picture, faces: Sequence[SeenFace], names: Mapping[int, str]) -> Picture:
    """Return a copy with a box for each face; ``names`` gives the text of tracks that are known."""
    result = picture.copy()
    for seen in faces:
        name = names.get(seen.track_id, "")
        _draw(result, seen.detection.box, name or f"{seen.track_id}", _MATCH if name else _NEUTRAL)
    return result


def _draw(picture: Picture, box: Box, text: str, colour: tuple[int, int, int]) -> None:
    left, top, right, bottom = (round(value) for value in (box.left, box.top, box.right, box.bottom))
    cv2.rectangle(picture, (left, top), (right, bottom), colour, 2)
    scale = max(0.4, picture.shape[0] / 1200)
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    cv2.rectangle(picture, (left, top - height - 6), (left + width + 4, top), colour, cv2.FILLED)
    cv2.putText(picture, text, (left + 2, top - 4), cv2.FONT_HERSHEY_SIMPLEX, scale, _TEXT, 1, cv2.LINE_AA)
