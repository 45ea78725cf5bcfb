# SPDX-License-Identifier: Apache-2.0
"""The embedded simulator as a node: the topics of Gazebo and its bridge. One thread owns physics and rendering."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from rclpy.node import Node
from rosgraph_msgs.msg import Clock

from robot_simulation.camera import Renderer
from robot_simulation.diff_drive import Drift
from robot_simulation.errors import CameraUnavailable, DescriptionError
from robot_simulation.model_builder import Spawn
from robot_simulation.robot_topics import RobotTopics
from robot_simulation.schedule import Rate
from robot_simulation.sdf_reader import read_world
from robot_simulation.simulator import Simulator
from robot_simulation.urdf_reader import read_robot
from robot_simulation.world_topics import WorldTopics
from ronda_core import diagnostics, parameters, qos
from ronda_core.node_main import run_node
from ronda_core.paths import share_dir
from ronda_core.se2 import SE2
from ronda_core.stamps import from_seconds

CLOCK_RATE = 25.0
"""Hz of simulated time: every message costs each node that uses simulated time (docs/simulation.md)."""


class SimulatorNode(Node):
    """Simulates one robot in one world."""

    def __init__(self) -> None:
        super().__init__("simulator")
        values = parameters.declare(self, parameters.load_spec("robot_simulation", "simulator"))
        self._factor = float(values["real_time_factor"])
        self._with_camera = bool(values["camera"])
        self._health = diagnostics.NodeHealth(self, "embedded simulator")
        namespace = self.get_namespace().strip("/")
        world = Path(values["world_file"] or share_dir() / "worlds" / "airport.sdf")
        description = Path(values["description_file"] or share_dir() / "urdf" / "patrol_robot.urdf.xacro")
        mappings = {"namespace": namespace} if namespace else {}
        for item in values["mappings"]:
            name, separator, value = item.partition(":=")
            if not separator:
                raise DescriptionError(f"mapping '{item}' is not of the form name:=value")
            mappings[name] = value
        spawn = Spawn(
            read_robot(description, mappings),
            values["robot_name"] or namespace.replace("/", "_") or "robot",
            SE2(values["x"], values["y"], values["yaw"]),
        )
        self._simulator = Simulator(
            read_world(world),
            [spawn],
            seed=values["seed"],
            drift=Drift(values["odometry_radius_stddev"], values["odometry_slip_stddev"]),
            command_timeout=values["cmd_timeout_s"],
        )
        self._clock_publisher = self.create_publisher(Clock, "/clock", qos.CLOCK)
        self._robots = [
            RobotTopics(self, self._simulator, robot, values["camera_rate"], values["seed"])
            for robot in self._simulator.robots
        ]
        self._world = WorldTopics(self, self._simulator, values["camera_rate"], values["seed"])
        self._stop = threading.Event()
        self._failure = ""
        self._crash: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="simulation", daemon=True)
        self._thread.start()
        self.get_logger().info(f"simulating '{world.name}' with robot '{spawn.name}' from {description.name}")

    def _run(self) -> None:
        try:
            self._simulate()
        except Exception as error:  # A thread that ends in silence would leave a node that looks alive.
            # A signal ends the context before close() is called; publishing fails then, and rightly.
            if not self._stop.is_set() and self.context.ok():
                self._health.set(diagnostics.ERROR, f"simulation stopped: {error}")
                self.get_logger().fatal(f"simulation stopped: {error}")
                self._crash = error
                self.context.try_shutdown()

    def _make_renderer(self) -> Renderer | None:
        seen = self._world.has_cameras or any(robot.cameras for robot in self._simulator.robots)
        if not self._with_camera or not seen:
            return None
        try:
            return Renderer(self._simulator.model)
        except CameraUnavailable as error:
            self._failure = str(error)
            self.get_logger().error(f"the camera is off: {error.describe()}")
            return None

    def _simulate(self) -> None:
        simulator, clock, health = self._simulator, Rate(CLOCK_RATE), Rate(1.0)
        renderer = self._make_renderer()
        start, report = time.perf_counter(), (0.0, time.perf_counter())
        while not self._stop.is_set():
            now = simulator.time
            if clock.due(now):
                self._clock_publisher.publish(Clock(clock=from_seconds(now)))
            for robot in self._robots:
                robot.publish(renderer)
                robot.apply_command()
            self._world.publish(renderer)
            self._world.apply_commands()
            if health.due(now):
                wall = time.perf_counter()
                self._report((now - report[0]) / max(wall - report[1], 1e-6))
                report = (now, wall)
            simulator.step()
            if self._factor > 0.0:
                ahead = simulator.time / self._factor - (time.perf_counter() - start)
                if ahead > 0.002:
                    self._stop.wait(ahead)
                elif ahead < -1.0:
                    # Too slow for the wished factor: go on from here instead of hurrying to catch up for ever.
                    start = time.perf_counter() - simulator.time / self._factor
        if renderer is not None:
            renderer.close()

    def _report(self, factor: float) -> None:
        if self._failure:
            self._health.set(diagnostics.WARN, f"the camera is off: {self._failure}", real_time_factor=factor)
        else:
            self._health.set(diagnostics.OK, "running", real_time_factor=factor)

    def close(self) -> None:
        """Stop the simulation's thread. Raises what the simulation has crashed with."""
        self._stop.set()
        self._thread.join(timeout=5.0)
        if self._crash is not None:
            raise self._crash


def main() -> int:
    """Run the node."""
    return run_node(SimulatorNode)


if __name__ == "__main__":
    raise SystemExit(main())
