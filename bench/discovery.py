# SPDX-License-Identifier: Apache-2.0
"""How long a new node takes to meet one that is there: from its publisher to the subscription it finds, in seconds.

With our profile, and with the same without its announcements each second (Fast DDS: each three seconds).
"""

import argparse
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from ronda_cli.measurement import main

PROFILE = Path(__file__).resolve().parent.parent / "config" / "fastdds.xml"
LATE_S = 1.0
THERE = """
import rclpy, sys
from std_msgs.msg import String
rclpy.init()
node = rclpy.create_node("there")
node.create_subscription(String, "meeting", lambda message: None, 10)
print("ready", flush=True)
sys.stdin.read()
node.destroy_node()
"""
NEW = """
import rclpy, time
from std_msgs.msg import String
rclpy.init()
node = rclpy.create_node("new")
begun = time.monotonic()
publisher = node.create_publisher(String, "meeting", 10)
while publisher.get_subscription_count() == 0 and time.monotonic() - begun < 20.0:
    time.sleep(0.005)
print(time.monotonic() - begun)
node.destroy_node()
"""


def usual(profile: str) -> str:
    """Return a profile without what it says of announcements."""
    return re.sub(r"<!-- With the usual.*?</builtin>", "", profile, flags=re.DOTALL)


def measure(profile: Path, count: int, domain: int) -> dict[str, float | int]:
    """Let ``count`` nodes come, one after another, to one that is there."""
    environment = dict(os.environ, ROS_DOMAIN_ID=str(domain), ROS_AUTOMATIC_DISCOVERY_RANGE="LOCALHOST")
    environment["FASTRTPS_DEFAULT_PROFILES_FILE"] = str(profile)
    command = [sys.executable, "-c"]
    there = subprocess.Popen(
        [*command, THERE], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        there.stdout.readline()
        met = [
            float(subprocess.run([*command, NEW], env=environment, capture_output=True, text=True, check=True).stdout)
            for _ in range(count)
        ]
    finally:
        there.kill()
        there.wait()
        there.stdin.close()
        there.stdout.close()
    return {
        "mean_s": round(statistics.mean(met), 3),
        "max_s": round(max(met), 3),
        "later_than_1_s": sum(one > LATE_S for one in met),
        "n": count,
    }


def run(options: argparse.Namespace) -> dict[str, dict[str, float | int]]:
    with tempfile.TemporaryDirectory(prefix="ronda-bench-") as folder:
        before = Path(folder) / "usual.xml"
        before.write_text(usual(PROFILE.read_text("utf-8")), "utf-8")
        domain = random.randint(70, 98)
        return {"ronda": measure(PROFILE, options.count, domain), "usual": measure(before, options.count, domain + 1)}


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=20, help="nodes that come, with each profile")


if __name__ == "__main__":
    sys.exit(main(run, __doc__.splitlines()[0], add_options))
