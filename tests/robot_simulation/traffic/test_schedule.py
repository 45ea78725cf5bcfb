# SPDX-License-Identifier: Apache-2.0
import math

import pytest

from robot_simulation.errors import WorldError
from robot_simulation.garage_layout import BAYS
from robot_simulation.garage_world import Car, place_cars
from robot_simulation.traffic.schedule import Behaviour, Trip, load_schedule, plan_trips, write_schedule
from ronda_core.errors import RondaError


def write(folder, text):
    path = folder / "schedule.yaml"
    path.write_text(text)
    return path


def test_what_is_written_is_read_again(tmp_path):
    trips = (
        Trip("car_01", "AB12", "A01", 5.0, 60.0),
        Trip("car_02", "0123456", "B12", math.inf, math.inf, Behaviour.TAILGATER),
        Trip("car_03", "1E5", "A02", parked=True),
    )
    path = tmp_path / "schedule.yaml"
    write_schedule(trips, path)
    assert load_schedule(path) == trips


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cars: {car_1: {bay: A1}}", "car_1: there is no bay 'A1', did you mean 'A"),
        ("cars: {car_1: {bay: A01, arive: 3}}", "did you mean 'arrive'"),
        ("cars: {car_1: {bay: A01, arrive: -1}}", "arrive is '-1'"),
        ("cars: {car_1: {bay: A01, stay: .nan}}", "stay is 'nan'"),
        ("cars: {car_1: {bay: A01, stay: true}}", "stay is 'True'"),
        ("cars: {car_1: {bay: A01, behaviour: wild}}", "unknown behaviour 'wild'"),
        ("cars: {a: {bay: A01, parked: true}, b: {bay: A01, parked: true}}", "two cars stand in bay A01"),
        ("trips: {}", "trips"),
        ("cars: [", "is not YAML"),
    ],
)
def test_mistakes_are_named_with_their_place(tmp_path, text, said):
    path = write(tmp_path, text)
    with pytest.raises(RondaError) as caught:
        load_schedule(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(WorldError, match="cannot read"):
        load_schedule(tmp_path / "none.yaml")


def test_planned_cars_come_one_after_another_and_share_no_bay():
    cars = place_cars([Car(f"P{n}", bay="A03" if n == 2 else "") for n in range(6)])
    trips = plan_trips(cars, seed=3, every=10.0, stay=0.0)
    assert [trip.parked for trip in trips] == [False, False, True, False, False, False]
    assert [trip.arrive for trip in trips if not trip.parked] == [0, 10, 20, 30, 40]
    assert len({trip.bay for trip in trips}) == 6
    assert all(BAYS[trip.bay].kind == "general" for trip in trips)
    assert all(trip.stay == math.inf for trip in trips)
    assert trips == plan_trips(cars, seed=3, every=10.0, stay=0.0)
