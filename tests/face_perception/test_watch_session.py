# SPDX-License-Identifier: Apache-2.0
import cv2
import numpy as np
import pytest

from face_perception.audit import AuditLog
from face_perception.enrolment import Enroller
from face_perception.station import Station
from face_perception.watch_board import WatchBoard
from face_perception.watch_session import SessionSettings, WatchSession


@pytest.fixture
def here(tmp_path, analyser, gallery, clock, obama):
    enroller = Enroller(analyser)
    enroller.enrol(gallery, "Listed", "wanted", [enroller.example(obama[0])])
    return Station(analyser, gallery, AuditLog(tmp_path / "audit.jsonl", clock), enroller)


def scene(portrait, x):
    frame = np.full((480, 640, 3), 110, np.uint8)
    cut = cv2.resize(portrait, None, fx=60 / 260, fy=60 / 260)[:380]
    frame[90 : 90 + cut.shape[0], x : x + cut.shape[1]] = cut
    return frame


def test_a_match_is_noticed_drawn_kept_and_logged(here, obama, tmp_path):
    board, lines = WatchBoard("camera"), []
    session = WatchSession(here, board, lines.append, SessionSettings(blur_others=True))
    for step in range(3):
        shown = session.take(scene(obama[1], 40 + 8 * step), 0.2 * step)
    [line] = lines
    assert (line["event"], line["name"], line["time_s"]) == ("match", "Listed", 0.2)
    state = board.state()
    assert (state["frames"], state["status"], state["matches"][0]["watchlist"]) == (3, "watching", "Wanted")
    assert board.picture(1).startswith(b"\xff\xd8")
    assert not np.array_equal(shown, scene(obama[1], 56))
    assert '"match"' in (tmp_path / "audit.jsonl").read_text()


def test_a_frozen_camera_is_said_once_and_taken_back(here, obama):
    board, lines = WatchBoard("camera"), []
    session = WatchSession(here, board, lines.append, SessionSettings(frozen_after_s=1.0))
    still = np.full((120, 160, 3), 90, np.uint8)
    for step in range(10):
        session.take(still, 0.2 * step)
    assert board.state()["trouble"] and "frozen" in board.state()["status"]
    session.take(still + 1, 2.2)
    assert [line["event"] for line in lines] == ["frozen", "moving"]
    assert board.state()["status"] == "watching" and not board.state()["trouble"]
    session.source_changed("the stream broke off, connecting again", True)
    assert board.state()["trouble"] and lines[-1]["event"] == "lost"
