# SPDX-License-Identifier: Apache-2.0
"""The runner against the compiled firmware: speeds out, readings in, and silence that stops."""

import math
import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from robot_base.drive_runner import DriveRunner
from robot_base.drivers.framed import FramedPort
from robot_base.drivers.ports import DriveReading
from robot_base.errors import LinkError
from robot_base.gate_types import Drive
from robot_base.kinematics import DifferentialDrive
from robot_base.odometry import ticks_between
from robot_base.port_runner import LinkReport
from robot_base.simulated_device import SimulatedDevice
from robot_base.velocity import STOP, Velocity
from ronda_core.clock import ManualClock

pytestmark = pytest.mark.live
LIMIT = 10.0
GEOMETRY = DifferentialDrive(0.09, 0.36)


class Line:
    """A runner with its readings and reports."""

    def __init__(self, link: Path) -> None:
        self.readings: queue.Queue[DriveReading] = queue.Queue()
        self.links: queue.Queue[LinkReport] = queue.Queue()
        self.port = FramedPort(str(link))
        self.runner = DriveRunner(self.port, GEOMETRY, lambda reading, _at: self.readings.put(reading), self.links.put)

    def until(self, what: Callable[[DriveReading], Any], velocity: Velocity | None = None) -> DriveReading:
        end, latched = time.monotonic() + LIMIT, False
        while time.monotonic() < end:
            if velocity is not None:
                # A machine that pauses sets off the firmware's watchdog, as it should; that wants a zero.
                self.runner.command(STOP if latched else velocity)
            if what(reading := self.readings.get(timeout=LIMIT)):
                return reading
            latched = reading.condition is Drive.WATCHDOG
        raise AssertionError("did not happen")

    def arm(self) -> None:
        self.runner.call(self.port.arm)
        self.until(lambda reading: reading.condition is Drive.READY)


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "board"


@pytest.fixture
def line(link: Path) -> Iterator[Line]:
    with SimulatedDevice(link):
        line = Line(link)
        line.runner.start()
        yield line
        line.runner.stop()


def test_a_command_drives_and_its_silence_stops(line: Line) -> None:
    assert line.links.get(timeout=LIMIT).up
    line.arm()
    ends = []
    for _ in range(3):
        fast = line.until(lambda reading: reading.left_speed > 0.4, Velocity(0.5, 0.0))
        stopped = line.until(lambda reading: abs(reading.left_speed) < 0.01)  # nobody commands any more
        assert ticks_between(fast.left_ticks, stopped.left_ticks) > 0  # the device starts near the counter's end
        ends.append(stopped.condition)
    # Zeros were sent all the time: the firmware's own watchdog had no cause, but a machine that paused.
    assert Drive.READY in ends


def test_turning_moves_the_wheels_apart(line: Line) -> None:
    line.arm()
    turning = line.until(lambda reading: reading.right_speed > 0.1, Velocity(0.0, 1.0))
    assert turning.left_speed < 0


@pytest.mark.parametrize("velocity", [Velocity(math.nan, 0.0), Velocity(0.0, math.inf), Velocity(math.nan, math.nan)])
def test_what_is_not_a_number_stops(line: Line, velocity: Velocity) -> None:
    line.arm()
    line.until(lambda reading: reading.left_speed > 0.2, Velocity(0.3, 0.0))
    line.until(lambda reading: abs(reading.left_speed) < 0.01, velocity)


def test_an_absurd_speed_is_cut_to_what_the_wheels_may(line: Line) -> None:
    line.arm()
    fastest = line.until(lambda reading: reading.left_speed > 0.9 * GEOMETRY.max_wheel_speed, Velocity(1e9, 0.0))
    assert fastest.left_speed < 1.1 * GEOMETRY.max_wheel_speed


def test_what_was_wanted_before_a_loss_is_not_taken_up(link: Path) -> None:
    device = SimulatedDevice(link)
    line = Line(link)
    try:
        line.runner.start()
        assert line.links.get(timeout=LIMIT).up
        line.runner.command(Velocity(0.5, 0.0))
        device.close()
        assert not line.links.get(timeout=LIMIT).up
        assert line.runner.wanted() == STOP
    finally:
        line.runner.stop()
        device.close()


def test_without_a_device_starting_fails(link: Path) -> None:
    with pytest.raises(LinkError, match="there is no device"):
        Line(link).runner.start()


def test_a_command_ages_by_the_clock(link: Path) -> None:
    clock = ManualClock()
    runner = DriveRunner(
        FramedPort(str(link)), GEOMETRY, lambda *_: None, lambda _: None, command_timeout=0.2, clock=clock
    )
    assert runner.wanted() == STOP
    runner.command(Velocity(0.5, 0.1))
    clock.advance(0.19)
    assert runner.wanted() == Velocity(0.5, 0.1)
    clock.advance(0.02)
    assert runner.wanted() == STOP
    runner.command(Velocity(0.5, 0.1), age=0.15)
    clock.advance(0.04)
    assert runner.wanted() == Velocity(0.5, 0.1)
    clock.advance(0.02)
    assert runner.wanted() == STOP
