# SPDX-License-Identifier: Apache-2.0
"""Who comes when, parks where and leaves when: a YAML file for the drivers of simulated cars.

    cars:
      car_01: {plate: MBX4027, arrive: 5.0, bay: A03, stay: 60.0}
      car_02: {plate: AB123CD, arrive: told, bay: B07, stay: told, behaviour: tailgater}
      car_03: {plate: BRA2E19, parked: true, bay: A05, stay: told}

`arrive` counts from the start of the simulation, `stay` from when the car stands in its bay; `told` waits for a call.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

from robot_simulation.errors import WorldError
from robot_simulation.garage_layout import BAYS
from robot_simulation.garage_world import PlacedCar
from ronda_core.parameters import check_keys, suggest


class Behaviour(Enum):
    """How somebody drives."""

    NORMAL = "normal"
    TAILGATER = "tailgater"


@dataclass(frozen=True, slots=True)
class Trip:
    """The plan of one car; `arrive` and `stay` in seconds, infinite: when told. `parked`: stands in its bay already."""

    car: str
    plate: str
    bay: str
    arrive: float = math.inf
    stay: float = math.inf
    behaviour: Behaviour = Behaviour.NORMAL
    parked: bool = False


def load_schedule(path: Path) -> tuple[Trip, ...]:
    """Return the trips of a file in the order of the cars' names. Raises WorldError naming file, car and key."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WorldError(f"cannot read {path}: {error.strerror}", hint="name a schedule of cars") from error
    except yaml.YAMLError as error:
        raise WorldError(f"{path} is not YAML: {error}", hint="mend the named line") from error
    cars = check_keys(document, ("cars",), str(path)).get("cars") or {}
    return read_schedule(cars, str(path))


def read_schedule(cars: Mapping[str, Any], where: str) -> tuple[Trip, ...]:
    """Return the trips of the mapping below `cars`. Raises WorldError or ParameterError."""
    trips = []
    for car in sorted(cars):
        place = f"{where}: {car}"
        entry = check_keys(cars[car], ("plate", "arrive", "bay", "stay", "behaviour", "parked"), place)
        bay = entry.get("bay", "")
        if bay not in BAYS:
            raise WorldError(f"{place}: there is no bay '{bay}'{suggest(str(bay), BAYS)}", hint="bays: A01 to B12")
        behaviour = entry.get("behaviour", "normal")
        if behaviour not in {one.value for one in Behaviour}:
            raise WorldError(f"{place}: unknown behaviour '{behaviour}'", hint="normal or tailgater")
        trips.append(
            Trip(
                car, str(entry.get("plate", "")), bay, _seconds(entry, "arrive", place), _seconds(entry, "stay", place),
                Behaviour(behaviour), bool(entry.get("parked", False)),
            )
        )  # fmt: skip
    parked = [trip.bay for trip in trips if trip.parked]
    for bay in parked:
        if parked.count(bay) > 1:
            raise WorldError(f"{where}: two cars stand in bay {bay} at the start", hint="give each a bay of its own")
    return tuple(trips)


def plan_trips(cars: Sequence[PlacedCar], *, seed: int, every: float, stay: float) -> tuple[Trip, ...]:
    """Return trips for the cars of a garage: one arrives each `every` seconds.

    They park in free bays drawn by `seed`, general ones first.

    :param stay: seconds; 0: until told
    """
    free = sorted(BAYS.keys() - {one.car.bay for one in cars})
    random.Random(seed).shuffle(free)
    free.sort(key=lambda bay: BAYS[bay].kind != "general")
    trips, number = [], 0
    for one in cars:
        how_long = stay or math.inf
        if one.car.bay:
            trips.append(Trip(one.name, one.car.plate, one.car.bay, stay=how_long, parked=True))
        else:
            trips.append(Trip(one.name, one.car.plate, free[number % len(free)], arrive=every * number, stay=how_long))
            number += 1
    return tuple(trips)


def write_schedule(trips: tuple[Trip, ...], path: Path) -> None:
    """Write trips as `load_schedule` reads them."""
    cars = {
        trip.car: {
            "plate": trip.plate,
            "bay": trip.bay,
            "arrive": trip.arrive if math.isfinite(trip.arrive) else "told",
            "stay": trip.stay if math.isfinite(trip.stay) else "told",
            "behaviour": trip.behaviour.value,
            "parked": trip.parked,
        }
        for trip in trips
    }
    path.write_text(yaml.safe_dump({"cars": cars}, sort_keys=True), encoding="utf-8")


def _seconds(entry: Mapping[str, Any], key: str, where: str) -> float:
    value = entry.get(key, "told")
    if value == "told":
        return math.inf
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0.0:
        raise WorldError(f"{where}: {key} is '{value}'", hint="seconds from 0, or told")
    return float(value)
