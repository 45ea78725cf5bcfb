# SPDX-License-Identifier: Apache-2.0
"""The pictures of an incident: the scene with the face marked, and the two faces side by side."""

import string

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""Height x width x 3, blue-green-red."""

MARK = (40, 60, 230)
PAPER = (245, 245, 245)
INK = (30, 30, 30)
FONT = cv2.FONT_HERSHEY_SIMPLEX
FACE_HEIGHT = 240
"""Pixels of each face in the comparison."""


def load_font() -> None:
    """Load what OpenCV loads with the first text, 40 ms, so that no alert waits for it."""
    _strip(string.printable.strip(), 640)


def annotate(picture: Picture, box: tuple[float, float, float, float], caption: str) -> Picture:
    """A copy of the picture with the box (x, y, width, height in pixels) and a caption beneath it."""
    marked = picture.copy()
    left, top = round(box[0]), round(box[1])
    right, bottom = round(box[0] + box[2]), round(box[1] + box[3])
    cv2.rectangle(marked, (left, top), (right, bottom), MARK, 2, cv2.LINE_AA)
    return np.asarray(np.vstack([marked, _strip(caption, marked.shape[1])]), np.uint8)


def side_by_side(crop: Picture | None, enrolment: Picture | None, caption: str) -> Picture:
    """The face as seen (left) and as enrolled (right), equally high; a missing one is a grey field that says so."""
    left = _fitted(crop, "no face picture")
    right = _fitted(enrolment, "no enrolment picture kept")
    gap = np.full((FACE_HEIGHT, 8, 3), PAPER, np.uint8)
    row = np.hstack([left, gap, right])
    titles = np.hstack([_strip("seen", left.shape[1]), gap[:24], _strip("enrolled", right.shape[1])])
    return np.asarray(np.vstack([titles, row, _strip(caption, row.shape[1])]), np.uint8)


def encode(picture: Picture, quality: int = 88) -> bytes:
    """The picture as JPEG."""
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return data.tobytes()


def decode(data: bytes) -> Picture | None:
    """The picture in JPEG or PNG data; None if there is none in it."""
    if not data:
        return None
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return None if picture is None else np.asarray(picture, np.uint8)


def _fitted(picture: Picture | None, missing: str) -> Picture:
    if picture is None or picture.size == 0:
        field = np.full((FACE_HEIGHT, FACE_HEIGHT, 3), (200, 200, 200), np.uint8)
        cv2.putText(field, missing, (10, FACE_HEIGHT // 2), FONT, 0.45, INK, 1, cv2.LINE_AA)
        return field
    height, width = picture.shape[:2]
    target = max(1, round(width * FACE_HEIGHT / height))
    return np.asarray(cv2.resize(picture, (target, FACE_HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def _strip(text: str, width: int) -> Picture:
    strip = np.full((24, width, 3), PAPER, np.uint8)
    # Hershey fonts know ASCII alone; the JSON beside the picture keeps the name as it is written.
    plain = text.encode("ascii", "replace").decode()
    scale = 0.5
    (text_width, _), _ = cv2.getTextSize(plain, FONT, scale, 1)
    if text_width > width - 12:
        scale *= (width - 12) / text_width
    cv2.putText(strip, plain, (6, 17), FONT, scale, INK, 1, cv2.LINE_AA)
    return strip
