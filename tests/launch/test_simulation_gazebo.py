# SPDX-License-Identifier: Apache-2.0
"""What `sim:=gazebo` would start. Gazebo's packages are in no registry: empty programs of their names stand in."""

import os
from pathlib import Path

import pytest
import yaml

from ronda_cli.launchfile.evaluation import evaluate_file
from ronda_cli.launchfile.plan import LaunchPlan, ParameterText, ProcessPlan
from ronda_core.paths import share_dir

GAZEBO = {"ros_gz_sim": "create", "ros_gz_bridge": "parameter_bridge", "image_transport": "republish"}


@pytest.fixture
def plan(tmp_path: Path):
    """Evaluate launch/simulation.launch.xml, or another file of the folder, with these arguments."""
    for package, program in GAZEBO.items():
        for file in (
            tmp_path / "share/ament_index/resource_index/packages" / package,
            tmp_path / "lib" / package / program,
        ):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(0o755)
    prefixes = os.pathsep.join((str(tmp_path), str(share_dir().parents[1])))

    def evaluate(launch: str = "simulation", **arguments: str) -> LaunchPlan:
        environment = {**os.environ, "AMENT_PREFIX_PATH": prefixes}
        return evaluate_file(
            share_dir() / "launch" / f"{launch}.launch.xml", {"sim": "gazebo", **arguments}, environment
        )

    return evaluate


def named(plan: LaunchPlan, name: str) -> ProcessPlan:
    (found,) = (process for process in plan.processes if process.node_name == name)
    return found


def parameters(process: ProcessPlan) -> dict[str, object]:
    """The parameters that a process gets as files."""
    merged: dict[str, object] = {}
    for part in process.command:
        if isinstance(part, ParameterText):
            for node in yaml.safe_load(part.content).values():
                merged |= node["ros__parameters"]
    return merged


def test_starts_gazebo_the_robot_and_the_bridges_and_nothing_of_the_embedded_simulator(plan) -> None:
    started = plan(namespace="r7", x="1.5", y="-2.0", yaw="0.5", world="/w/hall.sdf")
    assert not started.warnings
    gazebo = started.processes[0]
    assert gazebo.command == ("gz", "sim", "-r", "-s", "--headless-rendering", "/w/hall.sdf")
    assert [process.node_name for process in started.processes[1:]] == [
        "/r7/spawn", "/r7/gazebo_bridge", "/r7/battery_bridge", "/r7/camera_compressor", "/r7/bumper_contact",
    ]  # fmt: skip
    spawn = " ".join(str(part) for part in named(started, "/r7/spawn").command)
    assert "-topic robot_description -name r7 -x 1.5 -y -2.0 -z 0.0 -Y 0.5" in spawn


def test_the_bridge_gets_its_file_and_everybody_simulated_time(plan) -> None:
    started = plan(namespace="r7")
    bridge = parameters(named(started, "/r7/gazebo_bridge"))
    assert Path(str(bridge["config_file"])).samefile(share_dir() / "config" / "gazebo_bridge.yaml")
    assert bridge["expand_gz_topic_names"] is True
    for name in ("gazebo_bridge", "bumper_contact"):
        assert parameters(named(started, f"/r7/{name}"))["use_sim_time"] is True


def test_topics_that_are_named_otherwise_are_remapped(plan) -> None:
    started = plan(namespace="r7")
    battery = named(started, "/r7/battery_bridge").command
    assert "/model/r7/battery/main/state@sensor_msgs/msg/BatteryState[gz.msgs.BatteryState" in battery
    assert "/model/r7/battery/main/state:=battery_state" in battery
    camera = named(started, "/r7/camera_compressor").command
    assert {"in:=camera/image_raw", "out/compressed:=camera/image_raw/compressed"} <= set(camera)


def test_a_window_is_opened_when_it_is_asked_for(plan) -> None:
    shown = plan(headless="false", world="/w/hall.sdf")
    assert shown.processes[0].command == ("gz", "sim", "-r", "/w/hall.sdf")


def test_the_garage_gets_its_gates_and_the_plate_camera_bridged_and_no_drivers(plan) -> None:
    started = plan("garage_simulation", namespace="r7")
    # Outside of all namespaces a file does not fix a node's full name.
    bare = {word for process in started.processes if process.node_name is None for word in process.command}
    assert "__node:=garage_bridge" in bare
    assert "__node:=traffic" not in bare, "nothing tells drivers in Gazebo where the cars are"
    (gates,) = (process for process in started.processes if "__node:=garage_bridge" in process.command)
    for bridge, file in ((gates, "garage"), (named(started, "/r7/plates_bridge"), "plates")):
        config = Path(str(parameters(bridge)["config_file"]))
        assert config.samefile(share_dir() / "config" / f"gazebo_bridge_{file}.yaml")
    assert parameters(named(started, "/r7/plates_bridge"))["expand_gz_topic_names"] is True
    for gate in ("gate_in", "gate_out"):
        assert named(started, f"/{gate}/gate_firmware")


@pytest.mark.parametrize("launch", ["garage", "parking"])
def test_the_parking_robots_plate_camera_is_bridged_once(plan, launch) -> None:
    started = plan(launch, namespace="r7")
    assert [process.node_name for process in started.processes].count("/r7/plates_bridge") == 1
    embedded = plan(launch, namespace="r7", sim="embedded")
    assert not [process for process in embedded.processes if "bridge" in str(process.node_name)]
