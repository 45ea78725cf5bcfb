# SPDX-License-Identifier: Apache-2.0
"""Keeps a drive served: speeds out, readings in, and silence that stops.

The watchdog here looks at the age of the command: when nobody has commanded for `command_timeout`, zero is sent,
however well everything else runs.
"""

from collections.abc import Callable

from robot_base.drivers.ports import DrivePort, DriveReading
from robot_base.kinematics import DifferentialDrive
from robot_base.port_runner import LinkReport, PortRunner
from robot_base.velocity import STOP, Velocity
from ronda_core.clock import Clock, SystemClock

_NEVER = float("-inf")


class DriveRunner:
    """Serves a DrivePort by a PortRunner. `on_reading` and `on_link` are called on the runner's thread."""

    def __init__(
        self,
        port: DrivePort,
        drive: DifferentialDrive,
        on_reading: Callable[[DriveReading, float], None],
        on_link: Callable[[LinkReport], None],
        *,
        period: float = 0.02,
        command_timeout: float = 0.15,
        clock: Clock | None = None,
    ) -> None:
        self._port, self._drive = port, drive
        self._on_reading, self._on_link = on_reading, on_link
        self._timeout = command_timeout
        self._clock = clock or SystemClock()
        self._command: tuple[Velocity, float] = (STOP, _NEVER)
        self._runner = PortRunner(port, self._cycle, self._link, self._leave, period=period, clock=self._clock)
        self.start, self.stop, self.call = self._runner.start, self._runner.stop, self._runner.call

    def command(self, velocity: Velocity, age: float = 0.0) -> None:
        """Drive like this until the command, which is `age` seconds old already, is too old. From any thread."""
        self._command = (velocity, self._clock.monotonic() - max(age, 0.0))

    def wanted(self) -> Velocity:
        """What is to be driven now: the command, or a stop when it is too old."""
        velocity, at = self._command
        return velocity if self._clock.monotonic() - at <= self._timeout else STOP

    def _cycle(self) -> None:
        reading = self._port.exchange(*self._drive.wheel_speeds(self.wanted()))
        self._on_reading(reading, self._clock.monotonic())

    def _link(self, report: LinkReport) -> None:
        # Whatever was wanted before a loss belongs to the time before it.
        self._command = (STOP, _NEVER)
        self._on_link(report)

    def _leave(self) -> None:
        self._port.exchange(0.0, 0.0)
