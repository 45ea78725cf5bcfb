# SPDX-License-Identifier: Apache-2.0
"""Frames out of a description, checked against the robot's own file and against hand-made joints."""

import math
from pathlib import Path

import pytest

from robot_base.description_file import read_description
from robot_base.errors import DescriptionError
from robot_base.kinematic_tree import KinematicTree


def urdf(joint: str) -> str:
    return f'<robot name="r"><link name="a"/><link name="b"/>{joint}</robot>'


JOINT = '<joint name="j" type="{kind}"><parent link="a"/><child link="b"/>{inner}</joint>'


def test_the_patrol_robot_has_the_frames_that_the_nodes_ask_for(repository: Path) -> None:
    text = read_description(repository / "urdf" / "patrol_robot.urdf.xacro", ["namespace:=p"])
    tree = KinematicTree(text)
    poses = {transform.child: transform for transform in tree.fixed_transforms()}
    assert poses["base_link"].parent == "base_footprint"
    assert poses["laser_link"].translation[2] == pytest.approx(0.25 - 0.09)
    assert {"imu_link", "camera_link", "camera_optical_frame", "bumper_link"} <= set(poses)
    assert set(tree.moving) == {"left_wheel_joint", "right_wheel_joint"}
    x, y, z, w = poses["camera_optical_frame"].rotation
    assert (x, y, z, w) == pytest.approx((-0.5, 0.5, -0.5, 0.5))


def test_a_turning_joint_turns_about_its_axis() -> None:
    tree = KinematicTree(urdf(JOINT.format(kind="continuous", inner='<origin xyz="1 2 3"/><axis xyz="0 0 2"/>')))
    (pose,) = tree.moving_transforms({"j": math.pi / 2, "unknown": 1.0}, prefix="p/")
    assert (pose.parent, pose.child, pose.translation) == ("p/a", "p/b", (1.0, 2.0, 3.0))
    assert pose.rotation == pytest.approx((0, 0, math.sqrt(0.5), math.sqrt(0.5)))


def test_a_sliding_joint_slides_along_its_turned_axis() -> None:
    inner = f'<origin rpy="0 0 {math.pi / 2}"/><axis xyz="1 0 0"/>'
    tree = KinematicTree(urdf(JOINT.format(kind="prismatic", inner=inner)))
    (pose,) = tree.moving_transforms({"j": 0.5})
    assert pose.translation == pytest.approx((0.0, 0.5, 0.0))


def test_a_position_that_is_not_a_number_moves_no_frame() -> None:
    tree = KinematicTree(urdf(JOINT.format(kind="continuous", inner="")))
    assert tree.moving_transforms({"j": math.nan}) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<robot", "not XML"),
        ("<sdf/>", "<sdf>"),
        (urdf(JOINT.format(kind="floating", inner="")), "floating"),
        (urdf(JOINT.format(kind="fixed", inner="").replace('"b"', '"c"')), "'c'"),
        (urdf(JOINT.format(kind="fixed", inner='<origin xyz="1 2"/>')), "three numbers"),
        (urdf(JOINT.format(kind="revolute", inner='<axis xyz="0 0 0"/>')), "axis"),
        (urdf(""), "one root"),
        (urdf(JOINT.format(kind="fixed", inner="") * 2), "two joints"),
    ],
)
def test_a_wrong_description_is_refused_naming_the_place(text: str, what: str) -> None:
    with pytest.raises(DescriptionError, match=what):
        KinematicTree(text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DescriptionError, match=r"nowhere\.xacro"):
        read_description(tmp_path / "nowhere.xacro", [])
    broken = tmp_path / "broken.xacro"
    broken.write_text("<robot><xacro:nothing/></robot>")
    with pytest.raises(DescriptionError, match=r"broken\.xacro"):
        read_description(broken, [])
    with pytest.raises(DescriptionError, match="name:=value"):
        read_description(broken, ["namespace=x"])
