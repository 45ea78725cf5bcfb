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
    """Context that runs the firmware; `link` becomes a symbolic link to its terminal and goes with it.

    With `report` it tells its speeds and its arm without being asked; with `stepped` its time stands still but for
    `step`.
    """

    def __init__(self, link: Path | None = None, *, report: bool = False, stepped: bool = False) -> None:
        self._link = link
        options = [name for name, wanted in (("--report", report), ("--step", stepped)) if wanted]
        command = [str(program("simulate")), *options]
        # In a group of its own: a Ctrl-C is for whoever runs it, whose end it notices by its standard input.
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, process_group=0
        )
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
        """Change the device's world; names and values: firmware/host/simulate.cpp."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{name} {value}\n")
        self.process.stdin.flush()

    def wheel_speeds(self) -> Iterator[tuple[float, float]]:
        """Speeds of the two wheels in m/s, 20 times a second, until the device ends. Needs `report`."""
        return self._reports("wheels")

    def arm_positions(self) -> Iterator[tuple[float, float]]:
        """Where the barrier's arm is (0 closed to 1 open) and what moves it (1 opens, -1 closes, 0 nothing).

        20 times a second, until the device ends. Needs `report`; instead of `wheel_speeds`, not beside it.
        """
        return self._reports("arm")

    def _reports(self, what: str) -> Iterator[tuple[float, float]]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(f"{what} "):
                _, first, second = line.split()
                yield float(first), float(second)

    def set(self, name: str, value: float) -> str:
        """Do as `tell`, wait until the device has taken it and return its answer. Not beside the reports."""
        self.tell(name, value)
        assert self.process.stdout is not None
        while not (answer := self.process.stdout.readline()).startswith("ok"):
            if answer.startswith("unknown") or not answer:
                raise FirmwareBuildError(f"the simulated device does not know '{name}'")
        return answer.removeprefix("ok").strip()

    def step(self, milliseconds: int) -> None:
        """Let so much of the device's time pass. Needs `stepped`."""
        self.set("step", milliseconds)

    def witness(self) -> tuple[int, int]:
        """How often the arm began to close, and how many steps it closed upon loop, beam, fire or emergency stop."""
        _, closings, unsafe = self.set("witness", 0).split()
        return int(closings), int(unsafe)

    def close(self) -> None:
        """End the process, as pulling the cable would: the name and then the terminal are gone."""
        # The name first: the terminal's number is free with its process, and the next device may be given it.
        if self._link is not None and self._link.is_symlink() and self._link.readlink() == self.path:
            self._link.unlink()
        self.process.kill()
        self.process.communicate()
