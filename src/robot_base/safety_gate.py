# SPDX-License-Identifier: Apache-2.0
"""The one decision about motion: `decide` turns requests and sensor conditions into the velocity that is sent.

It is a pure function of what it remembers (`GateState`), what it sees (`GateInputs`) and the time. In this order it
asks: does something forbid motion altogether, who may move the robot, how fast may the robot go where it wants to go.
"""

import math
from dataclasses import replace

from robot_base.gate_limits import GateLimits
from robot_base.gate_types import (
    Drive,
    GateDecision,
    GateInputs,
    GateState,
    GateStatus,
    Instant,
    Mode,
    Source,
    TimedCommand,
)
from robot_base.motion_limits import Motion, limit_motion
from robot_base.scan_view import ScanHealth
from robot_base.stop_rules import STOP_RULES, Reason, Recovery
from robot_base.velocity import STOP, Velocity

_CLOCK_MISFIT = 10.0  # s; a stamp this old was made by another clock, not delayed


def decide(state: GateState, inputs: GateInputs, now: Instant, limits: GateLimits) -> GateDecision:
    """The velocity to send now, the state to carry over, and the status to publish. Never raises."""
    state = _remember(state, inputs, now)
    cause, latching = _cause(state, inputs, now, limits)
    if latching is not Reason.NONE:
        state = _latched(state, latching, now)
    state = _watch_start(replace(state, latching=latching), inputs, now, limits)
    state = _release_teleop(state, inputs, cause, now, limits)
    refusal = ""
    if inputs.resume_requested:
        refusal = _refusal(inputs, cause, now, limits)
        if not refusal:
            state = replace(state, autonomy_allowed=True, autonomy_since=now, latched=Reason.NONE, teleop_used=False)
    source, request, objection = _request(state, inputs, now, limits)
    if source is Source.TELEOPERATION:
        state = replace(state, autonomy_allowed=False, teleop_used=True)
    if cause is Reason.BUMPER and source is Source.TELEOPERATION and objection is Reason.NONE and request.linear < 0:
        # The only way off an obstacle that is being touched: backwards, slowly, by hand.
        crawl = Velocity(max(request.linear, -limits.crawl_speed))
        motion = Motion(crawl, cause, limits.crawl_speed)
    elif cause is not Reason.NONE or inputs.scan is None:
        motion = Motion(STOP, cause, 0.0)
    elif objection is not Reason.NONE:
        motion = Motion(STOP, objection, 0.0)
    else:
        by_hand = source is Source.TELEOPERATION
        motion, state = limit_motion(state, inputs, inputs.scan, request, now, limits, by_hand=by_hand)
    status = GateStatus(
        mode=_mode(motion),
        source=source,
        reason=motion.reason,
        detail=_sentence(motion.reason, state),
        category=STOP_RULES[motion.reason].category,
        autonomy_allowed=state.autonomy_allowed,
        speed_limit=motion.speed_limit,
        obstacle_distance=motion.obstacle_distance,
        resume_refused=refusal,
    )
    return GateDecision(motion.command, replace(state, command=motion.command, at=now), status)


def _remember(state: GateState, inputs: GateInputs, now: Instant) -> GateState:
    scan = inputs.scan
    if scan is not None and scan is not state.current_scan:
        state = replace(state, previous_scan=state.current_scan, current_scan=scan)
        if scan.health is ScanHealth.GOOD:
            first = now if state.first_scan is None else state.first_scan
            state = replace(state, last_good_scan=inputs.scan_received, first_scan=first)
    return state


_DRIVE_CAUSES = {
    Drive.ESTOP: Reason.DRIVE_ESTOP,
    Drive.LINK_DOWN: Reason.DRIVE_LINK_DOWN,
    Drive.FAULT: Reason.DRIVE_FAULT,
    Drive.WATCHDOG: Reason.DRIVE_WATCHDOG,
    Drive.DISARMED: Reason.DRIVE_DISARMED,
}
_SCAN_CAUSES = {
    ScanHealth.EMPTY: Reason.SCAN_EMPTY,
    ScanHealth.INVALID: Reason.SCAN_INVALID,
    ScanHealth.FROZEN: Reason.SCAN_FROZEN,
    ScanHealth.NO_TRANSFORM: Reason.SCAN_NO_TRANSFORM,
}


def _cause(state: GateState, inputs: GateInputs, now: Instant, limits: GateLimits) -> tuple[Reason, Reason]:
    """The most severe cause that forbids any motion, and the most severe one that must be ended by hand (or NONE)."""
    causes = []
    if inputs.estop:
        causes.append(Reason.ESTOP)
    if inputs.restarted:
        causes.append(Reason.GATE_RESTARTED)
    drive = _DRIVE_CAUSES.get(inputs.drive)
    if inputs.drive_heard is not None and now.age(inputs.drive_heard) > limits.drive_timeout:
        drive = Reason.DRIVE_LINK_DOWN  # whoever reported for it has died
    if drive is not None:
        causes.append(drive)
    if not inputs.clock_running:
        causes.append(Reason.CLOCK_STOPPED)
    if inputs.bumper:
        causes.append(Reason.BUMPER)
    elif inputs.bumper_heard is None:
        if math.isfinite(limits.bumper_timeout):
            causes.append(Reason.BUMPER_NONE)
    elif now.age(inputs.bumper_heard) > limits.bumper_timeout:
        causes.append(Reason.BUMPER_SILENT)
    latching = [cause for cause in causes if STOP_RULES[cause].recovery is Recovery.DELIBERATE]
    scan, lasting = _scan_cause(state, inputs, now, limits)
    if scan is not Reason.NONE:
        causes.append(scan)
        if lasting and inputs.clock_running:
            latching.append(scan)
    return next(iter(causes), Reason.NONE), next(iter(latching), Reason.NONE)


def _scan_cause(state: GateState, inputs: GateInputs, now: Instant, limits: GateLimits) -> tuple[Reason, bool]:
    """Condition of the scan. It stops the robot at once, but a gap shorter than the grace time ends by itself."""
    if inputs.scan is None or inputs.scan_received is None:
        return Reason.SCAN_NONE, False
    cause = _SCAN_CAUSES.get(inputs.scan.health, Reason.NONE)
    behind = now.ros - inputs.scan.stamp > limits.max_command_age + limits.scan_timeout
    if cause is Reason.NONE and (behind or now.age(inputs.scan_received) > limits.scan_timeout):
        cause = Reason.SCAN_STALE
    if cause is Reason.NONE:
        return cause, False
    since = state.last_good_scan
    return cause, since is not None and now.age(since) > limits.scan_grace


def _latched(state: GateState, cause: Reason, now: Instant) -> GateState:
    state = replace(state, autonomy_allowed=False, latched=cause, teleop_used=False)
    if state.latching is cause:
        return state  # the same stop still lasts
    return replace(state, teleop_needs_zero=True, teleop_blocked_at=now)


def _watch_start(state: GateState, inputs: GateInputs, now: Instant, limits: GateLimits) -> GateState:
    """A gate that was restarted in the middle of a drive must not carry on with it: that needs a person.

    It knows such a drive by being asked for motion as soon as it sees: the discovery of the laser and of the navigation
    happen together, while a robot that starts as a whole still has to find out where it is.
    """
    if state.first_scan is not None and now.steady - state.first_scan.steady > limits.start_watch:
        return state
    navigation = inputs.navigation
    if navigation is None or navigation.velocity.is_zero or state.autonomy_since is not None:
        return state
    return replace(state, autonomy_allowed=False, latched=Reason.AWAIT_RESUME)


def _fresh(command: TimedCommand | None, now: Instant, timeout: float, limits: GateLimits) -> bool:
    """True while the sender is heard. A stamp of another clock passes here, so that it can be named as the fault."""
    if command is None or now.age(command.received) > timeout:
        return False
    age = 0.0 if command.stamp is None else now.ros - command.stamp
    return age <= limits.max_command_age or age > _CLOCK_MISFIT


def _release_teleop(state: GateState, inputs: GateInputs, cause: Reason, now: Instant, limits: GateLimits) -> GateState:
    """Teleoperation may move the robot again once it has sent a zero since the protective stop."""
    command = inputs.teleoperation
    if not state.teleop_needs_zero or cause not in (Reason.NONE, Reason.BUMPER) or state.teleop_blocked_at is None:
        return state
    if command is None or not command.velocity.is_zero or not _fresh(command, now, limits.teleop_timeout, limits):
        return state
    if command.received.steady <= state.teleop_blocked_at.steady:
        return state
    return replace(state, teleop_needs_zero=False)


def _refusal(inputs: GateInputs, cause: Reason, now: Instant, limits: GateLimits) -> str:
    if cause is not Reason.NONE:
        return f"{STOP_RULES[cause].sentence} Remove the cause, then resume."
    if _fresh(inputs.teleoperation, now, limits.teleop_timeout, limits):
        return "Teleoperation is driving. Let it fall silent, then resume."
    return ""


def _request(state: GateState, inputs: GateInputs, now: Instant, limits: GateLimits) -> tuple[Source, Velocity, Reason]:
    """Who is heard, what it asks for, and why nothing may come of it (NONE: it may)."""
    teleop, navigation = inputs.teleoperation, inputs.navigation
    if teleop is not None and _fresh(teleop, now, limits.teleop_timeout, limits):
        reason = _command_fault(teleop, now, limits)
        if reason is Reason.NONE and state.teleop_needs_zero:
            reason = Reason.AWAIT_ZERO
        return Source.TELEOPERATION, teleop.velocity, reason
    if not state.autonomy_allowed:
        silent = state.teleop_used and state.latched is Reason.NONE
        return Source.NONE, STOP, Reason.TELEOP_SILENT if silent else Reason.AWAIT_RESUME
    since = state.autonomy_since
    if navigation is not None and since is not None and navigation.received.steady < since.steady:
        navigation = None  # from before the resumption
    if navigation is not None and _fresh(navigation, now, limits.navigation_timeout, limits):
        return Source.NAVIGATION, navigation.velocity, _command_fault(navigation, now, limits)
    return Source.NONE, STOP, Reason.NO_COMMAND


def _command_fault(command: TimedCommand, now: Instant, limits: GateLimits) -> Reason:
    velocity = command.velocity
    if (
        not velocity.is_finite
        or abs(velocity.linear) > limits.absurd_factor * limits.max_speed
        or abs(velocity.angular) > limits.absurd_factor * limits.max_turn_rate
    ):
        return Reason.COMMAND_INVALID
    if command.stamp is not None and not -limits.max_command_age <= now.ros - command.stamp <= _CLOCK_MISFIT:
        return Reason.COMMAND_CLOCK
    return Reason.NONE


def _mode(motion: Motion) -> Mode:
    if motion.reason is Reason.NONE:
        return Mode.FREE
    return Mode.STOPPED if motion.command.is_zero else Mode.SLOWED


def _sentence(reason: Reason, state: GateState) -> str:
    sentence = STOP_RULES[reason].sentence
    if reason is Reason.AWAIT_RESUME and state.latched not in (Reason.NONE, Reason.AWAIT_RESUME):
        return f"{sentence} The stop was: {STOP_RULES[state.latched].sentence}"
    return sentence
