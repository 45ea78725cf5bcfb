# SPDX-License-Identifier: Apache-2.0
"""Frames with stamps from a camera, a stream, a video file or a folder of pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from face_perception.errors import PictureError
from face_perception.faces import Picture
from face_perception.picture import SUFFIXES, read_picture
from ronda_core.clock import Clock

Frame = tuple[float, Picture]


def open_frames(source: str, rate: float, clock: Clock) -> Iterator[Frame]:
    """Return an iterator of (seconds, BGR frame).

    :param source: a number (camera), an rtsp:// or http(s):// address, a video file, or a folder
    :param rate: frames per second to take; a folder's pictures are stamped with it
    Raises PictureError for a source that gives no frame.
    """
    path = Path(source)
    if path.is_dir():
        return _folder(path, rate)
    live = source.isdecimal() or "://" in source
    if not live and not path.is_file():
        raise PictureError(f"{source} does not exist", hint="give a camera number, an address, a video or a folder")
    capture = cv2.VideoCapture(int(source) if source.isdecimal() else source)
    if not capture.isOpened():
        raise PictureError(f"{source} cannot be opened", hint="check the camera, the address or the file's format")
    return _live(capture, source, rate, clock) if live else _video(capture, source, rate)


def _folder(path: Path, rate: float) -> Iterator[Frame]:
    pictures = sorted(entry for entry in path.iterdir() if entry.suffix.lower() in SUFFIXES)
    if not pictures:
        raise PictureError(f"{path} holds no pictures", hint=f"known endings: {', '.join(SUFFIXES)}")
    return ((index / rate, read_picture(picture)) for index, picture in enumerate(pictures))


def _video(capture: cv2.VideoCapture, source: str, rate: float) -> Iterator[Frame]:
    own_rate = capture.get(cv2.CAP_PROP_FPS) or 25.0
    due, index = 0.0, 0
    while True:
        done, frame = capture.read()
        if not done:
            break
        stamp = index / own_rate
        index += 1
        if stamp + 1e-6 >= due:
            due += 1 / rate
            yield stamp, np.asarray(frame, np.uint8)
    capture.release()
    if index == 0:
        raise PictureError(f"{source} gives no frame", hint="check the file's format")


def _live(capture: cv2.VideoCapture, source: str, rate: float, clock: Clock) -> Iterator[Frame]:
    due = clock.monotonic()
    while True:
        # Every frame is taken off the buffer, or an old one would wait there.
        done, frame = capture.read()
        if not done:
            capture.release()
            raise PictureError(f"{source} has ended or was unplugged", hint="check the camera and start again")
        now = clock.monotonic()
        if now >= due:
            due = max(due + 1 / rate, now)
            yield now, np.asarray(frame, np.uint8)
