# SPDX-License-Identifier: Apache-2.0
"""Why the gate stops the robot, which category of stop each cause leads to, and what lets the robot move again.

The categories are those of IEC 60204-1: 0 = power removed at once, 1 = braked, then power removed, 2 = braked with
power kept. A program can only command category 2; categories 0 and 1 are carried out by the firmware and the emergency
stop circuit, and are listed because the gate's state shows them. `docs/safety.md` prints this table for people.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class StopCategory(IntEnum):
    """Stop categories of IEC 60204-1; NOT_PROTECTIVE means that nothing stopped the robot but its request."""

    REMOVE_POWER = 0
    BRAKE_THEN_REMOVE_POWER = 1
    BRAKE = 2
    NOT_PROTECTIVE = 255


class Recovery(StrEnum):
    """What ends a stop once its cause has gone."""

    AUTOMATIC = "automatic"  # the next fresh command moves
    DELIBERATE = "deliberate"  # resume_autonomy for navigation, a zero command first for teleoperation


class Reason(StrEnum):
    """Machine-readable reasons of `safety_state`, the most severe first."""

    ESTOP = "estop"
    GATE_RESTARTED = "gate_restarted"
    DRIVE_ESTOP = "drive_estop"
    DRIVE_LINK_DOWN = "drive_link_down"
    DRIVE_FAULT = "drive_fault"
    DRIVE_WATCHDOG = "drive_watchdog"
    DRIVE_DISARMED = "drive_disarmed"
    CLOCK_STOPPED = "clock_stopped"
    BUMPER = "bumper"
    BUMPER_NONE = "bumper_none"
    BUMPER_SILENT = "bumper_silent"
    SCAN_NONE = "scan_none"
    SCAN_STALE = "scan_stale"
    SCAN_FROZEN = "scan_frozen"
    SCAN_INVALID = "scan_invalid"
    SCAN_EMPTY = "scan_empty"
    SCAN_NO_TRANSFORM = "scan_no_transform"
    KEEP_OUT = "keep_out"
    KEEP_OUT_UNKNOWN = "keep_out_unknown"
    OBSTACLE = "obstacle"
    COMMAND_INVALID = "command_invalid"
    COMMAND_CLOCK = "command_clock"
    AWAIT_ZERO = "await_zero"
    TELEOP_SILENT = "teleop_silent"
    AWAIT_RESUME = "await_resume"
    NO_COMMAND = "no_command"
    OBSTACLE_NEAR = "obstacle_near"
    KEEP_OUT_NEAR = "keep_out_near"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class StopRule:
    """Category, recovery and the sentence that people read."""

    category: StopCategory
    recovery: Recovery
    sentence: str


_BRAKE = StopCategory.BRAKE
_NOT = StopCategory.NOT_PROTECTIVE
_AUTO = Recovery.AUTOMATIC
_ASK = Recovery.DELIBERATE

STOP_RULES: dict[Reason, StopRule] = {
    Reason.ESTOP: StopRule(_BRAKE, _ASK, "The software emergency stop is engaged."),
    Reason.GATE_RESTARTED: StopRule(_BRAKE, _ASK, "The safety gate had ended abruptly and was started again."),
    Reason.DRIVE_ESTOP: StopRule(
        StopCategory.REMOVE_POWER, _ASK, "The emergency stop circuit of the base is open: the motors have no power."
    ),
    Reason.DRIVE_LINK_DOWN: StopRule(
        StopCategory.BRAKE_THEN_REMOVE_POWER, _ASK, "The base does not answer; its own watchdog has stopped it."
    ),
    Reason.DRIVE_FAULT: StopRule(StopCategory.BRAKE_THEN_REMOVE_POWER, _ASK, "The base reports a fault."),
    Reason.DRIVE_WATCHDOG: StopRule(
        StopCategory.BRAKE_THEN_REMOVE_POWER, _ASK, "The base stopped because commands stopped coming."
    ),
    Reason.DRIVE_DISARMED: StopRule(_BRAKE, _AUTO, "The base is not armed."),
    Reason.CLOCK_STOPPED: StopRule(_BRAKE, _AUTO, "The clock stands still (simulation paused or ended)."),
    Reason.BUMPER: StopRule(_BRAKE, _ASK, "The bumper touches something."),
    Reason.BUMPER_NONE: StopRule(_BRAKE, _AUTO, "The bumper has not reported yet."),
    Reason.BUMPER_SILENT: StopRule(_BRAKE, _ASK, "The bumper does not report any more."),
    Reason.SCAN_NONE: StopRule(_BRAKE, _AUTO, "No laser scan has arrived yet."),
    Reason.SCAN_STALE: StopRule(_BRAKE, _ASK, "The laser scan is too old."),
    Reason.SCAN_FROZEN: StopRule(_BRAKE, _ASK, "The laser scan does not change although the robot moves."),
    Reason.SCAN_INVALID: StopRule(_BRAKE, _ASK, "Too many rays of the laser scan are invalid."),
    Reason.SCAN_EMPTY: StopRule(_BRAKE, _ASK, "The laser scan holds no measurement at all."),
    Reason.SCAN_NO_TRANSFORM: StopRule(_BRAKE, _ASK, "Nobody says where the laser sits on the robot."),
    Reason.KEEP_OUT: StopRule(_BRAKE, _AUTO, "The way leads into a keep-out zone, or the robot stands in one."),
    Reason.KEEP_OUT_UNKNOWN: StopRule(
        _BRAKE, _AUTO, "Keep-out zones are set, but nobody says where the robot is on the map."
    ),
    Reason.OBSTACLE: StopRule(_BRAKE, _AUTO, "An obstacle is in the way."),
    Reason.COMMAND_INVALID: StopRule(_BRAKE, _AUTO, "The requested velocity is not a number or far out of range."),
    Reason.COMMAND_CLOCK: StopRule(_BRAKE, _AUTO, "The request's time stamp does not fit the robot's clock."),
    Reason.AWAIT_ZERO: StopRule(_NOT, _AUTO, "Teleoperation must send zero once before it may move the robot again."),
    Reason.TELEOP_SILENT: StopRule(_NOT, _ASK, "Teleoperation took over and fell silent; resume autonomy to go on."),
    Reason.AWAIT_RESUME: StopRule(_NOT, _ASK, "After a protective stop autonomy waits for resume_autonomy."),
    Reason.NO_COMMAND: StopRule(_NOT, _AUTO, "Nobody asks for motion."),
    Reason.OBSTACLE_NEAR: StopRule(_NOT, _AUTO, "An obstacle is near: driving slower."),
    Reason.KEEP_OUT_NEAR: StopRule(_NOT, _AUTO, "A keep-out zone, or a place that may be one: driving slower."),
    Reason.NONE: StopRule(_NOT, _AUTO, "Free to move."),
}
