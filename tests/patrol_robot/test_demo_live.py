# SPDX-License-Identifier: Apache-2.0
import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from patrol_robot.demo_live import LivePage, LiveSource
from patrol_robot.errors import DemoError


@pytest.fixture
def live() -> Iterator[LivePage]:
    source = LiveSource(
        state=lambda: {"detail": "driving"},
        frame=lambda: (1, b"\xff\xd8frame"),
        map_png=lambda: b"png",
        picture=lambda key: b"jpeg" if key == "i1" else None,
    )
    with LivePage(source) as running:
        yield running


def get(page: LivePage, path: str, **headers: str) -> bytes:
    request = urllib.request.Request(page.url + path, headers=headers)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return bytes(answer.read())


def test_serves_the_page_and_what_it_asks_for(live: LivePage) -> None:
    assert live.url.startswith("http://127.0.0.1:")
    assert b"state.json" in get(live, "")
    assert json.loads(get(live, "state.json")) == {"detail": "driving"}
    assert get(live, "map.png") == b"png"
    assert get(live, "picture/i1") == b"jpeg"


@pytest.mark.parametrize("path", ["picture/../../etc/passwd", "picture/none", "other"])
def test_serves_nothing_else(live: LivePage, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(live, path)


def test_a_foreign_host_name_is_refused(live: LivePage) -> None:
    with pytest.raises(urllib.error.HTTPError, match="403"):
        get(live, "state.json", Host="evil.example")


def test_the_camera_is_a_stream_of_pictures(live: LivePage) -> None:
    with urllib.request.urlopen(live.url + "camera.mjpg", timeout=5) as stream:
        assert stream.headers["Content-Type"].startswith("multipart/x-mixed-replace")
        assert stream.readline().strip() == b"--frame"


def test_a_used_port_is_one_clear_error(live: LivePage) -> None:
    port = int(live.url.rstrip("/").rpartition(":")[2])
    with pytest.raises(DemoError, match=f"port {port}") as caught:
        LivePage(LiveSource(dict, lambda: (0, b""), lambda: b"", lambda _key: None), port)
    assert "--live-port" in caught.value.hint
