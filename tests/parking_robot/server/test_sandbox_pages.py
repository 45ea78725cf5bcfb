# SPDX-License-Identifier: Apache-2.0
"""The sandbox's pages as a phone reaches them that knows the garage's public address alone."""

import socket

import pytest
from tests.parking_robot.server.world import Phone, World, pay


@pytest.fixture
def world(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    public = f"http://localhost:{port}"
    made = World(tmp_path, f"sqlite:///{tmp_path / 'l.sqlite'}", port=port, public_url=public)
    yield made
    made.close()


def test_a_phone_pays_through_the_public_address_alone(world):
    stay, phone = world.stay(), Phone()
    status, text = pay(phone, world, stay)
    assert phone.at.startswith(f"{world.server.url}/sandbox/pay/pi_")
    assert (status, "Paid. Thank you" in text) == (200, True)
    assert "style-src 'unsafe-inline'" in phone.headers["Content-Security-Policy"]
    assert world.ledger.stay(stay.id).received("EUR").minor == 240
    assert f'href="{world.server.url}/back?paid=yes"' in text


def test_unknown_payments_and_long_forms_are_refused(world):
    page = f"{world.server.url}/sandbox/pay/none"
    assert Phone().ask(page)[0] == 404
    assert Phone().ask(page, b"x" * 2000)[0] == 413
