# SPDX-License-Identifier: Apache-2.0
"""What a demonstration needs on the disk before it starts: a world with people, and permission to look for some."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from patrol_robot.demo_judge import Figure
from patrol_robot.errors import DemoError
from patrol_robot.route import Route, load_route
from ronda_core.paths import data_dir, share_dir

WATCHLIST = "demo"
REASON = "demonstration: a person whom the guards look for"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody to enrol: the name and the pictures to do it with."""

    name: str
    pictures: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A prepared run: the files that the nodes get, and who stands where in the world."""

    folder: Path
    world: Path
    site_file: Path
    map_file: Path
    route_file: Path
    route: Route
    figures: tuple[Figure, ...]
    wanted: tuple[Wanted, ...]
    portraits: dict[str, Path]

    @property
    def faces_dir(self) -> Path:
        """The gallery of this run alone."""
        return self.folder / "faces"

    @property
    def data_dir(self) -> Path:
        """The incidents and their evidence."""
        return self.folder / "data"


def default_people() -> Path:
    """The photographs that set-up brought. Raises DemoError where there are none."""
    named = os.environ.get("RONDA_DEMO_PEOPLE")
    if named:
        return Path(named)
    places = (Path(sys.prefix) / "share" / "ronda-demo-people", data_dir() / "demo-people")
    for folder in places:
        if folder.is_dir():
            return folder
    raise DemoError(
        f"the demonstration's photographs are neither in {places[0]} nor in {places[1]}",
        hint="make setup, ronda world demo-people, or ronda demo --people DIR with your own",
    )


def prepare(folder: Path, people: Path, seed: int) -> Stage:
    """Write the world with its people and the site file. Raises RondaError naming what cannot be used."""
    from robot_simulation.people_world import write_people_world
    from robot_simulation.world_cli import face_finder

    share = share_dir()
    written = write_people_world(
        people, share / "worlds" / "airport.sdf", folder / "world", seed=seed, find_faces=face_finder()
    )
    listing = json.loads(written.people.read_text(encoding="utf-8"))["people"]
    site_file = folder / "site.yaml"
    site_file.write_text(yaml.safe_dump(site(datetime.now(UTC)), sort_keys=False), encoding="utf-8")
    route_file = share / "config" / "airport_route.yaml"
    return Stage(
        folder=folder,
        world=written.world,
        site_file=site_file,
        map_file=share / "maps" / "airport.yaml",
        route_file=route_file,
        route=load_route(route_file),
        figures=figures_of(listing),
        wanted=wanted_of(listing),
        portraits={entry["name"]: portrait_of(entry, written.world.parent) for entry in listing},
    )


def portrait_of(entry: dict[str, Any], world_folder: Path) -> Path:
    """The picture that a figure carries in the world: cut to the person, unlike the photograph it came from."""
    return world_folder / "people" / f"{str(entry['place']).replace('person_place_', 'person_')}.png"


def figures_of(listing: Sequence[dict[str, Any]]) -> tuple[Figure, ...]:
    """Who stands where, from the list that was written beside the world."""
    return tuple(Figure(entry["name"], entry["kind"] == "listed", entry["x_m"], entry["y_m"]) for entry in listing)


def wanted_of(listing: Sequence[dict[str, Any]]) -> tuple[Wanted, ...]:
    """Whom to enrol, by name."""
    chosen = [entry for entry in listing if entry["kind"] == "listed"]
    return tuple(
        Wanted(entry["name"], tuple(Path(path) for path in entry["enrol"]))
        for entry in sorted(chosen, key=lambda entry: str(entry["name"]))
    )


def site(now: datetime) -> dict[str, Any]:
    """A site's permission for one day, in the form that face_perception asks for."""
    until = (now + timedelta(days=1)).date()
    return {
        "identification": {
            "purpose": "demonstration in a simulated airport",
            "legal_basis": "no real person is observed: the figures are photographs from published packages",
            "area": "simulated airport",
            "owner": "the operator of this demonstration",
            "valid_until": until,
            "watchlists": {
                WATCHLIST: {
                    "name": "Demonstration list",
                    "reason": REASON,
                    "legal_basis": "as the site",
                    "owner": "the operator of this demonstration",
                    "valid_until": until,
                    "cooldown_s": 60.0,
                    "alert_level": "warning",
                }
            },
        }
    }
