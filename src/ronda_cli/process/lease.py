# SPDX-License-Identifier: Apache-2.0
"""One node name, one process: nodes of a launch are leased for their domain while the launch runs."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ronda_cli.errors import LaunchError


def _folder(environment: Mapping[str, str], domain: int) -> Path:
    runtime = environment.get("XDG_RUNTIME_DIR")
    base = Path(runtime) / "ronda" if runtime else Path(tempfile.gettempdir()) / f"ronda-{os.getuid()}"
    return base / "nodes" / str(domain)


@contextlib.contextmanager
def lease(names: Iterable[str], domain: int, environment: Mapping[str, str]) -> Iterator[None]:
    """Hold the full node names until the end of the block; the system lets go of them when the launcher dies.

    Raises:
        LaunchError: another launch on this machine runs a node of that name in that domain.
    """
    folder = _folder(environment, domain)
    with contextlib.ExitStack() as held:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError:
            # Without a folder to keep leases in there is nothing to check against.
            yield
            return
        for name in sorted(set(names)):
            file = held.enter_context((folder / name.strip("/").replace("/", ".")).open("a+"))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise LaunchError(
                    f"node {name} already runs in ROS domain {domain}, started by process {file.read() or 'unknown'}",
                    hint=f"stop that launch, or choose another domain: ROS_DOMAIN_ID={domain + 1} ronda launch ...",
                ) from None
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
        yield
