# SPDX-License-Identifier: Apache-2.0
"""Where a scripted figure is at a time."""

from __future__ import annotations

import bisect

import numpy as np

from robot_simulation.poses import Pose, from_xyz_rpy
from robot_simulation.scene import Actor


def actor_pose(actor: Actor, time: float) -> Pose:
    """Return the pose of an actor in the world, `time` seconds after the start: straight lines between waypoints.

    Angles run straight from number to number, so that the script says which way round a figure turns.
    """
    waypoints = actor.waypoints
    times = [waypoint.time for waypoint in waypoints]
    moment = time - actor.delay
    if actor.loop and times[-1] > 0.0 and moment > 0.0:
        moment %= times[-1]
    moment = min(max(moment, times[0]), times[-1])
    after = min(bisect.bisect_right(times, moment), len(times) - 1)
    before = max(after - 1, 0)
    span = times[after] - times[before]
    share = (moment - times[before]) / span if span > 0.0 else 0.0
    start, end = np.array(waypoints[before].pose), np.array(waypoints[after].pose)
    return np.asarray(actor.pose @ from_xyz_rpy(start + share * (end - start)))
