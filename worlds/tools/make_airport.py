#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes worlds/airport.sdf: a departures hall and a gate hall, 44 m x 28 m, x east, y north, origin in the middle.

Run it again after a change: python worlds/tools/make_airport.py. The test suite compares the committed file with it.
"""

import math
from pathlib import Path
from xml.etree import ElementTree as ET

from robot_simulation.figure import EYE_HEIGHT_M, Board, add_figure
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

WORLD = Path(__file__).resolve().parents[1] / "airport.sdf"
HALF_X, HALF_Y, CEILING = 22.0, 14.0, 5.0
WALL = Material((0.86, 0.87, 0.88))
DARK = Material((0.16, 0.18, 0.21))
STEEL = Material((0.62, 0.65, 0.68))
BLUE = Material((0.10, 0.26, 0.48))
SEAT = Material((0.20, 0.33, 0.45))
DESK = Material((0.93, 0.94, 0.95))
WOOD = Material((0.55, 0.38, 0.24))
GLASS = Material((0.75, 0.88, 0.92), transparency=0.7)

PLACES = (
    # x, y in metres and the heading in degrees of the twelve places where people may stand
    (-16.0, -10.0, 90),
    (-10.0, -9.6, 90),
    (-8.0, -3.0, -90),
    (-1.0, -9.6, 90),
    (13.0, -9.6, 90),
    (20.0, -4.8, 180),
    (20.0, 3.0, 180),
    (14.0, 9.6, -90),
    (5.0, 12.3, -90),
    (-2.0, 8.8, -90),
    (-10.0, 8.8, -90),
    (-20.0, 3.0, 0),
)
CLOTHES = ((0.45, 0.16, 0.18), (0.16, 0.30, 0.24), (0.22, 0.24, 0.45), (0.52, 0.44, 0.30), (0.30, 0.30, 0.32))
TROUSERS = ((0.14, 0.16, 0.24), (0.25, 0.22, 0.20))


def at(x: float, y: float, z: float, yaw_deg: float = 0.0) -> Pose:
    """A pose turned about the vertical only."""
    return (x, y, z, 0.0, 0.0, math.radians(yaw_deg))


def picture(path: str, glow: float = 0.25) -> Material:
    """A texture of ours."""
    return Material(texture=f"textures/{path}.png", glow=glow)


def main() -> None:
    """Write the world file beside this folder."""
    WORLD.write_text(world_text(), encoding="utf-8")


def world_text() -> str:
    """The whole world as SDF text."""
    root = ET.Element("sdf", version="1.9")
    world = child(root, "world", name="airport")
    _simulation(world)
    _shell(world)
    _divider(world)
    _check_in(world)
    _lounge(world)
    _furniture(world)
    _gates(world)
    _signs(world)
    _people(world)
    _walker(world, "walker_west", [(-4.0, -9.0), (-4.0, 5.0)], speed=0.9, clothes=(0.75, 0.45, 0.12))
    _walker(world, "walker_east", [(10.5, -0.8), (20.0, -0.8)], speed=1.0, clothes=(0.15, 0.45, 0.42))
    return to_text(root, "SPDX-License-Identifier: Apache-2.0; written by worlds/tools/make_airport.py: edit that")


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
    child(scene, "ambient", "0.55 0.55 0.55 1")
    child(scene, "background", "0.72 0.78 0.84 1")
    child(scene, "shadows", "false")
    child(scene, "grid", "false")
    # Four slanted lamps without shadow: whoever stands anywhere and looks anywhere has light on the face.
    for name, direction in (
        ("lamps_from_west", "0.7 0.25 -0.65"),
        ("lamps_from_east", "-0.7 -0.25 -0.65"),
        ("lamps_from_south", "-0.25 0.7 -0.65"),
        ("lamps_from_north", "0.25 -0.7 -0.65"),
    ):
        light = child(world, "light", type="directional", name=name)
        child(light, "pose", numbers(0, 0, CEILING, 0, 0, 0))
        child(light, "cast_shadows", "false")
        child(light, "diffuse", "0.3 0.3 0.29 1")
        child(light, "specular", "0.05 0.05 0.05 1")
        child(light, "direction", direction)


def _shell(world: ET.Element) -> None:
    floor = static_model(world, "floor")
    collision = child(floor, "collision", name="floor_collision")
    collision.append(plane(2 * HALF_X + 2, 2 * HALF_Y + 2))
    ceiling = static_model(world, "ceiling")
    # One picture stretches over its whole plane in every simulator, so the pattern is laid plane by plane.
    for column in range(4):
        for row in range(4):
            x, y = -16.5 + 11.0 * column, -10.5 + 7.0 * row
            name = f"tile_{column}_{row}"
            add_picture(floor, name, 11, 7, (x, y, 0, 0, 0, 0), picture("floor", 0.0))
            add_picture(ceiling, name, 11, 7, (x, y, CEILING, math.pi, 0, 0), picture("ceiling", 0.5))
    walls = static_model(world, "outer_walls")
    for name, size, pose in (
        ("north", (2 * HALF_X + 0.4, 0.2, CEILING), at(0, HALF_Y + 0.1, CEILING / 2)),
        ("south", (2 * HALF_X + 0.4, 0.2, CEILING), at(0, -HALF_Y - 0.1, CEILING / 2)),
        ("east", (0.2, 2 * HALF_Y, CEILING), at(HALF_X + 0.1, 0, CEILING / 2)),
        ("west", (0.2, 2 * HALF_Y, CEILING), at(-HALF_X - 0.1, 0, CEILING / 2)),
    ):
        add_box(walls, name, size, pose, WALL)
    windows = static_model(world, "windows")
    for index, x in enumerate((-18.0, -11.0, -4.0, 3.0)):
        add_picture(
            windows, f"street_{index}", 6, 2.6, upright(x, -HALF_Y + 0.02, 2.2, math.pi / 2), picture("street", 0.4)
        )
    for index, y in enumerate((-10.5, -3.5, 3.5, 10.5)):
        add_picture(windows, f"apron_{index}", 6, 2.6, upright(HALF_X - 0.02, y, 2.2, math.pi), picture("apron", 0.4))
    columns = static_model(world, "columns")
    for index, (x, y) in enumerate(((-14.5, -5), (-14.5, 5), (-5.6, -5), (-5.6, 5), (2.5, -2), (15, -5.4), (15, 5.2))):
        add_cylinder(columns, f"column_{index}", 0.35, CEILING, at(x, y, CEILING / 2), STEEL)
        add_cylinder(columns, f"guard_{index}", 0.38, 0.4, at(x, y, 0.2), DARK)


def _glazing(link: ET.Element, name: str, x0: float, y0: float, x1: float, y1: float) -> None:
    """A glass wall from point to point: an opaque skirting that every lidar sees, panes above it, a top rail."""
    length = math.hypot(x1 - x0, y1 - y0)
    yaw = math.degrees(math.atan2(y1 - y0, x1 - x0))
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    add_box(link, f"{name}_skirting", (length, 0.12, 0.5), at(x, y, 0.25, yaw), DARK)
    add_box(link, f"{name}_glass", (length, 0.04, 2.1), at(x, y, 1.55, yaw), GLASS)
    add_box(link, f"{name}_rail", (length, 0.12, 0.1), at(x, y, 2.65, yaw), DARK)


def _divider(world: ET.Element) -> None:
    """Between the halls at x = 8: solid pieces, glass, and two doorways of 2.4 m and 2.0 m."""
    link = static_model(world, "divider")
    for name, south, north in (("south", -14.0, -6.0), ("north", 5.4, 14.0)):
        add_box(link, name, (0.2, north - south, CEILING), at(8, (south + north) / 2, CEILING / 2), WALL)
    _glazing(link, "middle", 8.0, -3.6, 8.0, 3.4)
    add_box(link, "fascia", (0.22, 11.4, 1.0), at(8, -0.3, 4.5), BLUE, solid=False)
    for name, y in (("door_south", -6.0), ("door_south_2", -3.6), ("door_north", 3.4), ("door_north_2", 5.4)):
        add_box(link, name, (0.24, 0.16, 4.0), at(8, y, 2.0), STEEL)


def _check_in(world: ET.Element) -> None:
    for number, x in enumerate((-18.5, -13.0, -7.5, -2.0), start=1):
        link = static_model(world, f"check_in_{number}", at(x, 10.6, 0))
        for side, offset in (("left", -1.3), ("right", 1.3)):
            add_box(link, f"{side}_desk", (1.7, 0.8, 1.1), at(offset, 0, 0.55), DESK)
            add_box(link, f"{side}_top", (1.8, 0.9, 0.04), at(offset, 0, 1.13), BLUE, solid=False)
            add_box(link, f"{side}_screen", (0.5, 0.05, 0.34), at(offset, 0.2, 1.35), DARK, solid=False)
        add_box(link, "scale", (0.8, 0.7, 0.35), at(0, 0, 0.175), DARK)
        add_box(link, "back_wall", (4.6, 0.15, 3.0), at(0, 2.0, 1.5), BLUE)
        add_box(link, "sign_box", (4.4, 0.12, 0.9), at(0, -0.1, 2.95), DARK, solid=False)
        add_picture(link, "sign", 4.2, 0.75, upright(0, -0.18, 2.95, -math.pi / 2), picture(f"check_in_{number}", 0.6))
        for side in (-2.1, 2.1):
            add_cylinder(link, f"post_{'left' if side < 0 else 'right'}", 0.04, 3.4, at(side, -0.1, 1.7), STEEL)


def _lounge(world: ET.Element) -> None:
    """A glass room in the corner north of the divider, with a doorway of 1.6 m."""
    link = static_model(world, "lounge")
    _glazing(link, "west", 2.0, 7.0, 2.0, 14.0)
    _glazing(link, "front_left", 2.0, 7.0, 4.2, 7.0)
    _glazing(link, "front_right", 5.8, 7.0, 7.9, 7.0)
    for name, x in (("door_left", 4.2), ("door_right", 5.8)):
        add_box(link, name, (0.12, 0.16, 2.7), at(x, 7.0, 1.35), STEEL)
    add_box(link, "sign_box", (3.0, 0.1, 0.6), at(5.0, 7.0, 3.05), DARK, solid=False)
    add_picture(link, "sign", 2.8, 0.5, upright(5.0, 6.93, 3.05, -math.pi / 2), picture("lounge", 0.6))
    add_box(link, "counter", (1.2, 0.6, 1.0), at(2.9, 12.9, 0.5), WOOD)
    add_box(link, "sofa", (0.8, 2.4, 0.42), at(7.3, 11.0, 0.21), SEAT)
    add_box(link, "sofa_back", (0.2, 2.4, 0.5), at(7.6, 11.0, 0.67), SEAT)


def _seat_row(world: ET.Element, name: str, x: float, y: float, seats: int, yaw_deg: float) -> None:
    """A row of seats on one beam, facing `yaw_deg`; the beam reaches down to where a lidar looks."""
    link = static_model(world, name, at(x, y, 0, yaw_deg))
    length = 0.62 * seats
    add_box(link, "beam", (0.5, length, 0.34), at(0, 0, 0.17), DARK)
    for index in range(seats):
        offset = (index - (seats - 1) / 2) * 0.62
        add_box(link, f"seat_{index}", (0.52, 0.54, 0.1), at(0.03, offset, 0.39), SEAT)
        add_box(link, f"back_{index}", (0.08, 0.54, 0.5), at(-0.26, offset, 0.69), SEAT)


def _furniture(world: ET.Element) -> None:
    for name, x, y, seats, yaw in (
        ("seats_1", -13.5, -11.8, 8, 90),
        ("seats_2", 0.0, -11.8, 8, 90),
        ("seats_3", 13.0, -11.8, 10, 90),
        ("seats_4", 13.0, 1.8, 5, -90),
        ("seats_5", 13.0, 2.6, 5, 90),
        ("seats_6", 15.0, 11.8, 10, -90),
    ):
        _seat_row(world, name, x, y, seats, yaw)
    cafe = static_model(world, "cafe", at(-8.5, -0.6, 0))
    add_box(cafe, "counter", (3.6, 2.4, 1.1), at(0, 0, 0.55), WOOD)
    add_box(cafe, "top", (3.8, 2.6, 0.05), at(0, 0, 1.125), DARK, solid=False)
    add_box(cafe, "core", (1.6, 1.0, 1.6), at(0, 0, 1.95), DARK)
    add_box(cafe, "header", (3.6, 2.4, 0.7), at(0, 0, 3.1), DARK, solid=False)
    for face, (x, y, yaw, width) in {
        "south": (0, -1.22, -90, 3.4),
        "north": (0, 1.22, 90, 3.4),
        "east": (1.82, 0, 0, 2.2),
        "west": (-1.82, 0, 180, 2.2),
    }.items():
        add_picture(cafe, f"sign_{face}", width, 0.6, upright(x, y, 3.1, math.radians(yaw)), picture("cafe", 0.6))
    for number, (x, y) in enumerate(((-20.6, -12.6), (6.6, -12.8), (20.6, 12.6), (-20.8, 12.8))):
        plant = static_model(world, f"plant_{number}", at(x, y, 0))
        add_cylinder(plant, "pot", 0.35, 0.6, at(0, 0, 0.3), STEEL)
        add_cylinder(plant, "leaves", 0.45, 1.1, at(0, 0, 1.15), Material((0.18, 0.40, 0.20)))
    for number, (x, y) in enumerate(((-17.0, 0.0), (4.5, 1.5), (11.0, 8.6))):
        case = static_model(world, f"luggage_{number}", at(x, y, 0, 25 * number))
        add_box(
            case, "case", (0.28, 0.48, 0.7), at(0, 0, 0.36), Material((0.55, 0.15, 0.15) if number else (0.2, 0.2, 0.5))
        )
        add_box(case, "handle", (0.03, 0.25, 0.4), at(-0.1, 0, 0.9), STEEL)


def _gates(world: ET.Element) -> None:
    for number, y in enumerate((-8.2, -0.9, 6.2), start=1):
        link = static_model(world, f"gate_{number}", at(21.2, y, 0, 180))
        add_box(link, "desk", (0.7, 1.6, 1.1), at(0, 0, 0.55), DESK)
        add_box(link, "top", (0.8, 1.7, 0.04), at(0, 0, 1.13), BLUE, solid=False)
        add_box(link, "screen", (0.05, 0.5, 0.34), at(-0.1, 0.3, 1.35), DARK, solid=False)
        add_box(link, "sign_box", (0.1, 1.8, 0.9), at(-0.5, 0, 4.0), DARK, solid=False)
        add_picture(link, "sign", 1.7, 0.8, upright(-0.44, 0, 4.0, 0.0), picture(f"gate_{number}", 0.6))


def _signs(world: ET.Element) -> None:
    board = static_model(world, "departures_board", at(-0.5, 1.2, 0))
    add_box(board, "case", (5.2, 0.2, 1.7), at(0, 0, 3.6), DARK, solid=False)
    for face, y, yaw in (("south", -0.12, -90), ("north", 0.12, 90)):
        add_picture(board, f"face_{face}", 5.0, 1.5, upright(0, y, 3.6, math.radians(yaw)), picture("departures", 0.7))
    over = static_model(world, "gates_sign")
    for name, x, yaw in (("west", 7.88, 180), ("east", 8.12, 0)):
        texture = "to_gates" if name == "west" else "to_exit"
        for index, y in enumerate((-4.8, 4.4)):
            add_picture(over, f"{name}_{index}", 1.9, 0.6, upright(x, y, 4.5, math.radians(yaw)), picture(texture, 0.6))


def _people(world: ET.Element) -> None:
    """A named frame per place, and a figure with a featureless drawn head on each."""
    for number, (x, y, yaw) in enumerate(PLACES, start=1):
        frame = child(world, "frame", name=f"person_place_{number:02d}")
        child(frame, "pose", numbers(*at(x, y, 0, yaw)))
    for number, (x, y, yaw) in enumerate(PLACES, start=1):
        add_figure(
            world,
            f"person_{number:02d}",
            x,
            y,
            math.radians(yaw),
            board=Board(f"textures/head_{number % 3}.png", 0.42, 0.42, EYE_HEIGHT_M),
            clothes=CLOTHES[number % len(CLOTHES)],
            trousers=TROUSERS[number % len(TROUSERS)],
        )


def _walker(
    world: ET.Element, name: str, ends: list[tuple[float, float]], *, speed: float, clothes: tuple[float, float, float]
) -> None:
    """A person who walks to and fro between two points for ever (speed in m/s, 2 s for each about-turn)."""
    (x0, y0), (x1, y1) = ends
    yaw = math.atan2(y1 - y0, x1 - x0)
    walk, turn = math.hypot(x1 - x0, y1 - y0) / speed, 2.0
    actor = child(world, "actor", name=name)
    skin = child(actor, "skin")
    child(skin, "filename", "meshes/walker.dae")
    child(skin, "scale", "1.0")
    animation = child(actor, "animation", name="walk")
    child(animation, "filename", "meshes/walker.dae")
    script = child(actor, "script")
    child(script, "loop", "true")
    child(script, "delay_start", "0")
    child(script, "auto_start", "true")
    trajectory = child(script, "trajectory", id="0", type="walk", tension="1.0")
    for time, x, y, heading in (
        (0.0, x0, y0, yaw),
        (walk, x1, y1, yaw),
        (walk + turn, x1, y1, yaw + math.pi),
        (2 * walk + turn, x0, y0, yaw + math.pi),
        (2 * walk + 2 * turn, x0, y0, yaw + 2 * math.pi),
    ):
        waypoint = child(trajectory, "waypoint")
        child(waypoint, "time", numbers(time))
        child(waypoint, "pose", numbers(x, y, 0, 0, 0, heading))
    # Gazebo draws the skin and leaves an actor's links alone; the embedded simulator builds the person from them.
    link = child(actor, "link", name="body")
    for side, offset in (("left", 0.1), ("right", -0.1)):
        add_cylinder(link, f"{side}_leg", 0.09, 0.84, at(0, offset, 0.42), Material((0.14, 0.15, 0.2)))
    add_cylinder(link, "trunk", 0.2, 0.6, at(0, 0, 1.14), Material(clothes))
    add_cylinder(link, "head", 0.09, 0.28, at(0, 0, 1.6), Material((0.70, 0.62, 0.56)))


if __name__ == "__main__":
    main()
