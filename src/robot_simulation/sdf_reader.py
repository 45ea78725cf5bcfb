# SPDX-License-Identifier: Apache-2.0
"""SDF 1.9 worlds. What is read and what is passed over is listed in docs/simulation.md; anything else is refused."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np

from robot_simulation.poses import Pose
from robot_simulation.scene import Actor, Joint, Light, Link, Model, Waypoint, World, WorldCamera
from robot_simulation.sdf_frames import Frames
from robot_simulation.sdf_plugins import read_cameras, read_systems
from robot_simulation.sdf_shapes import find_file, read_link
from robot_simulation.xml_file import Element, read_xml

WORLD_KNOWN = ("physics", "gravity", "scene", "light", "model", "include", "actor", "frame")
WORLD_IGNORED = (
    "plugin", "gui", "magnetic_field", "atmosphere", "audio", "wind", "spherical_coordinates", "state",
)  # fmt: skip
MODEL_KNOWN = ("static", "pose", "link", "joint", "frame", "include", "model", "plugin")
MODEL_IGNORED = ("self_collide", "allow_auto_disable", "enable_wind")
_JOINTS = ("fixed", "revolute", "continuous", "prismatic")


def read_world(path: Path) -> World:
    """Return the first world of an SDF file. Raises DescriptionError naming file, line and element."""
    root = read_xml(path)
    if root.tag != "sdf":
        raise root.error("a world file starts with <sdf>")
    root.check_children(("world",))
    world = root.need("world")
    world.check_children(WORLD_KNOWN, WORLD_IGNORED)
    frames = Frames(world)
    models: list[Model] = []
    for element in world.all("model"):
        models += _read_model(element, frames.pose(element), element.attribute("name"))
    for element in world.all("include"):
        models += _read_include(element, frames)
    physics, scene = world.find("physics"), world.find("scene")
    if physics is not None:
        physics.check_children(
            ("max_step_size",), ("real_time_factor", "real_time_update_rate", "ode", "dart", "bullet", "max_contacts")
        )
    if scene is not None:
        scene.check_children(("ambient", "background"), ("shadows", "grid", "sky", "fog", "origin_visual"))
    step = physics.number("max_step_size", 0.001) if physics else 0.001
    if physics is not None and not 0.0 < step <= 0.02:
        raise physics.error(f"a physics step of {step} s", hint="state 0.001 to 0.005 s")
    gravity = world.find("gravity")
    return World(
        name=world.attribute("name"),
        step=step,
        gravity=gravity.numbers(3) if gravity else (0.0, 0.0, -9.8),
        ambient=_rgb(scene, "ambient", (0.4, 0.4, 0.4)),
        background=_rgb(scene, "background", (0.7, 0.7, 0.7)),
        models=tuple(models),
        actors=tuple(_read_actor(element, frames) for element in world.all("actor")),
        lights=tuple(_read_light(element, frames) for element in world.all("light")),
    )


def _rgb(parent: Element | None, tag: str, default: tuple[float, ...]) -> tuple[float, ...]:
    element = parent.find(tag) if parent else None
    return element.numbers(len(element.text.split()))[:3] if element else default


def _read_model(element: Element, pose: Pose, name: str, static: bool | None = None) -> list[Model]:
    element.check_children(MODEL_KNOWN, MODEL_IGNORED)
    frames = Frames(element)
    own_static = element.flag("static", False) if static is None else static
    links = []
    cameras: list[WorldCamera] = []
    for child in element.all("link"):
        link_pose = frames.pose(child)

        def in_link(part: Element, link_pose: Pose = link_pose, link: str = child.attribute("name")) -> Pose:
            return np.asarray(np.linalg.inv(link_pose) @ frames.pose(part, link))

        links.append(read_link(child, link_pose, in_link))
        cameras += read_cameras(child, name, link_pose, in_link)
    joints = [_read_joint(child, frames, {link.name for link in links}) for child in element.all("joint")]
    systems = read_systems(element, name, {joint.name: joint for joint in joints})
    models = []
    if links:
        made = Model(
            name, pose, own_static, tuple(links), tuple(joints), systems.controls, tuple(cameras),
            systems.velocity_topic, systems.states_topic,
        )  # fmt: skip
        models.append(made)
    for child in element.all("model"):
        nested = f"{name}::{child.attribute('name')}"
        models += _read_model(child, np.asarray(pose @ frames.pose(child)), nested, own_static or None)
    for child in element.all("include"):
        models += _read_include(child, frames, pose, f"{name}::")
    if not models:
        raise element.error("has no link")
    return models


def _read_include(element: Element, frames: Frames, outer: Pose | None = None, prefix: str = "") -> list[Model]:
    element.check_children(("uri", "name", "pose", "static"), ("plugin", "placement_frame"))
    path = find_file(element, element.need("uri").text.strip())
    if path.is_dir():
        path = path / "model.sdf"
    root = read_xml(path)
    if root.tag != "sdf":
        raise root.error("an included file starts with <sdf>")
    root.check_children(("model",))
    model = root.need("model")
    name = element.value("name", model.attribute("name"))
    pose = frames.pose(element) if element.find("pose") else Frames(root).pose(model)
    frames.add(name, pose)
    static = element.flag("static", False) if element.find("static") else None
    return _read_model(model, np.asarray((np.eye(4) if outer is None else outer) @ pose), prefix + name, static)


def _read_joint(element: Element, frames: Frames, links: set[str]) -> Joint:
    element.check_children(("parent", "child", "pose", "axis"), ("physics", "sensor", "gearbox_ratio"))
    kind = element.attribute("type")
    if kind not in _JOINTS:
        raise element.error(f"joints of type '{kind}' are not simulated", hint=f"use {', '.join(_JOINTS)}")
    parent, child = element.need("parent").text.strip(), element.need("child").text.strip()
    for link in (parent, child):
        if link != "world" and link not in links:
            raise element.error(f"names the unknown link '{link}'")
    place = frames.pose(element, child)
    parent_pose = np.eye(4) if parent == "world" else frames.of(element, parent)
    axis, limits, damping, friction, effort = (0.0, 0.0, 1.0), None, 0.0, 0.0, math.inf
    described = element.find("axis")
    if described is not None:
        described.check_children(("xyz", "limit", "dynamics"), ("initial_position", "use_parent_model_frame"))
        x, y, z = described.need("xyz").numbers(3)
        axis = (x, y, z)
        limit, dynamics = described.find("limit"), described.find("dynamics")
        if limit is not None:
            lower, upper = limit.number("lower", -1e16), limit.number("upper", 1e16)
            limits = (lower, upper) if lower > -1e6 and upper < 1e6 else None
            # SDF: a negative effort is no limit.
            effort = limit.number("effort", -1.0)
            effort = math.inf if effort < 0.0 else effort
        if dynamics is not None:
            damping, friction = dynamics.number("damping", 0.0), dynamics.number("friction", 0.0)
    pose = np.asarray(np.linalg.inv(parent_pose) @ place)
    return Joint(element.attribute("name"), kind, parent, child, pose, axis, limits, damping, friction, effort)


def _read_light(element: Element, frames: Frames) -> Light:
    known = ("pose", "diffuse", "specular", "direction", "attenuation")
    element.check_children(known, ("cast_shadows", "spot", "intensity", "visualize", "light_on"))
    kind = element.attribute("type")
    if kind not in ("directional", "point", "spot"):
        raise element.error(f"unknown type of light '{kind}'", hint="use directional, point or spot")
    pose = frames.pose(element)
    direction, fade = element.find("direction"), element.find("attenuation")
    return Light(
        element.attribute("name"),
        kind,
        pose,
        _rgb(element, "diffuse", (1.0, 1.0, 1.0)),
        _rgb(element, "specular", (0.1, 0.1, 0.1)),
        tuple(float(part) for part in pose[:3, :3] @ (direction.numbers(3) if direction else (0.0, 0.0, -1.0))),
        (fade.number("constant", 1.0), fade.number("linear", 0.0), fade.number("quadratic", 0.0))
        if fade
        else (1.0, 0.0, 0.0),
    )


def _read_actor(element: Element, frames: Frames) -> Actor:
    element.check_children(("pose", "script", "link"), ("skin", "animation", "plugin", "joint", "static"))
    script = element.need("script")
    script.check_children(("loop", "delay_start", "trajectory"), ("auto_start",))
    waypoints = []
    for trajectory in script.all("trajectory"):
        trajectory.check_children(("waypoint",))
        for waypoint in trajectory.all("waypoint"):
            waypoint.check_children(("time", "pose"))
            waypoints.append(Waypoint(waypoint.number("time", 0.0), waypoint.need("pose").numbers(6)))
    if not waypoints:
        raise script.error("has no waypoint")
    if any(b.time <= a.time for a, b in pairwise(waypoints)):
        raise script.error("the times of the waypoints do not increase")
    inner = Frames(element)
    links: list[Link] = []
    for child in element.all("link"):
        pose = inner.pose(child)
        links.append(read_link(child, pose, lambda part: inner.pose(part)))
    return Actor(
        element.attribute("name"),
        tuple(waypoints),
        script.flag("loop", True),
        script.number("delay_start", 0.0),
        tuple(links),
        frames.pose(element),
    )
