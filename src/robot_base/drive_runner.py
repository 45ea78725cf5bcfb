# SPDX-License-Identifier: Apache-2.0
"""Keeps a drive served by a thread of its own: speeds out, readings in, reconnection, and silence that stops.

The watchdog here looks at the age of the command: when nobody has commanded for `command_timeout`, zero is sent,
however well everything else runs.
"""

import contextlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from robot_base.drivers.ports import DrivePort, DriveReading
from robot_base.errors import BaseError, LinkError, LinkLostError
from robot_base.kinematics import DifferentialDrive
from robot_base.velocity import STOP, Velocity
from ronda_core.clock import Clock, SystemClock

_RETRY = 0.4  # s between attempts to open


@dataclass(frozen=True, slots=True)
class LinkReport:
    """Whether the device answers, who it is or why not, and how often it has come back."""

    up: bool
    text: str
    hint: str = ""
    reconnections: int = 0


class DriveRunner:
    """Owns a DrivePort. `on_reading` and `on_link` are called on the runner's thread."""

    def __init__(
        self,
        port: DrivePort,
        drive: DifferentialDrive,
        on_reading: Callable[[DriveReading, float], None],
        on_link: Callable[[LinkReport], None],
        *,
        period: float = 0.02,
        command_timeout: float = 0.2,
        clock: Clock | None = None,
    ) -> None:
        self._port, self._drive = port, drive
        self._on_reading, self._on_link = on_reading, on_link
        self._period, self._timeout = period, command_timeout
        self._clock = clock or SystemClock()
        self._command: tuple[Velocity, float] = (STOP, float("-inf"))
        self._work: queue.SimpleQueue[tuple[Callable[[], None], Future[None]]] = queue.SimpleQueue()
        self._ending = threading.Event()
        self._opened = False
        self._losses = 0
        self._thread = threading.Thread(target=self._run, name="drive-runner", daemon=True)

    def start(self) -> str:
        """Open the port in the caller's thread, so that a first failure is the caller's; then run. Raises LinkError."""
        who = self._port.open()
        self._opened = True
        self._on_link(LinkReport(True, who))
        self._thread.start()
        return who

    def stop(self) -> None:
        """Send a stop, leave the line and end the thread."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)

    def command(self, velocity: Velocity) -> None:
        """Drive like this until the command is too old. From any thread."""
        self._command = (velocity, self._clock.monotonic())

    def call(self, action: Callable[[], None], timeout: float = 2.0) -> None:
        """Run a call of the port on the runner's thread. Raises what it raises; LinkLostError when it does not come."""
        future: Future[None] = Future()
        self._work.put((action, future))
        try:
            future.result(timeout)
        except TimeoutError as error:
            raise LinkLostError(f"{self._port.name} does not answer") from error

    def wanted(self) -> Velocity:
        """What is to be driven now: the command, or a stop when it is too old."""
        velocity, at = self._command
        return velocity if self._clock.monotonic() - at <= self._timeout else STOP

    def _run(self) -> None:
        while not self._ending.is_set():
            started = self._clock.monotonic()
            try:
                if self._opened:
                    self._cycle()
                else:
                    self._reopen()
            except LinkError as error:
                self._lost(error)
            pause = self._period if self._opened else _RETRY
            self._ending.wait(max(0.0, pause - (self._clock.monotonic() - started)))
        if self._opened:
            with contextlib.suppress(LinkError):
                self._port.exchange(0.0, 0.0)
            self._port.close()

    def _cycle(self) -> None:
        while not self._work.empty():
            action, future = self._work.get()
            try:
                action()
                future.set_result(None)
            except BaseError as error:
                future.set_exception(error)
                if isinstance(error, LinkLostError):
                    raise
        reading = self._port.exchange(*self._drive.wheel_speeds(self.wanted()))
        self._on_reading(reading, self._clock.monotonic())

    def _reopen(self) -> None:
        self._refuse_work()
        who = self._port.open()
        self._opened = True
        # Whatever was wanted before belongs to the time before the loss.
        self._command = (STOP, float("-inf"))
        self._on_link(LinkReport(True, who, reconnections=self._losses))

    def _lost(self, error: LinkError) -> None:
        if self._opened:
            self._losses += 1
            self._opened = False
            self._port.close()
        self._on_link(LinkReport(False, str(error), error.hint, self._losses))

    def _refuse_work(self) -> None:
        while not self._work.empty():
            self._work.get()[1].set_exception(LinkLostError(f"{self._port.name} is not connected"))
