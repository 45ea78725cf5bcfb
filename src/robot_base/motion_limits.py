# SPDX-License-Identifier: Apache-2.0
"""How much of a permitted request may be driven now: limits of speed, acceleration and the zones around obstacles."""

import math
from dataclasses import dataclass, replace

from robot_base.gate_limits import GateLimits
from robot_base.gate_types import GateInputs, GateState, Instant
from robot_base.safety_zones import CRAWL, Points, allowed_share, free_way, stopping_distance
from robot_base.scan_view import ScanHealth, ScanView
from robot_base.stop_rules import Reason
from robot_base.velocity import STOP, Velocity, clamp, speed_up_limited

_SUDDEN_ABOVE = 0.2  # m/s; slower, the stopping distance is shorter than the margin
_SAME_ARC = 0.02  # m rad/s2, cross product of two velocities below which they describe the same arc
_LONGEST_STEP = 0.2  # s; after a longer pause the ramp must not jump


@dataclass(frozen=True, slots=True)
class Motion:
    """The limited velocity, why it is less than asked, the limit in force (m/s) and the free distance (m or NaN)."""

    command: Velocity
    reason: Reason
    speed_limit: float
    obstacle_distance: float = math.nan


def limit_motion(
    state: GateState,
    inputs: GateInputs,
    scan: ScanView,
    request: Velocity,
    now: Instant,
    limits: GateLimits,
    *,
    by_hand: bool = False,
) -> tuple[Motion, GateState]:
    """Limit a request that may be driven in principle. `scan` is good and fresh; `by_hand`: a person drives."""
    state = _notice_sudden_obstacle(state, inputs, now, limits)
    if request.is_zero:
        return Motion(STOP, Reason.NONE, limits.max_speed), state
    if state.obstacle_hold_until > now.ros:
        return Motion(STOP, Reason.OBSTACLE, 0.0), state
    zones = inputs.keep_out
    astray = Reason.KEEP_OUT_UNKNOWN if not zones.known else Reason.KEEP_OUT if zones.inside else Reason.NONE
    if astray is not Reason.NONE and not by_hand:
        return Motion(STOP, astray, 0.0), state
    target = clamp(request, limits.max_speed, limits.max_reverse_speed, limits.max_turn_rate)
    target = _crawl_where_blind(target, scan.covered, limits)
    if astray is not Reason.NONE and abs(target.linear) > limits.crawl_speed:
        # A person may drive the robot out of a zone, or to where it knows its place again: slowly.
        target = target.scaled(limits.crawl_speed / abs(target.linear))
    elapsed = now.ros - state.at.ros if state.at is not None else 0.0
    dt = min(max(elapsed, 0.0), _LONGEST_STEP)
    wanted = speed_up_limited(state.command, target, dt, limits.acceleration, limits.turn_acceleration)
    motion = _keep_clear(scan.points, target, wanted, limits)
    if astray is not Reason.NONE:
        return (replace(motion, reason=Reason.KEEP_OUT_NEAR) if motion.reason is Reason.NONE else motion), state
    if len(zones.points):
        motion = _slower(motion, _keep_clear(zones.points, target, wanted, limits))
    return motion, state


_OF_ZONE = {Reason.OBSTACLE: Reason.KEEP_OUT, Reason.OBSTACLE_NEAR: Reason.KEEP_OUT_NEAR, Reason.NONE: Reason.NONE}


def _slower(seen: Motion, zone: Motion) -> Motion:
    """What both the scan and the keep-out zones allow; the reason is that of the tighter limit."""
    command = Velocity(
        min(seen.command.linear, zone.command.linear, key=abs), min(seen.command.angular, zone.command.angular, key=abs)
    )
    tighter = zone.reason is not Reason.NONE and (seen.reason is Reason.NONE or zone.speed_limit < seen.speed_limit)
    reason = _OF_ZONE[zone.reason] if tighter else seen.reason
    return replace(seen, command=command, reason=reason, speed_limit=min(seen.speed_limit, zone.speed_limit))


def _keep_clear(points: Points, target: Velocity, wanted: Velocity, limits: GateLimits) -> Motion:
    """Judge the requested arc, which says where the robot is going, and the ramped one, which is driven meanwhile."""
    horizon = 1.5 * stopping_distance(limits.max_speed, limits.zones.reaction, limits.zones.braking)
    way = free_way(points, target, limits.footprint, limits.zones, horizon)
    share = allowed_share(target, way, limits.zones)
    distance = abs(target.linear) * way.seconds if math.isfinite(way.seconds) and target.linear else math.nan
    blocked = abs(target.linear) * share < CRAWL and not target.is_zero and share < 1.0
    bound = Velocity(0.0 if blocked else target.linear * share, target.angular * share)
    turn = Velocity()
    if share < 1.0:
        # Turning on the spot may be free where the arc is not: slow down along the way, not in turning.
        turn = Velocity(0.0, target.angular)
        turn = turn.scaled(
            allowed_share(turn, free_way(points, turn, limits.footprint, limits.zones, 0.0), limits.zones)
        )
        bound = Velocity(bound.linear, max(bound.angular, turn.angular, key=abs))
    command = Velocity(_cut(wanted.linear, bound.linear), _cut(wanted.angular, bound.angular))
    if abs(command.linear * target.angular - command.angular * target.linear) > _SAME_ARC:
        way = free_way(points, command, limits.footprint, limits.zones, horizon)
        free = allowed_share(command, way, limits.zones)
        turning = max(command.angular * free, _cut(command.angular, turn.angular), key=abs)
        command = Velocity(command.linear * free, turning)
    if blocked:
        return Motion(command, Reason.OBSTACLE, 0.0, distance)
    if share < 1.0:
        return Motion(command, Reason.OBSTACLE_NEAR, abs(bound.linear), distance)
    return Motion(command, Reason.NONE, limits.max_speed, distance)


def _cut(value: float, bound: float) -> float:
    """`value` cut to the magnitude of `bound`, which has the same sign."""
    return math.copysign(min(abs(value), abs(bound)), value)


def _crawl_where_blind(target: Velocity, covered: tuple[float, float], limits: GateLimits) -> Velocity:
    """Only crawl into directions that the laser does not look at."""
    if abs(target.linear) <= limits.crawl_speed:
        return target
    heading = 0.0 if target.linear > 0 else math.pi
    low, high = covered
    if any(low - 0.1 <= heading + turn <= high + 0.1 for turn in (0.0, 2 * math.pi, -2 * math.pi)):
        return target
    return target.scaled(limits.crawl_speed / abs(target.linear))


def _notice_sudden_obstacle(state: GateState, inputs: GateInputs, now: Instant, limits: GateLimits) -> GateState:
    """Stop first when the way, free one scan ago, is suddenly short: somebody stepped in front of the robot."""
    hold = min(state.obstacle_hold_until, now.ros + limits.sudden_hold)
    before, current = state.previous_scan, state.current_scan
    # Each pair of scans is compared once, with the motion of the moment it became known.
    state = replace(state, obstacle_hold_until=hold, previous_scan=None)
    motion = state.command if abs(state.command.linear) >= _SUDDEN_ABOVE else inputs.measured
    speed = abs(motion.linear)
    if before is None or current is None or before.health is not ScanHealth.GOOD or speed < _SUDDEN_ABOVE:
        return state
    horizon = 2.0 * stopping_distance(speed, limits.zones.reaction, limits.zones.braking)
    far = horizon + limits.sudden_drop
    free_now = free_way(current.points, motion, limits.footprint, limits.zones, far).seconds * speed
    free_before = free_way(before.points, motion, limits.footprint, limits.zones, far).seconds * speed
    if free_now < horizon and min(free_before, far) - free_now > limits.sudden_drop:
        return replace(state, obstacle_hold_until=now.ros + limits.sudden_hold)
    return state
