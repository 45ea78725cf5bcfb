# SPDX-License-Identifier: Apache-2.0
import http.client
import json
import socket
from urllib.parse import urlsplit

import numpy as np
import pytest

from face_perception.errors import FacePerceptionError
from face_perception.picture import encode_jpeg
from face_perception.watch_board import WatchBoard
from face_perception.watch_page import WatchPage


@pytest.fixture
def board():
    board = WatchBoard("camera 1", kept=2)
    board.say("watching")
    board.show(encode_jpeg(np.full((48, 64, 3), 90, np.uint8)), 1)
    for number in range(1, 4):
        board.add(float(number), f"p-{number}", "Ann <b>", "House ban", 0.6, b"\xff\xd8face %d" % number)
    return board


def get(page, path, host=None):
    link = http.client.HTTPConnection("127.0.0.1", urlsplit(page.url).port, timeout=5)
    link.request("GET", path, headers={"Host": host} if host else {})
    answer = link.getresponse()
    return answer.status, answer.read()


def test_the_page_shows_state_and_the_last_matches(board):
    with WatchPage(board) as page:
        assert get(page, "/")[1].startswith(b"<!doctype html>")
        state = json.loads(get(page, "/state.json")[1])
        assert (state["source"], state["status"], state["trouble"]) == ("camera 1", "watching", False)
        assert (state["faces"], state["matches_total"]) == (1, 3)
        assert [match["number"] for match in state["matches"]] == [3, 2]
        assert get(page, "/match/3.jpg") == (200, b"\xff\xd8face 3")
        for path in ("/match/1.jpg", "/match/x.jpg", "/match/99999999999.jpg", "/../etc/passwd"):
            assert get(page, path)[0] == 404


def test_the_stream_carries_each_frame_once(board):
    with WatchPage(board) as page, socket.create_connection(("127.0.0.1", urlsplit(page.url).port), 5) as link:
        link.sendall(b"GET /camera.mjpg HTTP/1.1\r\nHost: localhost\r\n\r\n")
        received = b""
        while received.count(b"--frame") < 1:
            received += link.recv(65536)
        board.show(b"second", 0)
        while not received.endswith(b"second\r\n"):
            received += link.recv(65536)
        assert received.count(b"--frame") == 2


def test_foreign_names_are_refused(board):
    with WatchPage(board) as page:
        assert get(page, "/state.json", "evil.example")[0] == 403
        assert get(page, "/state.json", "localhost:1")[0] == 200


def test_only_this_machine_is_served_and_a_taken_port_is_named(board):
    with WatchPage(board) as page:
        assert page._server.server_address[0] == "127.0.0.1"
        port = urlsplit(page.url).port
        with pytest.raises(FacePerceptionError, match=f"port {port} of this machine is in use"):
            WatchPage(board, port)
