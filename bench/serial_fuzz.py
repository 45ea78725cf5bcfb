# SPDX-License-Identifier: Apache-2.0
"""A million random strings into each parser: Python's, and the firmware's under its sanitizers."""

import random
import resource
import subprocess
import sys
import time

from robot_base.firmware_build import program
from robot_base.wire.frame import FrameReader
from robot_base.wire.fuzzing import feed_everything, random_strings
from ronda_cli.measurement import main


def python(count):
    """Seconds, and how much memory the process gained (kB)."""
    reader, before = FrameReader(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    for text in random_strings(count, random.Random(1)):
        feed_everything(reader, text)
    gained = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {"strings": count, "seconds": round(time.perf_counter() - began, 1), "memory_gained_kb": gained}


def firmware(count):
    """Exit status 0 means that no sanitizer spoke."""
    began = time.perf_counter()
    done = subprocess.run([program("fuzz"), str(count), "1"], capture_output=True, text=True)
    return {"strings": count, "seconds": round(time.perf_counter() - began, 1), "status": done.returncode}


def run(options):
    return {"python": python(options.count), "firmware": firmware(options.count)}


def add_options(parser):
    parser.add_argument("--count", type=int, default=1_000_000, help="strings into each parser")


if __name__ == "__main__":
    sys.exit(main(run, __doc__.splitlines()[0], add_options))
