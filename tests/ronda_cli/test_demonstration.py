# SPDX-License-Identifier: Apache-2.0
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ronda_cli.demonstration import DOMAINS, RobotProcesses, demo_environment, free_domain, robot
from ronda_cli.errors import DemonstrationError

LAUNCH = """
<launch>
  <executable cmd="{command}" output="screen"/>
</launch>
"""


def launch_file(folder: Path, command: str) -> str:
    path = folder / "robot.launch.xml"
    path.write_text(LAUNCH.format(command=command))
    return str(path)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_two_demonstrations_get_two_domains() -> None:
    with free_domain(os.environ) as one, free_domain(os.environ) as other:
        assert one != other
        assert {one, other} <= set(DOMAINS)


def test_a_domain_in_which_somebody_listens_is_left_alone() -> None:
    with free_domain(os.environ) as domain:
        pass
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as somebody:
        somebody.bind(("", 7410 + 250 * domain))
        with free_domain(os.environ) as other:
            assert other != domain


def test_everything_has_ended_when_the_block_is_left(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    script = tmp_path / "node.sh"
    script.write_text(f"echo $$ > {pid_file}.part; mv {pid_file}.part {pid_file}; exec tail -f /dev/null\n")
    with robot(launch_file(tmp_path, f"sh {script}"), {}, demo_environment(99), tmp_path / "log") as nodes:
        _until_there(pid_file, nodes)
        pid = int(pid_file.read_text())
        assert alive(pid)
    assert not alive(pid)


KILLED = """
import os, signal, sys
from pathlib import Path
from ronda_cli.demonstration import demo_environment, guarded
with guarded(["launch", sys.argv[1]], demo_environment(99), Path(sys.argv[2])):
    while not Path(sys.argv[3]).exists():
        pass
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_nothing_is_left_of_a_demonstration_that_is_killed(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    script = tmp_path / "node.sh"
    script.write_text(f"echo $$ > {pid_file}.part; mv {pid_file}.part {pid_file}; exec tail -f /dev/null\n")
    path = launch_file(tmp_path, f"sh {script}")
    ended = subprocess.run([sys.executable, "-c", KILLED, path, str(tmp_path / "log"), str(pid_file)], check=False)
    assert ended.returncode == -signal.SIGKILL
    pid = int(pid_file.read_text())
    while alive(pid):  # pytest's own time limit ends a wait in vain
        pass


def test_nodes_that_end_early_are_reported_with_their_last_words(tmp_path: Path) -> None:
    path = launch_file(tmp_path, "sh -c 'echo the lamp is broken; exit 3'")
    with (
        robot(path, {}, demo_environment(99), tmp_path / "log") as nodes,
        pytest.raises(DemonstrationError, match="the lamp is broken"),
    ):
        _until_there(tmp_path / "never", nodes)


def _until_there(path: Path, nodes: RobotProcesses) -> None:
    while not path.exists():  # pytest's own time limit ends a wait in vain
        nodes.check()
