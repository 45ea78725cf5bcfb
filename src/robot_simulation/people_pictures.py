# SPDX-License-Identifier: Apache-2.0
"""From a photograph to a board that shows its face life-size: find the face, crop or pad, scale."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from robot_simulation.errors import PeopleError
from robot_simulation.figure import EYE_HEIGHT_M

Picture: TypeAlias = NDArray[np.uint8]


class FaceBox(Protocol):
    """A face's rectangle in pixels of its picture."""

    @property
    def left(self) -> float: ...
    @property
    def top(self) -> float: ...
    @property
    def right(self) -> float: ...
    @property
    def bottom(self) -> float: ...


FindFaces: TypeAlias = Callable[[Picture], Sequence[FaceBox]]
"""Takes a BGR picture, returns the boxes of all faces in it."""

FACE_WIDTH_M = 0.16
EYES_BELOW_TOP = 0.4
"""Eyes lie at this share of a face box's height, counted from its top."""
REACH_M = (0.42, 0.34, 0.42, 0.46)
"""What is kept left of, above, right of and below the face's centre; the board is 0.84 m wide at most."""
LEAST_REACH_M = (0.18, 0.2, 0.18, 0.2)
"""A tighter photograph is padded to this: a face without any surroundings is hard to detect."""
MAX_FACE_PX = 200
"""A camera 1 m away sees a face 90 pixels wide; a finer texture only costs memory."""
MIN_FACE_PX = 32
SAME_SIZE = 0.7
"""The second face's area over the first's, from which on size does not say whose picture it is."""
IN_THE_MIDDLE, ASIDE = 0.12, 0.25
"""Of faces of the same size the picture is about the one whose centre is nearer to the picture's middle than the first,
in parts of its longer side, while every other one's is farther than the second."""
MAX_FILE_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class LifeSize:
    """A texture (H, W, 3) BGR and its size on a board in metres; `centre_z_m` puts the eyes at eye height."""

    texture: Picture
    width_m: float
    height_m: float
    centre_z_m: float


def read_picture(path: Path) -> Picture:
    """Read a photograph upright (EXIF orientation applied), BGR. Raises PeopleError naming the file."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise PeopleError(f"picture {path} is larger than 100 MB", hint="scale it down")
        content = np.fromfile(path, np.uint8)
    except OSError as error:
        raise PeopleError(
            f"cannot read picture {path}: {error.strerror}", hint="check the file and its rights"
        ) from error
    try:
        picture = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    except cv2.error:
        picture = None
    if picture is None:
        raise PeopleError(f"picture {path} is not a readable image", hint="save it again as JPEG or PNG")
    return np.asarray(picture, np.uint8)


def main_face(faces: Sequence[FaceBox], picture: Picture, path: Path) -> FaceBox:
    """The one face a picture is about: the largest, of several alike the one in the middle.

    Raises PeopleError for none, a tiny one, or several of the same size of which none stands out.
    """
    if not faces:
        raise PeopleError(f"no face found in {path}", hint="use a picture that shows the face from the front")
    largest = max(map(_area, faces))
    alike = ((_off_centre(face, picture), face) for face in faces if _area(face) >= SAME_SIZE * largest)
    by_place = sorted(alike, key=lambda pair: pair[0])
    chosen = by_place[0][1]
    if len(by_place) > 1 and not (by_place[0][0] < IN_THE_MIDDLE and by_place[1][0] > ASIDE):
        raise PeopleError(f"{path} shows several faces of the same size", hint="crop it to the person who is meant")
    if chosen.right - chosen.left < MIN_FACE_PX:
        raise PeopleError(
            f"the face in {path} is only {chosen.right - chosen.left:.0f} pixels wide",
            hint=f"use a picture with a face at least {MIN_FACE_PX} pixels wide",
        )
    return chosen


def life_size(picture: Picture, face: FaceBox) -> LifeSize:
    """Crop or pad `picture` around `face` and scale it so that the face is 0.16 m wide with its eyes at 1.6 m."""
    metre = (face.right - face.left) / FACE_WIDTH_M  # pixels per metre
    x, y = (face.left + face.right) / 2, (face.top + face.bottom) / 2
    height, width = picture.shape[:2]
    extents = (x, y, width - x, height - y)
    left, up, right, down = (
        round(min(max(extent, least * metre), most * metre))
        for extent, least, most in zip(extents, LEAST_REACH_M, REACH_M, strict=True)
    )
    x0, y0 = round(x) - left, round(y) - up
    x1, y1 = round(x) + right, round(y) + down
    inside = picture[max(y0, 0) : min(y1, height), max(x0, 0) : min(x1, width)]
    edge = np.concatenate([inside[0], inside[-1], inside[:, 0], inside[:, -1]])
    padded = cv2.copyMakeBorder(
        inside,
        max(-y0, 0),
        max(y1 - height, 0),
        max(-x0, 0),
        max(x1 - width, 0),
        cv2.BORDER_CONSTANT,
        value=tuple(float(v) for v in np.median(edge, axis=0)),
    )
    shrink = min(1.0, MAX_FACE_PX / (face.right - face.left))
    texture = padded
    if shrink < 1.0:
        size = (max(1, round(padded.shape[1] * shrink)), max(1, round(padded.shape[0] * shrink)))
        texture = cv2.resize(padded, size, interpolation=cv2.INTER_AREA)
    eyes = face.top + EYES_BELOW_TOP * (face.bottom - face.top)
    centre_z = EYE_HEIGHT_M + (eyes - (y0 + y1) / 2) / metre
    return LifeSize(np.asarray(texture, np.uint8), (x1 - x0) / metre, (y1 - y0) / metre, centre_z)


def _off_centre(face: FaceBox, picture: Picture) -> float:
    height, width = picture.shape[:2]
    x, y = (face.left + face.right - width) / 2, (face.top + face.bottom - height) / 2
    return math.hypot(x, y) / max(width, height)


def _area(face: FaceBox) -> float:
    return (face.right - face.left) * (face.bottom - face.top)
