# SPDX-License-Identifier: Apache-2.0
"""Who sees a gate's screen, by itself and at the garage's real server."""

import json

import pytest
from starlette.datastructures import Headers
from tests.parking_robot.server.world import CHROMIUM, Phone, World, photograph, show

from parking_robot.payments.qr import read_qr
from parking_robot.server.screen_links import from_this_computer, is_key, screen_key, screen_link

SECRET = "s" * 64
LOCAL = {"host": "127.0.0.1:8460"}
PUBLIC = "http://park.example"


def test_a_key_opens_one_screen_of_one_garage():
    key = screen_key("gate_out", SECRET)
    assert screen_link("https://park.example/", "gate_out", SECRET) == f"https://park.example/screen/gate_out?key={key}"
    assert is_key(key, "gate_out", SECRET)
    others = [
        ("", "gate_out", SECRET),
        ("ä", "gate_out", SECRET),
        (key, "gate_in", SECRET),
        (key, "gate_out", "t" * 64),
    ]
    assert not any(is_key(*other) for other in others)


@pytest.mark.parametrize(
    ("peer", "host"),
    [
        ("127.0.0.1", "127.0.0.1:8460"),
        ("127.0.0.9", "localhost"),
        ("::1", "[::1]:8460"),
        ("::ffff:127.0.0.1", "LOCALHOST:1"),
    ],
)
def test_what_is_asked_on_this_computer_needs_no_key(peer, host):
    assert from_this_computer(peer, Headers({"host": host}))


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("192.0.2.7", LOCAL),
        ("", LOCAL),
        ("127.0.0.1", LOCAL | {"x-forwarded-for": "127.0.0.1"}),
        ("127.0.0.1", LOCAL | {"forwarded": "for=127.0.0.1"}),
        ("127.0.0.1", {"host": "park.example"}),
        ("127.0.0.1", {"host": "127.0.0.1.park.example"}),
        ("127.0.0.1", {}),
    ],
)
def test_what_comes_from_elsewhere_or_through_a_proxy_does(peer, headers):
    assert not from_this_computer(peer, Headers(headers))


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path, f"sqlite:///{tmp_path / 'l.sqlite'}", public_url=PUBLIC)
    yield made
    made.close()


def held(world):
    """A car waits at the exit; return its link."""
    link = world.link(world.stay())
    due = {"minor": 240, "currency": "EUR", "payment_url": link, "plate": "AB123"}
    show(world, "gate_out", phase="held", verdict="hold", code="unpaid", **due)
    return link


@pytest.mark.parametrize("header", [{"X-Forwarded-For": "192.0.2.7"}, {"Forwarded": "for=192.0.2.7"}])
def test_through_a_proxy_a_screen_needs_its_key(world, header):
    link, server = held(world), f"http://127.0.0.1:{world.server.port}"
    key = screen_key("gate_out", world.secret)
    pressed = {"method": "POST", "headers": {"X-Pressed": "help"}}
    assert Phone().ask(f"{server}/screen/gate_out/state")[0] == 200
    phone = Phone(**header)
    for query in ("", "?key=", f"?key={screen_key('gate_in', world.secret)}", "?key=%C3%A4"):
        status, text = phone.ask(f"{server}/screen/gate_out{query}")
        assert (status, "ronda parking screen GATE" in text) == (403, True)
        status, text = phone.ask(f"{server}/screen/gate_out/state{query}")
        assert (status, "svg" in text, "AB123" in text, link in text) == (403, False, False, False)
        assert phone.ask(f"{server}/screen/gate_out/help{query}", b"", **pressed)[0] == 403
    assert phone.ask(f"{server}/screen/gate_out?key={key}")[0] == 200
    assert phone.headers["Referrer-Policy"] == "no-referrer"
    shown = json.loads(phone.ask(f"{server}/screen/gate_out/state?key={key}")[1])
    assert shown["qr"].startswith("<svg")
    assert phone.ask(f"{server}/screen/gate_out/help?key={key}", b"", **pressed)[0] == 204
    # It shows nothing of anybody.
    assert phone.ask(f"{server}/screen/robot/parking1")[0] == 200


def test_a_screen_that_stays_shut_says_why_in_german_too(world):
    phone = Phone(**{"X-Forwarded-For": "192.0.2.7", "Accept-Language": "de"})
    text = phone.ask(f"http://127.0.0.1:{world.server.port}/screen/gate_out")[1]
    assert "Diese Adresse nennt `ronda parking screen GATE` auf dem Computer des Servers" in text
    assert "mit Schlüssel" in text


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
def test_a_browser_hands_the_key_of_its_page_on(world, tmp_path):
    link, port = held(world), world.server.port
    elsewhere = "--host-resolver-rules=MAP park.example 127.0.0.1"
    opened = screen_link(f"{PUBLIC}:{port}", "gate_out", world.secret)
    assert read_qr(photograph(opened, tmp_path / "with.png", elsewhere)) == [link]
    assert read_qr(photograph(opened.partition("?")[0], tmp_path / "without.png", elsewhere)) == []
