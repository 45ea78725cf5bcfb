# SPDX-License-Identifier: Apache-2.0
"""The reference firmware as a process behind a pseudo-terminal, under a name of one's choice."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from robot_base.errors import FirmwareBuildError
from robot_base.firmware_build import program


class SimulatedDevice:
    """Context that runs the firmware; `link` becomes a symbolic link to its terminal and goes with it."""

    def __init__(self, link: Path | None = None, *, report: bool = False) -> None:
        self._link = link
        command = [str(program("simulate")), *(["--report"] if report else [])]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        assert self.process.stdout is not None
        self.path = Path(self.process.stdout.readline().strip())
        if not str(self.path).startswith("/dev/"):
            raise FirmwareBuildError("the simulated device did not start")
        if link is not None:
            partial = link.with_name(f".{link.name}.{os.getpid()}")
            partial.symlink_to(self.path)
            partial.replace(link)

    def __enter__(self) -> "SimulatedDevice":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def tell(self, name: str, value: float) -> None:
        """Change the device's world: bumper, estop, loop, beam, fire, jam, stall_left, voltage and so on."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{name} {value}\n")
        self.process.stdin.flush()

    def wheel_speeds(self) -> Iterator[tuple[float, float]]:
        """Speeds of the two wheels in m/s, 20 times a second, until the device ends. Needs `report`."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("wheels"):
                _, left, right = line.split()
                yield float(left), float(right)

    def set(self, name: str, value: float) -> None:
        """Do as `tell` and wait until the device has taken it. Not beside `wheel_speeds`."""
        self.tell(name, value)
        assert self.process.stdout is not None
        while not (answer := self.process.stdout.readline()).startswith("ok"):
            if answer.startswith("unknown") or not answer:
                raise FirmwareBuildError(f"the simulated device does not know '{name}'")

    def close(self) -> None:
        """End the process, as pulling the cable would: the terminal is gone."""
        self.process.kill()
        self.process.communicate()
        if self._link is not None and self._link.is_symlink() and self._link.readlink() == self.path:
            self._link.unlink()
