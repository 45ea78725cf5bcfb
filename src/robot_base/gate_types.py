# SPDX-License-Identifier: Apache-2.0
"""What the safety gate sees, remembers and answers: plain values without behaviour of their own."""

import math
from dataclasses import dataclass
from enum import Enum, IntEnum

from robot_base.keep_out_watch import NO_ZONES, KeepOutView
from robot_base.scan_view import ScanView
from robot_base.stop_rules import Reason, StopCategory
from robot_base.velocity import STOP, Velocity


@dataclass(frozen=True, slots=True)
class Instant:
    """One moment on both clocks of a robot.

    `ros` is the clock of the stamps (simulated time in simulation), `steady` one that never stops or jumps. Seconds.
    """

    ros: float
    steady: float

    def age(self, then: "Instant") -> float:
        """Seconds since `then`, by the clock that says less.

        A simulation that runs fast makes the ROS clock run away from a healthy sender, a slow one the steady clock; in
        real time both agree. A ROS clock that jumped backwards is not asked.
        """
        by_ros = self.ros - then.ros
        by_steady = self.steady - then.steady
        return by_steady if by_ros < 0 else min(by_ros, by_steady)


class Source(IntEnum):
    """Who asks for motion; values as in SafetyState."""

    NONE = 0
    NAVIGATION = 1
    TELEOPERATION = 2


class Mode(IntEnum):
    """What became of the request; values as in SafetyState."""

    STOPPED = 0
    SLOWED = 1
    FREE = 2


class Drive(Enum):
    """Condition of the drive. NOT_REPORTED: nobody publishes drive_state (Gazebo), so it cannot be asked."""

    NOT_REPORTED = "not reported"
    READY = "ready"
    DISARMED = "disarmed"
    WATCHDOG = "watchdog"
    FAULT = "fault"
    ESTOP = "estop"
    LINK_DOWN = "link down"


@dataclass(frozen=True, slots=True)
class TimedCommand:
    """A requested velocity, when it came, and the stamp it carried (None: it carried none)."""

    velocity: Velocity
    received: Instant
    stamp: float | None = None


@dataclass(frozen=True, slots=True)
class GateInputs:
    """Everything the decision depends on, as it stands now.

    `restarted` is true in the first decision of a gate whose predecessor did not end in order.
    """

    teleoperation: TimedCommand | None = None
    navigation: TimedCommand | None = None
    scan: ScanView | None = None
    scan_received: Instant | None = None
    measured: Velocity = STOP
    bumper: bool = False
    bumper_heard: Instant | None = None
    estop: bool = False
    drive: Drive = Drive.NOT_REPORTED
    drive_heard: Instant | None = None
    clock_running: bool = True
    resume_requested: bool = False
    restarted: bool = False
    keep_out: KeepOutView = NO_ZONES


@dataclass(frozen=True, slots=True)
class GateState:
    """What the gate remembers from one decision to the next."""

    command: Velocity = STOP
    at: Instant | None = None
    first_scan: Instant | None = None
    autonomy_allowed: bool = True
    autonomy_since: Instant | None = None
    latching: Reason = Reason.NONE
    latched: Reason = Reason.NONE
    teleop_needs_zero: bool = False
    teleop_blocked_at: Instant | None = None
    teleop_used: bool = False
    last_good_scan: Instant | None = None
    previous_scan: ScanView | None = None
    current_scan: ScanView | None = None
    obstacle_hold_until: float = -math.inf


@dataclass(frozen=True, slots=True)
class GateStatus:
    """The decision in words, for people and for `safety_state`."""

    mode: Mode
    source: Source
    reason: Reason
    detail: str
    category: StopCategory
    autonomy_allowed: bool
    speed_limit: float
    obstacle_distance: float = math.nan
    resume_refused: str = ""


@dataclass(frozen=True, slots=True)
class GateDecision:
    """The velocity to send, the state to remember, and why."""

    command: Velocity
    state: GateState
    status: GateStatus
