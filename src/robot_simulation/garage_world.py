# SPDX-License-Identifier: Apache-2.0
"""Writes a garage with cars: a copy of worlds/garage.sdf, the cars with their plates, and cars.json."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import cv2

from robot_simulation.car_model import BODIES, CAR_PREFIX, add_car
from robot_simulation.errors import WorldError
from robot_simulation.garage_layout import BAYS, PLACES, home
from robot_simulation.plate_picture import draw_plate, style_of
from robot_simulation.sdf_write import Rgb, to_text
from robot_simulation.world_copy import copy_resources, read_world_tree, world_element
from ronda_core.parameters import suggest
from ronda_core.paths import share_dir
from ronda_core.se2 import SE2

WORLD_FILE = "garage_cars.sdf"
CARS_FILE = "cars.json"
PAINTS: tuple[Rgb, ...] = (
    (0.80, 0.81, 0.82), (0.09, 0.09, 0.10), (0.35, 0.37, 0.40), (0.10, 0.18, 0.38), (0.45, 0.06, 0.08),
    (0.88, 0.88, 0.86), (0.16, 0.28, 0.20), (0.42, 0.36, 0.28),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Car:
    """A car to come: its plate (capitals and digits, no separators), the country that it looks like, and the bay where
    it stands from the beginning (empty: it waits on the street)."""

    plate: str
    country: str = "DE"
    bay: str = ""


@dataclass(frozen=True, slots=True)
class PlacedCar:
    """A car in the world: the name of its model, and where its rear axle stands at the start."""

    name: str
    car: Car
    place: SE2


@dataclass(frozen=True, slots=True)
class GarageWorld:
    """What was written: the world file, the list of the cars, and that list itself (in the order of arrival)."""

    world: Path
    cars_file: Path
    cars: tuple[PlacedCar, ...]


def write_garage(out: Path, cars: Sequence[Car], *, seed: int = 1, base: Path | None = None) -> GarageWorld:
    """Write a garage with `cars` into the folder `out`; `seed` decides paint and bodies.

    Cars on the street stand in the order given, the first nearest to the gate. Raises WorldError for more cars than
    places, an unknown bay, two cars in one bay, or a plate that cannot be drawn; nothing is written then.
    """
    source = base or share_dir() / "worlds" / "garage.sdf"
    placed = place_cars(cars)
    pictures = {one.name: draw_plate(one.car.plate, one.car.country) for one in placed}
    tree = read_world_tree(source)
    out.mkdir(parents=True, exist_ok=True)
    world = world_element(tree, source)
    for model in world.findall("model"):
        if model.get("name", "").startswith(CAR_PREFIX):
            world.remove(model)
    copy_resources(tree, source.parent, out)
    folder = out / "plates"
    folder.mkdir(exist_ok=True)
    for one in placed:
        cv2.imwrite(str(folder / f"{one.name}.png"), pictures[one.name])
    add_cars(world, placed, seed)
    cars_file = out / CARS_FILE
    cars_file.write_text(json.dumps(_listing(placed, seed), indent=2) + "\n", encoding="utf-8")
    world_file = out / WORLD_FILE
    world_file.write_text(to_text(tree, f"{source.name} with {len(placed)} cars, seed {seed}"), encoding="utf-8")
    return GarageWorld(world_file, cars_file, placed)


def parse_car(text: str) -> Car:
    """Return the car of PLATE[:COUNTRY[:BAY]]. Raises WorldError."""
    parts = text.split(":")
    if not parts[0] or len(parts) > 3:
        raise WorldError(f"'{text}' is no car", hint="PLATE, PLATE:COUNTRY or PLATE:COUNTRY:BAY")
    return Car(*parts)


def place_cars(cars: Sequence[Car]) -> tuple[PlacedCar, ...]:
    """Give each car its name and its place. Raises WorldError as `write_garage` does."""
    placed, waiting, taken = [], 0, set()
    for number, car in enumerate(cars, start=1):
        if not car.bay:
            place, waiting = home(waiting), waiting + 1
        elif car.bay not in BAYS:
            raise WorldError(
                f"there is no bay '{car.bay}'{suggest(car.bay, BAYS)}", hint="bays: A01 to A12, B01 to B12"
            )
        elif car.bay in taken:
            raise WorldError(f"two cars stand in bay {car.bay}", hint="give each parked car a bay of its own")
        else:
            place = BAYS[car.bay].parked
            taken.add(car.bay)
        placed.append(PlacedCar(f"{CAR_PREFIX}{number:02d}", car, place))
    if waiting > PLACES:
        raise WorldError(f"{waiting} cars on the street, there is room for {PLACES}", hint="take fewer cars")
    return tuple(placed)


def add_cars(world: ET.Element, placed: Sequence[PlacedCar], seed: int) -> None:
    """Append the cars' models; their plates are plates/NAME.png beside the world file."""
    chance = random.Random(seed)
    for one in placed:
        add_car(
            world, one.name, one.place, texture=f"plates/{one.name}.png", style=style_of(one.car.country),
            paint=chance.choice(PAINTS), body=chance.choice(BODIES),
        )  # fmt: skip


def _listing(placed: Sequence[PlacedCar], seed: int) -> dict[str, object]:
    return {
        "seed": seed,
        "cars": [
            {
                "name": one.name,
                "plate": one.car.plate,
                "country": one.car.country,
                "bay": one.car.bay,
                "x_m": one.place.x,
                "y_m": one.place.y,
                "yaw_rad": one.place.yaw,
            }
            for one in placed
        ],
    }
