# SPDX-License-Identifier: Apache-2.0
"""Serves a port by a thread of its own: a cycle at a steady rate, calls in between, and reconnection after a loss."""

import contextlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from robot_base.drivers.ports import Port
from robot_base.errors import BaseError, LinkError, LinkLostError
from ronda_core.clock import Clock, SystemClock

_RETRY = 0.4  # s between attempts to open


@dataclass(frozen=True, slots=True)
class LinkReport:
    """Whether the device answers, who it is or why not, and how often it was lost."""

    up: bool
    text: str
    hint: str = ""
    losses: int = 0


class PortRunner:
    """Owns a Port. `cycle` and `on_link` are called on the runner's thread; `leave` once before the port is closed."""

    def __init__(
        self,
        port: Port,
        cycle: Callable[[], None],
        on_link: Callable[[LinkReport], None],
        leave: Callable[[], None] = lambda: None,
        *,
        period: float = 0.02,
        clock: Clock | None = None,
    ) -> None:
        self._port, self._cycle, self._on_link, self._leave = port, cycle, on_link, leave
        self._period = period
        self._clock = clock or SystemClock()
        self._work: queue.SimpleQueue[tuple[Callable[[], None], Future[None]]] = queue.SimpleQueue()
        self._ending = threading.Event()
        self._opened = False
        self._losses = 0
        self._thread = threading.Thread(target=self._run, name="port-runner", daemon=True)

    def start(self, wait: float = 0.0) -> None:
        """Open the port in the caller's thread, so that a first failure is the caller's; then run.

        Tries again for `wait` seconds: a device may come up later than the computer. Raises LinkError.
        """
        end = self._clock.monotonic() + wait
        while not self._opened:
            try:
                self._reopen()
            except LinkError as error:
                self._lost(error)
                if self._clock.monotonic() >= end or self._ending.wait(_RETRY):
                    raise
        self._thread.start()

    def stop(self) -> None:
        """Leave the line and end the thread."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)

    def call(self, action: Callable[[], None], timeout: float = 2.0) -> None:
        """Run a call of the port on the runner's thread. Raises what it raises; LinkLostError when it does not come."""
        future: Future[None] = Future()
        self._work.put((action, future))
        try:
            future.result(timeout)
        except TimeoutError as error:
            future.cancel()
            raise LinkLostError(f"{self._port.name} does not answer") from error

    def _run(self) -> None:
        while not self._ending.is_set():
            started = self._clock.monotonic()
            try:
                if self._opened:
                    self._do_work()
                    self._cycle()
                else:
                    self._reopen()
            except LinkError as error:
                self._lost(error)
            except Exception as error:  # A thread that ends in silence would leave a node that looks alive.
                self._lost(LinkError(f"{self._port.name}: {type(error).__name__}: {error}"))
            pause = self._period if self._opened else _RETRY
            self._ending.wait(max(0.0, pause - (self._clock.monotonic() - started)))
        if self._opened:
            with contextlib.suppress(BaseError):
                self._leave()
            self._port.close()

    def _do_work(self) -> None:
        while not self._work.empty():
            action, future = self._work.get()
            if not future.set_running_or_notify_cancel():
                continue  # whoever asked has stopped waiting: too late to act
            try:
                action()
                future.set_result(None)
            except BaseError as error:
                future.set_exception(error)
                if isinstance(error, LinkLostError):
                    raise
            except Exception as error:
                future.set_exception(error)
                raise

    def _reopen(self) -> None:
        while not self._work.empty():
            _, future = self._work.get()
            if future.set_running_or_notify_cancel():
                future.set_exception(LinkLostError(f"{self._port.name} is not connected"))
        who = self._port.open()
        self._opened = True
        self._on_link(LinkReport(True, who, losses=self._losses))  # may use the port, and lose it again

    def _lost(self, error: LinkError) -> None:
        if self._opened:
            self._losses += 1
            self._opened = False
            self._port.close()
        self._on_link(LinkReport(False, str(error), error.hint, self._losses))
