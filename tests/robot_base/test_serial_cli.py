# SPDX-License-Identifier: Apache-2.0
"""`ronda serial` as a person uses it: a simulated board, a look at it."""

import signal
import subprocess
import sys
from pathlib import Path

RONDA = [sys.executable, "-m", "ronda_cli", "serial"]


def test_a_simulated_board_is_watched_and_leaves_with_its_link(tmp_path: Path) -> None:
    link = tmp_path / "board"
    board = subprocess.Popen([*RONDA, "simulate", "--link", str(link)], stdout=subprocess.PIPE, text=True)
    assert board.stdout is not None
    assert str(link) in board.stdout.readline()
    seen = subprocess.run([*RONDA, "watch", str(link), "--once"], capture_output=True, text=True, timeout=60)
    assert "host, firmware 1.1.1" in seen.stdout
    assert "DISARMED" in seen.stdout
    board.send_signal(signal.SIGINT)
    board.communicate(timeout=30)
    assert board.returncode == 0
    assert not link.is_symlink()


def test_a_port_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = subprocess.run([*RONDA, "watch", str(tmp_path / "none")], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "there is no device" in done.stderr
