# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from tests.robot_simulation.small_world import write_robot, write_world

from robot_simulation.garage_world import Car, write_garage
from robot_simulation.model_builder import Spawn
from robot_simulation.sdf_reader import read_world
from robot_simulation.simulator import Simulator
from robot_simulation.urdf_reader import read_robot
from ronda_core.se2 import SE2

INF = math.inf
SCAN = (
    "<samples>5</samples><min_angle>-3.14159265</min_angle><max_angle>3.14159265</max_angle>\n"
    "      </horizontal></scan><range><min>0.1</min><max>10</max></range>"
)
CRATE = """<model name="crate"><static>true</static><pose>-1 0 0.3 0 0 0</pose><link name="link">
  <PART name="p"><geometry><box><size>0.2 0.2 0.6</size></box></geometry></PART></link></model>"""


def scanner(folder, *, near=0.1, far=10.0, noise="", kind="gpu_lidar", part="visual", seed=0):
    """The lidar of a robot at the origin: the wall 2 m ahead, a crate 0.9 m behind, nine rays."""
    scan = SCAN.replace(">5<", ">9<").replace(">0.1<", f">{near}<").replace(">10<", f">{far}<") + noise
    path = write_robot(folder, SCAN, scan)
    path.write_text(path.read_text().replace('type="gpu_lidar"', f'type="{kind}"'))
    world = read_world(write_world(folder, CRATE.replace("PART", part)))
    simulator = Simulator(world, [Spawn(read_robot(path), "r")], seed=seed)
    return simulator.robots[0].lidars[0], simulator


def test_measures_the_wall_and_the_crate_exactly(tmp_path):
    lidar, simulator = scanner(tmp_path)
    diagonal = 2.0 * math.sqrt(2.0)
    expected = [0.9, INF, INF, diagonal, 2.0, diagonal, INF, INF, 0.9]
    assert lidar.scan(simulator.data).tolist() == pytest.approx(expected, abs=1e-5)
    # Without stated noise a second scan of the same scene is the same.
    assert lidar.scan(simulator.data).tolist() == lidar.scan(simulator.data).tolist()


def test_the_first_and_the_last_ray_lie_on_the_ends(tmp_path):
    lidar, _ = scanner(tmp_path)
    assert lidar.angle_step == pytest.approx(math.tau / 8)


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"far": 1.9}, [0.9, INF, INF, INF, INF, INF, INF, INF, 0.9]),
        ({"near": 2.5}, [INF, INF, INF, 2.8284271, INF, 2.8284271, INF, INF, INF]),
    ],
)
def test_out_of_range_is_infinite(tmp_path, limits, expected):
    lidar, simulator = scanner(tmp_path, **limits)
    assert lidar.scan(simulator.data).tolist() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("kind", "part", "seen"),
    [("gpu_lidar", "visual", True), ("gpu_lidar", "collision", False),
     ("lidar", "collision", True), ("lidar", "visual", False)],
)  # fmt: skip
def test_a_rendering_lidar_sees_visuals_and_another_collisions(tmp_path, kind, part, seen):
    lidar, simulator = scanner(tmp_path, kind=kind, part=part)
    assert math.isfinite(lidar.scan(simulator.data)[0]) is seen


def test_stated_noise_has_the_stated_spread_and_repeats_with_the_seed(tmp_path):
    noise = "<noise><type>gaussian</type><mean>0.1</mean><stddev>0.02</stddev></noise>"

    def ahead(seed):
        lidar, simulator = scanner(tmp_path, noise=noise, seed=seed)
        return np.array([lidar.scan(simulator.data)[4] for _ in range(400)])

    ranges = ahead(1)
    assert ranges.mean() == pytest.approx(2.1, abs=0.005)
    assert ranges.std() == pytest.approx(0.02, rel=0.15)
    assert ranges.tolist() == ahead(1).tolist()
    assert ranges.tolist() != ahead(2).tolist()


def test_sees_the_cars_of_a_garage_where_they_stand(tmp_path, repository):
    cars = [Car("BAB123", bay="A04"), Car("HHXY99", bay="A03"), Car("MX12", bay="B05")]
    world = read_world(write_garage(tmp_path, cars, seed=1).world)
    robot = read_robot(repository / "urdf" / "parking_robot.urdf.xacro")
    simulator = Simulator(world, [Spawn(robot, "r", SE2(-8.4, 0.0, 0.0))])
    lidar = simulator.robots[0].lidars[0]
    angles = lidar.block.min_angle + lidar.angle_step * np.arange(lidar.block.samples)
    ranges = lidar.scan(simulator.data)
    # Both cars' rear bumpers stand 4.4 m north of the middle of the aisle, at x -7.0 and -9.8.
    for x in (-7.0, -9.8):
        beam = np.argmin(np.abs(angles - math.atan2(4.4, x + 8.4)))
        assert ranges[beam] == pytest.approx(math.hypot(4.4, x + 8.4), abs=0.1)
