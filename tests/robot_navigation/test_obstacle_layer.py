# SPDX-License-Identifier: Apache-2.0
import numpy as np
from flat_world import FlatWorld, Person

from robot_navigation.obstacle_layer import ObstacleLayer, to_frame
from ronda_core.se2 import SE2

ROOM = [(-5.1, -4.1, 5.1, -4.0), (-5.1, 4.0, 5.1, 4.1), (-5.1, -4.0, -5.0, 4.0), (5.0, -4.0, 5.1, 4.0)]


def near(layer, x, y, reach=0.35):
    points = layer.points()
    return int((np.hypot(points[:, 0] - x, points[:, 1] - y) < reach).sum())


def test_somebody_who_leaves_is_cleared_by_the_beams_that_pass():
    world, layer = FlatWorld(ROOM, [Person(2.0, 0.0)]), ObstacleLayer()
    layer.add(world.scan(SE2(), 1.0), SE2())
    assert near(layer, 1.8, 0.0) > 3
    world.people.clear()
    layer.add(world.scan(SE2(), 1.1), SE2())
    assert near(layer, 1.8, 0.0) == 0


def test_what_is_out_of_sight_is_remembered_for_a_while():
    world, layer = FlatWorld(ROOM, [Person(2.0, 0.0, radius=0.15)]), ObstacleLayer(decay=4.0)
    layer.add(world.scan(SE2(), 1.0), SE2())
    world.people = [Person(0.8, 0.0, radius=0.3)]
    layer.add(world.scan(SE2(), 2.0), SE2())
    assert near(layer, 1.85, 0.0) > 0
    layer.add(world.scan(SE2(), 6.0), SE2())
    assert near(layer, 1.85, 0.0) == 0


def test_the_window_rolls_along_and_keeps_places():
    world, layer = FlatWorld(ROOM, [Person(2.0, 0.0)]), ObstacleLayer()
    for step in range(12):
        pose = SE2(-2.0 + 0.25 * step, -1.0, 0.1 * step)
        layer.add(world.scan(pose, 1.0 + 0.1 * step), pose)
    assert near(layer, 2.0, 0.0) > 3
    assert near(layer, 0.5, 1.5, 0.5) == 0


def test_an_invalid_scan_clears_nothing_and_forgetting_clears_all():
    world, layer = FlatWorld(ROOM), ObstacleLayer()
    layer.add(world.scan(SE2(), 1.0), SE2())
    count = len(layer.points())
    bad = world.scan(SE2(), 1.1)
    layer.add(type(bad)(1.1, np.empty((0, 2)), np.empty((0, 2)), (0.0, 0.0), valid=False), SE2())
    assert len(layer.points()) == count > 100
    layer.clear()
    assert len(layer.points()) == 0


def test_frames():
    assert np.allclose(to_frame(np.array([[1.0, 0.0]]), SE2(2.0, 3.0, np.pi / 2)), [[2.0, 4.0]])
