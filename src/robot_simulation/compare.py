# SPDX-License-Identifier: Apache-2.0
"""Repeats every experiment, variant and sensor pose of a reference and tells what lies within tolerance."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from robot_simulation.camera import Renderer
from robot_simulation.compare_drive import Result, Table, compare_drive, drive, recorded
from robot_simulation.compare_sensors import compare_pose
from robot_simulation.errors import CameraUnavailable, DescriptionError
from robot_simulation.model_builder import Spawn
from robot_simulation.reference import read_reference, robot_of
from robot_simulation.scene import World
from robot_simulation.schedule import Rate
from robot_simulation.simulator import Simulator
from robot_simulation.urdf_reader import Robot


def compare(folder: Path, plots: Path | None, progress: Callable[[str], None]) -> dict[str, Any]:
    """Return `experiments` {name: {ok, figures, failures}}, `ok` and `real_time_factor`."""
    reference = read_reference(folder)
    if plots is not None:
        plots.mkdir(parents=True, exist_ok=True)
    results: dict[str, Result] = {}
    for name, experiment in {**reference.experiments, **reference.variants}.items():
        try:
            robot = robot_of(reference.robot, name) if name in reference.variants else reference.robot
            ours, theirs = drive(reference.world, robot, experiment), recorded(experiment, reference.columns)
        except DescriptionError as error:
            results[name] = Result({}, (str(error),))
        else:
            results[name] = compare_drive(ours, theirs, experiment, ramped=_ramped(robot))
            if plots is not None:
                cv2.imwrite(str(plots / f"{name}.png"), plot(ours, theirs))
        progress(_line(name, results[name]))
    for name, pose in reference.poses.items():
        results[name], pictures = compare_pose(reference.world, reference.robot, pose, folder)
        if plots is not None and pictures is not None:
            cv2.imwrite(str(plots / f"{name}.png"), pictures)
        progress(_line(name, results[name]))
    return {
        "ok": bool(results) and all(result.ok for result in results.values()),
        "real_time_factor": round(real_time_factor(reference.world, reference.robot), 3),
        "experiments": {
            name: {"ok": result.ok, "figures": result.figures, "failures": list(result.failures)}
            for name, result in results.items()
        },
    }


def _ramped(robot: Robot) -> bool:
    drive = robot.blocks.drive
    return drive is not None and math.isfinite(drive.linear.max_acceleration)


def _line(name: str, result: Result) -> str:
    return f"{'ok    ' if result.ok else 'NOT OK'} {name}" + "".join(f"\n         {text}" for text in result.failures)


def real_time_factor(world: World, robot: Robot, seconds: float = 5.0, rate: float = 10.0) -> float:
    """Return simulated over real seconds with cameras and lidars at `rate` Hz each."""
    simulator = Simulator(world, [Spawn(robot, "robot")])
    try:
        renderer: Renderer | None = Renderer(simulator.model)
    except CameraUnavailable:
        renderer = None
    vehicle, sensors = simulator.robots[0], Rate(rate)
    start = time.perf_counter()
    while simulator.time < seconds:
        if sensors.due(simulator.time):
            vehicle.command(0.3, 0.5)
            simulator.refresh()
            for lidar in vehicle.lidars:
                lidar.scan(simulator.data)
            for name, block in vehicle.cameras if renderer else ():
                assert renderer is not None
                renderer.draw(simulator.data, name, block)
        simulator.step()
    factor = seconds / (time.perf_counter() - start)
    if renderer is not None:
        renderer.close()
    return factor


def plot(ours: Table, theirs: Table) -> NDArray[np.uint8]:
    """Return a picture of both paths from above: recorded grey and thick, simulated orange."""
    points = [np.column_stack([table["truth_x"], table["truth_y"]]) for table in (theirs, ours)]
    everything = np.vstack(points)
    low, span = everything.min(axis=0), max(float(np.ptp(everything, axis=0).max()), 0.2)
    picture = np.full((480, 480, 3), 255, np.uint8)
    for path, colour, width in zip(points, ((170, 170, 170), (20, 120, 230)), (5, 2), strict=True):
        pixels = 40 + (path - low) / span * 400
        pixels[:, 1] = 480 - pixels[:, 1]
        cv2.polylines(picture, [pixels.round().astype(np.int32).reshape(-1, 1, 2)], False, colour, width, cv2.LINE_AA)
    cv2.putText(picture, f"{span:.2f} m across", (10, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (60, 60, 60), 1)
    return picture
