# SPDX-License-Identifier: Apache-2.0
"""Repeats one recorded drive and compares it row by row. The kind of drive is read from the recording, not its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robot_simulation.model_builder import Spawn
from robot_simulation.scene import World
from robot_simulation.simulator import Simulator
from robot_simulation.urdf_reader import Robot
from ronda_core.se2 import SE2, quaternion_to_yaw

REST = 1.0
"""Seconds that the robot rests before the first command, as in the recording."""
_SAMPLE = 0.05
_TURNING, _BLOCKED, _AGREES = 0.05, 0.9, 0.01


@dataclass(frozen=True)
class Result:
    """One comparison: figures by name, and what was out of tolerance."""

    figures: dict[str, float | str]
    failures: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether everything was within tolerance."""
        return not self.failures


class Checks:
    """Collects figures and compares them with their tolerances."""

    def __init__(self) -> None:
        self.figures: dict[str, float | str] = {}
        self.failures: list[str] = []

    def at_most(self, name: str, value: float, limit: float) -> None:
        """Note a figure that must not exceed `limit`."""
        self.figures[name] = round(float(value), 5)
        if not value <= limit:
            self.failures.append(f"{name} is {value:.4f}, more than {limit:.4f}")

    def between(self, name: str, value: float, low: float, high: float) -> None:
        """Note a figure that must lie between two bounds."""
        self.figures[name] = round(float(value), 5)
        if not low <= value <= high:
            self.failures.append(f"{name} is {value:.4f}, not between {low:.4f} and {high:.4f}")

    def result(self) -> Result:
        """Return what was collected."""
        return Result(self.figures, tuple(self.failures))


Table = dict[str, NDArray[np.float64]]


def drive(world: World, robot: Robot, experiment: Mapping[str, Any]) -> Table:
    """Repeat a drive; returns columns named as in the recording, sampled at 20 Hz, and `imu_*` if there is an IMU."""
    x, y, yaw = (float(part) for part in experiment["start_pose_xy_yaw"])
    simulator = Simulator(world, [Spawn(robot, "robot", SE2(x, y, yaw))])
    vehicle = simulator.robots[0]
    commands = [tuple(map(float, command)) for command in experiment["command_segments_start_s_v_w"]]
    step = world.step
    rest, every = round(REST / step), max(round(_SAMPLE / step), 1)
    rows: list[dict[str, float]] = []
    for count in range(rest + round(float(experiment["duration_s"]) / step) + 1):
        t = (count - rest) * step
        while commands and t >= commands[0][0] - step / 4:
            vehicle.command(*commands.pop(0)[1:])
        if count >= rest and (count - rest) % every == 0:
            simulator.refresh()
            truth, odom = vehicle.truth(), vehicle.odometry()
            row = {
                "t": t, "odom_x": odom.pose.x, "odom_y": odom.pose.y, "odom_yaw": odom.pose.yaw, "odom_v": odom.v,
                "odom_w": odom.w, "truth_x": truth.x, "truth_y": truth.y, "truth_yaw": truth.yaw,
                "truth_vx_body": truth.vx, "truth_w": truth.w,
            }  # fmt: skip
            if vehicle.imus:
                reading = vehicle.imus[0].read(simulator.data)
                row["imu_yaw"] = quaternion_to_yaw(*reading.orientation)
                for axis, rate, acceleration in zip("xyz", reading.angular_velocity, reading.acceleration, strict=True):
                    row[f"imu_w{axis}"], row[f"imu_a{axis}"] = rate, acceleration
            rows.append(row)
        simulator.step()
    return {key: np.array([row[key] for row in rows]) for key in rows[0]}


def recorded(experiment: Mapping[str, Any], columns: Sequence[str]) -> Table:
    """Return the columns of a recording."""
    values = np.array(experiment["rows"], np.float64)
    return {name: values[:, index] for index, name in enumerate(columns)}


def _turned(table: Table, who: str) -> float:
    yaw = np.unwrap(table[f"{who}_yaw"])
    return float(yaw[-1] - yaw[0])


def _moved(table: Table, who: str) -> NDArray[np.float64]:
    """Return the displacement in the axes of the start (m)."""
    dx, dy = (float(table[f"{who}_{axis}"][-1] - table[f"{who}_{axis}"][0]) for axis in "xy")
    c, s = np.cos(table[f"{who}_yaw"][0]), np.sin(table[f"{who}_yaw"][0])
    return np.array([c * dx + s * dy, c * dy - s * dx])


def compare_drive(ours: Table, theirs: Table, experiment: Mapping[str, Any], *, ramped: bool = True) -> Result:
    """Compare two drives with the tolerances of docs/simulation.md; `ramped`: the drive limits its acceleration."""
    checks = Checks()
    rows = min(len(ours["t"]), len(theirs["t"]))
    odom, odom_ref = _moved(ours, "odom"), _moved(theirs, "odom")
    yaw, yaw_ref = _turned(ours, "odom"), _turned(theirs, "odom")
    length = float(np.hypot(*odom_ref))
    checks.at_most("odometry_error_m", float(np.hypot(*(odom - odom_ref))), max(0.005, 0.01 * length))
    checks.at_most("odometry_yaw_error_rad", abs(yaw - yaw_ref), max(0.01, 0.01 * abs(yaw_ref)))
    ramping = _ramping(theirs, rows)
    checks.at_most("odometry_speed_error_m_s", _worst(ours, theirs, "odom_v", ramping), 0.03)
    checks.at_most("odometry_turn_error_rad_s", _worst(ours, theirs, "odom_w", ramping), 0.06)
    truth, truth_ref = _moved(ours, "truth"), _moved(theirs, "truth")
    turned, turned_ref = _turned(ours, "truth"), _turned(theirs, "truth")
    checks.figures["truth_forward_m"], checks.figures["truth_sideways_m"] = (round(float(part), 5) for part in truth)
    error = float(np.hypot(*(truth - truth_ref)))
    if length > 0.2 and float(np.hypot(*truth_ref)) < _BLOCKED * length:
        checks.figures["kind"] = "blocked"
        if abs(turned_ref) < 0.02:
            checks.at_most("blocked_error_m", abs(truth[0] - truth_ref[0]), 0.02)
            checks.at_most("blocked_yaw_error_rad", abs(turned - turned_ref), 0.05)
        else:
            checks.at_most("blocked_progress_m", float(np.hypot(*truth)), _BLOCKED * length)
    elif abs(yaw_ref) > _TURNING:
        if abs(turned_ref - yaw_ref) <= _AGREES * abs(yaw_ref):
            checks.figures["kind"] = "turning"
            checks.at_most("truth_yaw_error_rad", abs(turned - turned_ref), 0.03 * abs(turned_ref))
            checks.at_most("truth_error_m", error, 0.03)
            checks.at_most("truth_turn_error_rad_s", _worst(ours, theirs, "truth_w", ramping), 0.06)
        else:
            checks.figures["kind"] = "turning on wide wheels"
            checks.between("truth_yaw_over_odometry", turned / yaw, 0.97, 1.08)
    else:
        checks.figures["kind"] = "straight"
        checks.at_most("truth_forward_error_m", abs(truth[0] - truth_ref[0]), max(0.02, 0.02 * length))
        checks.at_most("truth_sideways_error_m", abs(truth[1] - truth_ref[1]), 0.01)
        checks.at_most("truth_yaw_error_rad", abs(turned - turned_ref), 0.02)
        # The tolerance is one for ramps: in a step both simulators slide, and for how long is a matter of friction.
        limit = 0.03 if ramped else np.inf
        checks.at_most("truth_speed_error_m_s", _worst(ours, theirs, "truth_vx_body", ramping), limit)
    if "imu_rows" in experiment and "imu_wz" in ours:
        _compare_imu(checks, ours, experiment)
    return checks.result()


def _ramping(theirs: Table, rows: int) -> NDArray[np.bool_]:
    """Return which of the first `rows` lie in a ramp: where the recorded wheels change speed, and one row beside."""
    changes = np.zeros(rows, bool)
    for column, least in (("odom_v", 1e-3), ("odom_w", 2e-3)):
        steps = np.abs(np.diff(theirs[column][:rows])) > least
        changes[1:] |= steps
        changes[:-1] |= steps
    return changes


def _worst(ours: Table, theirs: Table, column: str, chosen: NDArray[np.bool_]) -> float:
    rows = len(chosen)
    return float(np.abs(ours[column][:rows] - theirs[column][:rows])[chosen].max(initial=0.0))


def _compare_imu(checks: Checks, ours: Table, experiment: Mapping[str, Any]) -> None:
    still = (np.abs(ours["truth_w"]) < 0.005) & (np.abs(ours["truth_vx_body"]) < 0.005) & (ours["t"] > 0.2)
    # The edges of a rest belong to the ramp.
    still &= np.roll(still, 2) & np.roll(still, -2)
    theirs = np.array(experiment["imu_rows"], np.float64)
    rows = min(len(theirs), len(still))
    for index, name in enumerate(("imu_wx", "imu_wy", "imu_wz", "imu_ax", "imu_ay", "imu_az")):
        checks.at_most(
            f"{name}_at_rest_error",
            abs(float(np.mean(ours[name][still]) - np.mean(theirs[:rows, 2 + index][still[:rows]]))),
            0.05,
        )
    steady = np.abs(ours["truth_w"]) > 0.9 * max(float(np.abs(ours["truth_w"]).max()), 0.2)
    if steady.any():
        true_rate = float(np.mean(ours["truth_w"][steady]))
        checks.at_most(
            "imu_turn_rate_relative_error",
            abs(float(np.mean(ours["imu_wz"][steady])) - true_rate) / abs(true_rate),
            0.05,
        )
