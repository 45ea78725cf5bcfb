# SPDX-License-Identifier: Apache-2.0
"""Measure the face node as a process of its own: frame to alert, first sight to alert, processing time, CPU.

A photograph walks through 640x480 frames at 5 frames a second, 45 pixels wide, two seconds at a time; each visit is a
new track and must raise one alert. Prints JSON.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rclpy
from rclpy.executors import SingleThreadedExecutor
from ronda.msg import FaceArray, FaceMatch
from sensor_msgs.msg import CameraInfo, Image

from face_perception.station import StationSettings, open_station
from patrol_robot.demo_setup import default_people
from ronda_cli.measurement import main
from ronda_core import images, qos
from ronda_core.stamps import from_seconds, to_seconds

_SIZE = (640, 480)
_PHOTOGRAPH = "watchlist/Demo Guest/world.jpg"
_PORTRAIT = 120
_ENVIRONMENT = {
    "FASTRTPS_DEFAULT_PROFILES_FILE": str(Path(__file__).resolve().parent.parent / "config" / "fastdds.xml"),
    "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST",
    "OMP_NUM_THREADS": "1",
}
_SITE = """
identification:
  purpose: measurement
  legal_basis: consent
  area: desk
  owner: bench
  valid_until: 2099-12-31
  watchlists:
    bench: {reason: measurement, legal_basis: consent, owner: bench, valid_until: 2099-12-31, cooldown_s: 0}
"""


def scene(portrait: Any, visit_frame: int, rng: np.random.Generator) -> Any:
    """Return one frame with the portrait walking to the right, or without it where ``visit_frame`` is negative."""
    frame = np.full((_SIZE[1], _SIZE[0], 3), 120, np.uint8)
    if visit_frame >= 0:
        x, y = 120 + 14 * visit_frame, 140
        frame[y : y + portrait.shape[0], x : x + portrait.shape[1]] = portrait
    noise = rng.integers(-6, 7, frame.shape, dtype=np.int16)
    return np.clip(frame.astype(np.int16) + noise, 0, 255).astype(np.uint8)


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this measurement's own options."""
    parser.add_argument("--visits", type=int, default=15)
    parser.add_argument("--rate", type=float, default=5.0, help="frames per second")
    parser.add_argument("--faces", type=int, default=1, help="how many copies stand in the frame")
    parser.add_argument("--profile", default="fast")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Enrol the photograph, start the node, measure."""
    os.environ.update(_ENVIRONMENT)
    picture = cv2.imread(str(default_people() / _PHOTOGRAPH))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "site.yaml").write_text(_SITE)
        station = open_station(StationSettings(profile=options.profile, folder=Path(folder)))
        station.enroller.enrol(station.gallery, "Guest", "bench", [station.enroller.example(picture)])
        station.gallery.close()
        command = [sys.executable, "-m", "face_perception.face_node", "--ros-args"]
        command += ["-p", f"faces_dir:={folder}", "-p", f"profile:={options.profile}"]
        with subprocess.Popen(command) as node:
            try:
                return measure(node.pid, picture, options)
            finally:
                node.terminate()


def measure(pid: int, picture: Any, options: argparse.Namespace) -> dict[str, Any]:
    """Publish the visits and return the figures."""
    rclpy.init()
    bench = rclpy.create_node("face_bench")
    executor = SingleThreadedExecutor()
    executor.add_node(bench)
    sent: dict[float, float] = {}
    alerts: list[tuple[float, float]] = []
    processing: list[float] = []
    seen = [0]

    def take_match(message: FaceMatch) -> None:
        stamp = to_seconds(message.header.stamp)
        alerts.append((time.monotonic() - sent[stamp], stamp - to_seconds(message.first_seen)))

    def take_faces(message: FaceArray) -> None:
        processing.append(message.processing_ms)
        seen[0] = max(seen[0], len(message.faces))

    bench.create_subscription(FaceMatch, "face_matches", take_match, qos.EVENT)
    bench.create_subscription(FaceArray, "faces", take_faces, qos.EVENT)
    frames = bench.create_publisher(Image, "camera/image_raw", qos.SENSOR)
    infos = bench.create_publisher(CameraInfo, "camera/camera_info", qos.SENSOR)
    deadline = time.monotonic() + 20
    while frames.get_subscription_count() == 0 and time.monotonic() < deadline:
        executor.spin_once(timeout_sec=0.05)
    side = min(picture.shape[:2])
    portrait = cv2.resize(picture[:side, :side], (_PORTRAIT, _PORTRAIT), interpolation=cv2.INTER_AREA)
    rng = np.random.default_rng(1)
    period = 1 / options.rate
    visible, pause = round(2 * options.rate), round(2 * options.rate)
    used, start = cpu_seconds(pid), time.monotonic()
    due = start
    for index in range(options.visits * (visible + pause)):
        phase = index % (visible + pause)
        frame = scene(portrait, phase if phase < visible else -1, rng)
        for copy in range(1, options.faces if phase < visible else 1):
            x, y = 10 + (copy % 5) * 125, 20 if copy < 5 else 300
            frame[y : y + portrait.shape[0], x : x + portrait.shape[1]] = portrait
        stamp = from_seconds(1000 + index * period)
        header = CameraInfo().header
        header.stamp, header.frame_id = stamp, "camera_optical_frame"
        info = CameraInfo(header=header, width=_SIZE[0], height=_SIZE[1])
        info.k = [553.0, 0.0, 320.0, 0.0, 553.0, 240.0, 0.0, 0.0, 1.0]
        infos.publish(info)
        message = images.to_message(frame, header)
        sent[to_seconds(stamp)] = time.monotonic()
        frames.publish(message)
        due += period
        while time.monotonic() < due:
            executor.spin_once(timeout_sec=max(0.0, due - time.monotonic()))
    elapsed, cpu = time.monotonic() - start, cpu_seconds(pid) - used
    bench.destroy_node()
    rclpy.shutdown()
    latency = np.array([alert[0] for alert in alerts]) * 1e3
    sight = np.array([alert[1] for alert in alerts])
    return {
        "profile": options.profile,
        "visits": options.visits,
        "alerts": len(alerts),
        "frames_sent": len(sent),
        "frames_processed": len(processing),
        "faces_in_frame": seen[0],
        "frame_to_alert_ms": percentiles(latency),
        "first_sight_to_alert_s": percentiles(sight),
        "processing_ms": percentiles(np.array(processing)),
        "cpu_share_of_one_core": round(cpu / elapsed, 3),
    }


def percentiles(values: Any) -> dict[str, float]:
    """Return median and 95th percentile."""
    if len(values) == 0:
        return {}
    return {"p50": round(float(np.percentile(values, 50)), 3), "p95": round(float(np.percentile(values, 95)), 3)}


if __name__ == "__main__":
    sys.exit(main(run, __doc__.splitlines()[0], add_options))
