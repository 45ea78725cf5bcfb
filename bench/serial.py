# SPDX-License-Identifier: Apache-2.0
"""The wire protocol on a bad line, both ends: Python and the compiled firmware; and how fast a good line is.

A million frames in ten runs: bit flips at three rates per byte, lost bytes, inserted bytes; each once towards the
firmware's reader and once from it, in odd chunks. A frame is wrong when it differs from the one that was sent under its
number; a frame is good when the line left all its bytes alone.
"""
# ruff: noqa: E402

import sys
from pathlib import Path

# This file's name is the measurement's; it must not hide the library of the same name.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).parent.resolve()]

import os
import statistics
import subprocess
import threading
import time

import numpy as np
import serial

from robot_base.drivers.framed import FramedPort
from robot_base.firmware_build import program
from robot_base.serial_line import SerialLine
from robot_base.simulated_device import SimulatedDevice
from robot_base.wire.frame import Frame, FrameReader, encode
from ronda_cli.measurement import main

LEVELS = {
    "flip_1e-4": ("flip", 1e-4),
    "flip_1e-3": ("flip", 1e-3),
    "flip_1e-2": ("flip", 1e-2),
    "loss_1e-3": ("loss", 1e-3),
    "insertion_1e-3": ("insertion", 1e-3),
}


def make_frames(count, random):
    """Frames of 4 to 44 bytes of payload, which starts with the frame's number."""
    sizes = random.integers(0, 41, count)
    filling = random.bytes(int(sizes.sum()))
    ends = np.cumsum(sizes)
    return [
        Frame(3, n & 0xFFFF, n.to_bytes(4, "little") + filling[end - size : end])
        for n, (size, end) in enumerate(zip(sizes.tolist(), ends.tolist(), strict=True))
    ]


def disturb(encoded, kind, rate, random):
    """The stream after a bad line, and which frames it touched."""
    stream = np.frombuffer(b"".join(encoded), np.uint8).copy()
    ends = np.cumsum([len(piece) for piece in encoded])
    hit = np.flatnonzero(random.random(stream.size) < rate)
    touched = np.zeros(len(encoded), bool)
    touched[np.searchsorted(ends, hit, side="right")] = True
    if kind == "flip":
        stream[hit] ^= (1 << random.integers(0, 8, hit.size)).astype(np.uint8)
    elif kind == "loss":
        stream = np.delete(stream, hit)
    else:
        stream = np.insert(stream, hit, random.integers(0, 256, hit.size).astype(np.uint8))
    return stream.tobytes(), touched


def read(stream, random):
    """Frames that Python's reader finds in a stream that comes in odd chunks."""
    reader, frames, at = FrameReader(), [], 0
    for size in random.integers(1, 400, len(stream) // 200 + 400).tolist():
        frames += reader.feed(stream[at : at + size])
        at += size
    frames += reader.feed(stream[at:])
    return frames


def firmware(stream):
    """What the firmware's reader lets through, encoded anew by the firmware."""
    return subprocess.run([program("codec")], input=stream, capture_output=True, check=True).stdout


def judge(sent, received, touched):
    """Wrong frames, share of the good ones delivered, and the longest run of good ones lost after a disturbance."""
    delivered, wrong = np.zeros(len(sent), bool), 0
    for frame in received:
        number = int.from_bytes(frame.payload[:4], "little")
        if len(frame.payload) >= 4 and number < len(sent) and sent[number] == frame:
            delivered[number] = True
        else:
            wrong += 1
    good = ~touched
    lost, longest, run = good & ~delivered, 0, 0
    for missing in lost.tolist():
        run = run + 1 if missing else 0
        longest = max(longest, run)
    return wrong, float(delivered[good].mean()), longest


def noise(frames_per_run):
    """All levels in both directions."""
    result = {"frames_sent": 0, "wrong_frames_accepted": 0, "good_frames_delivered_ratio": {}, "resync_frames": 0}
    random = np.random.default_rng(1)
    for level, (kind, rate) in LEVELS.items():
        ratios = []
        for direction in ("to_firmware", "from_firmware"):
            sent = make_frames(frames_per_run, random)
            encoded = [encode(frame) for frame in sent]
            if direction == "from_firmware":
                assert firmware(b"".join(encoded)) == b"".join(encoded)  # both ends encode alike
            stream, touched = disturb(encoded, kind, rate, random)
            received = read(firmware(stream) if direction == "to_firmware" else stream, random)
            wrong, ratio, lost = judge(sent, received, touched)
            ratios.append(ratio)
            result["frames_sent"] += len(sent)
            result["wrong_frames_accepted"] += wrong
            # The damaged frame itself, and the good ones that went down with its delimiter.
            result["resync_frames"] = max(result["resync_frames"], lost + 1)
        result["good_frames_delivered_ratio"][level] = round(min(ratios), 6)
    return result


def round_trip(count):
    """Heartbeat to echo through a pseudo-terminal and the firmware's loop, ms."""
    with SimulatedDevice() as device:
        port = FramedPort(str(device.path))
        port.open()
        times = sorted(port.ping() * 1000 for _ in range(count))
        port.close()
    return {"p50": round(statistics.median(times), 3), "p99": round(times[int(len(times) * 0.99)], 3)}


def pour(master, pieces):
    """Write all pieces from another thread."""

    def work():
        for start in range(0, len(pieces), 16):
            os.write(master, b"".join(pieces[start : start + 16]))

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def throughput(count):
    """Frames a second through a pseudo-terminal, beside pyserial's readline on lines of the same length."""
    random = np.random.default_rng(2)
    pieces = [encode(frame) for frame in make_frames(count, random)]
    lines = [b"x" * (len(piece) - 1) + b"\n" for piece in pieces]
    master, slave = os.openpty()
    line = SerialLine(os.ttyname(slave), 460800)
    began, got, reader = time.perf_counter(), 0, FrameReader()
    thread = pour(master, pieces)
    while got < count:
        got += sum(1 for _ in reader.feed(line.read()))
    ours = count / (time.perf_counter() - began)
    thread.join()
    line.close()
    with serial.Serial(os.ttyname(slave), 460800, timeout=5) as port:
        began, got = time.perf_counter(), 0
        thread = pour(master, lines)
        while got < count:
            got += port.readline().endswith(b"\n")
        plain = count / (time.perf_counter() - began)
        thread.join()
    os.close(master)
    os.close(slave)
    return {"frames_per_s": round(ours), "pyserial_readline_per_s": round(plain)}


def run(options):
    return {
        **noise(options.frames // (2 * len(LEVELS))),
        "round_trip_ms": round_trip(options.pings),
        "throughput": throughput(20_000),
    }


def add_options(parser):
    parser.add_argument("--frames", type=int, default=1_000_000, help="frames through the bad line, all runs together")
    parser.add_argument("--pings", type=int, default=1000, help="round trips")


if __name__ == "__main__":
    sys.exit(main(run, __doc__.splitlines()[0], add_options))
