# SPDX-License-Identifier: Apache-2.0
"""`ronda map`: make a map from a world file, check a map file."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from robot_navigation.world_map import Solid

app = typer.Typer(no_args_is_help=True, help="Maps: make one from a world, check one.")

PEOPLE = "person*"


@app.command("from-world")
def from_world(
    world: Annotated[Path, typer.Argument(help="SDF world file.")],
    out: Annotated[Path, typer.Option(help="Map to write: OUT.yaml and OUT.pgm.")],
    resolution: Annotated[float, typer.Option(help="Side of a cell in metres.", min=0.005, max=1.0)] = 0.05,
    band: Annotated[
        tuple[float, float],
        typer.Option(help="Lowest and highest height in metres that counts as standing in the way."),
    ] = (0.05, 0.5),
    exclude: Annotated[
        list[str] | None, typer.Option(help="Names of models that do not belong to the building.")
    ] = None,
    inside: Annotated[
        tuple[float, float] | None, typer.Option(help="A point (x y) on the floor; default: everything enclosed.")
    ] = None,
    limits: Annotated[
        tuple[float, float, float, float] | None,
        typer.Option(help="Where the map ends (west south east north), e.g. at an open door; default: around it all."),
    ] = None,
    bounds: Annotated[
        tuple[float, float, float, float] | None,
        typer.Option(
            help="West, south, east, north: beyond them the floor is unknown, as behind a building's open doors."
        ),
    ] = None,
) -> None:
    """Draw what stands still in a world, as a lidar and a bumper meet it, in map_server's format."""
    from robot_navigation.errors import WorldMapError
    from robot_navigation.map_file import save_map
    from robot_navigation.world_map import bounded, draw_map

    if band[0] >= band[1]:
        raise WorldMapError(f"the band {band[0]:g} to {band[1]:g} m is empty", hint="--band LOW HIGH, in metres")
    solids = world_solids(world, tuple(exclude) if exclude else (PEOPLE,))
    grid = draw_map(solids, resolution=resolution, band=band, seed_point=inside, limits=limits)
    if bounds is not None:
        grid = bounded(grid, *bounds)
    yaml_path, image_path = save_map(grid, out)
    size = f"{grid.columns} x {grid.rows} cells, {grid.columns * resolution:.1f} m x {grid.rows * resolution:.1f} m"
    typer.echo(f"wrote {yaml_path} and {image_path}: {size}, {grid.free.mean():.0%} free")


@app.command()
def check(files: Annotated[list[Path], typer.Argument(help="Map YAML files.")]) -> None:
    """Read maps and say what they hold."""
    from robot_navigation.map_file import load_map

    for file in files:
        grid = load_map(file)
        shares = (
            f"{grid.free.mean():.0%} free, {grid.occupied.mean():.0%} occupied, {(grid.cells < 0).mean():.0%} unknown"
        )
        corner = f"from ({grid.origin_x:.2f}, {grid.origin_y:.2f})"
        typer.echo(f"{file}: {grid.columns} x {grid.rows} cells of {grid.resolution:g} m {corner}, {shares}")


def world_solids(world: Path, exclude: tuple[str, ...]) -> list[Solid]:
    """The collision shapes of the static models of an SDF world whose names match none of `exclude`."""
    # The reader belongs to the simulator, which only commands may reach for.
    from robot_simulation.sdf_reader import read_world

    solids = []
    for model in read_world(world).models:
        if not model.static or any(fnmatch(model.name, pattern) for pattern in exclude):
            continue
        for link in model.links:
            for collision in link.collisions:
                pose = model.pose @ link.pose @ collision.pose
                solid = _solid(collision.shape.kind.value, collision.shape.size, pose)
                if solid is not None:
                    solids.append(solid)
    return solids


def _solid(kind: str, size: tuple[float, ...], pose: object) -> Solid | None:
    import numpy as np

    from robot_navigation.world_map import box, cylinder, sphere

    matrix = np.asarray(pose, dtype=np.float64)
    if kind == "box":
        return box((size[0], size[1], size[2]), matrix)
    if kind == "cylinder":
        return cylinder(size[0], size[1], matrix)
    if kind == "capsule":
        # Its round ends rise by their radius; a cylinder of the full length is at most a little too large.
        return cylinder(size[0], size[1] + 2 * size[0], matrix)
    if kind in ("sphere", "ellipsoid"):
        scaled = matrix.copy()
        radii = size * 3 if kind == "sphere" else size
        scaled[:3, :3] = matrix[:3, :3] @ np.diag(radii)
        return sphere(1.0, scaled)
    return None  # a plane is the floor or a ceiling
