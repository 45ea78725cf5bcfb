# SPDX-License-Identifier: Apache-2.0
"""A small world and robot of the tests' own: a floor, one wall at x = 2, a robot of 0.2 m half length."""

from pathlib import Path

WORLD = """<?xml version="1.0"?>
<sdf version="1.9">
  <world name="small">
    <physics name="p" type="ignored"><max_step_size>0.002</max_step_size></physics>
    <gravity>0 0 -9.8</gravity>
    <model name="floor"><static>true</static><link name="link">
      <collision name="c"><geometry><plane><normal>0 0 1</normal><size>20 20</size></plane></geometry></collision>
      <visual name="v"><geometry><plane><normal>0 0 1</normal><size>20 20</size></plane></geometry></visual>
    </link></model>
    <model name="wall"><static>true</static><pose relative_to="corner">0 0 0.5 0 0 0</pose><link name="link">
      <collision name="c"><geometry><box><size>0.2 8 1</size></box></geometry></collision>
      <visual name="v"><geometry><box><size>0.2 8 1</size></box></geometry>
        <material><diffuse>0.8 0.1 0.1 1</diffuse></material></visual>
    </link></model>
    <frame name="corner"><pose>2.1 0 0 0 0 0</pose></frame>
    <!-- more -->
  </world>
</sdf>
"""

ROBOT = """<?xml version="1.0"?>
<robot name="small">
  <link name="base">
    <inertial><origin xyz="-0.05 0 0.1"/><mass value="6"/>
      <inertia ixx="0.05" iyy="0.08" izz="0.1" ixy="0" ixz="0" iyz="0"/></inertial>
    <collision><origin xyz="0 0 0.12"/><geometry><box size="0.4 0.3 0.1"/></geometry></collision>
    <collision><origin xyz="-0.15 0 0.03"/><geometry><sphere radius="0.03"/></geometry></collision>
  </link>
  WHEELS
  <link name="laser"/>
  <joint name="laser_joint" type="fixed"><parent link="base"/><child link="laser"/><origin xyz="0 0 0.3"/></joint>
  <gazebo reference="base"><mu1>0.001</mu1><mu2>0.001</mu2></gazebo>
  <gazebo><plugin filename="gz-sim-diff-drive-system" name="gz::sim::systems::DiffDrive">
    <left_joint>left_joint</left_joint><right_joint>right_joint</right_joint>
    <wheel_separation>0.3</wheel_separation><wheel_radius>0.1</wheel_radius>
    <max_linear_acceleration>1</max_linear_acceleration><min_linear_acceleration>-1</min_linear_acceleration>
    <max_angular_acceleration>2</max_angular_acceleration><min_angular_acceleration>-2</min_angular_acceleration>
  </plugin></gazebo>
  <gazebo reference="laser">
    <sensor name="lidar" type="gpu_lidar"><update_rate>10</update_rate><lidar>
      <scan><horizontal><samples>5</samples><min_angle>-3.14159265</min_angle><max_angle>3.14159265</max_angle>
      </horizontal></scan><range><min>0.1</min><max>10</max></range></lidar></sensor>
  </gazebo><gazebo reference="base">
    <sensor name="imu" type="imu"><update_rate>100</update_rate></sensor>
  </gazebo>
</robot>
"""

_WHEEL = """<link name="SIDE_wheel">
    <inertial><mass value="0.5"/><inertia ixx="0.001" iyy="0.002" izz="0.001" ixy="0" ixz="0" iyz="0"/></inertial>
    <collision><geometry><sphere radius="0.1"/></geometry></collision></link>
  <joint name="SIDE_joint" type="continuous"><parent link="base"/><child link="SIDE_wheel"/>
    <origin xyz="0 Y 0.1"/><axis xyz="0 1 0"/></joint>
"""
ROBOT = ROBOT.replace(
    "WHEELS",
    "".join(_WHEEL.replace("SIDE", side).replace("Y", y) for side, y in (("left", "0.15"), ("right", "-0.15"))),
)


def write_world(folder: Path, more: str = "") -> Path:
    """Write the world, with `more` elements in it."""
    path = folder / "small.sdf"
    path.write_text(WORLD.replace("<!-- more -->", more))
    return path


def write_robot(folder: Path, old: str = "", new: str = "") -> Path:
    """Write the robot, with `old` replaced by `new`."""
    path = folder / "small.urdf"
    path.write_text(ROBOT.replace(old, new) if old else ROBOT)
    return path
