# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.parking_robot.server.world import Phone, World, show
from typer.testing import CliRunner

from parking_robot.cli import app
from parking_robot.errors import ParkingError

URL = "http://park.example"


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path, f"sqlite:///{tmp_path / 'ledger.sqlite'}", public_url=URL)
    yield made
    made.close()


def screen(*words):
    return CliRunner().invoke(app, ["screen", *map(str, words)], catch_exceptions=False).output.strip()


def test_the_printed_address_opens_the_screen_of_this_gate_alone(world):
    show(world, "gate_out", phase="held", verdict="hold", code="unpaid", minor=240, currency="EUR", plate="AB123")
    link = screen("gate_out", "--public-url", URL, "--data-dir", world.folder)
    assert link.startswith(f"{URL}/screen/gate_out?key=")
    phone = Phone(Host="park.example")
    here = link.replace(URL, f"http://127.0.0.1:{world.server.port}")
    assert phone.ask(here)[0] == 200
    assert phone.ask(here.replace("gate_out", "gate_in"))[0] == 403
    assert phone.ask(here.partition("?")[0])[0] == 403


def test_what_is_missing_is_said(tmp_path):
    with pytest.raises(ParkingError, match="no garage's secret"):
        screen("gate_out", "--public-url", URL, "--data-dir", tmp_path)
    for wrong in ("park.example", "http://", "http://[::1"):
        with pytest.raises(ParkingError, match="no address of a server"):
            screen("gate_out", "--public-url", wrong, "--data-dir", tmp_path)
    with pytest.raises(ParkingError, match="cannot be the name of a gate"):
        screen("gate out", "--public-url", URL, "--data-dir", tmp_path)
