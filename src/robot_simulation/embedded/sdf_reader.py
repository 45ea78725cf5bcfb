# SPDX-License-Identifier: Apache-2.0
"""Reads a world file in SDF 1.9 (the subset that docs/world.md names) into a `World`."""

from __future__ import annotations

import os
from pathlib import Path

from lxml import etree

from robot_simulation.embedded.poses import Pose
from robot_simulation.embedded.sdf_elements import Reader
from robot_simulation.embedded.sdf_parts import actor_waypoints, read_light, read_link, three
from robot_simulation.embedded.world import Actor, Light, Link, Model, World
from robot_simulation.errors import WorldError

DEFAULT_STEP = 0.001


def read_world(file: Path) -> World:
    """Return the world of a file. Raises WorldError naming file, line and element."""
    file = Path(file)
    reader = Reader(file)
    root = reader.load()
    worlds = [child for child in reader.children(root) if child.tag == "world"]
    if len(worlds) != 1:
        raise reader.error(root, f"must hold one <world>, found {len(worlds)}")
    return _World(reader, worlds[0]).read()


class _World:
    def __init__(self, reader: Reader, element: etree._Element) -> None:
        self._reader = reader
        self._element = element
        self._poses: dict[str, tuple[Pose, str, etree._Element]] = {}

    def read(self) -> World:
        """Return the world. Frames and models may refer to each other in any order."""
        reader, element = self._reader, self._element
        children = list(reader.children(element))
        for child in children:
            if child.tag in ("frame", "model"):
                self._remember(child, reader.name(child))
        models: list[Model] = []
        lights: list[Light] = []
        actors: list[Actor] = []
        step, gravity = DEFAULT_STEP, (0.0, 0.0, -9.8)
        ambient, background = (0.4, 0.4, 0.4), (0.7, 0.7, 0.7)
        for child in children:
            match child.tag:
                case "physics":
                    list(reader.children(child))
                    step = reader.positive(child, "max_step_size")
                case "gravity":
                    gravity = three(reader.numbers(child, 3))
                case "scene":
                    for part in reader.children(child):
                        colour = three(reader.numbers(part, 4)[:3])
                        ambient, background = (colour, background) if part.tag == "ambient" else (ambient, colour)
                case "light":
                    lights.append(read_light(reader, child))
                case "model":
                    models.append(read_model(reader, child, self._at(reader.name(child))))
                case "include":
                    models.append(self._include(child))
                case "actor":
                    actors.append(self._actor(child))
        self._refuse_twins([*models, *actors])
        frames = {name: self._at(name) for name, (_, _, source) in self._poses.items() if source.tag == "frame"}
        return World(
            name=reader.name(element), file=reader.file, step=step, gravity=gravity, ambient=ambient,
            background=background, models=tuple(models), lights=tuple(lights), actors=tuple(actors), frames=frames,
        )  # fmt: skip

    def _remember(self, element: etree._Element, name: str) -> None:
        pose = element.find("pose")
        relative_to = (pose.get("relative_to") if pose is not None else None) or element.get("attached_to") or "world"
        self._poses[name] = (self._reader.pose(pose), relative_to, element)

    def _at(self, name: str, through: tuple[str, ...] = ()) -> Pose:
        pose, relative_to, element = self._poses[name]
        if relative_to == "world":
            return pose
        if relative_to in through:
            raise self._reader.error(element, f"'{name}' is placed relative to itself")
        if relative_to not in self._poses:
            known = ", ".join(sorted(self._poses))
            raise self._reader.error(element, f"'{name}' is relative to the unknown '{relative_to}'", f"known: {known}")
        return self._at(relative_to, (*through, name)) @ pose

    def _include(self, element: etree._Element) -> Model:
        reader = self._reader
        list(reader.children(element))
        file = _find_model(reader, self._reader.find(element, "uri"))
        inner = Reader(file)
        root = inner.load()
        model = root.find("model")
        if model is None:
            raise inner.error(root, "holds no <model>")
        name_element = element.find("name")
        name = (name_element.text or "").strip() if name_element is not None else inner.name(model)
        source = element if element.find("pose") is not None else model
        self._remember(source, name)
        read = read_model(inner, model, self._at(name))
        static = reader.flag(element, "static", read.static)
        return Model(name, read.pose, static, read.links)

    def _actor(self, element: etree._Element) -> Actor:
        reader = self._reader
        list(reader.children(element))
        script = reader.find(element, "script")
        list(reader.children(script))
        name = reader.name(element)
        links = tuple(read_link(reader, child, {}) for child in element.findall("link"))
        if not links:
            raise reader.error(element, f"'{name}' has no <link>, which gives it a body in the embedded simulator")
        return Actor(
            name=name, links=links, waypoints=actor_waypoints(reader, script),
            loop=reader.flag(script, "loop", True), delay_start=reader.number(script, "delay_start", 0.0),
            auto_start=reader.flag(script, "auto_start", True),
        )  # fmt: skip

    def _refuse_twins(self, things: list[Model | Actor]) -> None:
        seen: set[str] = set()
        for thing in things:
            if thing.name in seen:
                raise WorldError(f"{self._reader.file}: two models or actors are called '{thing.name}'")
            seen.add(thing.name)


def read_model(reader: Reader, element: etree._Element, pose: Pose) -> Model:
    """Return a model that stands at `pose` in the world."""
    name = reader.name(element)
    children = list(reader.children(element))
    frames = {
        reader.name(child): reader.pose(child.find("pose")) for child in children if child.tag in ("frame", "link")
    }
    links: list[Link] = [read_link(reader, child, frames) for child in children if child.tag == "link"]
    if not links:
        raise reader.error(element, f"'{name}' has no <link>")
    return Model(name, pose, reader.flag(element, "static", False), tuple(links))


def _find_model(reader: Reader, uri: etree._Element) -> Path:
    """Return the SDF file of a model that an include names: model://NAME, a folder or a file."""
    text = (uri.text or "").strip()
    if text.startswith("model://"):
        wanted = text.removeprefix("model://")
        roots = [Path(p) for p in os.environ.get("GZ_SIM_RESOURCE_PATH", "").split(os.pathsep) if p]
        roots += [reader.file.parent, reader.file.parent / "models"]
        candidates = [root / wanted for root in roots]
    elif text.startswith(("http:", "https:")):
        raise reader.error(uri, f"names a download, {text}", hint="put the model beside the world file")
    else:
        path = Path(text.removeprefix("file://"))
        candidates = [path if path.is_absolute() else reader.file.parent / path]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
        if (candidate / "model.sdf").is_file():
            return candidate / "model.sdf"
    looked = ", ".join(str(candidate) for candidate in candidates)
    raise reader.error(
        uri, f"names a model that is not there: {text}", hint=f"looked at {looked}; set GZ_SIM_RESOURCE_PATH"
    )
