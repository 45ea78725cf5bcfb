# SPDX-License-Identifier: Apache-2.0
import json

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from face_perception.cli import app
from face_perception.errors import PictureError
from face_perception.sources import open_frames
from ronda_core.clock import ManualClock


def run(*words):
    result = CliRunner().invoke(app, [*map(str, words)])
    if result.exception:
        raise result.exception
    return result


@pytest.fixture
def frames(tmp_path, obama, strangers):
    """A folder of six frames with a listed person and a stranger, both 60 pixels wide."""
    folder = tmp_path / "frames"
    folder.mkdir()
    cuts = [
        cv2.resize(picture, None, fx=60 / width, fy=60 / width)
        for picture, width in ((obama[1], 260), (strangers[1], 226))
    ]
    for index in range(6):
        frame = np.full((480, 640, 3), 110, np.uint8)
        for cut, x in zip(cuts, (40 + 8 * index, 380), strict=True):
            frame[90 : 90 + cut.shape[0], x : x + cut.shape[1]] = cut
        cv2.imwrite(str(folder / f"{index:03d}.png"), frame)
    return folder


def test_a_folder_is_watched_and_a_video_written(frames, people, site_file, tmp_path):
    place = ["--faces-dir", tmp_path]
    run("enrol", "Listed", people / "watchlist" / "Barack Obama" / "enrol_1.jpg", "-w", "wanted", *place)
    result = run("watch", frames, "--out", tmp_path / "seen.mp4", "--blur-others", "--json", *place)
    [match] = [json.loads(line) for line in result.stdout.splitlines()]
    assert match["name"] == "Listed" and match["time_s"] == 0.2
    video = list(open_frames(str(tmp_path / "seen.mp4"), 5.0, ManualClock()))
    assert len(video) == 6 and video[0][1].shape == (480, 640, 3)
    assert [stamp for stamp, _ in video] == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])


def test_a_video_is_thinned_to_the_rate(frames, tmp_path):
    run("watch", frames, "--out", tmp_path / "seen.mp4", "--faces-dir", tmp_path / "none")
    assert len(list(open_frames(str(tmp_path / "seen.mp4"), 2.5, ManualClock()))) == 3


@pytest.mark.parametrize(("source", "word"), [("missing.mp4", "does not exist"), ("empty", "holds no pictures")])
def test_sources_without_frames_are_refused(tmp_path, source, word):
    (tmp_path / "empty").mkdir()
    with pytest.raises(PictureError, match=word):
        list(open_frames(str(tmp_path / source), 5.0, ManualClock()))


def test_a_file_that_is_no_video_is_refused(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"no video" * 50)
    with pytest.raises(PictureError, match="cannot be opened"):
        open_frames(str(tmp_path / "a.mp4"), 5.0, ManualClock())
