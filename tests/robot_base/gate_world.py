# SPDX-License-Identifier: Apache-2.0
"""A small stage for the safety gate: time, scans and commands with sensible values unless said otherwise."""

import math
from dataclasses import replace

import numpy as np

from robot_base.gate_limits import GateLimits
from robot_base.gate_types import GateDecision, GateInputs, GateState, Instant, TimedCommand
from robot_base.safety_gate import decide
from robot_base.scan_view import ScanHealth, ScanView
from robot_base.velocity import Velocity

FAR = np.array([[6.0, 0.0], [-6.0, 0.0], [0.0, 6.0], [0.0, -6.0]])


def wall(distance: float, half_width: float = 1.0) -> np.ndarray:
    """Points every 2 cm on a line across the way, `distance` metres ahead of the axle."""
    y = np.arange(-half_width, half_width, 0.02)
    return np.column_stack((np.full_like(y, distance), y))


class Stage:
    """Feeds `decide` at 20 Hz with whatever is switched on."""

    def __init__(self, limits: GateLimits | None = None, *, settled: bool = True) -> None:
        self.limits = limits or GateLimits()
        self.state = GateState()
        self.time = Instant(100.0, 500.0)
        self.points = FAR
        self.health = ScanHealth.GOOD
        self.scanning = True
        self.bumper_reports = True
        self.navigation: Velocity | None = None
        self.teleoperation: Velocity | None = None
        self.inputs = GateInputs()
        self.last: GateDecision | None = None
        if settled:
            self.run(self.limits.start_watch + 0.2)

    def step(self, dt: float = 0.05, **changes: object) -> GateDecision:
        """Advance both clocks by `dt` seconds and decide once; `changes` replace inputs for good."""
        self.time = Instant(self.time.ros + dt, self.time.steady + dt)
        if self.scanning:
            view = ScanView(self.time.ros, self.health, self.points)
            self.inputs = replace(self.inputs, scan=view, scan_received=self.time)
        if self.bumper_reports:
            self.inputs = replace(self.inputs, bumper_heard=self.time)
        if self.navigation is not None:
            self.inputs = replace(self.inputs, navigation=TimedCommand(self.navigation, self.time, self.time.ros))
        if self.teleoperation is not None:
            self.inputs = replace(self.inputs, teleoperation=TimedCommand(self.teleoperation, self.time))
        self.inputs = replace(self.inputs, **changes)  # type: ignore[arg-type]
        self.last = decide(self.state, self.inputs, self.time, self.limits)
        self.state = self.last.state
        self.inputs = replace(self.inputs, resume_requested=False, restarted=False)
        return self.last

    def run(self, seconds: float, **changes: object) -> GateDecision:
        """Step for `seconds` and return the last decision."""
        decision = self.step(**changes)
        for _ in range(math.ceil(seconds / 0.05) - 1):
            decision = self.step()
        return decision
