# SPDX-License-Identifier: Apache-2.0
"""Finding, opening and losing a serial line, on pseudo-terminals."""

import os
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo
from tests.robot_base.unprivileged import as_nobody

from robot_base.errors import LinkError, LinkLostError
from robot_base.serial_line import SerialLine, find_device


@pytest.fixture
def ends() -> Iterator[tuple[int, str]]:
    """The other end of a line, and the name of this one."""
    master, slave = os.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    for fd in (master, slave):
        os.close(fd)


def usb(device: str, vendor: int, product: int, serial_number: str) -> ListPortInfo:
    port = ListPortInfo(device)
    port.vid, port.pid, port.serial_number = vendor, product, serial_number
    return port


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three USB devices, two of them of one kind."""
    there = [
        usb("/dev/ttyACM0", 0x16C0, 0x0483, "111"),
        usb("/dev/ttyACM1", 0x16C0, 0x0483, "222"),
        usb("/dev/ttyUSB0", 0x1A86, 0x7523, ""),
    ]
    monkeypatch.setattr(list_ports, "comports", lambda: there)


def test_what_is_written_arrives_and_reading_never_waits(ends: tuple[int, str]) -> None:
    master, name = ends
    line = SerialLine(name, 460800)
    assert line.read() == b""
    line.write(b"\x00\xff over")
    assert os.read(master, 100) == b"\x00\xff over"
    os.write(master, b"back")
    while not (got := line.read()):
        pass
    assert got == b"back"
    assert os.get_blocking(line.fileno()) is False
    line.close()
    line.close()


def test_a_stable_name_is_followed_to_where_it_points(ends: tuple[int, str], tmp_path: Path) -> None:
    name = tmp_path / "usb-Maker_Board_1234-if00"
    name.symlink_to(ends[1])
    line = SerialLine(str(name), 9600)
    line.write(b"x")
    assert os.read(ends[0], 1) == b"x"
    line.close()


@pytest.mark.usefixtures("plugged")
def test_usb_names_find_their_device() -> None:
    assert find_device("usb:1a86:7523") == "/dev/ttyUSB0"
    assert find_device("usb:16C0:0483:222") == "/dev/ttyACM1"


@pytest.mark.usefixtures("plugged")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("usb:16c0:0483", "2 devices (/dev/ttyACM0, /dev/ttyACM1)"),
        ("usb:16c0:0483:333", "no device with the USB name"),
        ("usb:0403:6001", "no device with the USB name"),
        ("usb:16c0", "is no USB name"),
        ("usb:left:right", "is no USB name"),
        ("/dev/ttyNONE", "there is no device /dev/ttyNONE"),
    ],
)
def test_a_name_that_does_not_find_one_device_says_what_there_is(name: str, text: str) -> None:
    with pytest.raises(LinkError) as caught:
        find_device(name)
    assert text in str(caught.value)
    assert "/dev/ttyACM0" in caught.value.hint or "usb:VVVV:PPPP" in caught.value.hint


def test_a_line_in_use_is_refused_to_the_second_one(ends: tuple[int, str]) -> None:
    line = SerialLine(ends[1], 9600)
    with pytest.raises(LinkError, match="in use by another program"):
        SerialLine(ends[1], 9600)
    line.close()
    SerialLine(ends[1], 9600).close()


def test_without_rights_it_says_how_to_get_them(ends: tuple[int, str]) -> None:
    Path(ends[1]).chmod(0)

    def action() -> str:
        try:
            SerialLine(ends[1], 9600).close()
        except LinkError as error:
            return error.describe()
        return "opened"

    told = as_nobody(action)
    assert f"no right to use {ends[1]}" in told
    assert "dialout" in told


def test_what_is_no_serial_port_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("no port")
    with pytest.raises(LinkError, match="cannot open"):
        SerialLine(str(file), 9600)
    with pytest.raises(LinkError, match="cannot open"):
        SerialLine(str(tmp_path), 9600)


def test_a_pulled_cable_is_a_lost_link() -> None:
    master, slave = os.openpty()
    tty.setraw(slave)
    line = SerialLine(os.ttyname(slave), 9600)
    os.close(slave)
    os.close(master)
    with pytest.raises(LinkLostError, match="is gone"):
        line.read()
    with pytest.raises(LinkLostError, match="is gone"):
        line.write(b"x")
    line.close()
