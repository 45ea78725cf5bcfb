# SPDX-License-Identifier: Apache-2.0
import contextlib
import os
import signal
import subprocess
import sys

import pytest
import rclpy
from rclpy._rclpy_pybind11 import RCLError

from ronda_core.node_main import until_shutdown

GOOD = """
import sys
from rclpy.node import Node
from ronda_core.node_main import run_node

class Talker(Node):
    def __init__(self):
        super().__init__("talker")
        self.create_timer(0.01, lambda: (print("spinning", flush=True)))
    def close(self):
        print("closed", flush=True)

sys.exit(run_node(Talker))
"""

BUSY = """
import sys
from rclpy.node import Node
from std_msgs.msg import String
from ronda_core.node_main import run_node

class Busy(Node):
    def __init__(self):
        super().__init__("busy")
        self.out = self.create_publisher(String, "busy", 10)
        self.create_timer(0.001, self.work)
        print("spinning", flush=True)
    def work(self):
        for number in range(20):
            self.out.publish(String(data=str(number)))
            self.get_logger().debug(f"{number} of many")

sys.exit(run_node(Busy))
"""

BAD = """
import sys
from ronda_core.errors import ParameterError
from ronda_core.node_main import run_node

def factory():
    raise ParameterError("node /gate: unknown parameter 'max_sped'", hint="known parameters: max_speed")

sys.exit(run_node(factory))
"""

SLOW = """
import sys
import time
import rclpy
from rclpy.node import Node
from ronda_core.node_main import run_node

def factory():
    print("making", flush=True)
    while rclpy.ok():
        time.sleep(0.01)  # as whoever waits for a file or a device: CPython looks for signals anew when it goes on
    return Node("late")

sys.exit(run_node(factory))
"""

BROKEN = """
import sys
from ronda_core.node_main import run_node

def factory():
    raise ValueError("a mistake of ours")

sys.exit(run_node(factory))
"""


def start(code: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_node_ends_clean_on_a_signal(sent):
    process = start(GOOD)
    assert process.stdout.readline().strip() == "spinning"
    process.send_signal(sent)
    out, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert out.splitlines()[-1] == "closed"
    assert "Traceback" not in errors


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_amid_a_callback_is_no_error_of_it(sent):
    for pause in (0.0, 0.013, 0.034):
        process = start(BUSY)
        assert process.stdout.readline().strip() == "spinning"
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.3 + pause)  # another moment of the work each time
        process.send_signal(sent)
        _, errors = process.communicate(timeout=20)
        assert (process.returncode, errors) == (0, "")


def test_a_bad_parameter_is_one_clear_line_and_status_2():
    process = start(BAD)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 2
    assert errors.splitlines() == [
        "error: node /gate: unknown parameter 'max_sped'",
        "  try: known parameters: max_speed",
    ]


@pytest.mark.parametrize("words", [["-p", "max_speed"], ["-r", "a:b"]])
def test_a_command_line_that_ros_refuses_is_told_in_words(words):
    done = subprocess.run(
        [sys.executable, "-c", GOOD, "--ros-args", *words], capture_output=True, text=True, env=dict(os.environ)
    )
    assert done.returncode == 2
    told = done.stderr.partition("error: ROS cannot start: ")[2].splitlines()
    assert f"'{' '.join(words)}'" in told[0] and "/src/" not in told[0]
    assert told[1].startswith("  try: --ros-args -p NAME:=VALUE")
    assert "Traceback" not in done.stderr


def test_start_and_stop_many_times_leaves_nothing(tmp_path):
    for _ in range(5):
        process = start(GOOD)
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        assert process.returncode == 0


def test_a_signal_during_the_start_is_no_crash():
    process = start(SLOW)
    assert process.stdout.readline().strip() == "making"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors


def test_a_mistake_in_the_code_is_shown_whole():
    process = start(BROKEN)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "Traceback" in errors and "a mistake of ours" in errors


def test_what_ros_refuses_after_the_context_has_ended_is_no_error():
    context = rclpy.Context()
    rclpy.init(context=context)
    with pytest.raises(RCLError), until_shutdown(context):
        raise RCLError("publisher's context is invalid")
    with pytest.raises(ValueError, match="other"), until_shutdown(context):
        raise ValueError("other")
    rclpy.try_shutdown(context=context)
    with until_shutdown(context):
        raise RCLError("publisher's context is invalid")
