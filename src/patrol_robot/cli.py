# SPDX-License-Identifier: Apache-2.0
"""`ronda patrol`: start, pause, resume and stop rounds; check routes; list incidents."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Rounds, routes and incidents.")

Robot = Annotated[str, typer.Option("--robot", "-r", help="Namespace of the robot.")]
EXIT_FAILED = 1


@app.command()
def start(
    route: Annotated[Path | None, typer.Option(help="Load this route file first.")] = None,
    laps: Annotated[int, typer.Option(min=0, help="0: as the route says.")] = 0,
    start_index: Annotated[int, typer.Option("--from", min=0, help="Index of the first waypoint.")] = 0,
    stop_on_failure: Annotated[bool, typer.Option("--stop-on-failure", help="End at a missed waypoint.")] = False,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Follow the round until it ends.")] = True,
    robot: Robot = "patrol1",
) -> None:
    """Start a round. While it is followed, Ctrl-C stops it."""
    from patrol_robot.cli_client import PatrolClient

    with PatrolClient(robot) as client:
        if route is not None:
            name, count = client.load(route.absolute())
            typer.echo(f"route '{name}' with {count} waypoints")
        if not client.start(laps, start_index, stop_on_failure, report=typer.echo, wait=wait):
            raise typer.Exit(EXIT_FAILED)


@app.command()
def pause(robot: Robot = "patrol1") -> None:
    """Let the robot stand; the round goes on with `resume`."""
    _trigger(robot, "pause_patrol")


@app.command()
def resume(robot: Robot = "patrol1") -> None:
    """Go on with the waypoint at which the round was paused or interrupted."""
    _trigger(robot, "resume_patrol")


@app.command()
def stop(robot: Robot = "patrol1") -> None:
    """End the round that is under way, whoever started it."""
    from patrol_robot.cli_client import PatrolClient

    with PatrolClient(robot) as client:
        typer.echo(client.stop())


@app.command()
def status(robot: Robot = "patrol1") -> None:
    """Say what the robot's round is doing."""
    from patrol_robot.cli_client import PatrolClient

    with PatrolClient(robot) as client:
        typer.echo(client.status())


@app.command()
def check(
    route: Annotated[Path, typer.Argument(help="Route file, YAML.")],
    map_file: Annotated[Path | None, typer.Option("--map", help="Map (map_server YAML) that it must fit.")] = None,
    clearance: Annotated[float, typer.Option(min=0.0, help="Least distance to a wall, metres.")] = 0.28,
) -> None:
    """Check a route file, alone or against a map."""
    from patrol_robot.route import load_route
    from patrol_robot.route_check import Floor, check_route
    from robot_navigation.map_file import load_map

    loaded = load_route(route)
    if map_file is not None:
        grid = load_map(map_file)
        check_route(loaded, Floor(grid.cells, grid.resolution, grid.origin_x, grid.origin_y), clearance)
    typer.echo(f"route '{loaded.name}': {len(loaded.waypoints)} waypoints, sound")


@app.command()
def incidents(
    data: Annotated[Path | None, typer.Option(help="Data folder; default: the site's.")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Compare all evidence with its hashes.")] = False,
) -> None:
    """List the incidents that the robot has kept."""
    from patrol_robot.evidence import EvidenceStore
    from patrol_robot.incident_log import IncidentLog
    from ronda_core.paths import data_dir

    folder = data or data_dir()
    log, store = IncidentLog(folder / "incidents.sqlite"), EvidenceStore(folder / "evidence")
    kept = log.all()
    for incident in kept:
        if verify:
            store.verify(incident.incident_id)
        typer.echo(f"{incident.incident_id}  {incident.reported_utc}  {incident.summary}")
    typer.echo(f"{len(kept)} incidents" + (", all evidence as recorded" if verify else ""))


def _trigger(robot: str, service: str) -> None:
    from patrol_robot.cli_client import PatrolClient

    with PatrolClient(robot) as client:
        success, message = client.trigger(service)
        typer.echo(message, err=not success)
        if not success:
            raise typer.Exit(EXIT_FAILED)
