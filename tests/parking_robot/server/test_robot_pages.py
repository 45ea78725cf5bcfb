# SPDX-License-Identifier: Apache-2.0
"""The robot's screen as a browser draws it, from the garage's real server."""

from datetime import timedelta

import pytest
from tests.parking_robot.server.world import CHROMIUM, Phone, World, photograph

from parking_robot.payments.qr import read_qr

PUBLIC = "https://park.example"


@pytest.fixture
def serve(tmp_path):
    """Start servers; return the world of each."""
    made = []

    def start(**settings):
        made.append(World(tmp_path, f"sqlite:///{tmp_path / 'l.sqlite'}", **settings))
        return made[-1]

    yield start
    for world in made:
        world.close()


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
def test_a_phone_reads_the_pay_on_foot_page_from_the_robots_screen(serve, tmp_path):
    port = serve(public_url=PUBLIC).server.port
    picture = photograph(f"http://127.0.0.1:{port}/screen/robot/parking1", tmp_path / "robot.png")
    assert read_qr(picture) == [f"{PUBLIC}/"]


def test_the_robots_screen_says_the_price_of_now_and_who_helps(serve):
    world = serve(public_url=PUBLIC)
    page = f"http://127.0.0.1:{world.server.port}/screen/robot/parking1"
    text = Phone().ask(page)[1]
    for words in ("Code scannen", "scan the code", "1.20 EUR for each started 30 min", "Press the button.", "<svg"):
        assert words in text
    assert "<input" not in text
    world.clock.advance(timedelta(hours=12).total_seconds())
    assert "0.80 EUR je angefangene 60 min" in Phone().ask(page)[1]


def test_without_an_address_for_phones_there_are_words_and_no_code(serve):
    world = serve()
    status, text = Phone().ask(f"{world.server.url}/screen/robot/parking1")
    assert (status, "<svg" in text, "Please pay at the exit." in text) == (200, False, True)
    assert "without --public-url" in text


def test_a_name_that_is_none_is_refused(serve):
    assert Phone().ask(f"{serve().server.url}/screen/robot/a%20b")[0] == 403
