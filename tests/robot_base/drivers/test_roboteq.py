# SPDX-License-Identifier: Apache-2.0
"""The Roboteq driver against a controller that has the real one's trap: it resumes the old speed after its time-out."""

from collections.abc import Iterator

import pytest
from tests.robot_base.drivers.pty_device import PtyDevice, by_lines

from robot_base.drivers.roboteq import RoboteqPort
from robot_base.errors import CommandRefusedError, ProtocolError
from robot_base.gate_types import Drive
from ronda_core.clock import ManualClock


class Controller:
    """What the manual says about the commands that the driver uses."""

    def __init__(self) -> None:
        self.speeds, self.faults, self.log, self.watchdog = [0, 0], 0, [], 1000

    def answer(self, line: str) -> str:
        self.log.append(line)
        words = line[1:].split()
        if line.startswith("?"):
            channel = int(words[1]) - 1 if len(words) > 1 else 0
            values = {"FID": "Roboteq v2.1", "FF": self.faults, "C": [100, 200][channel], "F": self.speeds[channel],
                      "A": 15, "V": 240, "T": 31}  # fmt: skip
            return f"{words[0]}={values[words[0]]}"
        if line.startswith("^RWD"):
            self.watchdog = int(words[1])
        elif words[0] == "G":
            self.speeds[int(words[1]) - 1] = int(words[2])
        elif words[0] == "EX":
            self.faults |= 16
        elif words[0] == "MG":
            self.faults &= ~16
        return "+"


@pytest.fixture
def controller() -> Controller:
    return Controller()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def port(controller: Controller) -> Iterator[RoboteqPort]:
    with PtyDevice(by_lines(controller.answer)) as device:
        port = RoboteqPort(device.path, 115200, 3537.0, 1.0)
        assert "Roboteq" in port.open()
        port.clear_fault()  # opening presses the emergency stop
        yield port
        port.close()


def test_it_sets_the_time_out_and_reads_units(port: RoboteqPort, controller: Controller) -> None:
    assert controller.watchdog == 200
    reading = port.exchange(0, 0)
    assert (reading.left_ticks, reading.right_ticks) == (100, 200)
    assert (reading.voltage, reading.left_current, reading.temperature) == (24.0, 1.5, 31.0)
    assert reading.condition is Drive.DISARMED


def test_speeds_pass_only_when_armed(port: RoboteqPort, controller: Controller) -> None:
    port.exchange(0.5, -0.5)
    assert controller.speeds == [0, 0]
    port.arm()
    assert port.exchange(0.5, -0.5).condition is Drive.READY
    assert controller.speeds == [500, -500]


def test_after_a_pause_it_wants_zero_first(port: RoboteqPort, controller: Controller) -> None:
    port.arm()
    port.exchange(0.5, 0.5)
    port._sent_at -= 1.0  # as if the program had been stopped for a second
    controller.log.clear()
    assert port.exchange(0.5, 0.5).condition is Drive.WATCHDOG
    assert next(line for line in controller.log if line.startswith("!G")) == "!G 1 0"
    assert controller.speeds == [0, 0]
    assert port.exchange(0.5, 0.5).condition is Drive.WATCHDOG
    port.exchange(0.0, 0.0)
    port.exchange(0.5, 0.5)
    assert controller.speeds == [500, 500]


def test_faults_are_named_and_forbid_arming(port: RoboteqPort, controller: Controller) -> None:
    controller.faults = 4
    assert port.exchange(0, 0).faults == ("undervoltage",)
    with pytest.raises(CommandRefusedError, match="undervoltage"):
        port.arm()


def test_something_else_on_the_line_is_no_roboteq() -> None:
    with PtyDevice(by_lines(lambda _: "hello")) as device, pytest.raises(ProtocolError, match="hello"):
        RoboteqPort(device.path, 115200, 1.0, 1.0).open()
