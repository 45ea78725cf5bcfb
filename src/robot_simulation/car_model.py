# SPDX-License-Identifier: Apache-2.0
"""A car as an SDF model: a body of boxes, four wheels, a plate at each end, moved by Gazebo's VelocityControl.

The model's origin is the middle of the rear axle on the floor, so that an arc of a turning car is one turn rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from robot_simulation.garage_layout import CAR_FORWARD, CAR_LENGTH, CAR_WIDTH, NOSE, OVERHANG, WHEELBASE
from robot_simulation.plate_picture import PlateStyle
from robot_simulation.sdf_write import (
    Material,
    Rgb,
    add_box,
    add_cylinder,
    add_picture,
    child,
    numbers,
    upright,
)
from ronda_core.se2 import SE2

CAR_PREFIX = "car_"
MASS = 1100.0
WHEEL_RADIUS, WHEEL_WIDTH = 0.3, 0.2
FLOOR_GAP, WAIST = 0.18, 0.78
"""Heights of the body's underside and of the windows' lower edge (m)."""
FRONT_PLATE_Z, REAR_PLATE_Z = 0.46, 0.62
_GLASS, _TYRE, _BUMPER = Material((0.10, 0.12, 0.15)), Material((0.06, 0.06, 0.07)), Material((0.09, 0.09, 0.10))
_LAMP, _TAIL = Material((0.85, 0.86, 0.82)), Material((0.55, 0.05, 0.06))


@dataclass(frozen=True, slots=True)
class Body:
    """The shape above the waist: how long the cabin is, where its middle lies (m from the rear axle), how high."""

    cabin_length: float
    cabin_x: float
    height: float


BODIES = (Body(2.3, 0.85, 1.46), Body(1.9, 1.0, 1.42), Body(2.9, 0.75, 1.62))
"""Hatchback, saloon, family van."""


def car_topic(name: str) -> str:
    """The topic of a car's velocity, without the leading slash."""
    return f"cars/{name}/cmd_vel"


def add_car(
    world: ET.Element, name: str, place: SE2, *, texture: str, style: PlateStyle, paint: Rgb, body: Body
) -> None:
    """Append a car whose rear axle stands at `place`; `texture` is its plate's picture, seen from the world file."""
    model = child(world, "model", name=name)
    child(model, "pose", numbers(place.x, place.y, 0.0, 0.0, 0.0, place.yaw))
    link = child(model, "link", name="body")
    _inertial(link)
    _collisions(link, body)
    colour = Material(paint)
    hull = (CAR_LENGTH - 0.12, CAR_WIDTH, WAIST - FLOOR_GAP)
    add_box(link, "hull", hull, _at(CAR_FORWARD, 0, (WAIST + FLOOR_GAP) / 2), colour, solid=False)
    for end, x in (("front", NOSE - 0.06), ("rear", -OVERHANG + 0.06)):
        add_box(link, f"{end}_bumper", (0.12, CAR_WIDTH - 0.1, 0.5), _at(x, 0, 0.48), _BUMPER, solid=False)
    glass = (body.cabin_length, CAR_WIDTH - 0.24, body.height - WAIST)
    add_box(link, "cabin", glass, _at(body.cabin_x, 0, (body.height + WAIST) / 2), _GLASS, solid=False)
    roof = (body.cabin_length - 0.3, CAR_WIDTH - 0.2, 0.08)
    add_box(link, "roof", roof, _at(body.cabin_x - 0.05, 0, body.height), colour, solid=False)
    for end, x, lamp in (("front", NOSE - 0.02, _LAMP), ("rear", -OVERHANG + 0.02, _TAIL)):
        for side, y in (("left", 0.66), ("right", -0.66)):
            add_box(link, f"{end}_{side}_lamp", (0.05, 0.26, 0.14), _at(x, y, 0.64), lamp, solid=False)
    for end, x in (("front", WHEELBASE), ("rear", 0.0)):
        for side, y in (("left", 1), ("right", -1)):
            pose = (x, y * ((CAR_WIDTH - WHEEL_WIDTH) / 2 + 0.01), WHEEL_RADIUS, math.pi / 2, 0.0, 0.0)
            add_cylinder(link, f"{end}_{side}_wheel", WHEEL_RADIUS, WHEEL_WIDTH, pose, _TYRE, solid=False)
    plate = Material(texture=texture)
    front, rear = upright(NOSE + 0.004, 0, FRONT_PLATE_Z, 0.0), upright(-OVERHANG - 0.004, 0, REAR_PLATE_Z, math.pi)
    add_picture(link, "front_plate", style.width, style.height, front, plate)
    add_picture(link, "rear_plate", style.width, style.height, rear, plate)
    plugin = child(model, "plugin", filename="gz-sim-velocity-control-system", name="gz::sim::systems::VelocityControl")
    child(plugin, "topic", car_topic(name))
    truth = child(
        model, "plugin", filename="gz-sim-odometry-publisher-system", name="gz::sim::systems::OdometryPublisher"
    )
    child(truth, "odom_frame", "map")
    child(truth, "robot_base_frame", name)
    child(truth, "odom_publish_frequency", "20")
    child(truth, "odom_topic", f"cars/{name}/ground_truth")
    child(truth, "tf_topic", f"cars/{name}/ground_truth_tf")


def _at(x: float, y: float, z: float) -> tuple[float, float, float, float, float, float]:
    return (x, y, z, 0.0, 0.0, 0.0)


def _inertial(link: ET.Element) -> None:
    """Of a solid box: m / 12 (a2 + b2)."""
    inertial = child(link, "inertial")
    child(inertial, "pose", numbers(CAR_FORWARD, 0, 0.55, 0, 0, 0))
    child(inertial, "mass", numbers(MASS))
    matrix = child(inertial, "inertia")
    x, y, z = CAR_LENGTH, CAR_WIDTH, 1.1
    for tag, value in (
        ("ixx", MASS * (y * y + z * z) / 12),
        ("iyy", MASS * (x * x + z * z) / 12),
        ("izz", MASS * (x * x + y * y) / 12),
        ("ixy", 0.0), ("ixz", 0.0), ("iyz", 0.0),
    ):  # fmt: skip
        child(matrix, tag, numbers(value))


def _collisions(link: ET.Element, body: Body) -> None:
    """A slippery block from the floor to the waist, which Gazebo slides along, and one for the cabin."""
    for name, length, x, low, high in (
        ("hull", CAR_LENGTH, CAR_FORWARD, 0.0, WAIST),
        ("cabin", body.cabin_length, body.cabin_x, WAIST, body.height),
    ):
        collision = child(link, "collision", name=f"{name}_collision")
        child(collision, "pose", numbers(x, 0, (low + high) / 2, 0, 0, 0))
        box = child(child(collision, "geometry"), "box")
        child(box, "size", numbers(length, CAR_WIDTH, high - low))
        ode = child(child(child(collision, "surface"), "friction"), "ode")
        child(ode, "mu", "0.01")
        child(ode, "mu2", "0.01")
