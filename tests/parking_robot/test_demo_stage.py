# SPDX-License-Identifier: Apache-2.0
from xml.etree import ElementTree

import pytest

from parking_robot.bays.bay import BayKind
from parking_robot.demo_stage import LEAST_CARS, Role, cast_cars, prepare
from parking_robot.errors import ParkingError
from parking_robot.gates.site import load_site
from robot_simulation.traffic.schedule import load_schedule


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    return prepare(tmp_path_factory.mktemp("stage"), 5, seed=3)


def test_every_role_is_played_and_everybody_parks_in_a_common_bay_of_his_own(stage):
    assert {car.role for car in stage.cars} == set(Role)
    assert len(stage.visitors) == 5
    assert len({car.bay for car in stage.cars}) == len({car.plate for car in stage.cars}) == 6
    assert {stage.plan.bay(car.bay).kind for car in stage.cars} == {BayKind.GENERAL}


def test_a_seed_repeats_its_cars_and_another_has_others(stage):
    assert cast_cars(5, 3, stage.plan) == stage.cars
    assert cast_cars(5, 4, stage.plan) != stage.cars


@pytest.mark.parametrize("cars", [LEAST_CARS - 1, 17])
def test_too_few_or_too_many_cars_are_refused(stage, cars):
    with pytest.raises(ParkingError, match=f"{cars} cars"):
        cast_cars(cars, 1, stage.plan)


def test_the_drivers_wait_to_be_told_and_the_stray_car_stands_inside(stage):
    trips = {trip.car: trip for trip in load_schedule(stage.schedule)}
    for car in stage.cars:
        trip = trips[car.name]
        assert (trip.plate, trip.bay, trip.parked) == (car.plate, car.bay, car.role is Role.STRAY)
        assert trip.arrive == trip.stay == float("inf")


def test_the_site_has_the_permit_and_a_price_for_each_minute(stage):
    site = load_site(stage.garage_file)
    (permit,) = site.lists.entries()
    assert permit.plates == tuple(car.plate for car in stage.cars if car.role is Role.PERMIT)
    assert site.tariff.currency == "EUR"


def test_one_front_plate_alone_is_dirty(stage):
    world = ElementTree.parse(stage.world)
    (dirty,) = (car.name for car in stage.cars if car.role is Role.DIRTY)
    pictures = {element.text for element in world.iter("albedo_map")}
    assert {f"plates/{dirty}.png", f"plates/{dirty}_front.png"} <= pictures
    assert sum(picture.endswith("_front.png") for picture in pictures) == 1
    assert (stage.world.parent / "plates" / f"{dirty}_front.png").is_file()
