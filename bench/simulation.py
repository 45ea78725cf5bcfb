# SPDX-License-Identifier: Apache-2.0
"""Measures the embedded simulator with all sensors in the airport; prints JSON. Usage: python bench/simulation.py"""

import json
import time

from robot_simulation.camera import Renderer
from robot_simulation.model_builder import Spawn
from robot_simulation.schedule import Rate
from robot_simulation.sdf_reader import read_world
from robot_simulation.simulator import Simulator
from robot_simulation.urdf_reader import read_robot
from ronda_core.paths import share_dir
from ronda_core.se2 import SE2

SECONDS = 20.0


def measure(*, sensors: bool) -> dict[str, float]:
    """Return simulated seconds over real ones, and over seconds of processor time (all threads)."""
    world = read_world(share_dir() / "worlds" / "airport.sdf")
    robot = read_robot(share_dir() / "urdf" / "patrol_robot.urdf.xacro")
    simulator = Simulator(world, [Spawn(robot, "robot", SE2(-18.5, -8.0, 0.0))])
    vehicle, renderer = simulator.robots[0], Renderer(simulator.model)
    cameras = [(Rate(block.rate), name, block) for name, block in vehicle.cameras]
    lidars = [(Rate(lidar.block.rate), lidar) for lidar in vehicle.lidars]
    imus = [(Rate(imu.block.rate), imu) for imu in vehicle.imus]
    vehicle.command(0.4, 0.0)
    start, processor = time.perf_counter(), time.process_time()
    while simulator.time < SECONDS:
        simulator.step()
        if not sensors:
            continue
        now = simulator.time
        due = [imu for rate, imu in imus if rate.due(now)]
        if due:
            simulator.refresh()
        for imu in due:
            imu.read(simulator.data)
        for rate, lidar in lidars:
            if rate.due(now):
                lidar.scan(simulator.data)
        for rate, name, block in cameras:
            if rate.due(now):
                renderer.draw(simulator.data, name, block)
    return {
        "over_wall_time": round(SECONDS / (time.perf_counter() - start), 2),
        "over_processor_time": round(SECONDS / (time.process_time() - processor), 2),
    }


if __name__ == "__main__":
    figures = {"physics_only": measure(sensors=False), "all_sensors": measure(sensors=True)}
    print(json.dumps({"simulation_real_time_factor": figures}))
