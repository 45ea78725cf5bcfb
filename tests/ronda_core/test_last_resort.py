# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys

HELD_UP = """
import ctypes
from ronda_core.last_resort import ends_within
with ends_within(1, 7):
    ctypes.PyDLL(None).pause()  # keeps the interpreter's lock for ever
"""

IN_TIME = """
import time
from ronda_core.last_resort import ends_within
with ends_within(1, 7):
    pass
time.sleep(1.2)
"""


def run(code: str) -> int:
    return subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode


def test_a_process_that_is_held_up_in_c_ends_with_the_status_that_was_asked_for() -> None:
    assert run(HELD_UP) == 7


def test_a_block_that_ends_in_time_takes_the_limit_with_it() -> None:
    assert run(IN_TIME) == 0
