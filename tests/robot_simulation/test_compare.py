# SPDX-License-Identifier: Apache-2.0
"""Recordings made by this simulator itself: what it repeats must agree, what is falsified must not."""

import json

import numpy as np
import pytest
from tests.robot_simulation.small_world import write_robot, write_world

from robot_simulation.compare_drive import compare_drive, drive, recorded
from robot_simulation.model_builder import Spawn
from robot_simulation.reference import robot_of
from robot_simulation.sdf_reader import read_world
from robot_simulation.simulator import Simulator
from robot_simulation.urdf_reader import read_robot
from ronda_cli.main import main

RAYS = ("<samples>5<", "<samples>181<")
COLUMNS = (
    "t", "odom_x", "odom_y", "odom_yaw", "odom_v", "odom_w",
    "truth_x", "truth_y", "truth_yaw", "truth_vx_body", "truth_w",
)  # fmt: skip
IMU = ("t", "imu_yaw", "imu_wx", "imu_wy", "imu_wz", "imu_ax", "imu_ay", "imu_az")
STRAIGHT = {
    "start_pose_xy_yaw": [0, 0, 0], "command_segments_start_s_v_w": [[0.0, 0.3, 0.0], [1.5, 0.0, 0.0]],
    "duration_s": 2.5,
}  # fmt: skip
TURN = {
    "start_pose_xy_yaw": [0, 1, 0.5], "command_segments_start_s_v_w": [[0.0, 0.0, 1.0], [1.5, 0.0, 0.0]],
    "duration_s": 2.5,
}  # fmt: skip
BLOCKED = {
    "start_pose_xy_yaw": [1.6, 0, 0], "command_segments_start_s_v_w": [[0.0, 0.3, 0.0], [2.0, 0.0, 0.0]],
    "duration_s": 2.5,
}  # fmt: skip


def record(world, robot, experiment):
    table = drive(world, robot, experiment)
    return {
        **experiment,
        "rows": np.column_stack([table[name] for name in COLUMNS]).tolist(),
        "imu_rows": np.column_stack([table[name] for name in IMU]).tolist(),
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """World, robot and everything recorded from them once."""
    folder = tmp_path_factory.mktemp("made")
    world, robot = read_world(write_world(folder)), read_robot(write_robot(folder, *RAYS))
    simulator = Simulator(world, [Spawn(robot, "robot")])
    while simulator.time < 0.5:
        simulator.step()
    simulator.refresh()
    ranges = simulator.robots[0].lidars[0].scan(simulator.data)
    recording = {
        "world": "small.sdf",
        "robot": "small.urdf",
        "columns": COLUMNS,
        "experiments": {"straight": record(world, robot, STRAIGHT), "turn": record(world, robot, TURN)},
        "variants": {"turn_nolimit": record(world, robot_of(robot, "turn_nolimit"), TURN)},
        "sensors": {
            "poses": {
                "pose": {
                    "start_pose_xy_yaw": [0, 0, 0],
                    "scan": {"ranges": [float(r) if np.isfinite(r) else None for r in ranges]},
                }
            }
        },
    }
    return world, robot, recording


def run(folder, recording):
    """`ronda sim compare` on a folder with this recording; returns its exit status and its report."""
    write_world(folder)
    write_robot(folder, *RAYS)
    (folder / "expected.json").write_text(json.dumps(recording))
    status = main(["sim", "compare", "--reference", str(folder), "--json", str(folder / "out" / "report.json"),
                   "--plots", str(folder / "plots")])  # fmt: skip
    return status, json.loads((folder / "out" / "report.json").read_text())


def test_its_own_recording_agrees(tmp_path, made, capsys):
    status, report = run(tmp_path, made[2])
    assert (status, report["ok"]) == (0, True)
    experiments = report["experiments"]
    assert {name: entry["ok"] for name, entry in experiments.items()} == {
        "straight": True, "turn": True, "turn_nolimit": True, "pose": True,
    }  # fmt: skip
    assert experiments["straight"]["figures"]["kind"] == "straight"
    assert experiments["turn"]["figures"]["kind"] == "turning"
    assert experiments["straight"]["figures"]["truth_forward_m"] == pytest.approx(0.45, abs=0.01)
    assert experiments["pose"]["figures"]["lidar_rays_compared"] > 40
    assert experiments["pose"]["figures"]["lidar_median_error_m"] == pytest.approx(0.0, abs=1e-6)
    assert report["real_time_factor"] > 0
    assert sorted(path.name for path in (tmp_path / "plots").iterdir()) == [
        "straight.png", "turn.png", "turn_nolimit.png",
    ]  # fmt: skip
    assert "NOT OK" not in capsys.readouterr().out


def test_one_falsified_figure_is_found_and_named(tmp_path, made, capsys):
    false = json.loads(json.dumps(made[2]))
    false["experiments"]["straight"]["rows"][-1][COLUMNS.index("truth_x")] += 0.1
    status, report = run(tmp_path, false)
    assert (status, report["ok"]) == (1, False)
    assert [name for name, entry in report["experiments"].items() if not entry["ok"]] == ["straight"]
    assert len(report["experiments"]["straight"]["failures"]) == 1
    printed = capsys.readouterr().out
    assert "NOT OK straight\n         truth_forward_error_m is 0.1000, more than 0.0200" in printed


@pytest.mark.parametrize(
    ("experiment", "column", "change", "figure"),
    [
        (STRAIGHT, "odom_x", 0.02, "odometry_error_m"),
        (STRAIGHT, "truth_y", 0.02, "truth_sideways_error_m"),
        (STRAIGHT, "truth_yaw", 0.03, "truth_yaw_error_rad"),
        (TURN, "odom_yaw", 0.05, "odometry_yaw_error_rad"),
        (TURN, "truth_x", 0.05, "truth_error_m"),
        (BLOCKED, "truth_x", 0.05, "blocked_error_m"),
        (BLOCKED, "truth_yaw", 0.07, "blocked"),
    ],
)
def test_each_figure_of_a_drive_has_its_tolerance(made, experiment, column, change, figure):
    world, robot, _ = made
    ours = drive(world, robot, experiment)
    theirs = recorded({"rows": np.column_stack([ours[name] for name in COLUMNS])}, COLUMNS)
    assert compare_drive(ours, theirs, experiment).ok
    ours[column] = ours[column].copy()
    ours[column][-1] += change
    failures = compare_drive(ours, theirs, experiment).failures
    assert any(failure.startswith(figure) for failure in failures), failures


def test_a_wrong_imu_is_found(made):
    world, robot, recording = made
    ours = drive(world, robot, TURN)
    experiment = json.loads(json.dumps(recording["experiments"]["turn"]))
    assert compare_drive(ours, recorded(experiment, COLUMNS), experiment).ok
    ours["imu_wz"] = ours["imu_wz"] * 1.1
    failures = compare_drive(ours, recorded(experiment, COLUMNS), experiment).failures
    assert [failure.split(" is ")[0] for failure in failures] == ["imu_turn_rate_relative_error"]


def test_a_scan_of_another_place_is_found(tmp_path, made, capsys):
    false = json.loads(json.dumps({**made[2], "experiments": {}, "variants": {}}))
    false["sensors"]["poses"]["pose"]["start_pose_xy_yaw"] = [0.3, 0, 0]
    status, report = run(tmp_path, false)
    assert status == 1
    failures = report["experiments"]["pose"]["failures"]
    assert [failure.split(" is ")[0] for failure in failures] == ["lidar_median_error_m", "lidar_share_within_5_cm"]


def test_a_scan_of_edges_alone_is_no_agreement(tmp_path, made, capsys):
    bare = json.loads(json.dumps({**made[2], "experiments": {}, "variants": {}}))
    ranges = bare["sensors"]["poses"]["pose"]["scan"]["ranges"]
    bare["sensors"]["poses"]["pose"]["scan"]["ranges"] = [r if i == 90 else None for i, r in enumerate(ranges)]
    status, report = run(tmp_path, bare)
    assert status == 1
    assert "no distance can be compared" in report["experiments"]["pose"]["failures"][-1]
