# SPDX-License-Identifier: Apache-2.0
"""Between this package's types and ROS messages; decides nothing."""

from __future__ import annotations

import array
import math

import numpy as np
from geometry_msgs.msg import Pose, PoseStamped, Quaternion, TransformStamped
from nav_msgs.msg import OccupancyGrid, Odometry, Path
from numpy.typing import NDArray
from sensor_msgs.msg import LaserScan

from robot_navigation.grid import GridMap
from robot_navigation.scan import Scan, ScanLimits, read_scan
from ronda_core.ros_transforms import pose_from
from ronda_core.se2 import SE2, yaw_to_quaternion
from ronda_core.stamps import from_seconds, to_seconds


def grid_message(grid: GridMap, frame: str, cells: NDArray[np.int8] | None = None) -> OccupancyGrid:
    """An OccupancyGrid of `grid`, or of other (rows, columns) int8 `cells` in its place."""
    message = OccupancyGrid()
    message.header.frame_id = frame
    message.info.resolution = float(grid.resolution)
    message.info.width, message.info.height = grid.columns, grid.rows
    message.info.origin.position.x, message.info.origin.position.y = grid.origin_x, grid.origin_y
    message.info.origin.orientation.w = 1.0
    # An array.array goes in without a check of each of its elements.
    message.data = array.array("b", np.ascontiguousarray(grid.cells if cells is None else cells).tobytes())
    return message


def grid_from(message: OccupancyGrid) -> GridMap:
    """The grid of an OccupancyGrid whose rows run along x."""
    cells = np.array(message.data, dtype=np.int8).reshape(message.info.height, message.info.width)
    origin = message.info.origin.position
    return GridMap(cells, float(message.info.resolution), float(origin.x), float(origin.y))


def scan_from(message: LaserScan, mount: SE2, limits: ScanLimits) -> Scan:
    """A LaserScan in the robot's frame; `mount` is the lidar's pose in it."""
    return read_scan(
        np.asarray(message.ranges),
        stamp=to_seconds(message.header.stamp),
        angle_min=message.angle_min,
        angle_increment=message.angle_increment,
        range_min=message.range_min,
        range_max=message.range_max,
        mount=mount,
        limits=limits,
    )


def odometry_pose(message: Odometry) -> SE2:
    """The pose of an Odometry message."""
    return pose_from(message.pose.pose)


def pose_message(pose: SE2) -> Pose:
    """A Pose on the floor."""
    message = Pose()
    message.position.x, message.position.y = float(pose.x), float(pose.y)
    x, y, z, w = yaw_to_quaternion(pose.yaw)
    message.orientation = Quaternion(x=x, y=y, z=z, w=w)
    return message


def transform_message(parent: str, child: str, stamp: float, pose: SE2) -> TransformStamped:
    """The transform of `child` in `parent` at `stamp` seconds."""
    message = TransformStamped()
    message.header.stamp, message.header.frame_id, message.child_frame_id = from_seconds(stamp), parent, child
    message.transform.translation.x, message.transform.translation.y = float(pose.x), float(pose.y)
    x, y, z, w = yaw_to_quaternion(pose.yaw)
    message.transform.rotation = Quaternion(x=x, y=y, z=z, w=w)
    return message


def path_message(points: NDArray[np.float64], frame: str, stamp: float) -> Path:
    """A Path through (N, 2) points, thinned to about 10 cm, each pose looking along the path."""
    path = Path()
    path.header.frame_id, path.header.stamp = frame, from_seconds(stamp)
    thinned = points[:: max(1, len(points) // 400)] if len(points) else points
    for index, (x, y) in enumerate(thinned):
        ahead = thinned[min(index + 1, len(thinned) - 1)]
        yaw = math.atan2(ahead[1] - y, ahead[0] - x)
        path.poses.append(PoseStamped(header=path.header, pose=pose_message(SE2(float(x), float(y), yaw))))
    return path


def plane_pose(matrix: NDArray[np.float64]) -> SE2:
    """The pose in the plane of a (4, 4) transform."""
    return SE2(float(matrix[0, 3]), float(matrix[1, 3]), math.atan2(matrix[1, 0], matrix[0, 0]))
