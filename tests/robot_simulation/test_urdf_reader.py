# SPDX-License-Identifier: Apache-2.0
import pytest
from tests.robot_simulation.small_world import write_robot

from robot_simulation.errors import DescriptionError
from robot_simulation.urdf_reader import read_robot


def test_reads_drive_friction_and_sensors(tmp_path):
    robot = read_robot(write_robot(tmp_path))
    assert (robot.root, robot.blocks.drive.radius, robot.blocks.drive.separation) == ("base", 0.1, 0.3)
    assert robot.blocks.friction == {"base": 0.001}
    assert [lidar.samples for lidar in robot.blocks.lidars] == [5]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<left_joint>left_joint", "<left_joint>left_joit", "'left_joit' is not a joint.*did you mean 'left_joint'"),
        ("type=\"imu\"", "type=\"gps\"", "sensors of type 'gps'"),
        ("systems::DiffDrive", "systems::DifDrive", "unknown plugin 'DifDrive', did you mean 'DiffDrive'"),
        ("<wheel_radius>", "<wheel_radios>0</wheel_radios><wheel_radius>", "unknown element <wheel_radios>"),
        ("<parent link=\"base\"/>", "<parent link=\"bas\"/>", "unknown link 'bas'"),
        ("<child link=\"left_wheel\"/>", "<child link=\"right_wheel\"/>",
         "no tree: base, left_wheel hang on no joint, right_wheel on several"),
    ],
)  # fmt: skip
def test_refuses_what_it_cannot_simulate(tmp_path, old, new, message):
    with pytest.raises(DescriptionError, match=message):
        read_robot(write_robot(tmp_path, old, new))


def test_expands_xacro_with_arguments(repository):
    robot = read_robot(repository / "urdf" / "patrol_robot.urdf.xacro", {"namespace": "p", "camera_rate": "7"})
    assert robot.blocks.cameras[0].rate == 7.0
