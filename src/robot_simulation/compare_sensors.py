# SPDX-License-Identifier: Apache-2.0
"""Compares a scan and a picture, taken from a recorded pose, with the recorded ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from robot_simulation.camera import Renderer, intrinsics
from robot_simulation.compare_drive import Checks, Result
from robot_simulation.errors import CameraUnavailable, DescriptionError
from robot_simulation.model_builder import Spawn
from robot_simulation.scene import World
from robot_simulation.simulator import Simulator
from robot_simulation.urdf_reader import Robot
from ronda_core.se2 import SE2

Picture = NDArray[np.uint8]
_SETTLE = 0.5
_LEAST_AREA = 400


def compare_pose(world: World, robot: Robot, pose: Mapping[str, Any], folder: Path) -> tuple[Result, Picture | None]:
    """Return the comparison of one pose, and the two pictures side by side if there are any."""
    checks = Checks()
    start = SE2(*(float(part) for part in pose["start_pose_xy_yaw"]))
    simulator = Simulator(world, [Spawn(robot, "robot", start)])
    while simulator.time < _SETTLE:
        simulator.step()
    simulator.refresh()
    vehicle = simulator.robots[0]
    if "scan" in pose and vehicle.lidars:
        _compare_scan(checks, vehicle.lidars[0].scan(simulator.data), pose["scan"])
    if "image" not in pose or not vehicle.cameras:
        return checks.result(), None
    name, block = vehicle.cameras[0]
    theirs = cv2.imread(str(folder / pose["image"]["file"]))
    if theirs is None:
        raise DescriptionError(f"{folder / pose['image']['file']}: is no picture that can be read")
    if "camera_info" in pose:
        matrix = np.array(pose["camera_info"]["K"], np.float64).reshape(3, 3)
        checks.at_most("camera_matrix_error_px", float(np.abs(intrinsics(block) - matrix).max()), 0.5)
    try:
        renderer = Renderer(simulator.model)
    except CameraUnavailable as error:
        checks.failures.append(str(error))
        return checks.result(), None
    ours = renderer.draw(simulator.data, name, block)
    renderer.close()
    compare_pictures(checks, ours, np.asarray(theirs, np.uint8))
    return checks.result(), np.asarray(np.hstack([ours, theirs]), np.uint8)


def _compare_scan(checks: Checks, ours: NDArray[np.float32], scan: Mapping[str, Any]) -> None:
    theirs = np.array([np.inf if value is None else value for value in scan["ranges"]], np.float64)
    if len(ours) != len(theirs):
        checks.failures.append(f"{len(ours)} rays instead of {len(theirs)}")
        return
    both = np.isfinite(theirs) & np.isfinite(ours)
    checks.at_most("rays_met_by_one_alone", float((np.isfinite(theirs) != np.isfinite(ours)).mean()), 0.1)
    with np.errstate(invalid="ignore"):
        jump = np.abs(np.diff(theirs, append=theirs[-1])) > 0.2
    smooth = both & ~jump & ~np.roll(jump, 1)
    checks.figures["lidar_rays_compared"] = int(smooth.sum())
    if not smooth.any():
        if both.any():
            checks.failures.append("every ray lies at an edge: no distance can be compared")
        return
    errors = np.abs(ours[smooth] - theirs[smooth])
    checks.at_most("lidar_median_error_m", float(np.median(errors)), 0.01)
    checks.between("lidar_share_within_5_cm", float((errors <= 0.05).mean()), 0.9, 1.0)


def compare_pictures(checks: Checks, ours: Picture, theirs: Picture) -> None:
    """Compare where things are: outlines of coloured areas and the lower edge of the sky, both within 2 pixels."""
    if ours.shape != theirs.shape:
        checks.failures.append(f"a picture of {ours.shape[1::-1]} instead of {theirs.shape[1::-1]} pixels")
        return
    worst, found = 0.0, 0
    boxes = _coloured(ours)
    for hue, box in _coloured(theirs):
        errors = [float(np.abs(np.subtract(box, other)).max()) for kind, other in boxes if kind == hue]
        worst, found = max(worst, min(errors, default=float("inf"))), found + 1
    checks.figures["camera_objects"] = found
    checks.at_most("camera_outline_error_px", worst, 2.0)
    horizon = np.abs(_sky_edge(ours) - _sky_edge(theirs))
    checks.at_most("camera_sky_edge_error_px", float(np.percentile(horizon, 90)), 2.0)


def _coloured(picture: Picture) -> list[tuple[int, tuple[int, int, int, int]]]:
    """Return hue class and bounds (left, top, right, bottom) of every strongly coloured area."""
    hsv = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)
    # Six classes around red, yellow, green, ...: light changes brightness, hardly ever the class.
    classes = ((hsv[..., 0].astype(int) + 15) // 30) % 6
    areas = []
    for hue in range(6):
        mask = ((classes == hue) & (hsv[..., 1] > 90) & (hsv[..., 2] > 30)).astype(np.uint8)
        _, _, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        for left, top, width, height, area in boxes[1:]:
            if area >= _LEAST_AREA:
                areas.append((hue, (int(left), int(top), int(left + width - 1), int(top + height - 1))))
    return areas


def _sky_edge(picture: Picture) -> NDArray[np.intp]:
    """Return for each column how many rows from the top have the colour of the background."""
    sky = np.median(picture[0], axis=0)
    other = np.abs(picture.astype(int) - sky).max(axis=2) > 8
    other[:4] = False
    return np.where(other.any(axis=0), other.argmax(axis=0), picture.shape[0])
