# SPDX-License-Identifier: Apache-2.0
"""Node `localisation`: scans and odometry in, map -> odom and the state of the localisation out."""

import sys

import numpy as np
from geometry_msgs.msg import PoseArray, PoseWithCovarianceStamped
from nav_msgs.msg import OccupancyGrid, Odometry
from rclpy.node import Node
from ronda.msg import LocalisationState as StateMessage
from sensor_msgs.msg import LaserScan
from std_srvs.srv import Empty
from tf2_msgs.msg import TFMessage

from robot_navigation.localiser import Estimate, Localiser, LocaliserSettings
from robot_navigation.navigation_messages import (
    grid_from,
    odometry_pose,
    plane_pose,
    pose_message,
    scan_from,
    transform_message,
)
from robot_navigation.scan import ScanLimits
from robot_navigation.scan_queue import ScanQueue
from ronda_core import diagnostics, parameters, qos
from ronda_core.errors import TransformError
from ronda_core.node_main import run_node
from ronda_core.ros_transforms import TransformBroadcaster, pose_from
from ronda_core.se2 import SE2
from ronda_core.stamps import from_seconds, to_seconds
from ronda_core.transforms import TransformBuffer

XY_YAW = (0, 1, 5)  # where x, y and yaw stand in ROS's 6 x 6 covariance


class LocalisationNode(Node):
    """Topics and parameters as Nav2's amcl has them, where there is a counterpart."""

    def __init__(self) -> None:
        super().__init__("localisation")
        self._values = values = parameters.declare(self, parameters.load_spec("robot_navigation", "localisation"))
        self._localiser: Localiser | None = None
        self._scans = ScanQueue()
        self._estimate: Estimate | None = None
        self._frames = TransformBuffer()
        self._limits = ScanLimits(maximum_range=values["laser_max_range"], minimum_range=values["laser_min_range"])
        self._state_sent, self._transform_sent, self._cloud_sent = (-1, -np.inf), -np.inf, -np.inf

        self._broadcaster = TransformBroadcaster(self)
        self._pose_out = self.create_publisher(PoseWithCovarianceStamped, "amcl_pose", qos.STATE)
        self._state_out = self.create_publisher(StateMessage, "localisation_state", qos.STATE)
        self._cloud_out = self.create_publisher(PoseArray, "particle_cloud", qos.SENSOR)
        self._health = diagnostics.NodeHealth(self)
        self.create_subscription(OccupancyGrid, "map", self._take_map, qos.STATE)
        self.create_subscription(TFMessage, "/tf_static", self._take_frames, qos.TF_STATIC)
        self.create_subscription(LaserScan, "scan", self._take_scan, qos.SENSOR)
        self.create_subscription(Odometry, "odom", self._take_odometry, qos.SENSOR)
        self.create_subscription(PoseWithCovarianceStamped, "initialpose", self._take_pose, qos.EVENT)
        self.create_service(Empty, "reinitialize_global_localization", self._start_globally)
        self._say_state(0.0)

    def _take_map(self, message: OccupancyGrid) -> None:
        values = self._values
        settings = LocaliserSettings(
            particles_min=values["min_particles"],
            particles_max=values["max_particles"],
            beams=values["max_beams"],
            update_distance=values["update_min_d"],
            update_angle=values["update_min_a"],
            injection_max=values["random_share"],
        )
        self._localiser = Localiser(grid_from(message), settings, values["seed"])
        if values["set_initial_pose"]:
            pose = SE2(*(values[f"initial_pose.{axis}"] for axis in ("x", "y", "yaw")))
            self._localiser.set_pose(pose)
        elif values["global_start"]:
            self._localiser.start_globally()

    def _take_frames(self, message: TFMessage) -> None:
        for stamped in message.transforms:
            t, r = stamped.transform.translation, stamped.transform.rotation
            try:
                self._frames.set(
                    stamped.header.frame_id, stamped.child_frame_id, 0.0, (t.x, t.y, t.z), (r.x, r.y, r.z, r.w),
                    static=True,
                )  # fmt: skip
            except TransformError as error:
                self.get_logger().warning(str(error))

    def _take_scan(self, message: LaserScan) -> None:
        try:
            mount = plane_pose(self._frames.lookup(self._values["base_frame_id"], message.header.frame_id))
        except TransformError as error:
            self._health.set(diagnostics.WARN, f"where the lidar is, is not known: {error}")
            return
        self._scans.put(scan_from(message, mount, self._limits))
        self._work()

    def _take_odometry(self, message: Odometry) -> None:
        self._scans.odometry.add(to_seconds(message.header.stamp), odometry_pose(message))
        self._work()
        self._say_transform()

    def _work(self) -> None:
        """Take the scan that waits, once the odometry reaches its time."""
        if self._localiser is None or (pair := self._scans.take()) is None:
            return
        scan, odom = pair
        self._estimate = self._localiser.update(scan, odom)
        self._say_state(scan.stamp)
        if self._estimate is not None:
            self._say_pose(self._estimate, scan.stamp)

    def _take_pose(self, message: PoseWithCovarianceStamped) -> None:
        if self._localiser is None:
            self.get_logger().warning("initialpose came before the map and is not used")
            return
        if message.header.frame_id not in ("", self._values["global_frame_id"]):
            self.get_logger().warning(f"initialpose in frame '{message.header.frame_id}' is not used")
            return
        covariance = np.array(message.pose.covariance).reshape(6, 6)[np.ix_(XY_YAW, XY_YAW)]
        self._localiser.set_pose(pose_from(message.pose.pose), covariance if covariance.any() else None)

    def _start_globally(self, _request: Empty.Request, response: Empty.Response) -> Empty.Response:
        if self._localiser is not None:
            self._localiser.start_globally()
        return response

    def _say_transform(self) -> None:
        stamp = self._scans.odometry.newest
        if self._estimate is None or stamp - self._transform_sent < 0.09:
            if stamp < self._transform_sent:
                self._transform_sent = -np.inf  # simulated time began anew
            return
        self._transform_sent = stamp
        frames = (self._values["global_frame_id"], self._values["odom_frame_id"])
        ahead = stamp + self._values["transform_tolerance"]
        self._broadcaster.send([transform_message(*frames, ahead, self._estimate.map_to_odom)])

    def _say_pose(self, estimate: Estimate, stamp: float) -> None:
        message = PoseWithCovarianceStamped()
        message.header.frame_id, message.header.stamp = self._values["global_frame_id"], from_seconds(stamp)
        message.pose.pose = pose_message(estimate.pose)
        covariance = np.zeros((6, 6))
        covariance[np.ix_(XY_YAW, XY_YAW)] = estimate.covariance
        message.pose.covariance = covariance.reshape(-1)
        self._pose_out.publish(message)
        if stamp - self._cloud_sent >= 1.0 and self._cloud_out.get_subscription_count() and self._localiser:
            self._cloud_sent = stamp
            cloud = PoseArray(header=message.header)
            cloud.poses = [pose_message(SE2(*row)) for row in self._localiser.particles[:1000].tolist()]
            self._cloud_out.publish(cloud)

    def _say_state(self, stamp: float) -> None:
        state = int(self._localiser.state) if self._localiser else StateMessage.UNINITIALISED
        if state == self._state_sent[0] and 0.0 <= stamp - self._state_sent[1] < 1.0:
            return
        if state != self._state_sent[0]:
            self.get_logger().info(f"state {state}: {self._estimate.detail if self._estimate else 'waiting'}")
        self._state_sent = (state, stamp)
        message = StateMessage(state=state)
        message.header.frame_id, message.header.stamp = self._values["global_frame_id"], from_seconds(stamp)
        if self._estimate is not None:
            message.fit = float(self._estimate.fit)
            message.position_std, message.yaw_std = float(self._estimate.position_std), float(self._estimate.yaw_std)
            message.particles, message.detail = self._estimate.particles, self._estimate.detail
        elif self._localiser is None:
            message.detail = "waiting for the map"
        self._state_out.publish(message)
        good = state == StateMessage.LOCALISED
        level = diagnostics.OK if good else diagnostics.WARN
        self._health.set(level, message.detail or "waiting", fit=message.fit, position_std=message.position_std)


def main() -> None:
    """Run the node."""
    sys.exit(run_node(LocalisationNode))


if __name__ == "__main__":
    main()
