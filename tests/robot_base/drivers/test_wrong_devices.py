# SPDX-License-Identifier: Apache-2.0
"""Every driver before a device that is not the one it was told: one clear message, and nothing moves."""

import contextlib
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.robot_base.drivers.pty_device import PtyDevice, by_lines
from tests.robot_base.drivers.test_arduino import Board as ArduinoBoard
from tests.robot_base.drivers.test_modbus import Board as ModbusBoard
from tests.robot_base.drivers.test_roboteq import Controller
from tests.robot_base.unprivileged import as_nobody

from robot_base.drivers.arduino import ArduinoPort
from robot_base.drivers.framed import FramedPort
from robot_base.drivers.modbus import ModbusPort
from robot_base.drivers.ports import Port
from robot_base.drivers.roboteq import RoboteqPort
from robot_base.errors import LinkError
from robot_base.serial_line import SerialLine
from robot_base.simulated_device import SimulatedDevice

DRIVERS: dict[str, Callable[[str], Port]] = {
    "framed": FramedPort,
    "roboteq": lambda name: RoboteqPort(name, 115200, 3537.0, 1.0),
    "arduino": lambda name: ArduinoPort(name, 57600, 3000.0),
    "modbus": lambda name: ModbusPort(name, 9600),
}


def noise(_: bytes) -> bytes:
    """What another baud rate makes of a device's answer: bytes without sense."""
    return random.Random(3).randbytes(90)


@contextlib.contextmanager
def firmware() -> Iterator[str]:
    with SimulatedDevice() as device:
        yield str(device.path)
        assert device.witness() == (0, 0)


@contextlib.contextmanager
def played(heard: Callable[[bytes], bytes]) -> Iterator[str]:
    with PtyDevice(heard) as device:
        yield device.path


@contextlib.contextmanager
def roboteq() -> Iterator[str]:
    controller = Controller()
    with played(by_lines(controller.answer, errors="replace")) as path:
        yield path
    assert controller.speeds == [0, 0]


@contextlib.contextmanager
def arduino() -> Iterator[str]:
    board = ArduinoBoard()
    with played(by_lines(board.answer, errors="replace")) as path:
        yield path
    assert board.loops == [0, 0]


@contextlib.contextmanager
def modbus() -> Iterator[str]:
    board = ModbusBoard()
    with played(board.heard) as path:
        yield path
    assert not any(board.coils)


DEVICES: dict[str, Callable[[], contextlib.AbstractContextManager[str]]] = {
    "framed": firmware,
    "roboteq": roboteq,
    "arduino": arduino,
    "modbus": modbus,
    "silent": lambda: played(lambda _: b""),
    "echo": lambda: played(lambda data: data),
    "another baud rate": lambda: played(noise),
}


@pytest.mark.parametrize(("driver", "device"), [(a, b) for a in DRIVERS for b in DEVICES if a != b])
def test_a_driver_before_another_device_says_so_and_leaves(driver: str, device: str) -> None:
    with DEVICES[device]() as path:
        port = DRIVERS[driver](path)
        with pytest.raises(LinkError) as caught:
            port.open()
        assert path in str(caught.value)
        SerialLine(path, 9600).close()  # it has left the line to others


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_port_that_is_not_there_is_named(driver: str, tmp_path: Path) -> None:
    with pytest.raises(LinkError, match="there is no device"):
        DRIVERS[driver](str(tmp_path / "nothing")).open()


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_port_in_use_is_named(driver: str) -> None:
    with played(lambda _: b"") as path:
        line = SerialLine(path, 9600)
        with pytest.raises(LinkError, match="in use by another program"):
            DRIVERS[driver](path).open()
        line.close()


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_port_without_rights_says_how_to_get_them(driver: str) -> None:
    with played(lambda _: b"") as path:
        Path(path).chmod(0)

        def action() -> str:
            try:
                DRIVERS[driver](path).open()
            except LinkError as error:
                return error.describe()
            return "opened"

        told = as_nobody(action)
    assert f"no right to use {path}" in told
    assert "dialout" in told
