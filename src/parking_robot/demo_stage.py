# SPDX-License-Identifier: Apache-2.0
"""What the garage's demonstration needs on the disk: a world with cars and their drivers, a tariff, lists, a folder."""

from __future__ import annotations

import random
import string
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import yaml
from numpy.typing import NDArray

from parking_robot.bays.bay import BayKind, BayPlan
from parking_robot.bays.bay_file import load_plan
from parking_robot.errors import ParkingError
from robot_simulation.garage_world import Car, write_garage
from robot_simulation.traffic.schedule import Trip, write_schedule
from ronda_core.paths import share_dir

LEAST_CARS, MOST_CARS = 4, 16
# Cities of German plates; the letters behind them leave out what a demonstration must not print by chance.
_CITIES = ("B", "HH", "M", "K", "F", "S", "DO", "HB", "LE", "DD")
_LETTERS = "ACEFJKLMNPRTUVWXY"


class Role(StrEnum):
    """What a driver is about to do."""

    PHONE = "pays by phone before leaving"
    PERMIT = "has a permit"
    DIRTY = "front plate covered with mud"
    UNPAID = "drives to the exit without paying"
    STRAY = "stands inside without an entry"


@dataclass(frozen=True, slots=True)
class DemoCar:
    """One car: the name of its model, its plate as painted, what its driver does and where it parks."""

    name: str
    plate: str
    role: Role
    bay: str


@dataclass(frozen=True, slots=True)
class GarageStage:
    """A prepared run. All files lie in ``folder`` but the package's own."""

    folder: Path
    cars: tuple[DemoCar, ...]
    world: Path
    schedule: Path
    garage_file: Path
    bays_file: Path
    route_file: Path
    map_file: Path
    plan: BayPlan

    @property
    def ledger(self) -> str:
        """The ledger's URL."""
        return f"sqlite:///{self.folder / 'ledger.sqlite'}"

    @property
    def data_dir(self) -> Path:
        """Journals, pictures and the garage's secret."""
        return self.folder / "data"

    @property
    def visitors(self) -> tuple[DemoCar, ...]:
        """The cars that come and go."""
        return tuple(car for car in self.cars if car.role is not Role.STRAY)


def prepare(folder: Path, cars: int, seed: int) -> GarageStage:
    """Write the world and the site's files. Raises RondaError naming what cannot be used."""
    share = share_dir()
    bays_file = share / "config" / "garage_bays.yaml"
    plan = load_plan(bays_file)
    chosen = cast_cars(cars, seed, plan)
    written = write_garage(
        folder / "world", [Car(car.plate, bay=car.bay if car.role is Role.STRAY else "") for car in chosen], seed=seed
    )
    for car in chosen:
        if car.role is Role.DIRTY:
            cover_front_plate(written.world, car.name, seed)
    schedule = folder / "traffic.yaml"
    write_schedule(trips(chosen), schedule)
    return GarageStage(
        folder=folder,
        cars=chosen,
        world=written.world,
        schedule=schedule,
        garage_file=write_site(folder / "site", chosen),
        bays_file=bays_file,
        route_file=share / "config" / "garage_route.yaml",
        map_file=share / "maps" / "garage.yaml",
        plan=plan,
    )


def cast_cars(cars: int, seed: int, plan: BayPlan) -> tuple[DemoCar, ...]:
    """Return the visitors in the order in which they come, and a car that stands inside from the beginning."""
    if not LEAST_CARS <= cars <= MOST_CARS:
        raise ParkingError(
            f"{cars} cars: the demonstration needs {LEAST_CARS} to {MOST_CARS}", hint="ronda demo garage --cars 6"
        )
    chance = random.Random(seed)
    bays = chance.sample([bay.id for bay in plan.bays if bay.kind is BayKind.GENERAL], cars + 1)
    roles = [Role.PHONE, Role.PERMIT, Role.DIRTY, Role.UNPAID, *[Role.PHONE] * (cars - 4), Role.STRAY]
    plates: list[str] = []
    while len(plates) < len(roles):
        letters = "".join(chance.choices(_LETTERS, k=2))
        number = "".join((chance.choice(string.digits[1:]), *chance.choices(string.digits, k=2)))
        plate = chance.choice(_CITIES) + letters + number
        if all(sum(a != b for a, b in zip(plate, other, strict=False)) > 2 for other in plates):
            plates.append(plate)
    return tuple(
        DemoCar(f"car_{number:02d}", plate, role, bay)
        for number, (plate, role, bay) in enumerate(zip(plates, roles, bays, strict=True), 1)
    )


def trips(cars: Sequence[DemoCar]) -> tuple[Trip, ...]:
    """Return the drivers' plans: they come and leave when they are told."""
    return tuple(Trip(car.name, car.plate, car.bay, parked=car.role is Role.STRAY) for car in cars)


def write_site(folder: Path, cars: Sequence[DemoCar]) -> Path:
    """Write the garage's files: a price for each started minute, so that stays of minutes cost something."""
    folder.mkdir(parents=True)
    version = {
        "id": "demonstration",
        "valid_from": "2020-01-01T00:00",
        "free_minutes": 0,
        # Generous: on a busy machine the simulation falls behind the clock that money is reckoned by.
        "exit_grace_minutes": 60,
        "lost_ticket": "20.00",
        "rates": [{"name": "each started minute", "from": "00:00", "to": "24:00", "block_minutes": 1, "price": "0.50"}],
    }
    tariff = {"tariff": "demonstration", "currency": "EUR", "time_zone": "Europe/Berlin", "versions": [version]}
    permits = [
        {"plates": [car.plate], "reason": "tenant of the house above"} for car in cars if car.role is Role.PERMIT
    ]
    garage = {
        "garage": "Ronda demonstration garage",
        "capacity": 24,
        "country": "DE",
        "tariff": "tariff.yaml",
        "lists": "lists.yaml",
        "unread_entry": "ticket",
        "outage": {"entry": "open", "exit": "ask"},
    }
    for name, content in (("tariff", tariff), ("lists", {"permit": permits}), ("garage", garage)):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return folder / "garage.yaml"


def cover_front_plate(world: Path, car: str, seed: int) -> None:
    """Give a car's front plate a picture of its own, covered with mud; the rear plate stays clean."""
    tree = ET.parse(world)
    clean = world.parent / "plates" / f"{car}.png"
    dirty = clean.with_stem(f"{car}_front")
    picture = cv2.imread(str(clean))
    cv2.imwrite(str(dirty), muddy(np.asarray(picture, np.uint8), seed))
    path = f".//model[@name='{car}']//visual[@name='front_plate']//albedo_map"
    found = tree.findall(path)
    if not found:
        raise ParkingError(f"{world}: {car} has no front plate", hint="see robot_simulation.car_model")
    for element in found:
        element.text = f"plates/{dirty.name}"
    tree.write(world, encoding="unicode", xml_declaration=True)


def muddy(picture: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """Return a plate on which mud hides most of the characters."""
    rng = np.random.default_rng(seed)
    height, width = picture.shape[:2]
    splashes = np.zeros((height, width), np.float32)
    for _ in range(60):
        centre = (int(rng.uniform(0.12, 0.9) * width), int(rng.uniform(0.2, 1.0) * height))
        axes = (int(rng.uniform(0.04, 0.1) * width), int(rng.uniform(0.12, 0.35) * height))
        cv2.ellipse(splashes, centre, axes, float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
    cover = cv2.GaussianBlur(splashes, (0, 0), height * 0.03)[..., None]
    mud = np.array([48, 66, 84], np.float32) + rng.normal(0, 9, (height, width, 1)).astype(np.float32)
    return np.asarray(np.clip(picture * (1 - cover) + mud * cover, 0, 255), np.uint8)
