# SPDX-License-Identifier: Apache-2.0
"""Devices behind pseudo-terminals, played by a thread."""

import os
import select
import threading
import tty
from collections.abc import Callable


class PtyDevice:
    """Context: hands what arrives to `heard(bytes) -> bytes` and sends the answer. `path` is the terminal."""

    def __init__(self, heard: Callable[[bytes], bytes]) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self._heard = heard
        self._end_read, self._end_write = os.pipe()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "PtyDevice":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self._end_write, b"x")
        self._thread.join()
        for fd in (self._master, self._slave, self._end_read, self._end_write):
            os.close(fd)

    def _run(self) -> None:
        while True:
            ready, _, _ = select.select([self._master, self._end_read], [], [])
            if self._end_read in ready:
                return
            answer = self._heard(os.read(self._master, 4096))
            if answer:
                os.write(self._master, answer)


def by_lines(answer: Callable[[str], str], errors: str = "strict") -> Callable[[bytes], bytes]:
    """A handler for devices that answer line by line (carriage return at the end); `errors`: of what is no text."""
    rest = b""

    def heard(data: bytes) -> bytes:
        nonlocal rest
        *lines, rest = (rest + data).split(b"\r")
        return b"".join(f"{answer(line.decode(errors=errors))}\r".encode() for line in lines)

    return heard
