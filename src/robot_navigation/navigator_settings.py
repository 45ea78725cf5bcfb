# SPDX-License-Identifier: Apache-2.0
"""The settings of the navigator from the parameters of its node (parameters/navigator.yaml)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from robot_navigation.costmap import Inflation
from robot_navigation.follower import FollowerSettings, MotionLimits
from robot_navigation.footprint import Footprint
from robot_navigation.navigator import NavigatorSettings
from robot_navigation.planner import PlannerSettings
from robot_navigation.recovery import RecoverySettings
from robot_navigation.route_keeper import KeeperSettings


def inflation(values: Mapping[str, Any]) -> Inflation:
    """How obstacles grow on the map."""
    return Inflation(values["robot_radius"], values["inflation_weight"], values["cost_scaling_factor"])


def motion_limits(values: Mapping[str, Any]) -> MotionLimits:
    """Speeds and accelerations."""
    return MotionLimits(
        speed=values["desired_linear_vel"],
        turn=values["rotate_to_heading_angular_vel"],
        acceleration=values["max_linear_accel"],
        deceleration=values["max_linear_decel"],
        turn_acceleration=values["max_angular_accel"],
    )


def follower_settings(values: Mapping[str, Any]) -> FollowerSettings:
    """How the path is followed."""
    return FollowerSettings(
        lookahead_time=values["lookahead_time"],
        min_lookahead_dist=values["min_lookahead_dist"],
        max_lookahead_dist=values["max_lookahead_dist"],
        xy_goal_tolerance=values["xy_goal_tolerance"],
        yaw_goal_tolerance=values["yaw_goal_tolerance"],
        margin=values["obstacle_margin"],
        footprint=Footprint(values["footprint_front"], values["footprint_rear"], values["footprint_half_width"]),
    )


def navigator_settings(values: Mapping[str, Any]) -> NavigatorSettings:
    """When to plan again, to wait and to give up."""
    return NavigatorSettings(
        replan_every=1.0 / values["expected_planner_frequency"],
        scan_timeout=values["scan_timeout"],
        pose_timeout=values["odom_timeout"],
        localise_for=values["localise_timeout"],
        blocked_before_recovery=values["wait_before_recovery"],
        max_recoveries=values["max_recoveries"],
        goal_shift_at_end=values["occupied_goal_tolerance"],
        keeper=KeeperSettings(planner=PlannerSettings(tolerance=values["tolerance"])),
        recovery=RecoverySettings(wait=values["wait_duration"], backup_distance=values["backup_dist"]),
    )
