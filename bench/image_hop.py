# SPDX-License-Identifier: Apache-2.0
"""How long a raw picture takes from one node to another, and how many are lost, with our profile and with the default.

Two processes; 640x480 bgr8 pictures. The figures are the time from just before publishing to the callback, in ms.
"""

import argparse
import contextlib
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from ronda_cli.measurement import main
from ronda_cli.process.environment import PICTURE_MEMORY

ROOT = Path(__file__).resolve().parent.parent
PROFILES = {"ronda": str(ROOT / "config" / "fastdds.xml"), "default": None}
QOS_NAMES = ("best_effort", "reliable")
WIDTH, HEIGHT, DEPTH = 640, 480, 5
LIMIT_S = 60.0


def profile(name):
    from rclpy.qos import QoSProfile, ReliabilityPolicy

    policy = ReliabilityPolicy.BEST_EFFORT if name == "best_effort" else ReliabilityPolicy.RELIABLE
    return QoSProfile(depth=DEPTH, reliability=policy)


def publish(qos, frames, rate):
    """Send pictures at a steady rate once somebody listens; their stamp carries the sending time."""
    import rclpy
    from sensor_msgs.msg import Image
    from std_msgs.msg import Header

    from ronda_core.images import to_message

    rclpy.init()
    node = rclpy.create_node("image_hop_publisher")
    publisher = node.create_publisher(Image, "image_hop", profile(qos))
    deadline = time.monotonic() + LIMIT_S
    while rclpy.ok() and publisher.get_subscription_count() == 0 and time.monotonic() < deadline:
        rclpy.spin_once(node, timeout_sec=0.05)
    picture = np.random.default_rng(1).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    begin = time.monotonic()
    for index in range(frames):
        time.sleep(max(0.0, begin + index / rate - time.monotonic()))
        message = to_message(picture, Header(frame_id=str(index)))
        now = time.monotonic_ns()
        message.header.stamp.sec, message.header.stamp.nanosec = divmod(now, 10**9)
        publisher.publish(message)
    # Stay until the last picture has been taken: the reader ends this process.
    with contextlib.suppress(KeyboardInterrupt):
        sys.stdin.read()
    rclpy.try_shutdown()


def receive(qos, frames, rate):
    """Take pictures until all are here or nothing comes any more; print the delays in ms."""
    import rclpy
    from sensor_msgs.msg import Image

    from ronda_core.executor import make_executor

    rclpy.init()
    node = rclpy.create_node("image_hop_subscriber")
    executor = make_executor()
    executor.add_node(node)
    delays = []
    last = [time.monotonic()]

    def take(message):
        now = time.monotonic_ns()
        last[0] = time.monotonic()
        sent = message.header.stamp.sec * 10**9 + message.header.stamp.nanosec
        delays.append((now - sent) / 1e6)

    node.create_subscription(Image, "image_hop", take, profile(qos))
    print("ready", flush=True)
    end = time.monotonic() + LIMIT_S + frames / rate
    # Ends with its parent too: a receiver whose measurement was killed must not go on beside the next one.
    parent = os.getppid()
    while rclpy.ok() and os.getppid() == parent and len(delays) < frames and time.monotonic() < end:
        executor.spin_once(timeout_sec=0.2)
        # After the first picture, two seconds of silence longer than the whole sending mean that the rest is lost.
        if delays and time.monotonic() - last[0] > 2.0 + frames / rate / 2:
            break
    print(json.dumps(delays), flush=True)
    rclpy.try_shutdown()


def measure(profile_file, qos, frames, rate, domain):
    """Run both processes once."""
    environment = dict(os.environ, ROS_DOMAIN_ID=str(domain), ROS_AUTOMATIC_DISCOVERY_RANGE="LOCALHOST")
    environment.pop("FASTRTPS_DEFAULT_PROFILES_FILE", None)
    environment.pop("ROS_PYTHON_CHECK_FIELDS", None)
    if profile_file:
        environment.update(PICTURE_MEMORY, FASTRTPS_DEFAULT_PROFILES_FILE=profile_file)
    command = [sys.executable, __file__, "--qos", qos, "--frames", str(frames), "--rate", str(rate), "--part"]
    with subprocess.Popen([*command, "receive"], stdout=subprocess.PIPE, text=True, env=environment) as reader:
        reader.stdout.readline()
        with subprocess.Popen([*command, "publish"], stdin=subprocess.PIPE, env=environment) as writer:
            delays = json.loads(reader.stdout.readline())
            # One after the other: two that leave at once may hold each other up (ronda_core/last_resort.py).
            reader.wait()
            writer.stdin.close()
    return summary(delays, frames)


def summary(delays, frames):
    figures = {"sent": frames, "received": len(delays), "lost": frames - len(delays)}
    if delays:
        p50, p95 = np.percentile(delays, (50, 95))
        figures |= {"p50_ms": round(float(p50), 3), "p95_ms": round(float(p95), 3), "max_ms": round(max(delays), 3)}
    return figures


def run(options):
    domain = random.randint(70, 100)
    results = {
        f"{name}/{qos}": measure(file, qos, options.frames, options.rate, domain)
        for name, file in PROFILES.items()
        for qos in QOS_NAMES
    }
    return {"picture": f"{WIDTH}x{HEIGHT} bgr8", "rate_hz": options.rate, "hops": results}


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--frames", type=int, default=150)
    parser.add_argument("--rate", type=float, default=30.0)
    parser.add_argument("--qos", choices=QOS_NAMES, help=argparse.SUPPRESS)
    parser.add_argument("--part", choices=("publish", "receive"), help=argparse.SUPPRESS)


def parts(options):
    """One half of the measurement, in its own process."""
    {"publish": publish, "receive": receive}[options.part](options.qos, options.frames, options.rate)


if __name__ == "__main__":
    if "--part" in sys.argv:
        own = argparse.ArgumentParser()
        add_options(own)
        parts(own.parse_args())
    else:
        sys.exit(main(run, __doc__.splitlines()[0], add_options))
