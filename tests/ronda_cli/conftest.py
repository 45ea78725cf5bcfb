# SPDX-License-Identifier: Apache-2.0
"""The real launcher as a process, with its output read line by line and its family watched."""

import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ronda_cli.process.guardian import MARK

LIMIT_S = 30.0


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def wait_for_condition(condition, what: str, limit_s: float = LIMIT_S) -> None:
    """Look again and again until the condition holds; the test fails when it never does."""
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, f"waited {limit_s:g} s in vain for: {what}"
        time.sleep(0.02)


class Launcher:
    """`ronda launch FILE` in a session of its own."""

    def __init__(self, arguments, environment, cwd):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ronda_cli", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=cwd,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._rest = b""
        self._selector = selectors.DefaultSelector()
        self._selector.register(self.process.stdout, selectors.EVENT_READ)

    def wait_for(self, text: str, limit_s: float = LIMIT_S) -> str:
        """Read on until a line contains the text, and return that line."""
        deadline = time.monotonic() + limit_s
        seen = 0
        while True:
            for line in self.lines[seen:]:
                if text in line:
                    return line
            seen = len(self.lines)
            assert time.monotonic() < deadline and self._read(deadline), f"no {text!r} in:\n" + "\n".join(self.lines)

    def _read(self, deadline: float) -> bool:
        if not self._selector.select(max(0.0, deadline - time.monotonic())):
            return False
        data = os.read(self.process.stdout.fileno(), 65536)
        *lines, self._rest = (self._rest + data).split(b"\n")
        self.lines += [line.decode() for line in lines]
        return bool(data)

    def pid_of(self, name: str) -> int:
        """The process id that a test process printed as `NAME PID`."""
        return int(self.wait_for(f"{name} is ").rsplit(" ", 1)[1])

    def end(self, limit_s: float = LIMIT_S) -> int:
        """Wait for the end and return the exit code."""
        deadline = time.monotonic() + limit_s
        while self._read(deadline):
            continue
        return self.process.wait(max(0.1, deadline - time.monotonic()))

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def marked_processes(mark_prefix: str) -> set[int]:
    entry = f"RONDA_TEST={mark_prefix}".encode()
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if entry in (folder / "environ").read_bytes().split(b"\0") and is_alive(int(folder.name)):
                found.add(int(folder.name))
        except OSError:
            continue
    return found


@pytest.fixture
def alive():
    """Tell whether a process lives (a zombie does not)."""
    return is_alive


@pytest.fixture
def wait_until():
    """Look at a condition until it holds, with a limit."""
    return wait_for_condition


@pytest.fixture
def launch(tmp_path):
    """Start a launcher on the text of a launch file; afterwards nothing of it may be left."""
    started = []
    mark = str(tmp_path)

    def start(xml: str, *arguments: str, **environment: str) -> Launcher:
        file = tmp_path / "test.launch.xml"
        file.write_text(xml)
        base = {k: v for k, v in os.environ.items() if k != MARK}
        env = {
            **base,
            "RONDA_TEST": mark,
            "ROS_LOG_DIR": str(tmp_path / "log"),
            "XDG_RUNTIME_DIR": str(tmp_path),
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        launcher = Launcher(["launch", str(file), *arguments], env, tmp_path)
        started.append(launcher)
        return launcher

    yield start
    for launcher in started:
        if launcher.process.poll() is None:
            os.killpg(launcher.process.pid, signal.SIGKILL)
        launcher.process.wait()
        launcher._selector.close()
        launcher.process.stdout.close()
    try:
        wait_for_condition(lambda: not marked_processes(mark), "the end of everything that was started")
    finally:
        for pid in marked_processes(mark):
            os.kill(pid, signal.SIGKILL)
