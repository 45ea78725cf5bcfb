# SPDX-License-Identifier: Apache-2.0
"""A serial line: found by a stable name, opened for one user alone, read and written without waiting for ever."""

import errno
import os
import termios
from pathlib import Path

import serial
from serial.tools import list_ports

from robot_base.errors import LinkError, LinkLostError


def find_device(name: str) -> str:
    """The device file of a path or of `usb:VVVV:PPPP[:SERIAL]`. Raises LinkError listing what is there."""
    if not name.startswith("usb:"):
        if not Path(name).exists():
            raise LinkError(f"there is no device {name}", hint=f"serial ports here: {_listing()}")
        return name
    parts = name.split(":")[1:]
    try:
        vendor, product = int(parts[0], 16), int(parts[1], 16)
    except (IndexError, ValueError) as error:
        raise LinkError(f"'{name}' is no USB name", hint="usb:VVVV:PPPP or usb:VVVV:PPPP:SERIAL") from error
    serial_number = parts[2] if len(parts) > 2 else None
    found = [
        port.device
        for port in list_ports.comports()
        if (port.vid, port.pid) == (vendor, product) and serial_number in (None, port.serial_number)
    ]
    if len(found) != 1:
        what = "no device" if not found else f"{len(found)} devices ({', '.join(found)})"
        raise LinkError(f"{what} with the USB name {name}", hint=f"serial ports here: {_listing()}")
    return str(found[0])


def _listing() -> str:
    by_id = sorted(str(path) for path in Path("/dev/serial/by-id").glob("*"))
    return ", ".join(by_id or sorted(port.device for port in list_ports.comports())) or "none"


class SerialLine:
    """An open line. Errors of the line are LinkLostError."""

    def __init__(self, name: str, baud: int) -> None:
        self.name = name
        path = find_device(name)
        try:
            self._port = serial.Serial(path, baud, timeout=0, write_timeout=0.5, exclusive=True)
        except (serial.SerialException, OSError, ValueError, termios.error) as error:
            raise _opening_error(name, error) from error

    def read(self) -> bytes:
        """What has arrived; empty when nothing has."""
        try:
            return bytes(self._port.read(4096))
        except (serial.SerialException, OSError, TypeError) as error:
            raise LinkLostError(f"the line to {self.name} is gone: {error}") from error

    def write(self, data: bytes) -> None:
        """Send all of `data`."""
        try:
            self._port.write(data)
        except (serial.SerialException, OSError, TypeError) as error:
            raise LinkLostError(f"the line to {self.name} is gone: {error}") from error

    def fileno(self) -> int:
        """The descriptor, to wait on."""
        return int(self._port.fileno())

    def close(self) -> None:
        """Close; a line that is already gone is no error."""
        try:
            self._port.close()
        except (serial.SerialException, OSError):
            return


def _opening_error(name: str, error: Exception) -> LinkError:
    number = getattr(error, "errno", None)
    if number == errno.EACCES:
        return LinkError(f"no right to use {name}", hint=f"sudo usermod -aG dialout {os.environ.get('USER', '$USER')}")
    if number in (errno.EAGAIN, errno.EBUSY) or "lock" in str(error):
        return LinkError(f"{name} is in use by another program", hint=f"who has it: fuser -v {name}")
    return LinkError(f"cannot open {name}: {error}")
