# SPDX-License-Identifier: Apache-2.0
"""`ronda sim`: check files, run the simulator without ROS, compare it with recordings of Gazebo."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The embedded simulator: check, run, compare.")


@app.command()
def check(files: Annotated[list[Path], typer.Argument(help="World files (.sdf) and robots (.urdf, .xacro).")]) -> None:
    """Load files as the simulator does and say what is in them."""
    from robot_simulation.model_builder import Spawn, build
    from robot_simulation.scene import World
    from robot_simulation.sdf_reader import read_world
    from robot_simulation.urdf_reader import read_robot

    empty = World("empty", 0.005, (0, 0, -9.8), (0.4,) * 3, (0.7,) * 3, (), (), ())
    for file in files:
        if file.suffix in (".sdf", ".world"):
            world = read_world(file)
            geoms = build(world, []).ngeom
            typer.echo(
                f"{file}: world '{world.name}', {len(world.models)} models, {len(world.actors)} actors, {geoms} shapes"
            )
        else:
            robot = read_robot(file)
            build(empty, [Spawn(robot, "robot")])
            blocks = robot.blocks
            typer.echo(
                f"{file}: robot '{robot.name}', {len(robot.links)} links, drive: {'yes' if blocks.drive else 'no'}, "
                f"{len(blocks.lidars)} lidars, {len(blocks.cameras)} cameras, {len(blocks.imus)} imus"
            )


@app.command()
def compare(
    reference: Annotated[Path, typer.Option(help="Folder with expected.json, the world and the robot.")],
    json_file: Annotated[Path, typer.Option("--json", help="Where the figures go.")],
    plots: Annotated[Path | None, typer.Option(help="Folder for one picture per experiment.")] = None,
) -> None:
    """Repeat recordings of a real Gazebo and tell what lies within tolerance; exit status 1 when something does not."""
    from robot_simulation.compare import compare as run_comparison

    report = run_comparison(reference, plots, typer.echo)
    json_file.parent.mkdir(parents=True, exist_ok=True)
    json_file.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    typer.echo(f"{'ok' if report['ok'] else 'NOT OK'}, real-time factor {report['real_time_factor']}")
    if not report["ok"]:
        raise typer.Exit(1)


@app.command()
def run(
    world: Annotated[Path, typer.Argument(help="World file (SDF 1.9).")],
    robot: Annotated[Path, typer.Argument(help="Robot (URDF or xacro).")],
    duration: Annotated[float, typer.Option(min=0.0, help="Simulated seconds.")] = 10.0,
    rtf: Annotated[float, typer.Option(min=0.0, help="Simulated over real seconds; 0: as fast as possible.")] = 0.0,
    viewer: Annotated[bool, typer.Option(help="Open a window; needs a display.")] = False,
) -> None:
    """Simulate without ROS and say where the robot ends."""
    import time

    from robot_simulation.model_builder import Spawn
    from robot_simulation.schedule import Rate
    from robot_simulation.sdf_reader import read_world
    from robot_simulation.simulator import Simulator
    from robot_simulation.urdf_reader import read_robot
    from robot_simulation.viewer import open_viewer

    simulator = Simulator(read_world(world), [Spawn(read_robot(robot), "robot")])
    window, frames = open_viewer(simulator) if viewer else None, Rate(30.0)
    start = time.perf_counter()
    while simulator.time < duration and (window is None or window.is_running()):
        simulator.step()
        ahead = simulator.time / rtf - (time.perf_counter() - start) if rtf > 0.0 else 0.0
        if window is not None and frames.due(simulator.time):
            window.sync()
        if ahead > 0.01:
            time.sleep(ahead)
    wall = max(time.perf_counter() - start, 1e-9)
    simulator.refresh()
    truth = simulator.robots[0].truth()
    typer.echo(
        f"{simulator.time:.3f} s in {wall:.2f} s; robot at {truth.x:.3f} {truth.y:.3f} m, yaw {truth.yaw:.3f} rad"
    )
    if window is not None:
        window.close()
