# SPDX-License-Identifier: Apache-2.0
"""Node `navigator`: serves the action navigate_to; `Navigator` decides."""

import math
import sys

import numpy as np
from geometry_msgs.msg import TwistStamped
from nav_msgs.msg import OccupancyGrid, Odometry, Path
from rclpy.action import CancelResponse, GoalResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.node import Node
from ronda.action import NavigateTo
from ronda.msg import LocalisationState as LocalisationMessage
from ronda.msg import SafetyState
from sensor_msgs.msg import LaserScan

from robot_navigation.codes import NavigationCode
from robot_navigation.keep_out import fenced
from robot_navigation.localiser import LocalisationState
from robot_navigation.navigation_messages import (
    grid_from,
    grid_message,
    odometry_pose,
    path_message,
    plane_pose,
    pose_message,
    scan_from,
)
from robot_navigation.navigator import NavigationState, Navigator, Outcome, Situation, Step
from robot_navigation.navigator_settings import follower_settings, inflation, motion_limits, navigator_settings
from robot_navigation.scan import ScanLimits
from robot_navigation.scan_queue import ScanQueue
from robot_navigation.surroundings import Surroundings
from ronda_core import diagnostics, parameters, qos
from ronda_core.deferred_action import DeferredActionServer
from ronda_core.errors import TransformError
from ronda_core.keep_out import load_keep_out
from ronda_core.node_main import run_node
from ronda_core.ros_transforms import TransformListener, pose_from
from ronda_core.se2 import SE2
from ronda_core.stamps import duration, to_seconds
from ronda_core.transforms import TransformBuffer

PREEMPTED = Outcome(NavigationCode.NONE, "pre-empted by a new goal")


class NavigatorNode(Node):
    """One goal at a time; a new goal pre-empts the one under way, as in Nav2."""

    def __init__(self) -> None:
        super().__init__("navigator")
        self._values = values = parameters.declare(self, parameters.load_spec("robot_navigation", "navigator"))
        self._navigator = Navigator(navigator_settings(values), motion_limits(values), follower_settings(values))
        self._limits = ScanLimits(maximum_range=values["laser_max_range"], minimum_range=values["laser_min_range"])
        self._surroundings: Surroundings | None = None
        self._keep_out = load_keep_out(values["keep_out_file"]) if values["keep_out_file"] else ()
        self._scans = ScanQueue()
        self._localisation = LocalisationState.UNINITIALISED
        self._autonomy = True
        self._goal: ServerGoalHandle | None = None
        self._started = self._feedback_sent = 0.0
        self._last = Step()
        self._moving = False
        self._frames = TransformBuffer()
        TransformListener(self, self._frames)

        self._command_out = self.create_publisher(TwistStamped, "cmd_vel_nav", qos.COMMAND)
        self._plan_out = self.create_publisher(Path, "plan", qos.STATE)
        self._costmap_out = self.create_publisher(OccupancyGrid, "global_costmap/costmap", qos.STATE)
        self._health = diagnostics.NodeHealth(self)
        self.create_subscription(OccupancyGrid, "map", self._take_map, qos.STATE)
        self.create_subscription(LaserScan, "scan", self._take_scan, qos.SENSOR)
        self.create_subscription(Odometry, "odom", self._take_odometry, qos.SENSOR)
        self.create_subscription(SafetyState, "safety_state", self._take_safety, qos.STATE)
        self.create_subscription(LocalisationMessage, "localisation_state", self._take_localisation, qos.STATE)
        self._server = DeferredActionServer(
            self,
            NavigateTo,
            "navigate_to",
            self._begin,
            goal_callback=self._consider,
            cancel_callback=lambda _handle: CancelResponse.ACCEPT,
        )
        self.create_timer(1.0 / values["controller_frequency"], self._tick)
        self.create_timer(1.0 / values["costmap_frequency"], self._show_costmap)

    def _take_map(self, message: OccupancyGrid) -> None:
        self._surroundings = Surroundings(fenced(grid_from(message), self._keep_out), inflation(self._values))

    def _take_scan(self, message: LaserScan) -> None:
        try:
            mount = plane_pose(self._frames.lookup(self._values["base_frame_id"], message.header.frame_id))
        except TransformError as error:
            self._health.set(diagnostics.WARN, f"where the lidar is, is not known: {error}")
            return
        self._scans.put(scan_from(message, mount, self._limits))
        self._use_scan()

    def _take_odometry(self, message: Odometry) -> None:
        self._scans.odometry.add(to_seconds(message.header.stamp), odometry_pose(message))
        self._use_scan()

    def _use_scan(self) -> None:
        if self._surroundings is None or (pair := self._scans.take()) is None:
            return
        scan, odom = pair
        known = self._localisation is LocalisationState.LOCALISED
        self._surroundings.add(scan, odom, self._map_to_odom() if known else None)

    def _take_safety(self, message: SafetyState) -> None:
        self._autonomy = message.autonomy_allowed and not message.estop

    def _take_localisation(self, message: LocalisationMessage) -> None:
        self._localisation = LocalisationState(message.state)

    def _map_to_odom(self) -> SE2 | None:
        try:
            return plane_pose(self._frames.lookup(self._values["global_frame_id"], self._values["odom_frame_id"]))
        except TransformError:
            return None

    def _consider(self, request: NavigateTo.Goal) -> GoalResponse:
        position = request.pose.pose.position
        frame = request.pose.header.frame_id
        if frame not in ("", self._values["global_frame_id"]) or not math.isfinite(position.x + position.y):
            self.get_logger().warning(f"goal refused: it must be in frame '{self._values['global_frame_id']}'")
            return GoalResponse.REJECT
        return GoalResponse.ACCEPT

    def _begin(self, handle: ServerGoalHandle) -> None:
        if self._goal is not None:
            self._finish(PREEMPTED)
        self._goal = handle
        self._started, self._feedback_sent = self._now(), -math.inf
        self._navigator.start(pose_from(handle.request.pose.pose))

    def _answer(self, handle: ServerGoalHandle, outcome: Outcome) -> None:
        if handle.is_cancel_requested:
            handle.canceled()
        elif outcome.code is NavigationCode.NONE and outcome is not PREEMPTED:
            handle.succeed()
        else:
            handle.abort()
        self._server.answer(handle, NavigateTo.Result(error_code=int(outcome.code), error_msg=outcome.message))

    def _finish(self, outcome: Outcome) -> None:
        self._navigator.cancel()
        goal, self._goal = self._goal, None
        if goal is not None:
            self._answer(goal, outcome)
        level = diagnostics.OK if outcome.code is NavigationCode.NONE else diagnostics.WARN
        self._health.set(level, outcome.message, code=outcome.code.name)
        self.get_logger().info(f"{outcome.code.name}: {outcome.message}")

    def _now(self) -> float:
        return float(self.get_clock().now().nanoseconds) * 1e-9

    def _tick(self) -> None:
        if self._goal is not None and self._goal.is_cancel_requested:
            self._finish(Outcome(NavigationCode.NONE, "cancelled"))
        now = self._now()
        fresh = abs(now - self._scans.odometry.newest) <= self._navigator.settings.pose_timeout
        situation = Situation(
            now=now,
            odom=self._scans.odometry.pose if fresh else None,
            map_to_odom=self._map_to_odom() if self._navigator.active else None,
            localisation=self._localisation,
            autonomy=self._autonomy,
        )
        self._last = step = self._navigator.step(situation, self._surroundings)
        # Silence while there is nothing to do leaves the robot to others; the stop at the end is said once.
        if self._goal is not None or self._moving:
            self._send(step.speed, step.turn)
        self._moving = self._goal is not None
        if step.path_changed:
            self._plan_out.publish(path_message(self._navigator.path, self._values["global_frame_id"], now))
        if step.outcome is not None:
            self._finish(step.outcome)
        elif self._goal is not None and now - self._feedback_sent >= self._values["feedback_period"]:
            self._feedback_sent = now
            self._say_feedback(situation, step, now)

    def _say_feedback(self, situation: Situation, step: Step, now: float) -> None:
        assert self._goal is not None
        feedback = NavigateTo.Feedback()
        feedback.current_pose.header.frame_id = self._values["global_frame_id"]
        feedback.current_pose.header.stamp = self.get_clock().now().to_msg()
        if situation.odom is not None and situation.map_to_odom is not None:
            feedback.current_pose.pose = pose_message(situation.map_to_odom.compose(situation.odom))
        feedback.navigation_time = duration(max(0.0, now - self._started))
        feedback.distance_remaining = float(step.remaining)
        feedback.estimated_time_remaining = duration(step.remaining / (0.8 * self._values["desired_linear_vel"]))
        feedback.number_of_recoveries, feedback.state = step.recoveries, step.state.value
        self._goal.publish_feedback(feedback)
        level = diagnostics.WARN if step.state is NavigationState.PAUSED else diagnostics.OK
        self._health.set(level, step.state.value, remaining=step.remaining, recoveries=step.recoveries)

    def _send(self, speed: float, turn: float) -> None:
        message = TwistStamped()
        message.header.stamp = self.get_clock().now().to_msg()
        message.header.frame_id = self._values["base_frame_id"]
        message.twist.linear.x, message.twist.angular.z = float(speed), float(turn)
        self._command_out.publish(message)

    def _show_costmap(self) -> None:
        if self._surroundings is None or not self._costmap_out.get_subscription_count():
            return
        costmap = self._navigator.costmap or self._surroundings.static
        cells = np.ascontiguousarray(costmap.as_nav2())
        self._costmap_out.publish(grid_message(costmap.grid, self._values["global_frame_id"], cells))


def main() -> None:
    """Run the node."""
    sys.exit(run_node(NavigatorNode))


if __name__ == "__main__":
    main()
