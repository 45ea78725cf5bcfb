# SPDX-License-Identifier: Apache-2.0
"""A garage for the tests of the gates: its files, and a station whose outside is a list."""

import yaml
from tests.parking_robot.money.tariffs import content

from parking_robot.gates.approach import PlateSight
from parking_robot.gates.clerk import Clerk
from parking_robot.gates.dates import SteadyDate
from parking_robot.gates.decision import Direction
from parking_robot.gates.journal import Journal
from parking_robot.gates.site import load_site
from parking_robot.gates.station import Station
from parking_robot.gates.station_port import Inputs, StationSettings
from parking_robot.plates.decoding import Character, Decoded
from parking_robot.stays.ledger import Ledger
from ronda_core.clock import ManualClock

NOW = 1_772_442_000.0  # 2026-03-02 10:00 in Berlin


def site(folder, lists=None, tariff=None, **changes):
    """Write a garage's files into ``folder`` and load them."""
    settings = {"garage": "test", "capacity": 5, "country": "DE", "tariff": "tariff.yaml", "lists": "lists.yaml"}
    (folder / "tariff.yaml").write_text(yaml.safe_dump(tariff or content()))
    (folder / "lists.yaml").write_text(yaml.safe_dump(lists or {}))
    (folder / "garage.yaml").write_text(yaml.safe_dump(settings | changes))
    return load_site(folder / "garage.yaml")


def decoded(text, confidence=0.95):
    return Decoded(text, "", "", confidence, tuple(Character(c, confidence, ()) for c in text), ())


class Gate:
    """A station with a real clerk, journal and ledger; time and the barrier are the test's."""

    def __init__(self, folder, url, garage, direction, clock=None, **settings):
        self.clock = clock or ManualClock(NOW)
        self.url, self.site = url, garage
        self.barrier_calls, self.events, self.answers = [], [], []
        date = SteadyDate(self.clock)
        self.date = date.now
        name = f"gate_{direction}"
        self.journal = Journal(folder / f"{name}.jsonl")
        self.clerk = Clerk(
            name, lambda: Ledger(self.url, 1.0), garage, date.now, self.journal, self.clock, self._answer
        )
        self.station = Station(
            StationSettings(name, Direction(direction), **settings), garage, self.clock, date.now, self
        )
        self.inputs = Inputs()
        self.asked = 0

    # The station's port.
    def barrier(self, opened, reason, by):
        self.barrier_calls.append((opened, reason, by))

    def tell(self, event):
        self.events.append(event)

    def picture(self):
        return "picture"

    def ask(self, passage):
        self.asked += 1
        self.clerk.ask(passage)

    def forget(self):
        self.clerk.forget()

    def record(self, record):
        self.clerk.record(record)

    def link(self, stay_id):
        return f"http://garage/pay?stay={stay_id}"

    def _answer(self, answer):
        self.answers.append(answer)

    # What the test does.
    def tick(self, seconds=0.05, **inputs):
        self.clock.advance(seconds)
        if inputs:
            self.inputs = Inputs(**inputs)
        while self.answers:
            self.station.take_answer(self.answers.pop(0))
        self.station.tick(self.inputs)

    def see(self, text, seconds=0.2, confidence=0.95, width=120):
        """One picture with one plate, then a tick."""
        self.clock.advance(seconds)
        sight = PlateSight(300.0, 300.0, float(width), decoded(text, confidence))
        self.station.take_sights([sight] if text is not None else [], self.clock.monotonic())
        self.tick(0.01)

    def arrive(self, text, pictures=4, **how):
        """A car drives up, stands and is read; then the clerk answers."""
        for _ in range(pictures):
            self.see(text, **how)
            self.settle()

    def settle(self):
        """Let the clerk finish, and take its answer."""
        for _ in range(2):
            assert self.clerk.drained(10.0)
            self.tick(0.001)
        assert self.clerk.drained(10.0)

    def drive_through(self, gap=3.0):
        """The car goes under the open arm and away."""
        self.tick(0.5, loop=True)
        self.tick(0.5, loop=True, beam=True)
        self.tick(0.5, loop=True)
        self.tick(0.5, loop=False)
        self.clock.advance(gap)
        self.tick()
        self.settle()

    @property
    def state(self):
        return self.station.state()

    def close(self):
        self.clerk.close()
        self.journal.close()
