# SPDX-License-Identifier: Apache-2.0
"""Nodes as child processes of a demonstration: a launch on a ROS domain that nobody uses."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ronda_cli.errors import DemonstrationError, LaunchError
from ronda_cli.launch_cli import share_folder
from ronda_cli.process.environment import launch_environment
from ronda_cli.process.guardian import MARK
from ronda_cli.process.lease import lease
from ronda_cli.process.orphans import Guard

DOMAINS = range(70, 101)
"""Domains that are tried in turn; all below Linux's ephemeral ports."""
PARTICIPANTS_TRIED = 4
START = "import sys; from ronda_cli.main import main; sys.exit(main())"
STOP_S = 15.0
LAST_LINES = 15


def refuse_foreign_folder(target: Path) -> None:
    """Raise DemonstrationError if writing the report would destroy something that is no report."""
    if target.is_dir() and any(target.iterdir()) and not (target / "report.json").is_file():
        raise DemonstrationError(f"{target} holds other files", hint="name a new folder with --report DIR")
    if target.exists() and not target.is_dir():
        raise DemonstrationError(f"{target} is a file", hint="name a new folder with --report DIR")
    parent = target.absolute().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DemonstrationError(
            f"cannot write to {parent}: {error.strerror}", hint="name another folder with --report"
        ) from error
    if not os.access(parent, os.W_OK):
        raise DemonstrationError(f"cannot write to {parent}", hint="name another folder with --report DIR")


@contextmanager
def free_domain(environment: Mapping[str, str]) -> Iterator[int]:
    """Hold a ROS domain in which nothing runs on this machine. Raises DemonstrationError if all are taken."""
    for domain in DOMAINS:
        if not _unused(domain):
            continue
        with ExitStack() as held:
            try:
                held.enter_context(lease(["ronda_demo"], domain, environment))
            except LaunchError:
                continue
            yield domain
            return
    raise DemonstrationError(
        f"the ROS domains {DOMAINS.start} to {DOMAINS.stop - 1} are all in use on this machine",
        hint="end other demonstrations and nodes: ps -ef | grep ronda",
    )


def demo_environment(domain: int) -> dict[str, str]:
    """The environment of the nodes and of the demonstration itself: this machine alone, the given domain."""
    return launch_environment({**os.environ, "ROS_DOMAIN_ID": str(domain)}, share_folder(), network=False)


class RobotProcesses:
    """`ronda launch` as a child, see `robot`."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self._log = log

    def check(self) -> None:
        """Raise DemonstrationError with the last lines that were printed if the nodes have ended."""
        code = self._process.poll()
        if code is not None:
            lines = self._log.read_text(errors="replace").splitlines()[-LAST_LINES:]
            raise DemonstrationError(
                f"the robot's nodes ended with exit code {code}:\n  " + "\n  ".join(lines),
                hint="ronda doctor tells what is missing on this machine",
            )


@contextmanager
def robot(
    name: str, arguments: Mapping[str, str], environment: Mapping[str, str], log: Path
) -> Iterator[RobotProcesses]:
    """Run `ronda launch NAME` with its output in `log`; everything has ended when the block is left."""
    words = [f"{key}:={value}" for key, value in arguments.items()]
    with guarded(["launch", name, *words], environment, log) as process:
        yield RobotProcesses(process, log)


@contextmanager
def guarded(words: Sequence[str], environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `ronda WORDS` in a session of its own, its output in `log`; it has ended when the block is left.

    Ctrl-C does not reach it before, and nothing of it outlives this process.
    """
    with Guard() as guard, log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", START, *words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**environment, MARK: guard.mark},
            start_new_session=True,
        )
        guard.began(process.pid)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(STOP_S)
                except subprocess.TimeoutExpired:
                    process.kill()
            process.wait()


def _unused(domain: int) -> bool:
    """Whether the ports of the domain's first participants are free: 7410 + 250 d + 2 p (RTPS 2.5, 9.6.2.3)."""
    for participant in range(PARTICIPANTS_TRIED):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("", 7410 + 250 * domain + 2 * participant))
            except OSError:
                return False
    return True


def cpu_seconds(program: str, domain: int) -> float:
    """Processor time that the processes of this name in this domain have used so far, user and system."""
    total = 0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            mine = f"ROS_DOMAIN_ID={domain}".encode() in (folder / "environ").read_bytes().split(b"\0")
            if mine and any(word.endswith(program.encode()) for word in words):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                total += int(fields[11]) + int(fields[12])
        except OSError:
            continue
    return total / os.sysconf("SC_CLK_TCK")
