#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes worlds/garage.sdf and worlds/garage/*.png: a garage of 24 bays between an entry and an exit gate.

Places come from robot_simulation.garage_layout. Run it again after a change: python worlds/tools/make_garage.py. The
test suite compares the committed files with it.
"""

import math
from pathlib import Path
from typing import TypeAlias
from xml.etree import ElementTree as ET

import cv2
import numpy as np
from numpy.typing import NDArray

from robot_simulation.garage_layout import (
    AISLE_HALF,
    ARM_HEIGHT,
    ARM_LENGTH,
    ARM_OPEN,
    BAY_LENGTH,
    BAY_WIDTH,
    BAYS,
    BAYS_PER_SIDE,
    BEAM,
    DOOR_HALF,
    GATES,
    HALF_X,
    HALF_Y,
    STOP_BEFORE_ARM,
    Bay,
    Gate,
)
from robot_simulation.sdf_write import (
    Material,
    Pose,
    add_box,
    add_cylinder,
    add_picture,
    child,
    numbers,
    plane,
    static_model,
    to_text,
    upright,
)

Image: TypeAlias = NDArray[np.uint8]
WORLD = Path(__file__).resolve().parents[1] / "garage.sdf"
PICTURES = WORLD.parent / "garage"
WALL_HEIGHT = 2.9
HALF_STREET, STREET_SIDE = 85.0, 16.0
CONCRETE = Material((0.62, 0.62, 0.60))
WALL = Material((0.78, 0.78, 0.76))
ASPHALT = Material((0.24, 0.24, 0.25))
FLOOR = Material((0.42, 0.43, 0.44))
PAINT = Material((0.86, 0.86, 0.83))
YELLOW = Material((0.85, 0.66, 0.10))
DARK = Material((0.15, 0.16, 0.18))
STEEL = Material((0.62, 0.65, 0.68))
RED = Material((0.72, 0.08, 0.08))
WHITE = Material((0.90, 0.90, 0.88))
MARKS = {"ev": (70, 130, 30), "disabled": (150, 70, 20), "general": (96, 94, 92)}
"""Background of a bay's number, blue green red."""
ARM_Y, POST_Y, ISLAND_Y = 1.72, 1.95, 2.15
CAMERA_AHEAD, CAMERA_Z = 2.8, 1.05
CAMERA_WIDTH, CAMERA_HEIGHT, CAMERA_HFOV = 1280, 720, 0.7


def at(x: float, y: float, z: float, yaw: float = 0.0) -> Pose:
    """A pose turned about the vertical only."""
    return (x, y, z, 0.0, 0.0, yaw)


def main() -> None:
    """Write the world file and its pictures."""
    PICTURES.mkdir(exist_ok=True)
    for name, image in pictures().items():
        cv2.imwrite(str(PICTURES / f"{name}.png"), image, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    WORLD.write_text(world_text(), encoding="utf-8")


def pictures() -> dict[str, Image]:
    """The numbers on the floor and the signs over the doors, by name."""
    drawn = {bay.name: bay_mark(bay) for bay in BAYS.values()}
    drawn["sign_in"] = sign("P  EINFAHRT  ENTRY")
    drawn["sign_out"] = sign("AUSFAHRT  EXIT")
    return drawn


def bay_mark(bay: Bay) -> Image:
    """The number of a bay, 1.0 m x 0.6 m at 128 pixels a metre; colour and letters tell its kind."""
    picture = np.full((77, 128, 3), MARKS[bay.kind], np.uint8)
    cv2.putText(picture, bay.name, (16, 44), cv2.FONT_HERSHEY_DUPLEX, 1.4, (235, 235, 235), 2, cv2.LINE_AA)
    word = {"ev": "EV", "disabled": "WHEELCHAIR", "general": ""}[bay.kind]
    cv2.putText(picture, word, (20, 68), cv2.FONT_HERSHEY_DUPLEX, 0.45, (235, 235, 235), 1, cv2.LINE_AA)
    return picture


def sign(text: str) -> Image:
    """A blue board of 4.0 m x 0.5 m."""
    picture = np.full((64, 512, 3), (110, 60, 10), np.uint8)
    cv2.putText(picture, text, (20, 45), cv2.FONT_HERSHEY_DUPLEX, 1.2, (240, 240, 240), 2, cv2.LINE_AA)
    return picture


def world_text() -> str:
    """The whole world as SDF text."""
    root = ET.Element("sdf", version="1.9")
    world = child(root, "world", name="garage")
    _simulation(world)
    _ground(world)
    _building(world)
    _markings(world)
    for gate in GATES:
        _gate(world, gate)
        _camera(world, gate)
    for bay in BAYS.values():
        frame = child(world, "frame", name=f"bay_{bay.name}")
        child(frame, "pose", numbers(*at(bay.centre.x, bay.centre.y, 0.0, bay.centre.yaw)))
    return to_text(root, "SPDX-License-Identifier: Apache-2.0; written by worlds/tools/make_garage.py: edit that")


def _simulation(world: ET.Element) -> None:
    physics = child(world, "physics", name="four_ms", type="ignored")
    child(physics, "max_step_size", "0.004")
    child(physics, "real_time_factor", "1.0")
    child(world, "gravity", "0 0 -9.8")
    for file, name in (
        ("gz-sim-physics-system", "Physics"),
        ("gz-sim-user-commands-system", "UserCommands"),
        ("gz-sim-scene-broadcaster-system", "SceneBroadcaster"),
        ("gz-sim-sensors-system", "Sensors"),
        ("gz-sim-imu-system", "Imu"),
        ("gz-sim-contact-system", "Contact"),
    ):
        plugin = child(world, "plugin", filename=file, name=f"gz::sim::systems::{name}")
        if name == "Sensors":
            child(plugin, "render_engine", "ogre2")
    scene = child(world, "scene")
    child(scene, "ambient", "0.42 0.42 0.42 1")
    child(scene, "background", "0.60 0.66 0.72 1")
    child(scene, "shadows", "false")
    child(scene, "grid", "false")
    # Lamps under the ceiling shine on both ends of a car; daylight comes in from the street.
    for name, direction, strength in (
        ("lamps_from_west", "0.8 0.2 -0.55", 0.34),
        ("lamps_from_east", "-0.8 -0.2 -0.55", 0.34),
        ("lamps_from_south", "-0.2 0.8 -0.55", 0.26),
        ("lamps_from_north", "0.2 -0.8 -0.55", 0.26),
    ):
        light = child(world, "light", type="directional", name=name)
        child(light, "pose", numbers(0, 0, 5, 0, 0, 0))
        child(light, "cast_shadows", "false")
        child(light, "diffuse", numbers(strength, strength, strength * 0.97, 1))
        child(light, "specular", "0.05 0.05 0.05 1")
        child(light, "direction", direction)


def _ground(world: ET.Element) -> None:
    link = static_model(world, "ground")
    collision = child(link, "collision", name="ground_collision")
    collision.append(plane(2 * HALF_STREET, 2 * STREET_SIDE))
    add_box(link, "asphalt", (2 * HALF_STREET, 2 * STREET_SIDE, 0.1), at(0, 0, -0.056), ASPHALT, solid=False)
    add_box(link, "floor", (2 * HALF_X, 2 * HALF_Y, 0.1), at(0, 0, -0.05), FLOOR, solid=False)


def _building(world: ET.Element) -> None:
    walls = static_model(world, "walls")
    for name, y in (("north", HALF_Y + 0.1), ("south", -HALF_Y - 0.1)):
        add_box(walls, name, (2 * HALF_X + 0.4, 0.2, WALL_HEIGHT), at(0, y, WALL_HEIGHT / 2), WALL)
    half = (HALF_Y - DOOR_HALF) / 2
    for name, x in (("west", -HALF_X - 0.1), ("east", HALF_X + 0.1)):
        for side, sign_y in (("north", 1), ("south", -1)):
            y = sign_y * (DOOR_HALF + half)
            add_box(walls, f"{name}_{side}", (0.2, 2 * half, WALL_HEIGHT), at(x, y, WALL_HEIGHT / 2), WALL)
        add_box(walls, f"{name}_lintel", (0.2, 2 * DOOR_HALF, 0.6), at(x, 0, WALL_HEIGHT - 0.3), WALL)
    add_picture(walls, "sign_in", 4.0, 0.5, upright(-HALF_X - 0.21, 0, WALL_HEIGHT - 0.3, math.pi), _picture("sign_in"))
    add_picture(
        walls, "sign_out", 4.0, 0.5, upright(HALF_X - 0.01, 0, WALL_HEIGHT - 0.3, math.pi), _picture("sign_out")
    )
    columns = static_model(world, "columns")
    for side, y in (("A", HALF_Y - 1.5), ("B", -HALF_Y + 1.5)):
        for index in range(0, BAYS_PER_SIDE + 1, 2):
            x = (index - BAYS_PER_SIDE / 2) * BAY_WIDTH
            add_box(columns, f"{side}_{index}", (0.4, 0.4, WALL_HEIGHT), at(x, y, WALL_HEIGHT / 2), CONCRETE)
            add_box(columns, f"{side}_{index}_guard", (0.42, 0.42, 0.6), at(x, y, 0.5), YELLOW, solid=False)
    # Nothing grows in a garage: cupboards and a cash machine give the corners a shape of their own.
    corners = static_model(world, "furniture")
    add_box(corners, "cash_machine", (0.8, 0.6, 1.7), at(-20.4, 5.2, 0.85), RED)
    add_box(corners, "cupboard", (0.5, 1.6, 1.9), at(-20.6, -4.6, 0.95), STEEL)
    add_box(corners, "bin", (0.7, 0.7, 1.1), at(20.4, 4.4, 0.55), DARK)
    add_box(corners, "charger_cabinet", (0.6, 1.8, 1.9), at(20.5, -6.4, 0.95), WHITE)
    add_cylinder(corners, "pillar", 0.25, WALL_HEIGHT, at(19.0, 7.0, WALL_HEIGHT / 2), CONCRETE)


def _markings(world: ET.Element) -> None:
    link = static_model(world, "markings")
    for side in (1, -1):
        row = "A" if side > 0 else "B"
        for index in range(BAYS_PER_SIDE + 1):
            x = (index - BAYS_PER_SIDE / 2) * BAY_WIDTH
            pose = at(x, side * (AISLE_HALF + BAY_LENGTH / 2), 0.0)
            add_box(link, f"line_{row}_{index}", (0.1, BAY_LENGTH, 0.006), pose, PAINT, solid=False)
    for bay in BAYS.values():
        # Read by whoever drives up: the top of the number lies towards the wall.
        side = 1 if bay.name[0] == "A" else -1
        pose = (bay.centre.x, side * (AISLE_HALF + 0.45), 0.006, 0.0, 0.0, 0.0 if side > 0 else math.pi)
        add_picture(link, f"mark_{bay.name}", 1.0, 0.6, pose, _picture(bay.name))
    for gate in GATES:
        pose = at(gate.arm_x - STOP_BEFORE_ARM, 0, 0.0)
        add_box(link, f"{gate.name}_stop_line", (0.3, 3.0, 0.008), pose, PAINT, solid=False)
        loop = gate.loop
        for edge, x in (("before", loop.x - loop.length / 2), ("behind", loop.x + loop.length / 2)):
            add_box(link, f"{gate.name}_loop_{edge}", (0.03, loop.width, 0.006), at(x, 0, 0), DARK, solid=False)
        for edge, y in (("left", loop.width / 2), ("right", -loop.width / 2)):
            add_box(link, f"{gate.name}_loop_{edge}", (loop.length, 0.03, 0.006), at(loop.x, y, 0), DARK, solid=False)


def _gate(world: ET.Element, gate: Gate) -> None:
    """A post with an arm that a position controller moves; 0 is closed, `ARM_OPEN` open."""
    model = child(world, "model", name=gate.name)
    child(model, "pose", numbers(*at(gate.arm_x, 0, 0)))
    post = child(model, "link", name="post")
    child(post, "pose", numbers(*at(0, POST_Y, 0)))
    _inertial(post, 60.0, 3.0)
    add_box(post, "island", (4.4, 0.7, 0.14), at(0.6, ISLAND_Y - POST_Y + 0.1, 0.07), CONCRETE)
    add_box(post, "housing", (0.36, 0.30, 1.1), at(0, 0, 0.55), YELLOW)
    add_box(post, "column", (0.3, 0.3, 1.35), at(-1.6, 0.1, 0.675), DARK)
    add_box(post, "screen", (0.02, 0.22, 0.3), at(-1.76, 0.1, 1.15), WHITE, solid=False)
    add_box(post, "beam_eye", (0.08, 0.06, 0.6), at(BEAM, 0.0, 0.3), DARK, solid=False)
    arm = child(model, "link", name="arm")
    child(arm, "pose", numbers(*at(0, ARM_Y, ARM_HEIGHT)))
    _inertial(arm, 6.0, ARM_LENGTH)
    piece = ARM_LENGTH / 6
    for index in range(6):
        paint = RED if index % 2 == 0 else WHITE
        add_box(arm, f"piece_{index}", (0.05, piece, 0.09), at(0, -piece * (index + 0.5), 0), paint, solid=False)
    collision = child(arm, "collision", name="arm_collision")
    child(collision, "pose", numbers(*at(0, -ARM_LENGTH / 2, 0)))
    child(child(child(collision, "geometry"), "box"), "size", numbers(0.05, ARM_LENGTH, 0.09))
    fixed = child(model, "joint", name="foot_joint", type="fixed")
    child(fixed, "parent", "world")
    child(fixed, "child", "post")
    joint = child(model, "joint", name="arm_joint", type="revolute")
    child(joint, "parent", "post")
    child(joint, "child", "arm")
    axis = child(joint, "axis")
    child(axis, "xyz", "-1 0 0")
    limit = child(axis, "limit")
    child(limit, "lower", "0")
    child(limit, "upper", numbers(ARM_OPEN))
    child(limit, "effort", "250")
    child(limit, "velocity", "2.5")
    child(child(axis, "dynamics"), "damping", "1")
    plugin = child(model, "plugin", filename="gz-sim-joint-position-controller-system",
                   name="gz::sim::systems::JointPositionController")  # fmt: skip
    child(plugin, "joint_name", "arm_joint")
    child(plugin, "topic", f"{gate.name}/barrier/arm_position")
    child(plugin, "use_velocity_commands", "true")
    child(plugin, "cmd_max", "2.0")
    states = child(
        model, "plugin", filename="gz-sim-joint-state-publisher-system", name="gz::sim::systems::JointStatePublisher"
    )
    child(states, "topic", f"{gate.name}/joint_states")
    child(states, "joint_name", "arm_joint")


def _inertial(link: ET.Element, mass: float, length: float) -> None:
    """Of a rod along y: m l2 / 12 across it."""
    inertial = child(link, "inertial")
    if link.get("name") == "arm":
        child(inertial, "pose", numbers(*at(0, -length / 2, 0)))
    child(inertial, "mass", numbers(mass))
    matrix = child(inertial, "inertia")
    across = mass * length * length / 12
    for tag, value in (("ixx", across), ("iyy", across / 50), ("izz", across), ("ixy", 0), ("ixz", 0), ("iyz", 0)):
        child(matrix, tag, numbers(value))


def _camera(world: ET.Element, gate: Gate) -> None:
    """A camera on a post behind the arm, beside the lane, that looks at the front plate of a car at the stop line."""
    x, y = gate.arm_x + CAMERA_AHEAD, ISLAND_Y
    target_x, target_z = gate.arm_x - STOP_BEFORE_ARM - 0.4, 0.62
    link = static_model(world, f"{gate.name}_camera", at(x, y, 0))
    yaw = math.atan2(-y, target_x - x)
    pitch = math.atan2(CAMERA_Z - target_z, math.hypot(target_x - x, y))
    add_cylinder(link, "post", 0.05, CAMERA_Z - 0.05, at(0, 0, (CAMERA_Z - 0.05) / 2), STEEL)
    behind = at(-0.1 * math.cos(yaw), -0.1 * math.sin(yaw), CAMERA_Z, yaw)
    add_box(link, "housing", (0.16, 0.1, 0.1), behind, WHITE, solid=False)
    sensor = child(link, "sensor", name="camera", type="camera")
    child(sensor, "pose", numbers(0, 0, CAMERA_Z, 0, pitch, yaw))
    child(sensor, "always_on", "true")
    child(sensor, "update_rate", "5")
    child(sensor, "topic", f"{gate.name}/camera/image_raw")
    child(sensor, "gz_frame_id", f"{gate.name}_camera_optical_frame")
    camera = child(sensor, "camera")
    child(camera, "camera_info_topic", f"{gate.name}/camera/camera_info")
    child(camera, "horizontal_fov", numbers(CAMERA_HFOV))
    image = child(camera, "image")
    child(image, "width", str(CAMERA_WIDTH))
    child(image, "height", str(CAMERA_HEIGHT))
    child(image, "format", "R8G8B8")
    clip = child(camera, "clip")
    child(clip, "near", "0.1")
    child(clip, "far", "60")
    noise = child(camera, "noise")
    child(noise, "type", "gaussian")
    child(noise, "mean", "0")
    child(noise, "stddev", "0.012")


def _picture(name: str) -> Material:
    return Material(texture=f"garage/{name}.png")


if __name__ == "__main__":
    main()
