# SPDX-License-Identifier: Apache-2.0
"""Random lives for the compiled firmware's barrier, over the real wire, in simulated time.

The driver, the frames, the pseudo-terminal and the firmware's process are the real ones; only time is made: the
device's stands still but for the steps that it is told, so that hours of a barrier pass in seconds.
"""

import random
import threading
from dataclasses import dataclass, field

from robot_base.drivers.framed import FramedPort
from robot_base.drivers.ports import BarrierCondition, BarrierReading
from robot_base.errors import CommandRefusedError
from robot_base.simulated_device import SimulatedDevice

_BEAT = 100  # ms between two signs of life of the host
_CLEAR = 1000  # ms that the lane has been clear for before anything closes
_TICK = 10  # ms
_LANE = ("loop", "beam")
_WORLD = (*_LANE, "fire", "estop", "jam", "both_ends", "no_ends")
_CHOICES = ("", "open", "open", "open", "close", "close", "force", "force", "stop", "reset", "auto", "alarm", "hold")
_ENOUGH = 12_000  # ms for any movement, with the times of its supervision


class DeviceClock:
    """The device's own time in seconds. It stands still while the host waits for an answer, however long that takes."""

    def __init__(self, device: SimulatedDevice) -> None:
        self._device = device
        self.milliseconds = 0

    def pass_time(self, milliseconds: int) -> None:
        """Let so much pass."""
        self._device.step(milliseconds)
        self.milliseconds += milliseconds

    def monotonic(self) -> float:
        """See ronda_core.clock.Clock."""
        return self.milliseconds / 1000

    def now(self) -> float:
        """See ronda_core.clock.Clock."""
        return self.monotonic()


@dataclass(slots=True)
class TrialResult:
    """What came of the lives; everything in `violations` and `dead` is an error of the firmware."""

    lives: int = 0
    commands: int = 0
    closings: int = 0
    seconds: float = 0.0
    faults: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)


class BarrierTrial:
    """Runs lives one after another on a stepped device, each from where the last one ended."""

    def __init__(self, device: SimulatedDevice, rng: random.Random) -> None:
        self._device, self._rng = device, rng
        self._clock = DeviceClock(device)
        self._port = FramedPort(str(device.path), clock=self._clock)
        self._open()
        self._world = dict.fromkeys(_WORLD, False)
        self._occupied_at = -_CLEAR  # the last time at which something was under the arm
        self._before = BarrierCondition.UNKNOWN
        self.result = TrialResult()

    def _open(self) -> None:
        """A greeting ends with the first telemetry, for which time has to pass."""
        greeted = threading.Event()

        def turn() -> None:
            while not greeted.wait(0.001):
                self._clock.pass_time(_TICK)

        turning = threading.Thread(target=turn)
        turning.start()
        try:
            self._port.open()
        finally:
            greeted.set()
            turning.join()

    def close(self) -> TrialResult:
        """Leave the device and take the testimony of the arm itself."""
        closings, unsafe = self._device.witness()
        if unsafe:
            self.result.violations.append(f"the motor closed in {unsafe} steps in which it must not")
        self.result.closings, self.result.seconds = closings, self._clock.milliseconds / 1000
        self._port.close()
        return self.result

    def live(self, acts: int = 12) -> None:
        """One life: commands and inputs at random, and at its end the way back to both ends."""
        self.result.lives += 1
        for _ in range(acts):
            for name in _WORLD:
                odds = 0.6 if self._world[name] else 0.1 if name in _LANE else 0.03
                if self._rng.random() < odds:
                    self._set(name, not self._world[name])
            self._clock.pass_time(_TICK)  # the firmware sees its inputs so often
            self._command()
            silent = self._rng.random() < 0.1  # not for long: what nobody reads has to fit into the terminal
            self._wait(self._rng.choice((600, 1200) if silent else (10, 100, 600, 1200, 2500, 9000)), silent=silent)
        self._recover()

    def _set(self, name: str, on: bool) -> None:
        self._world[name] = on
        self._device.set(name, int(on))
        if name in _LANE and not on:
            self._occupied_at = self._clock.milliseconds

    def _command(self) -> None:
        port, before = self._port, self._port.last_barrier().condition
        choice = self._rng.choice(_CHOICES)
        try:
            if choice in ("close", "force"):
                port.close_barrier(forced=choice == "force")
                self._judge_closing(before)
            elif choice in ("auto", "alarm"):
                (port.auto_close if choice == "auto" else port.fire_alarm)(self._rng.random() < 0.3)
            elif choice:
                {
                    "open": port.open_barrier,
                    "stop": port.stop_barrier,
                    "reset": port.reset_barrier,
                    "hold": port.hold_open,
                }[choice]()
        except CommandRefusedError:
            pass  # as it may
        self.result.commands += bool(choice)

    def _judge_closing(self, before: BarrierCondition) -> None:
        """A closing was accepted: the lane must have been clear for long enough."""
        if before in (BarrierCondition.CLOSED, BarrierCondition.CLOSING):
            return
        clear = 0 if self._is_occupied() else self._clock.milliseconds - self._occupied_at
        if clear < _CLEAR - _TICK:
            self.result.violations.append(f"life {self.result.lives}: closing accepted {clear} ms after something")

    def _is_occupied(self) -> bool:
        return any(self._world[name] for name in _LANE)

    def _wait(self, milliseconds: int, *, silent: bool = False) -> None:
        end = self._clock.milliseconds + milliseconds
        while (left := end - self._clock.milliseconds) > 0:
            self._clock.pass_time(left if silent else min(left, _BEAT))
            if not silent:
                self._look()
        self._clock.pass_time(2 * _TICK)  # for telemetry after a silence
        self._look()

    def _look(self) -> BarrierReading:
        self._port.ping()  # its echo comes after all telemetry of the time that has passed
        reading = self._port.read_barrier()
        if reading.condition is BarrierCondition.CLOSING and (reading.loop or reading.beam):
            self.result.violations.append(f"life {self.result.lives}: closing with loop or beam occupied")
        if reading.condition is BarrierCondition.FAULT and self._before is not BarrierCondition.FAULT:
            self.result.faults[reading.reason] = self.result.faults.get(reading.reason, 0) + 1
        self._before = reading.condition
        return reading

    def _recover(self) -> None:
        """All is well again, and a person at the barrier: it must reach both ends."""
        for name in _WORLD:
            if self._world[name]:
                self._set(name, False)
        self._port.fire_alarm(False)
        self._port.auto_close(False)
        self._wait(_CLEAR + 5 * _TICK)
        self._port.reset_barrier()
        self._wait(5 * _TICK)
        self._reach(BarrierCondition.OPEN)
        self._reach(BarrierCondition.CLOSED)

    def _reach(self, end: BarrierCondition) -> None:
        before = self._look()
        try:
            if end is BarrierCondition.OPEN:
                self._port.open_barrier()
            else:
                self._port.close_barrier(forced=True)
        except CommandRefusedError as error:
            self.result.dead.append(f"life {self.result.lives}: {before}: {error}")
            return
        until = self._clock.milliseconds + _ENOUGH
        while self._look().condition is not end:
            if self._clock.milliseconds > until:
                self.result.dead.append(f"life {self.result.lives}: {before}: never {end.name}")
                return
            self._clock.pass_time(_BEAT)
