# SPDX-License-Identifier: Apache-2.0
"""One running process: started in a session of its own, dying with the launcher, its output read line by line."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from ronda_cli.process.command import Command

_PR_SET_PDEATHSIG = 1
_CHUNK = 65536
# More than a pipe holds (pipe(7)): all that the process wrote, and not all that one it left behind may go on writing.
_READS_AT_THE_END = 16
_LIBC = ctypes.CDLL(None, use_errno=True)
OnLine = Callable[[str, bool], None]


def _die_with(parent: int) -> None:
    """Ask the kernel for SIGTERM when the launcher dies (runs in the child, before the program)."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


@dataclass
class _Stream:
    """One output of a process and its unfinished line."""

    descriptor: int
    is_error: bool
    rest: bytes = b""


class Child:
    """A running process.

    `on_line` is called with each line of output, without its end, and whether it came on standard error.
    """

    def __init__(self, process: subprocess.Popen[bytes], streams: list[_Stream], on_line: OnLine) -> None:
        """Take over a started process; use `Child.start`."""
        self.pid = process.pid
        self._process = process
        self._streams = streams
        self._on_line = on_line
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[int] = self._loop.create_future()
        self._pidfd = os.pidfd_open(self.pid)
        self._loop.add_reader(self._pidfd, self._exited)
        for stream in streams:
            os.set_blocking(stream.descriptor, False)
            self._loop.add_reader(stream.descriptor, self._read, stream)

    @classmethod
    def start(cls, command: Command, cwd: str | None, on_line: OnLine, *, tty: bool = False) -> Child:
        """Start the process; `tty`: let it believe that it writes to a terminal.

        Raises:
            OSError: it cannot be started.
        """
        pairs = [os.openpty() if tty else os.pipe() for _ in range(2)]
        parent = os.getpid()
        try:
            process = subprocess.Popen(
                command.words[0] if command.shell else command.words,
                shell=command.shell,
                stdin=subprocess.DEVNULL,
                stdout=pairs[0][1],
                stderr=pairs[1][1],
                cwd=cwd,
                env=command.environment,
                start_new_session=True,
                preexec_fn=lambda: _die_with(parent),
            )
        except BaseException:
            for reading, _ in pairs:
                os.close(reading)
            raise
        finally:
            for _, writing in pairs:
                os.close(writing)
        return cls(process, [_Stream(pairs[0][0], False), _Stream(pairs[1][0], True)], on_line)

    async def wait(self) -> int:
        """Wait for its end and return the exit code, negative for a signal."""
        return await asyncio.shield(self._ended)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process and everything in its group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    @property
    def is_silent(self) -> bool:
        """Whether nobody, not even a process it left behind, can write to its outputs any more."""
        return not self._streams

    def close(self) -> None:
        """Stop reading."""
        for stream in list(self._streams):
            self._drop(stream)

    def _exited(self) -> None:
        self._loop.remove_reader(self._pidfd)
        os.close(self._pidfd)
        code = self._process.wait()
        for stream in list(self._streams):
            for _ in range(_READS_AT_THE_END):
                if not self._read(stream):
                    break
            self._flush(stream)
        if not self._ended.done():
            self._ended.set_result(code)

    def _read(self, stream: _Stream) -> bool:
        """Read once, and return whether there was something: who writes without end must not keep a signal waiting."""
        try:
            data = os.read(stream.descriptor, _CHUNK)
        except BlockingIOError:
            return False
        except OSError:
            # A terminal reports its other side's end as an input/output error.
            data = b""
        if not data:
            self._flush(stream)
            self._drop(stream)
            return False
        *lines, stream.rest = (stream.rest + data).split(b"\n")
        for line in lines:
            self._emit(line, stream)
        return True

    def _flush(self, stream: _Stream) -> None:
        if stream.rest:
            self._emit(stream.rest, stream)
            stream.rest = b""

    def _emit(self, line: bytes, stream: _Stream) -> None:
        self._on_line(line.rstrip(b"\r").decode(errors="replace"), stream.is_error)

    def _drop(self, stream: _Stream) -> None:
        self._streams.remove(stream)
        self._loop.remove_reader(stream.descriptor)
        os.close(stream.descriptor)
