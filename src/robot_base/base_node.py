# SPDX-License-Identifier: Apache-2.0
"""Node `base`: the hardware at the end of the serial line as a ROS lifecycle node."""

import sys
import threading
import time
from functools import partial
from typing import Any

from geometry_msgs.msg import TwistStamped
from nav_msgs.msg import Odometry as OdometryMessage
from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from ronda.msg import BarrierState, DriveState, RelayState
from ronda.srv import CommandBarrier, SwitchRelay
from sensor_msgs.msg import BatteryState, Imu, JointState
from std_srvs.srv import Trigger

from robot_base import base_messages
from robot_base.drive_runner import DriveRunner
from robot_base.drivers.framed import FramedPort
from robot_base.drivers.ports import DrivePort, DriveReading
from robot_base.drivers.registry import drive_port
from robot_base.errors import BaseError, LinkError
from robot_base.kinematics import DifferentialDrive
from robot_base.odometry import Odometry, SlipDetector
from robot_base.port_runner import LinkReport
from robot_base.serial_line import find_device
from robot_base.velocity import STOP, Velocity
from ronda_core import diagnostics, parameters, qos
from ronda_core.node_main import run_node
from ronda_core.ros_transforms import TransformBroadcaster
from ronda_core.stamps import to_seconds

_OK, _FAILED = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.FAILURE
_OLD_STAMP = 0.5  # s


class BaseNode(LifecycleNode):
    """cmd_vel to wheels and readings to topics; the line is served by the runner's thread."""

    def __init__(self) -> None:
        super().__init__("base")
        self._values = values = parameters.declare(self, parameters.load_spec("robot_base", "base"))
        self._drive = DifferentialDrive(values["wheel_radius"], values["wheel_separation"], values["max_wheel_speed"])
        self._odometry = Odometry(self._drive)
        self._slip = SlipDetector()
        self._yaw_rate = float("nan")
        self._slipping = False
        self._lock = threading.Lock()
        self._reading: DriveReading | None = None
        self._fresh = False
        self._port: DrivePort | None = None
        self._runner: DriveRunner | None = None
        self._active = self._arm_again = False
        self._link = LinkReport(False, "not configured")
        self._health = diagnostics.NodeHealth(self)
        self._outputs: dict[str, Any] = {
            "odom": self.create_publisher(OdometryMessage, "odom", qos.SENSOR),
            "joints": self.create_publisher(JointState, "joint_states", qos.SENSOR),
            "battery": self.create_publisher(BatteryState, "battery_state", qos.STATE),
            "drive": self.create_publisher(DriveState, "drive_state", qos.STATE),
            "relays": self.create_publisher(RelayState, "relays", qos.STATE),
            "barrier": self.create_publisher(BarrierState, "barrier/state", qos.STATE),
        }
        self._tf = TransformBroadcaster(self)
        self.create_subscription(TwistStamped, "cmd_vel", self._take_command, qos.COMMAND)
        self.create_subscription(Imu, "imu", self._take_imu, qos.SENSOR)
        for name in ("arm", "disarm", "clear_fault"):
            self.create_service(Trigger, f"~/{name}", partial(self._trigger, name))
        self.create_service(SwitchRelay, "switch_relay", self._switch_relay)
        self.create_service(CommandBarrier, "command_barrier", self._command_barrier)
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(0.02, self._publish_motion, clock=steady)
        self.create_timer(0.1, self._publish_state, clock=steady)
        if values["autostart"]:
            self._await_device(values["device_timeout"])
            self._configure()
            self.trigger_configure()
            self.trigger_activate()

    # Lifecycle

    def _configure(self) -> None:
        """Open the line and start serving it. Raises BaseError."""
        if self._runner is not None:
            return
        self._port = drive_port(self._values)
        runner = DriveRunner(
            self._port,
            self._drive,
            self._take_reading,
            self._take_link,
            command_timeout=self._values["command_timeout"],
        )
        runner.start()
        self._runner = runner

    def _await_device(self, seconds: float) -> None:
        """Give the device file so long to appear; who comes too early would end with "there is no device"."""
        end = time.monotonic() + seconds
        pause = threading.Event()
        while time.monotonic() < end:
            try:
                find_device(self._values["device"])
                return
            except LinkError:
                pause.wait(0.1)

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Open the device; a failure says why and leaves the node unconfigured."""
        try:
            self._configure()
        except BaseError as error:
            self.get_logger().error(error.describe())
            self._health.set(diagnostics.ERROR, str(error))
            return _FAILED
        return super().on_configure(state)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """From now on commands pass; the drive still wants to be armed."""
        self._active = True
        if self._values["arm_on_activate"]:
            done = self._trigger("arm", Trigger.Request(), Trigger.Response())
            self.get_logger().info(f"arm: {done.message}")
        return super().on_activate(state)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Commands no longer pass and the drive is disarmed."""
        self._active = False
        self._trigger("disarm", Trigger.Request(), Trigger.Response())
        return super().on_deactivate(state)

    def on_cleanup(self, _state: LifecycleState) -> TransitionCallbackReturn:
        """Leave the device."""
        self.close()
        return _OK

    def on_shutdown(self, _state: LifecycleState) -> TransitionCallbackReturn:
        """Leave the device."""
        self.close()
        return _OK

    def close(self) -> None:
        """Stop the wheels and leave the line."""
        self._active = False
        if self._runner is not None:
            self._runner.stop()
            self._runner = None

    # From the line (runner's thread)

    def _take_reading(self, reading: DriveReading, at: float) -> None:
        with self._lock:
            self._slipping = self._slip.update(self._odometry.twist.angular, self._yaw_rate, at)
            ticks = (reading.left_ticks, reading.right_ticks)
            self._odometry.update(*ticks, reading.ticks_per_metre, at, slipping=self._slipping)
            measured = self._drive.velocity(reading.left_speed, reading.right_speed)
            if measured.is_finite:
                # By the device's own clock, which is that of the wheels, in simulation too.
                self._odometry.twist = measured
            self._reading, self._fresh = reading, True

    def _take_link(self, report: LinkReport) -> None:
        with self._lock:
            changed, self._link = report.up != self._link.up, report
            if not report.up:
                self._reading = None
            self._odometry.restart_counters()
        if not changed:
            return
        if report.up:
            self._arm_again = bool(self._values["arm_on_reconnection"])
            self.get_logger().info(f"connected: {report.text}")
        else:
            self.get_logger().error(report.text)

    # From ROS

    def _take_command(self, message: TwistStamped) -> None:
        stamp = to_seconds(message.header.stamp)
        age = self.get_clock().now().nanoseconds * 1e-9 - stamp
        if not self._active or self._runner is None or (stamp != 0 and age > _OLD_STAMP):
            return
        velocity = Velocity(message.twist.linear.x, message.twist.angular.z)
        if self._drive.is_absurd(velocity):
            asked = f"{velocity.linear:g} m/s and {velocity.angular:g} rad/s"
            self.get_logger().error(f"cmd_vel asks for {asked}: stopping", throttle_duration_sec=5.0)
            velocity = STOP
        # What waited on the way is that much nearer to its end.
        self._runner.command(velocity, age if stamp != 0 else 0.0)

    def _take_imu(self, message: Imu) -> None:
        self._yaw_rate = message.angular_velocity.z

    def _trigger(self, name: str, _request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        response.success, response.message = self._call(name)
        return response

    def _call(self, name: str, *arguments: Any) -> tuple[bool, str]:
        """Have the port do something on the runner's thread: success, and what to tell."""
        if self._runner is None or (not self._active and name == "arm"):
            return False, "the base is not active"
        try:
            self._runner.call(lambda: getattr(self._port, name)(*arguments))
        except BaseError as error:
            return False, str(error)
        return True, "done"

    def _switch_relay(self, request: SwitchRelay.Request, response: SwitchRelay.Response) -> SwitchRelay.Response:
        names = self._values["relays"]
        if request.name not in names:
            response.message = f"no relay '{request.name}'; there are: {', '.join(names) or 'none'}"
            return response
        who = request.requested_by or "unnamed"
        self.get_logger().info(f"{who} switches {request.name} {'on' if request.closed else 'off'}: {request.reason}")
        response.accepted, response.message = self._call("switch", names.index(request.name), request.closed)
        return response

    def _command_barrier(
        self, request: CommandBarrier.Request, response: CommandBarrier.Response
    ) -> CommandBarrier.Response:
        calls = {request.OPEN: "open_barrier", request.CLOSE: "close_barrier", request.STOP: "stop_barrier"}
        name = self._values["barrier_id"]
        if not name or request.barrier_id not in ("", name):
            response.message = f"no barrier '{request.barrier_id}' here; there is: {name or 'none'}"
        elif request.command not in calls:
            response.message = f"unknown command {request.command}"
        else:
            self.get_logger().info(f"{request.requested_by or 'unnamed'}: {calls[request.command]}: {request.reason}")
            response.accepted, response.message = self._call(calls[request.command])
        return response

    # To ROS

    def _publish_motion(self) -> None:
        if not self._active:
            return
        stamp = self.get_clock().now().to_msg()
        with self._lock:
            reading, fresh, self._fresh = self._reading, self._fresh, False
            if reading is None or not fresh:
                return  # odometry of a lost link would claim that the robot stands
            message = base_messages.odometry(
                self._odometry, stamp, self._values["odom_frame"], self._values["base_frame"]
            )
            joints = base_messages.joint_state(self._odometry, reading, self._drive.wheel_radius, stamp)
        self._outputs["odom"].publish(message)
        self._outputs["joints"].publish(joints)
        if self._values["publish_tf"]:
            self._tf.send([base_messages.odometry_transform(message)])

    def _publish_state(self) -> None:
        if self._arm_again and self._active:
            self._arm_again = not self._call("arm")[0]
        stamp = self.get_clock().now().to_msg()
        with self._lock:
            reading, link, slipping = self._reading, self._link, self._slipping
        self._outputs["drive"].publish(base_messages.drive_state(reading, stamp))
        if reading is not None:
            empty, full = self._values["battery_empty"], self._values["battery_full"]
            self._outputs["battery"].publish(base_messages.battery(reading, empty, full, stamp))
        self._publish_switches(reading is not None, stamp)
        if not link.up:
            self._health.set(diagnostics.ERROR, link.text, losses=link.losses)
        elif slipping:
            self._health.set(diagnostics.WARN, "the wheels slip", losses=link.losses)
        else:
            self._health.set(diagnostics.OK, link.text, losses=link.losses)

    def _publish_switches(self, up: bool, stamp: Any) -> None:
        port = self._port
        if not isinstance(port, FramedPort):
            return
        if self._values["barrier_id"]:
            reading = port.last_barrier() if up else None
            self._outputs["barrier"].publish(base_messages.barrier_state(self._values["barrier_id"], reading, stamp))
        if self._values["relays"] and up:
            names = self._values["relays"]
            message = RelayState(names=names, closed=port.last_relays()[: len(names)])
            message.header.stamp = stamp
            self._outputs["relays"].publish(message)


def main() -> None:
    """Run the node."""
    sys.exit(run_node(BaseNode))


if __name__ == "__main__":
    main()
