# SPDX-License-Identifier: Apache-2.0
"""Between the mission's plain values and the messages of ronda."""

import numpy as np
from builtin_interfaces.msg import Time
from geometry_msgs.msg import PoseStamped
from nav_msgs.msg import OccupancyGrid
from ronda.action import Patrol
from ronda.msg import MissedWaypoint, PatrolState

from patrol_robot.mission import Missed, Mission
from patrol_robot.route import Route, Waypoint
from patrol_robot.route_check import Floor
from ronda_core.se2 import quaternion_to_yaw, yaw_to_quaternion


def floor_of(message: OccupancyGrid) -> Floor:
    """The plain map in a message."""
    origin, turn = message.info.origin.position, message.info.origin.orientation
    cells = np.array(message.data, np.int8).reshape(message.info.height, message.info.width)
    yaw = quaternion_to_yaw(turn.x, turn.y, turn.z, turn.w)
    return Floor(cells, message.info.resolution, origin.x, origin.y, yaw)


def goal_pose(waypoint: Waypoint, frame: str, stamp: Time) -> PoseStamped:
    """Where navigation is to bring the robot."""
    pose = PoseStamped()
    pose.header.frame_id, pose.header.stamp = frame, stamp
    pose.pose.position.x, pose.pose.position.y = waypoint.x, waypoint.y
    turn = pose.pose.orientation
    turn.x, turn.y, turn.z, turn.w = yaw_to_quaternion(waypoint.yaw)
    return pose


def state_message(mission: Mission | None, route: Route | None, stamp: Time) -> PatrolState:
    """What `patrol_state` says; without a mission it is idle."""
    message = PatrolState(
        route=route.name if route else "",
        waypoints_total=len(route.waypoints) if route else 0,
        detail="" if route else "no route is loaded",
    )
    message.header.stamp = stamp
    message.header.frame_id = route.frame if route else "map"
    if mission is not None:
        message.state = int(mission.state)
        message.waypoint_index = mission.index
        message.waypoint_name = mission.waypoint.name
        message.lap = mission.lap
        message.reached = mission.reached
        message.missed = missed_messages(mission.missed)
        message.detail = mission.message
    return message


def feedback_message(mission: Mission) -> Patrol.Feedback:
    """What the patrol action tells its client on the way."""
    return Patrol.Feedback(
        current_waypoint=mission.index,
        waypoint_name=mission.waypoint.name,
        waypoints_total=len(mission.route.waypoints),
        lap=mission.lap,
        state=int(mission.state),
        distance_remaining=mission.distance_remaining,
        missed_waypoints=missed_messages(mission.missed),
    )


def result_message(mission: Mission) -> Patrol.Result:
    """The outcome of a round."""
    return Patrol.Result(
        error_code=int(mission.outcome),
        error_msg=mission.message if mission.outcome else "",
        waypoints_reached=mission.reached,
        laps_done=mission.lap,
        missed_waypoints=missed_messages(mission.missed),
    )


def missed_messages(missed: list[Missed]) -> list[MissedWaypoint]:
    """The missed waypoints as messages."""
    return [
        MissedWaypoint(index=item.index, name=item.name, lap=item.lap, error_code=item.code, reason=item.reason)
        for item in missed
    ]
