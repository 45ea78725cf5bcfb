# SPDX-License-Identifier: Apache-2.0
"""Garages with cars: sound worlds for both simulators, plates that the real chain reads."""

import json
from pathlib import Path

import cv2
import pytest
from typer.testing import CliRunner

from robot_simulation.errors import WorldError
from robot_simulation.garage_layout import BAYS, CAR_LENGTH, CAR_WIDTH, home
from robot_simulation.garage_world import Car, parse_car, place_cars, write_garage
from robot_simulation.plate_picture import draw_plate
from robot_simulation.sdf_reader import read_world
from robot_simulation.world_check import check_world
from robot_simulation.world_cli import app

GARAGE = Path(__file__).resolve().parents[2] / "worlds" / "garage.sdf"
CARS = [Car("MBX4027"), Car("AB123CD", "FR"), Car("8KJQ153", "US", "A05")]


def test_a_written_garage_is_sound_and_holds_its_cars(tmp_path):
    written = write_garage(tmp_path, CARS, seed=4, base=GARAGE)
    assert check_world(written.world) == []
    world = read_world(written.world)
    cars = [model for model in world.models if model.velocity_topic]
    assert [(car.name, car.velocity_topic) for car in cars] == [
        (f"car_0{n}", f"cars/car_0{n}/cmd_vel") for n in (1, 2, 3)
    ]
    for car, place in zip(cars, (home(0), home(1), BAYS["A05"].parked), strict=True):
        assert tuple(car.pose[:2, 3]) == pytest.approx((place.x, place.y))
    assert (cv2.imread(str(tmp_path / "plates/car_02.png")) == draw_plate("AB123CD", "FR")).all()
    listed = json.loads(written.cars_file.read_text())
    assert [car["plate"] for car in listed["cars"]] == ["MBX4027", "AB123CD", "8KJQ153"]


def test_the_same_seed_writes_the_same_garage(tmp_path):
    texts = []
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        texts.append(write_garage(tmp_path / folder, CARS, seed=seed, base=GARAGE).world.read_text())
    assert texts[0] == texts[1]
    assert texts[0].replace("seed 1", "") != texts[2].replace("seed 2", "")


def test_a_garage_can_be_written_over_another(tmp_path):
    first = write_garage(tmp_path / "a", CARS, base=GARAGE)
    second = write_garage(tmp_path / "b", CARS[:1], base=first.world)
    assert second.world.read_text().count('<model name="car_') == 1


@pytest.mark.parametrize(
    ("cars", "said"),
    [
        ([Car("A1", bay="C01")], "no bay 'C01'"),
        ([Car("A1", bay="A01"), Car("B2", bay="A01")], "two cars stand in bay A01"),
        ([Car(f"P{n}") for n in range(25)], "25 cars on the street"),
        ([Car("a1")], "'a1' cannot be drawn"),
        ([Car("A1", "KR")], "plates of 'KR' cannot be drawn"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(tmp_path, cars, said):
    with pytest.raises(WorldError, match=said):
        write_garage(tmp_path / "out", cars, base=GARAGE)
    assert not (tmp_path / "out").exists()


def test_places_do_not_overlap():
    placed = place_cars([Car(f"P{n}") for n in range(24)])
    for index, one in enumerate(placed):
        for other in placed[index + 1 :]:
            apart = abs(one.place.x - other.place.x), abs(one.place.y - other.place.y)
            assert apart[0] > CAR_WIDTH + 0.5 or apart[1] > CAR_LENGTH


def test_the_command_writes_world_and_schedule(tmp_path):
    arguments = ["garage", "--out", str(tmp_path), "--car", "MBX4027", "--car", "8KJQ153:US:A05", "--every", "7"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert "car_02  8KJQ153   A05  parked" in done.output
    assert (tmp_path / "garage_cars.sdf").is_file()
    assert (tmp_path / "schedule.yaml").is_file()


def test_a_car_of_the_command_line():
    assert parse_car("AB12") == Car("AB12", "DE", "")
    assert parse_car("AB12:FR:B03") == Car("AB12", "FR", "B03")
    for text in ("", ":FR", "A:B:C:D"):
        with pytest.raises(WorldError, match="is no car"):
            parse_car(text)
