# SPDX-License-Identifier: Apache-2.0
"""Keyboard teleoperation through a real pseudo-terminal, a real gate and real topics."""

import os
import pty
import subprocess
import sys

import pytest
from tests.robot_base.live import LIMIT, PATIENT, Rig, process

NAMESPACE = "/teleop_test"
RUN = [
    sys.executable,
    "-c",
    "import sys; from ronda_cli.main import main; sys.exit(main())",
    "teleop",
    "--namespace",
    NAMESPACE.strip("/"),
]


def test_without_a_terminal_it_says_so() -> None:
    done = subprocess.run(RUN, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "no terminal" in done.stderr


@pytest.mark.live
def test_a_held_key_drives_its_release_stops_and_ctrl_c_ends() -> None:
    rig = Rig(NAMESPACE)
    master, slave = pty.openpty()
    try:
        with process("robot_base.safety_gate_node", "-r", f"__ns:={NAMESPACE}", *PATIENT):
            rig.until(lambda: rig.reason("no_command"))
            keyboard = subprocess.Popen(RUN, stdin=slave, stdout=slave, start_new_session=True)
            rig.until(lambda: rig.node.count_publishers(f"{NAMESPACE}/cmd_vel_teleop") > 1)

            def held() -> bool:
                os.write(master, b"w")
                rig.for_commands(1)
                return rig.speed() > 0.25

            rig.until(held)
            rig.until(lambda: rig.speed() == 0.0)
            rig.until(lambda: rig.reason("teleop_silent", "await_resume"))
            os.kill(keyboard.pid, 2)
            rig.until(lambda: keyboard.poll() is not None)
            assert keyboard.returncode == 0
    finally:
        rig.close()
        os.close(slave)
        os.close(master)


@pytest.mark.live
def test_a_robot_that_is_not_there_is_named() -> None:
    master, slave = pty.openpty()
    try:
        done = subprocess.run(RUN, stdin=slave, capture_output=True, text=True, timeout=5 * LIMIT)
        assert done.returncode == 2
        assert f"{NAMESPACE}/safety_state" in done.stderr
    finally:
        os.close(slave)
        os.close(master)
