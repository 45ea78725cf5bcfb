# SPDX-License-Identifier: Apache-2.0
import math

import pytest
from tests.robot_simulation.small_world import ROBOT, write_robot

from robot_simulation.errors import DescriptionError
from robot_simulation.gazebo_blocks import Limits, Noise
from robot_simulation.urdf_reader import read_robot

SENSOR = '<gazebo reference="laser">'
DRIVE = "<wheel_separation>0.3</wheel_separation>"


def sensor(kind, content=""):
    return f'{SENSOR}<sensor name="more" type="{kind}">{content}</sensor>'


def test_limits_of_one_kind_go_before_those_of_both(tmp_path):
    drive = read_robot(write_robot(tmp_path, DRIVE, DRIVE + "<max_velocity>0.5</max_velocity>")).blocks.drive
    assert drive.linear == Limits(-math.inf, 0.5, -1.0, 1.0)
    assert drive.angular == Limits(-math.inf, 0.5, -2.0, 2.0)


def test_reads_camera_bumper_and_battery(tmp_path):
    more = (
        '<gazebo><plugin filename="x" name="gz::sim::systems::LinearBatteryPlugin"><capacity>5</capacity>'
        "<voltage>24</voltage><power_load>3</power_load></plugin></gazebo>"
        + sensor("contact", "<contact><collision>base_collision</collision></contact><update_rate>50</update_rate>")
        + "</gazebo>"
        + sensor(
            "camera",
            "<update_rate>5</update_rate><camera><horizontal_fov>1</horizontal_fov><image><width>64</width>"
            "<height>48</height></image><noise><type>none</type><stddev>9</stddev></noise></camera>",
        )
    )
    blocks = read_robot(write_robot(tmp_path, SENSOR, more)).blocks
    camera = blocks.cameras[0]
    assert (camera.link, camera.rate, camera.width, camera.height, camera.hfov) == ("laser", 5.0, 64, 48, 1.0)
    assert camera.noise == Noise()
    assert (blocks.bumpers[0].collision, blocks.bumpers[0].rate) == ("base_collision", 50.0)
    assert (blocks.battery.capacity, blocks.battery.initial_charge, blocks.battery.constant_voltage) == (5.0, 5.0, 24.0)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<right_joint>right_joint</right_joint>", "", "lacks <right_joint>"),
        ("<right_joint>right_joint<", "<right_joint>right_jiont<", "'right_jiont' .* did you mean 'right_joint'"),
        ("<right_joint>right_joint<", "<right_joint>laser_joint<", "right_joint 'laser_joint' is fixed"),
        ("<wheel_radius>0.1<", "<wheel_radius>0<", "a wheel_radius of 0.0 m"),
        (DRIVE, "<wheel_separation>wide</wheel_separation>", "'wide' is not 1 numbers"),
        ('<gazebo reference="laser">', '<gazebo reference="lasr">', "unknown link 'lasr', did you mean 'laser'"),
        ('<gazebo reference="laser">', "<gazebo>", "<sensor>: sits on '', which is no link"),
        ('<gazebo reference="laser">', '<gazebo reference="laser_joint">', "sits on 'laser_joint', which is no link"),
        ("<samples>5<", "<samples>0<", "at least one sample"),
        ("<update_rate>10<", "<update_rate>0<", "an update_rate of 0.0 Hz"),
        (SENSOR, sensor("camera"), "lacks <camera>"),
        (SENSOR, sensor("camera", "<camera><lens/></camera>"), "unknown element <lens>"),
        (SENSOR, sensor("imu", "<imu><angular_velocity><x><noise type='pink'/></x></angular_velocity></imu>"),
         "unknown noise 'pink'"),
        (SENSOR, '<gazebo><plugin name="LinearBatteryPlugin"><capacity>0</capacity></plugin></gazebo>' + SENSOR,
         "a capacity of 0.0 Ah"),
    ],
)  # fmt: skip
def test_refuses_a_block_with_file_and_line(tmp_path, old, new, message):
    assert ROBOT.count(old) == 1
    with pytest.raises(DescriptionError, match=message) as caught:
        read_robot(write_robot(tmp_path, old, new))
    assert "small.urdf:" in str(caught.value)
