# SPDX-License-Identifier: Apache-2.0
"""Frames with stamps from a camera, a stream, a video file or a folder of pictures."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from face_perception.errors import PictureError
from face_perception.faces import Picture
from face_perception.picture import SUFFIXES, read_picture
from ronda_core.clock import Clock

Frame = tuple[float, Picture]
_SILENCE_MS = 5000


@dataclass(frozen=True, slots=True)
class Reconnection:
    """What happens when a live source breaks off: ``report`` hears of it in words (True: trouble), a new try follows
    every ``retry_s`` seconds for ``give_up_s`` at most. ``wait`` lets time pass (a closing event's ``wait``)."""

    report: Callable[[str, bool], None]
    wait: Callable[[float], object] = field(default_factory=lambda: threading.Event().wait)
    retry_s: float = 1.0
    give_up_s: float = math.inf


def is_live(source: str) -> bool:
    """Return whether a source is a camera or a stream, which may stop and come back, rather than a file or folder."""
    return source.isdecimal() or "://" in source


def open_frames(source: str, rate: float, clock: Clock, reconnection: Reconnection | None = None) -> Iterator[Frame]:
    """Return an iterator of (seconds, BGR frame).

    :param source: a number (camera), an rtsp:// or http(s):// address, a video file, or a folder
    :param rate: frames per second to take; a folder's pictures are stamped with it
    :param reconnection: what to do when a live source breaks off; without it, that is an error
    Raises PictureError for a source that gives no frame, and when a broken source does not come back.
    """
    path = Path(source)
    if path.is_dir():
        return _folder(path, rate)
    live = is_live(source)
    if not live and not path.is_file():
        raise PictureError(f"{source} does not exist", hint="give a camera number, an address, a video or a folder")
    capture = _open(source)
    if not capture.isOpened():
        raise PictureError(f"{source} cannot be opened", hint="check the camera, the address or the file's format")
    return _live(capture, source, rate, clock, reconnection) if live else _video(capture, source, rate)


def _open(source: str) -> cv2.VideoCapture:
    if source.isdecimal():
        return cv2.VideoCapture(int(source))
    if not is_live(source):
        return cv2.VideoCapture(source)
    # FFmpeg alone would wait half a minute for a stream that has fallen silent.
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _SILENCE_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, _SILENCE_MS]
    return cv2.VideoCapture(source, cv2.CAP_FFMPEG, limits)


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


def _live(
    capture: cv2.VideoCapture, source: str, rate: float, clock: Clock, reconnection: Reconnection | None
) -> Iterator[Frame]:
    due = clock.monotonic()
    while True:
        # Every frame is taken off the buffer, or an old one would wait there.
        done, frame = capture.read()
        if not done:
            capture.release()
            if reconnection is None:
                raise PictureError(f"{source} has ended or was unplugged", hint="check the camera and start again")
            capture = _reconnect(source, clock, reconnection)
            continue
        now = clock.monotonic()
        if now >= due:
            due = max(due + 1 / rate, now)
            yield now, np.asarray(frame, np.uint8)


def _reconnect(source: str, clock: Clock, reconnection: Reconnection) -> cv2.VideoCapture:
    """Return the source opened anew. Raises PictureError when it does not come back in time."""
    lost = clock.monotonic()
    reconnection.report("the stream broke off, connecting again", True)
    while clock.monotonic() - lost < reconnection.give_up_s:
        reconnection.wait(reconnection.retry_s)
        capture = _open(source)
        if capture.isOpened():
            reconnection.report(f"the stream is back after {clock.monotonic() - lost:.0f} s", False)
            return capture
        capture.release()
    raise PictureError(
        f"{source} broke off and did not come back within {reconnection.give_up_s:.0f} s",
        hint="check the camera and its network",
    )
