# SPDX-License-Identifier: Apache-2.0
"""Node `safety_gate`: the only publisher of cmd_vel. Collects inputs and publishes; `safety_gate.decide` decides."""

import contextlib
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
from geometry_msgs.msg import PoseWithCovarianceStamped, Twist, TwistStamped
from nav_msgs.msg import Odometry
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from ronda.msg import DriveState, EmergencyStop, LocalisationState, SafetyState
from sensor_msgs.msg import LaserScan
from std_msgs.msg import Bool
from std_srvs.srv import SetBool, Trigger
from tf2_msgs.msg import TFMessage

from robot_base.errors import GateMemoryError
from robot_base.gate_limits import gate_limits
from robot_base.gate_memory import GateMemory, GateRecord
from robot_base.gate_types import Drive, GateInputs, GateState, GateStatus, Instant, TimedCommand
from robot_base.keep_out_watch import KeepOutWatch
from robot_base.odometer import Odometer
from robot_base.safety_gate import decide
from robot_base.safety_zones import stopping_distance
from robot_base.scan_view import RawScan, ScanLimits, ScanMonitor, ScanView
from robot_base.stop_rules import StopCategory
from robot_base.twist_listener import TwistListener
from robot_base.velocity import STOP, Velocity
from ronda_core import diagnostics, parameters, qos
from ronda_core.errors import TransformError
from ronda_core.keep_out import load_keep_out
from ronda_core.node_main import EXIT_CRASH, EXIT_OK, run_node
from ronda_core.paths import data_dir
from ronda_core.ros_transforms import pose_from
from ronda_core.se2 import SE2
from ronda_core.stamps import to_seconds
from ronda_core.transforms import TransformBuffer

_DRIVES = {
    DriveState.LINK_DOWN: Drive.LINK_DOWN,
    DriveState.DISARMED: Drive.DISARMED,
    DriveState.ARMED: Drive.READY,
    DriveState.WATCHDOG: Drive.WATCHDOG,
    DriveState.FAULT: Drive.FAULT,
    DriveState.ESTOP: Drive.ESTOP,
}
_SOURCES = ("cmd_vel_nav", "cmd_vel_teleop")
_STATE_PERIOD = 0.5  # s
_BEFORE_RESTART = ", before the gate was started again"


class SafetyGateNode(Node):
    """Asks for a decision at a steady rate and, besides, on every scan, command and service call."""

    def __init__(self) -> None:
        super().__init__("safety_gate")
        values = parameters.declare(self, parameters.load_spec("robot_base", "safety_gate"))
        self._values = values
        self._limits = gate_limits(values)
        self._state = GateState()
        self._status: GateStatus | None = None
        self._commands: dict[str, TimedCommand] = {}
        self._scan: ScanView | None = None
        self._scan_received: Instant | None = None
        self._measured = STOP
        self._bumper = False
        self._bumper_heard: Instant | None = None
        self._memory = GateMemory(self._record_file())
        last = self._memory.recall()
        self._restarted = last is not None and last.running
        self._estop = EmergencyStop() if last is None or not last.estop else _remembered(last)
        self._remember()
        self._drive: DriveState | None = None
        self._drive_heard: Instant | None = None
        self._clock_seen = (0.0, time.monotonic())
        self._state_published = -1.0
        self._monitor = ScanMonitor(
            ScanLimits(values["max_invalid_share"], values["max_blind_width"], values["frozen_after"])
        )
        self._odometer = Odometer(self._limits.footprint.radius)
        self._transforms = TransformBuffer()
        self._keep_out = self._watch_keep_out(values["keep_out_file"])

        self._command_out = self.create_publisher(TwistStamped, "cmd_vel", qos.COMMAND)
        self._state_out = self.create_publisher(SafetyState, "safety_state", qos.STATE)
        self._estop_out = self.create_publisher(EmergencyStop, "estop", qos.STATE)
        self._health = diagnostics.NodeHealth(self)
        for topic in _SOURCES:
            self.create_subscription(TwistStamped, topic, partial(self._take_stamped, topic), qos.COMMAND)
        self._unstamped = TwistListener(self, list(_SOURCES), self._take_unstamped)
        self.create_subscription(LaserScan, "scan", self._take_scan, qos.SENSOR)
        self.create_subscription(Odometry, "odom", self._take_odometry, qos.SENSOR)
        self.create_subscription(Bool, "bumper", self._take_bumper, qos.SENSOR)
        self.create_subscription(DriveState, "drive_state", self._take_drive, qos.STATE)
        self.create_subscription(TFMessage, "/tf_static", self._take_transforms, qos.TF_STATIC)
        self.create_service(SetBool, "set_estop", self._set_estop)
        self.create_service(Trigger, "resume_autonomy", self._resume)
        # A steady clock: the gate must go on commanding zero when simulated time stands still.
        self.create_timer(1.0 / values["rate"], self._tick, clock=Clock(clock_type=ClockType.STEADY_TIME))
        self._publish_estop()

    def close(self) -> None:
        """Note the end and end the listener's thread.

        The context is gone by now; silence stops the robot: the base has a watchdog.
        """
        orderly = not self.context.ok()  # ended by a signal; after a failure the record goes on saying "running"
        if orderly:
            with contextlib.suppress(GateMemoryError):
                self._remember(running=False)
        self._unstamped.close(EXIT_OK if orderly else EXIT_CRASH)

    def _watch_keep_out(self, file: str) -> KeepOutWatch:
        """Follow the robot's place on the map where a site has keep-out zones."""
        limits = self._limits
        zones = load_keep_out(file) if file else ()
        far = 1.5 * stopping_distance(limits.max_speed, limits.zones.reaction, limits.zones.braking)
        watch = KeepOutWatch(zones, far + limits.footprint.radius + limits.zones.slow_margin)
        if zones:
            self.create_subscription(PoseWithCovarianceStamped, "amcl_pose", self._take_pose, qos.STATE)
            self.create_subscription(LocalisationState, "localisation_state", self._take_localisation, qos.STATE)
        return watch

    def _take_pose(self, message: PoseWithCovarianceStamped) -> None:
        self._keep_out.take_pose(to_seconds(message.header.stamp), pose_from(message.pose.pose))

    def _take_localisation(self, message: LocalisationState) -> None:
        self._keep_out.take_localised(message.state == LocalisationState.LOCALISED)

    def _record_file(self) -> Path:
        folder = Path(self._values["data_dir"]).expanduser() if self._values["data_dir"] else data_dir()
        robot = self.get_namespace().strip("/").replace("/", "_") or "robot"
        return folder / f"safety_gate_{robot}_{self.context.get_domain_id()}.json"

    def _remember(self, running: bool = True) -> None:
        stop = self._estop
        self._memory.keep(GateRecord(running, stop.engaged, stop.source, stop.reason))

    def _now(self) -> Instant:
        return Instant(self.get_clock().now().nanoseconds * 1e-9, time.monotonic())

    def _take_stamped(self, topic: str, message: TwistStamped) -> None:
        stamp = to_seconds(message.header.stamp)
        self._take(topic, message.twist, stamp if stamp > 0 else None)
        self._tick()

    def _take_unstamped(self, topic: str, message: Twist) -> None:
        # On the listener's thread: only store; the next tick of the node's own thread reads it.
        self._take(topic, message, None)

    def _take(self, topic: str, twist: Twist, stamp: float | None) -> None:
        self._commands[topic] = TimedCommand(Velocity(twist.linear.x, twist.angular.z), self._now(), stamp)

    def _take_scan(self, message: LaserScan) -> None:
        raw = RawScan(
            to_seconds(message.header.stamp),
            message.angle_min,
            message.angle_increment,
            message.range_min,
            message.range_max,
            np.asarray(message.ranges, np.float32),
        )
        view = self._monitor.accept(raw, self._mount(message.header.frame_id), self._odometer.travel)
        if view is not None:
            self._scan, self._scan_received = view, self._now()
            self._tick()

    def _mount(self, frame: str) -> SE2 | None:
        try:
            matrix = self._transforms.lookup(self._values["base_frame"], frame)
        except TransformError:
            return None
        return SE2(matrix[0, 3], matrix[1, 3], float(np.arctan2(matrix[1, 0], matrix[0, 0])))

    def _take_transforms(self, message: TFMessage) -> None:
        for stamped in message.transforms:
            t, r = stamped.transform.translation, stamped.transform.rotation
            parent, child = stamped.header.frame_id, stamped.child_frame_id
            try:
                self._transforms.set(parent, child, 0.0, (t.x, t.y, t.z), (r.x, r.y, r.z, r.w), static=True)
            except TransformError as error:
                self.get_logger().warning(str(error))

    def _take_odometry(self, message: Odometry) -> None:
        pose = pose_from(message.pose.pose)
        self._odometer.update(pose)
        self._keep_out.take_odometry(to_seconds(message.header.stamp), pose)
        self._measured = Velocity(message.twist.twist.linear.x, message.twist.twist.angular.z)

    def _take_bumper(self, message: Bool) -> None:
        changed = message.data != self._bumper
        self._bumper = message.data
        if self._values["bumper_source"] == "topic":
            self._bumper_heard = self._now()
        if changed:
            self._tick()

    def _take_drive(self, message: DriveState) -> None:
        changed = self._drive is None or (message.state, message.bumper) != (self._drive.state, self._drive.bumper)
        estop_changed = message.estop != (self._drive is not None and self._drive.estop)
        self._drive, self._drive_heard = message, self._now()
        if self._values["bumper_source"] == "drive" and message.state != DriveState.LINK_DOWN:
            self._bumper_heard = self._drive_heard
        if estop_changed:
            self._publish_estop()
        if changed:
            self._tick()

    def _set_estop(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        self._estop = EmergencyStop(engaged=request.data, source="software", reason="set_estop was called")
        self._tick()
        self._publish_estop()
        try:
            self._remember()
        except GateMemoryError as error:
            # The stop itself stands; only its memory is lost, and a restart finds "running" and holds the robot too.
            self.get_logger().error(error.describe())
        response.success = True
        response.message = (
            "engaged" if request.data else "released; the robot stays where it is until it is commanded anew"
        )
        return response

    def _resume(self, _request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        self._tick(resume=True)
        refused = self._status.resume_refused if self._status else "not ready"
        response.success, response.message = not refused, refused or "autonomy may drive"
        return response

    def _inputs(self, now: Instant, resume: bool) -> GateInputs:
        drive = self._drive
        if now.ros != self._clock_seen[0]:
            self._clock_seen = (now.ros, now.steady)
        return GateInputs(
            teleoperation=self._commands.get("cmd_vel_teleop"),
            navigation=self._commands.get("cmd_vel_nav"),
            scan=self._scan,
            scan_received=self._scan_received,
            measured=self._measured,
            bumper=self._bumper or (drive is not None and drive.bumper),
            bumper_heard=self._bumper_heard,
            estop=self._estop.engaged,
            drive=Drive.NOT_REPORTED if drive is None else _DRIVES.get(drive.state, Drive.FAULT),
            drive_heard=self._drive_heard,
            clock_running=now.steady - self._clock_seen[1] <= self._values["clock_timeout"],
            resume_requested=resume,
            restarted=self._restarted,
            keep_out=self._keep_out.view(),
        )

    def _tick(self, resume: bool = False) -> None:
        now = self._now()
        decision = decide(self._state, self._inputs(now, resume), now, self._limits)
        self._state, self._restarted = decision.state, False
        self._send(decision.command)
        self._report(decision.status, now)

    def _send(self, velocity: Velocity) -> None:
        message = TwistStamped()
        message.header.stamp = self.get_clock().now().to_msg()
        message.header.frame_id = self._values["base_frame"]
        message.twist.linear.x, message.twist.angular.z = velocity.linear, velocity.angular
        self._command_out.publish(message)

    def _report(self, status: GateStatus, now: Instant) -> None:
        last, self._status = self._status, status
        changed = last is None or (last.mode, last.source, last.reason, last.autonomy_allowed) != (
            status.mode,
            status.source,
            status.reason,
            status.autonomy_allowed,
        )
        if changed and (last is None or last.reason is not status.reason):
            protective = status.category is not StopCategory.NOT_PROTECTIVE
            # Two calls: rclpy ties the severity to the line that logs.
            if protective:
                self.get_logger().warning(f"{status.reason}: {status.detail}")
            else:
                self.get_logger().info(f"{status.reason}: {status.detail}")
            level = diagnostics.WARN if protective else diagnostics.OK
            self._health.set(level, status.detail, reason=str(status.reason), source=status.source.name.lower())
        if not changed and now.steady - self._state_published < _STATE_PERIOD:
            return
        self._state_published = now.steady
        message = SafetyState(
            mode=int(status.mode),
            source=int(status.source),
            reason=str(status.reason),
            detail=status.detail,
            stop_category=int(status.category),
            estop=self._estop_engaged(),
            autonomy_allowed=status.autonomy_allowed,
            speed_limit=float(status.speed_limit),
            obstacle_distance=float(status.obstacle_distance),
        )
        message.header.stamp = self.get_clock().now().to_msg()
        self._state_out.publish(message)

    def _estop_engaged(self) -> bool:
        return self._estop.engaged or (self._drive is not None and self._drive.estop)

    def _publish_estop(self) -> None:
        message = self._estop
        if self._drive is not None and self._drive.estop and not message.engaged:
            message = EmergencyStop(engaged=True, source="hardware", reason="the emergency stop circuit is open")
        message.header.stamp = self.get_clock().now().to_msg()
        self._estop_out.publish(message)


def _remembered(record: GateRecord) -> EmergencyStop:
    reason = record.reason.removesuffix(_BEFORE_RESTART) + _BEFORE_RESTART
    return EmergencyStop(engaged=True, source=record.source, reason=reason)


def main() -> None:
    """Run the node."""
    sys.exit(run_node(SafetyGateNode))


if __name__ == "__main__":
    main()
