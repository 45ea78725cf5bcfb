# SPDX-License-Identifier: Apache-2.0
"""Whole rounds in one process: simulator, localisation and navigator, without ROS.

In the airport the robot starts without a known pose, finds it, and drives through all waypoints of the route. With
`--garage` it starts from a given pose among as many parked cars as `--cars` says, which its map does not show. Counts
the rounds completed, contacts, and the processor time of localisation and navigation for each simulated second.
"""

import argparse
import math
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

from robot_navigation.codes import NavigationCode
from robot_navigation.costmap import Inflation
from robot_navigation.grid import GridMap
from robot_navigation.localiser import LocalisationState, Localiser, LocaliserSettings
from robot_navigation.map_file import load_map
from robot_navigation.navigator import Navigator, Situation
from robot_navigation.scan import read_scan
from robot_navigation.surroundings import Surroundings
from robot_simulation.diff_drive import Drift
from robot_simulation.garage_layout import BAYS
from robot_simulation.garage_world import Car, write_garage
from robot_simulation.model_builder import Spawn
from robot_simulation.scene import World
from robot_simulation.sdf_reader import read_world
from robot_simulation.simulator import Simulator
from robot_simulation.urdf_reader import Robot, read_robot
from ronda_cli.measurement import main
from ronda_core.se2 import SE2

ROOT = Path(__file__).resolve().parent.parent
LIMIT_S = 900.0


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seeds", type=int, default=3, help="how many rounds")
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--garage", action="store_true", help="the garage instead of the airport")
    parser.add_argument("--cars", type=int, default=12, help="cars that stand in the garage, 0 to 24")


@dataclass(frozen=True)
class Site:
    """What a round needs: a world, a robot, its map, where it starts and whether it is told so."""

    world: World
    robot: Robot
    grid: GridMap
    route: str
    start: SE2
    told: bool
    settings: LocaliserSettings


def airport():
    world = read_world(ROOT / "worlds" / "airport.sdf")
    robot = read_robot(ROOT / "urdf" / "patrol_robot.urdf.xacro")
    grid = load_map(ROOT / "maps" / "airport.yaml")
    return Site(world, robot, grid, "airport_route.yaml", SE2(-18.5, -8.0, 0.0), False, LocaliserSettings())


def garage(cars, seed, folder):
    chance = random.Random(seed)
    plates = [
        Car(f"B{chr(65 + number)}{100 + number}", bay=bay) for number, bay in enumerate(chance.sample(list(BAYS), cars))
    ]
    world = read_world(write_garage(folder, plates, seed=seed).world)
    robot = read_robot(ROOT / "urdf" / "parking_robot.urdf.xacro")
    grid = load_map(ROOT / "maps" / "garage.yaml")
    own = yaml.safe_load((ROOT / "config" / "garage_navigation.yaml").read_text())["/**/localisation"][
        "ros__parameters"
    ]
    settings = LocaliserSettings(beams=own["max_beams"], injection_max=own["random_share"])
    return Site(world, robot, grid, "garage_route.yaml", SE2(-18.8, -6.9, math.pi / 2), True, settings)


def goals(file):
    route = yaml.safe_load((ROOT / "config" / file).read_text())["route"]["waypoints"]
    return [
        (point["name"], SE2(point["x"], point["y"], point["yaw_deg"] * math.pi / 180), point.get("wait_s", 0))
        for point in route
    ]


def one_round(seed, site):
    spawn = Spawn(site.robot, "robot1", site.start)
    simulator = Simulator(site.world, [spawn], seed=seed, drift=Drift(0.002, 0.002))
    body = simulator.robots[0]
    lidar = body.lidars[0]
    localiser = Localiser(site.grid, site.settings, seed=seed)
    surroundings, navigator = Surroundings(site.grid, Inflation()), Navigator()
    if site.told:
        localiser.set_pose(site.start)
    else:
        localiser.start_globally()
    left = goals(site.route)
    name, goal, wait = left.pop(0)
    navigator.start(goal)
    missed, busy, errors, estimate, rest, ticks, least_fit = [], 0.0, [], None, 0.0, 0, 1.0
    dt = float(simulator.model.opt.timestep)
    every, touched = round(0.05 / dt), []
    recoveries = 0
    while simulator.time < LIMIT_S:
        now, odom = simulator.time, body.odometry().pose
        simulator.refresh()
        began = time.process_time()
        if ticks % 2 == 0:
            block = lidar.block
            ranges = lidar.scan(simulator.data)
            began = time.process_time()
            scan = read_scan(
                ranges, stamp=now, angle_min=block.min_angle,
                angle_increment=lidar.angle_step, range_min=block.min_range, range_max=block.max_range,
                mount=SE2(),
            )  # fmt: skip
            estimate = localiser.update(scan, odom)
            known = estimate is not None and localiser.state is LocalisationState.LOCALISED
            surroundings.add(scan, odom, estimate.map_to_odom if known else None)
            if known:
                least_fit = min(least_fit, estimate.fit)
                errors.append(math.hypot(estimate.pose.x - body.truth().x, estimate.pose.y - body.truth().y))
        to_odom = estimate.map_to_odom if estimate is not None else None
        step = navigator.step(Situation(now, odom, to_odom, localiser.state), surroundings)
        busy += time.process_time() - began
        recoveries = max(recoveries, step.recoveries)
        body.command(step.speed, step.turn)
        if step.outcome is not None:
            if step.outcome.code is not NavigationCode.NONE:
                missed.append({"waypoint": name, "code": step.outcome.code.name, "why": step.outcome.message})
            rest = now + wait
        if not navigator.active and now >= rest:
            if not left:
                break
            name, goal, wait = left.pop(0)
            navigator.start(goal)
        for _ in range(every):
            simulator.step()
            if body.contacts.count > len(touched):
                touched.append(body.contacts.newest)
        ticks += 1
    return {
        "seed": seed,
        "completed": not missed and not navigator.active,
        "missed": missed,
        "contacts": touched,
        "seconds": round(simulator.time, 1),
        "worst_position_error_m": round(max(errors), 3) if errors else None,
        "least_fit": round(least_fit, 2),
        "most_recoveries": recoveries,
        "core_share": round(busy / simulator.time, 3),
    }


def run(chosen):
    rounds = []
    for seed in range(chosen.first, chosen.first + chosen.seeds):
        with tempfile.TemporaryDirectory(prefix="ronda-rounds-") as folder:
            site = garage(chosen.cars, seed, Path(folder)) if chosen.garage else airport()
            rounds.append(one_round(seed, site))
        print(rounds[-1], file=sys.stderr)
    return {
        "rounds": rounds,
        "completed": sum(one["completed"] for one in rounds),
        "contacts": sum(len(one["contacts"]) for one in rounds),
        "median_seconds": statistics.median(one["seconds"] for one in rounds),
        "worst_position_error_m": max(one["worst_position_error_m"] or 99.0 for one in rounds),
        "median_core_share": statistics.median(one["core_share"] for one in rounds),
    }


if __name__ == "__main__":
    sys.exit(main(run, __doc__.partition("\n")[0], options))
