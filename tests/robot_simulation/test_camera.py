# SPDX-License-Identifier: Apache-2.0
"""Pictures rendered for real; skipped only where no OpenGL can be loaded."""

import math
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest
from tests.robot_simulation.small_world import write_robot, write_world

from robot_simulation.camera import Renderer, intrinsics, make_context
from robot_simulation.errors import CameraUnavailable
from robot_simulation.model_builder import Spawn
from robot_simulation.sdf_reader import read_world
from robot_simulation.sdf_write import Material, add_picture, static_model, upright
from robot_simulation.simulator import Simulator
from robot_simulation.urdf_reader import read_robot

WIDTH, HEIGHT, HFOV = 320, 240, 1.05
CAMERA_HEIGHT = 0.31
"""The camera's link is 0.3 m above a robot that is spawned 0.01 m above the floor."""
CAMERA = (
    '<gazebo reference="laser"><sensor name="camera" type="camera"><camera>'
    f"<horizontal_fov>{HFOV}</horizontal_fov><image><width>{WIDTH}</width><height>{HEIGHT}</height></image>"
    '</camera></sensor></gazebo><gazebo reference="laser">'
)
# Blue, green, red.
BLUE, GREEN, RED, YELLOW = (255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 255, 255)


def draw(folder, more):
    """The picture of a camera that looks along x from above the origin, and what describes that camera."""
    robot = read_robot(write_robot(folder, '<gazebo reference="laser">', CAMERA))
    simulator = Simulator(read_world(write_world(folder, more)), [Spawn(robot, "r")])
    name, block = simulator.robots[0].cameras[0]
    try:
        renderer = Renderer(simulator.model)
    except CameraUnavailable as error:
        pytest.skip(str(error))
    try:
        return renderer.draw(simulator.data, name, block).astype(int), block
    finally:
        renderer.close()


def colour_at(picture, u, v):
    """Which of the four colours a pixel has."""
    pixel = picture[round(v), round(u)] > 128
    found = [colour for colour in (BLUE, GREEN, RED, YELLOW) if (pixel == (np.array(colour) > 128)).all()]
    return found[0] if found else tuple(picture[round(v), round(u)])


def test_focal_length_follows_from_the_field_of_view(tmp_path):
    robot = read_robot(write_robot(tmp_path, '<gazebo reference="laser">', CAMERA))
    focal = WIDTH / (2 * math.tan(HFOV / 2))
    expected = [[focal, 0, WIDTH / 2], [0, focal, HEIGHT / 2], [0, 0, 1]]
    assert intrinsics(robot.blocks.cameras[0]).tolist() == pytest.approx(np.array(expected))


def test_the_edges_of_a_box_are_where_the_pinhole_puts_them(tmp_path):
    # The front face: x = 0.8, y from 0.02 to 0.22 (left), z from 0.25 to 0.45; it covers the rest of the box.
    low, high, depth = (0.02, 0.25), (0.22, 0.45), 0.8
    picture, block = draw(
        tmp_path,
        """<model name="crate"><static>true</static><pose>0.9 0.12 0.35 0 0 0</pose><link name="link">
        <visual name="v"><geometry><box><size>0.2 0.2 0.2</size></box></geometry><material>
        <diffuse>0 1 0 1</diffuse><emissive>0 1 0 1</emissive></material></visual></link></model>""",
    )
    matrix = intrinsics(block)

    def project(y, z):
        u, v, w = matrix @ (-y, -(z - CAMERA_HEIGHT), depth)
        return u / w, v / w

    (left, top), (right, bottom) = project(high[0], high[1]), project(low[0], low[1])
    rows, columns = np.nonzero((picture[..., 1] > 150) & (picture[..., 2] < 80))
    # A pixel's area reaches from its number to the next.
    found = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    assert found == pytest.approx([left, top, right, bottom], abs=2.0)


def test_a_picture_hangs_upright_and_unmirrored(tmp_path):
    quadrants = np.zeros((40, 60, 3), np.uint8)
    quadrants[:20, :30], quadrants[:20, 30:] = RED, GREEN
    quadrants[20:, :30], quadrants[20:, 30:] = BLUE, YELLOW
    cv2.imwrite(str(tmp_path / "quadrants.png"), quadrants)
    world = ET.Element("world")
    # 0.6 m wide, 0.4 m high, a metre ahead, looking back at the camera.
    place = upright(1.0, 0.0, CAMERA_HEIGHT, math.pi)
    add_picture(static_model(world, "poster"), "picture", 0.6, 0.4, place, Material(texture="quadrants.png", glow=1.0))
    picture, block = draw(tmp_path, ET.tostring(world[0], encoding="unicode"))
    focal = intrinsics(block)[0, 0]
    right, down = 0.15 * focal, 0.1 * focal
    seen = [[colour_at(picture, WIDTH / 2 + sx * right, HEIGHT / 2 + sy * down) for sx in (-1, 1)] for sy in (-1, 1)]
    assert seen == [[RED, GREEN], [BLUE, YELLOW]]


@pytest.mark.parametrize("word", ["disable", "off", "0"])
def test_pictures_can_be_switched_off(monkeypatch, word):
    monkeypatch.setenv("MUJOCO_GL", word)
    with pytest.raises(CameraUnavailable, match=f"switched off by MUJOCO_GL={word}"):
        make_context(32, 32)
