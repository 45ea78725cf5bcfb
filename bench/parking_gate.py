# SPDX-License-Identifier: Apache-2.0
"""A gate as it runs, timed: from the car's stop to the decision, and from the decision to the moving barrier.

Real gate and barrier nodes in processes of their own, the compiled firmware behind the barrier, SQLite; the cars are
drawn pictures at 5 Hz that come nearer and stop. `decision_s` counts from the first picture of the standing car.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rclpy
from PIL import Image as Drawing
from PIL import ImageDraw, ImageFont
from rclpy.executors import SingleThreadedExecutor
from ronda.msg import BarrierState, GateEvent, GateState
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from robot_base.simulated_device import SimulatedDevice
from ronda_cli.measurement import main
from ronda_core import images, qos

PERIOD_S, LIMIT_S = 0.2, 30.0


def options(parser: argparse.ArgumentParser) -> None:
    """Describe the measurement's own options."""
    parser.add_argument("--cars", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)


def run(chosen: argparse.Namespace) -> dict[str, Any]:
    """Let cars come in one after another."""
    rng = random.Random(chosen.seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ronda-bench-")))
        device = stack.enter_context(SimulatedDevice(folder / "board"))
        lane = Lane()
        stack.callback(lane.close)
        gate = {"gate_id": "gate_in", "ledger": f"sqlite:///{folder / 'l.sqlite'}", "data_dir": folder}
        barrier = {"device": folder / "board", "barrier_id": "gate_in"}
        for module, values in (("robot_base.barrier_node", barrier), ("parking_robot.gate_node", gate)):
            stack.callback(_end, _start(module, values))
        lane.until(lambda: lane.arm == BarrierState.CLOSED and lane.phase == GateState.PHASE_EMPTY)
        cars = [_one_car(lane, device, _plate(rng)) for _ in range(chosen.cars)]
    right = sum(car["right"] for car in cars)
    figures = {name: _spread([car[name] for car in cars]) for name in ("decision_s", "command_ms", "arm_moves_ms")}
    return {"cars": len(cars), "read_right": right, **figures}


class Lane:
    """The camera, and who hears the gate and the barrier."""

    def __init__(self) -> None:
        self.context = rclpy.Context()
        rclpy.init(context=self.context)
        self.node = rclpy.create_node("lane", namespace="/gate_in", context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.node)
        self.arm = self.phase = -1
        self.events: list[tuple[float, GateEvent]] = []
        self.moving_at = 0.0
        self.node.create_subscription(GateState, "gate_state", self._take_state, qos.STATE)
        self.node.create_subscription(BarrierState, "barrier/state", self._take_barrier, qos.STATE)
        self.node.create_subscription(GateEvent, "gate_events", self._take_event, qos.EVENT)
        self.camera = self.node.create_publisher(Image, "camera/image_raw", qos.SENSOR)

    def show(self, picture: Any) -> float:
        """Send a picture, keep hearing for a camera's period; return when it was sent."""
        sent = time.monotonic()
        self.camera.publish(images.to_message(picture, Header(stamp=self.node.get_clock().now().to_msg())))
        while time.monotonic() - sent < PERIOD_S:
            self.executor.spin_once(timeout_sec=0.01)
        return sent

    def until(self, what: Callable[[], Any], picture: Any = None) -> None:
        """Hear until something is so."""
        end = time.monotonic() + LIMIT_S
        while not what():
            if time.monotonic() > end:
                raise TimeoutError(f"phase {self.phase}, arm {self.arm}")
            self.show(picture if picture is not None else _empty())

    def close(self) -> None:
        self.executor.shutdown()
        self.node.destroy_node()
        self.context.try_shutdown()

    def _take_state(self, message: GateState) -> None:
        self.phase = message.phase

    def _take_barrier(self, message: BarrierState) -> None:
        if message.state == BarrierState.OPENING and self.arm != message.state:
            self.moving_at = time.monotonic()
        self.arm = message.state

    def _take_event(self, message: GateEvent) -> None:
        self.events.append((time.monotonic(), message))


def _one_car(lane: Lane, device: SimulatedDevice, plate: str) -> dict[str, float]:
    lane.events.clear()
    for width in (60, 75, 90, 105, 120, 135):
        lane.show(_car(plate, width))
    stopped = lane.show(_car(plate, 150))
    decided: list[tuple[float, GateEvent]] = []
    while not decided:
        if time.monotonic() - stopped > LIMIT_S:
            raise TimeoutError(f"no decision on {plate}")
        lane.show(_car(plate, 150))
        decided = [heard for heard in lane.events if heard[1].kind == GateEvent.DECIDED]
    lane.until(lambda: lane.arm == BarrierState.OPEN, _car(plate, 150))
    for beam, loop in ((0, 1), (1, 1), (0, 1), (0, 0)):
        device.set("beam", beam)
        device.set("loop", loop)
        for _ in range(3):
            lane.show(_empty())
    lane.until(lambda: lane.arm == BarrierState.CLOSED and lane.phase == GateState.PHASE_EMPTY)
    at, event = decided[0]
    return {
        "right": float(event.plate == plate),
        "decision_s": at - stopped,
        "command_ms": event.command_seconds * 1e3,
        "arm_moves_ms": (lane.moving_at - at) * 1e3,
    }


def _plate(rng: random.Random) -> str:
    letters = "ABEHKMNPRTX"
    return "".join(rng.choice(letters) for _ in range(2)) + str(rng.randint(200, 999)) + rng.choice(letters) * 2


def _car(text: str, width: int) -> Any:
    plate = Drawing.new("RGB", (520, 112), (245, 245, 240))
    draw = ImageDraw.Draw(plate)
    draw.rectangle((2, 2, 517, 109), outline=(20, 20, 20), width=4)
    draw.text((260, 56), text, (15, 15, 15), ImageFont.truetype("DejaVuSans-Bold.ttf", 84), anchor="mm")
    small = cv2.resize(np.asarray(plate)[..., ::-1], (width, width * 112 // 520), interpolation=cv2.INTER_AREA)
    scene = _empty()
    x, y = 320 - width // 2, 300 - small.shape[0] // 2
    cv2.rectangle(scene, (x - 60, y - 50), (x + width + 60, y + 60), (70, 60, 50), -1)
    scene[y : y + small.shape[0], x : x + small.shape[1]] = small
    noise = np.random.default_rng().normal(0, 4, scene.shape)
    return np.clip(cv2.GaussianBlur(scene, (0, 0), 0.6) + noise, 0, 255).astype(np.uint8)


def _empty() -> Any:
    rough = np.random.default_rng(7).integers(60, 140, (12, 16, 3), np.uint8)
    return cv2.resize(rough, (640, 480), interpolation=cv2.INTER_CUBIC)


def _spread(values: list[float]) -> dict[str, float]:
    return {
        "p50": round(float(np.median(values)), 3),
        "p95": round(float(np.percentile(values, 95)), 3),
        "max": round(max(values), 3),
    }


def _start(module: str, values: dict[str, Any]) -> subprocess.Popen[bytes]:
    words = [word for name, value in values.items() for word in ("-p", f"{name}:={value}")]
    command = [sys.executable, "-m", module, "--ros-args", "-r", "__ns:=/gate_in", *words]
    return subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    process.wait(20)


if __name__ == "__main__":
    sys.exit(main(run, __doc__ or "", options))
