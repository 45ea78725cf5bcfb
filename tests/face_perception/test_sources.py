# SPDX-License-Identifier: Apache-2.0
"""A real stream (MJPEG over HTTP, read by FFmpeg) that is cut and comes back."""

import threading
from urllib.parse import urlsplit

import numpy as np
import pytest

from face_perception.errors import PictureError
from face_perception.picture import encode_jpeg
from face_perception.sources import Reconnection, is_live, open_frames
from face_perception.watch_board import WatchBoard
from face_perception.watch_page import WatchPage
from ronda_core.clock import ManualClock, SystemClock


class Camera:
    """Streams frames of one grey level on a fixed port until it is closed."""

    def __init__(self, level, port=0):
        self.board, self.level, self.stopped = WatchBoard("camera"), level, threading.Event()
        self.page = WatchPage(self.board, port)
        self.page.__enter__()
        self.port = urlsplit(self.page.url).port
        self.url = f"{self.page.url}camera.mjpg"
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        jpeg = encode_jpeg(np.full((48, 64, 3), self.level, np.uint8))
        while not self.stopped.wait(0.02):
            self.board.show(jpeg, 0)

    def close(self):
        self.stopped.set()
        self._thread.join()
        self.page.__exit__(None, None, None)


@pytest.mark.parametrize(("source", "live"), [("0", True), ("rtsp://a/1", True), ("a.mp4", False), ("frames", False)])
def test_cameras_and_addresses_are_live(source, live):
    assert is_live(source) is live


@pytest.mark.live
def test_a_cut_stream_is_connected_again_and_both_are_said():
    cameras = [Camera(40)]
    said = []

    def wait(_seconds):
        if len(cameras) == 1:
            cameras.append(Camera(200, cameras[0].port))

    try:
        reconnection = Reconnection(lambda words, trouble: said.append((words, trouble)), wait)
        frames = open_frames(cameras[0].url, 50.0, SystemClock(), reconnection)
        assert next(frames)[1].mean() == pytest.approx(40, abs=3)
        cameras[0].close()
        # Frames that had arrived before the cut are still given.
        levels = [next(frames)[1].mean() for _ in range(60)]
        assert levels[-1] == pytest.approx(200, abs=3)
        frames.close()
    finally:
        cameras[-1].close()
    assert [trouble for _, trouble in said] == [True, False]
    assert said[0][0].startswith("the stream broke off") and said[1][0].startswith("the stream is back after")


@pytest.mark.live
def test_a_stream_that_stays_away_ends_in_a_clear_error():
    camera, clock, said = Camera(40), ManualClock(), []
    try:
        reconnection = Reconnection(lambda words, _: said.append(words), clock.advance, give_up_s=3.0)
        frames = open_frames(camera.url, 50.0, clock, reconnection)
        next(frames)
    finally:
        camera.close()
    with pytest.raises(PictureError, match="did not come back within 3 s"):
        for _ in frames:
            clock.advance(0.1)
    assert len(said) == 1


@pytest.mark.live
def test_without_reconnection_a_cut_is_an_error():
    camera = Camera(40)
    try:
        frames = open_frames(camera.url, 50.0, SystemClock())
        next(frames)
    finally:
        camera.close()
    with pytest.raises(PictureError, match="has ended or was unplugged"):
        for _ in frames:
            pass
