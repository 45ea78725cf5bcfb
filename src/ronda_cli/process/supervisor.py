# SPDX-License-Identifier: Apache-2.0
"""All processes of a launch: start, restart, stop, and the exit code they come to."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ronda_cli.launchfile.plan import ProcessPlan
from ronda_cli.process.child import Child
from ronda_cli.process.command import Command
from ronda_cli.process.orphans import Guard
from ronda_cli.process.output import Output

EXIT_FAILED = 1
# Shells report an end by signal N as 128 + N.
_EXIT_SIGNAL = 128


@dataclass(frozen=True)
class Job:
    """A planned process that is ready to be run, and the name before its lines."""

    name: str
    plan: ProcessPlan
    command: Command


class Supervisor:
    """Runs jobs until all have ended for good, one of them is required and ends, or a signal comes."""

    def __init__(self, jobs: Sequence[Job], output: Output, guard: Guard) -> None:
        """Prepare; `run` starts."""
        self._jobs = jobs
        self._output = output
        self._guard = guard
        self._failed = False
        self._interrupted_by: int | None = None
        self._patience = 0
        self._stopping = asyncio.Event()
        self._hurries = [asyncio.Event(), asyncio.Event()]
        self._children: list[Child] = []

    async def run(self) -> int:
        """Run everything and return the exit code: 0, 1 when a process failed, 128 + N after signal N."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._interrupt, number)
        try:
            # Everything is started before anything is waited for.
            await asyncio.gather(*(self._keep(job) for job in self._jobs))
        finally:
            for child in self._children:
                child.close()
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                loop.remove_signal_handler(number)
        if self._interrupted_by is not None:
            return _EXIT_SIGNAL + self._interrupted_by
        return EXIT_FAILED if self._failed else 0

    def stop(self) -> None:
        """End all processes."""
        self._stopping.set()

    def _interrupt(self, number: int) -> None:
        if self._interrupted_by is None:
            self._interrupted_by = number
            self._output.say("stopping; press Ctrl-C again to hurry")
            self.stop()
        elif self._patience < len(self._hurries):
            self._hurries[self._patience].set()
            self._patience += 1

    async def _keep(self, job: Job) -> None:
        retries = 0
        while not self._stopping.is_set():
            child = self._start(job)
            if child is None:
                self._finish(job, None)
                return
            code = await self._follow(job, child)
            if child.is_silent:
                self._children.remove(child)
            respawn = job.plan.respawn
            again = respawn is not None and (respawn.max_retries < 0 or retries < respawn.max_retries)
            if self._stopping.is_set() or not again or respawn is None:
                self._finish(job, code)
                return
            retries += 1
            self._output.say(f"{job.name} is started again in {respawn.delay_s:g} s")
            await _either(self._stopping, respawn.delay_s)

    def _start(self, job: Job) -> Child | None:
        def on_line(text: str, is_error: bool) -> None:
            self._output.line(job.name, job.plan.output, text, is_error)

        try:
            child = Child.start(job.command, job.plan.cwd, on_line, tty=job.plan.emulate_tty)
        except OSError as error:
            self._output.say(f"error: {job.name} cannot be started: {error.strerror}: {error.filename}")
            return None
        self._guard.began(child.pid)
        self._children.append(child)
        self._output.say(f"{job.name} started, process {child.pid}")
        return child

    async def _follow(self, job: Job, child: Child) -> int:
        """Wait for the end of the process; bring it about when the launch is stopping."""
        ended = asyncio.ensure_future(child.wait())
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not ended.done():
            await self._end(job, child, ended)
        code = await ended
        self._guard.ended(child.pid)
        self._report(job, code)
        return code

    async def _end(self, job: Job, child: Child, ended: asyncio.Future[int]) -> None:
        child.signal(signal.SIGINT)
        stop = job.plan.stop
        steps = ((signal.SIGTERM, stop.sigterm_s), (signal.SIGKILL, stop.sigkill_s))
        for (number, limit_s), hurry in zip(steps, self._hurries, strict=True):
            hurried = asyncio.ensure_future(hurry.wait())
            either: set[asyncio.Future[Any]] = {ended, hurried}
            await asyncio.wait(either, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
            hurried.cancel()
            if ended.done():
                return
            self._output.say(f"{job.name} does not end: {number.name}")
            child.signal(number)
        self._failed = True
        await ended

    def _report(self, job: Job, code: int) -> None:
        if code == 0:
            self._output.say(f"{job.name} ended")
        elif code < 0:
            self._output.say(f"{job.name} ended by {signal.Signals(-code).name}")
        else:
            self._output.say(f"{job.name} ended with exit code {code}")

    def _finish(self, job: Job, code: int | None) -> None:
        """Judge a process that is not started again."""
        if self._stopping.is_set():
            return
        if code != 0:
            self._failed = True
        if job.plan.required:
            self._output.say(f"{job.name} is required: stopping")
            self.stop()


async def _either(event: asyncio.Event, limit_s: float) -> None:
    """Wait for the event, at most so many seconds."""
    try:
        await asyncio.wait_for(event.wait(), limit_s)
    except TimeoutError:
        return
