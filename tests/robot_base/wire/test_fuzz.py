# SPDX-License-Identifier: Apache-2.0
"""Random bytes into both ends. The long run (a million strings each) is a measurement: bench/serial_fuzz.py."""

import random
import subprocess

from robot_base.firmware_build import program
from robot_base.wire.frame import MAX_ENCODED, Frame, FrameReader, encode
from robot_base.wire.fuzzing import feed_everything, random_strings
from robot_base.wire.messages import Type


def test_python_survives_random_bytes_and_stays_in_step() -> None:
    reader = FrameReader()
    for text in random_strings(20_000, random.Random(5)):
        feed_everything(reader, text)
        assert len(reader._buffer) <= MAX_ENCODED
    good = Frame(Type.ECHO, 9, b"abc")
    assert list(reader.feed(b"\0" + encode(good)))[-1] == good


def test_the_firmware_survives_random_bytes_under_the_sanitizers() -> None:
    done = subprocess.run([program("fuzz"), "30000", "5"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "30000 strings" in done.stdout
