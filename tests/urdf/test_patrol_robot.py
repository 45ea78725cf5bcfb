# SPDX-License-Identifier: Apache-2.0
"""The patrol robot's description: one tree, the promised frames and heights, stable, topics under its namespace."""

from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import xacro

FILE = Path(__file__).resolve().parents[2] / "urdf" / "patrol_robot.urdf.xacro"
FRAMES = {"base_footprint", "base_link", "laser_link", "imu_link", "camera_link", "camera_optical_frame", "bumper_link"}


def expand(**arguments: str) -> ET.Element:
    return ET.fromstring(xacro.process_file(str(FILE), mappings=arguments).toxml())


def places(robot: ET.Element) -> dict[str, np.ndarray]:
    """Place of every link in base_footprint with the wheels at zero (turns only occur at leaves)."""
    found = {"base_footprint": np.zeros(3)}
    joints = robot.findall("joint")
    while len(found) < len(robot.findall("link")):
        before = len(found)
        for joint in joints:
            parent, name = joint.find("parent"), joint.find("child")
            assert parent is not None and name is not None
            if parent.get("link") in found and name.get("link") not in found:
                origin = joint.find("origin")
                shift = np.array(
                    [float(n) for n in (origin.get("xyz", "0 0 0") if origin is not None else "0 0 0").split()]
                )
                found[name.get("link", "")] = found[parent.get("link", "")] + shift
        assert len(found) > before, "links that hang on nothing"
    return found


def test_one_tree_with_the_promised_frames() -> None:
    robot = expand()
    where = places(robot)
    assert set(where) >= FRAMES
    assert len(robot.findall("joint")) == len(robot.findall("link")) - 1
    assert where["camera_link"][2] == pytest.approx(1.35)
    assert where["laser_link"][2] == pytest.approx(0.25)
    assert where["left_wheel"][1] == -where["right_wheel"][1] > 0


def test_nothing_crosses_the_plane_of_the_scan() -> None:
    robot = expand()
    where = places(robot)
    scan = where["laser_link"][2]
    for link in robot.findall("link"):
        for collision in link.findall("collision"):
            origin, shape = collision.find("origin"), collision.find("geometry")
            assert shape is not None
            z = where[link.get("name", "")][2] + float(
                (origin.get("xyz", "0 0 0") if origin is not None else "0 0 0").split()[2]
            )
            if (box := shape.find("box")) is not None:
                half = float(box.get("size", "").split()[2]) / 2
            elif (cylinder := shape.find("cylinder")) is not None:
                half = float(cylinder.get("length", "")) / 2
            else:
                sphere = shape.find("sphere")
                assert sphere is not None
                half = float(sphere.get("radius", ""))
            assert abs(z - scan) > half, link.get("name")


def test_braking_at_the_limit_does_not_tip_it() -> None:
    robot = expand()
    where = places(robot)
    masses, centres = [], []
    for link in robot.findall("link"):
        if (inertial := link.find("inertial")) is not None:
            mass, origin = inertial.find("mass"), inertial.find("origin")
            assert mass is not None
            masses.append(float(mass.get("value", "")))
            shift = [float(n) for n in (origin.get("xyz", "0 0 0") if origin is not None else "0 0 0").split()]
            centres.append(where[link.get("name", "")] + shift)
    centre = np.average(centres, axis=0, weights=masses)
    rear = where["rear_caster_link"][0]
    # Moments about the axle and about the caster, each with a factor of two in hand at 1 m/s2.
    assert -centre[0] * 9.8 > 2 * centre[2] * 1.0
    assert (centre[0] - rear) * 9.8 > 2 * centre[2] * 1.0
    assert centre[1] == pytest.approx(0.0)


@pytest.mark.parametrize("namespace", ["patrol1", "north_wing"])
def test_every_topic_carries_the_namespace(namespace: str) -> None:
    robot = expand(namespace=namespace)
    topics = [e.text or "" for g in robot.findall("gazebo") for e in g.iter() if e.tag.endswith("topic")]
    assert len(topics) >= 10
    assert all(topic.startswith(f"{namespace}/") for topic in topics)
    sensors = [sensor for g in robot.findall("gazebo") for sensor in g.findall("sensor")]
    assert {sensor.get("type") for sensor in sensors} == {"camera", "gpu_lidar", "imu", "contact"}


def test_the_camera_follows_its_arguments() -> None:
    robot = expand(camera_rate="12", camera_width="1280", camera_height="720")
    camera = next(s for g in robot.findall("gazebo") for s in g.findall("sensor") if s.get("type") == "camera")
    assert [camera.findtext(p) for p in ("update_rate", "camera/image/width", "camera/image/height")] == [
        "12",
        "1280",
        "720",
    ]


def test_bare_robot_has_no_simulator_blocks() -> None:
    assert expand(sim="none").find("gazebo") is None
