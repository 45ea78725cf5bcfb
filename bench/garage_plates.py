# SPDX-License-Identifier: Apache-2.0
"""Reads the plates of simulated cars with the real plate chain: at both gates, and parked, from the robot's camera.

Prints JSON. Usage: python bench/garage_plates.py [--plates 24] [--seed 1] [--pictures DIR]
"""

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

from parking_robot.plates.chain import PlateChain, load_settings
from parking_robot.plates.formats import builtin_formats
from parking_robot.plates.voting import vote
from robot_simulation.camera import Renderer
from robot_simulation.camera_noise import CameraNoise
from robot_simulation.garage_layout import BAYS, GATES
from robot_simulation.garage_world import Car, write_garage
from robot_simulation.model_builder import Spawn
from robot_simulation.plate_picture import COUNTRIES
from robot_simulation.sdf_reader import read_world
from robot_simulation.simulator import Simulator
from robot_simulation.urdf_reader import read_robot
from ronda_core.paths import share_dir
from ronda_core.se2 import SE2

FRAMES = 3
ROBOT = SE2(0.0, -1.0, 0.0)
"""In the aisle, heading east, the bays of row A on its left."""


def cars(rng: random.Random, count: int) -> list[Car]:
    """Return cars of random countries: about half European, the rest from the Americas."""
    european = [code for code in COUNTRIES if code not in ("US", "BR")]
    made = []
    for index in range(count):
        country = ("US", "BR")[index // 2 % 2] if index % 2 else rng.choice(european)
        made.append(Car(builtin_formats()[country].sample(rng), country))
    return made


def main() -> None:
    """Render, read, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plates", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pictures", type=Path, help="folder for the pictures; default: none is kept")
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        garage = write_garage(Path(folder), cars(rng, arguments.plates), seed=arguments.seed)
        robot = read_robot(share_dir() / "urdf" / "parking_robot.urdf.xacro")
        simulator = Simulator(read_world(garage.world), [Spawn(robot, "parking1", ROBOT)])
    renderer, chain = Renderer(simulator.model), PlateChain(load_settings())
    views = {
        f"{gate.name} at the stop line": (f"{gate.name}_camera::link::camera", SE2(gate.stop_x, 0.0, 0.0))
        for gate in GATES
    }
    views["parked, from the robot"] = ("parking1/camera1", BAYS["A06"].parked)
    blocks = {camera.name: camera.block for model in simulator.world.models for camera in model.cameras}
    blocks |= dict(simulator.robots[0].cameras)
    figures = {}
    for place, (camera, at) in views.items():
        noise = CameraNoise(blocks[camera], np.random.default_rng(arguments.seed))
        frames_right, votes_right, wrong = 0, 0, []
        for one, moved in zip(garage.cars, simulator.moved, strict=True):
            home = moved.pose
            read = []
            for frame in range(FRAMES):
                # Nobody stops on the centimetre.
                x, y, yaw = at.x + rng.uniform(-0.25, 0.1), at.y + rng.uniform(-0.1, 0.1), at.yaw + rng.gauss(0, 0.01)
                moved.place(x, y, yaw)
                simulator.step()
                simulator.refresh()
                picture = noise.add(renderer.draw(simulator.data, camera, blocks[camera]))
                readings = chain.read(picture)
                if readings:
                    read.append(readings[0].decoded)
                frames_right += bool(readings) and readings[0].decoded.text == one.car.plate
                if arguments.pictures:
                    arguments.pictures.mkdir(parents=True, exist_ok=True)
                    cv2.imwrite(str(arguments.pictures / f"{place.split()[0]}_{one.car.plate}_{frame}.png"), picture)
            voted = vote(read).text if read else ""
            votes_right += voted == one.car.plate
            if voted != one.car.plate:
                wrong.append({"plate": one.car.plate, "country": one.car.country, "read": voted})
            moved.place(home[0], home[1], home[3])
        count = len(garage.cars)
        figures[place] = {
            "plates": count,
            "exact_frames": round(frames_right / count / FRAMES, 3),
            "exact_votes": round(votes_right / count, 3),
            "wrong": wrong,
        }
    renderer.close()
    json.dump({"garage_plates": figures}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
