# SPDX-License-Identifier: Apache-2.0
"""What the demonstration's drivers do at a gate's screen: against the garage's real server, with a car that stands."""

import json
import threading
import urllib.request
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from ronda.msg import DriverState, GateState

from parking_robot.bays.bay_file import load_plan
from parking_robot.demo_director import ENTRY, EXIT, Director
from parking_robot.demo_stage import Role, cast_cars, write_site
from parking_robot.demo_watch import GarageView
from parking_robot.errors import ParkingError
from parking_robot.payments.qr import payment_link
from parking_robot.payments.secret import garage_secret
from parking_robot.server.serve import GarageServer, ServeSettings
from parking_robot.stays.ledger import Ledger


class Lane:
    """One car before one gate; ``screens`` are what the gate's screen shows, one after the other."""

    def __init__(self, tmp_path, repository):
        self._cars = cast_cars(4, 1, load_plan(repository / "config" / "garage_bays.yaml"))
        url, site = f"sqlite:///{tmp_path / 'ledger.sqlite'}", write_site(tmp_path / "site", self._cars)
        self._server = GarageServer(ServeSettings(url, site, tmp_path / "data", port=0, sandbox_port=0))
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        self._secret = garage_secret(tmp_path / "data" / "secret")
        self.ledger = Ledger(url)

    def close(self):
        self._server.stop()
        self._thread.join()
        self.ledger.close()

    def car(self, role):
        return next(car for car in self._cars if car.role is role)

    def link(self, stay):
        expires = int((datetime.now(UTC) + timedelta(hours=1)).timestamp())
        return payment_link(f"{self._server.url}/pay", stay.id, expires, self._secret)

    def play(self, car, gate, link, screens):
        """Return what was played when all screens have been shown."""
        view, shown = GarageView(), iter(screens)
        place = {ENTRY: DriverState.AT_ENTRY, EXIT: DriverState.AT_EXIT}[gate]
        view.drivers[car.name] = SimpleNamespace(phase=place, bay="")
        view.gates[gate] = GateState(payment_url=link, phase=GateState.PHASE_HELD)

        def wait(*_):
            # Ten seconds between two looks: nobody hesitates so long.
            view.sim_s += 10.0
            screen = next(shown, None)
            if screen is None:
                raise ParkingError("that was all")
            if screen:
                self._show(gate, screen)

        stage = SimpleNamespace(cars=self._cars, visitors=[car for car in self._cars if car.role is not Role.STRAY])
        watch = SimpleNamespace(view=view, at_gate=lambda asked: car.name if asked == gate else "")
        client = SimpleNamespace(wait=wait, tell_driver=lambda *_: None)
        director = Director(stage, watch, client, self._server.url, lambda _: None)
        with pytest.raises(ParkingError, match="that was all"):
            director.run()
        return director.played

    def _show(self, gate, link):
        body = json.dumps({"in_service": True, "phase": "held", "payment_url": link}).encode()
        address, sender = f"{self._server.url}/gates/{gate}/state", {"Authorization": f"Bearer {self._secret}"}
        urllib.request.urlopen(urllib.request.Request(address, body, sender, method="PUT"), timeout=10.0).close()


@pytest.fixture
def lane(tmp_path, repository):
    made = Lane(tmp_path, repository)
    yield made
    made.close()


def test_a_driver_who_is_held_pays_by_the_code_on_the_screen_once_it_is_his(lane):
    car = lane.car(Role.UNPAID)
    mine = lane.ledger.enter(car.plate, "in", datetime.now(UTC) - timedelta(minutes=3, seconds=30))
    other = lane.ledger.enter("ZZ999", "in", datetime.now(UTC) - timedelta(minutes=9))
    link = lane.link(mine)
    played = lane.play(car, EXIT, link, ["", "", lane.link(other)])
    assert not played.paid_s and not lane.ledger.stay(other.id).payments
    played = lane.play(car, EXIT, link, ["", lane.link(other), link, ""])
    assert set(played.paid_s) == {car.name}
    assert lane.ledger.stay(mine.id).received("EUR").minor == 200
    assert not lane.ledger.stay(other.id).payments


def test_a_driver_whose_plate_is_unread_keeps_the_code_that_the_entry_shows(lane):
    car = lane.car(Role.DIRTY)
    link = lane.link(lane.ledger.enter("", "in", datetime.now(UTC)))
    assert lane.play(car, ENTRY, link, ["", ""]).tickets == {}
    assert lane.play(car, ENTRY, link, ["", link]).tickets == {car.name: link}
