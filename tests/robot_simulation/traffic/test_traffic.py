# SPDX-License-Identifier: Apache-2.0
"""Drivers among each other: everybody gets where they want to go, nobody touches anybody."""

import math
import random

import pytest
from tests.robot_simulation.traffic.little_garage import LittleGarage

from robot_simulation.garage_layout import BAYS, GATES
from robot_simulation.rectangle import Rectangle
from robot_simulation.traffic.driver import Phase
from robot_simulation.traffic.schedule import Behaviour, Trip
from robot_simulation.traffic.traffic import Obstacle


def phases(garage):
    return {car: driver.phase for car, driver in garage.traffic.drivers.items()}


def all_are(garage, phase):
    return lambda: all(driver.phase is phase for driver in garage.traffic.drivers.values())


@pytest.mark.parametrize("bay", ["A01", "A06", "A12", "B01", "B07", "B12"])
def test_a_car_drives_into_its_bay_between_two_others_and_out_again(bay):
    row, number = bay[0], int(bay[1:])
    neighbours = [f"{row}{n:02d}" for n in (number - 1, number + 1) if 1 <= n <= 12]
    trips = [Trip("car_00", "ME", bay, arrive=0.0, stay=3.0)]
    trips += [Trip(f"car_{n}", f"N{n}", other, parked=True) for n, other in enumerate(neighbours, start=1)]
    garage = LittleGarage(trips)
    driver = garage.traffic.drivers["car_00"]
    assert garage.run(120, lambda: driver.phase is Phase.PARKED)
    wanted, reached = BAYS[bay].parked, garage.poses["car_00"]
    assert math.hypot(wanted.x - reached.x, wanted.y - reached.y) < 0.1
    assert abs(math.remainder(wanted.yaw - reached.yaw, math.tau)) < 0.03
    assert garage.run(120, lambda: driver.phase is Phase.GONE)
    assert garage.crashes == []
    assert garage.passages == [("gate_in", "car_00"), ("gate_out", "car_00")]
    assert garage.top_speed <= 3.0


@pytest.mark.parametrize("seed", [1, 2])
def test_a_busy_garage_comes_and_goes_without_a_touch(seed):
    chance = random.Random(seed)
    bays = chance.sample(sorted(BAYS), 8)
    trips = [
        Trip(f"car_{n:02d}", f"P{n}", bay, arrive=chance.uniform(0, 40), stay=chance.uniform(5, 40))
        for n, bay in enumerate(bays)
    ]
    garage = LittleGarage(trips)
    assert garage.run(1500, all_are(garage, Phase.GONE)), (phases(garage), garage.now)
    assert garage.crashes == []
    assert garage.top_speed <= 3.0


def test_a_refused_car_waits_and_holds_up_those_behind_it():
    allowed = set()
    garage = LittleGarage(
        [Trip("car_1", "A", "A01", arrive=0.0), Trip("car_2", "B", "A02", arrive=1.0)],
        opens=lambda gate, car: car in allowed,
    )
    assert not garage.run(60, lambda: Phase.PARKED in phases(garage).values())
    assert phases(garage) == {"car_1": Phase.AT_ENTRY, "car_2": Phase.ARRIVING}
    assert garage.traffic.drivers["car_1"].waits_for == "arm"
    # The one behind keeps off the loop, so that the arm can close behind the first.
    assert not GATES[0].loop.overlaps(garage.traffic.drivers["car_2"].ahead(0.1)[0][1])
    allowed |= {"car_1", "car_2"}
    assert garage.run(120, all_are(garage, Phase.PARKED))
    assert garage.passages == [("gate_in", "car_1"), ("gate_in", "car_2")]
    assert garage.crashes == []


def test_a_tailgater_goes_through_anothers_opening():
    trips = [
        Trip("car_1", "A", "A05", arrive=0.0),
        Trip("car_2", "B", "A06", arrive=0.5, behaviour=Behaviour.TAILGATER),
    ]
    queued = []
    garage = LittleGarage(trips, opens=lambda gate, car: bool(queued))
    behind = garage.traffic.drivers["car_2"]
    assert garage.run(60, lambda: behind.phase is Phase.ARRIVING and behind.waits_for == "car_1")
    queued.append(behind)
    assert garage.run(120, all_are(garage, Phase.PARKED)), phases(garage)
    assert garage.passages == [("gate_in", "car_1")]
    assert garage.crashes == []


def test_a_tailgater_who_comes_too_late_waits_for_the_next_opening():
    trips = [
        Trip("car_1", "A", "A05", arrive=0.0),
        Trip("car_2", "B", "A06", arrive=25.0, behaviour=Behaviour.TAILGATER),
    ]
    garage = LittleGarage(trips)
    assert garage.run(120, all_are(garage, Phase.PARKED)), phases(garage)
    assert garage.passages == [("gate_in", "car_1"), ("gate_in", "car_2")]
    assert garage.crashes == []


def test_a_car_stops_before_a_robot_and_goes_on_when_it_has_left():
    garage = LittleGarage([Trip("car_1", "A", "B12", arrive=0.0)])
    robot = Obstacle("parking1", Rectangle(0.0, 0.3, 1.0, 0.5, 0.5))
    garage.obstacles = [robot]
    driver = garage.traffic.drivers["car_1"]
    assert garage.run(90, lambda: driver.waits_for == "parking1")
    nose = garage.poses["car_1"].x + 3.3
    assert -2.5 < nose < -0.5
    assert not garage.run(5, lambda: driver.waits_for == "")
    garage.obstacles = []
    assert garage.run(60, lambda: driver.phase is Phase.PARKED)


def test_nobody_backs_out_into_a_robot_or_a_passing_car():
    trips = [Trip("car_1", "A", "A06", parked=True, stay=0.0)]
    garage = LittleGarage(trips)
    garage.obstacles = [Obstacle("parking1", Rectangle(BAYS["A06"].centre.x - 3.0, 1.0, 0.0, 0.5, 0.5))]
    driver = garage.traffic.drivers["car_1"]
    garage.run(10)
    assert driver.phase is Phase.WANTS_OUT
    assert driver.waits_for == "parking1"
    garage.obstacles = []
    assert garage.run(90, lambda: driver.phase is Phase.GONE)


def test_an_arm_that_comes_down_stops_a_car_before_it():
    garage = LittleGarage([Trip("car_1", "A", "A01", arrive=0.0)])
    driver = garage.traffic.drivers["car_1"]
    assert garage.run(60, lambda: driver.through)
    garage.opens = lambda gate, car: False
    garage.open_for["gate_in"] = None
    garage.arms["gate_in"] = 0.3
    garage.run(10)
    assert driver.v == 0.0
    nose = garage.poses["car_1"].x + 3.275
    assert nose < GATES[0].arm_x - 0.2


def test_telling_a_driver():
    garage = LittleGarage([Trip("car_1", "AB12", "A01"), Trip("car_2", "CD34", "A02", parked=True)])
    garage.run(2)
    assert phases(garage) == {"car_1": Phase.WAITING, "car_2": Phase.PARKED}
    assert garage.traffic.tell("AB12", leave=False) == ""
    assert garage.traffic.tell("car_2", leave=False) == "car_2 cannot arrive: it is parked"
    assert garage.traffic.tell("XX", leave=True) == "there is no car 'XX'"
    assert garage.traffic.tell("car_2", leave=True) == ""
    garage.run(1)
    assert phases(garage) == {"car_1": Phase.ARRIVING, "car_2": Phase.LEAVING}
