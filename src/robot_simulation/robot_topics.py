# SPDX-License-Identifier: Apache-2.0
"""The topics of one simulated robot, with Gazebo's names and types below the robot's namespace."""

from __future__ import annotations

import array
from collections.abc import Sequence

from geometry_msgs.msg import Quaternion, TransformStamped, TwistStamped
from nav_msgs.msg import Odometry as OdometryMessage
from rclpy.node import Node
from ronda.msg import DriveState
from sensor_msgs.msg import BatteryState, JointState, LaserScan
from sensor_msgs.msg import Imu as ImuMessage
from std_msgs.msg import Bool, Header, UInt32
from tf2_msgs.msg import TFMessage

from robot_simulation.camera import Renderer
from robot_simulation.camera_topics import CameraTopics
from robot_simulation.imu import Imu
from robot_simulation.lidar import Lidar
from robot_simulation.schedule import Rate
from robot_simulation.simulator import SimulatedRobot, Simulator
from ronda_core import qos
from ronda_core.se2 import SE2, yaw_to_quaternion
from ronda_core.stamps import from_seconds

STATE_RATE, BUMPER_RATE, BATTERY_RATE, TRUTH_RATE = 10.0, 50.0, 1.0, 20.0


class RobotTopics:
    """Publishes what a robot senses when it is due, and takes its commands."""

    def __init__(self, node: Node, simulator: Simulator, robot: SimulatedRobot, camera_rate: float, seed: int) -> None:
        self._simulator, self._robot, self._node = simulator, robot, node
        self._command: tuple[float, float] | None = None
        self._contacts = -1
        node.create_subscription(TwistStamped, "cmd_vel", self._on_command, qos.COMMAND)
        blocks = robot.spawn.robot.blocks
        self._odom = node.create_publisher(OdometryMessage, "odom", qos.SENSOR)
        self._truth = node.create_publisher(OdometryMessage, "ground_truth", qos.SENSOR)
        self._touches = node.create_publisher(UInt32, "ground_truth/contacts", qos.STATE)
        self._tf = node.create_publisher(TFMessage, "/tf", qos.TF)
        self._joints = node.create_publisher(JointState, "joint_states", qos.SENSOR)
        self._battery = node.create_publisher(BatteryState, "battery_state", qos.SENSOR)
        self._bumper = node.create_publisher(Bool, "bumper", qos.SENSOR)
        self._drive_state = node.create_publisher(DriveState, "drive_state", qos.STATE)
        self._scan = node.create_publisher(LaserScan, "scan", qos.SENSOR)
        self._imu = node.create_publisher(ImuMessage, "imu", qos.SENSOR)
        self._lidars = [(Rate(lidar.block.rate), lidar) for lidar in robot.lidars]
        self._imus = [(Rate(imu.block.rate), imu) for imu in robot.imus]
        self._cameras = []
        for name, block in robot.cameras:
            # Gazebo's topics carry the namespace that the node adds here.
            folder = block.topic.split("/")[-2] if "/" in block.topic else "camera"
            topics = {"topic": f"{folder}/image_raw", "info_topic": f"{folder}/camera_info"}
            self._cameras.append(CameraTopics(node, name, block, **topics, rate=camera_rate, seed=seed))
        self._odom_rate = Rate(blocks.drive.odom_rate if blocks.drive else 20.0)
        self._truth_rate, self._state_rate = Rate(TRUTH_RATE), Rate(STATE_RATE)
        self._bumper_rate, self._battery_rate = Rate(BUMPER_RATE), Rate(BATTERY_RATE)

    def _on_command(self, message: TwistStamped) -> None:
        # One assignment, so that the simulation's thread sees either command whole.
        self._command = (message.twist.linear.x, message.twist.angular.z)

    def apply_command(self) -> None:
        """Hand the newest command to the drive."""
        command, self._command = self._command, None
        if command is not None:
            self._robot.command(*command)

    def publish(self, renderer: Renderer | None) -> None:
        """Publish all that is due now."""
        now = self._simulator.time
        due_imus = [imu for rate, imu in self._imus if rate.due(now)]
        due_lidars = [lidar for rate, lidar in self._lidars if rate.due(now)]
        due_cameras = [camera for camera in self._cameras if camera.due(now)]
        odom, truth, state = self._odom_rate.due(now), self._truth_rate.due(now), self._state_rate.due(now)
        bumper = self._bumper_rate.due(now)
        if due_imus or due_lidars or due_cameras or odom or truth:
            self._simulator.refresh()
        for imu in due_imus:
            self._imu.publish(self._imu_message(now, imu))
        if odom:
            self._publish_odometry(now)
        for lidar in due_lidars:
            self._scan.publish(self._scan_message(now, lidar))
        if truth:
            self._publish_truth(now)
        if bumper:
            self._publish_bumper()
        if state:
            self._publish_drive_state(now)
        if self._battery_rate.due(now):
            self._publish_battery(now)
        for camera in due_cameras:
            camera.publish(self._simulator, now, renderer)

    def _header(self, now: float, frame: str) -> Header:
        return Header(stamp=from_seconds(now), frame_id=frame)

    def _publish_odometry(self, now: float) -> None:
        odometry, drive = self._robot.odometry(), self._robot.spawn.robot.blocks.drive
        parent, child = (drive.odom_frame, drive.base_frame) if drive else ("odom", "base_footprint")
        header = self._header(now, parent)
        message = _pose_message(header, child, odometry.pose, odometry.v, odometry.w)
        # 5 cm, 0.05 rad: what a filter may expect of wheels over a few metres.
        message.pose.covariance[0] = message.pose.covariance[7] = message.pose.covariance[35] = 0.0025
        message.twist.covariance[0] = message.twist.covariance[35] = 0.0004
        self._odom.publish(message)
        transform = TransformStamped(header=header, child_frame_id=child)
        transform.transform.translation.x, transform.transform.translation.y = odometry.pose.x, odometry.pose.y
        transform.transform.rotation = _quaternion(yaw_to_quaternion(odometry.pose.yaw))
        self._tf.publish(TFMessage(transforms=[transform]))
        positions, velocities = self._robot.joints()
        self._joints.publish(
            JointState(
                header=self._header(now, ""),
                name=self._robot.joint_names,
                position=array.array("d", positions),
                velocity=array.array("d", velocities),
            )
        )

    def _publish_truth(self, now: float) -> None:
        truth = self._robot.truth()
        base = self._robot.spawn.robot.root
        message = _pose_message(self._header(now, "map"), base, SE2(truth.x, truth.y, truth.yaw), truth.vx, truth.w)
        message.pose.pose.position.z = truth.z
        message.twist.twist.linear.y = truth.vy
        self._truth.publish(message)
        count = self._robot.contacts.count
        if count != self._contacts:
            if count > 0:
                self._node.get_logger().warning(f"robot touches '{self._robot.contacts.newest}' (contact {count})")
            self._contacts = count
            self._touches.publish(UInt32(data=count))

    def _publish_bumper(self) -> None:
        self._bumper.publish(Bool(data=self._robot.bumper_pressed()))

    def _publish_drive_state(self, now: float) -> None:
        drive = self._robot.drive
        if drive is None:
            return
        left, right = self._robot.rim_speeds()
        self._drive_state.publish(
            DriveState(
                header=self._header(now, self._robot.spawn.robot.root),
                state=DriveState.WATCHDOG if drive.timed_out(now) else DriveState.ARMED,
                bumper=self._robot.bumper_pressed(),
                left_speed=left,
                right_speed=right,
                left_current=float("nan"),
                right_current=float("nan"),
                motor_temperature=float("nan"),
                command_age=drive.command_age(now),
            )
        )

    def _publish_battery(self, now: float) -> None:
        reading = self._robot.battery()
        if reading is None:
            return
        block = self._robot.spawn.robot.blocks.battery
        self._battery.publish(
            BatteryState(
                header=self._header(now, ""),
                voltage=reading.voltage,
                temperature=float("nan"),
                current=-reading.current,
                charge=reading.charge,
                capacity=block.capacity if block else float("nan"),
                design_capacity=block.capacity if block else float("nan"),
                percentage=reading.share,
                power_supply_status=BatteryState.POWER_SUPPLY_STATUS_DISCHARGING,
                power_supply_technology=BatteryState.POWER_SUPPLY_TECHNOLOGY_LION,
                present=True,
            )
        )

    def _scan_message(self, now: float, lidar: Lidar) -> LaserScan:
        block = lidar.block
        return LaserScan(
            header=self._header(now, block.frame),
            angle_min=block.min_angle,
            angle_max=block.max_angle,
            angle_increment=lidar.angle_step,
            scan_time=1.0 / block.rate,
            range_min=block.min_range,
            range_max=block.max_range,
            ranges=array.array("f", lidar.scan(self._simulator.data)),
        )

    def _imu_message(self, now: float, imu: Imu) -> ImuMessage:
        reading = imu.read(self._simulator.data)
        message = ImuMessage(header=self._header(now, imu.block.frame), orientation=_quaternion(reading.orientation))
        rate, acceleration = message.angular_velocity, message.linear_acceleration
        rate.x, rate.y, rate.z = reading.angular_velocity
        acceleration.x, acceleration.y, acceleration.z = reading.acceleration
        return message


def _quaternion(parts: Sequence[float]) -> Quaternion:
    x, y, z, w = parts
    return Quaternion(x=x, y=y, z=z, w=w)


def _pose_message(header: Header, child: str, pose: SE2, v: float, w: float) -> OdometryMessage:
    message = OdometryMessage(header=header, child_frame_id=child)
    message.pose.pose.position.x, message.pose.pose.position.y = pose.x, pose.y
    message.pose.pose.orientation = _quaternion(yaw_to_quaternion(pose.yaw))
    message.twist.twist.linear.x, message.twist.twist.angular.z = v, w
    return message
