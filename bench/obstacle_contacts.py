# SPDX-License-Identifier: Apache-2.0
"""Somebody stands 1.0 m before the bumper from one moment to the next, at top speed: contacts, by the true positions.

`seeds`: the gate's decision code and the embedded simulator's physics and laser in one process, stepped together, each
command `delay_s` late. Noise, shape (round, box at an angle, a pair of legs), size and place across the way differ with
the seed. `live`: the same with simulator and safety gate as processes in real time; `response_ms` runs from the first
scan that shows the obstacle to a zero cmd_vel, both as a third process hears them.
"""

import contextlib
import math
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from robot_base.gate_limits import GateLimits
from robot_base.gate_types import GateInputs, GateState, Instant, TimedCommand
from robot_base.odometer import Odometer
from robot_base.safety_gate import decide
from robot_base.scan_view import RawScan, ScanLimits, ScanMonitor
from robot_base.velocity import Velocity
from robot_simulation.diff_drive import Drift
from robot_simulation.model_builder import Spawn
from robot_simulation.sdf_reader import read_world
from robot_simulation.simulator import Simulator
from robot_simulation.urdf_reader import read_robot
from ronda_cli.measurement import main
from ronda_core.paths import share_dir
from ronda_core.se2 import SE2

START = SE2(1.5, 0.0, 0.0)
TOP = 0.8
GAP = 1.0
SETTLED = 2.0  # s of asking for nothing, until the gate takes a request for a new one
APPEARS = SETTLED + 4.0
LONG = 6.0  # s after it appeared
LIMITS = GateLimits()


@dataclass(frozen=True)
class Obstacle:
    """What stands there: SDF shapes around its own origin, and where their nearest point to the robot lies."""

    shapes: tuple[str, ...]
    nearest: float
    side: float


def obstacle(seed):
    """A shape that overlaps the robot's way, at least by a centimetre."""
    random = np.random.default_rng([seed, 5])
    kind = ("round", "box", "legs")[seed % 3]
    if kind == "round":
        radius = random.uniform(0.05, 0.3)
        shapes, nearest, half = [_cylinder(radius, 0.0)], radius, radius
    elif kind == "box":
        yaw = random.uniform(-math.pi, math.pi)
        sides = random.uniform(0.1, 0.5, 2)
        nearest = (abs(sides[0] * math.cos(yaw)) + abs(sides[1] * math.sin(yaw))) / 2
        half = (abs(sides[0] * math.sin(yaw)) + abs(sides[1] * math.cos(yaw))) / 2
        shapes = [
            f"<pose>0 0 0.5 0 0 {yaw}</pose><geometry><box><size>{sides[0]} {sides[1]} 1.0</size></box></geometry>"
        ]
    else:
        radius, apart = random.uniform(0.04, 0.08), random.uniform(0.12, 0.3)
        shapes = [_cylinder(radius, apart / 2), _cylinder(radius, -apart / 2)]
        nearest, half = radius, apart / 2 + radius
    reach = LIMITS.footprint.half_width + half - 0.01
    return Obstacle(tuple(shapes), nearest, random.uniform(-reach, reach))


def _cylinder(radius, side):
    return (
        f"<pose>0 {side} 0.5 0 0 0</pose><geometry><cylinder><radius>{radius}</radius><length>1.0</length>"
        "</cylinder></geometry>"
    )


def world_with(folder, thing, at, appears):
    """The hall with a thing that stands outside until the moment `appears` (s), and then with its near side at `at`."""
    parts = "".join(
        f'<visual name="v{n}">{shape}</visual><collision name="c{n}">{shape}</collision>'
        for n, shape in enumerate(thing.shapes)
    )
    x, y = at + thing.nearest, thing.side
    away, here = "40 10 0 0 0 0", f"{x} {y} 0 0 0 0"
    points = ((0.0, away), (appears - 0.002, away), (appears, here), (appears + 3600, here))
    script = "".join(f"<waypoint><time>{t}</time><pose>{pose}</pose></waypoint>" for t, pose in points)
    actor = (
        '<actor name="somebody"><script><loop>false</loop>'
        f'<trajectory id="0" type="walk">{script}</trajectory></script><link name="body">{parts}</link></actor>'
    )
    path = folder / "hall.sdf"
    text = (share_dir() / "worlds" / "hall.sdf").read_text()
    path.write_text(text.replace("</world>", actor + "</world>"))
    return path


def free_run(until):
    """Where the bumper is after asking for top speed since SETTLED, if nothing is in the way (ramp of 1 m/s2)."""
    driven = until - SETTLED
    ramp = TOP / LIMITS.acceleration
    return START.x + LIMITS.footprint.front + TOP * driven - TOP * ramp / 2


class Driver:
    """The gate's code between the simulated laser and the simulated wheels."""

    def __init__(self, simulator, delay):
        self.simulator, self.body = simulator, simulator.robots[0]
        self.lidar = self.body.lidars[0]
        self.monitor, self.odometer = ScanMonitor(ScanLimits()), Odometer(LIMITS.footprint.radius)
        self.state, self.inputs = GateState(), GateInputs()
        self.waiting, self.delay = deque(), delay
        self.stopped_at = None

    def scan(self, now):
        self.simulator.refresh()
        block = self.lidar.block
        ranges = self.lidar.scan(self.simulator.data)
        raw = RawScan(now, block.min_angle, self.lidar.angle_step, block.min_range, block.max_range, ranges)
        return self.monitor.accept(raw, SE2(), self.odometer.travel)

    def tick(self, now, *, scan):
        at, odometry = Instant(now, now), self.body.odometry()
        self.odometer.update(odometry.pose)
        wanted = Velocity(TOP, 0.0) if now >= SETTLED else Velocity()
        seen = {"scan": self.scan(now), "scan_received": at} if scan else {}
        kept = {"scan": self.inputs.scan, "scan_received": self.inputs.scan_received}
        self.inputs = GateInputs(
            navigation=TimedCommand(wanted, at, now),
            measured=Velocity(odometry.v, odometry.w),
            bumper=self.body.bumper_pressed(),
            bumper_heard=at,
            **(kept | seen),
        )
        decision = decide(self.state, self.inputs, at, LIMITS)
        self.state = decision.state
        self.waiting.append((now + self.delay, decision.command))
        if now > APPEARS and decision.command.is_zero and self.stopped_at is None:
            self.stopped_at = now

    def obey(self, now):
        while self.waiting and self.waiting[0][0] <= now:
            _, command = self.waiting.popleft()
            self.body.command(command.linear, command.angular)


def one_seed(seed, robot, delay, folder):
    """Drive into the appearing obstacle; what happened."""
    phase = np.random.default_rng([seed, 6]).uniform(0.0, 0.1)  # of the laser's period
    appears = APPEARS + phase
    delayed = free_run(appears - delay)
    world = read_world(world_with(folder, obstacle(seed), delayed + GAP, appears))
    simulator = Simulator(world, [Spawn(robot, "r", START)], seed=seed, drift=Drift(0.002, 0.002))
    driver = Driver(simulator, delay)
    step = float(simulator.model.opt.timestep)
    ticks, gap, speed = round(0.02 / step), math.nan, math.nan
    while simulator.time < appears + LONG:
        count = round(simulator.time / step)
        if count % ticks == 0:
            driver.tick(simulator.time, scan=count % (5 * ticks) == 0)
        driver.obey(simulator.time)
        simulator.step()
        if math.isnan(gap) and simulator.time >= appears:
            simulator.refresh()
            truth = driver.body.truth()
            gap, speed = delayed + GAP - truth.x - LIMITS.footprint.front, truth.vx
    truth = driver.body.truth()
    return {
        "seed": seed,
        "gap_m": gap,
        "speed": speed,
        "contacts": driver.body.contacts.count,
        "left_m": delayed + GAP - truth.x - LIMITS.footprint.front,
        "stop_s": (driver.stopped_at or math.inf) - appears,
    }


def summary(found):
    gaps = [one["gap_m"] for one in found]
    return {
        "n": len(found),
        "contacts": sum(one["contacts"] for one in found),
        "gap_m": {"min": round(min(gaps), 3), "max": round(max(gaps), 3)},
        "speed_m_s": {"min": round(min(one["speed"] for one in found), 3)},
        "closest_m": round(min(one["left_m"] for one in found), 3),
    }


# The same with real processes


@contextlib.contextmanager
def node(module, namespace, *words):
    running = subprocess.Popen([sys.executable, "-m", module, "--ros-args", "-r", f"__ns:={namespace}", *words])
    try:
        yield running
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(30)


def one_live(seed, folder):
    """One run of simulator_node and safety_gate_node in real time."""
    import rclpy
    from geometry_msgs.msg import TransformStamped, TwistStamped
    from nav_msgs.msg import Odometry
    from rclpy.executors import SingleThreadedExecutor
    from rosgraph_msgs.msg import Clock
    from sensor_msgs.msg import LaserScan
    from std_msgs.msg import UInt32
    from tf2_msgs.msg import TFMessage

    from ronda_core import qos
    from ronda_core.stamps import from_seconds, to_seconds

    namespace = f"/contact{seed}"
    # The robot sets out when simulated time says so; a quarter of a second until it does was measured.
    begins = 12.0
    appears = begins + 4.0
    near = free_run(appears - begins + SETTLED - 0.1) + GAP
    path = world_with(folder, obstacle(seed), near, appears)
    told = {"now": 0.0, "contacts": 0, "zero_at": None, "seen_at": None, "truth": None, "gap": math.nan, "speed": 0.0}
    context = rclpy.Context()
    rclpy.init(context=context)
    stage = rclpy.create_node("stage", namespace=namespace, context=context)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(stage)
    drive = stage.create_publisher(TwistStamped, "cmd_vel_nav", qos.COMMAND)
    static = stage.create_publisher(TFMessage, "/tf_static", qos.TF_STATIC)
    laser = TransformStamped(child_frame_id="laser_link")
    laser.header.frame_id = "base_footprint"
    laser.transform.rotation.w = 1.0
    static.publish(TFMessage(transforms=[laser]))

    def take_scan(message):
        # A scan of that very moment is taken before the physics step that moves it there.
        if to_seconds(message.header.stamp) > appears + 0.01 and told["seen_at"] is None:
            told["seen_at"] = time.monotonic()

    def take_command(message):
        if told["seen_at"] is not None and told["zero_at"] is None and message.twist.linear.x == 0.0:
            told["zero_at"] = time.monotonic()

    def take_truth(message):
        told["truth"] = message.pose.pose.position.x
        if math.isnan(told["gap"]) and to_seconds(message.header.stamp) >= appears:
            told["gap"] = near - told["truth"] - LIMITS.footprint.front
            told["speed"] = message.twist.twist.linear.x

    stage.create_subscription(Clock, "/clock", lambda m: told.__setitem__("now", to_seconds(m.clock)), qos.CLOCK)
    stage.create_subscription(LaserScan, "scan", take_scan, qos.SENSOR)
    stage.create_subscription(TwistStamped, "cmd_vel", take_command, qos.COMMAND)
    stage.create_subscription(Odometry, "ground_truth", take_truth, qos.SENSOR)
    stage.create_subscription(
        UInt32, "ground_truth/contacts", lambda m: told.__setitem__("contacts", m.data), qos.STATE
    )
    simulation = (
        ("world_file", path), ("camera", "false"), ("x", START.x), ("y", START.y), ("seed", seed),
    )  # fmt: skip
    words = [word for name, value in simulation for word in ("-p", f"{name}:={value}")]
    gate_words = ("-p", "use_sim_time:=true", "-p", f"data_dir:={folder}")
    beat, end = 0.0, time.monotonic() + 120
    try:
        with (
            node("robot_base.safety_gate_node", namespace, *gate_words),
            node("robot_simulation.simulator_node", namespace, *words) as running,
        ):
            while told["now"] < appears + LONG:
                if running.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"the simulation ended early: {told}")
                if told["now"] >= begins and time.monotonic() - beat >= 0.05:
                    beat = time.monotonic()
                    message = TwistStamped()
                    message.header.stamp = from_seconds(told["now"])
                    message.twist.linear.x = TOP
                    drive.publish(message)
                executor.spin_once(timeout_sec=0.005)
    finally:
        executor.shutdown()
        stage.destroy_node()
        context.try_shutdown()
    return {
        "seed": seed,
        "gap_m": told["gap"],
        "speed": told["speed"],
        "contacts": told["contacts"],
        "left_m": near - told["truth"] - LIMITS.footprint.front,
        "response_ms": (told["zero_at"] - told["seen_at"]) * 1000 if told["zero_at"] else math.inf,
    }


def live_summary(found):
    times = sorted(one["response_ms"] for one in found)
    p95 = times[min(len(times) - 1, math.ceil(0.95 * len(times)) - 1)]
    return {
        **summary(found),
        "response_ms": {
            "p50": round(statistics.median(times), 1),
            "p95": round(p95, 1),
            "max": round(times[-1], 1),
        },
    }


def run(options):
    robot = read_robot(share_dir() / "urdf" / "patrol_robot.urdf.xacro")
    found, live = [], []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(options.first, options.first + options.seeds):
            found.append(one_seed(seed, robot, options.delay, Path(folder)))
            if found[-1]["contacts"]:
                print(f"contact: {found[-1]}", file=sys.stderr)
        for seed in range(options.live):
            live.append(one_live(seed, Path(folder)))
            print(live[-1], file=sys.stderr)
    figures = {"delay_s": options.delay, "seeds": summary(found) if found else None}
    return {**figures, "live": live_summary(live) if live else None}


def add_options(parser):
    parser.add_argument("--seeds", type=int, default=100, help="how many in one process")
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--delay", type=float, default=0.1, help="seconds from a decision to the wheels")
    parser.add_argument("--live", type=int, default=10, help="how many with real processes")


if __name__ == "__main__":
    os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    sys.exit(main(run, __doc__.splitlines()[0], add_options))
