# SPDX-License-Identifier: Apache-2.0
"""The base's cable pulled while it drives, and put back as another device: fault, return, and no motion."""
# ruff: noqa: E402

import sys
from pathlib import Path

# The measurement `serial` beside this file must not hide the library of the same name.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).parent.resolve()]

import statistics
import tempfile
import threading
import time

from robot_base.drive_runner import DriveRunner
from robot_base.drivers.framed import FramedPort
from robot_base.gate_types import Drive
from robot_base.kinematics import DifferentialDrive
from robot_base.simulated_device import SimulatedDevice
from robot_base.velocity import Velocity
from ronda_cli.measurement import main

LIMIT = 20.0


def until(what):
    end = time.monotonic() + LIMIT
    while not what():
        if time.monotonic() > end:
            raise RuntimeError("did not happen")
        threading.Event().wait(0.002)


def quantiles(values):
    ordered = sorted(values)
    return {"p50": round(statistics.median(ordered), 1), "max": round(ordered[-1], 1), "n": len(ordered)}


def run(options):
    reports, readings = [], []
    faults, returns, fastest = [], [], 0.0
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / "board"
        device = SimulatedDevice(link)
        port = FramedPort(str(link))
        runner = DriveRunner(
            port,
            DifferentialDrive(0.09, 0.36),
            lambda reading, at: readings.append(reading),
            lambda report: reports.append((report.up, time.monotonic())),
        )
        runner.start()
        for _ in range(options.pulls):
            runner.command(Velocity())
            runner.call(port.arm)
            until(lambda: runner.command(Velocity(0.5)) or readings[-1].left_speed > 0.4)
            reports.clear()
            pulled = time.monotonic()
            device.close()
            until(lambda: reports)
            faults.append((reports[0][1] - pulled) * 1000)
            device = SimulatedDevice(link)  # the old terminal's number may be taken; the link's target changes
            back = time.monotonic()
            until(lambda: reports[-1][0])
            returns.append((reports[-1][1] - back) * 1000)
            readings.clear()
            end = time.monotonic() + 0.3
            until(lambda end=end: runner.command(Velocity(0.5)) or time.monotonic() > end)
            fastest = max(fastest, *(abs(reading.left_speed) for reading in readings))
            assert readings[-1].condition is Drive.DISARMED
        runner.stop()
        device.close()
    return {"fault_ms": quantiles(faults), "return_ms": quantiles(returns), "fastest_after_return_m_s": fastest}


def add_options(parser):
    parser.add_argument("--pulls", type=int, default=50, help="how often the cable is pulled")


if __name__ == "__main__":
    sys.exit(main(run, __doc__.splitlines()[0], add_options))
