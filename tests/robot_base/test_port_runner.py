# SPDX-License-Identifier: Apache-2.0
"""The thread that serves a port: calls in between, loss, and coming back under another device file."""

import os
import termios
import threading
import tty
from collections.abc import Callable
from pathlib import Path

import pytest

from robot_base.errors import CommandRefusedError, LinkError, LinkLostError
from robot_base.port_runner import LinkReport, PortRunner
from robot_base.serial_line import SerialLine

LIMIT = 20.0


class LinePort:
    """The least that is a port: a line on which every cycle reads."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.line: SerialLine | None = None
        self.calls: list[str] = []

    def open(self) -> str:
        self.line = SerialLine(self.name, 9600)
        return f"opened {os.path.realpath(self.name)}"

    def close(self) -> None:
        if self.line is not None:
            self.line.close()
        self.line = None

    def cycle(self) -> None:
        assert self.line is not None
        self.line.read()


class Cable:
    """A pseudo-terminal under a link that can be pulled and put in again as another one."""

    def __init__(self, link: Path) -> None:
        self._link = link
        self.plug()

    def plug(self) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.fds = (self.master, slave)
        self.path = os.ttyname(slave)
        self._link.symlink_to(self.path)

    def pull(self) -> None:
        # The name goes first, as udev takes it away: the number in /dev/pts may be another test's next.
        self._link.unlink(missing_ok=True)
        for fd in self.fds:
            os.close(fd)
        self.fds = ()


class Reports:
    """What the runner tells, to be waited for."""

    def __init__(self) -> None:
        self.all: list[LinkReport] = []
        self._changed = threading.Condition()

    def take(self, report: LinkReport) -> None:
        with self._changed:
            self.all.append(report)
            self._changed.notify()

    def until(self, what: Callable[[LinkReport], bool]) -> LinkReport:
        with self._changed:
            assert self._changed.wait_for(lambda: self.all and what(self.all[-1]), LIMIT), self.all
            return self.all[-1]


@pytest.fixture
def cable(tmp_path: Path):
    cable = Cable(tmp_path / "board")
    yield cable
    cable.pull()


@pytest.fixture
def reports() -> Reports:
    return Reports()


@pytest.fixture
def port(tmp_path: Path, cable: Cable) -> LinePort:
    return LinePort(str(tmp_path / "board"))


@pytest.fixture
def runner(port: LinePort, reports: Reports):
    runner = PortRunner(port, port.cycle, reports.take, lambda: port.calls.append("leave"))
    yield runner
    runner.stop()


def test_calls_run_on_its_thread_and_bring_their_errors_back(runner: PortRunner, port: LinePort) -> None:
    runner.start()
    where: list[str] = []
    runner.call(lambda: where.append(threading.current_thread().name))
    assert where == ["port-runner"]

    def refuse() -> None:
        raise CommandRefusedError("not now")

    with pytest.raises(CommandRefusedError, match="not now"):
        runner.call(refuse)
    runner.call(lambda: where.append("still there"))  # a refusal is no loss
    runner.stop()
    assert port.calls == ["leave"]
    assert port.line is None


def test_a_pulled_cable_is_told_and_the_new_device_is_found(runner: PortRunner, cable: Cable, reports: Reports) -> None:
    runner.start()
    assert reports.until(lambda report: report.up).text == f"opened {cable.path}"
    for losses in (1, 2):
        cable.pull()
        down = reports.until(lambda report: not report.up)
        assert down.losses == losses
        with pytest.raises(LinkLostError):
            runner.call(lambda: None)
        cable.plug()
        back = reports.until(lambda report: report.up)
        assert back.losses == losses
        assert back.text == f"opened {cable.path}"
        runner.call(lambda: None)


def test_who_has_stopped_waiting_is_not_served_later(runner: PortRunner, port: LinePort) -> None:
    runner.start()
    entered, go_on = threading.Event(), threading.Event()
    done: list[str] = []

    def block() -> None:
        entered.set()
        go_on.wait(LIMIT)

    blocker = threading.Thread(target=lambda: runner.call(block, LIMIT))
    blocker.start()
    assert entered.wait(LIMIT)
    with pytest.raises(LinkLostError, match="does not answer"):
        runner.call(lambda: done.append("too late"), timeout=0.05)
    go_on.set()
    blocker.join(LIMIT)
    runner.call(lambda: done.append("in time"))
    assert done == ["in time"]


def test_a_device_that_is_not_there_is_the_callers_error(tmp_path: Path, reports: Reports) -> None:
    port = LinePort(str(tmp_path / "nothing"))
    with pytest.raises(LinkError, match="there is no device"):
        PortRunner(port, port.cycle, reports.take).start()
    assert not reports.all[-1].up
    assert "serial ports here" in reports.all[-1].hint


def test_it_waits_for_a_device_that_comes_up_later(tmp_path: Path, reports: Reports) -> None:
    port = LinePort(str(tmp_path / "late"))
    runner = PortRunner(port, port.cycle, reports.take)
    starting = threading.Thread(target=runner.start, args=(LIMIT,))
    starting.start()
    reports.until(lambda report: not report.up)
    cable = Cable(tmp_path / "late")
    reports.until(lambda report: report.up)
    starting.join(LIMIT)
    runner.call(lambda: None)
    assert reports.all[-1].losses == 0
    runner.stop()
    cable.pull()


def test_an_error_that_nobody_thought_of_is_a_loss_and_not_the_threads_end(
    runner: PortRunner, port: LinePort, reports: Reports
) -> None:
    runner.start()

    def stumble() -> None:
        raise termios.error(5, "Input/output error")

    with pytest.raises(termios.error):
        runner.call(stumble)
    down = reports.until(lambda report: not report.up)
    assert "Input/output error" in down.text and down.losses == 1
    reports.until(lambda report: report.up)
    runner.call(lambda: port.calls.append("served"))
    assert port.calls == ["served"]
