# SPDX-License-Identifier: Apache-2.0
"""The Arduino bridge driver against a board that speaks its text protocol."""

from collections.abc import Iterator

import pytest
from tests.robot_base.drivers.pty_device import PtyDevice, by_lines

from robot_base.drivers.arduino import ArduinoPort
from robot_base.errors import LinkLostError, ProtocolError
from robot_base.gate_types import Drive


class Board:
    """e, m and o."""

    def __init__(self) -> None:
        self.ticks, self.loops = [7, -7], [0, 0]

    def answer(self, line: str) -> str:
        command, *arguments = line.split()
        if command == "e":
            return f"{self.ticks[0]} {self.ticks[1]}"
        if command in ("m", "o"):
            self.loops = [int(word) for word in arguments]
            return "OK"
        return "Invalid Command"


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def port(board: Board) -> Iterator[ArduinoPort]:
    with PtyDevice(by_lines(board.answer)) as device:
        port = ArduinoPort(device.path, 57600, 3000.0)
        port.open()
        yield port
        port.close()


def test_speeds_become_ticks_per_loop_when_armed(port: ArduinoPort, board: Board) -> None:
    reading = port.exchange(0.5, 0.5)
    assert (reading.condition, reading.left_ticks, board.loops) == (Drive.DISARMED, 7, [0, 0])
    port.arm()
    assert port.exchange(0.5, -0.25).condition is Drive.READY
    assert board.loops == [50, -25]


def test_after_a_pause_it_wants_zero_first(port: ArduinoPort, board: Board) -> None:
    port.arm()
    port.exchange(0.5, 0.5)
    port._served_at -= 1.0
    assert port.exchange(0.5, 0.5).condition is Drive.WATCHDOG
    assert board.loops == [0, 0]
    port.exchange(0, 0)
    port.exchange(0.5, 0.5)
    assert board.loops == [50, 50]


def test_the_emergency_stop_disarms(port: ArduinoPort, board: Board) -> None:
    port.arm()
    port.estop()
    port.exchange(0.5, 0.5)
    assert board.loops == [0, 0]


@pytest.mark.parametrize(("answer", "error"), [("1 2 3", ProtocolError), ("\xff\xfe", ProtocolError)])
def test_what_is_no_bridge_is_refused(answer: str, error: type[Exception]) -> None:
    with PtyDevice(by_lines(lambda _: answer)) as device, pytest.raises(error):
        ArduinoPort(device.path, 57600, 1.0).open()


def test_a_silent_board_is_lost() -> None:
    with PtyDevice(lambda _: b"") as device, pytest.raises(LinkLostError, match="does not answer"):
        ArduinoPort(device.path, 57600, 1.0).open()
